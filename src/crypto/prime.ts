/** Primes from a stream of octets: the same stream gives the same prime on any machine. */
import { checkPrimeSync } from 'node:crypto';
import { gcd, integerOf } from './integer.ts';
import type { RandomSource } from './random.ts';

/** Odd primes below 20,000: what they do not divide is prime with a chance of about 1 in 40. */
const SMALL = smallPrimes(20_000);
/** Odd numbers looked at from one starting point on; one in 355 of 1,024 bits is prime. */
const SPAN = 4096;
/** Miller-Rabin rounds, beside those that OpenSSL chooses for itself; an error is then < 2^-128. */
const CHECKS = 5;

/**
 * The first prime p of `bits` bits from a random starting point on with gcd(p - 1, e) = 1. Its two
 * highest bits are set, so that the product of two has twice the bits.
 *
 * @param bits a multiple of 8, at least 64
 */
export function primeFrom(random: RandomSource, bits: number, e: bigint): bigint {
  if (bits % 8 !== 0 || bits < 64) {
    throw new RangeError(`primes here have 64 bits or more, in whole octets, not ${bits}`);
  }
  for (;;) {
    const octets = random(bits / 8);
    octets[0] = (octets[0] as number) | 0xc0;
    octets[octets.length - 1] = (octets[octets.length - 1] as number) | 1;
    const start = integerOf(octets);
    const composite = sieved(start);
    for (let i = 0; i < SPAN; i++) {
      if (composite[i] === 1) continue;
      const candidate = start + 2n * BigInt(i);
      if (candidate >> BigInt(bits) !== 0n) break;
      if (gcd(candidate - 1n, e) !== 1n) continue;
      if (checkPrimeSync(candidate, { checks: CHECKS })) return candidate;
    }
  }
}

/** Marks the odd numbers start, start + 2, ... that a small prime divides. */
function sieved(start: bigint): Uint8Array {
  const composite = new Uint8Array(SPAN);
  for (const p of SMALL) {
    // The first i with start + 2 i = 0 (mod p); the inverse of 2 is (p + 1) / 2.
    const rest = Number(start % BigInt(p));
    for (let i = (((p - rest) % p) * ((p + 1) / 2)) % p; i < SPAN; i += p) composite[i] = 1;
  }
  return composite;
}

/** Odd primes below `limit`, by the sieve of Eratosthenes. */
function smallPrimes(limit: number): readonly number[] {
  const composite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let p = 3; p < limit; p += 2) {
    if (composite[p] === 1) continue;
    primes.push(p);
    for (let multiple = p * p; multiple < limit; multiple += 2 * p) composite[multiple] = 1;
  }
  return primes;
}
