import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import {
  type Codec,
  DEFAULT_MAX_SIZE,
  DecodeError,
  decode,
  encode,
  Reader,
  tagsOf,
  tryDecode,
} from '../../../src/der/codec.ts';
import { boolean, integer, octetString } from '../../../src/der/primitives.ts';
import { any } from '../../../src/der/raw.ts';
import {
  bare,
  bareDefaulted,
  field,
  sequence,
  sequenceOf,
  setOf,
} from '../../../src/der/structures.ts';
import { SELF } from '../../../src/der/tags.ts';
import { refusal } from '../../codec-vectors.ts';

const s = suite('der/codec');

const Pair = sequence('Pair', { first: field(0, integer), rest: field(1, sequenceOf(integer)) });

s('encodings never overlap, though short ones share memory', () => {
  const all = Array.from({ length: 3000 }, (_, i) =>
    encode(octetString, new Uint8Array(i).fill(i)),
  );
  for (const [i, bytes] of all.entries()) {
    assert.is(bytes.constructor, Uint8Array);
    assert.equal(decode(octetString, bytes), new Uint8Array(i).fill(i));
  }
  const first = encode(octetString, hex`01`);
  encode(octetString, hex`02`).fill(0xff);
  assert.is(toHex(first), '040101');
});

s('a value bigger than the buffer that waits is written all the same', () => {
  const big = new Uint8Array(600_000).fill(0xa5);
  const bytes = encode(octetString, big);
  assert.is(toHex(bytes.subarray(0, 5)), '04830927c0');
  assert.equal(decode(octetString, bytes), big);
  assert.is(toHex(encode(octetString, hex`01`)), '040101');
});

s('lengths have as few octets as they can', () => {
  for (const [size, header] of [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65535, '0482ffff'],
    [65536, '0483010000'],
  ] as const) {
    const bytes = encode(octetString, new Uint8Array(size));
    assert.is(toHex(bytes.subarray(0, header.length / 2)), header);
    assert.is(decode(octetString, bytes).length, size);
  }
});

s('encoding inside of encoding does not mix the two', () => {
  const nested: Codec<Uint8Array> = {
    ...octetString,
    write: (writer, value) => writer.octets(encode(octetString, value)),
  };
  const list = sequenceOf(nested);
  assert.is(toHex(encode(list, [hex`01`, hex`02`])), '300a04030401010403040102');
});

s('a refusal to encode leaves nothing behind', () => {
  assert.throws(() => encode(Pair, { first: 1.5, rest: [1] }), RangeError);
  assert.is(
    toHex(encode(Pair, { first: 1, rest: [2] })),
    '300ca003020101a10530030201 02'.replace(' ', ''),
  );
});

s('an error says path, offset and reason', () => {
  const error = refusal(Pair, hex`30 0d a0 03 02 01 01 a1 06 30 04 02 02 00 05`);
  assert.is(error.path, 'rest[0]');
  assert.is(error.offset, 13);
  assert.is(error.reason, 'INTEGER is not minimal');
  assert.is(error.message, 'rest[0]: INTEGER is not minimal at 13');
  assert.is(error.name, 'DecodeError');
  const whole = refusal(Pair, hex`31 00`);
  assert.is(whole.path, '');
  assert.is(whole.message, 'expected SEQUENCE, got SET at 0');
});

s('a path through lists of lists reads like an expression', () => {
  const table = sequence('Table', { rows: field(0, sequenceOf(sequenceOf(Pair))) });
  const error = refusal(table, hex`30 0a a0 08 30 06 30 04 30 02 a0 00`);
  assert.is(error.path, 'rows[0][0].first');
});

s('tryDecode gives refusals as values, and nothing else', () => {
  assert.equal(tryDecode(integer, hex`02 01 05`), { ok: true, value: 5 });
  const refused = tryDecode(integer, hex`02 01`);
  assert.ok(!refused.ok && refused.error instanceof DecodeError);
  const broken: Codec<never> = {
    ...integer,
    read: () => {
      throw new Error('a bug of ours');
    },
  };
  assert.throws(() => tryDecode(broken, hex`02 01 05`), /a bug of ours/);
});

s('size and depth have limits', () => {
  const tooBig = new Uint8Array(DEFAULT_MAX_SIZE + 1);
  assert.match(refusal(octetString, tooBig).message, '1048577 octets are more than');
  const small = { maxSize: 4 };
  assert.throws(() => decode(octetString, hex`04 03 01 02 03`, small), /5 octets are more than/);
  assert.equal(decode(octetString, hex`04 02 01 02`, small), hex`01 02`);
  const nest = (levels: number) => {
    let bytes = hex`30 00`;
    for (let i = 1; i < levels; i++) bytes = encode(sequenceOf(any), [bytes]);
    return bytes;
  };
  assert.is(decode(any, nest(32)).length, nest(32).length);
  assert.throws(() => decode(any, nest(33)), /nested too deeply/);
  assert.throws(() => decode(any, nest(4), { maxDepth: 3 }), /nested too deeply/);
  // A million octets of open SEQUENCEs would be a stack of half a million calls.
  const tower = new Uint8Array(1_000_000);
  for (let i = 0; i < tower.length; i += 2) tower[i] = 0x30;
  assert.ok(!tryDecode(any, tower).ok);
});

s('reads where it is told to, and not behind the end of an inner element', () => {
  // The inner length reaches beyond the outer element, not beyond the octets.
  const error = refusal(Pair, hex`30 05 a0 05 02 03 01 01 01`);
  assert.is(error.message, 'first: the length says 5 octets, 3 are left at 3');
});

s('a view into a bigger buffer is decoded from its own beginning', () => {
  const buffer = hex`ff ff 02 01 07 ff`;
  assert.is(decode(integer, buffer.subarray(2, 5)), 7);
  const error = refusal(integer, buffer.subarray(2, 4));
  assert.is(error.offset, 1);
});

s('Reader passes over elements, checking what their tags say', () => {
  const reader = new Reader(hex`30 03 02 01 05 04 00`);
  reader.skip(7);
  assert.is(reader.pos, 5);
  assert.throws(() => new Reader(hex`30 03 02 02 05`).skip(5), /the length says 2 octets/);
  assert.throws(() => new Reader(hex`1f 81 01 00`).skip(4), /tag numbers above 30/);
  assert.throws(() => new Reader(hex``).skip(0), /expected an element/);
});

s('tagsOf knows what an element may begin with', () => {
  assert.equal(tagsOf(integer), [0x02]);
  assert.is(tagsOf(any), undefined);
  assert.equal(tagsOf({ ...integer, tag: SELF, tags: [1, 2] }), [1, 2]);
});

s('octets of chance give a value or a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const codec of [Pair, any, integer, octetString]) {
        const decoded = tryDecode<unknown>(codec, bytes);
        if (decoded.ok) assert.equal(encode(codec as Codec<unknown>, decoded.value), bytes);
        else assert.ok(decoded.error.offset <= bytes.length);
      }
    }),
    { seed: 1, numRuns: 5000 },
  );
});

s('BER is taken where it is asked for, and only there', () => {
  const codec = sequence('Lenient', {
    on: bare(boolean),
    set: bare(setOf(octetString)),
    critical: bareDefaulted(integer, 7),
  });
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['the length is not minimal', hex`30 84 00 00 00 0b 01 01 ff 31 06 04 01 01 04 01 02`],
    ['the length is not minimal', hex`30 81 0b 01 01 ff 31 06 04 01 01 04 01 02`],
    ['the length is not minimal', hex`30 0d 01 82 00 01 ff 31 06 04 01 01 04 01 02`],
    ['BOOLEAN is neither 00 nor FF', hex`30 0b 01 01 01 31 06 04 01 01 04 01 02`],
    ['the default value is encoded', hex`30 0e 01 01 ff 31 06 04 01 01 04 01 02 02 01 07`],
  ];
  const value = { on: true, set: [hex`01`, hex`02`], critical: 7 };
  for (const [reason, bytes] of cases) {
    assert.equal(decode(codec, bytes, { rules: 'BER' }), value, toHex(bytes));
    assert.match(refusal(codec, bytes).message, reason);
  }
  const unordered = hex`30 0b 01 01 ff 31 06 04 01 02 04 01 01`;
  assert.equal(decode(codec, unordered, { rules: 'BER' }).set, [hex`02`, hex`01`]);
  assert.match(refusal(codec, unordered).message, 'SET OF is not in ascending order');
});

s('BER stays bounded', () => {
  const refused = (bytes: Uint8Array): string => {
    const outcome = tryDecode(any, bytes, { rules: 'BER' });
    return outcome.ok ? 'taken' : outcome.error.reason;
  };
  assert.is(refused(hex`30 80 02 01 01 00 00`), 'the length is indefinite');
  assert.is(refused(hex`30 85 00 00 00 00 00`), 'a length of 5 octets is too long');
  assert.is(refused(hex`30 84 ff ff ff ff`), 'the length says 4294967295 octets, 0 are left');
  assert.is(refused(hex`30 84 00 00`), 'the length is cut off');
  const nested = (depth: number): Uint8Array => {
    const open = Array.from({ length: depth }, (_, i) => {
      const rest = 6 * (depth - i - 1);
      return [0x30, 0x84, 0, 0, rest >> 8, rest & 0xff];
    });
    return Uint8Array.from(open.flat());
  };
  assert.is(refused(nested(20)), 'taken');
  assert.is(refused(nested(4_000)), 'elements are nested too deeply');
});

s.run();
