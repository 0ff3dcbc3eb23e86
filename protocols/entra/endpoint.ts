/**
 * What a tenant answers to requests: tokens, key registration, and what Entra Connect reads and writes.
 * Pure: a signature or the wait for a second factor is asked of whoever composes it.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Env } from '../../src/machine/machine.ts';
import { fieldOf, type HttpRequest, response } from '../http/messages.ts';
import type { Route } from '../http/routing.ts';
import type { Asked, NotAsked } from '../http/server.ts';
import { compactJws } from '../oauth/jws.ts';
import { JSON_TYPE } from '../oauth/oauth.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import { sealForSession } from '../oauth/session-messages.ts';
import { type Answer, type EndpointConfig, TOKEN_RESPONSE_NAME, type Unsigned } from './answers.ts';
import { answerDeviceRegistration } from './device-registration-endpoint.ts';
import { DEVICE_PATH } from './device-registration-messages.ts';
import { graphBody, graphError } from './graph-answers.ts';
import { KERBEROS_DOMAINS_PATH } from './kerberos-domain.ts';
import { answerKerberosDomain } from './kerberos-domain-service.ts';
import { receiptInput } from './key-receipt.ts';
import {
  errorDetailsResponse,
  KEY_PATH,
  KEY_RESPONSE_NAME,
  keyRegisteredResponse,
} from './key-registration-messages.ts';
import { judgeKeyRegistration } from './key-registration-service.ts';
import { DEVICES_PATH, devicesBody, keysBody, readExport, USERS_PATH } from './synchronization.ts';
import { type Tenant, withExported, withKey } from './tenant.ts';
import {
  claimTexts,
  GRAPH_RESOURCE,
  issuerOf,
  REGISTRATION_RESOURCE,
  readBearer,
  SYNCHRONIZATION_ROLE,
  tokenResponseBody,
} from './token.ts';
import { answerToken } from './token-endpoint.ts';

export interface EntraRoute extends Route {
  readonly service:
    | 'token'
    | 'key'
    | 'device'
    | 'exportUsers'
    | 'importKeys'
    | 'importDevices'
    | 'kerberosDomain';
}

export const ENTRA_ROUTES: readonly EntraRoute[] = [
  { method: 'POST', path: '/{tenant}/oauth2/token', service: 'token' },
  { method: 'POST', path: KEY_PATH, service: 'key' },
  { method: 'POST', path: DEVICE_PATH, service: 'device' },
  { method: 'PUT', path: `${DEVICE_PATH}{deviceId}`, service: 'device' },
  { method: 'POST', path: USERS_PATH, service: 'exportUsers' },
  { method: 'GET', path: USERS_PATH, service: 'importKeys' },
  { method: 'GET', path: DEVICES_PATH, service: 'importDevices' },
  { method: 'PUT', path: KERBEROS_DOMAINS_PATH, service: 'kerberosDomain' },
  { method: 'GET', path: KERBEROS_DOMAINS_PATH, service: 'kerberosDomain' },
  { method: 'DELETE', path: KERBEROS_DOMAINS_PATH, service: 'kerberosDomain' },
];

export interface Answered {
  readonly tenant: Tenant;
  readonly answer: Answer;
}

export const SYNC_RESPONSE_NAME = 'synchronization-response';

export function answerRequest(
  asked: Asked<EntraRoute>,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): Answered {
  switch (asked.route.service) {
    case 'token':
      return answerToken(asked, tenant, config, env);
    case 'key':
      return key(asked, tenant, config, env);
    case 'device':
      return { tenant, answer: answerDeviceRegistration(asked, tenant, config, env) };
    case 'kerberosDomain':
      return answerKerberosDomain(asked, tenant, config, env);
    default:
      return synchronized(asked, tenant, config, env);
  }
}

/** What is no request for any service, in Entra's shape. */
export function answerNone({ status, reason, allow }: NotAsked, env: Env): Answer {
  const details = { code: 'invalid_request', message: reason } as const;
  const body = errorDetailsResponse(status, details, errorContext(env));
  const fields = allow === undefined ? [] : [{ name: 'Allow', value: allow.join(', ') }];
  return {
    kind: 'respond',
    response: { ...body, fields: [...body.fields, ...fields] },
    message: 'HTTP response',
    cause: reason,
  };
}

/** The answer, when the signature has come. */
export function signedAnswer(
  unsigned: Exclude<Unsigned, { readonly kind: 'device' }>,
  signature: Uint8Array,
): Answer {
  const jws = compactJws(unsigned.input, signature);
  if (unsigned.kind === 'token') {
    const { resource, refreshToken, sealed } = unsigned;
    const body = tokenResponseBody(jws, resource, refreshToken);
    return {
      kind: 'respond',
      response: response(
        200,
        { 'Content-Type': JSON_TYPE },
        sealed === undefined ? body : sealedBody(body, sealed),
      ),
      message: TOKEN_RESPONSE_NAME,
    };
  }
  const { kid, upn, requestId } = unsigned;
  return keyAnswer({ kid, upn, krctx: jws }, requestId);
}

/** The chance was drawn when the request came: an answer's step has none. */
function sealedBody(body: Uint8Array, sealed: { sessionKey: Uint8Array; random: Uint8Array }) {
  let at = 0;
  const drawn = (size: number): Uint8Array => {
    at += size;
    return sealed.random.subarray(at - size, at);
  };
  return utf8(sealForSession(body, sealed.sessionKey, drawn));
}

function keyAnswer(
  registered: { readonly kid: string; readonly upn: string; readonly krctx?: string },
  requestId: string,
): Answer {
  const fields = { 'request-id': requestId };
  return {
    kind: 'respond',
    response: keyRegisteredResponse(registered, fields),
    message: KEY_RESPONSE_NAME,
  };
}

function errorContext(env: Env, request?: HttpRequest) {
  const clientRequestId = request === undefined ? undefined : fieldOf(request, 'client-request-id');
  return {
    now: env.now,
    target: REGISTRATION_RESOURCE,
    trace: randomUuid(env.random(16)),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
  };
}

function key(
  { request, query }: Asked<EntraRoute>,
  tenant: Tenant,
  { publicKey, tenantId, keyReceipts }: EndpointConfig,
  env: Env,
): Answered {
  const trust = { publicKey, tenantId, resource: REGISTRATION_RESOURCE };
  const judged = judgeKeyRegistration(request, query, tenant, trust, env.now);
  if (!judged.ok) {
    const { status, details } = judged;
    const refused: Answer = {
      kind: 'respond',
      response: errorDetailsResponse(status, details, errorContext(env, request)),
      message: KEY_RESPONSE_NAME,
      cause: `a key is not registered: ${details.message}`,
    };
    return { tenant, answer: refused };
  }
  const { user, deviceId, keyMaterial } = judged;
  const { userPrincipalName, onPremisesSecurityIdentifier } = user;
  const kid = randomUuid(env.random(16));
  const requestId = randomUuid(env.random(16));
  const after = withKey(tenant, {
    kid,
    userPrincipalName,
    deviceId,
    keyMaterial,
    created: env.now,
  });
  const registered = { kid, upn: userPrincipalName };
  if (!keyReceipts || onPremisesSecurityIdentifier === undefined) {
    return { tenant: after, answer: keyAnswer(registered, requestId) };
  }
  const input = receiptInput({
    keyMaterial,
    onPremisesSid: onPremisesSecurityIdentifier,
    issuer: issuerOf(tenantId),
    now: env.now,
  });
  const unsigned: Unsigned = { kind: 'key', ...registered, requestId, input };
  return { tenant: after, answer: { kind: 'sign', unsigned } };
}

function synchronized(
  { request, route }: Asked<EntraRoute>,
  tenant: Tenant,
  { publicKey, tenantId }: EndpointConfig,
  env: Env,
): Answered {
  const trust = { publicKey, tenantId, resource: GRAPH_RESOURCE };
  const bearer = readBearer(fieldOf(request, 'Authorization'), trust, env.now);
  if (!bearer.ok)
    return { tenant, answer: syncError(401, 'InvalidAuthenticationToken', bearer.reason) };
  if (!claimTexts(bearer.claims, 'wids').includes(SYNCHRONIZATION_ROLE)) {
    const why = 'the account is none of Directory Synchronization Accounts';
    return { tenant, answer: syncError(403, 'Authorization_RequestDenied', why) };
  }
  if (route.service === 'importKeys') return { tenant, answer: json(keysBody(tenant)) };
  if (route.service === 'importDevices' && tenant.licence === 'none') {
    const why = 'devices are written back for tenants with Microsoft Entra ID P1 or P2 only';
    return { tenant, answer: syncError(403, 'Authorization_RequestDenied', why) };
  }
  if (route.service === 'importDevices') return { tenant, answer: json(devicesBody(tenant)) };
  const exported = readExport(request.body);
  if (exported === undefined) {
    return {
      tenant,
      answer: syncError(400, 'Request_BadRequest', 'the body is no list of users'),
    };
  }
  const next = withExported(tenant, exported);
  const value = next.refused.map((userPrincipalName) => ({ userPrincipalName }));
  return { tenant: next.tenant, answer: json(utf8(JSON.stringify({ refused: value }))) };
}

function json(body: Uint8Array): Answer {
  return graphBody(body, SYNC_RESPONSE_NAME);
}

function syncError(status: number, code: string, cause: string): Answer {
  return graphError(status, code, cause, SYNC_RESPONSE_NAME);
}
