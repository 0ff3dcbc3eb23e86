import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, equal, fromHex } from '../../../src/bytes/bytes.ts';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { ecSpki, publicKeyKind, publicKeyObject, rsaSpki } from '../../../src/crypto/public-key.ts';

const s = suite('crypto/public-key');

s('an RSA key taken apart and put together', () => {
  const { spki } = rsaKeyPair(1, 'public-key');
  const kind = publicKeyKind(spki);
  assert.ok(kind?.type === 'rsa');
  if (kind?.type !== 'rsa') return;
  assert.is(kind.bits, 2048);
  assert.is(kind.modulus.length, 256);
  assert.equal(kind.exponent, fromHex('010001'));
  assert.equal(rsaSpki(kind.modulus, kind.exponent), spki);
});

s('keys on every curve', () => {
  for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
    const { spki } = ecKeyPair(1, 'public-key', curve);
    const kind = publicKeyKind(spki);
    assert.ok(kind?.type === 'ec' && kind.curve === curve);
    if (kind?.type === 'ec') assert.equal(ecSpki(curve, kind.point), spki);
  }
});

s('exponents that are in use, and moduli whose last octet says nothing', () => {
  for (const exponent of ['03', '11', '010001', '0100000001']) {
    const kind = publicKeyKind(rsaSpki(new Uint8Array(256).fill(0xff), fromHex(exponent)));
    assert.ok(kind?.type === 'rsa');
    if (kind?.type === 'rsa') assert.equal(kind.exponent, fromHex(exponent));
  }
});

s('a key is read once', () => {
  const { spki } = rsaKeyPair(1, 'public-key');
  assert.is(publicKeyObject(spki), publicKeyObject(spki.slice()));
});

s('what is no key that anybody uses', () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  const { spki } = rsaKeyPair(1, 'public-key');
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['another kind', new Uint8Array(other)],
    ['another curve', new Uint8Array(curve.export({ format: 'der', type: 'spki' }))],
    ['octets behind it', concat(spki, new Uint8Array(1))],
    ['cut short', spki.subarray(0, -1)],
    ['far too large', rsaSpki(new Uint8Array(1200).fill(0xff), fromHex('010001'))],
    ['an even modulus', rsaSpki(new Uint8Array(256).fill(0xfe), fromHex('010001'))],
    ['the exponent 1', rsaSpki(new Uint8Array(256).fill(0xff), fromHex('01'))],
    ['an even exponent', rsaSpki(new Uint8Array(256).fill(0xff), fromHex('010000'))],
    ['a long exponent', rsaSpki(new Uint8Array(256).fill(0xff), fromHex('0200000001'))],
    [
      'an exponent that only costs time',
      rsaSpki(new Uint8Array(256).fill(0xff), new Uint8Array(200).fill(0xff)),
    ],
  ];
  for (const [name, octets] of cases) assert.is(publicKeyKind(octets), undefined, name);
});

s('whatever the octets are, they are a key or none', () => {
  const { spki } = ecKeyPair(1, 'public-key', 'P-256');
  fc.assert(
    fc.property(fc.nat(spki.length - 1), fc.nat(255), (at, octet) => {
      const broken = spki.slice();
      broken[at] = octet;
      const kind = publicKeyKind(broken);
      if (equal(broken, spki)) assert.is(kind?.type, 'ec');
    }),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
