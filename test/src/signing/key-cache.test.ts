import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ecKeyPair } from '../../../src/crypto/key-pair.ts';
import { cachedKeyPair } from '../../../src/signing/key-cache.ts';

const s = suite('key-cache');

let folder = '';
let made = 0;
s.before.each(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kerblab-keys-')), 'keys');
  made = 0;
});
s.after.each(() => rmSync(join(folder, '..'), { recursive: true }));

const make = () => {
  made++;
  return ecKeyPair(1, 'a', 'P-256');
};

s('makes a key once, then reads it', () => {
  const first = cachedKeyPair(folder, 'P-256 1 a', make);
  assert.equal(cachedKeyPair(folder, 'P-256 1 a', make), first);
  assert.equal(first, ecKeyPair(1, 'a', 'P-256'));
  assert.is(made, 1);
  cachedKeyPair(folder, 'P-256 1 b', make);
  assert.is(made, 2);
  const files = readdirSync(folder);
  assert.is(files.length, 2);
  for (const file of files) assert.is(statSync(join(folder, file)).mode & 0o077, 0, 'owner only');
});

s('a file that holds no key is made anew', () => {
  const first = cachedKeyPair(folder, 'x', make);
  const [file] = readdirSync(folder);
  writeFileSync(join(folder, file as string), first.pkcs8.subarray(0, 20));
  assert.equal(cachedKeyPair(folder, 'x', make), first);
  assert.equal(cachedKeyPair(folder, 'x', make), first);
  assert.is(made, 2);
});

s('a folder that cannot be made only costs time', () => {
  writeFileSync(folder, 'a file in its place');
  assert.equal(cachedKeyPair(folder, 'x', make), ecKeyPair(1, 'a', 'P-256'));
  assert.is(made, 1);
  rmSync(folder);
});

s.run();
