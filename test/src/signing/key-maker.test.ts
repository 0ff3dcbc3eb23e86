import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { chanceKeys, seededKeys } from '../../../src/signing/key-maker.ts';

const s = suite('signing/key-maker');

s('seeded keys follow from seed, name and kind; RSA keys are kept on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-keys-'));
  try {
    const keys = seededKeys('key-maker', folder);
    assert.equal(keys('a', 'RSA-1024'), rsaKeyPair('key-maker', 'a', 1024));
    assert.equal(keys('a', 'P-384'), ecKeyPair('key-maker', 'a', 'P-384'));
    assert.not.equal(keys('b', 'P-256').spki, keys('a', 'P-256').spki);
    assert.is(keys('a', 'RSA-1024'), seededKeys('key-maker', folder)('a', 'RSA-1024'), 'once');
    assert.is(readdirSync(folder).length, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

s('keys by chance are never the same twice', () => {
  const keys = chanceKeys();
  assert.not.equal(keys('a', 'P-256').spki, keys('a', 'P-256').spki);
  assert.is(keys('a', 'RSA-1024').spki.length, rsaKeyPair('key-maker', 'a', 1024).spki.length);
});

s.run();
