/** `serve --vpcd`: the Hello container of one of the scenario's users as a smart card in a virtual reader. */
import { cardOwners, READER, virtualCard } from '../../protocols/actors/virtual-card.ts';
import { type Address, type Directory, directory } from '../drivers/outside.ts';
import type { Actor } from '../machine/actor.ts';
import type { Scene } from '../scenario/role.ts';
import { InputError } from './exit.ts';

export interface ServedCard {
  readonly actor: Actor;
  /** Where the actor's reader really is. */
  readonly directory: Directory;
}

/**
 * @param wanted `alice` or `alice@laptop`; absent: the first container of the file
 * @throws InputError when nobody has such a container
 */
export function servedCard(scene: Scene, reader: Address, wanted: string | undefined): ServedCard {
  const owners = cardOwners(scene);
  const found = owners.find(
    ({ user, device }) => wanted === undefined || [user, `${user}@${device}`].includes(wanted),
  );
  if (found === undefined) {
    const known = owners.map(({ user, device }) => `${user}@${device}`).join(', ');
    throw new InputError(
      known === ''
        ? '--vpcd: no device of the scenario has a Hello container (field hello of a device)'
        : `--card ${wanted}: no such container; there are ${known}`,
    );
  }
  return {
    actor: virtualCard(scene, found.device, found.user),
    directory: directory({ [READER.name]: { [READER.port]: reader } }),
  };
}
