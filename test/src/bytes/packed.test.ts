import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../../src/bytes/bytes.ts';
import { packedReader, packedWriter } from '../../../src/bytes/packed.ts';

const s = suite('packed');
const room = { bytes: new Uint8Array(1) };

s('numbers are LEB128', () => {
  const out = packedWriter(room);
  for (const number of [0, 127, 128, 624_485]) out.number(number);
  assert.equal(out.taken(), hex`00 7f 80 01 e5 8e 26`);
});

s('what is written is read again, in a room that grows and is shared', () => {
  const item = fc.oneof(
    fc.record({ number: fc.nat({ max: Number.MAX_SAFE_INTEGER }) }),
    fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
    fc.record({ text: fc.constant('ä'.repeat(9_000)) }),
    fc.record({ octets: fc.uint8Array({ maxLength: 300 }) }),
  );
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const out = packedWriter(room);
      for (const each of items) {
        if ('number' in each) out.number(each.number);
        else if ('text' in each) out.text(each.text, 1);
        else out.octets(each.octets);
      }
      const from = packedReader(out.taken());
      for (const each of items) {
        if ('number' in each) assert.is(from.number(), each.number);
        else if ('text' in each) assert.is(from.text(), each.text);
        else assert.equal(from.octets(each.octets.length), each.octets);
      }
      assert.is(from.rest().length, 0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('octets that end too early are refused', () => {
  assert.throws(() => packedReader(hex`80`).number(), /no number ends/);
  assert.throws(() => packedReader(hex`05 61`).text(), /expected 5 octets/);
  assert.throws(() => packedReader(hex`ff ff ff ff ff ff ff ff ff 01`).number(), /no number ends/);
});

s.run();
