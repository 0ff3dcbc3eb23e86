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

export const READ_ONLY_ROLE = 'read-only-domain-controller';

/** The actors that are domain controllers of a realm, read-only ones too, in the order of the file. */
export function domainControllers(scene: Scene, realmName: string): readonly string[] {
  const there = new Set(
    ['domain-controller', READ_ONLY_ROLE].flatMap((role) =>
      members(scene, realmName, role).map(([name]) => name),
    ),
  );
  return Object.keys(scene.actors).filter((name) => there.has(name));
}

/** The names of a domain controller's own computer. */
export function controllerNames(name: string, config: DomainControllerFields): ComputerNames {
  return computerNames(name, {
    realm: config.realm,
    ...(config.host === undefined ? {} : { dnsHostName: config.host }),
  });
}
