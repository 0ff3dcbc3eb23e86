import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compare,
  concat,
  equal,
  equalSecret,
  fromHex,
  fromUtf8,
  fromUtf8Strict,
  fromUtf16le,
  hex,
  hexdump,
  toHex,
  uint32be,
  uint32le,
  utf8,
  utf16le,
  view,
} from '../../../src/bytes/bytes.ts';

const FIXED = { seed: 1, numRuns: 200 };
const s = suite('bytes');

s('joins parts in order into a new array', () => {
  const part = Uint8Array.of(1, 2);
  const joined = concat(part, new Uint8Array(0), Uint8Array.of(3));
  assert.equal(joined, Uint8Array.of(1, 2, 3));
  joined[0] = 9;
  assert.is(part[0], 1);
  assert.is(concat().length, 0);
});

s('compares for equality, early or in constant time, with the same answer', () => {
  const few = fc.uint8Array({ maxLength: 3, max: 1 });
  fc.assert(
    fc.property(few, few, (a, b) => {
      const same = toHex(a) === toHex(b);
      assert.is(equal(a, b), same);
      assert.is(equalSecret(a, b), same);
    }),
    FIXED,
  );
  assert.not.ok(equalSecret(Uint8Array.of(0), new Uint8Array(0)));
});

s('orders as Buffer.compare does', () => {
  const few = fc.uint8Array({ maxLength: 4 });
  fc.assert(
    fc.property(few, few, (a, b) => {
      assert.is(Math.sign(compare(a, b)), Buffer.compare(a, b));
    }),
    FIXED,
  );
});

s('writes and reads hexadecimal as Buffer does', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.is(toHex(bytes), Buffer.from(bytes).toString('hex'));
      assert.equal(fromHex(toHex(bytes).toUpperCase()), bytes);
    }),
    FIXED,
  );
  assert.equal(
    hex`30:03 02
    01 05`,
    Uint8Array.of(0x30, 3, 2, 1, 5),
  );
  assert.equal(fromHex('0xff'), Uint8Array.of(255));
  assert.equal(hex`${'0a'}0b`, Uint8Array.of(10, 11));
});

s('says what is wrong with a hexadecimal text', () => {
  assert.throws(() => fromHex('abc'), /odd number of hex digits: 3/);
  assert.throws(() => fromHex('0g'), /not a hex digit: "g"/);
});

s('reads ill-formed UTF-8 loosely or not at all', () => {
  assert.is(fromUtf8(utf8('Zoë \u{1f511}')), 'Zoë \u{1f511}');
  assert.is(fromUtf8(Uint8Array.of(0x61, 0xff)), 'a\ufffd');
  assert.throws(
    () => fromUtf8Strict(Uint8Array.of(0x61, 0xff)),
    (error: Error) => {
      return error instanceof TypeError;
    },
  );
  assert.is(fromUtf8(hex`ef bb bf 61`), '\ufeffa', 'a byte order mark is a character like others');
});

s('writes and reads UTF-16LE as Buffer does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.is(toHex(utf16le(text)), Buffer.from(text, 'utf16le').toString('hex'));
      assert.is(fromUtf16le(utf16le(text)), text);
    }),
    FIXED,
  );
  assert.is(fromUtf16le(hex`6100 62`), 'a');
});

s('writes numbers in both orders, and reads them through a view of a part', () => {
  assert.is(toHex(uint32be(0x80000001)), '80000001');
  assert.is(toHex(uint32le(0x80000001)), '01000080');
  const part = hex`ff 00 00 01 00 ff`.subarray(1, 5);
  assert.is(view(part).getUint32(0), 0x100);
  assert.is(view(part).byteLength, 4);
});

s('dumps sixteen octets a line', () => {
  const dump = hexdump(utf8('0123456789abcdef\n~'));
  assert.is(
    dump,
    '000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n' +
      `000010  0a 7e${' '.repeat(42)}  .~`,
  );
  assert.is(hexdump(new Uint8Array(0)), '');
});

s.run();
