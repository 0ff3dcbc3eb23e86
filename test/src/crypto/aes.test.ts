import { createCipheriv } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AesCbc, aesCbc } from '../../../src/crypto/aes.ts';

const s = suite('aes');

function openssl(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const mode = `aes-${key.length * 8}-cbc`;
  const cipher = createCipheriv(mode, key, new Uint8Array(16)).setAutoPadding(false);
  return new Uint8Array(cipher.update(plain));
}

s('long and short messages in any order start from an initial vector of zero', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 2 }),
    encrypt: fc.boolean(),
    blocks: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 20, max: 80 })),
    fill: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const keys = [16, 24, 32].map((size) => new Uint8Array(size).fill(size));
      const kept = keys.map((key) => aesCbc(key));
      for (const { key, encrypt, blocks, fill } of steps) {
        const plain = Uint8Array.from({ length: 16 * blocks }, (_, i) => i * fill);
        const cipher = openssl(keys[key] as Uint8Array, plain);
        const aes = kept[key] as AesCbc;
        const made = encrypt ? aes.encrypt(plain.slice()) : aes.decrypt(cipher);
        const expected = encrypt ? cipher : plain;
        assert.is(Buffer.compare(made.subarray(0, expected.length), expected), 0);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('deciphering leaves its input alone', () => {
  const aes = aesCbc(new Uint8Array(16));
  for (const blocks of [1, 10, 100]) {
    const cipher = new Uint8Array(16 * blocks).fill(3);
    aes.decrypt(cipher);
    assert.ok(cipher.every((octet) => octet === 3));
  }
});

s('refuses keys that AES does not have', () => {
  for (const size of [0, 8, 15, 33]) {
    assert.throws(() => aesCbc(new Uint8Array(size)), new RegExp(`not ${size}$`));
  }
});

s.run();
