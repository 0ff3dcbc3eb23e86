import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  bigInteger,
  bitString,
  boolean,
  enumerated,
  flags32,
  int32,
  integer,
  integerBetween,
  named,
  nullValue,
  octetString,
  oid,
  uint32,
} from '../../../src/der/primitives.ts';
import { arbitrary } from '../../arbitrary.ts';
import { vectors } from '../../codec-vectors.ts';

const FIXED = { seed: 1, numRuns: 200 };
const s = suite('der/primitives');

/** X.690 §8.3: the shortest two's complement. */
const INTEGERS: readonly (readonly [number, Uint8Array])[] = [
  [0, hex`02 01 00`],
  [1, hex`02 01 01`],
  [127, hex`02 01 7f`],
  [128, hex`02 02 00 80`],
  [255, hex`02 02 00 ff`],
  [256, hex`02 02 01 00`],
  [-1, hex`02 01 ff`],
  [-128, hex`02 01 80`],
  [-129, hex`02 02 ff 7f`],
  [0x7fffffff, hex`02 04 7f ff ff ff`],
  [-0x80000000, hex`02 04 80 00 00 00`],
];

s('INTEGER', () => {
  vectors(integer, {
    correct: [
      ...INTEGERS,
      [0x80000000, hex`02 05 00 80 00 00 00`],
      [-0x80000001, hex`02 05 ff 7f ff ff ff`],
      [Number.MAX_SAFE_INTEGER, hex`02 07 1f ff ff ff ff ff ff`],
      [Number.MIN_SAFE_INTEGER, hex`02 07 e0 00 00 00 00 00 01`],
    ],
    wrong: [
      ['INTEGER is empty', hex`02 00`],
      ['INTEGER is not minimal', hex`02 02 00 7f`],
      ['INTEGER is not minimal', hex`02 02 ff 80`],
      ['INTEGER is not minimal', hex`02 03 00 00 80`],
      ['INTEGER of 8 octets is out of range', hex`02 08 01 00 00 00 00 00 00 00`],
      ['is not from', hex`02 07 20 00 00 00 00 00 00`],
      ['expected INTEGER, got OCTET STRING', hex`04 01 00`],
      ['expected INTEGER, got INTEGER constructed', hex`22 01 00`],
      ['the length says 2 octets, 1 are left', hex`02 02 01`],
      ['the length is not minimal', hex`02 81 01 05`],
      ['the length is not minimal', hex`02 82 00 01 05`],
      ['the length is indefinite', hex`02 80 05 00 00`],
      ['a length of 5 octets is too long', hex`02 85 00 00 00 00 01 05`],
      ['the length is cut off', hex`02 82 01`],
      ['the length is missing', hex`02`],
      ['nothing is left', hex``],
    ],
  });
});

s('Int32 refuses what does not fit', () => {
  vectors(int32, {
    correct: [
      ...INTEGERS,
      // des-cbc-md5's cousin rc4-hmac-old-exp, and the checksum type of HMAC-MD5: MS-KILE.
      [-135, hex`02 02 ff 79`],
      [-138, hex`02 02 ff 76`],
    ],
    wrong: [['Int32 2147483648 is not from', hex`02 05 00 80 00 00 00`]],
  });
  assert.throws(() => encode(int32, 2 ** 31), /Int32: 2147483648 is not an integer from/);
  assert.throws(() => encode(int32, 1.5), /not an integer/);
  assert.throws(() => encode(int32, Number.NaN), /not an integer/);
});

s('UInt32 is written non-negative, and read modulo 2^32', () => {
  vectors(uint32, {
    correct: [
      [0, hex`02 01 00`],
      [0x80000000, hex`02 05 00 80 00 00 00`],
      [0xffffffff, hex`02 05 00 ff ff ff ff`],
    ],
    wrong: [
      ['UInt32 4294967296 does not fit 32 bits', hex`02 05 01 00 00 00 00`],
      ['UInt32 -2147483649 does not fit 32 bits', hex`02 05 ff 7f ff ff ff`],
    ],
  });
  assert.is(decode(uint32, hex`02 04 80 00 00 01`), 0x80000001);
  assert.is(decode(uint32, hex`02 01 ff`), 0xffffffff);
  assert.throws(() => encode(uint32, -1), RangeError);
});

s('bounds and names of integers', () => {
  const microseconds = integerBetween('Microseconds', 0, 999_999);
  vectors(microseconds, {
    correct: [[999_999, hex`02 03 0f 42 3f`]],
    wrong: [
      ['Microseconds 1000000 is not from 0 to 999999', hex`02 03 0f 42 40`],
      ['Microseconds -1 is not from 0 to 999999', hex`02 01 ff`],
    ],
  });
  const called = named(int32, (value) => (value === 18 ? 'eighteen' : undefined));
  assert.is(called.shape.kind === 'integer' && called.shape.nameOf?.(18), 'eighteen');
  assert.throws(() => named(flags32('Flags', {}), () => 'x'), /Flags is no integer/);
});

s('ENUMERATED keeps unknown values as numbers', () => {
  const status = enumerated('Status', { 0: 'good' });
  vectors(status, {
    correct: [
      [0, hex`0a 01 00`],
      [77, hex`0a 01 4d`],
    ],
  });
  assert.is(status.shape.kind === 'integer' && status.shape.nameOf?.(0), 'good');
});

s('INTEGER of any size', () => {
  vectors(bigInteger, {
    correct: [
      ...INTEGERS.map(([value, bytes]) => [BigInt(value), bytes] as const),
      [2n ** 64n, hex`02 09 01 00 00 00 00 00 00 00 00`],
      [-(2n ** 63n), hex`02 08 80 00 00 00 00 00 00 00`],
      [2n ** 63n, hex`02 09 00 80 00 00 00 00 00 00 00`],
    ],
    wrong: [
      ['INTEGER is empty', hex`02 00`],
      ['INTEGER is not minimal', hex`02 09 00 00 00 00 00 00 00 00 01`],
    ],
  });
  fc.assert(
    fc.property(arbitrary(bigInteger), (value) => {
      assert.is(decode(bigInteger, encode(bigInteger, value)), value);
    }),
    FIXED,
  );
});

s('both integers agree', () => {
  fc.assert(
    fc.property(arbitrary(integer), (value) => {
      assert.is(toHex(encode(integer, value)), toHex(encode(bigInteger, BigInt(value))));
      assert.is(decode(integer, encode(integer, value)), value);
    }),
    FIXED,
  );
});

s('BOOLEAN', () => {
  vectors(boolean, {
    correct: [
      [true, hex`01 01 ff`],
      [false, hex`01 01 00`],
    ],
    wrong: [
      ['BOOLEAN is neither 00 nor FF', hex`01 01 01`],
      ['BOOLEAN has 0 octets, not 1', hex`01 00`],
      ['BOOLEAN has 2 octets, not 1', hex`01 02 ff ff`],
    ],
  });
});

s('NULL', () => {
  vectors(nullValue, {
    correct: [[null, hex`05 00`]],
    wrong: [['NULL is not empty', hex`05 01 00`]],
  });
});

s('OCTET STRING is a view of what was decoded', () => {
  const long = new Uint8Array(300).fill(7);
  vectors(octetString, {
    correct: [
      [new Uint8Array(0), hex`04 00`],
      [hex`01 02 03`, hex`04 03 01 02 03`],
      [new Uint8Array(127), Uint8Array.of(0x04, 0x7f, ...new Uint8Array(127))],
      [new Uint8Array(128), Uint8Array.of(0x04, 0x81, 0x80, ...new Uint8Array(128))],
      [long, Uint8Array.of(0x04, 0x82, 0x01, 0x2c, ...long)],
    ],
    wrong: [
      ['got OCTET STRING constructed', hex`24 04 04 02 01 02`],
      ['the length is not minimal', hex`04 81 7f ${'00'.repeat(127)}`],
    ],
  });
  const given = Buffer.from('0402aabb', 'hex');
  const value = decode(octetString, given);
  assert.is(value.constructor, Uint8Array, 'no Buffer leaks out');
  assert.is(value.buffer, given.buffer);
  assert.is(toHex(value), 'aabb');
});

s('BIT STRING', () => {
  vectors(bitString, {
    correct: [
      [{ unused: 0, bytes: hex`` }, hex`03 01 00`],
      [{ unused: 4, bytes: hex`f0` }, hex`03 02 04 f0`],
      [{ unused: 0, bytes: hex`a5 5a` }, hex`03 03 00 a5 5a`],
    ],
    wrong: [
      ['BIT STRING is empty', hex`03 00`],
      ['BIT STRING has 8 unused bits, more than 7', hex`03 02 08 00`],
      ['BIT STRING without bits has unused bits', hex`03 01 01`],
      ['unused bits of the BIT STRING are set', hex`03 02 04 f8`],
    ],
  });
  assert.throws(() => encode(bitString, { unused: 4, bytes: hex`f8` }), /unused bits/);
  assert.throws(() => encode(bitString, { unused: 1, bytes: hex`` }), /cannot have 1 unused/);
  assert.throws(() => encode(bitString, { unused: 8, bytes: hex`00` }), /cannot have 8 unused/);
});

s('KerberosFlags have 32 bits when written, and any number when read', () => {
  const flags = flags32('Flags', { forwardable: 0x40000000 });
  vectors(flags, {
    correct: [
      // KDC options of a Windows client's AS-REQ.
      [0x40810010, hex`03 05 00 40 81 00 10`],
      [0xffffffff, hex`03 05 00 ff ff ff ff`],
      [0, hex`03 05 00 00 00 00 00`],
    ],
    wrong: [
      ['BIT STRING is empty', hex`03 00`],
      ['unused bits of the BIT STRING are set', hex`03 02 06 41`],
    ],
  });
  assert.is(decode(flags, hex`03 02 06 40`), 0x40000000, 'named bits trimmed');
  assert.is(decode(flags, hex`03 01 00`), 0);
  assert.is(decode(flags, hex`03 06 00 80 00 00 01 ff`), 0x80000001, 'more than 32 bits');
});

s('OBJECT IDENTIFIER', () => {
  vectors(oid, {
    correct: [
      ['1.2.840.113549', hex`06 06 2a 86 48 86 f7 0d`], // X.690 §8.19
      ['1.3.6.1.5.2.3.5', hex`06 07 2b 06 01 05 02 03 05`], // id-pkinit-KPKdc
      ['2.999.3', hex`06 03 88 37 03`], // X.690 §8.19.5
      ['0.0', hex`06 01 00`],
      ['0.39', hex`06 01 27`],
      ['1.0', hex`06 01 28`],
      ['2.0', hex`06 01 50`],
      ['2.5.29.17', hex`06 03 55 1d 11`],
      ['2.25.9007199254740991', hex`06 09 69 8f ff ff ff ff ff ff 7f`],
    ],
    wrong: [
      ['OBJECT IDENTIFIER is empty', hex`06 00`],
      ['OBJECT IDENTIFIER is cut off', hex`06 02 2a 86`],
      ['arc of the OBJECT IDENTIFIER is not minimal', hex`06 03 2a 80 01`],
      ['arc of the OBJECT IDENTIFIER is above 2^53 - 1', hex`06 0a 2a ff ff ff ff ff ff ff ff 7f`],
    ],
  });
  for (const wrong of ['', '1', '3.1', '1.40', '1.2.', '1.-2', 'a.b', '1.2.99999999999999999999']) {
    assert.throws(() => encode(oid, wrong), RangeError, wrong);
  }
  fc.assert(
    fc.property(arbitrary(oid), (value) => {
      assert.is(decode(oid, encode(oid, value)), value);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

s.run();
