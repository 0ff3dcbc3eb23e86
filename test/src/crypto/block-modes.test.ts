import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import {
  aesGcmOpen,
  aesGcmSeal,
  CBC_CIPHERS,
  type CbcCipher,
  cbcDecrypt,
  cbcDecryptPadded,
  cbcEncrypt,
} from '../../../src/crypto/block-modes.ts';

const s = suite('crypto/block-modes');

s('SP 800-38A F.2.5: AES-256-CBC', () => {
  const key = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
  const iv = fromHex('000102030405060708090a0b0c0d0e0f');
  const sealed = cbcEncrypt('aes-256-cbc', key, iv, fromHex('6bc1bee22e409f96e93d7e117393172a'));
  assert.is(toHex(sealed.subarray(0, 16)), 'f58c4c04d6e5f1ba779eabfb5f7bfbd6');
  assert.is(sealed.length, 32, 'a whole block is padded with a block');
});

for (const cipher of Object.keys(CBC_CIPHERS) as CbcCipher[]) {
  s(`${cipher}: there and back, and nothing else opens`, () => {
    const { key: size, block } = CBC_CIPHERS[cipher];
    const key = Uint8Array.from({ length: size }, (_, i) => i * 7 + 1);
    const iv = Uint8Array.from({ length: block }, (_, i) => i);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (data) => {
        const sealed = cbcEncrypt(cipher, key, iv, data);
        assert.equal(cbcDecrypt(cipher, key, iv, sealed), data);
        assert.is(cbcDecrypt(cipher, key, iv, sealed.subarray(1)), undefined);
        const padded = cbcDecryptPadded(cipher, key, iv, sealed) as Uint8Array;
        assert.is(padded.at(-1), sealed.length - data.length);
      }),
      { seed: 1, numRuns: 50 },
    );
    assert.is(cbcDecrypt(cipher, key.subarray(1), iv, new Uint8Array(block)), undefined);
    assert.is(cbcDecrypt(cipher, key, iv.subarray(1), new Uint8Array(block)), undefined);
    assert.is(cbcDecrypt(cipher, key, iv, new Uint8Array(0)), undefined);
  });
}

s('bad padding is no plaintext', () => {
  const key = new Uint8Array(16);
  const iv = new Uint8Array(16);
  for (const end of ['00', '11', '0102', '030303']) {
    const octets = new Uint8Array(16);
    const tail = fromHex(end);
    octets.set(tail, 16 - tail.length);
    // A whole block encrypted without padding is the first block of what padding makes of it.
    const sealed = cbcEncrypt('aes-128-cbc', key, iv, octets).subarray(0, 16);
    const opened = cbcDecrypt('aes-128-cbc', key, iv, sealed);
    assert.is(opened?.length, end === '030303' ? 13 : undefined, end);
  }
});

s('NIST GCM test case 16 (McGrew and Viega), with additional data', () => {
  const key = fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
  const iv = fromHex('cafebabefacedbaddecaf888');
  const aad = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const plain = fromHex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  );
  const { ciphertext, tag } = aesGcmSeal(key, iv, aad, plain);
  assert.is(toHex(tag), '76fc6ece0f4e1768cddf8853bb2d551b');
  assert.equal(aesGcmOpen(key, iv, aad, ciphertext, tag), plain);
  assert.is(aesGcmOpen(key, iv, utf8('other'), ciphertext, tag), undefined);
  assert.is(aesGcmOpen(key, iv, aad, ciphertext, tag.subarray(1)), undefined);
  assert.is(aesGcmOpen(key.subarray(1), iv, aad, ciphertext, tag), undefined);
});

s.run();
