/** The signing core in batches, beside bare calls of node:crypto; and where its keys come from. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../src/crypto/key-pair.ts';
import { seededRandom } from '../src/crypto/random.ts';
import { keyStore } from '../src/signing/key-store.ts';
import { nodeProvider } from '../src/signing/node-provider.ts';
import { type Signer, type SignRequest, signer } from '../src/signing/signer.ts';
import { webcryptoProvider } from '../src/signing/webcrypto-provider.ts';
import type { Bench } from './suite.ts';

export const name = 'sign';

const keys: Readonly<Record<string, KeyPair>> = {
  'RSA-2048': rsaKeyPair(1, 'bench', 2048),
  'P-256': ecKeyPair(1, 'bench', 'P-256'),
  'P-384': ecKeyPair(1, 'bench', 'P-384'),
};

/** What is signed: a PKINIT AuthPack has some 300 octets. */
const random = seededRandom(1, 'bench/sign');
const message = () => random(300);

export async function suite(bench: Bench): Promise<void> {
  bareCalls(bench);
  const store = keyStore();
  for (const [label, { pkcs8 }] of Object.entries(keys)) store.put(label, pkcs8);
  const native = signer(store, nodeProvider({ deterministic: false }));
  const deterministic = signer(store, nodeProvider({ deterministic: true }));
  for (const size of [1, 8, 64, 512]) {
    await batches(bench, native, 'RSA-2048', 'sha256WithRSAEncryption', size, '');
    await batches(bench, native, 'P-256', 'ecdsa-with-SHA256', size, '');
  }
  const webcrypto = signer(store, webcryptoProvider());
  await batches(
    bench,
    webcrypto,
    'RSA-2048',
    'sha256WithRSAEncryption',
    8,
    ', @peculiar/webcrypto',
  );
  await batches(bench, webcrypto, 'P-256', 'ecdsa-with-SHA256', 8, ', @peculiar/webcrypto');
  await batches(bench, native, 'P-384', 'ecdsa-with-SHA384', 8, '');
  await batches(bench, native, 'RSA-2048', 'PS256', 8, '');
  await batches(bench, deterministic, 'RSA-2048', 'PS256', 8, ', deterministic');
  await batches(bench, deterministic, 'P-256', 'ecdsa-with-SHA256', 8, ', deterministic');
  await batches(bench, deterministic, 'P-384', 'ecdsa-with-SHA384', 8, ', deterministic');
  newKeys(bench);
}

function bareCalls(bench: Bench): void {
  const data = message();
  for (const label of ['RSA-2048', 'P-256']) {
    const { pkcs8, spki } = keys[label] as KeyPair;
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const signature = sign('sha256', data, key);
    bench.add(`${label} crypto.sign`, () => sign('sha256', data, key), {
      yardstick: label === 'RSA-2048',
    });
    bench.add(`${label} crypto.verify`, () => verify('sha256', data, publicKey, signature));
  }
}

async function batches(
  bench: Bench,
  signing: Signer,
  key: string,
  algorithm: string,
  size: number,
  note: string,
): Promise<void> {
  const batch: SignRequest[] = Array.from({ length: size }, () => ({
    key,
    algorithm,
    data: message(),
  }));
  for (const result of await signing.sign(batch)) {
    if (!result.ok) throw new Error(result.reason);
  }
  await verified(signing, batch);
  bench.add(`${key} ${algorithm} x ${size}${note}`, () => signing.sign(batch), { items: size });
}

/** Accepts what OpenSSL verifies by the public half; PSS has its own check in the tests. */
async function verified(signing: Signer, batch: readonly SignRequest[]): Promise<void> {
  const [request] = batch;
  if (request === undefined || request.algorithm.startsWith('PS')) return;
  const { spki } = keys[request.key] as KeyPair;
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const digest = request.algorithm.endsWith('384') ? 'sha384' : 'sha256';
  for (const [i, result] of (await signing.sign(batch)).entries()) {
    const data = (batch[i] as SignRequest).data;
    if (!result.ok || !verify(digest, data, key, result.signature)) {
      throw new Error(`${request.key} ${request.algorithm}: a signature does not verify`);
    }
  }
}

function newKeys(bench: Bench): void {
  let seed = 0;
  bench.add('new RSA-2048 key, generateKeyPairSync', () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  );
  bench.add('new RSA-2048 key, from a seed', () => rsaKeyPair(seed++, 'bench', 2048));
  bench.add('new P-256 key, from a seed', () => ecKeyPair(seed++, 'bench', 'P-256'));
}
