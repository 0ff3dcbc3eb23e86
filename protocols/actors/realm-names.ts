/** The names of a realm and its SID, as its first domain controller or the seed gives them. */
import { view } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import type { Realm } from '../kdc/realm.ts';
import { members } from './cast-members.ts';
import type { DomainControllerFields } from './fields.ts';

/** @param name the domain controller that asks: `dnsHostName` is its own */
export function realmNames(
  scene: Scene,
  name: string,
  config: DomainControllerFields,
): Omit<Realm, 'policy'> {
  const realmName = config.realm.toUpperCase();
  const first = members<DomainControllerFields>(scene, realmName, 'domain-controller')[0];
  const shared = first?.[1] ?? config;
  const [label = realmName] = realmName.split('.');
  const numbers = view(scene.random(`sid/${realmName}`)(12));
  const sid = [0, 4, 8].map((at) => numbers.getUint32(at, true)).join('-');
  return {
    name: realmName,
    flatName: shared.netbios ?? label.slice(0, 15),
    sid: shared.sid ?? `S-1-5-21-${sid}`,
    dnsHostName: config.host ?? `${name}.${realmName}`,
  };
}
