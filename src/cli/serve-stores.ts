/** Where the actors of `serve` keep what they write: a folder each below `--state`, or memory. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WritableStore } from '../machine/store.ts';
import { memoryStore } from '../store/memory.ts';
import { InputError } from './exit.ts';

export interface Stores {
  /** The actor's store, the same one each time. Whoever drives the actor closes it. */
  of(actor: string): WritableStore;
}

/** @throws InputError when a folder cannot be used: it is of another version, or not ours to write. */
export async function serveStores(
  folder: string | undefined,
  actors: readonly string[],
): Promise<Stores> {
  const stores = new Map<string, WritableStore>();
  // Loaded only here: it brings a native library.
  const lasting = folder === undefined ? undefined : (await import('../store/lmdb.ts')).lmdbStore;
  for (const actor of actors) {
    if (folder === undefined || lasting === undefined) {
      stores.set(actor, memoryStore());
      continue;
    }
    const own = join(folder, actor);
    try {
      mkdirSync(own, { recursive: true, mode: 0o700 });
      stores.set(actor, await lasting(own));
    } catch (error) {
      for (const open of stores.values()) await open.close();
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`--state ${folder}: ${reason}`, { cause: error });
    }
  }
  return {
    of(actor) {
      const store = stores.get(actor);
      if (store === undefined) throw new RangeError(`there is no actor ${actor}`);
      return store;
    },
  };
}
