import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directJwe, type Jwe, keyJwe, openJwe, readJwe } from '../../../protocols/oauth/jwe.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { plain } from '../../../src/crypto/digest.ts';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('jwe');

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const random = () => seededRandom(1, 'jwe');

function read(token: string): Jwe {
  const jwe = readJwe(token);
  if (jwe === undefined) throw new Error(`no JWE: ${token}`);
  return jwe;
}

s('seals what node:crypto opens', () => {
  const { header, encryptedKey, iv, ciphertext, tag, aad } = read(
    directJwe({ ctx: 'AA==', kid: 'session' }, key, utf8('{"x":1}'), random()),
  );
  assert.equal(header, { ctx: 'AA==', kid: 'session', alg: 'dir', enc: 'A256GCM' });
  assert.is(encryptedKey.length, 0);
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const content = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  assert.is(content.toString(), '{"x":1}');
});

s('opens only what was sealed so', () => {
  const token = directJwe({ kid: 'session' }, key, utf8('secret'), random());
  const jwe = read(token);
  assert.equal(openJwe(jwe, key), utf8('secret'));
  assert.is(openJwe(jwe, new Uint8Array(32)), undefined);
  assert.is(openJwe(jwe, key.subarray(1)), undefined);
  assert.is(openJwe({ ...jwe, aad: utf8('other') }, key), undefined);
  assert.is(openJwe({ ...jwe, tag: jwe.tag.subarray(0, 4) }, key), undefined, 'a short tag');
  assert.is(openJwe({ ...jwe, header: { enc: 'A128GCM' } }, key), undefined);
});

s('puts a key under a public key', () => {
  const pair = rsaKeyPair(1, 'transport', 1024);
  const jwe = read(keyJwe(pair.spki, key, random()) as string);
  assert.is(jwe.header.alg, 'RSA-OAEP');
  const der = Buffer.from(pair.pkcs8);
  const opened = privateDecrypt(
    {
      key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
    },
    jwe.encryptedKey,
  );
  assert.equal(plain(opened), key);
  assert.equal(openJwe(jwe, key), new Uint8Array(0));
  assert.is(keyJwe(ecKeyPair(1, 'ec', 'P-256').spki, key, random()), undefined);
  assert.is(keyJwe(hex`00`, key, random()), undefined);
});

s('refuses what is no JWE', () => {
  for (const token of ['', 'e30.e30.e30', '....', 'e30....=', 'W10....']) {
    assert.is(readJwe(token), undefined, token);
  }
});

s.run();
