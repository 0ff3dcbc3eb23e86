import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { nFold } from '../../../src/crypto/n-fold.ts';
import { root } from '../../root.ts';

const s = suite('n-fold');

const { nFold: vectors } = JSON.parse(
  readFileSync(root('test', 'vectors', 'mit', 'crypto.json'), 'utf8'),
);

s('RFC 3961 appendix A.1 and MIT t_nfold', () => {
  assert.is(vectors.length, 8);
  for (const { text, size, result } of vectors) {
    assert.is(toHex(nFold(utf8(text), size)), result, text);
  }
});

s('RFC 3961 appendix A.1: "kerberos"', () => {
  for (const [size, expected] of [
    [8, '6b65726265726f73'],
    [16, '6b65726265726f737b9b5b2b93132b93'],
    [21, '8372c236344e5f1550cd0747e15d62ca7a5a3bcea4'],
    [32, '6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4'],
  ] as const) {
    assert.is(toHex(nFold(utf8('kerberos'), size)), expected);
  }
});

s('constants of derived keys', () => {
  assert.is(toHex(nFold(utf8('prf'), 16)), 'c08be52122f8f023398908fdbc08ce21');
  assert.is(toHex(nFold(hex`00000001aa`, 16)), 'ae2c160b04ad5006ab55aad56a80355a');
  assert.is(toHex(nFold(hex`0000000155`, 16)), '5b582c160a5aa80556ab55aad5402ab5');
  assert.is(toHex(nFold(hex`0000000199`, 16)), '9d9b4da6d29cc806673399cce6403339');
});

s('nothing cannot be folded', () => {
  assert.throws(() => nFold(new Uint8Array(0), 16), /at least one octet/);
  assert.throws(() => nFold(utf8('a'), 0), /at least one octet/);
});

s.run();
