/**
 * Registering a device with the device registration service (MS-DVRJ 3.1.5.1, which Entra's service shares
 * with other versions and more fields): a join is a POST with a user's token, a hybrid join a PUT that the
 * computer account's own certificate signs for. JSON both ways.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { fromHex, toHex, utf8 } from '../../src/bytes/bytes.ts';
import { type HttpRequest, type HttpResponse, request, response } from '../http/messages.ts';
import {
  type JsonObject,
  jsonObjectOf,
  numberField,
  objectField,
  textField,
} from '../oauth/json.ts';
import { JSON_TYPE } from '../oauth/oauth.ts';

export const DEVICE_PATH = '/EnrollmentServer/device/';
export const DEVICE_API_VERSION = '2.0';
export const DEVICE_REQUEST_NAME = 'device-registration-request';
export const DEVICE_RESPONSE_NAME = 'device-registration-response';

/** The subject of every request for a device certificate: the service decides the name. */
export const REQUEST_SUBJECT = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';

/** Entra join, workplace join (unverified number), hybrid join. */
export const JOIN_TYPES = { joined: 0, registered: 4, hybrid: 6 } as const;
export type JoinKind = keyof typeof JOIN_TYPES;

/** What a computer of Active Directory shows of itself: its SID and a moment, signed. */
export interface ClientIdentity {
  /** objectSid of the computer account. */
  readonly sid: string;
  /** Milliseconds since 1970; whole seconds count. */
  readonly time: number;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over {@link identityText}, by the key of userCertificate. */
  readonly signature: Uint8Array;
}

export interface DeviceRegistration {
  readonly join: JoinKind;
  /** PKCS #10, DER; the key signs device assertions. */
  readonly certificateRequest: Uint8Array;
  /** BCRYPT_RSAPUBLIC_BLOB: what session keys are encrypted to. */
  readonly transportKey: Uint8Array;
  /** The DNS name of the domain that the tenant is found by. */
  readonly targetDomain: string;
  readonly displayName: string;
  readonly osVersion: string;
  /** Hybrid join only. */
  readonly clientIdentity?: ClientIdentity;
}

const IDENTITY_TYPE = 'sha256signed';

/** `<SID>.2026-03-02 08:00:00Z`, as the computer signs it. */
export function identityText({ sid, time }: Pick<ClientIdentity, 'sid' | 'time'>): string {
  const [date, clock] = new Date(time).toISOString().split('T') as [string, string];
  return `${sid}.${date} ${clock.slice(0, 8)}Z`;
}

function headers(requestId: string, token?: string) {
  return {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    Accept: 'application/json',
    'Content-Type': 'application/json',
    'User-Agent': 'Dsreg/10.0 (Windows 10.0.22631.3007)',
    'client-request-id': requestId,
    'return-client-request-id': 'true',
  };
}

function commonFields(wanted: DeviceRegistration) {
  return {
    TransportKey: toBase64(wanted.transportKey),
    TargetDomain: wanted.targetDomain,
    DeviceType: 'Windows',
    OSVersion: wanted.osVersion,
    DeviceDisplayName: wanted.displayName,
  };
}

/** Entra join and workplace join. @param token of the user, for the registration service */
export function joinRequest(
  host: string,
  token: string,
  wanted: DeviceRegistration,
  requestId: string,
): HttpRequest {
  const body = {
    CertificateRequest: { Type: 'pkcs10', Data: toBase64(wanted.certificateRequest) },
    ...commonFields(wanted),
    JoinType: JOIN_TYPES[wanted.join],
    attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
  };
  const target = `${DEVICE_PATH}?api-version=${DEVICE_API_VERSION}`;
  return request('POST', host, target, headers(requestId, token), utf8(JSON.stringify(body)));
}

/** Hybrid join. @param deviceId objectGUID of the computer, under which Entra Connect has brought it */
export function hybridJoinRequest(
  host: string,
  deviceId: string,
  wanted: DeviceRegistration & { readonly clientIdentity: ClientIdentity },
  requestId: string,
): HttpRequest {
  const { clientIdentity } = wanted;
  const body = {
    CertificateRequest: { Type: 'pkcs10', Data: toBase64(wanted.certificateRequest) },
    ServerAdJoinData: {
      ...commonFields(wanted),
      ClientIdentity: {
        Type: IDENTITY_TYPE,
        Sid: identityText(clientIdentity),
        SignedBlob: toBase64(clientIdentity.signature),
      },
    },
    JoinType: JOIN_TYPES.hybrid,
    attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
  };
  const target = `${DEVICE_PATH}${deviceId}?api-version=${DEVICE_API_VERSION}`;
  return request('PUT', host, target, headers(requestId), utf8(JSON.stringify(body)));
}

/** Undefined: the body is no such request. */
export function readDeviceRegistration(body: Uint8Array): DeviceRegistration | undefined {
  const object = jsonObjectOf(body);
  if (object === undefined) return undefined;
  const join = joinKindOf(numberField(object, 'JoinType'));
  const wanted = objectField(object, 'CertificateRequest');
  const certificateRequest = wanted === undefined ? undefined : octets(wanted, 'Data');
  const inner = join === 'hybrid' ? objectField(object, 'ServerAdJoinData') : object;
  if (join === undefined || wanted === undefined || inner === undefined) return undefined;
  if (textField(wanted, 'Type') !== 'pkcs10' || certificateRequest === undefined) return undefined;
  const transportKey = octets(inner, 'TransportKey');
  const targetDomain = textField(inner, 'TargetDomain');
  const displayName = textField(inner, 'DeviceDisplayName');
  const osVersion = textField(inner, 'OSVersion');
  if (transportKey === undefined || targetDomain === undefined) return undefined;
  if (displayName === undefined || osVersion === undefined) return undefined;
  const common = { join, certificateRequest, transportKey, targetDomain, displayName, osVersion };
  if (join !== 'hybrid') return common;
  const clientIdentity = readIdentity(inner);
  return clientIdentity === undefined ? undefined : { ...common, clientIdentity };
}

function joinKindOf(value: number | undefined): JoinKind | undefined {
  const kinds = Object.keys(JOIN_TYPES) as readonly JoinKind[];
  return kinds.find((kind) => JOIN_TYPES[kind] === value);
}

function octets(object: JsonObject, name: string): Uint8Array | undefined {
  const text = textField(object, name);
  return text === undefined || text === '' ? undefined : fromBase64(text);
}

const IDENTITY = /^(S-1-[0-9-]{3,180})\.(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)Z$/;

function readIdentity(inner: JsonObject): ClientIdentity | undefined {
  const identity = objectField(inner, 'ClientIdentity');
  if (identity === undefined || textField(identity, 'Type') !== IDENTITY_TYPE) return undefined;
  const [, sid, date, clock] = IDENTITY.exec(textField(identity, 'Sid') ?? '') ?? [];
  const time = Date.parse(`${date}T${clock}Z`);
  const signature = octets(identity, 'SignedBlob');
  if (sid === undefined || Number.isNaN(time) || signature === undefined) return undefined;
  return { sid, time, signature };
}

export interface DeviceRegistered {
  /** The device certificate, DER. */
  readonly certificate: Uint8Array;
  /** Its SHA-1, hexadecimal. */
  readonly thumbprint: string;
  /** Who joined it; absent after a hybrid join. */
  readonly upn?: string;
}

export function deviceRegisteredResponse(
  { certificate, thumbprint, upn }: DeviceRegistered,
  fields: Readonly<Record<string, string>>,
): HttpResponse {
  const body = {
    Certificate: { Thumbprint: thumbprint.toUpperCase(), RawBody: toBase64(certificate) },
    ...(upn === undefined ? {} : { User: { Upn: upn } }),
    MembershipChanges: [],
  };
  return response(200, { 'Content-Type': JSON_TYPE, ...fields }, utf8(JSON.stringify(body)));
}

/** Undefined when it is no such answer. */
export function readDeviceRegistered({ status, body }: HttpResponse): DeviceRegistered | undefined {
  const object = status === 200 ? jsonObjectOf(body) : undefined;
  const issued = object === undefined ? undefined : objectField(object, 'Certificate');
  if (object === undefined || issued === undefined) return undefined;
  const certificate = octets(issued, 'RawBody');
  const thumbprint = textField(issued, 'Thumbprint');
  if (certificate === undefined || !/^[0-9A-Fa-f]{40}$/.test(thumbprint ?? '')) return undefined;
  const user = objectField(object, 'User');
  const upn = user === undefined ? undefined : textField(user, 'Upn');
  const normal = toHex(fromHex(thumbprint as string));
  return { certificate, thumbprint: normal, ...(upn === undefined ? {} : { upn }) };
}

/** What `code` and `subcode` say; those that troubleshooting documents show, and others in their manner. */
export type DeviceErrorCode = 'invalid_request' | 'authentication_error' | 'authorization_error';
export type DeviceErrorSubcode =
  | 'error_malformed'
  | 'error_token'
  | 'error_mfa_required'
  | 'error_missing_user'
  | 'error_missing_device'
  | 'error_directory_quota_exceeded'
  | 'error_signature';

export interface DeviceError {
  readonly code: DeviceErrorCode;
  readonly subcode: DeviceErrorSubcode;
  readonly message: string;
}

export interface DeviceErrorContext {
  readonly now: number;
  readonly operation: 'DeviceJoin' | 'DeviceRenew';
  /** Identifier of this answer in the service's logs. */
  readonly requestId: string;
}

export function deviceErrorResponse(
  status: 400 | 401 | 403,
  error: DeviceError,
  { now, operation, requestId }: DeviceErrorContext,
): HttpResponse {
  // Without milliseconds, as the service writes it.
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const body = { ...error, operation, requestid: requestId, time };
  return response(status, { 'Content-Type': JSON_TYPE }, utf8(JSON.stringify(body)));
}

/** What an error body says; undefined when it is none. */
export function readDeviceError(body: Uint8Array):
  | {
      readonly code: string;
      readonly subcode?: string;
      readonly message: string;
      readonly requestId?: string;
    }
  | undefined {
  const object = jsonObjectOf(body);
  const code = object === undefined ? undefined : textField(object, 'code');
  const message = object === undefined ? undefined : textField(object, 'message');
  if (object === undefined || code === undefined || message === undefined) return undefined;
  const subcode = textField(object, 'subcode');
  const requestId = textField(object, 'requestid');
  return {
    code,
    message,
    ...(subcode === undefined ? {} : { subcode }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
