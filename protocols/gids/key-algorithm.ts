/** What the lower half of an algorithm reference says: the kind of key and its size. */
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';

const RSA: Readonly<Record<number, number>> = { 1024: 6, 2048: 7, 3072: 8, 4096: 9 };
const EC: Readonly<Record<string, number>> = { 'P-256': 0xc, 'P-384': 0xd, 'P-521': 0xe };

/** Undefined: there is no number for such a key. */
export function keyAlgorithm(key: PublicKeyKind): number | undefined {
  return key.type === 'rsa' ? RSA[key.bits] : EC[key.curve];
}

/** Bits as the container map has them. */
export function keyBits(key: PublicKeyKind): number {
  return key.type === 'rsa' ? key.bits : Number(key.curve.slice('P-'.length));
}
