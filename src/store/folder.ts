/**
 * The folder of `serve --state`: what it is in `state.json`, and a store each for the actors that
 * write. It is one process's at a time.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WritableStore } from '../machine/store.ts';
import { type FolderLock, folderLock } from './folder-lock.ts';
import { lmdbStore } from './lmdb.ts';

/** Of the folder; the tables of a store have a format of their own. */
const FORMAT = 1;

/** Whose store it is: another realm's accounts are of no use to an actor. */
export interface Owner {
  readonly actor: string;
  readonly realm: string;
}

export interface StateFolder {
  readonly stores: ReadonlyMap<string, WritableStore>;
  /** How often the folder was opened before: what is drawn from a seed must not come again. */
  readonly starts: number;
  /** After the stores were closed: another process may take the folder. */
  release(): Promise<void>;
}

interface Description {
  readonly format: number;
  readonly starts: number;
  readonly realms: Readonly<Record<string, string>>;
}

/**
 * Takes the folder, which is made when it is not there, and opens a store for each of the owners.
 * @throws Error when another process has it, or what is in it is not these owners' or not of this
 * format; the message says what to do.
 */
export async function stateFolder(folder: string, owners: readonly Owner[]): Promise<StateFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await folderLock(folder);
  if (lock === undefined) {
    throw new Error(
      'another process serves this folder: stop it, or give this one a folder of its own',
    );
  }
  const stores = new Map<string, WritableStore>();
  try {
    const before = description(join(folder, 'state.json'));
    const realms = { ...before?.realms };
    for (const { actor, realm } of owners) {
      const known = realms[actor];
      if (known !== undefined && known !== realm) {
        throw new Error(
          `it holds the realm ${known} for ${actor}, and the file says ${realm}: ` +
            'give the file that the folder was made with, or another folder',
        );
      }
      realms[actor] = realm;
    }
    const starts = before?.starts ?? 0;
    writeDescription(folder, { format: FORMAT, starts: starts + 1, realms });
    for (const { actor } of owners) {
      const own = join(folder, encodeURIComponent(actor));
      mkdirSync(own, { recursive: true, mode: 0o700 });
      stores.set(actor, await lmdbStore(own));
    }
    return { stores, starts, release: () => lock.release() };
  } catch (error) {
    await released(stores, lock);
    throw error;
  }
}

async function released(
  stores: ReadonlyMap<string, WritableStore>,
  lock: FolderLock,
): Promise<void> {
  for (const store of stores.values()) await store.close();
  await lock.release();
}

/** Undefined: there is none yet. */
function description(path: string): Description | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const read = parsed(text) as Partial<Description> | null;
  if (typeof read !== 'object' || read === null || typeof read.format !== 'number') {
    throw new Error(`${path} does not describe a state: give another folder`);
  }
  if (read.format !== FORMAT) {
    throw new Error(
      `${path} says format ${read.format}, and this version reads format ${FORMAT}: ` +
        'give another folder, or serve it with the version that wrote it',
    );
  }
  return { format: FORMAT, starts: read.starts ?? 0, realms: read.realms ?? {} };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** There whole or not at all. */
function writeDescription(folder: string, described: Description): void {
  const path = join(folder, 'state.json');
  writeFileSync(`${path}.partial`, `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.partial`, path);
}
