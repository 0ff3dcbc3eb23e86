/** Who a user of the cast is in their domain, before anybody has asked its domain controller. */
import type { Scene } from '../../src/scenario/role.ts';
import { accountSeeds } from './account-seeds.ts';
import { members } from './cast-members.ts';
import type { DomainControllerFields, UserConfig } from './fields.ts';
import { realmNames } from './realm-names.ts';

export interface AccountIdentity {
  readonly sAMAccountName: string;
  /** objectSid. */
  readonly sid: string;
  /** userPrincipalName, or the one that every account has. */
  readonly upn: string;
}

/** objectSid of an account of the cast by its name; undefined: there is none, or no domain controller. */
export function accountSid(
  scene: Scene,
  realm: string,
  sAMAccountName: string,
): string | undefined {
  const realmName = realm.toUpperCase();
  const controllers = members<DomainControllerFields>(scene, realmName, 'domain-controller');
  const [first] = controllers;
  if (first === undefined) return undefined;
  const [controller, fields] = first;
  const { accounts } = accountSeeds(scene, realmName, controller, controllers);
  const seed = accounts.find((account) => account.sAMAccountName === sAMAccountName);
  if (seed?.rid === undefined) return undefined;
  return `${realmNames(scene, controller, fields).sid}-${seed.rid}`;
}

/** undefined: no domain controller of their realm is there. */
export function accountIdentity(scene: Scene, user: string): AccountIdentity | undefined {
  const member = scene.actors[user];
  if (member === undefined) return undefined;
  const { realm, sAMAccountName = user, userPrincipalName } = member.config as UserConfig;
  const sid = accountSid(scene, realm, sAMAccountName);
  if (sid === undefined) return undefined;
  return {
    sAMAccountName,
    sid,
    upn: userPrincipalName ?? `${sAMAccountName}@${realm.toLowerCase()}`,
  };
}
