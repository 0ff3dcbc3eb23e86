/** The registration service's judgement of a request to register a key: MS-KPP 3.1.5.1.1. */

import { readKeyMaterial } from '../directory/key-material.ts';
import { fieldOf, type HttpRequest } from '../http/messages.ts';
import { textField } from '../oauth/json.ts';
import { API_VERSION, type ErrorDetails, readKngc } from './key-registration-messages.ts';
import { deviceWithId, type Tenant, type TenantUser, userNamed } from './tenant.ts';
import { claimTexts, MFA_METHODS, readBearer, type TokenTrust } from './token.ts';

export type KeyJudgement =
  | {
      readonly ok: true;
      readonly user: TenantUser;
      readonly deviceId: string;
      readonly keyMaterial: Uint8Array;
    }
  | { readonly ok: false; readonly status: 400 | 401; readonly details: ErrorDetails };

/** @param query of the target */
export function judgeKeyRegistration(
  request: HttpRequest,
  query: Readonly<Record<string, string>>,
  tenant: Tenant,
  trust: TokenTrust,
  now: number,
): KeyJudgement {
  const wrong = versionObjection(request, query);
  if (wrong !== undefined) return refused(400, 'invalid_request', wrong);
  const bearer = readBearer(fieldOf(request, 'Authorization'), trust, now);
  if (!bearer.ok) return refused(401, 'authentication_error', bearer.reason);
  const { claims } = bearer;
  const methods = claimTexts(claims, 'amr');
  if (!MFA_METHODS.some((method) => methods.includes(method))) {
    return refused(401, 'mfa_required', 'the token says nothing of multi-factor authentication');
  }
  const deviceId = textField(claims, 'deviceid');
  if (deviceId === undefined) {
    return refused(401, 'device_id_missing', 'the token has no deviceid');
  }
  const upn = textField(claims, 'upn');
  if (upn === undefined) return refused(401, 'upn_missing', 'the token has no upn');
  const keyMaterial = readKngc(request.body);
  const read = keyMaterial === undefined ? undefined : readKeyMaterial(keyMaterial);
  if (keyMaterial === undefined || read === undefined) {
    return refused(400, 'invalid_request', 'kngc is no public key in base 64');
  }
  const user = userNamed(tenant, upn);
  if (user === undefined) return refused(400, 'unknown_user', `there is no user ${upn}`);
  const device = deviceWithId(tenant, deviceId);
  if (device?.accountEnabled !== true) {
    return refused(400, 'unknown_device', `the device ${deviceId} is not there or disabled`);
  }
  return { ok: true, user, deviceId: device.deviceId, keyMaterial };
}

/** As a field or in the query, not both (MS-KPP 3.1.5.1.1). */
function versionObjection(
  request: HttpRequest,
  query: Readonly<Record<string, string>>,
): string | undefined {
  const given = [query['api-version'], fieldOf(request, 'api-version')].filter(
    (version) => version !== undefined,
  );
  if (given.length !== 1) return `api-version stands ${given.length} times`;
  return given[0] === API_VERSION ? undefined : `api-version ${given[0]} is not spoken`;
}

function refused(status: 400 | 401, code: ErrorDetails['code'], message: string): KeyJudgement {
  return { ok: false, status, details: { code, message } };
}
