/**
 * Primary refresh tokens of Entra: a nonce, the request that a device signs with its user's proof in it, and
 * what follows under the session key (MS-OAPXBC 3.2.5.1, whose shapes Entra shares).
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Env } from '../../src/machine/machine.ts';
import { withNonce } from '../oauth/issued.ts';
import { textField } from '../oauth/json.ts';
import { CONTENT_KEY_SIZE, keyJwe } from '../oauth/jwe.ts';
import { isSignedBy, type Jws, readJws } from '../oauth/jws.ts';
import type { Form } from '../oauth/oauth.ts';
import { type ReadTokenRequest, readTokenRequest } from '../oauth/refresh-token-request.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { EndpointConfig } from './answers.ts';
import { type EntraError, EntraErrors } from './errors.ts';
import {
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
import { userOf } from './prt-proof.ts';
import { sessionRequest } from './prt-session-endpoint.ts';
import { NOTHING_ISSUED, type PrtSession } from './prt-sessions.ts';
import type { Tenant, TenantDevice, TenantUser } from './tenant.ts';

/** `grant_type=srv_challenge` (MS-OAPXBC 3.2.5.1.1). */
export function nonceAnswer(tenant: Tenant, env: Env): PrtTurn {
  const issued = tenant.issued ?? NOTHING_ISSUED;
  const { nonces, nonce } = withNonce(issued.nonces, env);
  const body = utf8(JSON.stringify({ Nonce: nonce }));
  return { tenant: { ...tenant, issued: { ...issued, nonces } }, answer: respond(body) };
}

/** `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` with `request`. */
export function requestAnswer(
  form: Form,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): PrtTurn {
  const refused = (error: EntraError, cause: string): PrtTurn => ({
    tenant,
    answer: refusedToken(error, env, cause),
  });
  const jws = readJws(form.request ?? '');
  if (jws === undefined) return refused(EntraErrors.malformed, 'the request is no signed JWT');
  const wantsTickets = form.tgt === 'true';
  return textField(jws.header, 'alg') === 'HS256'
    ? sessionRequest(jws, wantsTickets, tenant, config, env)
    : deviceRequest(jws, wantsTickets, tenant, config, env);
}

function deviceRequest(
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
  const read = readTokenRequest(jws);
  if (!read.ok) return refused(EntraErrors.malformed, read.reason);
  const request = read.value;
  const certificate = readCertificate(request.certificate);
  if (!certificate.ok) return refused(EntraErrors.malformed, certificate.reason);
  const { sha1, subject, publicKey } = certificate.value;
  if (!isSignedBy(jws, publicKey)) {
    const why = 'the request is not signed by the key of its certificate';
    return refused(EntraErrors.signatureInvalid, why);
  }
  const tenant = withNonceUsed(before, request.nonce, env.now);
  if (tenant === undefined) {
    return refused(EntraErrors.nonceInvalid, 'the nonce was not given away here, or was used');
  }
  const device = tenant.devices.find(({ thumbprint }) => thumbprint === sha1);
  if (device === undefined) {
    return refused(
      EntraErrors.deviceNotAuthenticated,
      `the tenant has no device ${subject.text}`,
      tenant,
    );
  }
  if (!device.accountEnabled) {
    return refused(EntraErrors.disabledDevice, `${device.deviceId} is disabled`, tenant);
  }
  const user = userOf(request, tenant, config, env);
  if (!user.ok) return refused(user.error, user.cause, tenant);
  return granted(tenant, { ...user, device, request }, wantsTickets, config, env);
}

interface Granted {
  readonly user: TenantUser;
  readonly amr: readonly string[];
  readonly authenticated: number;
  readonly device: TenantDevice;
  readonly request: ReadTokenRequest;
}

function granted(
  before: Tenant,
  { user, amr, authenticated, device, request }: Granted,
  wantsTickets: boolean,
  config: EndpointConfig,
  env: Env,
): PrtTurn {
  const sessionKey = env.random(CONTENT_KEY_SIZE);
  const sessionKeyJwe = keyJwe(device.transportKey, sessionKey, env.random);
  if (sessionKeyJwe === undefined) {
    const cause = 'the transport key of the device is no RSA key';
    return { tenant: before, answer: refusedToken(EntraErrors.deviceNotAuthenticated, env, cause) };
  }
  const { userPrincipalName } = user;
  const { deviceId } = device;
  const expires = env.now + PRT_LIFETIME * 1_000;
  const session: PrtSession = {
    userPrincipalName,
    deviceId,
    sessionKey,
    amr,
    authenticated,
    expires,
  };
  const { tenant, refreshToken } = withPrt(before, session, env);
  const tickets = wantsTickets ? ticketsOf(tenant, user, sessionKey, config, env) : { keys: [] };
  const body = prtResponseBody({
    refreshToken,
    expiresIn: PRT_LIFETIME,
    sessionKeyJwe,
    idToken: idToken(user, request.clientId, config, env.now),
    ...tickets,
  });
  return { tenant, answer: respond(body, tickets) };
}
