/** What every answer of a primary refresh token's endpoint is made of. */
import type { KeyRecord } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import { response } from '../http/messages.ts';
import { withoutNonce, withSession } from '../oauth/issued.ts';
import { compactJws, jwsSigningInput } from '../oauth/jws.ts';
import { JSON_TYPE, numericDate } from '../oauth/oauth.ts';
import { type Answer, type EndpointConfig, TOKEN_RESPONSE_NAME } from './answers.ts';
import { type EntraError, EntraErrors, entraErrorBody } from './errors.ts';
import { ticketsFor } from './kerberos-tickets.ts';
import { NOTHING_ISSUED, type PrtSession } from './prt-sessions.ts';
import type { Tenant, TenantUser } from './tenant.ts';
import { issuerOf } from './token.ts';

/** Seconds: fourteen days. */
export const PRT_LIFETIME = 1_209_600;

export interface PrtTurn {
  readonly tenant: Tenant;
  readonly answer: Answer;
}

export function respond(
  body: Uint8Array,
  { cause, keys = [] }: { readonly cause?: string; readonly keys?: readonly KeyRecord[] } = {},
): Answer {
  return {
    kind: 'respond',
    response: response(200, { 'Content-Type': JSON_TYPE }, body),
    message: TOKEN_RESPONSE_NAME,
    ...(cause === undefined ? {} : { cause }),
    ...(keys.length === 0 ? {} : { keys }),
  };
}

/** A refusal in Entra's shape; `cause` says what was wrong in this case. */
export function refusedToken(error: EntraError, env: Env, cause: string): Answer {
  const status = error.error === 'interaction_required' ? 401 : 400;
  return {
    kind: 'respond',
    response: response(status, { 'Content-Type': JSON_TYPE }, entraErrorBody(error, env.now)),
    message: TOKEN_RESPONSE_NAME,
    cause: `AADSTS${error.code}: ${cause}`,
  };
}

/** The answer where a second factor is wanted now: what was granted, or that it failed. */
export function afterSecondFactor(
  { userPrincipalName, mfa }: TenantUser,
  granted: Answer,
  env: Env,
): Answer {
  if (mfa === 'satisfied') return granted;
  const why = mfa === 'timeout' ? 'did not come in time' : 'was refused';
  const cause = `the second factor of ${userPrincipalName} ${why}`;
  const failed = refusedToken(EntraErrors.mfaFailed, env, cause);
  return mfa === 'timeout' ? { kind: 'wait', answer: failed } : failed;
}

/** The nonce is used up, whatever becomes of the request. */
export function withNonceUsed(tenant: Tenant, nonce: string, now: number): Tenant | undefined {
  const issued = tenant.issued ?? NOTHING_ISSUED;
  const nonces = withoutNonce(issued.nonces, nonce, now);
  return nonces === undefined ? undefined : { ...tenant, issued: { ...issued, nonces } };
}

export function withPrt(
  tenant: Tenant,
  session: PrtSession,
  env: Env,
): { readonly tenant: Tenant; readonly refreshToken: string } {
  const issued = tenant.issued ?? NOTHING_ISSUED;
  const { sessions, refreshToken } = withSession(issued.sessions, session, env);
  return { tenant: { ...tenant, issued: { ...issued, sessions } }, refreshToken };
}

export function ticketsOf(
  tenant: Tenant,
  user: TenantUser,
  sessionKey: Uint8Array,
  { cloudKey, tickets }: EndpointConfig,
  env: Env,
) {
  return ticketsFor(tenant, user, sessionKey, cloudKey, tickets, env);
}

const ID_TOKEN_LIFETIME = 3_600_000;

/** Unsigned, as with AD FS: it comes over the channel that the answer comes over. */
export function idToken(
  { userPrincipalName: upn, onPremisesSecurityIdentifier: sid }: TenantUser,
  clientId: string,
  { tenantId }: EndpointConfig,
  now: number,
): string {
  const claims = {
    aud: clientId,
    iss: issuerOf(tenantId),
    iat: numericDate(now),
    exp: numericDate(now + ID_TOKEN_LIFETIME),
    tid: tenantId,
    upn,
    ...(sid === undefined ? {} : { onprem_sid: sid }),
    ver: '1.0',
  };
  return compactJws(jwsSigningInput({ typ: 'JWT', alg: 'none' }, claims), new Uint8Array(0));
}
