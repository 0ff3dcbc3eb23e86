/** Elliptic curve Diffie-Hellman (SEC 1 §3.3.1) with secrets that come from outside, as RFC 5349 uses it. */
import { createECDH } from 'node:crypto';
import { CURVES, type CurveName } from './curves.ts';
import { plain } from './digest.ts';
import { integerOf, octetsOf } from './integer.ts';

/** A private number in 1 .. order - 1, as many octets as the order has. @param random as `Env` has it */
export function ecdhSecret(curve: CurveName, random: (size: number) => Uint8Array): Uint8Array {
  const { order, bits, size } = CURVES[curve];
  for (;;) {
    const d = integerOf(random(size)) >> BigInt(8 * size - bits);
    if (d !== 0n && d < order) return octetsOf(d, size);
  }
}

/** The public point, uncompressed: 04, x, y. */
export function ecdhPublic(curve: CurveName, secret: Uint8Array): Uint8Array {
  const ecdh = createECDH(CURVES[curve].openssl);
  ecdh.setPrivateKey(secret);
  return plain(ecdh.getPublicKey());
}

/**
 * The x-coordinate of the shared point, as many octets as the field has. Undefined when the peer's octets
 * are no point of the curve in uncompressed form.
 */
export function ecdhShared(
  curve: CurveName,
  secret: Uint8Array,
  point: Uint8Array,
): Uint8Array | undefined {
  const { openssl, size } = CURVES[curve];
  if (point.length !== 1 + 2 * size || point[0] !== 4) return undefined;
  const ecdh = createECDH(openssl);
  ecdh.setPrivateKey(secret);
  try {
    return plain(ecdh.computeSecret(point));
  } catch {
    return undefined; // not on the curve
  }
}
