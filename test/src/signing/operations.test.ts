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
    { kind: 'generate', key: 'new', algorithm: 'P-256' },
    { kind: 'sign', key: 'new', algorithm: 'ecdsa-with-SHA256', data: DATA },
    { kind: 'decrypt', key: 'rsa', algorithm: 'RSAES-PKCS1-v1_5', data: sealed },
    { kind: 'decrypt', key: 'rsa', algorithm: 'RSAES-OAEP', data: sealed },
  ]);
  assert.equal(
    results.map(({ kind }) => kind),
    ['signed', 'generated', 'signed', 'decrypted', 'decrypted'],
  );
  const [first, fourth, second, third, fifth] = results;
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

s('one thing after another: a key signs until it is destroyed or made anew', async () => {
  const { keys, signing, operations } = owner();
  const first = ecKeyPair(1, 'first', 'P-256');
  keys.put('ec', first.pkcs8);
  const sign = { kind: 'sign', key: 'ec', algorithm: 'ES256', data: DATA } as const;
  const results = await operations.perform([
    sign,
    { kind: 'destroy', key: 'never there' },
    sign,
    { kind: 'destroy', key: 'ec' },
    sign,
    { kind: 'generate', key: 'ec', algorithm: 'P-256' },
    sign,
  ]);
  assert.equal(
    results.map(({ kind }) => kind),
    ['signed', 'destroyed', 'signed', 'destroyed', 'impossible', 'generated', 'signed'],
  );
  const second = ecKeyPair(1, 'ec', 'P-256');
  for (const [i, { spki }] of [
    [0, first],
    [2, first],
    [6, second],
  ] as const) {
    const result = results[i];
    assert.ok(result?.kind === 'signed' && verifySignature(spki, 'ES256', DATA, result.signature));
  }
  assert.is(signing.stats().batches, 3, 'what nothing comes between is one batch');
});

s('counts operations by what came of them', async () => {
  const { keys, operations } = owner();
  keys.put('rsa', rsaKeyPair(1, 'rsa').pkcs8);
  const algorithm = 'RSAES-OAEP';
  await operations.perform([
    { kind: 'decrypt', key: 'rsa', algorithm, data: DATA },
    { kind: 'decrypt', key: 'lost', algorithm, data: DATA },
    { kind: 'sign', key: 'rsa', algorithm: 'RS256', data: DATA },
    { kind: 'destroy', key: 'rsa' },
  ]);
  const { milliseconds, ...counted } = operations.stats();
  assert.ok(milliseconds > 0);
  assert.equal(counted, {
    batches: 1,
    operations: {
      signed: 1,
      decrypted: 0,
      undecipherable: 1,
      generated: 0,
      destroyed: 1,
      impossible: 1,
    },
  });
});

s('octets that are no key, and a signer that breaks its word, fail alone', async () => {
  const keys = keyStore();
  keys.put('broken', DATA);
  keys.put('rsa', rsaKeyPair(1, 'rsa').pkcs8);
  const signing = { ...signer(keys, nodeProvider({ deterministic: true })), sign: rejecting };
  const results = await keyOperations(keys, signing, seededKeys(1)).perform([
    { kind: 'decrypt', key: 'broken', algorithm: 'RSAES-OAEP', data: DATA },
    { kind: 'sign', key: 'rsa', algorithm: 'RS256', data: DATA },
    { kind: 'generate', key: 'new', algorithm: 'P-256' },
  ]);
  assert.equal(
    results.map(({ kind }) => kind),
    ['impossible', 'impossible', 'generated'],
  );
});

async function rejecting(): Promise<never> {
  throw new Error('unplugged');
}

s.run();
