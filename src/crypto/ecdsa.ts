/**
 * Deterministic ECDSA (RFC 6979): the same key and message give the same signature, which OpenSSL
 * before 3.2 cannot do and Node does not offer. The curve arithmetic is OpenSSL's all the same.
 *
 * Not constant in time (BigInt is not): for simulated keys, not for keys worth an attack.
 */
import { createECDH, type KeyObject } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { type Curve, curveByOpensslName } from './curves.ts';
import { DIGESTS, type DigestName, digest, hmac } from './digest.ts';
import { integerOf, inverse, modulo, octetsOf } from './integer.ts';

export interface EcdsaKey {
  sign(name: DigestName, data: Uint8Array, encoding: 'der' | 'ieee-p1363'): Uint8Array;
  /** A digest made elsewhere, by whatever algorithm; r and s one after the other. */
  signDigest(hashed: Uint8Array): Uint8Array;
}

/** @throws RangeError for keys on other curves than those of {@link Curve}. */
export function ecdsaKey(key: KeyObject): EcdsaKey {
  const curve = curveByOpensslName(key.asymmetricKeyDetails?.namedCurve);
  const { d } = key.export({ format: 'jwk' });
  if (curve === undefined || d === undefined) {
    throw new RangeError('not a private key on P-256, P-384 or P-521');
  }
  const secret = integerOf(Buffer.from(d, 'base64url'));
  const ecdh = createECDH(curve.openssl);

  const signed = (name: DigestName, hashed: Uint8Array): Uint8Array => {
    const e = integerOfBits(hashed, curve);
    for (const k of candidates(name, curve, secret, hashed)) {
      ecdh.setPrivateKey(octetsOf(k, curve.size));
      const point = ecdh.getPublicKey(); // 04, x, y
      const r = modulo(integerOf(point.subarray(1, 1 + curve.size)), curve.order);
      const s = modulo(inverse(k, curve.order) * (e + r * secret), curve.order);
      if (r === 0n || s === 0n) continue;
      return joined(r, s, curve);
    }
    throw new Error('unreachable: the candidates have no end');
  };

  return {
    sign(name, data, encoding) {
      const made = signed(name, digest(name, data));
      return encoding === 'der' ? derSignature(made) : made;
    },
    signDigest: (hashed) => signed(OF_LENGTH[hashed.length] ?? 'sha256', hashed),
  };
}

/** The digest that HMAC has for k is the message's (RFC 6979 section 3.6): its length says which. */
const OF_LENGTH: Readonly<Record<number, DigestName>> = {
  20: 'sha1',
  48: 'sha384',
  64: 'sha512',
};

/** bits2int of RFC 6979 section 2.3.2: the leftmost bits, as many as the order has. */
function integerOfBits(octets: Uint8Array, curve: Curve): bigint {
  const extra = 8 * octets.length - curve.bits;
  return extra > 0 ? integerOf(octets) >> BigInt(extra) : integerOf(octets);
}

/** The values for k, in their order (RFC 6979 section 3.2). */
function* candidates(
  name: DigestName,
  curve: Curve,
  secret: bigint,
  hashed: Uint8Array,
): Generator<bigint, never> {
  const { size } = DIGESTS[name];
  const seed = concat(
    octetsOf(secret, curve.size),
    octetsOf(modulo(integerOfBits(hashed, curve), curve.order), curve.size),
  );
  let v: Uint8Array = new Uint8Array(size).fill(1);
  let k: Uint8Array = new Uint8Array(size);
  for (const step of [0, 1]) {
    k = hmac(name, k, concat(v, new Uint8Array([step]), seed));
    v = hmac(name, k, v);
  }
  for (;;) {
    let t = new Uint8Array(0);
    while (t.length * 8 < curve.bits) {
      v = hmac(name, k, v);
      t = concat(t, v) as Uint8Array<ArrayBuffer>;
    }
    const candidate = integerOfBits(t, curve);
    if (candidate > 0n && candidate < curve.order) yield candidate;
    k = hmac(name, k, concat(v, new Uint8Array(1)));
    v = hmac(name, k, v);
  }
}

function joined(r: bigint, s: bigint, { size }: Curve): Uint8Array {
  return concat(octetsOf(r, size), octetsOf(s, size));
}

/** Ecdsa-Sig-Value (RFC 3279 section 2.2.3) of r and s one after the other (RFC 7518, WebCrypto). */
export function derSignature(joinedOctets: Uint8Array): Uint8Array {
  const half = joinedOctets.length / 2;
  const content = concat(
    integer(joinedOctets.subarray(0, half)),
    integer(joinedOctets.subarray(half)),
  );
  const { length } = content;
  return concat(new Uint8Array(length < 128 ? [0x30, length] : [0x30, 0x81, length]), content);
}

/** DER INTEGER of a positive number that has no more than 127 octets. */
function integer(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const value = octets.subarray(start);
  const sign = (value[0] as number) >= 0x80 ? 1 : 0;
  const out = new Uint8Array(2 + sign + value.length);
  out[0] = 0x02;
  out[1] = sign + value.length;
  out.set(value, 2 + sign);
  return out;
}
