/** Where the actors of `serve` keep what they write: a folder each below `--state`, or memory. */
import type { Actor } from '../machine/actor.ts';
import type { WritableStore } from '../machine/store.ts';
import { memoryStore } from '../store/memory.ts';
import { InputError } from './exit.ts';

export interface Stores {
  /** The actor's store, the same one each time. Whoever drives the actor closes it. */
  of(actor: string): WritableStore;
  /** How often the state was served before; 0 in memory. */
  readonly starts: number;
}

/** @throws InputError when the folder cannot be used: it is another realm's, taken, or not ours to write. */
export async function serveStores(
  folder: string | undefined,
  actors: readonly Actor[],
): Promise<Stores> {
  if (folder === undefined) return found(new Map(actors.map(({ name }) => [name, memoryStore()])));
  // Loaded only here: it brings a native library.
  const { stateFolder } = await import('../store/folder.ts');
  const owners = actors.map(({ name, view, initial }) => {
    const said = view(initial) as { readonly realm?: unknown } | null;
    return { actor: name, realm: String(said?.realm) };
  });
  try {
    const { stores, starts } = await stateFolder(folder, owners);
    return found(stores, starts);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--state ${folder}: ${reason}`, { cause: error });
  }
}

function found(stores: ReadonlyMap<string, WritableStore>, starts = 0): Stores {
  return {
    starts,
    of(actor) {
      const store = stores.get(actor);
      if (store === undefined) throw new RangeError(`there is no actor ${actor}`);
      return store;
    },
  };
}
