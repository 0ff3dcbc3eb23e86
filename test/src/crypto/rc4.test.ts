import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { rc4 } from '../../../src/crypto/rc4.ts';

const s = suite('rc4');

s('RFC 6229: the key stream at 0, 16 and 4096', () => {
  for (const [key, at0, at16, at4096] of [
    [
      '0102030405',
      'b2396305f03dc027ccc3524a0a1118a8',
      '6982944f18fc82d589c403a47a0d0919',
      'ff25b58995996707e51fbdf08b34d875',
    ],
    [
      '0102030405060708090a0b0c0d0e0f10',
      '9ac7cc9a609d1ef7b2932899cde41b97',
      '5248c4959014126a6e8a84f11d1a9e1c',
      'a36a4c301ae8ac13610ccbc12256cacc',
    ],
  ] as const) {
    const stream = toHex(rc4(fromHex(key), new Uint8Array(4112)));
    assert.is(stream.slice(0, 32), at0);
    assert.is(stream.slice(32, 64), at16);
    assert.is(stream.slice(8192), at4096);
  }
});

s('deciphers what it enciphered, and wants a key', () => {
  const key = utf8('key');
  assert.equal(rc4(key, rc4(key, utf8('Plaintext'))), utf8('Plaintext'));
  assert.is(toHex(rc4(utf8('Key'), utf8('Plaintext'))), 'bbf316e8d940af0ad3');
  assert.throws(() => rc4(new Uint8Array(0), key), /at least one octet/);
});

s.run();
