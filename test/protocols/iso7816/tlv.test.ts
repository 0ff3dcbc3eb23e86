import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf, readObjects, tlv } from '../../../protocols/iso7816/tlv.ts';
import { concat, fromHex, hex } from '../../../src/bytes/bytes.ts';

const s = suite('iso7816/tlv');

const tags = fc.constantFrom(0x53, 0x5c, 0x7c, 0x7f49, 0x5f2f, 0xdf1f, 0x5fc105);
const values = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(...[127, 128, 255, 256, 65_535, 65_536].map((size) => new Uint8Array(size))),
);
const objects = fc.array(fc.record({ tag: tags, value: values }, { noNullPrototype: true }), {
  maxLength: 6,
});

s('what is written is read again', () => {
  fc.assert(
    fc.property(objects, (list) => {
      const octets = concat(...list.map(({ tag, value }) => tlv(tag, value)));
      assert.equal(readObjects(octets), list);
    }),
  );
});

s('tags and lengths of every size', () => {
  assert.equal(tlv(0x5c, hex`7e`), hex`5c017e`);
  assert.equal(tlv(0x7f49, hex`00`).subarray(0, 3), hex`7f4901`);
  assert.equal(tlv(0x5fc105), hex`5fc10500`);
  assert.equal(tlv(0x53, new Uint8Array(200)).subarray(0, 3), hex`5381c8`);
  assert.equal(tlv(0x53, new Uint8Array(300)).subarray(0, 4), hex`5382012c`);
  assert.equal(tlv(0x53, new Uint8Array(70_000)).subarray(0, 5), hex`5383011170`);
});

s('cut short, without an end, or too many', () => {
  for (const octets of [
    '5c',
    '5c02',
    '5c0200',
    '5c80',
    '5c84000000',
    '5c8201',
    '7f',
    '7fc1',
    '5fc1c1c100',
  ]) {
    assert.is(readObjects(fromHex(octets)), undefined, octets);
  }
  assert.is(readObjects(new Uint8Array(2 * 65).map((_, i) => (i % 2 === 0 ? 0x5c : 0))), undefined);
  assert.is(contentOf(undefined, 0x5c), undefined);
  assert.equal(contentOf(readObjects(hex`5c017e8400`), 0x84), hex``);
  assert.is(contentOf([], 0x84), undefined);
});

s('any octets are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      const read = readObjects(octets);
      const total = read?.reduce((sum, { value }) => sum + value.length, 0) ?? 0;
      assert.ok(total <= octets.length);
    }),
  );
});

s.run();
