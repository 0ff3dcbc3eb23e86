import { createECDH } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { CURVES, type CurveName } from '../../../src/crypto/curves.ts';
import { ecdhPublic, ecdhSecret, ecdhShared } from '../../../src/crypto/ecdh.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('crypto/ecdh');

s('RFC 5903 section 8.1: P-256', () => {
  const i = fromHex('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433');
  const r = fromHex('c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53');
  const gi = ecdhPublic('P-256', i);
  assert.is(
    toHex(gi),
    '04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
  );
  const z = 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de';
  assert.is(toHex(ecdhShared('P-256', r, gi) ?? new Uint8Array()), z);
  assert.is(toHex(ecdhShared('P-256', i, ecdhPublic('P-256', r)) ?? new Uint8Array()), z);
});

for (const curve of Object.keys(CURVES) as CurveName[]) {
  s(`${curve}: both sides come to the same secret, and node:crypto with them`, () => {
    const random = seededRandom(1, curve);
    const secret = ecdhSecret(curve, random);
    const other = createECDH(CURVES[curve].openssl);
    other.generateKeys();
    const z = ecdhShared(curve, secret, new Uint8Array(other.getPublicKey())) as Uint8Array;
    assert.is(z.length, CURVES[curve].size);
    assert.is(toHex(z), toHex(new Uint8Array(other.computeSecret(ecdhPublic(curve, secret)))));
  });

  s(`${curve}: octets that are no point`, () => {
    const secret = ecdhSecret(curve, seededRandom(1, curve));
    const point = ecdhPublic(curve, secret);
    const { size } = CURVES[curve];
    const off = point.slice();
    off[2 * size] = (off[2 * size] as number) ^ 1;
    assert.is(ecdhShared(curve, secret, off), undefined, 'beside the curve');
    assert.is(ecdhShared(curve, secret, point.subarray(1)), undefined);
    assert.is(ecdhShared(curve, secret, new Uint8Array([0])), undefined, 'the point at infinity');
    const compressed = new Uint8Array([2, ...point.subarray(1, 1 + size)]);
    assert.is(ecdhShared(curve, secret, compressed), undefined);
  });
}

s.run();
