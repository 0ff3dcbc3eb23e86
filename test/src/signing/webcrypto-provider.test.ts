import { createPublicKey, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { nodeProvider } from '../../../src/signing/node-provider.ts';
import { signer } from '../../../src/signing/signer.ts';
import { webcryptoProvider } from '../../../src/signing/webcrypto-provider.ts';

const s = suite('webcrypto provider');

const pairs: Readonly<Record<string, KeyPair>> = {
  rsa: rsaKeyPair(1, 'webcrypto', 1536),
  'P-256': ecKeyPair(1, 'webcrypto', 'P-256'),
  'P-384': ecKeyPair(1, 'webcrypto', 'P-384'),
};
const keys = keyStore();
for (const [name, { pkcs8 }] of Object.entries(pairs)) keys.put(name, pkcs8);
const data = utf8('what is signed');

s('RSASSA-PKCS1-v1_5: the same octets as node:crypto', async () => {
  const batch = ['sha1WithRSAEncryption', 'sha256WithRSAEncryption', 'RS512'].map((algorithm) => ({
    key: 'rsa',
    algorithm,
    data,
  }));
  const mine = await signer(keys, webcryptoProvider()).sign(batch);
  const theirs = await signer(keys, nodeProvider({ deterministic: false })).sign(batch);
  assert.equal(mine, theirs);
  assert.ok(mine.every(({ ok }) => ok));
});

s('ECDSA: OpenSSL verifies both encodings', async () => {
  for (const [key, algorithm, digest, dsaEncoding] of [
    ['P-256', 'ecdsa-with-SHA256', 'sha256', 'der'],
    ['P-384', 'ecdsa-with-SHA384', 'sha384', 'der'],
    ['P-256', 'ES256', 'sha256', 'ieee-p1363'],
  ] as const) {
    const [result] = await signer(keys, webcryptoProvider()).sign([{ key, algorithm, data }]);
    assert.ok(result?.ok);
    const spki = Buffer.from((pairs[key] as KeyPair).spki);
    const object = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    assert.ok(verify(digest, data, { key: object, dsaEncoding }, result.signature), algorithm);
  }
});

s('a key of another kind is refused by name, the others of the batch are not', async () => {
  const results = await signer(keys, webcryptoProvider()).sign([
    { key: 'rsa', algorithm: 'ES256', data },
    { key: 'P-256', algorithm: 'ES256', data },
  ]);
  assert.equal(
    results.map(({ ok }) => ok),
    [false, true],
  );
});

s('what was digested elsewhere is refused, which this API cannot sign', async () => {
  const [result] = await signer(keys, webcryptoProvider()).sign([
    { key: 'rsa', algorithm: 'CKM_RSA_PKCS', data },
  ]);
  assert.ok(result?.ok === false);
  assert.match(result.reason, /^CKM_RSA_PKCS: /);
});

s.run();
