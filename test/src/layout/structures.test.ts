import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../../src/bytes/bytes.ts';
import {
  decode,
  encode,
  explain,
  flags,
  octets,
  padding,
  rest,
  tryDecode,
  uint8,
  uint16,
  uint16be,
  uint32,
  uint64,
} from '../../../src/layout/codec.ts';
import {
  array,
  block,
  countOf,
  fixedAscii,
  fixedUnicode,
  lengthOf,
  optional,
  struct,
  unicode,
} from '../../../src/layout/structures.ts';

const s = suite('structures');

const Example = struct('EXAMPLE', {
  kind: flags(uint8, 'UINT8', { ONE: 1, TWO: 2 }),
  pad: padding(1),
  big: uint16be,
  cbName: lengthOf('name', uint16, -2),
  count: countOf('items', uint16),
  name: unicode,
  items: array(uint32),
  tail: optional(uint64),
  more: optional(octets(2)),
});

const example = { kind: 3, big: 0x0102, name: 'Hé', items: [1, 0xffffffff], tail: 5n };
const bytes = hex`03 00 01 02 02 00 02 00 4800 e900 01000000 ffffffff 0500000000000000`;

s('lengths and counts are computed, and what is missing at the end stays away', () => {
  assert.equal(encode(Example, example), bytes);
  assert.equal(decode(Example, bytes), example);
});

s('rows name every member with its offsets', () => {
  const rows = explain(Example, bytes).map(({ path, start, end }) => `${path} ${start}-${end}`);
  assert.equal(rows, [
    'EXAMPLE 0-28',
    'EXAMPLE.kind 0-1',
    'EXAMPLE.pad 1-2',
    'EXAMPLE.big 2-4',
    'EXAMPLE.cbName 4-6',
    'EXAMPLE.count 6-8',
    'EXAMPLE.name 8-12',
    'EXAMPLE.items 12-20',
    'EXAMPLE.items[0] 12-16',
    'EXAMPLE.items[1] 16-20',
    'EXAMPLE.tail 20-28',
  ]);
  const [, kind] = explain(Example, bytes);
  assert.is(kind?.value, 3);
  assert.is((kind as { readonly name?: string }).name, 'ONE | TWO');
});

s('a prefix that ends inside a member is refused with its path', () => {
  for (let length = 0; length < bytes.length; length++) {
    const read = tryDecode(Example, bytes.subarray(0, length));
    // The members at the end may be missing as a whole.
    assert.is(read.ok, length === 20, `${length} octets`);
    if (!read.ok && length > 0) assert.match(read.error.path, /^[a-z]/);
  }
  assert.not.ok(tryDecode(Example, Uint8Array.of(...bytes, 0)).ok);
  const last = explain(Example, bytes.subarray(0, 14)).at(-1);
  assert.is(last?.type, 'error');
});

s('a count for which there is no room is refused before memory is taken', () => {
  const Many = struct('MANY', { count: countOf('items', uint32), items: array(uint64) });
  const read = tryDecode(Many, hex`ffffffff 00`);
  assert.not.ok(read.ok);
  if (!read.ok) assert.match(read.error.reason, /4294967295 elements of at least 8 octets/);
});

s('texts in so many octets end with a zero unit', () => {
  const Names = struct('NAMES', { ascii: fixedAscii(4), wide: fixedUnicode(6) });
  assert.equal(encode(Names, { ascii: 'abcdef', wide: 'xyz' }), hex`61626364 780079000000`);
  assert.equal(decode(Names, hex`61620000 780000007900`), { ascii: 'ab', wide: 'x' });
});

const Blocks = array(block('BLOCK', { NUMBER: [1, struct('N', { n: uint16 })] }));

s('blocks carry tag and length; what nobody knows is kept', () => {
  const octetsOfBlocks = hex`0100 0600 0500 0900 0500 07`;
  const value = decode(Blocks, octetsOfBlocks);
  assert.equal(value, [
    { kind: 'NUMBER', value: { n: 5 } },
    { kind: 'unknown', tag: 9, octets: Uint8Array.of(7) },
  ]);
  assert.equal(encode(Blocks, value), octetsOfBlocks);
  assert.not.ok(tryDecode(Blocks, hex`0100 0300`).ok);
});

s('what is written reads back, whatever it is', () => {
  const value = fc.record(
    {
      kind: fc.nat(255),
      big: fc.nat(65_535),
      name: fc.string({ minLength: 1, maxLength: 20 }),
      items: fc.array(fc.nat(0xffffffff), { maxLength: 9 }),
      tail: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      more: fc.uint8Array({ minLength: 2, maxLength: 2 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(value, (one) => assert.equal(decode(Example, encode(Example, one)), one)));
});

s('no octets make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (junk) => {
      tryDecode(Example, junk);
      tryDecode(Blocks, junk);
      tryDecode(struct('REST', { rest }), junk);
      explain(Example, junk);
    }),
  );
});

s.run();
