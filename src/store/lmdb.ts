/**
 * Records in LMDB, for `serve --state DIR`: a batch is one transaction of a copy-on-write B-tree, so
 * a process killed at any moment leaves every acknowledged batch whole and no half one. The package
 * is loaded when it is asked for: everything else works where it has no binary.
 */
import { createHash } from 'node:crypto';
import type { Database, RootDatabase } from 'lmdb';
import type { IndexKey, WritableStore, WriteBatch } from '../machine/store.ts';

/** LMDB's keys end at 1,978 octets; longer index keys stand there by their digest. */
const KEY_LIMIT = 400;

/** The format of the tables and of the records in them; another one needs another folder. */
const FORMAT = 1;

/** How long a batch may stay in the system's memory only, in milliseconds. */
const FLUSH_MS = 1_000;

export interface LmdbStore extends WritableStore {
  /** How many keys all indexes hold, which tells whether there are any that no record has. */
  readonly keys: number;
}

/** @throws Error when the folder holds a store of another format, or this machine has no LMDB. */
export async function lmdbStore(folder: string): Promise<LmdbStore> {
  const { open } = await import('lmdb').catch((cause: unknown) => {
    throw new Error(
      `the npm package lmdb has no binary for ${process.platform}-${process.arch}: ` +
        'install it there, or leave --state out and keep the realm in memory',
      { cause },
    );
  });
  // A commit is in the system's memory when it returns, where the end of this process does not
  // touch it; waiting for the disk each time costs over a hundred times as much. Neither
  // compressed nor cached: whoever reads derives and keeps what it needs by `revision`.
  const root = open({ path: folder, maxDbs: 4, noSync: true });
  const store = new Records(root);
  const { format } = store;
  if (format !== undefined && format !== FORMAT) {
    await root.close();
    throw new Error(
      `${folder} holds records of format ${format}, and this version reads format ${FORMAT}: ` +
        'give another folder, or serve it with the version that wrote it',
    );
  }
  if (format === undefined) store.format = FORMAT;
  return store;
}

class Records implements LmdbStore {
  readonly #root: RootDatabase;
  readonly #records: Database<Uint8Array, number>;
  readonly #index: Database<number, string>;
  readonly #counters: Database<number, string>;
  readonly #revisions = new Map<number, number>();
  #flush: NodeJS.Timeout | undefined;
  /** No record has a greater number: those that are new need not be looked for. */
  #highest: number;

  constructor(root: RootDatabase) {
    this.#root = root;
    this.#records = root.openDB({ name: 'records', keyEncoding: 'uint32', encoding: 'binary' });
    this.#index = root.openDB({ name: 'index', dupSort: true, encoding: 'ordered-binary' });
    this.#counters = root.openDB({ name: 'counters', encoding: 'ordered-binary' });
    [this.#highest = 0] = this.#records.getKeys({ reverse: true, limit: 1 });
  }

  get format(): number | undefined {
    return this.#counters.get('format');
  }

  set format(format: number) {
    this.#counters.putSync('format', format);
  }

  get size(): number {
    return entries(this.#records);
  }

  get keys(): number {
    return entries(this.#index);
  }

  read(id: number): Uint8Array | undefined {
    const bytes = this.#records.get(id);
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }

  revision(id: number): number {
    return this.#revisions.get(id) ?? 0;
  }

  find(index: string, key: string): readonly number[] {
    return Array.from(this.#index.getValues(indexKey([index, key])));
  }

  scan(after: number, limit: number): readonly number[] {
    return Array.from(this.#records.getKeys({ start: after + 1, limit }));
  }

  counter(name: string): number {
    return this.#counters.get(`c/${name}`) ?? 0;
  }

  write(batch: WriteBatch): void {
    const known = batch.records.filter(
      ({ id }) => id <= this.#highest && this.#records.doesExist(id),
    );
    this.#root.transactionSync(() => {
      for (const { id, bytes, added, removed } of batch.records) {
        for (const key of removed) this.#index.removeSync(indexKey(key), id);
        for (const key of added) this.#index.putSync(indexKey(key), id);
        if (bytes === undefined) this.#records.removeSync(id);
        else this.#records.putSync(id, bytes);
        if (id > this.#highest) this.#highest = id;
      }
      for (const [name, value] of Object.entries(batch.counters ?? {})) {
        this.#counters.putSync(`c/${name}`, value);
      }
    });
    // A new record's revision is 0 by absence: 100,000 of them cost nothing here.
    for (const { id } of known) this.#revisions.set(id, this.revision(id) + 1);
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      // In a thread of its own; what is written meanwhile is for the next turn.
      (this.#root as unknown as { sync(done: () => void): void }).sync(() => undefined);
    }, FLUSH_MS).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#flush);
    await this.#root.close();
  }
}

/** Keys with several values count as often as they have values. */
function entries(database: Database<unknown, number> | Database<number, string>): number {
  return (database.getStats() as { readonly entryCount: number }).entryCount;
}

function indexKey([index, key]: IndexKey): string {
  const whole = `${index}\u0001${key}`;
  if (Buffer.byteLength(whole) <= KEY_LIMIT) return whole;
  return `${index}\u0002${createHash('sha256').update(key).digest('hex')}`;
}
