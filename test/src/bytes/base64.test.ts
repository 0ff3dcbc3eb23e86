import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '../../../src/bytes/base64.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';

const FIXED = { seed: 1, numRuns: 200 };
const s = suite('base64');

// RFC 4648 section 10.
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const;

s('writes and reads the vectors of RFC 4648', () => {
  for (const [plain, encoded] of VECTORS) {
    assert.is(toBase64(utf8(plain)), encoded);
    assert.equal(fromBase64(encoded), utf8(plain));
    assert.is(toBase64Url(utf8(plain)), encoded.replace(/=/g, ''));
  }
});

s('uses the other two letters in URLs', () => {
  assert.is(toBase64(hex`fb ff fe`), '+//+');
  assert.is(toBase64Url(hex`fb ff fe`), '-__-');
  assert.equal(fromBase64Url('-__-'), hex`fb ff fe`);
});

s('refuses what it would not write', () => {
  for (const text of ['Zg', 'Zg=', 'Zh==', 'Zm9v\n', 'Zm 9v', '-__-', 'Z', '=']) {
    assert.is(fromBase64(text), undefined, JSON.stringify(text));
  }
  for (const text of ['Zg==', 'Zh', '+//+', 'Zm9v ', 'Z']) {
    assert.is(fromBase64Url(text), undefined, JSON.stringify(text));
  }
});

s('gives back any octets', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const octets = Uint8Array.from(bytes);
      assert.equal(fromBase64(toBase64(octets)), octets);
      assert.equal(fromBase64Url(toBase64Url(octets)), octets);
    }),
    FIXED,
  );
});

s.run();
