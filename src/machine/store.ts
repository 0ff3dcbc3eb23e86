/**
 * What lasts: numbered records with secondary indexes. Like time and chance it comes from outside:
 * a machine reads it through `env` and writes by an effect, so a step stays pure. Whoever drives
 * the machine applies a step's writes at once, before it carries out the effects that follow.
 */

/** A fixed picture of the records while a step runs. */
export interface Store {
  /** The record's octets; never to be changed. */
  read(id: number): Uint8Array | undefined;
  /** Differs after every write of the record, so that what was derived from it can be kept. */
  revision(id: number): number;
  /** Records that carry `key` in `index`, ascending. */
  find(index: string, key: string): readonly number[];
  /** Up to `limit` records with an id above `after`, ascending. */
  scan(after: number, limit: number): readonly number[];
  /** A named counter; 0 before it was written. */
  counter(name: string): number;
  readonly size: number;
}

/** A key in an index. */
export type IndexKey = readonly [index: string, key: string];

/** One record's change. Without `bytes` the record is deleted. */
export interface RecordWrite {
  readonly id: number;
  readonly bytes?: Uint8Array;
  /** Index keys that the record gains and loses by this write. */
  readonly added: readonly IndexKey[];
  readonly removed: readonly IndexKey[];
}

/** All of it happens, or nothing. */
export interface WriteBatch {
  readonly records: readonly RecordWrite[];
  readonly counters?: Readonly<Record<string, number>>;
}

/** A store that its owner can write to. */
export interface WritableStore extends Store {
  /** Returns when the batch would survive the end of the process (where the store is on disk). */
  write(batch: WriteBatch): void;
  close(): Promise<void>;
}
