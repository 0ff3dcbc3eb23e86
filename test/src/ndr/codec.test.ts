import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { type Codec, decode, encode, NdrError, tryDecode } from '../../../src/ndr/codec.ts';
import {
  conformantOctets,
  enumeration,
  fileTime,
  flags,
  int32,
  int64,
  octets,
  rpcUnicodeString,
  rpcUnicodeStringRoomy,
  uint8,
  uint16,
  uint32,
  uint64,
  wideString,
} from '../../../src/ndr/primitives.ts';
import {
  conformantArray,
  count,
  fixedArray,
  mapped,
  nonNull,
  pointer,
  struct,
  tag,
  union,
} from '../../../src/ndr/structures.ts';
import { root } from '../../root.ts';

const s = suite('ndr');

/** Body octets of a serialized type, without the sixteen of its headers. */
const body = <T>(codec: Codec<T>, value: T): string => toHex(encode(codec, value).subarray(16));

/** Headers in front of a body, which is padded. */
function serialized(text: string): Uint8Array {
  const octetsOf = fromHex(text);
  const size = (octetsOf.length + 7) & ~7;
  const out = new Uint8Array(16 + size);
  out.set(hex`01 10 08 00 cc cc cc cc`);
  new DataView(out.buffer).setUint32(8, size, true);
  out.set(octetsOf, 16);
  return out;
}

function refusal<T>(codec: Codec<T>, bytes: Uint8Array): string {
  const decoded = tryDecode(codec, bytes);
  assert.not(decoded.ok, 'expected a refusal');
  return decoded.ok ? '' : decoded.error.message;
}

const Point = struct('POINT', { x: uint8, y: uint32 });

s('headers are those of type serialization version 1', () => {
  assert.is(
    toHex(encode(uint32, 0x01020304)),
    '01100800cccccccc0800000000000000' + '0403020100000000',
  );
});

s('members stand on their own boundaries, and the object fills eight octets', () => {
  assert.is(body(Point, { x: 1, y: 2 }), '0100000002000000');
  const Mixed = struct('MIXED', { a: uint8, b: uint16, c: uint8, d: uint64, e: int32, f: int64 });
  assert.is(
    body(Mixed, { a: 1, b: 2, c: 3, d: 4n, e: -1, f: -2n }),
    '01000200' + '03000000' + '0400000000000000' + 'ffffffff00000000' + 'feffffffffffffff',
  );
});

s('pointers in place, bodies after, each with its own bodies before the next', () => {
  const Leaf = struct('LEAF', { inner: pointer(uint16) });
  const Tree = struct('TREE', {
    first: pointer(Leaf),
    second: pointer(uint32),
    none: pointer(uint8),
  });
  const value = { first: { inner: 7 }, second: 9, none: null };
  const octetsOf = body(Tree, value);
  // Ids go depth first: the second pointer's comes after those inside the first one's body.
  assert.is(octetsOf, '0000020008000200' + '0000000004000200' + '0700000009000000');
  assert.equal(decode(Tree, encode(Tree, value)), value);
});

s('a conformant array has its count in front, the structure that ends in one as well', () => {
  assert.is(
    body(pointer(conformantArray(uint16)), [1, 2, 3]),
    '0000020003000000' + '0100020003000000',
  );
  const Sid = struct('SID', { count: count('parts', uint8), parts: conformantArray(uint32) });
  assert.is(body(Sid, { parts: [5, 6] }), '0200000002000000' + '0500000006000000');
  assert.equal(decode(Sid, encode(Sid, { parts: [5, 6] })), { parts: [5, 6] });
});

s('strings: with and without room for a NUL, and those that end in one', () => {
  assert.is(
    body(rpcUnicodeString, 'ab'),
    '04000400' + '00000200' + '0200000000000000' + '0200000061006200',
  );
  assert.is(
    body(rpcUnicodeStringRoomy, 'a'),
    '02000400' + '00000200' + '0200000000000000' + '0100000061000000',
  );
  assert.is(
    body(rpcUnicodeString, ''),
    '00000000' + '00000200' + '0000000000000000' + '0000000000000000',
  );
  assert.is(
    body(pointer(wideString), 'a'),
    '00000200' + '0200000000000000' + '02000000' + '61000000' + '00000000',
  );
});

s('unions: tag, then the arm on the boundary of the widest', () => {
  const Kind = enumeration('KIND', { SMALL: 1, LARGE: 2 });
  const Either = union('EITHER', Kind, { 1: uint8, 2: uint32 });
  const Holder = struct('HOLDER', { kind: tag('either', Kind), either: Either });
  assert.is(body(Holder, { either: { tag: 2, value: 5 } }), '0200020005000000');
  assert.equal(decode(Holder, serialized('01000100 05')), { either: { tag: 1, value: 5 } });
  assert.match(
    refusal(Holder, serialized('0300 0300 05')),
    /either: expected a tag of EITHER \(1, 2\), got 3 at/,
  );
  assert.match(refusal(Holder, serialized('0100 0200 05000000')), /kind: is 1, either makes it 2/);
});

s('refusals name the path, the octet and what was expected', () => {
  const Members = struct('MEMBERS', {
    Count: count('Items'),
    Items: pointer(conformantArray(Point)),
  });
  assert.is(
    refusal(Members, serialized('03000000 00000200 02000000 01000000 01000000 01000000 01000000')),
    'Count: is 3, Items makes it 2 at 44',
  );
  assert.is(
    refusal(Members, serialized('01000000 00000200 00000001 01000000')),
    'Items: 16777216 elements of at least 5 octets expected, 4 octets are left at 28',
  );
  assert.is(
    refusal(uint32, hex`01 10 08 00 cc cc cc cc 10 00 00 00 00 00 00 00 01 00 00 00`),
    'header: ObjectBufferLength is 16, 4 octets follow at 8',
  );
  assert.is(
    refusal(uint32, hex`01 00 08 00 cc cc cc cc 08 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00`),
    'header: expected little-endian (0x10), got 0x0 at 1',
  );
  assert.is(refusal(uint32, hex`02`), 'header: expected type serialization version 1, got 2 at 0');
  assert.match(
    refusal(uint32, serialized('01000000 00000000 00000000')),
    /12 octets follow the object/,
  );
  assert.match(
    refusal(nonNull(uint32), serialized('00000000')),
    /expected unsigned long, got a null pointer/,
  );
  assert.match(refusal(rpcUnicodeString, serialized('0300 0400 00000200')), /Length 3 is odd/);
  assert.match(
    refusal(rpcUnicodeString, serialized('0400 0200 00000200')),
    /MaximumLength 2 is less than Length 4/,
  );
  assert.match(refusal(rpcUnicodeString, serialized('0400 0400 00000000')), /null pointer/);
  assert.match(
    refusal(rpcUnicodeString, serialized('0400 0400 00000200 02000000 00000000 01000000 6100')),
    /Length is 4, Buffer holds 2 octets/,
  );
  assert.match(
    refusal(pointer(wideString), serialized('00000200 01000000 00000000 01000000 6100')),
    /string without NUL/,
  );
});

s('values that do not fit are our own fault, and said', () => {
  assert.throws(() => encode(octets(3), new Uint8Array(2)), /expected 3 octets, got 2/);
  assert.throws(() => encode(fixedArray(uint8, 2), [1]), /expected 2 elements, got 1/);
});

const Everything = struct('EVERYTHING', {
  time: fileTime(String),
  bits: flags('unsigned long', { LOW: 1 }),
  raw: octets(3),
  pair: fixedArray(uint16, 2),
  text: pointer(rpcUnicodeString),
  ItemCount: count('items'),
  items: pointer(
    conformantArray(
      struct('ITEM', { name: rpcUnicodeStringRoomy, blob: pointer(conformantOctets) }),
    ),
  ),
  words: pointer(conformantArray(nonNull(wideString))),
  choice: union('CHOICE', uint16, { 1: pointer(uint64), 2: rpcUnicodeString }),
  twice: mapped(
    'TWICE',
    uint32,
    (value) => value / 2,
    (value) => value * 2,
  ),
});

const text = fc.string({ unit: 'binary', maxLength: 6 }).filter((value) => !value.includes('\0'));
const arbitrary = fc.record(
  {
    time: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    bits: fc.nat(),
    raw: fc.uint8Array({ minLength: 3, maxLength: 3 }),
    pair: fc.tuple(fc.nat(65535), fc.nat(65535)),
    text: fc.option(text),
    items: fc.option(
      fc.array(
        fc.record(
          { name: text, blob: fc.option(fc.uint8Array({ maxLength: 9 })) },
          { noNullPrototype: true },
        ),
        {
          maxLength: 4,
        },
      ),
    ),
    words: fc.option(fc.array(text, { maxLength: 3 })),
    choice: fc.oneof(
      fc.record(
        { tag: fc.constant(1 as const), value: fc.option(fc.bigInt({ min: 0n, max: 9n })) },
        { noNullPrototype: true },
      ),
      fc.record({ tag: fc.constant(2 as const), value: text }, { noNullPrototype: true }),
    ),
    twice: fc.nat(1000),
  },
  { noNullPrototype: true },
);

s('what was written is read, and nothing shorter is', () => {
  fc.assert(
    fc.property(arbitrary, (value) => {
      const bytes = encode(Everything, value);
      const again = decode(Everything, bytes);
      assert.equal(toHex(encode(Everything, again)), toHex(bytes));
      assert.equal(again.items, value.items);
      assert.equal(again.time, value.time);
      const cut = tryDecode(Everything, bytes.subarray(0, bytes.length - 8));
      assert.not(cut.ok);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('mutated octets are read or refused, never worse', () => {
  const regressions = readFileSync(root('test/vectors/own/pac-logon-info.hex'), 'utf8');
  const start = encode(Everything, {
    time: 1n,
    bits: 1,
    raw: new Uint8Array(3),
    pair: [1, 2],
    text: 'text',
    items: [
      { name: 'a', blob: new Uint8Array(5) },
      { name: '', blob: null },
    ],
    words: ['b', 'c'],
    choice: { tag: 1, value: 4n },
    twice: 2,
  });
  const seeds = [start, fromHex(regressions)];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      (seed, edits, cut) => {
        const bytes = seed.slice(0, cut % 3 === 0 ? cut % seed.length : seed.length);
        for (const [at, octet] of edits) if (bytes.length > 0) bytes[at % bytes.length] = octet;
        const decoded = tryDecode(Everything, bytes);
        if (!decoded.ok) {
          assert.instance(decoded.error, NdrError);
          assert.ok(decoded.error.offset >= 0 && decoded.error.offset <= bytes.length + 8);
        }
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});

s.run();
