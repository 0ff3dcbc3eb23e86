/**
 * Key pairs that depend on a seed and a label only, so that the same scenario signs with the same
 * keys on any machine. For simulated worlds: who knows the seed knows the keys.
 */
import { createECDH, createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { CURVES, type CurveName } from './curves.ts';
import { plain } from './digest.ts';
import { gcd, integerOf, inverse, octetsOf } from './integer.ts';
import { primeFrom } from './prime.ts';
import { seededRandom } from './random.ts';

export interface KeyPair {
  /** PrivateKeyInfo (RFC 5208), DER. */
  readonly pkcs8: Uint8Array;
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1), DER. */
  readonly spki: Uint8Array;
}

const E = 65537n;

/**
 * An RSA key of `bits` bits (a multiple of 128, at least 512) and exponent 65537. RSA-2048 takes
 * half as long as `generateKeyPairSync` (bench `sign`), still tens of milliseconds: keep it.
 */
export function rsaKeyPair(seed: number | string, label: string, bits = 2048): KeyPair {
  if (bits % 128 !== 0 || bits < 512) {
    throw new RangeError(`RSA keys here have 512 bits or more, in steps of 128, not ${bits}`);
  }
  const random = seededRandom(seed, `rsa-${bits}/${label}`);
  const a = primeFrom(random, bits / 2, E);
  let b = primeFrom(random, bits / 2, E);
  while (b === a) b = primeFrom(random, bits / 2, E);
  const [p, q] = a > b ? [a, b] : [b, a];
  const text = (value: bigint, size: number) =>
    Buffer.from(octetsOf(value, size)).toString('base64url');
  // RFC 8017 section 3.2: d by the Carmichael function, as FIPS 186-5 appendix A.1.1 asks.
  const d = inverse(E, ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n));
  const whole = bits / 8;
  const half = bits / 16;
  return fromJwk({
    kty: 'RSA',
    n: text(p * q, whole),
    e: 'AQAB',
    d: text(d, whole),
    p: text(p, half),
    q: text(q, half),
    dp: text(d % (p - 1n), half),
    dq: text(d % (q - 1n), half),
    qi: text(inverse(q, p), half),
  });
}

/** A key on one of the curves: the first candidate of the stream that lies in 1 .. order - 1. */
export function ecKeyPair(seed: number | string, label: string, curve: CurveName): KeyPair {
  const { openssl, order, bits, size } = CURVES[curve];
  const random = seededRandom(seed, `${curve}/${label}`);
  for (;;) {
    const d = integerOf(random(size)) >> BigInt(8 * size - bits);
    if (d === 0n || d >= order) continue;
    const secret = Buffer.from(octetsOf(d, size));
    const ecdh = createECDH(openssl);
    ecdh.setPrivateKey(secret);
    const point = ecdh.getPublicKey(); // 04, x, y
    return fromJwk({
      kty: 'EC',
      crv: curve,
      d: secret.toString('base64url'),
      x: point.subarray(1, 1 + size).toString('base64url'),
      y: point.subarray(1 + size).toString('base64url'),
    });
  }
}

function fromJwk(jwk: JsonWebKey): KeyPair {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    pkcs8: plain(key.export({ format: 'der', type: 'pkcs8' })),
    spki: plain(createPublicKey(key).export({ format: 'der', type: 'spki' })),
  };
}

/** The public half of a private key that was kept. @throws when the octets are no PKCS#8 key. */
export function keyPairOf(pkcs8: Uint8Array): KeyPair {
  const der = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { pkcs8, spki: plain(createPublicKey(key).export({ format: 'der', type: 'spki' })) };
}
