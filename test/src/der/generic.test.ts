import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { explainGeneric } from '../../../src/der/generic.ts';
import { bigInteger, int32, oid } from '../../../src/der/primitives.ts';
import { any } from '../../../src/der/raw.ts';
import { field, sequence, sequenceOf } from '../../../src/der/structures.ts';
import { bmpString, utf8String } from '../../../src/der/text.ts';
import { generalizedTime, utcTime } from '../../../src/der/time.ts';

const s = suite('der/generic');

s('elements without a schema, with offsets and values', () => {
  const rows = explainGeneric(hex`30 0c 02 01 05 a0 05 1b 03 61 62 63 80 00`);
  assert.equal(rows, [
    { path: 'ASN.1', type: 'SEQUENCE', start: 0, end: 14 },
    { path: 'ASN.1[0]', type: 'INTEGER', start: 2, end: 5, value: 5 },
    { path: 'ASN.1[1]', type: '[0]', start: 5, end: 12 },
    { path: 'ASN.1[1][0]', type: 'GeneralString', start: 7, end: 12, value: 'abc' },
    { path: 'ASN.1[2]', type: '[0] primitive', start: 12, end: 14, value: '' },
  ]);
});

s('values of the universal types', () => {
  const time = Date.UTC(2026, 2, 2, 8);
  const cases: readonly (readonly [Uint8Array, unknown])[] = [
    [hex`01 01 ff`, true],
    [hex`05 00`, null],
    [encode(int32, -129), -129],
    [encode(bigInteger, 2n ** 80n), String(2n ** 80n)],
    [encode(oid, '1.2.840.113549'), '1.2.840.113549'],
    [encode(utf8String, 'Zoë'), 'Zoë'],
    [encode(bmpString, 'User'), 'User'],
    [encode(generalizedTime, time), '2026-03-02T08:00:00Z'],
    [encode(utcTime, time), '2026-03-02T08:00:00Z'],
    [hex`03 02 04 f0`, '04f0'],
    [hex`0a 01 02`, 2],
  ];
  for (const [bytes, value] of cases) {
    const [row, ...more] = explainGeneric(bytes);
    assert.equal(row?.value, value, toHex(bytes));
    assert.is(more.length, 0);
  }
});

s('elements inside OCTET STRINGs are shown below them, with offsets of the whole', () => {
  const inner = encode(sequence('Inner', { a: field(0, int32) }), { a: 7 });
  const outer = concat(Uint8Array.of(0x30, inner.length + 2, 0x04, inner.length), inner);
  const rows = explainGeneric(outer, 'padata');
  const last = rows.at(-1);
  assert.equal(last, { path: 'padata[0].*[0][0]', type: 'INTEGER', start: 8, end: 11, value: 7 });
  assert.equal(explainGeneric(hex`04 02 30 05`), [
    { path: 'ASN.1', type: 'OCTET STRING', start: 0, end: 4, value: '3005' },
  ]);
});

s('octets that are no BER are shown as such', () => {
  for (const bytes of [hex``, hex`ff`, hex`30 05 02`, hex`02 01 05 00`, hex`30 03 02 02 05`]) {
    assert.equal(explainGeneric(bytes), [
      { path: 'ASN.1', type: 'octets', start: 0, end: bytes.length, value: toHex(bytes) },
    ]);
  }
});

s('depth and size end it, not the stack', () => {
  let nested = hex`05 00`;
  for (let i = 0; i < 2000; i++) nested = encode(sequenceOf(any), [nested]);
  assert.is(explainGeneric(nested)[0]?.type, 'octets');
});

s('never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const rows = explainGeneric(bytes);
      assert.ok(rows.length > 0);
      for (const { start, end } of rows) assert.ok(start <= end && end <= bytes.length);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

s.run();
