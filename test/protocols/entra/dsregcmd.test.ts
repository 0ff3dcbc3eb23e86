/** Microsoft, "Troubleshoot devices by using the dsregcmd command": its samples, section by section. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DsregStatus } from '../../../protocols/entra/dsreg-status.ts';
import { dsregcmdText } from '../../../protocols/entra/dsregcmd.ts';

const s = suite('dsregcmd');

const TENANT = '96fa76d0-0000-4000-8000-eb60cc220000';

const JOINED: DsregStatus = {
  device: {
    azureAdJoined: true,
    enterpriseJoined: false,
    domainName: 'HYBRIDADFS',
    deviceName: 'laptop.hybridadfs.example',
  },
  registration: {
    deviceId: 'e92325d0-7ac4-4714-88a1-94ae875d5245',
    thumbprint: 'd293213ef327483560eed8410cae36bb67208179',
    notBefore: Date.UTC(2019, 0, 11, 21, 2, 50),
    notAfter: Date.UTC(2029, 0, 11, 21, 32, 50),
    keyContainerId: '13e68a58-0000-4000-8000-a20a24110000',
    isTpmProtected: false,
    deviceAuthStatus: 'SUCCESS',
    tenantId: TENANT,
    tenantName: 'HybridADFS',
  },
  user: {
    ngcKeyId: 'fa0db076-a5d7-4844-82d8-50a2fb42ec7b',
    canReset: 'DestructiveAndNonDestructive',
    wamDefaultSet: true,
  },
  sso: {
    azureAd: {
      authority: `https://login.microsoftonline.com/${TENANT}`,
      failed: {
        wanted: 'Acquire',
        time: Date.UTC(2020, 6, 18, 20, 10, 33, 789),
        status: '0xc000006d',
        user: 'john@contoso.com',
        credentialType: 'Password',
        correlationId: '63648321-fc5c-46eb-996e-ed1f3ba7740f',
        endpoint: `https://login.microsoftonline.com/${TENANT}/oauth2/token/`,
        httpError: 0,
        httpStatus: 400,
        serverErrorCode: 'invalid_grant',
        serverErrorDescription:
          'AADSTS50126: Error validating credentials due to invalid username or password.',
      },
    },
    enterprise: {
      token: {
        updated: Date.UTC(2019, 0, 24, 19, 15, 33),
        expires: Date.UTC(2019, 1, 7, 19, 15, 33),
      },
      authority: 'https://fs.hybridadfs.nttest.microsoft.com:443/adfs',
    },
    onPremTgt: true,
    cloudTgt: true,
  },
  diagnostics: {
    kind: 'postJoin',
    account: 'HYBRIDADFS\\john, john@contoso.com',
    keySignTest: true,
  },
  prerequisites: {
    isDeviceJoined: true,
    isUserAzureAd: true,
    policyEnabled: true,
    postLogonEnabled: true,
    deviceEligible: true,
    sessionIsNotRemote: true,
    certEnrollment: 'enrollment authority',
    adfs: { refreshToken: true, raIsReady: true, templateReady: true },
    onPremTgt: true,
    willProvision: true,
  },
};

const EDGE = '+----------------------------------------------------------------------+';

/** The lines below a title, up to the next box. */
function section(text: string, title: string): string {
  const head = `${EDGE}\n| ${title.padEnd(69)}|\n${EDGE}\n`;
  const [, rest] = text.split(head);
  assert.ok(rest !== undefined, `${title} is there`);
  return (rest as string).split(EDGE)[0] as string;
}

s('device state, with what newer builds add', () => {
  assert.is(
    section(dsregcmdText(JOINED), 'Device State'),
    `
             AzureAdJoined : YES
          EnterpriseJoined : NO
              DomainJoined : YES
                DomainName : HYBRIDADFS
           Virtual Desktop : NOT SET
               Device Name : laptop.hybridadfs.example

`,
  );
});

s('device details', () => {
  assert.is(
    section(dsregcmdText(JOINED), 'Device Details'),
    `
                  DeviceId : e92325d0-7ac4-4714-88a1-94ae875d5245
                Thumbprint : D293213EF327483560EED8410CAE36BB67208179
 DeviceCertificateValidity : [ 2019-01-11 21:02:50.000 UTC -- 2029-01-11 21:32:50.000 UTC ]
            KeyContainerId : 13e68a58-0000-4000-8000-a20a24110000
               KeyProvider : Microsoft Software Key Storage Provider
              TpmProtected : NO
          DeviceAuthStatus : SUCCESS

`,
  );
});

s('tenant details, without device management', () => {
  assert.is(
    section(dsregcmdText(JOINED), 'Tenant Details'),
    `
                TenantName : HybridADFS
                  TenantId : ${TENANT}
                       Idp : login.windows.net
               AuthCodeUrl : https://login.microsoftonline.com/${TENANT}/oauth2/authorize
            AccessTokenUrl : https://login.microsoftonline.com/${TENANT}/oauth2/token
                    MdmUrl :
                 MdmTouUrl :
          MdmComplianceUrl :
               SettingsUrl :
            JoinSrvVersion : 2.0
                JoinSrvUrl : https://enterpriseregistration.windows.net/EnrollmentServer/device/
                 JoinSrvId : urn:ms-drs:enterpriseregistration.windows.net
             KeySrvVersion : 1.0
                 KeySrvUrl : https://enterpriseregistration.windows.net/EnrollmentServer/key/
                  KeySrvId : urn:ms-drs:enterpriseregistration.windows.net
        WebAuthNSrvVersion : 1.0
            WebAuthNSrvUrl : https://enterpriseregistration.windows.net/webauthn/${TENANT}/
             WebAuthNSrvId : urn:ms-drs:enterpriseregistration.windows.net
    DeviceManagementSrvVer : 1.0
    DeviceManagementSrvUrl : https://enterpriseregistration.windows.net/manage/${TENANT}/
     DeviceManagementSrvId : urn:ms-drs:enterpriseregistration.windows.net

`,
  );
});

s('user state', () => {
  assert.is(
    section(dsregcmdText(JOINED), 'User State'),
    `
                    NgcSet : YES
                  NgcKeyId : {FA0DB076-A5D7-4844-82D8-50A2FB42EC7B}
                  CanReset : DestructiveAndNonDestructive
           WorkplaceJoined : NO
             WamDefaultSet : YES
       WamDefaultAuthority : organizations
              WamDefaultId : https://login.microsoft.com
            WamDefaultGUID : {B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)

`,
  );
});

s('single sign-on: an attempt that failed, a token of AD FS, both tickets', () => {
  assert.is(
    section(dsregcmdText(JOINED), 'SSO State'),
    `
                AzureAdPrt : NO
       AzureAdPrtAuthority : https://login.microsoftonline.com/${TENANT}
     AcquirePrtDiagnostics : PRESENT
      Previous Prt Attempt : 2020-07-18 20:10:33.789 UTC
            Attempt Status : 0xc000006d
             User Identity : john@contoso.com
           Credential Type : Password
            Correlation ID : 63648321-fc5c-46eb-996e-ed1f3ba7740f
              Endpoint URI : https://login.microsoftonline.com/${TENANT}/oauth2/token/
               HTTP Method : POST
                HTTP Error : 0x0
               HTTP status : 400
         Server Error Code : invalid_grant
  Server Error Description : AADSTS50126: Error validating credentials due to invalid username or password.
             EnterprisePrt : YES
   EnterprisePrtUpdateTime : 2019-01-24 19:15:33.000 UTC
   EnterprisePrtExpiryTime : 2019-02-07 19:15:33.000 UTC
    EnterprisePrtAuthority : https://fs.hybridadfs.nttest.microsoft.com:443/adfs
                 OnPremTgt : YES
                  CloudTgt : YES
         KerbTopLevelNames : .windows.net,.windows.net:1433,.windows.net:3342,.azure.net,.azure.net:1433,.azure.net:3342

`,
  );
});

s('diagnostics after the join, and the checks before Hello with certificates and without', () => {
  const text = dsregcmdText(JOINED);
  assert.is(
    section(text, 'Diagnostic Data'),
    `
        AadRecoveryEnabled : NO
    Executing Account Name : HYBRIDADFS\\john, john@contoso.com
               KeySignTest : PASSED

`,
  );
  const checks = `
            IsDeviceJoined : YES
             IsUserAzureAD : YES
             PolicyEnabled : YES
          PostLogonEnabled : YES
            DeviceEligible : YES
        SessionIsNotRemote : YES
            CertEnrollment : enrollment authority
          AdfsRefreshToken : YES
             AdfsRaIsReady : YES
    LogonCertTemplateReady : YES ( StateReady )
              PreReqResult : WillProvision

For more information, please visit https://www.microsoft.com/aadjerrors
`;
  assert.is(section(text, 'Ngc Prerequisite Check'), checks);
  const prerequisites = { ...(JOINED.prerequisites as Required<DsregStatus>['prerequisites']) };
  const cloud = dsregcmdText({
    ...JOINED,
    prerequisites: {
      ...prerequisites,
      certEnrollment: 'none',
      onPremTgt: false,
      willProvision: false,
    },
  });
  assert.is(
    section(cloud, 'Ngc Prerequisite Check'),
    checks
      .replace(
        / +CertEnrollment[\s\S]*StateReady \)\n/,
        '            CertEnrollment : none\n                 OnPremTGT : NO\n',
      )
      .replace('WillProvision', 'WillNotProvision'),
  );
});

s('a member of a domain that Entra does not know yet', () => {
  const { registration: _, prerequisites: __, ...rest } = JOINED;
  const text = dsregcmdText({
    ...rest,
    device: { ...rest.device, azureAdJoined: false },
    user: { canReset: 'DestructiveOnly', wamDefaultSet: false },
    sso: { azureAd: {}, enterprise: {}, onPremTgt: false, cloudTgt: false },
    diagnostics: {
      kind: 'preJoin',
      userContext: 'SYSTEM',
      time: Date.UTC(2019, 0, 31, 9, 16, 50),
      account: 'CORP\\LAPTOP$',
      adConnectivity: 'PASS',
      adConfiguration: 'PASS',
      drsDiscovery: 'PASS',
      drsConnectivity: 'PASS',
      tokenAcquisition: 'PASS',
      lastAttempt: {
        time: Date.UTC(2019, 0, 31, 9, 16, 43),
        registrationType: 'sync',
        phase: 'join',
        clientErrorCode: '0x801c03f2',
        serverErrorCode: 'DirectoryError',
        serverMessage:
          "The device object by the given id (e92325d0-7ac4-4714-88a1-94ae875d5245) isn't found.",
        httpsStatus: 400,
        requestId: '6bff0bd9-820b-484b-ab20-2a4f7b76c58e',
      },
    },
  });
  assert.is(
    section(text, 'Diagnostic Data').replace(' Account Name : CORP\\LAPTOP$', ''),
    `
     Diagnostics Reference : www.microsoft.com/aadjerrors
              User Context : SYSTEM
               Client Time : 2019-01-31 09:16:50.000 UTC
      AD Connectivity Test : PASS
     AD Configuration Test : PASS
        DRS Discovery Test : PASS
     DRS Connectivity Test : PASS
    Token acquisition Test : PASS
     Fallback to Sync-Join : ENABLED

     Previous Registration : 2019-01-31 09:16:43.000 UTC
         Registration Type : sync
               Error Phase : join
          Client ErrorCode : 0x801c03f2
          Server ErrorCode : DirectoryError
            Server Message : The device object by the given id (e92325d0-7ac4-4714-88a1-94ae875d5245) isn't found.
              Https Status : 400
                Request Id : 6bff0bd9-820b-484b-ab20-2a4f7b76c58e
    Executing

For more information, please visit https://www.microsoft.com/aadjerrors
`,
  );
  assert.match(section(text, 'SSO State'), /^ {7}AzureAdPrtAuthority : NO$/m);
  assert.not.match(text, /Device Details|Tenant Details|OnPremTgt|Ngc Prerequisite|NgcKeyId/);
});

s('no line is longer than its words', () => {
  const lines = dsregcmdText(JOINED).split('\n');
  assert.equal(
    lines.filter((line) => line !== line.trimEnd()),
    [],
  );
  assert.equal([lines[0], lines.at(-1)], ['', '']);
});

s.run();
