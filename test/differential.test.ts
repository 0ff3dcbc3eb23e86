/** Every message that we encode, read by another's parser: asn1js must see the same elements in it. */
import * as asn1js from 'asn1js';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as fast from '../protocols/kerberos/fast-messages.ts';
import * as kerberos from '../protocols/kerberos/messages.ts';
import * as s4u from '../protocols/kerberos/s4u-messages.ts';
import * as transport from '../protocols/kerberos/transport-messages.ts';
import { toHex } from '../src/bytes/bytes.ts';
import { type Codec, encode, type Shape } from '../src/der/codec.ts';
import { explain, type Field } from '../src/der/explain.ts';
import { explainGeneric } from '../src/der/generic.ts';
import { arbitrary } from './arbitrary.ts';

const FIXED = { seed: 2, numRuns: 25 };
const s = suite('differential');

const CODECS: readonly Codec<unknown>[] = [kerberos, fast, s4u, transport].flatMap(
  (module) => Object.values(module) as Codec<unknown>[],
);

/** asn1js' own reading; fails when it finds anything wrong. */
function parsed(bytes: Uint8Array): asn1js.AsnType {
  const { offset, result } = asn1js.fromBER(bytes);
  assert.is(result.error, '', toHex(bytes));
  assert.is(offset, bytes.length, toHex(bytes));
  return result;
}

s('asn1js takes every encoding whole, and writes the same octets', () => {
  assert.ok(CODECS.length > 50, `${CODECS.length} codecs`);
  for (const codec of CODECS) {
    fc.assert(
      fc.property(arbitrary(codec), (value) => {
        const bytes = encode(codec, value);
        assert.is(toHex(new Uint8Array(parsed(bytes).toBER())), toHex(bytes), codec.type);
      }),
      FIXED,
    );
  }
});

s('asn1js sees an element wherever we say that one is, and the same numbers', () => {
  for (const codec of CODECS) {
    fc.assert(
      fc.property(arbitrary(codec), (value) => {
        const bytes = encode(codec, value);
        const theirs = new Map(
          explainGeneric(bytes).map((row) => [`${row.start}-${row.end}`, row]),
        );
        for (const ours of explain(codec, bytes)) {
          assert.ok(theirs.has(`${ours.start}-${ours.end}`), `${codec.type}: ${ours.path}`);
        }
        assert.equal(
          numbersOf(explain(codec, bytes)),
          numbersOf(explainGeneric(bytes)),
          codec.type,
        );
      }),
      FIXED,
    );
  }
});

/** Numbers and truth values in order; what stands in OCTET STRINGs is no element of ours. */
function numbersOf(rows: readonly Field[]): unknown[] {
  return rows
    .filter(({ path, type }) => !path.includes('.*') && !/flags|options/i.test(type))
    .map(({ value }) => value)
    .filter((value) => typeof value === 'number' || typeof value === 'boolean');
}

s('every kind of field occurs in what was compared', () => {
  const kinds = new Set<Shape['kind']>();
  const visit = (codec: Codec<unknown>): void => {
    const { shape } = codec;
    kinds.add(shape.kind);
    if (shape.kind === 'fields') for (const field of shape.fields) visit(field.codec);
    else if (shape.kind === 'list' || shape.kind === 'wrapped') visit(shape.of);
    else if (shape.kind === 'tags') for (const one of shape.of) visit(one);
    else if (shape.kind === 'choice') Object.values(shape.alternatives).forEach(visit);
  };
  CODECS.forEach(visit);
  for (const kind of [
    'integer',
    'boolean',
    'octets',
    'flags',
    'text',
    'time',
    'choice',
    'tags',
  ] as const) {
    assert.ok(kinds.has(kind), kind);
  }
});

s.run();
