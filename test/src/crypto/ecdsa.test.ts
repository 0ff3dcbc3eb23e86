import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  verify,
} from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { CURVES } from '../../../src/crypto/curves.ts';
import { ecdsaKey } from '../../../src/crypto/ecdsa.ts';
import { octetsOf } from '../../../src/crypto/integer.ts';

const s = suite('ecdsa');

function jwk(crv: string, d: Uint8Array, x: Uint8Array, y: Uint8Array) {
  const text = (octets: Uint8Array) => Buffer.from(octets).toString('base64url');
  const key = { kty: 'EC', crv, d: text(d), x: text(x), y: text(y) };
  return createPrivateKey({ key, format: 'jwk' });
}

// RFC 6979 appendix A.2.5
const p256 = jwk(
  'P-256',
  hex`C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721`,
  hex`60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6`,
  hex`7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`,
);

for (const [digest, message, expected] of [
  [
    'sha256',
    'sample',
    'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  ],
  [
    'sha256',
    'test',
    'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
  ],
] as const) {
  s(`RFC 6979 A.2.5: ${digest}, "${message}"`, () => {
    assert.is(toHex(ecdsaKey(p256).sign(digest, utf8(message), 'ieee-p1363')), expected);
  });
}

for (const { name, openssl, order, size, bits } of Object.values(CURVES)) {
  s(`the order of ${name} is the one that OpenSSL has`, () => {
    assert.is(order.toString(2).length, bits);
    const ecdh = createECDH(openssl);
    const point = (k: bigint) => {
      ecdh.setPrivateKey(octetsOf(k, size));
      return ecdh.getPublicKey('hex');
    };
    // (n - 1) G = -G has the abscissa of G.
    assert.is(point(order - 1n).slice(2, 2 + 2 * size), point(1n).slice(2, 2 + 2 * size));
    assert.throws(() => point(order), /not valid|Invalid/i);
  });
}

for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
  for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
    s(`OpenSSL verifies ${namedCurve} with ${digest}, in both encodings`, () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve });
      const own = ecdsaKey(privateKey);
      const key = createPublicKey(privateKey);
      for (let i = 0; i < 10; i++) {
        const data = utf8(`message ${i}`);
        for (const dsaEncoding of ['der', 'ieee-p1363'] as const) {
          const signature = own.sign(digest, data, dsaEncoding);
          assert.equal(own.sign(digest, data, dsaEncoding), signature);
          assert.ok(verify(digest, data, { key, dsaEncoding }, signature));
          assert.not.ok(verify(digest, utf8('other'), { key, dsaEncoding }, signature));
        }
      }
    });
  }
}

s('refuses what is no key on a known curve', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  assert.throws(() => ecdsaKey(privateKey), /P-256, P-384 or P-521/);
  assert.throws(() => ecdsaKey(createPublicKey(p256)), /not a private key/);
});

s.run();
