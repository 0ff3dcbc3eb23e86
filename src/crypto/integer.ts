/** Arithmetic with large integers, and their octets (I2OSP and OS2IP of RFC 8017 section 4). */
import { fromHex, toHex } from '../bytes/bytes.ts';

/** Most significant octet first. */
export function integerOf(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${toHex(octets)}`);
}

/** `size` octets, most significant first. @throws RangeError when the value needs more. */
export function octetsOf(value: bigint, size: number): Uint8Array {
  const digits = value.toString(16).padStart(2 * size, '0');
  if (value < 0n || digits.length > 2 * size) {
    throw new RangeError(`${value} does not fit into ${size} octets`);
  }
  return fromHex(digits);
}

/** `a` in 0 .. n-1. */
export function modulo(a: bigint, n: bigint): bigint {
  const rest = a % n;
  return rest < 0n ? rest + n : rest;
}

/** The x with a x = 1 (mod n), by the extended Euclidean algorithm. @throws when there is none. */
export function inverse(a: bigint, n: bigint): bigint {
  let [r0, r1] = [n, modulo(a, n)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  if (r0 !== 1n) throw new RangeError(`${a} has no inverse modulo ${n}`);
  return modulo(t0, n);
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
