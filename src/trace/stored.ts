/** What an actor had written by a moment of its run: the writes of its records, put together. */
import type { Store } from '../machine/store.ts';
import { decodeBatch } from '../store/batch.ts';
import { memoryStore } from '../store/memory.ts';
import type { Run } from './read.ts';
import { RunError } from './run-error.ts';
import { isLink } from './wire.ts';

export interface Stored {
  readonly store: Store;
  /** How many writes there were. */
  readonly writes: number;
}

/**
 * No machine runs for this: the records are enough.
 * @param at milliseconds since the start of the run; what was written in that very instant counts
 * @throws RunError when octets are missing or were changed
 */
export function storedBy(run: Pick<Run, 'records' | 'octets'>, actor: string, at: number): Stored {
  const store = memoryStore();
  let writes = 0;
  for (const record of run.records) {
    if (record.at > at) break;
    if (record.actor !== actor) continue;
    for (const effect of record.effects) {
      if (effect.kind !== 'write') continue;
      const octets = isLink(effect.bytes) ? run.octets(effect.bytes) : undefined;
      if (octets === undefined) {
        throw new RunError(`record ${record.seq}: no octets for the write ${String(effect.bytes)}`);
      }
      store.write(decodeBatch(octets));
      writes++;
    }
  }
  return { store, writes };
}
