/** What users prove themselves by to Entra: a password, a Hello key, a security key. */
import { toBase64 } from '../../src/bytes/base64.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Env } from '../../src/machine/machine.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { isSignedBy, readJws } from '../oauth/jws.ts';
import { holdsAt } from '../oauth/oauth.ts';
import type { ReadTokenRequest, UserProof } from '../oauth/refresh-token-request.ts';
import type { EndpointConfig } from './answers.ts';
import { type EntraError, EntraErrors } from './errors.ts';
import { passwordHash } from './password-hash.ts';
import { securityKeyObjection } from './security-key.ts';
import { type Tenant, type TenantUser, userNamed } from './tenant.ts';
import { federated, isFederated } from './tenant-domains.ts';
import { issuerOf, TOKEN_SKEW } from './token.ts';

export type Proven =
  | { readonly ok: true; readonly user: TenantUser; readonly amr: readonly string[] }
  | { readonly ok: false; readonly error: EntraError; readonly cause: string };

/** Who asks, when what they prove themselves by is right. */
export function userOf(
  { proof, nonce }: ReadTokenRequest,
  tenant: Tenant,
  config: EndpointConfig,
  env: Env,
): Proven {
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
  return { ok: true, user, amr: METHODS[proof.kind] };
}

/** What `amr` says of each proof. */
const METHODS: Readonly<Record<UserProof['kind'], readonly string[]>> = {
  password: ['pwd'],
  assertion: ['rsa', 'ngcmfa', 'mfa'],
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
  const invalid = (cause: string): Objection => ({ error: EntraErrors.assertionInvalid, cause });
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
