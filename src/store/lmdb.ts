/**
 * Records in LMDB, for `serve --state DIR`: a batch is one transaction of a copy-on-write B-tree, so
 * a process killed at any moment leaves every acknowledged batch whole and no half one.
 */
import { createHash } from 'node:crypto';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { IndexKey, WritableStore, WriteBatch } from '../machine/store.ts';

/** LMDB's keys end at 1,978 octets; longer index keys stand there by their digest. */
const KEY_LIMIT = 400;

/** The format of the records' tables; another one needs another folder. */
const FORMAT = 1;

/** @throws Error when the folder holds a store of another format, or another process's lock. */
export function lmdbStore(folder: string): WritableStore {
  return new LmdbStore(folder);
}

class LmdbStore implements WritableStore {
  readonly #root: RootDatabase;
  readonly #records: Database<Uint8Array, number>;
  readonly #index: Database<number, string>;
  readonly #counters: Database<number, string>;
  readonly #revisions = new Map<number, number>();

  constructor(folder: string) {
    // Not compressed, no cache: whoever reads derives and keeps what it needs by `revision`.
    this.#root = open({ path: folder, maxDbs: 4 });
    this.#records = this.#root.openDB({
      name: 'records',
      keyEncoding: 'uint32',
      encoding: 'binary',
    });
    this.#index = this.#root.openDB({ name: 'index', dupSort: true, encoding: 'ordered-binary' });
    this.#counters = this.#root.openDB({ name: 'counters', encoding: 'ordered-binary' });
    const format = this.#counters.get('format');
    if (format === undefined) this.#counters.putSync('format', FORMAT);
    else if (format !== FORMAT) {
      throw new Error(`${folder} holds a store of format ${format}, expected ${FORMAT}`);
    }
  }

  get size(): number {
    return (this.#records.getStats() as { readonly entryCount: number }).entryCount;
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
    this.#root.transactionSync(() => {
      for (const { id, bytes, added, removed } of batch.records) {
        for (const key of removed) this.#index.removeSync(indexKey(key), id);
        for (const key of added) this.#index.putSync(indexKey(key), id);
        if (bytes === undefined) this.#records.removeSync(id);
        else this.#records.putSync(id, bytes);
        this.#revisions.set(id, this.revision(id) + 1);
      }
      for (const [name, value] of Object.entries(batch.counters ?? {})) {
        this.#counters.putSync(`c/${name}`, value);
      }
    });
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

function indexKey([index, key]: IndexKey): string {
  const whole = `${index}\u0001${key}`;
  if (Buffer.byteLength(whole) <= KEY_LIMIT) return whole;
  return `${index}\u0002${createHash('sha256').update(key).digest('hex')}`;
}
