/** What a member of a domain shows to Entra before it is registered: who it is there, and its own key. */
import type { Scene } from '../../src/scenario/role.ts';
import { accountSid } from './account-identity.ts';
import { computerNames } from './computer.ts';
import type { DeviceFields } from './fields.ts';

/** A member of a domain that is not registered, as Entra Connect would bring it. */
export interface ComputerIdentity {
  /** objectSid of its account. */
  readonly sid: string;
  /** Of userCertificate, in the signing core; SubjectPublicKeyInfo, DER. */
  readonly key: string;
  readonly publicKey: Uint8Array;
}

/** undefined: it has no account, or no domain controller is there that would say which. */
export function computerIdentity(
  scene: Scene,
  name: string,
  config: DeviceFields,
): ComputerIdentity | undefined {
  if (config.join !== 'domain') return undefined;
  const sid = accountSid(scene, config.realm, computerNames(name, config).sAMAccountName);
  if (sid === undefined) return undefined;
  const key = `${name}/user-certificate`;
  return { sid, key, publicKey: scene.key(key, 'RSA-2048') };
}
