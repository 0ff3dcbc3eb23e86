import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex, utf8, utf16le } from '../../../src/bytes/bytes.ts';
import { md4 } from '../../../src/crypto/md4.ts';

const s = suite('md4');

const letters = 'abcdefghijklmnopqrstuvwxyz';

s('RFC 1320 appendix A.5', () => {
  for (const [text, expected] of [
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    [letters, 'd79e1c308aa5bbcdeea8ed63df412da9'],
    [`${letters.toUpperCase()}${letters}0123456789`, '043f8582f241db351ce627e153e7f0e4'],
    ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
  ] as const) {
    assert.is(toHex(md4(utf8(text))), expected);
  }
});

s('MS-NLMP 4.2.2.1.2: NTOWFv1 of "Password"', () => {
  assert.is(toHex(md4(utf16le('Password'))), 'a4f49c406510bdcab6824ee7c30fd852');
});

s.run();
