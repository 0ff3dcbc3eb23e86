import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { rsaEncrypt } from '../../../src/crypto/rsa.ts';
import { verifySignature } from '../../../src/crypto/verify.ts';
import { seededKeys } from '../../../src/signing/key-maker.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { nodeProvider } from '../../../src/signing/node-provider.ts';
import { keyOperations } from '../../../src/signing/operations.ts';
import { signer } from '../../../src/signing/signer.ts';

const s = suite('signing/operations');

const DATA = new Uint8Array([1, 2, 3]);

function owner() {
  const keys = keyStore();
  const signing = signer(keys, nodeProvider({ deterministic: true }));
  return { keys, signing, operations: keyOperations(keys, signing, seededKeys(1)) };
}

s('a batch of all kinds, in its order, signatures as one batch of the signer', async () => {
  const { keys, signing, operations } = owner();
  const rsa = rsaKeyPair(1, 'rsa');
  keys.put('rsa', rsa.pkcs8);
  const sealed = rsaEncrypt('RSAES-PKCS1-v1_5', rsa.spki, DATA, seededRandom(1, 'x')) as Uint8Array;
  const results = await operations.perform([
    { kind: 'sign', key: 'rsa', algorithm: 'sha256WithRSAEncryption', data: DATA },
    { kind: 'sign', key: 'new', algorithm: 'ecdsa-with-SHA256', data: DATA },
    { kind: 'decrypt', key: 'rsa', algorithm: 'RSAES-PKCS1-v1_5', data: sealed },
    { kind: 'generate', key: 'new', algorithm: 'P-256' },
    { kind: 'decrypt', key: 'rsa', algorithm: 'RSAES-OAEP', data: sealed },
  ]);
  assert.equal(
    results.map(({ kind }) => kind),
    ['signed', 'signed', 'decrypted', 'generated', 'decrypted'],
  );
  const [first, second, third, fourth, fifth] = results;
  const signature = (of: typeof first) => (of?.kind === 'signed' ? of.signature : DATA);
  assert.ok(verifySignature(rsa.spki, 'sha256WithRSAEncryption', DATA, signature(first)));
  const { spki } = ecKeyPair(1, 'new', 'P-256');
  assert.ok(verifySignature(spki, 'ecdsa-with-SHA256', DATA, signature(second)));
  assert.equal(third, { kind: 'decrypted', data: DATA });
  assert.equal(fourth, { kind: 'generated', publicKey: spki });
  assert.equal(fifth, { kind: 'decrypted' });
  const { batches, signatures } = signing.stats();
  assert.equal([batches, signatures], [1, 2]);
});

s('what nobody can do says why', async () => {
  const { keys, operations } = owner();
  keys.put('ec', ecKeyPair(1, 'ec', 'P-256').pkcs8);
  const results = await operations.perform([
    { kind: 'decrypt', key: 'lost', algorithm: 'RSAES-OAEP', data: DATA },
    { kind: 'decrypt', key: 'ec', algorithm: 'RSAES-OAEP', data: DATA },
    { kind: 'sign', key: 'ec', algorithm: 'sha256WithRSAEncryption', data: DATA },
  ]);
  const reasons = results.map((result) => (result.kind === 'impossible' ? result.reason : ''));
  assert.match(reasons[0] as string, /no key is called "lost"/);
  assert.match(reasons[1] as string, /ec is no RSA key/);
  assert.match(reasons[2] as string, /wants a key of type rsa/);
});

s('a destroyed key is gone', async () => {
  const { keys, operations } = owner();
  keys.put('ec', ecKeyPair(1, 'ec', 'P-256').pkcs8);
  operations.destroy('ec');
  operations.destroy('never there');
  const [result] = await operations.perform([
    { kind: 'sign', key: 'ec', algorithm: 'ES256', data: DATA },
  ]);
  assert.is(result?.kind, 'impossible');
});

s.run();
