/**
 * Writes batches to an LMDB store for ever and says of each that it was written, for a test that kills
 * it. Batch n gives every one of the records the text n, moves their index keys from n - 1 to n, and
 * sets a counter to n.
 */
import { writeSync } from 'node:fs';
import { utf8 } from '../../src/bytes/bytes.ts';
import type { RecordWrite } from '../../src/machine/store.ts';
import { lmdbStore } from '../../src/store/lmdb.ts';

/** Enough that most of the time passes within batches. */
export const RECORDS = 60;

export function batchOf(n: number): readonly RecordWrite[] {
  return Array.from({ length: RECORDS }, (_, i) => ({
    id: i + 1,
    bytes: utf8(`${n} ${'x'.repeat(n % 700)}`),
    added: [
      ['batch', String(n)],
      ['of', `${i} ${n}`],
    ],
    removed:
      n === 1
        ? []
        : [
            ['batch', String(n - 1)],
            ['of', `${i} ${n - 1}`],
          ],
  }));
}

const [, , role, folder] = process.argv;
if (role === 'write' && folder !== undefined) {
  const store = await lmdbStore(folder);
  for (let n = store.counter('n') + 1; ; n++) {
    store.write({ records: batchOf(n), counters: { n } });
    writeSync(1, `${n}\n`);
  }
}
