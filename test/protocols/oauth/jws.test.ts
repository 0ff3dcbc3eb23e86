import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compactJws,
  hs256,
  isHs256,
  isSignedBy,
  jwsSigningInput,
  readJws,
} from '../../../protocols/oauth/jws.ts';
import { fromBase64Url } from '../../../src/bytes/base64.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import { plain } from '../../../src/crypto/digest.ts';
import { rsaKeyPair } from '../../../src/crypto/key-pair.ts';

const s = suite('jws');

// RFC 7515 appendix A.1.
const KEY = fromBase64Url(
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
) as Uint8Array;
const TOKEN =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

s('checks the token of RFC 7515', () => {
  const jws = readJws(TOKEN);
  assert.ok(jws !== undefined);
  assert.equal(jws.header, { typ: 'JWT', alg: 'HS256' });
  assert.ok(isHs256(jws, KEY));
  assert.not.ok(isHs256(jws, KEY.subarray(1)));
});

s('writes what node:crypto reckons', () => {
  const token = hs256({ typ: 'JWT' }, { a: 1 }, KEY);
  const [header, payload, mac] = token.split('.') as [string, string, string];
  assert.is(fromUtf8(fromBase64Url(header) as Uint8Array), '{"alg":"HS256","typ":"JWT"}');
  assert.is(fromUtf8(fromBase64Url(payload) as Uint8Array), '{"a":1}');
  assert.is(mac, createHmac('sha256', KEY).update(`${header}.${payload}`).digest('base64url'));
});

s('leaves the signature to whoever has the key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = plain(publicKey.export({ format: 'der', type: 'spki' }));
  const input = jwsSigningInput({ alg: 'RS256' }, utf8('{}'));
  const signature = plain(createSign('sha256').update(input).sign(privateKey));
  const jws = readJws(compactJws(input, signature));
  assert.ok(jws !== undefined);
  assert.ok(isSignedBy(jws, spki));
  assert.not.ok(isSignedBy(jws, rsaKeyPair(1, 'other', 1024).spki));
});

s('takes no public key for a secret, and no missing signature', () => {
  const { spki } = rsaKeyPair(1, 'jws', 1024);
  const forged = readJws(hs256({}, { a: 1 }, spki));
  assert.ok(forged !== undefined);
  assert.not.ok(isSignedBy(forged, spki));
  const none = readJws(compactJws(jwsSigningInput({ alg: 'none' }, { a: 1 }), new Uint8Array(0)));
  assert.ok(none !== undefined);
  assert.not.ok(isSignedBy(none, spki));
  assert.not.ok(isHs256(none, new Uint8Array(32)));
});

s('refuses what is no JWS', () => {
  for (const token of ['', 'a.b', 'a.b.c.d', 'e30.e30.=', 'bnVsbA.e30.AA', 'e30=.e30.AA']) {
    assert.is(readJws(token), undefined, token);
  }
});

s.run();
