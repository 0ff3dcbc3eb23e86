import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { open } from 'lmdb';
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

/** Batches of several records, ids on both sides of where their encodings grow. */
const batches = fc.array(
  fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(1, 2, 127, 128, 255, 256, 65_535, 65_536, 100_000, 4_000_000_000),
      text: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
      keys: fc.uniqueArray(
        fc.oneof(
          fc.constantFrom('', 'a', 'A', 'ä', 'a\u0000b', 'a\u0001b', '\ud83d\ude00'),
          fc.integer({ min: 380, max: 400 }).map((length) => 'k'.repeat(length)),
          fc.integer({ min: 1_960, max: 1_990 }).map((length) => 'é'.repeat(length)),
        ),
        { maxLength: 4 },
      ),
    }),
    { selector: ({ id }) => id, maxLength: 8 },
  ),
  { maxLength: 12 },
);

interface Row {
  readonly text: string;
  readonly keys: readonly string[];
}

function batchesLeave(store: WritableStore, all: readonly (readonly unknown[])[]): void {
  const rows = new Map<number, Row>();
  const keysOf = (row: Row | undefined): IndexKey[] =>
    (row?.keys ?? []).map((key) => ['by', key] as const);
  for (const [n, batch] of (
    all as readonly (readonly { id: number; text?: string; keys: readonly string[] }[])[]
  ).entries()) {
    const before = [...rows.keys()].map((id) => [id, store.read(id), store.revision(id)] as const);
    const records = batch.map(({ id, text, keys }): RecordWrite => {
      const old = rows.get(id);
      if (text === undefined) rows.delete(id);
      else rows.set(id, { text, keys });
      const removed = keysOf(old);
      return text === undefined
        ? { id, added: [], removed }
        : { id, bytes: utf8(text), added: keysOf({ text, keys }), removed };
    });
    store.write({ records, counters: { n, [`n${n}`]: n } });
    for (const [id, bytes, revision] of before) {
      const touched = batch.some((draw) => draw.id === id);
      if (touched) assert.is.not(store.revision(id), revision);
      else assert.is(store.revision(id), revision);
      if (!touched) assert.equal(store.read(id), bytes);
    }
    assert.is(store.counter(`n${n}`), n);
  }
  const ids = [...rows.keys()].sort((a, b) => a - b);
  assert.equal([...store.scan(0, 100)], ids);
  for (const after of [1, 127, 255, 65_535, 100_000]) {
    assert.equal([...store.scan(after, 3)], ids.filter((id) => id > after).slice(0, 3));
  }
  for (const key of new Set([...rows.values()].flatMap(({ keys }) => keys))) {
    assert.equal(
      [...store.find('by', key)],
      ids.filter((id) => rows.get(id)?.keys.includes(key)),
    );
    assert.equal(store.find('b', `y${key}`), []);
  }
  for (const [id, { text }] of rows) assert.equal(store.read(id), utf8(text));
}

s('memory: batches of several records', () => {
  fc.assert(
    fc.property(batches, (all) => batchesLeave(memoryStore(), all)),
    { seed: 3, numRuns: 200 },
  );
});

s('LMDB: batches of several records', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const folder = mkdtempSync(join(tmpdir(), 'kerblab-store-'));
      try {
        const store = await lmdbStore(folder);
        batchesLeave(store, all);
        await store.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { seed: 4, numRuns: 40 },
  );
});

s('LMDB: what was read stays as it was while records are written over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-store-'));
  try {
    const store = await lmdbStore(folder);
    const key = ['by', 'all'] as const;
    const write = (id: number, text: string, added: readonly IndexKey[]): void =>
      store.write({ records: [{ id, bytes: utf8(text), added, removed: [] }] });
    for (let id = 1; id <= 50; id++) write(id, `first ${id}`, [key]);
    const held = store.find('by', 'all').map((id) => [id, store.read(id)] as const);
    for (let round = 0; round < 200; round++) {
      for (const id of store.find('by', 'all')) {
        if (id % 10 === round % 10) write(id, `${'again '.repeat(round)}${id}`, []);
      }
      // The system's flush in its own thread meets writes of this one.
      if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 400));
    }
    assert.is(held.length, 50);
    for (const [id, bytes] of held) assert.equal(bytes, utf8(`first ${id}`));
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

s('LMDB: a store of another format is refused by name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-store-'));
  try {
    await (await lmdbStore(folder)).close();
    const root = open({ path: folder, maxDbs: 4 });
    await root.openDB({ name: 'counters', encoding: 'ordered-binary' }).put('format', 99);
    await root.close();
    const said = await lmdbStore(folder).then(
      () => 'it was opened',
      (error: Error) => error.message,
    );
    assert.match(said, /holds records of format 99, and this version reads format 1: give another/);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
