import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { octets } from '../../../src/crypto/slab.ts';

const s = suite('slab');

s('octets are zero and nobody else has them', () => {
  const all: Uint8Array[] = [];
  for (let i = 0; i < 2000; i++) {
    const size = (i * 37) % 3000;
    const made = octets(size);
    assert.is(made.length, size);
    assert.ok(made.every((octet) => octet === 0));
    all.push(made.fill(i));
  }
  for (const [i, made] of all.entries()) assert.ok(made.every((octet) => octet === (i & 0xff)));
});

s.run();
