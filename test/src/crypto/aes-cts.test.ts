import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromHex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { aesCts } from '../../../src/crypto/aes-cts.ts';
import { root } from '../../root.ts';

const s = suite('aes-cts');

const { key: chicken, vectors } = JSON.parse(
  readFileSync(root('test', 'vectors', 'rfc', '3962-cts.json'), 'utf8'),
);

s('RFC 3962 appendix B', () => {
  const cts = aesCts(utf8(chicken));
  assert.is(vectors.length, 6);
  for (const { text, cipher } of vectors) {
    const plain = utf8(text);
    const out = new Uint8Array(plain.length + 2).fill(0xee);
    cts.encrypt(plain, out, 1);
    assert.is(toHex(out), `ee${cipher}ee`, text);
    const back = new Uint8Array(plain.length);
    cts.decrypt(fromHex(cipher), back);
    assert.equal(back, plain);
  }
});

/** CBC of the padded message by OpenSSL, the last two blocks exchanged, cut. */
function reference(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const padded = concat(plain, new Uint8Array((16 - (plain.length % 16)) % 16));
  const mode = `aes-${key.length * 8}-cbc`;
  const cipher = createCipheriv(mode, key, new Uint8Array(16)).setAutoPadding(false);
  const c = cipher.update(padded);
  if (c.length === 16) return new Uint8Array(c);
  const [head, before, last] = [c.subarray(0, -32), c.subarray(-32, -16), c.subarray(-16)];
  return concat(head, last, before).subarray(0, plain.length);
}

s('every length, as the mode is defined over OpenSSL', () => {
  for (const size of [16, 32]) {
    const key = new Uint8Array(size).fill(size);
    const kept = aesCts(key);
    const lengths = [...Array.from({ length: 600 }, (_, i) => 16 + i), 16384, 16385, 40001];
    for (const length of lengths) {
      const plain = Uint8Array.from({ length }, (_, i) => (i * 7) ^ length);
      const out = new Uint8Array(length);
      kept.encrypt(plain, out, 0);
      assert.is(Buffer.compare(out, reference(key, plain)), 0, `${length}`);
      const back = new Uint8Array(length);
      kept.decrypt(out, back);
      assert.is(Buffer.compare(back, plain), 0, `${length}`);
    }
  }
});

s('keys do not disturb each other', () => {
  const keys = [1, 2, 3].map((octet) => new Uint8Array(32).fill(octet));
  const kept = keys.map(aesCts);
  const message = fc.record({
    index: fc.integer({ min: 0, max: 2 }),
    plain: fc.uint8Array({ minLength: 16, maxLength: 700 }),
  });
  fc.assert(
    fc.property(message, ({ index, plain }) => {
      const out = new Uint8Array(plain.length);
      kept[index]?.encrypt(plain, out, 0);
      assert.is(Buffer.compare(out, reference(keys[index] as Uint8Array, plain)), 0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('refuses messages shorter than a block', () => {
  const cts = aesCts(new Uint8Array(16));
  assert.throws(() => cts.encrypt(new Uint8Array(15), new Uint8Array(15), 0), /15 octets/);
  assert.throws(() => cts.decrypt(new Uint8Array(0), new Uint8Array(0)), /0 octets/);
});

s.run();
