/** Records in memory: for scenario runs, and for `serve` without `--state`. */
import type { IndexKey, RecordWrite, WritableStore, WriteBatch } from '../machine/store.ts';

/** Records share slabs of this size: an array of its own costs each record some 300 octets more. */
const SLAB = 1 << 20;

type Ids = number | number[];

/** A store that ends with the process. */
export function memoryStore(): WritableStore {
  return new MemoryStore();
}

class MemoryStore implements WritableStore {
  readonly #records = new Map<number, Uint8Array>();
  readonly #revisions = new Map<number, number>();
  readonly #indexes = new Map<string, Map<string, Ids>>();
  readonly #counters = new Map<string, number>();
  #order: number[] = [];
  #sorted = true;
  #slab = new Uint8Array(0);
  #used = 0;
  #live = 0;
  #allocated = 0;

  get size(): number {
    return this.#records.size;
  }

  read(id: number): Uint8Array | undefined {
    return this.#records.get(id);
  }

  revision(id: number): number {
    return this.#revisions.get(id) ?? 0;
  }

  find(index: string, key: string): readonly number[] {
    const ids = this.#indexes.get(index)?.get(key);
    if (ids === undefined) return [];
    return typeof ids === 'number' ? [ids] : ids;
  }

  scan(after: number, limit: number): readonly number[] {
    if (!this.#sorted) {
      this.#order = [...this.#records.keys()].sort((a, b) => a - b);
      this.#sorted = true;
    }
    const start = position(this.#order, after + 1);
    return this.#order.slice(start, start + limit);
  }

  counter(name: string): number {
    return this.#counters.get(name) ?? 0;
  }

  write(batch: WriteBatch): void {
    for (const record of batch.records) this.#apply(record);
    for (const [name, value] of Object.entries(batch.counters ?? {})) {
      this.#counters.set(name, value);
    }
    if (this.#allocated > 2 * this.#live + 4 * SLAB) this.#compact();
  }

  async close(): Promise<void> {
    this.#records.clear();
    this.#indexes.clear();
  }

  #apply({ id, bytes, added, removed }: RecordWrite): void {
    const before = this.#records.get(id);
    this.#live += (bytes?.length ?? 0) - (before?.length ?? 0);
    for (const key of removed) this.#drop(key, id);
    for (const key of added) this.#add(key, id);
    if (bytes === undefined) {
      this.#records.delete(id);
      // Kept: whoever derived something from the record must see that it is gone.
      if (before !== undefined) this.#revisions.set(id, this.revision(id) + 1);
      if (before !== undefined) this.#sorted = false;
      return;
    }
    this.#records.set(id, this.#keep(bytes));
    // A new record's revision is 0 by absence: 100,000 of them cost nothing here.
    if (before !== undefined) this.#revisions.set(id, this.revision(id) + 1);
    else if (this.#sorted && id > (this.#order.at(-1) ?? 0)) this.#order.push(id);
    else this.#sorted = false;
  }

  #keep(bytes: Uint8Array): Uint8Array {
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(SLAB, bytes.length));
      this.#allocated += this.#slab.length;
      this.#used = 0;
    }
    const kept = this.#slab.subarray(this.#used, this.#used + bytes.length);
    kept.set(bytes);
    this.#used += bytes.length;
    return kept;
  }

  /** Rewrites all records into new slabs, so that overwritten ones no longer hold memory. */
  #compact(): void {
    this.#slab = new Uint8Array(0);
    this.#used = 0;
    this.#allocated = 0;
    for (const [id, bytes] of this.#records) this.#records.set(id, this.#keep(bytes));
  }

  #add([index, key]: IndexKey, id: number): void {
    let keys = this.#indexes.get(index);
    if (keys === undefined) {
      keys = new Map();
      this.#indexes.set(index, keys);
    }
    const ids = keys.get(key);
    if (ids === undefined) {
      keys.set(key, id);
    } else if (typeof ids === 'number') {
      if (ids !== id) keys.set(key, ids < id ? [ids, id] : [id, ids]);
    } else {
      const at = position(ids, id);
      if (ids[at] !== id) ids.splice(at, 0, id);
    }
  }

  #drop([index, key]: IndexKey, id: number): void {
    const keys = this.#indexes.get(index);
    const ids = keys?.get(key);
    if (keys === undefined || ids === undefined) return;
    if (typeof ids === 'number') {
      if (ids === id) keys.delete(key);
      return;
    }
    const at = position(ids, id);
    if (ids[at] === id) ids.splice(at, 1);
    if (ids.length === 0) keys.delete(key);
  }
}

/** Where `id` stands in an ascending list, or would stand. */
function position(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
