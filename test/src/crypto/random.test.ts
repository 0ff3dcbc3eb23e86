import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, toHex } from '../../../src/bytes/bytes.ts';
import { pooledRandom, seededRandom } from '../../../src/crypto/random.ts';

const s = suite('random');

s('a seeded stream is SHA-512 of seed, label and counter', () => {
  const block = (counter: number) =>
    createHash('sha512').update(`7\nstep/dc1/0\n${counter}`).digest('hex');
  assert.is(
    toHex(seededRandom(7, 'step/dc1/0')(160)),
    (block(0) + block(1) + block(2)).slice(0, 320),
  );
});

s('cut differently, the stream is the same', () => {
  const whole = seededRandom(1, 'a')(300);
  const random = seededRandom(1, 'a');
  const parts = [0, 1, 63, 64, 65, 7, 100].map((size) => random(size));
  assert.equal(concat(...parts), whole);
});

s('seed and label each make another stream', () => {
  const streams = [
    seededRandom(1, 'a'),
    seededRandom(2, 'a'),
    seededRandom(1, 'b'),
    seededRandom('1\na', ''),
    seededRandom(11, 'a'),
  ].map((random) => toHex(random(16)));
  assert.is(new Set(streams).size, streams.length);
});

s('pooled octets are never handed out twice, and are the taker’s own', () => {
  const random = pooledRandom();
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) {
    const octets = random(16);
    seen.add(toHex(octets));
    octets.fill(0);
  }
  assert.is(seen.size, 5000);
  for (const size of [0, 1, 4096, 4097, 100_000]) assert.is(random(size).length, size);
  assert.ok(random(100_000).some((octet) => octet !== 0));
});

s('two pools are independent', () => {
  assert.not.equal(pooledRandom()(32), pooledRandom()(32));
});

s.run();
