/** The tenant's token endpoint: name and password, the device that asks, the second factor. */
import type { Env } from '../../src/machine/machine.ts';
import type { HttpRequest } from '../http/messages.ts';
import { withSession } from '../oauth/issued.ts';
import { isSignedBy } from '../oauth/jws.ts';
import { readForm } from '../oauth/oauth.ts';
import { JWT_BEARER } from '../oauth/refresh-token-request.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { Answer, EndpointConfig, Unsigned } from './answers.ts';
import { EntraErrors } from './errors.ts';
import { passwordHash } from './password-hash.ts';
import { afterSecondFactor, type PrtTurn, refusedToken } from './prt-answers.ts';
import { nonceAnswer, requestAnswer } from './prt-endpoint.ts';
import { type BrokerGrant, NOTHING_ISSUED } from './prt-sessions.ts';
import { type Tenant, type TenantUser, userNamed } from './tenant.ts';
import { federated, isFederated } from './tenant-domains.ts';
import {
  type AccessClaims,
  AUTHENTICATION_BROKER_CLIENT_ID,
  accessTokenInput,
  issuerOf,
  NGC_MFA,
  type PasswordTokenRequest,
  RESOURCES,
  readDeviceAssertion,
  readTokenForm,
} from './token.ts';

/** @param parameters of the path: `tenant` */
export function answerToken(
  {
    request,
    parameters,
  }: {
    readonly request: HttpRequest;
    readonly parameters: Readonly<Record<string, string>>;
  },
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): PrtTurn {
  const stay = (answer: Answer): PrtTurn => ({ tenant, answer });
  const named = parameters.tenant?.toLowerCase();
  if (named !== 'common' && named !== config.tenantId) {
    return stay(refusedToken(EntraErrors.unknownTenant, env, `there is no tenant ${named}`));
  }
  const form = readForm(request.body);
  if (form === undefined) {
    return stay(refusedToken(EntraErrors.malformed, env, 'a parameter of the form stands twice'));
  }
  if (form.grant_type === 'srv_challenge') return nonceAnswer(tenant, env);
  if (form.grant_type === JWT_BEARER) return requestAnswer(form, tenant, config, env);
  if (form.grant_type !== 'password') {
    return stay(refusedToken(EntraErrors.unsupportedGrant, env, `grant_type ${form.grant_type}`));
  }
  const asked = readTokenForm(form);
  if (asked === undefined) {
    return stay(refusedToken(EntraErrors.malformed, env, 'a parameter of the form is missing'));
  }
  if (!RESOURCES.includes(asked.resource)) {
    return stay(refusedToken(EntraErrors.unknownResource, env, `there is no ${asked.resource}`));
  }
  const answer = tokenForUser(asked, tenant, config, env);
  return asked.clientId === AUTHENTICATION_BROKER_CLIENT_ID && answer.kind === 'sign'
    ? withGrant(tenant, asked, answer.unsigned, env)
    : stay(answer);
}

/** Ninety days, as of Entra's other refresh tokens. */
const GRANT_LIFETIME = 90 * 86_400_000;

/** A broker gets a refresh token too, for a device to come. */
function withGrant(
  before: Tenant,
  { username, freshMfa }: PasswordTokenRequest,
  unsigned: Unsigned,
  env: Env,
): PrtTurn {
  const issued = before.issued ?? NOTHING_ISSUED;
  const grant: BrokerGrant = {
    userPrincipalName: username,
    amr: methodsOf(freshMfa),
    authenticated: env.now,
    expires: env.now + GRANT_LIFETIME,
  };
  const { sessions: grants, refreshToken } = withSession(issued.grants ?? {}, grant, env);
  return {
    tenant: { ...before, issued: { ...issued, grants } },
    answer: { kind: 'sign', unsigned: { ...unsigned, refreshToken } as Unsigned },
  };
}

function methodsOf(freshMfa: boolean): readonly string[] {
  return freshMfa ? ['pwd', 'mfa', NGC_MFA] : ['pwd'];
}

function tokenForUser(
  asked: PasswordTokenRequest,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): Answer {
  const { username, password, resource, clientId } = asked;
  const user = userNamed(tenant, username);
  if (user === undefined) {
    return refusedToken(EntraErrors.unknownUser, env, `there is no user ${username}`);
  }
  if (isFederated(tenant, user.userPrincipalName)) {
    return refusedToken(EntraErrors.wrongPassword, env, federated(username));
  }
  if (user.passwordHash !== passwordHash(password)) {
    return refusedToken(EntraErrors.wrongPassword, env, `${username}: the password is wrong`);
  }
  if (!user.accountEnabled) {
    return refusedToken(EntraErrors.disabledUser, env, `${username} is disabled`);
  }
  const device = deviceOf(asked, tenant, config, env);
  if (device.kind === 'refused') {
    return refusedToken(EntraErrors.deviceNotAuthenticated, env, device.reason);
  }
  const claims = claimsOf(user, { resource, clientId, ...device.claim, freshMfa: asked.freshMfa });
  const granted: Answer = {
    kind: 'sign',
    unsigned: {
      kind: 'token',
      resource,
      input: accessTokenInput(claims, config.tenantId, env.now),
    },
  };
  return asked.freshMfa ? afterSecondFactor(user, granted, env) : granted;
}

function claimsOf(
  user: TenantUser,
  asked: {
    readonly resource: string;
    readonly clientId: string;
    readonly deviceId?: string;
    readonly freshMfa: boolean;
  },
): AccessClaims {
  const { freshMfa, ...rest } = asked;
  const { onPremisesSecurityIdentifier, roles } = user;
  return {
    ...rest,
    upn: user.userPrincipalName,
    amr: methodsOf(freshMfa),
    ...(onPremisesSecurityIdentifier === undefined
      ? {}
      : { onPremisesSid: onPremisesSecurityIdentifier }),
    ...(roles === undefined ? {} : { roles }),
  };
}

type DeviceShown =
  | { readonly kind: 'shown'; readonly claim: { readonly deviceId?: string } }
  | { readonly kind: 'refused'; readonly reason: string };

function deviceOf(
  { deviceAssertion }: PasswordTokenRequest,
  tenant: Tenant,
  { tenantId }: EndpointConfig,
  { now }: Env,
): DeviceShown {
  if (deviceAssertion === undefined) return { kind: 'shown', claim: {} };
  const refused = (reason: string): DeviceShown => ({ kind: 'refused', reason });
  const shown = readDeviceAssertion(deviceAssertion, issuerOf(tenantId), now);
  if (shown === undefined) return refused('the device’s assertion is malformed or not for now');
  const certificate = readCertificate(shown.certificate);
  if (!certificate.ok || !isSignedBy(shown.jws, certificate.value.publicKey)) {
    return refused('the device’s assertion is not signed by the key of its certificate');
  }
  const { sha1, subject } = certificate.value;
  const device = tenant.devices.find(({ thumbprint }) => thumbprint === sha1);
  if (device === undefined) return refused(`the tenant has no device ${subject.text}`);
  if (!device.accountEnabled) return refused(`the device ${device.deviceId} is disabled`);
  return { kind: 'shown', claim: { deviceId: device.deviceId } };
}
