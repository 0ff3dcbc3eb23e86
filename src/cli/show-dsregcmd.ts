/** `kerblab show RUN dsregcmd`: what `dsregcmd /status` would print for whoever is signed in to a device. */
import { computerNames } from '../../protocols/actors/computer.ts';
import type { CloudApCache } from '../../protocols/actors/device-cloud-state.ts';
import { type HelloConfig, policyFor } from '../../protocols/actors/device-hello.ts';
import {
  type DeviceIdentity,
  deviceIdentity,
  randomGuid,
  tenantIdOf,
} from '../../protocols/actors/device-identity.ts';
import { configNow, helloNow } from '../../protocols/actors/device-join.ts';
import { situationOf } from '../../protocols/actors/device-prerequisites.ts';
import { deviceConfig } from '../../protocols/actors/device-role.ts';
import { keptIn } from '../../protocols/actors/device-store.ts';
import { helloConfig } from '../../protocols/actors/hello-cast.ts';
import type {
  DeviceAuthStatus,
  DeviceState,
  DsregStatus,
  FailedAttempt,
  NgcPrerequisites,
  PostJoin,
  PreJoin,
  Registration,
  SsoState,
  UserState,
} from '../../protocols/entra/dsreg-status.ts';
import { authorityOf, dsregcmdText } from '../../protocols/entra/dsregcmd.ts';
import { isInDomain, isKnownToEntra } from '../../protocols/hello/gestures.ts';
import type { PassportForWork } from '../../protocols/hello/policy.ts';
import { protectionFor } from '../../protocols/hello/providers.ts';
import { prerequisites } from '../../protocols/hello/provisioning.ts';
import { readCertificate } from '../../protocols/x509/certificate.ts';
import { toHex } from '../bytes/bytes.ts';
import { digest } from '../crypto/digest.ts';
import { InputError } from './exit.ts';
import type { Shown } from './show.ts';
import {
  type DeviceCast,
  deviceAt,
  flatNameOf,
  type ShownDevice,
  systemDomainOf,
  viewAt,
} from './show-device.ts';

/** @throws InputError when the actor is no device */
export function dsregcmdOf(shown: Shown): string {
  if (shown.rest.length > 0) throw new InputError('dsregcmd: nothing may stand behind it');
  const device = deviceAt(shown);
  const registration = registrationOf(shown, device);
  const checks = prerequisitesOf(shown, device);
  const status: DsregStatus = {
    device: deviceState(device, registration !== undefined),
    ...(registration === undefined ? {} : { registration }),
    user: userState(shown, device),
    sso: ssoState(shown, device, registration),
    diagnostics: registration === undefined ? preJoin(shown, device) : postJoin(device),
    ...(checks === undefined ? {} : { prerequisites: checks }),
  };
  return dsregcmdText(status);
}

function deviceState({ name, config, cast }: ShownDevice, azureAdJoined: boolean): DeviceState {
  const { dnsHostName, netbiosName } = computerNames(name, config);
  const inDomain = isInDomain(config.join);
  return {
    azureAdJoined,
    // No registration service of AD FS takes devices here.
    enterpriseJoined: false,
    ...(inDomain ? { domainName: flatNameOf(cast.scene, config.realm) } : {}),
    deviceName: inDomain ? dnsHostName : netbiosName,
  };
}

function registrationOf(shown: Shown, device: ShownDevice): Registration | undefined {
  const { name, config, cast } = device;
  const identity = deviceIdentity(cast.scene, name, config) ?? ownIdentity(shown, device);
  if (identity === undefined) return undefined;
  const { deviceId, tenantId, certificate } = identity;
  return {
    deviceId,
    tenantId,
    thumbprint: toHex(digest('sha1', certificate.der)),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    // Windows draws a number for the container of the device's keys; nothing else shows it.
    keyContainerId: randomGuid(cast.scene.random(`key-container/${name}`)(16)),
    isTpmProtected: config.tpm !== 'none',
    deviceAuthStatus: authStatus(shown, device, deviceId),
  };
}

/** What it was registered as in the course of the story. */
function ownIdentity(
  { store }: Shown,
  { cast }: ShownDevice,
): Pick<DeviceIdentity, 'deviceId' | 'tenantId' | 'certificate'> | undefined {
  const own = keptIn(store).registration;
  const read = own === undefined ? undefined : readCertificate(own.certificate);
  if (own === undefined || read?.ok !== true) return undefined;
  return { deviceId: own.deviceId, tenantId: tenantIdOf(cast.scene), certificate: read.value };
}

/** The tool asks Entra. What stands between, it would find out by itself: here the tenant is asked directly. */
function authStatus(shown: Shown, device: ShownDevice, deviceId: string): DeviceAuthStatus {
  const tenant = tenantOf(device);
  const view = tenant === undefined ? undefined : viewAt(shown, device.cast, tenant);
  const { devices } = (view ?? {}) as { readonly devices?: readonly TenantDeviceView[] };
  if (devices === undefined) return 'FAILED. ERROR';
  const known = devices.find((one) => one.deviceId === deviceId);
  return known?.accountEnabled === true
    ? 'SUCCESS'
    : 'FAILED. Device is either disabled or deleted';
}

interface TenantDeviceView {
  readonly deviceId: string;
  readonly accountEnabled: boolean;
}

function tenantOf({ cast }: ShownDevice): string | undefined {
  const { actors } = cast.scenario;
  return Object.keys(actors).find((name) => actors[name]?.role === 'entra-tenant');
}

/** Of who is signed in; a prompt of the system has no key and no account of its own. */
function userState(shown: Shown, device: ShownDevice): UserState {
  const user = userOf(device);
  const container = user === undefined ? undefined : keptIn(shown.store).containers[user];
  const policy = user === undefined ? undefined : policyIn(device, user);
  const isRecoverable = policy?.EnablePinRecovery === true;
  return {
    ...(container === undefined ? {} : { ngcKeyId: container.settings.guid }),
    canReset: isRecoverable ? 'DestructiveAndNonDestructive' : 'DestructiveOnly',
    // Signing in to Entra makes one.
    wamDefaultSet: cloudOf(shown, device)?.prt !== undefined,
  };
}

function policyIn({ state, ...device }: ShownDevice, user: string): PassportForWork | undefined {
  return state.name === 'off'
    ? undefined
    : policyFor(helloNow(configOf(device), state.base.hello), state.base.hello, user);
}

function configOf({ name, config, cast }: DeviceCast): HelloConfig {
  return helloConfig(cast.scene, name, config);
}

/** The tool leaves them out where the user has Hello, and cannot make them for the system. */
function prerequisitesOf(
  { store }: Shown,
  { state, name, config, cast }: ShownDevice,
): NgcPrerequisites | undefined {
  if (!('session' in state)) return undefined;
  if (keptIn(store).containers[state.session.who.user] !== undefined) return undefined;
  const situation = situationOf(
    configNow(deviceConfig(name, config, cast.scene), state.base.hello),
    state,
  );
  const { policy, join, tpm, governor, hasEnterpriseToken, isEnrollmentReady } = situation;
  return {
    isDeviceJoined: isKnownToEntra(join),
    isUserAzureAd: situation.isCloudUser,
    policyEnabled: policy.UsePassportForWork,
    postLogonEnabled: !policy.DisablePostLogonProvisioning,
    deviceEligible: protectionFor(policy, tpm) !== undefined,
    sessionIsNotRemote: situation.isLocal,
    certEnrollment: governor,
    adfs: {
      refreshToken: hasEnterpriseToken,
      raIsReady: isEnrollmentReady,
      templateReady: isEnrollmentReady,
    },
    onPremTgt: situation.hasCloudTgt,
    willProvision: prerequisites(situation).willLaunch,
  };
}

function userOf({ state }: ShownDevice): string | undefined {
  return 'session' in state ? state.session.who.user : undefined;
}

/** What CloudAP has of who is signed in; whoever is not registered has nobody to give them tokens. */
function ssoState(
  shown: Shown,
  device: ShownDevice,
  registration: Registration | undefined,
): SsoState {
  const none = { enterprise: {}, onPremTgt: false, cloudTgt: false };
  if (registration === undefined) return { ...none, azureAd: {} };
  const cache = cloudOf(shown, device);
  const failed = failedAttempt(shown, cache);
  const { prt, tgtAd, tgtCloud, authority = authorityOf(registration.tenantId) } = cache ?? {};
  const token = prt === undefined ? {} : { token: { updated: prt.issued, expires: prt.expires } };
  return {
    ...none,
    azureAd: { authority, ...token, ...(failed === undefined ? {} : { failed }) },
    onPremTgt: tgtAd?.kind === 'ticket',
    cloudTgt: tgtCloud?.kind === 'ticket',
  };
}

/** Without a session of one's own the last attempt of anybody is shown, as the page warns. */
function failedAttempt({ store }: Shown, own: CloudApCache | undefined): FailedAttempt | undefined {
  if (own !== undefined) return own.failed;
  return Object.values(keptIn(store).cloud)
    .flatMap(({ failed }) => failed ?? [])
    .reduce<FailedAttempt | undefined>(
      (last, one) => (last === undefined || one.time > last.time ? one : last),
      undefined,
    );
}

/** CloudAP's cache of who is signed in. */
function cloudOf({ store }: Shown, device: ShownDevice): CloudApCache | undefined {
  const user = userOf(device);
  return user === undefined ? undefined : keptIn(store).cloud[user];
}

function postJoin(device: ShownDevice): PostJoin {
  // The keys are in the signing core as long as the device is registered.
  return { kind: 'postJoin', account: accountOf(device), keySignTest: true };
}

/** ERROR_FILE_NOT_FOUND: there is no service connection point; ERROR_NO_SUCH_DOMAIN. */
const NO_CONNECTION_POINT = 'FAIL [0x80070002]';
const NO_DOMAIN = 'FAIL [0x54b]';

/** The directory says where to register as soon as there is a tenant. */
function preJoin({ now, store }: Shown, device: ShownDevice): PreJoin {
  const { state } = device;
  const { failedJoin } = keptIn(store);
  const sees = state.name !== 'off' && state.base.computer.name === 'signedIn';
  const configured = tenantOf(device) !== undefined;
  const later = sees && configured ? 'PASS' : 'SKIPPED';
  return {
    kind: 'preJoin',
    userContext: userOf(device) === undefined ? 'SYSTEM' : 'UN-ELEVATED User',
    time: now,
    account: accountOf(device),
    adConnectivity: sees ? 'PASS' : NO_DOMAIN,
    adConfiguration: !sees ? 'SKIPPED' : configured ? 'PASS' : NO_CONNECTION_POINT,
    drsDiscovery: later,
    drsConnectivity: later,
    tokenAcquisition: later,
    ...(failedJoin === undefined ? {} : { lastAttempt: failedJoin }),
  };
}

/** `CORP\\alice, alice@corp.example` */
function accountOf(device: ShownDevice): string {
  const { state, name, config } = device;
  if ('session' in state) {
    const { name: account, upn } = state.session.identity;
    return upn === undefined ? account : `${account}, ${upn}`;
  }
  const { sAMAccountName } = computerNames(name, config);
  return `${systemDomainOf(device)}\\${sAMAccountName}`;
}
