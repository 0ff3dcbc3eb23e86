import { createCipheriv } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, hex, toHex, view } from '../../../src/bytes/bytes.ts';
import {
  decryptCbc,
  decryptionSchedule,
  encryptCbc,
  encryptionSchedule,
} from '../../../src/crypto/rijndael.ts';

const s = suite('rijndael');

for (const [bits, expected] of [
  [128, '69c4e0d86a7b0430d8cdb78070b4c55a'],
  [192, 'dda97ca4864cdfe06eaf70a0ec0d7191'],
  [256, '8ea2b7ca516745bfeafc49904b496089'],
] as const) {
  s(`FIPS 197 appendix C: ${bits} bits`, () => {
    const schedule = encryptionSchedule(Uint8Array.from({ length: bits / 8 }, (_, i) => i));
    const block = hex`00112233445566778899aabbccddeeff`;
    encryptCbc(schedule, view(block), 1);
    assert.is(toHex(block), expected);
    decryptCbc(decryptionSchedule(schedule), view(block), 1);
    assert.is(toHex(block), '00112233445566778899aabbccddeeff');
  });
}

s('FIPS 197 appendix A.3: the last words of a schedule of 256 bits', () => {
  const key = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const words = Array.from(encryptionSchedule(key).slice(-4), (word) => (word >>> 0).toString(16));
  assert.equal(words, ['fe4890d1', 'e6188d0b', '46df344', '706c631e']);
});

s('chains as OpenSSL does, and back', () => {
  const any = fc.record({
    key: fc.constantFrom(16, 24, 32).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
    blocks: fc.integer({ min: 1, max: 9 }),
    fill: fc.uint8Array({ minLength: 144, maxLength: 144 }),
  });
  fc.assert(
    fc.property(any, ({ key, blocks, fill }) => {
      const plain = fill.slice(0, 16 * blocks);
      const mode = `aes-${key.length * 8}-cbc`;
      const cipher = createCipheriv(mode, key, new Uint8Array(16)).setAutoPadding(false);
      const expected = toHex(cipher.update(plain));
      const data = plain.slice();
      const schedule = encryptionSchedule(key);
      encryptCbc(schedule, view(data), blocks);
      assert.is(toHex(data), expected);
      decryptCbc(decryptionSchedule(schedule), view(data), blocks);
      assert.equal(data, plain);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s.run();
