import { createHash, createHmac } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';
import {
  DIGESTS,
  type DigestName,
  digest,
  hmac,
  hmacKey,
  pbkdf2,
} from '../../../src/crypto/digest.ts';

const s = suite('digest');

const names = Object.keys(DIGESTS) as DigestName[];
const data = (length: number) => Uint8Array.from({ length }, (_, i) => i * 31);

for (const name of names) {
  s(`${name}: digests and MACs are those of createHash and createHmac`, () => {
    const { size, block } = DIGESTS[name];
    for (const keySize of [0, 1, 16, block - 1, block, block + 1, 300]) {
      const key = data(keySize);
      const kept = hmacKey(name, key);
      for (const length of [0, 1, 55, 56, 63, 64, 65, 127, 128, 129, 1000, 16384, 16385, 50000]) {
        const message = data(length);
        const expected = createHmac(name, key).update(message).digest('hex');
        assert.is(toHex(kept(message)), expected);
        assert.is(toHex(kept(message, 12)), expected.slice(0, 24));
        assert.is(toHex(hmac(name, key, message)), expected);
        assert.is(toHex(digest(name, message)), createHash(name).update(message).digest('hex'));
      }
    }
    assert.is(digest(name, data(3)).length, size);
  });
}

s('a result stays when the next is made', () => {
  const kept = hmacKey('sha256', utf8('key'));
  const first = kept(utf8('a'));
  const before = toHex(first);
  kept(utf8('b'));
  assert.is(toHex(first), before);
});

s('nothing is a Buffer', () => {
  const made = [
    digest('sha1', data(1)),
    hmac('md5', data(1), data(20000)),
    pbkdf2('sha1', data(1), data(1), 1, 20),
  ];
  for (const octets of made) assert.not.ok(Buffer.isBuffer(octets));
});

s('RFC 6070: PBKDF2 with HMAC-SHA1', () => {
  const made = (iterations: number) =>
    toHex(pbkdf2('sha1', utf8('password'), utf8('salt'), iterations, 20));
  assert.is(made(1), '0c60c80f961f0e71f3a9b524af6012062fe037a6');
  assert.is(made(2), 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957');
  assert.is(made(4096), '4b007901b765489abead49d926f721d065a429c1');
});

s.run();
