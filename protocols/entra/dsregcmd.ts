/**
 * The output of `dsregcmd /status`, section by section: Microsoft, "Troubleshoot devices by using the
 * dsregcmd command". Labels and order are those of Windows 11 23H2; what the page does not show (device
 * name, executing account) stands where captures of the tool have it.
 */
import type {
  DeviceState,
  DsregStatus,
  FailedAttempt,
  FailedJoin,
  NgcPrerequisites,
  PostJoin,
  PreJoin,
  Registration,
  SsoState,
  TokenState,
  UserState,
} from './dsreg-status.ts';

type Field = readonly [label: string, value: string];

/** The whole output. */
export function dsregcmdText(status: DsregStatus): string {
  const { registration, prerequisites, diagnostics } = status;
  const sections: readonly (readonly [title: string, groups: readonly (readonly Field[])[]])[] = [
    ['Device State', [deviceFields(status.device)]],
    ...(registration === undefined
      ? []
      : ([
          ['Device Details', [detailFields(registration)]],
          ['Tenant Details', [tenantFields(registration)]],
        ] as const)),
    ['User State', [userFields(status.user)]],
    ['SSO State', [ssoFields(status.sso, registration !== undefined)]],
    [
      'Diagnostic Data',
      diagnostics.kind === 'postJoin' ? postJoinFields(diagnostics) : preJoinFields(diagnostics),
    ],
    ...(prerequisites === undefined
      ? []
      : ([['Ngc Prerequisite Check', [prerequisiteFields(prerequisites)]]] as const)),
  ];
  const lines = sections.flatMap(([title, groups]) => section(title, groups));
  return `${['', ...lines, MORE].join('\n')}\n`;
}

const MORE = 'For more information, please visit https://www.microsoft.com/aadjerrors';
const EDGE = `+${'-'.repeat(70)}+`;

function section(title: string, groups: readonly (readonly Field[])[]): readonly string[] {
  const fields = groups
    .filter((group) => group.length > 0)
    .flatMap((group) => [...group.map(line), '']);
  return [EDGE, `| ${title.padEnd(69)}|`, EDGE, '', ...fields];
}

/** Labels end below one another. */
function line([label, value]: Field): string {
  return `${label.padStart(26)} : ${value}`.trimEnd();
}

function yes(value: boolean): string {
  return value ? 'YES' : 'NO';
}

function deviceFields({
  azureAdJoined,
  enterpriseJoined,
  domainName,
  deviceName,
}: DeviceState): readonly Field[] {
  return [
    ['AzureAdJoined', yes(azureAdJoined)],
    ['EnterpriseJoined', yes(enterpriseJoined)],
    ['DomainJoined', yes(domainName !== undefined)],
    ...some('DomainName', domainName),
    // No metadata of virtual desktops is ever there.
    ['Virtual Desktop', 'NOT SET'],
    ['Device Name', deviceName],
  ];
}

function detailFields(registration: Registration): readonly Field[] {
  const { notBefore, notAfter, isTpmProtected } = registration;
  const provider = isTpmProtected ? 'Platform Crypto Provider' : 'Software Key Storage Provider';
  return [
    ['DeviceId', registration.deviceId],
    ['Thumbprint', registration.thumbprint.toUpperCase()],
    ['DeviceCertificateValidity', `[ ${utc(notBefore)} -- ${utc(notAfter)} ]`],
    ['KeyContainerId', registration.keyContainerId],
    ['KeyProvider', `Microsoft ${provider}`],
    ['TpmProtected', yes(isTpmProtected)],
    ['DeviceAuthStatus', registration.deviceAuthStatus],
  ];
}

const REGISTRATION_SERVICE = 'https://enterpriseregistration.windows.net';
const REGISTRATION_ID = 'urn:ms-drs:enterpriseregistration.windows.net';

function tenantFields({ tenantId, tenantName }: Registration): readonly Field[] {
  const authority = authorityOf(tenantId);
  const service = (name: string, version: string, path: string, short = ''): readonly Field[] => [
    [`${name}${short === '' ? 'Version' : short}`, version],
    [`${name}Url`, `${REGISTRATION_SERVICE}/${path}/`],
    [`${name}Id`, REGISTRATION_ID],
  ];
  return [
    ['TenantName', tenantName ?? ''],
    ['TenantId', tenantId],
    ['Idp', 'login.windows.net'],
    ['AuthCodeUrl', `${authority}/oauth2/authorize`],
    ['AccessTokenUrl', `${authority}/oauth2/token`],
    // No device management is simulated: the fields are there, and empty.
    ['MdmUrl', ''],
    ['MdmTouUrl', ''],
    ['MdmComplianceUrl', ''],
    ['SettingsUrl', ''],
    ...service('JoinSrv', '2.0', 'EnrollmentServer/device'),
    ...service('KeySrv', '1.0', 'EnrollmentServer/key'),
    ...service('WebAuthNSrv', '1.0', `webauthn/${tenantId}`),
    ...service('DeviceManagementSrv', '1.0', `manage/${tenantId}`, 'Ver'),
  ];
}

/** Where a tenant's users sign in. */
export function authorityOf(tenantId: string): string {
  return `https://login.microsoftonline.com/${tenantId}`;
}

function userFields({ ngcKeyId, canReset, wamDefaultSet }: UserState): readonly Field[] {
  const ngc: readonly Field[] =
    ngcKeyId === undefined
      ? []
      : [
          ['NgcKeyId', `{${ngcKeyId.toUpperCase()}}`],
          ['CanReset', canReset],
        ];
  const wam: readonly Field[] = wamDefaultSet
    ? [
        ['WamDefaultAuthority', 'organizations'],
        ['WamDefaultId', 'https://login.microsoft.com'],
        ['WamDefaultGUID', '{B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)'],
      ]
    : [];
  return [
    ['NgcSet', yes(ngcKeyId !== undefined)],
    ...ngc,
    // Of accounts that are added to a personal device; there are none.
    ['WorkplaceJoined', 'NO'],
    ['WamDefaultSet', yes(wamDefaultSet)],
    ...wam,
  ];
}

/** Names below which the cloud's realm is asked, as the page and captures show them. */
const TOP_LEVEL_NAMES = ['.windows.net', '.azure.net']
  .flatMap((name) => [name, `${name}:1433`, `${name}:3342`])
  .join(',');

function ssoFields({ azureAd, enterprise, onPremTgt, cloudTgt }: SsoState, registered: boolean) {
  const none = registered ? '' : 'NO';
  const tickets: readonly Field[] = [
    ['OnPremTgt', yes(onPremTgt)],
    ['CloudTgt', yes(cloudTgt)],
    ['KerbTopLevelNames', cloudTgt ? TOP_LEVEL_NAMES : ''],
  ];
  return [
    ...tokenFields('AzureAd', azureAd, none),
    ...tokenFields('Enterprise', enterprise, none),
    ...(registered ? tickets : []),
  ];
}

function tokenFields(
  kind: 'AzureAd' | 'Enterprise',
  { token, authority, failed }: TokenState,
  none: string,
): readonly Field[] {
  return [
    [`${kind}Prt`, yes(token !== undefined)],
    ...some(`${kind}PrtUpdateTime`, token && utc(token.updated)),
    ...some(`${kind}PrtExpiryTime`, token && utc(token.expires)),
    [`${kind}PrtAuthority`, authority ?? none],
    ...(failed === undefined ? [] : attemptFields(failed)),
  ];
}

function attemptFields(failed: FailedAttempt): readonly Field[] {
  return [
    [`${failed.wanted}PrtDiagnostics`, 'PRESENT'],
    ['Previous Prt Attempt', utc(failed.time)],
    ['Attempt Status', failed.status],
    ['User Identity', failed.user],
    ['Credential Type', failed.credentialType],
    ['Correlation ID', failed.correlationId],
    ['Endpoint URI', failed.endpoint],
    ['HTTP Method', 'POST'],
    ['HTTP Error', `0x${failed.httpError.toString(16)}`],
    ['HTTP status', String(failed.httpStatus)],
    ...some('Server Error Code', failed.serverErrorCode),
    ...some('Server Error Description', failed.serverErrorDescription),
  ];
}

function postJoinFields({ account, keySignTest }: PostJoin): readonly (readonly Field[])[] {
  return [
    [
      // Keys that cannot be used mark the device for recovery.
      ['AadRecoveryEnabled', yes(!keySignTest)],
      ['Executing Account Name', account],
      ['KeySignTest', keySignTest ? 'PASSED' : 'FAILED'],
    ],
  ];
}

function preJoinFields(tests: PreJoin): readonly (readonly Field[])[] {
  const { lastAttempt } = tests;
  return [
    [
      ['Diagnostics Reference', 'www.microsoft.com/aadjerrors'],
      ['User Context', tests.userContext],
      ['Client Time', utc(tests.time)],
      ['AD Connectivity Test', tests.adConnectivity],
      ['AD Configuration Test', tests.adConfiguration],
      ['DRS Discovery Test', tests.drsDiscovery],
      ['DRS Connectivity Test', tests.drsConnectivity],
      ['Token acquisition Test', tests.tokenAcquisition],
      ['Fallback to Sync-Join', 'ENABLED'],
    ],
    [
      ...(lastAttempt === undefined ? [] : joinFields(lastAttempt)),
      ['Executing Account Name', tests.account],
    ],
  ];
}

function joinFields(failed: FailedJoin): readonly Field[] {
  const { httpsStatus } = failed;
  return [
    ['Previous Registration', utc(failed.time)],
    ...some('Registration Type', failed.registrationType),
    ['Error Phase', failed.phase],
    ['Client ErrorCode', failed.clientErrorCode],
    ...some('Server ErrorCode', failed.serverErrorCode),
    ...some('Server Message', failed.serverMessage),
    ...some('Https Status', httpsStatus === undefined ? undefined : String(httpsStatus)),
    ...some('Request Id', failed.requestId),
  ];
}

function prerequisiteFields(checks: NgcPrerequisites): readonly Field[] {
  const { certEnrollment, adfs } = checks;
  const authority: readonly Field[] =
    certEnrollment !== 'enrollment authority' || adfs === undefined
      ? []
      : [
          ['AdfsRefreshToken', yes(adfs.refreshToken)],
          ['AdfsRaIsReady', yes(adfs.raIsReady)],
          [
            'LogonCertTemplateReady',
            adfs.templateReady ? 'YES ( StateReady )' : 'NO ( StateNoPolicy )',
          ],
        ];
  return [
    ['IsDeviceJoined', yes(checks.isDeviceJoined)],
    ['IsUserAzureAD', yes(checks.isUserAzureAd)],
    ['PolicyEnabled', yes(checks.policyEnabled)],
    ['PostLogonEnabled', yes(checks.postLogonEnabled)],
    ['DeviceEligible', yes(checks.deviceEligible)],
    ['SessionIsNotRemote', yes(checks.sessionIsNotRemote)],
    ['CertEnrollment', certEnrollment],
    ...authority,
    ...some('OnPremTGT', certEnrollment === 'none' ? yes(checks.onPremTgt) : undefined),
    ['PreReqResult', checks.willProvision ? 'WillProvision' : 'WillNotProvision'],
  ];
}

function some(label: string, value: string | undefined): readonly Field[] {
  return value === undefined ? [] : [[label, value]];
}

/** `2026-03-02 08:00:00.000 UTC` */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}
