/**
 * Registering a Hello key with the device registration service (MS-KPP 3.1.5.1, which Entra's service
 * shares): `POST /EnrollmentServer/key/`, JSON both ways.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { type HttpRequest, type HttpResponse, request, response } from '../http/messages.ts';
import { jsonObjectOf, objectField, textField } from '../oauth/json.ts';
import { JSON_TYPE } from '../oauth/oauth.ts';

export const KEY_PATH = '/EnrollmentServer/key/';
export const API_VERSION = '1.0';
export const KEY_REQUEST_NAME = 'key-registration-request';
export const KEY_RESPONSE_NAME = 'key-registration-response';

/** @param keyMaterial BCRYPT_RSAPUBLIC_BLOB @param requestId a GUID, which the service gives back */
export function keyRegistrationRequest(
  host: string,
  token: string,
  keyMaterial: Uint8Array,
  requestId: string,
): HttpRequest {
  return request(
    'POST',
    host,
    `${KEY_PATH}?api-version=${API_VERSION}`,
    {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Dsreg/10.0 (Windows 10.0.22631.3007)',
      'client-request-id': requestId,
      'return-client-request-id': 'true',
    },
    utf8(JSON.stringify({ kngc: toBase64(keyMaterial) })),
  );
}

export interface KeyRegistered {
  /** Identifier of the key with the service: a GUID. */
  readonly kid: string;
  readonly upn: string;
  /** The key receipt: a JWT of the tenant's that speaks for the key before the directory has it. */
  readonly krctx?: string;
}

export function keyRegisteredResponse(
  registered: KeyRegistered,
  fields: Readonly<Record<string, string>>,
): HttpResponse {
  return response(
    200,
    { 'Content-Type': JSON_TYPE, ...fields },
    utf8(JSON.stringify({ ...registered })),
  );
}

/** Undefined when it is no such answer. */
export function readKeyRegistered({ status, body }: HttpResponse): KeyRegistered | undefined {
  const object = status === 200 ? jsonObjectOf(body) : undefined;
  const kid = object === undefined ? undefined : textField(object, 'kid');
  const upn = object === undefined ? undefined : textField(object, 'upn');
  if (object === undefined || kid === undefined || upn === undefined) return undefined;
  const krctx = textField(object, 'krctx');
  return { kid, upn, ...(krctx === undefined ? {} : { krctx }) };
}

/** The key material of a request's body; undefined when there is none. */
export function readKngc(body: Uint8Array): Uint8Array | undefined {
  const object = jsonObjectOf(body);
  const kngc = object === undefined ? undefined : textField(object, 'kngc');
  return kngc === undefined || kngc === '' ? undefined : fromBase64(kngc);
}

/** The values of `code`: what MS-KPP leaves open is named here for what is wrong. */
export type ErrorCode =
  | 'invalid_request'
  | 'authentication_error'
  | 'mfa_required'
  | 'device_id_missing'
  | 'upn_missing'
  | 'unknown_user'
  | 'unknown_device';

/** MS-KPP 2.2.3.1 (ErrorDetails). */
export interface ErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ErrorContext {
  readonly now: number;
  /** The service's name: `urn:ms-drs:enterpriseregistration.windows.net`. */
  readonly target: string;
  readonly clientRequestId?: string;
  /** Identifier of this answer in the service's logs. */
  readonly trace: string;
}

/** @param status 400, or 401 where the token is at fault */
export function errorDetailsResponse(
  status: number,
  { code, message }: ErrorDetails,
  { now, target, clientRequestId = '', trace }: ErrorContext,
): HttpResponse {
  const details = {
    code,
    message,
    response: 'ERROR_FAIL',
    target,
    clientrequestid: clientRequestId,
    time: new Date(now).toISOString(),
    innererror: { trace, context: message },
  };
  return response(status, { 'Content-Type': JSON_TYPE }, utf8(JSON.stringify(details)));
}

/** What an error body says; undefined when it is none. */
export function readErrorDetails(
  body: Uint8Array,
): { readonly code: string; readonly message: string } | undefined {
  const object = jsonObjectOf(body);
  if (object === undefined || objectField(object, 'innererror') === undefined) return undefined;
  const code = textField(object, 'code');
  return code === undefined ? undefined : { code, message: textField(object, 'message') ?? '' };
}
