/** The read-only domain controllers of a realm's cast, as its directory is made of them. */
import type { Scene } from '../../src/scenario/role.ts';
import type { ReadOnlyControllerSeed } from '../directory/domain-seed.ts';
import { members, READ_ONLY_ROLE } from './cast-members.ts';
import { type ComputerNames, computerNames, KVNO, randomSecret } from './computer.ts';
import type { ReadOnlyControllerFields } from './read-only-fields.ts';
import { secondaryKrbTgtNumber } from './read-only-numbers.ts';

export function readOnlyNames(
  name: string,
  { realm, host }: ReadOnlyControllerFields,
): ComputerNames {
  return computerNames(name, { realm, ...(host === undefined ? {} : { dnsHostName: host }) });
}

export function readOnlySeeds(scene: Scene, realmName: string): readonly ReadOnlyControllerSeed[] {
  const found = members<ReadOnlyControllerFields>(scene, realmName, READ_ONLY_ROLE);
  return found.map(([actor, config]): ReadOnlyControllerSeed => {
    const { netbiosName, dnsHostName, sAMAccountName } = readOnlyNames(actor, config);
    const { revealOnDemand, neverReveal } = config;
    const number = secondaryKrbTgtNumber(scene, actor, config);
    const krbtgt = krbtgtName(number);
    return {
      name: netbiosName,
      host: dnsHostName,
      secret: { ...randomSecret(scene, `${sAMAccountName}@${realmName}`), kvno: KVNO },
      krbtgt: {
        number,
        sAMAccountName: krbtgt,
        secret: { ...randomSecret(scene, `${krbtgt}@${realmName}`), kvno: KVNO },
      },
      ...(revealOnDemand === undefined ? {} : { revealOnDemandGroup: revealOnDemand }),
      ...(neverReveal === undefined ? {} : { neverRevealGroup: neverReveal }),
    };
  });
}

/** The name of the krbtgt account of a read-only domain controller. */
export function krbtgtName(number: number): string {
  return `krbtgt_${number}`;
}

/** The accounts that {@link readOnlySeeds} make, for exports of keys. */
export function readOnlyAccounts(scene: Scene, realmName: string): readonly string[] {
  return members<ReadOnlyControllerFields>(scene, realmName, READ_ONLY_ROLE).flatMap(
    ([actor, config]) => [
      readOnlyNames(actor, config).sAMAccountName,
      krbtgtName(secondaryKrbTgtNumber(scene, actor, config)),
    ],
  );
}
