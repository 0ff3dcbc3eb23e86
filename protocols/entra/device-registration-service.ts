/** The registration service's judgement of a request to register a device, and the certificate that it gives. */
import { utf8 } from '../../src/bytes/bytes.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { type KeyMaterial, readKeyMaterial } from '../directory/key-material.ts';
import { fieldOf, type HttpRequest } from '../http/messages.ts';
import { textField } from '../oauth/json.ts';
import { tbsCertificate } from '../x509/issue.ts';
import { distinguishedName } from '../x509/names.ts';
import { device as deviceProfile } from '../x509/profiles.ts';
import { readRequest } from '../x509/request.ts';
import {
  DEVICE_API_VERSION,
  type DeviceError,
  type DeviceRegistration,
  identityText,
  type JoinKind,
  readDeviceRegistration,
} from './device-registration-messages.ts';
import { type Tenant, userNamed } from './tenant.ts';
import { claimTexts, MFA_METHODS, readBearer, TOKEN_SKEW, type TokenTrust } from './token.ts';

/** What administrators decide in the tenant's device settings. */
export interface DeviceSettings {
  /** "Require multifactor authentication to register or join devices". */
  readonly requireMfa: boolean;
  /** "Maximum number of devices per user". */
  readonly devicesPerUser: number;
}

/** As tenants are made. */
export const DEFAULT_DEVICE_SETTINGS: DeviceSettings = { requireMfa: false, devicesPerUser: 50 };

export interface JudgedDevice {
  readonly join: JoinKind;
  /** Who joins it; absent: the computer itself. */
  readonly upn?: string;
  /** objectSid of who joins it, or of the computer. */
  readonly ownerSid?: string;
  /** Hybrid join: the identifier that it has already. */
  readonly deviceId?: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly transportKey: Uint8Array;
  readonly displayName: string;
}

export type DeviceJudgement =
  | { readonly ok: true; readonly device: JudgedDevice }
  | { readonly ok: false; readonly status: 400 | 401 | 403; readonly error: DeviceError };

export interface DeviceRequest {
  readonly request: HttpRequest;
  readonly query: Readonly<Record<string, string>>;
  /** Of the path, with PUT. */
  readonly deviceId?: string;
}

export function judgeDeviceRegistration(
  asked: DeviceRequest,
  tenant: Tenant,
  trust: TokenTrust,
  settings: DeviceSettings,
  now: number,
): DeviceJudgement {
  const version = asked.query['api-version'];
  if (version !== DEVICE_API_VERSION) return malformed(`api-version ${version} is not spoken`);
  const wanted = readDeviceRegistration(asked.request.body);
  if (wanted === undefined) return malformed('the body is no registration of a device');
  const keys = keysOf(wanted);
  if (typeof keys === 'string') return malformed(keys);
  const { join, displayName } = wanted;
  const common = { join, displayName, ...keys };
  const who =
    asked.deviceId === undefined
      ? judgeUser(asked.request, wanted, tenant, trust, settings, now)
      : judgeComputer(asked.deviceId, wanted, tenant, now);
  return who.ok ? { ok: true, device: { ...common, ...who.owner } } : who;
}

type Owner = Pick<JudgedDevice, 'upn' | 'ownerSid' | 'deviceId'>;
type Judged = { readonly ok: true; readonly owner: Owner } | Exclude<DeviceJudgement, { ok: true }>;

function keysOf({
  certificateRequest,
  transportKey,
}: DeviceRegistration): Pick<JudgedDevice, 'publicKey' | 'transportKey'> | string {
  const request = readRequest(certificateRequest);
  if (!request.ok) return `CertificateRequest: ${request.reason}`;
  const transport: KeyMaterial | undefined = readKeyMaterial(transportKey);
  if (transport === undefined) return 'TransportKey is no public key';
  return { publicKey: request.value.publicKey, transportKey: transport.publicKey };
}

function judgeUser(
  request: HttpRequest,
  { join }: DeviceRegistration,
  tenant: Tenant,
  trust: TokenTrust,
  { requireMfa, devicesPerUser }: DeviceSettings,
  now: number,
): Judged {
  if (join === 'hybrid') return malformed('a hybrid join is a PUT of the device');
  const bearer = readBearer(fieldOf(request, 'Authorization'), trust, now);
  if (!bearer.ok) return refused(401, 'authentication_error', 'error_token', bearer.reason);
  const methods = claimTexts(bearer.claims, 'amr');
  if (requireMfa && !MFA_METHODS.some((method) => methods.includes(method))) {
    const why = 'multi-factor authentication is required to join devices';
    return refused(403, 'authorization_error', 'error_mfa_required', why);
  }
  const upn = textField(bearer.claims, 'upn');
  const user = upn === undefined ? undefined : userNamed(tenant, upn);
  if (upn === undefined || user?.accountEnabled !== true) {
    const why = `the user ${upn ?? 'of the token'} is not there or disabled`;
    return refused(400, 'invalid_request', 'error_missing_user', why);
  }
  const sid = user.onPremisesSecurityIdentifier;
  const owned = tenant.devices.filter(({ owner }) => owner === user.userPrincipalName);
  if (owned.length >= devicesPerUser) {
    const why = `the user has ${owned.length} devices, and may have ${devicesPerUser}`;
    return refused(400, 'authorization_error', 'error_directory_quota_exceeded', why);
  }
  const owner = { upn: user.userPrincipalName, ...(sid === undefined ? {} : { ownerSid: sid }) };
  return { ok: true, owner };
}

/** The computer proves by the key of userCertificate, which was synchronised, that it is that computer. */
function judgeComputer(
  deviceId: string,
  { join, clientIdentity }: DeviceRegistration,
  tenant: Tenant,
  now: number,
): Judged {
  if (join !== 'hybrid' || clientIdentity === undefined) {
    return malformed('a device of its own is registered by a POST');
  }
  const wanted = deviceId.toLowerCase();
  const computer = tenant.computers?.find((known) => known.deviceId.toLowerCase() === wanted);
  if (computer === undefined) {
    const why = `The device object by the given id (${deviceId}) is not found.`;
    return refused(400, 'invalid_request', 'error_missing_device', why);
  }
  const { publicKey, sid } = computer;
  const text = utf8(identityText(clientIdentity));
  const signed = verifySignature(
    publicKey,
    'sha256WithRSAEncryption',
    text,
    clientIdentity.signature,
  );
  if (!signed || clientIdentity.sid !== sid) {
    const why = 'ClientIdentity is not signed by the key of the computer’s userCertificate';
    return refused(401, 'authentication_error', 'error_signature', why);
  }
  if (Math.abs(clientIdentity.time - now) > TOKEN_SKEW) {
    return refused(401, 'authentication_error', 'error_signature', 'ClientIdentity is not for now');
  }
  return { ok: true, owner: { deviceId: computer.deviceId, ownerSid: sid } };
}

function malformed(message: string): Exclude<DeviceJudgement, { ok: true }> {
  return refused(400, 'invalid_request', 'error_malformed', message);
}

function refused(
  status: 400 | 401 | 403,
  code: DeviceError['code'],
  subcode: DeviceError['subcode'],
  message: string,
): Exclude<DeviceJudgement, { ok: true }> {
  return { ok: false, status, error: { code, subcode, message } };
}

/** The issuer of device certificates, as Entra's device registration names it. */
export const DEVICE_ISSUER =
  'OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97,CN=MS-Organization-Access,DC=windows,DC=net';
export const DEVICE_SIGNATURE = 'sha256WithRSAEncryption';

/** Such certificates are good for ten years. */
export const DEVICE_VALIDITY = 3_652 * 86_400_000;

/** What the issuer is to sign for a device. @param serialNumber 16 octets */
export function deviceCertificateDraft(
  deviceId: string,
  publicKey: Uint8Array,
  serialNumber: Uint8Array,
  notBefore: number,
): Uint8Array {
  return tbsCertificate(deviceProfile({ deviceId }), {
    issuer: distinguishedName(DEVICE_ISSUER),
    publicKey,
    serialNumber,
    notBefore,
    notAfter: notBefore + DEVICE_VALIDITY,
    signatureAlgorithm: DEVICE_SIGNATURE,
  });
}
