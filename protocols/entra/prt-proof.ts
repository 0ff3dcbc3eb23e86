/** What users prove themselves by to Entra: a password, a Hello key, a certificate, a security key. */
import { toBase64 } from '../../src/bytes/base64.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Env } from '../../src/machine/machine.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { sessionOf } from '../oauth/issued.ts';
import { type JsonObject, jsonObjectOf, textField } from '../oauth/json.ts';
import { isSignedBy, readJws } from '../oauth/jws.ts';
import { holdsAt } from '../oauth/oauth.ts';
import type { ReadTokenRequest, UserProof } from '../oauth/refresh-token-request.ts';
import type { EndpointConfig } from './answers.ts';
import { type EntraError, EntraErrors } from './errors.ts';
import { passwordHash } from './password-hash.ts';
import { securityKeyObjection } from './security-key.ts';
import { type Tenant, type TenantUser, userNamed } from './tenant.ts';
import { federated, isFederated } from './tenant-domains.ts';
import { issuerOf, NGC_MFA, TOKEN_SKEW } from './token.ts';
import { certificateObjection, NO_AUTHORITIES } from './user-certificate.ts';

export type Proven =
  | {
      readonly ok: true;
      readonly user: TenantUser;
      readonly amr: readonly string[];
      /** When they proved it, milliseconds since 1970. */
      readonly authenticated: number;
    }
  | ({ readonly ok: false } & Objection);

/** Who asks, when what they prove themselves by is right. */
export function userOf(
  { proof, nonce }: ReadTokenRequest,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): Proven {
  if (proof.kind === 'refreshToken') return grantedBefore(proof.refreshToken, tenant, env.now);
  const { username } = proof;
  const user = userNamed(tenant, username);
  if (user === undefined) {
    return { ok: false, error: EntraErrors.unknownUser, cause: `there is no user ${username}` };
  }
  const objection = proofObjection(proof, nonce, user, tenant, config, env);
  if (objection !== undefined) return { ok: false, ...objection };
  if (!user.accountEnabled) {
    return { ok: false, error: EntraErrors.disabledUser, cause: `${username} is disabled` };
  }
  return { ok: true, user, amr: METHODS[proof.kind], authenticated: env.now };
}

/** Whoever proved themselves to a broker, which has a refresh token of it. */
function grantedBefore(refreshToken: string, tenant: Tenant, now: number): Proven {
  const grant = sessionOf(tenant.issued?.grants ?? {}, refreshToken, now);
  if (grant === undefined) {
    const cause = 'the refresh token is none of this tenant’s, or has ended';
    return { ok: false, error: EntraErrors.refreshTokenInvalid, cause };
  }
  const { userPrincipalName, amr, authenticated } = grant;
  const found = stillTrusted(tenant, userPrincipalName, authenticated);
  return 'error' in found ? { ok: false, ...found } : { ok: true, ...found, amr, authenticated };
}

/** Asked for anew each time: whoever is disabled, or has had their sessions revoked, gets nothing more. */
export function stillTrusted(
  tenant: Tenant,
  userPrincipalName: string,
  authenticated: number,
): { readonly user: TenantUser } | Objection {
  const user = userNamed(tenant, userPrincipalName);
  if (user?.accountEnabled !== true) {
    return { error: EntraErrors.disabledUser, cause: `${userPrincipalName} is disabled or gone` };
  }
  if (authenticated >= (user.sessionsValidFrom ?? 0)) return { user };
  const cause = `the sessions of ${userPrincipalName} were revoked`;
  return { error: EntraErrors.sessionRevoked, cause };
}

/** What `amr` says of each proof. */
const METHODS: Readonly<Record<UserProof['kind'], readonly string[]>> = {
  password: ['pwd'],
  assertion: ['rsa', NGC_MFA, 'mfa'],
  certificate: ['rsa'],
  securityKey: ['fido', 'mfa'],
};

export interface Objection {
  readonly error: EntraError;
  readonly cause: string;
}

function proofObjection(
  proof: UserProof,
  nonce: string,
  user: TenantUser,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): Objection | undefined {
  switch (proof.kind) {
    case 'password':
      if (isFederated(tenant, user.userPrincipalName)) {
        return { error: EntraErrors.wrongPassword, cause: federated(proof.username) };
      }
      if (user.passwordHash === passwordHash(proof.password)) return undefined;
      return {
        error: EntraErrors.wrongPassword,
        cause: `${proof.username}: the password is wrong`,
      };
    case 'assertion':
      return assertionObjection(proof.assertion, nonce, user, tenant, config, env);
    case 'certificate':
      return certificateProofObjection(proof.assertion, nonce, user, config, env);
    case 'securityKey': {
      const cause = securityKeyObjection(proof.assertion, nonce, user, tenant.securityKeys ?? []);
      return cause === undefined ? undefined : { error: EntraErrors.assertionInvalid, cause };
    }
  }
}

/** Signature first, then the nonce (Microsoft's description of the sign-in). */
function assertionObjection(
  assertion: string,
  nonce: string,
  user: TenantUser,
  tenant: Tenant,
  { tenantId }: EndpointConfig,
  { now }: Env,
): Objection | undefined {
  const jws = readJws(assertion);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) return invalid('the assertion is no JWT');
  if (textField(jws.header, 'use') !== 'ngc') return invalid('the assertion’s use is not ngc');
  const kid = textField(jws.header, 'kid') ?? '';
  const known = tenant.keys.find(
    (one) =>
      one.userPrincipalName.toLowerCase() === user.userPrincipalName.toLowerCase() &&
      toBase64(digest('sha256', one.keyMaterial)) === kid,
  );
  if (known === undefined) {
    const { userPrincipalName } = user;
    const cause = `no key that ${userPrincipalName} has registered is ${kid}`;
    return { error: EntraErrors.keyUnknown, cause };
  }
  const key = readKeyMaterial(known.keyMaterial);
  if (key === undefined || !isSignedBy(jws, key.publicKey)) {
    return invalid('the assertion is not signed by the key that it names');
  }
  return claimsObjection(claims, nonce, tenantId, now);
}

function certificateProofObjection(
  assertion: string,
  nonce: string,
  user: TenantUser,
  { tenantId, userAuthorities = NO_AUTHORITIES }: EndpointConfig,
  { now }: Env,
): Objection | undefined {
  const jws = readJws(assertion);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) return invalid('the assertion is no JWT');
  const cause = certificateObjection(jws, user, userAuthorities, now);
  if (cause !== undefined) return { error: EntraErrors.certificateInvalid, cause };
  return claimsObjection(claims, nonce, tenantId, now);
}

function invalid(cause: string): Objection {
  return { error: EntraErrors.assertionInvalid, cause };
}

/** Whether an assertion is for this tenant, this moment and this request. */
function claimsObjection(
  claims: JsonObject,
  nonce: string,
  tenantId: string,
  now: number,
): Objection | undefined {
  const audience = textField(claims, 'aud')?.toLowerCase();
  if (audience !== tenantId && audience !== 'common' && audience !== issuerOf(tenantId)) {
    return invalid('the assertion is for somebody else');
  }
  if (!holdsAt(claims, now, TOKEN_SKEW)) return invalid('the assertion is not valid at this time');
  // The signing device need not be the one that registered the key: CVE-2023-35348.
  if (textField(claims, 'request_nonce') !== nonce) {
    return { error: EntraErrors.nonceInvalid, cause: 'the assertion has another nonce' };
  }
  return undefined;
}
