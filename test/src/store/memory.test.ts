import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { IndexKey, RecordWrite, WritableStore } from '../../../src/machine/store.ts';
import { lmdbStore } from '../../../src/store/lmdb.ts';
import { memoryStore } from '../../../src/store/memory.ts';

const s = suite('stores');

/** A change as chance draws it: record, its text (absent: deleted), its keys. */
interface Draw {
  readonly id: number;
  readonly text?: string;
  readonly keys: readonly string[];
}

const draws = fc.array(
  fc.record(
    {
      id: fc.integer({ min: 1, max: 12 }),
      text: fc.string({ maxLength: 40 }),
      keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'k'.repeat(3000)), { maxLength: 3 }),
    },
    { requiredKeys: ['id', 'keys'] },
  ) as fc.Arbitrary<Draw>,
  { maxLength: 40 },
);

/** The plainest possible store, to judge the others by. */
function model(all: readonly Draw[]): Map<number, Draw> {
  const records = new Map<number, Draw>();
  for (const draw of all) {
    if (draw.text === undefined) records.delete(draw.id);
    else records.set(draw.id, draw);
  }
  return records;
}

function apply(store: WritableStore, all: readonly Draw[]): void {
  const now = new Map<number, Draw>();
  for (const draw of all) {
    const before = now.get(draw.id);
    const keys = (keysOf: Draw | undefined): IndexKey[] =>
      keysOf?.text === undefined ? [] : keysOf.keys.map((key) => ['by', key] as const);
    const write: RecordWrite = {
      id: draw.id,
      ...(draw.text === undefined ? {} : { bytes: utf8(draw.text) }),
      removed: keys(before),
      added: keys(draw),
    };
    const revision = store.revision(draw.id);
    store.write({ records: [write], counters: { last: draw.id } });
    if (before?.text !== undefined && draw.text !== undefined) {
      assert.is.not(store.revision(draw.id), revision);
    }
    now.set(draw.id, draw);
  }
}

function same(store: WritableStore, all: readonly Draw[]): void {
  const expected = model(all);
  const ids = [...expected.keys()].sort((a, b) => a - b);
  assert.is(store.size, expected.size);
  assert.equal([...store.scan(0, 100)], ids);
  assert.equal([...store.scan(6, 2)], ids.filter((id) => id > 6).slice(0, 2));
  for (const [id, { text }] of expected) assert.equal(store.read(id), utf8(text as string));
  for (const key of ['a', 'b', 'c', 'k'.repeat(3000), 'absent']) {
    const having = ids.filter((id) => expected.get(id)?.keys.includes(key));
    assert.equal([...store.find('by', key)], having);
  }
  assert.is(store.counter('last'), all.at(-1)?.id ?? 0);
  assert.is(store.counter('other'), 0);
}

s('memory: any changes leave what a plain map would hold', () => {
  fc.assert(
    fc.property(draws, (all) => {
      const store = memoryStore();
      apply(store, all);
      same(store, all);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('LMDB: the same, also after it was opened anew', async () => {
  await fc.assert(
    fc.asyncProperty(draws, async (all) => {
      const folder = mkdtempSync(join(tmpdir(), 'kerblab-store-'));
      try {
        const store = await lmdbStore(folder);
        apply(store, all);
        same(store, all);
        await store.close();
        const again = await lmdbStore(folder);
        same(again, all);
        await again.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { seed: 2, numRuns: 25 },
  );
});

s('memory: rewriting a record for ever does not grow', () => {
  const store = memoryStore();
  const bytes = new Uint8Array(100_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 2_000; i++) {
    store.write({ records: [{ id: 1, bytes, added: [], removed: [] }] });
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 << 20);
  assert.is(store.read(1)?.length, bytes.length);
});

s.run();
