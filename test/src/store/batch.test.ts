import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IndexKey, RecordWrite, WriteBatch } from '../../../src/machine/store.ts';
import { decodeBatch, encodeBatch } from '../../../src/store/batch.ts';

const s = suite('batch');

const id = fc.integer({ min: 0, max: 2 ** 40 });
const keys = fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 4 });
const record = fc
  .record({
    id,
    bytes: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
    added: keys,
    removed: keys,
  })
  .map(
    ({ bytes, ...rest }): RecordWrite => ({
      ...rest,
      added: rest.added as IndexKey[],
      removed: rest.removed as IndexKey[],
      ...(bytes === undefined ? {} : { bytes }),
    }),
  );
const batch = fc.record({
  records: fc.array(record, { maxLength: 8 }),
  counters: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), id, { minKeys: 1, maxKeys: 4 }),
});

s('a batch comes back as it was', () => {
  fc.assert(
    fc.property(batch, (written) => {
      const back = decodeBatch(encodeBatch(written));
      assert.equal(back.records, written.records);
      assert.equal(Object.entries(back.counters ?? {}), Object.entries(written.counters));
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('a batch without counters, a record that is deleted and one without octets', () => {
  const written: WriteBatch = {
    records: [
      { id: 1, bytes: new Uint8Array(0), added: [], removed: [] },
      { id: 2, added: [], removed: [['parent', '1']] },
    ],
  };
  assert.equal(decodeBatch(encodeBatch(written)), written);
});

s('octets that are no batch are refused with the place', () => {
  const whole = encodeBatch({
    records: [{ id: 300, bytes: Uint8Array.of(1, 2, 3), added: [['a', 'b']], removed: [] }],
  });
  for (let end = 0; end < whole.length; end++) {
    assert.throws(() => decodeBatch(whole.subarray(0, end)), /octet|version/);
  }
  assert.throws(() => decodeBatch(Uint8Array.of(...whole, 0)), /follow the last record/);
  assert.throws(() => decodeBatch(Uint8Array.of(2)), /version 2/);
});

s.run();
