/**
 * Requests under the session key of a primary refresh token: a new one with new tickets (every four hours
 * on Windows), or an access token for a resource. Answers go under the session key too.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Env } from '../../src/machine/machine.ts';
import { sessionOf } from '../oauth/issued.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import type { Jws } from '../oauth/jws.ts';
import { scopes } from '../oauth/oauth.ts';
import { isOfSession, sealForSession } from '../oauth/session-messages.ts';
import type { Answer, EndpointConfig } from './answers.ts';
import { type EntraError, EntraErrors } from './errors.ts';
import {
  afterSecondFactor,
  idToken,
  PRT_LIFETIME,
  type PrtTurn,
  refusedToken,
  respond,
  ticketsOf,
  withNonceUsed,
  withPrt,
} from './prt-answers.ts';
import { prtResponseBody } from './prt-messages.ts';
import { type Objection, stillTrusted } from './prt-proof.ts';
import { NOTHING_ISSUED, type PrtSession } from './prt-sessions.ts';
import type { Tenant, TenantUser } from './tenant.ts';
import { accessTokenInput, NGC_MFA, RESOURCES } from './token.ts';

/** Octets of chance that sealing an answer takes: context and initialization vector. */
const SEAL_CHANCE = 36;

/** A request under the session key: a new primary refresh token, or a token for a resource. */
export function sessionRequest(
  jws: Jws,
  wantsTickets: boolean,
  before: Tenant,
  config: EndpointConfig,
  env: Env,
): PrtTurn {
  const refused = (error: EntraError, cause: string, tenant = before): PrtTurn => ({
    tenant,
    answer: refusedToken(error, env, cause),
  });
  const claims = jsonObjectOf(jws.payload);
  if (claims === undefined) return refused(EntraErrors.malformed, 'the request is no JSON object');
  const { sessions } = before.issued ?? NOTHING_ISSUED;
  const session = sessionOf(sessions, textField(claims, 'refresh_token') ?? '', env.now);
  if (session === undefined) {
    const cause = 'the primary refresh token is none of this tenant’s, or has ended';
    return refused(EntraErrors.refreshTokenInvalid, cause);
  }
  if (!isOfSession(jws, session.sessionKey)) {
    return refused(EntraErrors.signatureInvalid, 'the request is not signed under its session key');
  }
  const tenant = withNonceUsed(before, textField(claims, 'request_nonce') ?? '', env.now);
  if (tenant === undefined) {
    return refused(EntraErrors.nonceInvalid, 'the nonce was not given away here, or was used');
  }
  const objection = sessionObjection(session, tenant);
  if ('error' in objection) return refused(objection.error, objection.cause, tenant);
  const grant = textField(claims, 'grant_type');
  if (grant !== 'refresh_token') {
    return refused(EntraErrors.unsupportedGrant, `grant_type ${grant}`, tenant);
  }
  const { user } = objection;
  const clientId = textField(claims, 'client_id') ?? '';
  if (scopes(textField(claims, 'scope')).includes('aza')) {
    return renewed(tenant, session, user, clientId, wantsTickets, config, env);
  }
  const resource = textField(claims, 'resource');
  if (resource === undefined) {
    return refused(EntraErrors.malformed, 'neither aza nor a resource is asked for', tenant);
  }
  if (!RESOURCES.includes(resource)) {
    return refused(EntraErrors.unknownResource, `there is no ${resource}`, tenant);
  }
  const freshMfa = textField(claims, 'amr_values') === NGC_MFA;
  return resourceToken(tenant, session, user, { resource, clientId, freshMfa }, config, env);
}

/** User and device are asked for anew each time. */
function sessionObjection(
  { userPrincipalName, deviceId, authenticated }: PrtSession,
  tenant: Tenant,
): { readonly user: TenantUser } | Objection {
  const found = stillTrusted(tenant, userPrincipalName, authenticated);
  const device = tenant.devices.find((one) => one.deviceId === deviceId);
  if ('error' in found || device?.accountEnabled === true) return found;
  return { error: EntraErrors.disabledDevice, cause: `${deviceId} is disabled or gone` };
}

function renewed(
  before: Tenant,
  session: PrtSession,
  user: TenantUser,
  clientId: string,
  wantsTickets: boolean,
  config: EndpointConfig,
  env: Env,
): PrtTurn {
  const expires = env.now + PRT_LIFETIME * 1_000;
  const { tenant, refreshToken } = withPrt(before, { ...session, expires }, env);
  const { sessionKey } = session;
  const tickets = wantsTickets ? ticketsOf(tenant, user, sessionKey, config, env) : { keys: [] };
  const body = prtResponseBody({
    refreshToken,
    expiresIn: PRT_LIFETIME,
    idToken: idToken(user, clientId, config, env.now),
    ...tickets,
  });
  const sealed = utf8(sealForSession(body, sessionKey, env.random));
  return { tenant, answer: respond(sealed, tickets) };
}

/** ngcmfa says that a second factor is no older (how-it-works-provisioning). */
const FRESH = 10 * 60_000;

/** How the user proved themselves, as a token of now says it. */
function methodsOf({ amr, authenticated }: PrtSession, freshMfa: boolean, now: number) {
  if (freshMfa) return [...new Set([...amr, 'mfa', NGC_MFA])];
  return now - authenticated <= FRESH ? amr : amr.filter((method) => method !== NGC_MFA);
}

function resourceToken(
  tenant: Tenant,
  session: PrtSession,
  user: TenantUser,
  asked: { readonly resource: string; readonly clientId: string; readonly freshMfa: boolean },
  { tenantId }: EndpointConfig,
  env: Env,
): PrtTurn {
  const { sessionKey, deviceId } = session;
  const { resource, clientId, freshMfa } = asked;
  const { userPrincipalName: upn, onPremisesSecurityIdentifier: onPremisesSid, roles } = user;
  const amr = methodsOf(session, freshMfa, env.now);
  const input = accessTokenInput(
    {
      resource,
      clientId,
      upn,
      amr,
      deviceId,
      ...(onPremisesSid === undefined ? {} : { onPremisesSid }),
      ...(roles === undefined ? {} : { roles }),
    },
    tenantId,
    env.now,
  );
  const sealed = { sessionKey, random: env.random(SEAL_CHANCE) };
  const granted: Answer = { kind: 'sign', unsigned: { kind: 'token', resource, input, sealed } };
  return { tenant, answer: freshMfa ? afterSecondFactor(user, granted, env) : granted };
}
