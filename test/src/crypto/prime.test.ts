import { checkPrimeSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gcd, integerOf, inverse, modulo, octetsOf } from '../../../src/crypto/integer.ts';
import { primeFrom } from '../../../src/crypto/prime.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('prime');

s('finds the first prime from the starting point on', () => {
  for (let seed = 0; seed < 20; seed++) {
    const octets = seededRandom(seed, 'p')(8);
    octets[0] = (octets[0] as number) | 0xc0;
    octets[7] = (octets[7] as number) | 1;
    let expected = integerOf(octets);
    while (!(checkPrimeSync(expected) && gcd(expected - 1n, 65537n) === 1n)) expected += 2n;
    assert.is(primeFrom(seededRandom(seed, 'p'), 64, 65537n), expected);
  }
});

s('has as many bits as asked for, the two highest set, and suits the exponent', () => {
  for (const bits of [64, 128, 512]) {
    for (const e of [3n, 65537n]) {
      const p = primeFrom(seededRandom(3, `${bits}`), bits, e);
      assert.is(p.toString(2).length, bits);
      assert.is(p >> BigInt(bits - 2), 3n);
      assert.ok(checkPrimeSync(p));
      assert.is(gcd(p - 1n, e), 1n);
    }
  }
});

s('starts again where a span holds no prime that fits', () => {
  // From the very top no candidate is left: the next octets of the stream are the next start.
  const starts = [new Uint8Array(8).fill(0xff), seededRandom(1, 'q')(8)];
  let calls = 0;
  const p = primeFrom(() => (starts[calls++] as Uint8Array).slice(), 64, 65537n);
  assert.is(calls, 2);
  assert.is(p, primeFrom(seededRandom(1, 'q'), 64, 65537n));
});

s('refuses sizes that are no whole octets or too small', () => {
  for (const bits of [0, 32, 65]) {
    assert.throws(() => primeFrom(seededRandom(1, ''), bits, 3n), /64 bits or more/);
  }
});

s('arithmetic', () => {
  assert.is(modulo(-7n, 5n), 3n);
  assert.is(inverse(3n, 7n), 5n);
  assert.is(inverse(-4n, 7n), 5n);
  assert.throws(() => inverse(6n, 9n), /no inverse/);
  assert.is(integerOf(new Uint8Array(0)), 0n);
  assert.is(integerOf(octetsOf(258n, 4)), 258n);
  assert.equal(octetsOf(258n, 4), Uint8Array.of(0, 0, 1, 2));
  assert.throws(() => octetsOf(256n, 1), /does not fit/);
  assert.throws(() => octetsOf(-1n, 1), /does not fit/);
});

s.run();
