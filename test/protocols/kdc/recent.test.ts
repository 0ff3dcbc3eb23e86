import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hashOf,
  nothingRecent,
  type Recent,
  recall,
  remember,
} from '../../../protocols/kdc/recent.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { printed } from '../../playbook.ts';

const recent = suite('kdc/recent');
const keyOf = (n: number) => new Uint8Array([n & 255, (n >> 8) & 255, (n >> 16) & 255, 1]);
const LIMITS = { entries: 1_000, age: 100 };

recent('remembers what it was told, and nothing else', () => {
  let seen: Recent<number> = nothingRecent();
  for (let n = 0; n < 900; n++) seen = remember(seen, keyOf(n), hashOf(keyOf(n)), n, 0, LIMITS);
  for (let n = 0; n < 900; n++) {
    assert.is(recall(seen, keyOf(n), hashOf(keyOf(n)), 50, LIMITS.age), n);
  }
  assert.is(recall(seen, keyOf(900), hashOf(keyOf(900)), 50, LIMITS.age), undefined);
});

recent('behaves as a map of what is young enough, and older maps stay as they were', () => {
  const act = fc.record({ n: fc.nat({ max: 40 }), value: fc.nat(), later: fc.nat({ max: 30 }) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let seen: Recent<number> = nothingRecent();
      const model = new Map<string, { readonly value: number; readonly at: number }>();
      let now = 0;
      for (const { n, value, later } of acts) {
        now += later;
        const before = printed(seen);
        const next = remember(seen, keyOf(n), hashOf(keyOf(n)), value, now, LIMITS);
        assert.is(printed(seen), before);
        seen = next;
        model.set(toHex(keyOf(n)), { value, at: now });
        for (const [text, entry] of model) {
          const key = Uint8Array.from(Buffer.from(text, 'hex'));
          const found = recall(seen, key, hashOf(key), now, LIMITS.age);
          const expected = now - entry.at <= LIMITS.age ? entry.value : undefined;
          assert.is(found, expected);
        }
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

recent('holds at most two generations', () => {
  let seen: Recent<number> = nothingRecent();
  const limits = { entries: 100, age: 1_000_000 };
  for (let n = 0; n < 1_000; n++) seen = remember(seen, keyOf(n), hashOf(keyOf(n)), n, n, limits);
  let kept = 0;
  for (let n = 0; n < 1_000; n++) {
    if (recall(seen, keyOf(n), hashOf(keyOf(n)), 1_000, limits.age) !== undefined) kept++;
  }
  assert.ok(kept >= 100 && kept <= 200, `${kept} kept`);
  assert.is(recall(seen, keyOf(999), hashOf(keyOf(999)), 1_000, limits.age), 999);
});

recent('an old generation is dropped when nothing of it counts any more', () => {
  let seen = remember(nothingRecent<number>(), keyOf(1), hashOf(keyOf(1)), 1, 0, LIMITS);
  seen = remember(seen, keyOf(2), hashOf(keyOf(2)), 2, 1_000, LIMITS);
  assert.is(seen.previous, undefined);
  assert.is(recall(seen, keyOf(1), hashOf(keyOf(1)), 1_000, LIMITS.age), undefined);
});

recent('keys that share a hash are told apart, up to a number', () => {
  let seen: Recent<number> = nothingRecent();
  for (let n = 0; n < 100; n++) seen = remember(seen, keyOf(n), 7, n, 0, LIMITS);
  assert.is(recall(seen, keyOf(99), 7, 0, LIMITS.age), 99);
  assert.is(recall(seen, keyOf(98), 7, 0, LIMITS.age), 98);
  assert.is(recall(seen, keyOf(0), 7, 0, LIMITS.age), undefined, 'no more than a few are kept');
});

recent('hashes that differ in their last bits only', () => {
  let seen: Recent<number> = nothingRecent();
  const hashes = [0, 0x40000000, 0x80000000, 0xc0000000, 0x7fffffff, 0xffffffff];
  hashes.forEach((hash, n) => {
    seen = remember(seen, keyOf(n), hash, n, 0, LIMITS);
  });
  hashes.forEach((hash, n) => {
    assert.is(recall(seen, keyOf(n), hash, 0, LIMITS.age), n);
  });
});

// FNV-1a test vectors of draft-eastlake-fnv, 32 bits.
recent('FNV-1a', () => {
  assert.is(hashOf(new Uint8Array(0)), 0x811c9dc5);
  assert.is(hashOf(new Uint8Array([0x61])), 0xe40c292c);
  assert.is(hashOf(new Uint8Array(Buffer.from('foobar'))), 0xbf9cf968);
});

recent.run();
