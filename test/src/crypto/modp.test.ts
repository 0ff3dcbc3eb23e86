import { createDiffieHellman, getDiffieHellman } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equal, toHex } from '../../../src/bytes/bytes.ts';
import { integerOf, octetsOf } from '../../../src/crypto/integer.ts';
import {
  MODP_NAMES,
  modpGroup,
  modpPublic,
  modpSecret,
  modpShared,
} from '../../../src/crypto/modp.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('crypto/modp');

/**
 * The primes by their formulas, 2^n - 2^(n-64) - 1 + 2^64 ([2^(n-130) pi] + k): RFC 2409 §6.2, RFC 3526 §3
 * and §5. Here their first and last octets, which pi does not touch, and their sizes.
 */
/** g^e mod p by squaring, another way than OpenSSL's. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}

const SIZES = { 'modp-2': 128, 'modp-14': 256, 'modp-16': 512 } as const;

for (const name of MODP_NAMES) {
  s(`${name}: a safe prime of the form that the RFCs give`, () => {
    const { p, q, g, size, bits } = modpGroup(name);
    assert.is(size, SIZES[name]);
    assert.is(bits, 8 * size);
    assert.is(toHex(p.subarray(0, 8)), 'ffffffffffffffff');
    assert.is(toHex(p.subarray(-8)), 'ffffffffffffffff');
    // Pi in binary begins 11.0010010000111111011010101000100010000101...
    assert.is(toHex(p.subarray(8, 16)), 'c90fdaa22168c234');
    assert.equal(g, new Uint8Array([2]));
    assert.is(2n * integerOf(q) + 1n, integerOf(p));
  });
}

s('the primes that node:crypto has by its own names', () => {
  for (const name of MODP_NAMES) {
    const theirs = getDiffieHellman(name.replace('-', '')).getPrime();
    assert.equal(modpGroup(name).p, new Uint8Array(theirs), name);
  }
});

for (const name of MODP_NAMES) {
  s(`${name}: the same numbers as by plain squaring, whatever secret came before`, () => {
    const random = seededRandom(1, name);
    const prime = integerOf(modpGroup(name).p);
    const [a, b] = [modpSecret(name, random), modpSecret(name, random)];
    for (const secret of [a, b, a]) {
      const e = integerOf(secret);
      assert.is(integerOf(modpPublic(name, secret)), power(2n, e, prime));
      // Both kinds of values: squares, as 4 is, and others, of which one is among small primes.
      for (const peer of [3n, 4n, 5n, 7n, 11n, prime - 2n]) {
        const z = modpShared(name, secret, octetsOf(peer, modpGroup(name).size));
        assert.ok(z === undefined || integerOf(z) === power(peer, e, prime));
        if (peer === 4n) assert.ok(z);
      }
    }
  });
}

s('a secret is never 0, and longer where the group is stronger', () => {
  let calls = 0;
  const random = (size: number) => new Uint8Array(size).fill(calls++);
  assert.equal(modpSecret('modp-14', random), new Uint8Array(32).fill(1));
  assert.is(modpSecret('modp-16', random).length, 42);
});

s('both sides come to the same secret, and node:crypto with them', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (a, b) => {
        if (integerOf(a) === 0n || integerOf(b) === 0n) return;
        const { p, g } = modpGroup('modp-14');
        const z = modpShared('modp-14', a, modpPublic('modp-14', b)) as Uint8Array;
        assert.ok(equal(z, modpShared('modp-14', b, modpPublic('modp-14', a)) as Uint8Array));
        const other = createDiffieHellman(Buffer.from(p), Buffer.from(g));
        other.setPrivateKey(a);
        const theirs = other.computeSecret(modpPublic('modp-14', b));
        assert.is(integerOf(theirs), integerOf(z));
      },
    ),
    { seed: 1, numRuns: 20 },
  );
});

s('shared secrets keep their leading zeros', () => {
  const { size } = modpGroup('modp-2');
  // 2^3 to the power of 1.
  const z = modpShared('modp-2', new Uint8Array([1]), new Uint8Array([8])) as Uint8Array;
  assert.is(z.length, size);
  assert.is(integerOf(z), 8n);
});

s('values outside 2 .. p - 2 are refused', () => {
  const { p, size } = modpGroup('modp-14');
  const prime = integerOf(p);
  const secret = new Uint8Array([3]);
  for (const value of [0n, 1n, prime - 1n, prime, prime + 1n]) {
    assert.is(modpShared('modp-14', secret, octetsOf(value, size + 1)), undefined, String(value));
  }
  assert.is(modpShared('modp-14', secret, new Uint8Array(0)), undefined);
  assert.is(modpShared('modp-14', secret, new Uint8Array(size + 1).fill(1)), undefined);
  assert.ok(modpShared('modp-14', secret, octetsOf(prime - 2n, size)));
  assert.ok(modpShared('modp-14', secret, new Uint8Array([2])));
});

s.run();
