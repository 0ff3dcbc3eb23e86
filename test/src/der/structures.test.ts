import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { choice } from '../../../src/der/choice.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { boolean, int32, integer, octetString } from '../../../src/der/primitives.ts';
import { any } from '../../../src/der/raw.ts';
import {
  alias,
  application,
  bare,
  bareDefaulted,
  bareOptional,
  defaulted,
  explicit,
  field,
  implicit,
  optional,
  sequence,
  sequenceOf,
  setOf,
} from '../../../src/der/structures.ts';
import { generalString } from '../../../src/der/text.ts';
import { arbitrary } from '../../arbitrary.ts';
import { refusal, vectors } from '../../codec-vectors.ts';

const s = suite('der/structures');

const Person = sequence('Person', {
  age: field(0, int32),
  nickName: optional(1, generalString),
  tall: defaulted(2, boolean, false),
});

s('SEQUENCE with EXPLICIT tags, OPTIONAL and DEFAULT', () => {
  vectors(Person, {
    correct: [
      [{ age: 5, tall: false }, hex`30 05 a0 03 02 01 05`],
      [{ age: 5, nickName: 'Al', tall: false }, hex`30 0b a0 03 02 01 05 a1 04 1b 02 41 6c`],
      [{ age: 5, tall: true }, hex`30 0a a0 03 02 01 05 a2 03 01 01 ff`],
    ],
    wrong: [
      ['age: expected [0], got the Person ends', hex`30 00`],
      ['age: expected [0], got [1]', hex`30 06 a1 04 1b 02 41 6c`],
      [
        '[1] is not expected in Person here',
        hex`30 10 a0 03 02 01 05 a2 03 01 01 ff a1 04 1b 02 41 6c`,
      ],
      ['[0] is not expected in Person here', hex`30 0a a0 03 02 01 05 a0 03 02 01 05`],
      ['[3] is not expected in Person here', hex`30 0a a0 03 02 01 05 a3 03 02 01 05`],
      ['tall: the default value is encoded', hex`30 0a a0 03 02 01 05 a2 03 01 01 00`],
      ['age: octets follow inside the tag', hex`30 08 a0 06 02 01 05 02 01 05`],
      ['age: expected INTEGER, but nothing is left', hex`30 02 a0 00`],
      ['age: expected INTEGER, got BOOLEAN', hex`30 05 a0 03 01 01 ff`],
      ['expected [0], got [0] primitive', hex`30 05 80 03 02 01 05`],
      ['expected SEQUENCE, got SEQUENCE primitive', hex`10 05 a0 03 02 01 05`],
      ['age: the length says 4 octets, 3 are left', hex`30 05 a0 04 02 01 05`],
    ],
  });
  assert.throws(() => encode(Person, { tall: true } as never), /Person\.age is missing/);
});

s('absent fields are absent keys', () => {
  const value = decode(Person, hex`30 05 a0 03 02 01 05`);
  assert.equal(Object.keys(value), ['age', 'tall']);
});

const Algorithm = sequence('Algorithm', {
  id: bare(integer),
  critical: bareDefaulted(boolean, false),
  parameters: bareOptional(any),
});

s('SEQUENCE with bare fields, the last of any type', () => {
  vectors(Algorithm, {
    correct: [
      [{ id: 1, critical: false }, hex`30 03 02 01 01`],
      [{ id: 1, critical: true, parameters: hex`05 00` }, hex`30 08 02 01 01 01 01 ff 05 00`],
      [
        { id: 1, critical: false, parameters: hex`30 03 02 01 07` },
        hex`30 08 02 01 01 30 03 02 01 07`,
      ],
    ],
    wrong: [
      ['id: expected INTEGER, got BOOLEAN', hex`30 03 01 01 ff`],
      ['critical: the default value is encoded', hex`30 06 02 01 01 01 01 00`],
      ['NULL is not expected in Algorithm here', hex`30 07 02 01 01 05 00 05 00`],
      ['parameters: the length says 3 octets', hex`30 07 02 01 01 30 02 02 03`],
    ],
  });
});

s('IMPLICIT tags keep the form of what they stand for', () => {
  const tagged = sequence('Tagged', {
    text: bare(implicit(0, octetString)),
    list: bareOptional(implicit(1, sequenceOf(integer))),
  });
  vectors(tagged, {
    correct: [
      [{ text: hex`aa` }, hex`30 03 80 01 aa`],
      [{ text: hex`aa`, list: [1, 2] }, hex`30 0b 80 01 aa a1 06 02 01 01 02 01 02`],
    ],
    wrong: [
      ['text: expected [0] primitive, got [0]', hex`30 05 a0 03 04 01 aa`],
      ['[1] primitive is not expected in Tagged here', hex`30 05 80 01 aa 81 00`],
    ],
  });
  const Either = choice('Either', { number: integer, octets: octetString });
  assert.throws(() => implicit(0, Either), /Either cannot be tagged IMPLICIT/);
  assert.throws(() => explicit(31, integer), /tag number 31/);
});

s('a CHOICE inside an EXPLICIT tag', () => {
  const Either = choice('Either', { number: integer, octets: octetString });
  const holder = sequence('Holder', { either: field(0, Either), more: optional(1, Either) });
  vectors(holder, {
    correct: [
      [{ either: { number: 5 } }, hex`30 05 a0 03 02 01 05`],
      [
        { either: { octets: hex`aa` }, more: { number: 1 } },
        hex`30 0a a0 03 04 01 aa a1 03 02 01 01`,
      ],
    ],
    wrong: [
      ['either: expected INTEGER or OCTET STRING, got NULL', hex`30 04 a0 02 05 00`],
      ['either: octets follow inside the tag', hex`30 08 a0 06 02 01 05 02 01 05`],
    ],
  });
});

s('EXPLICIT tags around EXPLICIT tags', () => {
  const twice = explicit(1, explicit(2, integer));
  vectors(twice, {
    correct: [[5, hex`a1 05 a2 03 02 01 05`]],
    wrong: [
      ['octets follow inside the tag', hex`a1 07 a2 03 02 01 05 05 00`],
      ['expected [2], got INTEGER', hex`a1 03 02 01 05`],
    ],
  });
  const aroundAny = explicit(1, any);
  vectors(aroundAny, {
    correct: [[hex`05 00`, hex`a1 02 05 00`]],
    wrong: [['octets follow inside the tag', hex`a1 04 05 00 05 00`]],
  });
});

s('types that may grow pass over what they do not know, and only at the end', () => {
  const Growing = sequence(
    'Growing',
    { a: field(0, integer), b: optional(1, integer) },
    { extensible: true },
  );
  const known = hex`30 05 a0 03 02 01 05`;
  assert.equal(decode(Growing, hex`30 0a a0 03 02 01 05 a7 03 02 01 05`), { a: 5 });
  assert.equal(decode(Growing, known), { a: 5 });
  assert.is(toHex(encode(Growing, { a: 5 })), toHex(known));
  assert.match(refusal(Growing, hex`30 05 a7 03 02 01 05`).message, 'a: expected [0], got [7]');
  assert.match(refusal(Growing, hex`30 09 a0 03 02 01 05 a7 02 02 01`).message, 'length says 1');
});

s('SEQUENCE OF', () => {
  vectors(sequenceOf(integer), {
    correct: [
      [[], hex`30 00`],
      [[1, 2], hex`30 06 02 01 01 02 01 02`],
    ],
    wrong: [
      ['[1]: expected INTEGER, got BOOLEAN', hex`30 06 02 01 01 01 01 ff`],
      ['[1]: the length says 2 octets, 1 are left', hex`30 06 02 01 01 02 02 00`],
    ],
  });
  const two = sequenceOf(integer, { max: 2 });
  vectors(two, {
    correct: [[[1, 2], hex`30 06 02 01 01 02 01 02`]],
    wrong: [['[2]: more than 2 elements', hex`30 09 02 01 01 02 01 02 02 01 03`]],
  });
  assert.throws(() => encode(two, [1, 2, 3]), /3 elements, at most 2/);
});

s('SET OF is sorted when written, and refused in any other order', () => {
  const set = setOf(octetString);
  assert.is(
    toHex(encode(set, [hex`02`, hex`01 00`, hex`01`])),
    '310a 040101 040102 04020100'.replaceAll(' ', ''),
  );
  vectors(set, {
    correct: [[[hex`01`, hex`02`, hex`01 00`], hex`31 0a 04 01 01 04 01 02 04 02 01 00`]],
    wrong: [
      ['SET OF is not in ascending order', hex`31 06 04 01 02 04 01 01`],
      ['expected SET, got SEQUENCE', hex`30 00`],
    ],
  });
  assert.equal(
    decode(set, hex`31 06 04 01 01 04 01 01`),
    [hex`01`, hex`01`],
    'equal ones may repeat',
  );
  assert.throws(() => encode(setOf(integer, { max: 0 }), [1]), /1 elements, at most 0/);
});

s('APPLICATION tags name messages', () => {
  const message = application('Message', 10, Person);
  vectors(message, {
    correct: [[{ age: 5, tall: false }, hex`6a 07 30 05 a0 03 02 01 05`]],
    wrong: [
      ['expected [APPLICATION 10], got [APPLICATION 11]', hex`6b 07 30 05 a0 03 02 01 05`],
      ['octets follow inside the tag', hex`6a 09 30 05 a0 03 02 01 05 05 00`],
    ],
  });
  assert.is(message.type, 'Message');
  assert.is(alias('Years', integer).type, 'Years');
});

s('what is encoded is decoded to the same value', () => {
  const everything = sequence('Everything', {
    person: field(0, Person),
    algorithm: optional(1, Algorithm),
    set: field(2, setOf(octetString, { max: 3 })),
    implicit: bareOptional(implicit(3, Person)),
  });
  fc.assert(
    fc.property(arbitrary(everything), (value) => {
      const bytes = encode(everything, value);
      const decoded = decode(everything, bytes);
      assert.equal(decoded, value);
      assert.equal(encode(everything, decoded), bytes);
    }),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
