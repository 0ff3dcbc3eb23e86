/** Who in the cast belongs to a realm. */
import type { Scene } from '../../src/scenario/role.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { type ComputerNames, computerNames } from './computer.ts';
import type { DomainControllerFields } from './fields.ts';

/** The members of one role in a realm, in the order of the file. */
export function members<C extends { readonly realm: string }>(
  scene: Scene,
  realmName: string,
  role: string,
): readonly (readonly [string, C])[] {
  return Object.entries(scene.actors).flatMap(([name, member]) => {
    if (member.role !== role) return [];
    const config = member.config as C;
    return sameRealm(config.realm, realmName) ? [[name, config] as const] : [];
  });
}

/** The actors that are domain controllers of a realm. */
export function domainControllers(scene: Scene, realmName: string): readonly string[] {
  return members(scene, realmName, 'domain-controller').map(([name]) => name);
}

/** The names of a domain controller's own computer. */
export function controllerNames(name: string, config: DomainControllerFields): ComputerNames {
  return computerNames(name, {
    realm: config.realm,
    ...(config.host === undefined ? {} : { dnsHostName: config.host }),
  });
}
