/** What the answers to a device's registration come to: its certificate, or the record that dsregcmd shows. */
import { equal } from '../../src/bytes/bytes.ts';
import type * as http from '../http/client.ts';
import type { HttpResponse } from '../http/messages.ts';
import { jsonObjectOf } from '../oauth/json.ts';
import { readOAuthError } from '../oauth/oauth.ts';
import { readCertificate } from '../x509/certificate.ts';
import {
  type DeviceRegistered,
  readDeviceError,
  readDeviceRegistered,
} from './device-registration-messages.ts';
import type { FailedJoin } from './dsreg-status.ts';
import { entraErrorCode } from './errors.ts';
import {
  RegistrationErrors,
  type RegistrationStatus,
  winHttpStatus,
} from './key-registration-errors.ts';

const SUBJECT = /^CN=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/;

/**
 * The certificate, when it is for the key that was made, and for the device that was named; else undefined.
 * @param publicKey SubjectPublicKeyInfo, DER
 * @param wanted the identifier that the device has already
 */
export function registeredCertificate(
  response: HttpResponse,
  publicKey: Uint8Array,
  wanted: string | undefined,
): { readonly device: DeviceRegistered; readonly deviceId: string } | undefined {
  const device = readDeviceRegistered(response);
  const read = device === undefined ? undefined : readCertificate(device.certificate);
  if (device === undefined || read?.ok !== true) return undefined;
  const [, deviceId] = SUBJECT.exec(read.value.subject.text) ?? [];
  if (deviceId === undefined || !equal(read.value.publicKey, publicKey)) return undefined;
  if (read.value.sha1 !== device.thumbprint) return undefined;
  if (wanted !== undefined && wanted.toLowerCase() !== deviceId.toLowerCase()) return undefined;
  return { device, deviceId: deviceId.toLowerCase() };
}

/** By the service's `subcode`; only the first is documented for joins. */
const BY_SUBCODE: Readonly<Record<string, string>> = {
  error_missing_device: 'unknown_device',
  error_missing_user: 'unknown_user',
  error_mfa_required: 'mfa_required',
  error_token: 'authentication_error',
};

/** The service refused, or answered something else. */
export function noCertificate({ status, body }: HttpResponse, time: number): FailedJoin {
  const said = readDeviceError(body);
  const common = { time, phase: 'join', httpsStatus: status } as const;
  if (said === undefined) {
    const { invalidResponse, badStatus } = RegistrationErrors;
    return { ...common, clientErrorCode: codeOf(status === 200 ? invalidResponse : badStatus) };
  }
  const { code, subcode, message, requestId } = said;
  const known = Object.hasOwn(BY_SUBCODE, subcode ?? '') ? BY_SUBCODE[subcode ?? ''] : undefined;
  return {
    ...common,
    clientErrorCode: codeOf(RegistrationErrors.refused(known ?? code)),
    serverErrorCode: subcode ?? code,
    serverMessage: message,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The token endpoint gave no token. */
export function noTokenAnswer({ status, body }: HttpResponse, time: number): FailedJoin {
  const object = jsonObjectOf(body);
  const said = object === undefined ? undefined : readOAuthError(object);
  const code = object === undefined ? undefined : entraErrorCode(object);
  return {
    time,
    phase: 'auth',
    clientErrorCode: codeOf(RegistrationErrors.noToken(code)),
    httpsStatus: status,
    ...(said === undefined ? {} : { serverErrorCode: said.error, serverMessage: said.description }),
  };
}

/** Nobody answered. */
export function noAnswer(
  phase: FailedJoin['phase'],
  { error }: Extract<http.State, { readonly name: 'failed' }>,
  time: number,
): FailedJoin {
  return { time, phase, clientErrorCode: codeOf(winHttpStatus(error)) };
}

/** `0x801c03f2` */
function codeOf({ code }: RegistrationStatus): string {
  return `0x${(code >>> 0).toString(16).padStart(8, '0')}`;
}
