/** FIDO2 security keys that people carry when the story begins, and which of them a tenant knows. */
import { toBase64Url } from '../../src/bytes/base64.ts';
import type { Scene } from '../../src/scenario/role.ts';
import type { SecurityKey } from '../entra/tenant.ts';
import { accountIdentity } from './account-identity.ts';
import { members } from './cast-members.ts';
import type { UserConfig } from './fields.ts';

export interface CastSecurityKey {
  /** Base 64 URL of the credential's identifier. */
  readonly credentialId: string;
  /** What the signing core calls its key. */
  readonly key: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

const IDENTIFIER_SIZE = 32;

/** undefined: they carry none. */
export function securityKeyOf(
  scene: Scene,
  user: string,
  { securityKey }: UserConfig,
): CastSecurityKey | undefined {
  if (securityKey === undefined) return undefined;
  const key = `${user}/security-key`;
  const credentialId = toBase64Url(scene.random(`security key/${user}`)(IDENTIFIER_SIZE));
  return { credentialId, key, publicKey: scene.key(key, 'P-256') };
}

/** Those that a tenant with the realm's users knows. */
export function registeredSecurityKeys(scene: Scene, realm: string): readonly SecurityKey[] {
  return members<UserConfig>(scene, realm.toUpperCase(), 'user').flatMap(([name, config]) => {
    const carried = securityKeyOf(scene, name, config);
    const identity = accountIdentity(scene, name);
    if (carried === undefined || identity === undefined) return [];
    if (config.securityKey?.registered === false) return [];
    const { credentialId, publicKey } = carried;
    return [{ credentialId, publicKey, userPrincipalName: identity.upn }];
  });
}
