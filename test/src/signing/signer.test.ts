import { constants, createPublicKey, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, hex, utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import {
  CARD_ALGORITHMS,
  type DigestingAlgorithm,
  SIGNATURE_ALGORITHMS,
  signatureAlgorithm,
} from '../../../src/crypto/signature-algorithms.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { nodeProvider } from '../../../src/signing/node-provider.ts';
import { type SignProvider, type SignRequest, signer } from '../../../src/signing/signer.ts';

const s = suite('signer');

const pairs: Readonly<Record<string, KeyPair>> = {
  rsa: rsaKeyPair(1, 'signer', 1536),
  'P-256': ecKeyPair(1, 'signer', 'P-256'),
  'P-384': ecKeyPair(1, 'signer', 'P-384'),
  'P-521': ecKeyPair(1, 'signer', 'P-521'),
};

function store() {
  const keys = keyStore();
  for (const [name, { pkcs8 }] of Object.entries(pairs)) keys.put(name, pkcs8);
  return keys;
}

/** Does OpenSSL accept it, by the public half alone? */
function verified({ key: name, algorithm, data }: SignRequest, signature: Uint8Array): boolean {
  const { spki } = pairs[name] as KeyPair;
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const { scheme, digest, encoding } = known(algorithm);
  if (scheme === 'ECDSA') {
    return verify(digest, data, { key, dsaEncoding: encoding ?? 'der' }, signature);
  }
  const padding =
    scheme === 'RSASSA-PSS' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return verify(digest, data, { key, padding, saltLength }, signature);
}

function known(name: string): DigestingAlgorithm {
  const algorithm = signatureAlgorithm(name);
  if (algorithm?.digest === undefined) throw new Error(`${name} is not in the table`);
  return algorithm;
}

function requests(): SignRequest[] {
  return SIGNATURE_ALGORITHMS.flatMap((algorithm) => {
    const { scheme, curve } = known(algorithm);
    const suitable = scheme === 'ECDSA' ? (curve ?? ['P-256', 'P-384', 'P-521']) : 'rsa';
    return [suitable].flat().map((key) => ({ key, algorithm, data: utf8(`${key} ${algorithm}`) }));
  });
}

for (const deterministic of [true, false]) {
  s(`OpenSSL verifies every algorithm, deterministic: ${deterministic}`, async () => {
    const signing = signer(store(), nodeProvider({ deterministic }));
    const batch = requests();
    assert.ok(batch.length >= 22);
    const results = await signing.sign(batch);
    const again = await signing.sign(batch);
    for (const [i, request] of batch.entries()) {
      const what = `${request.key} ${request.algorithm}`;
      const [result, second] = [results[i], again[i]];
      if (result?.ok !== true || second?.ok !== true) throw new Error(`${what} failed`);
      assert.ok(verified(request, result.signature), what);
      assert.not.ok(verified({ ...request, data: utf8('other') }, result.signature), what);
      assert.is(Buffer.isBuffer(result.signature), false, what);
      const random = !deterministic && !/RSAEncryption|^RS/.test(request.algorithm);
      assert.is(Buffer.compare(result.signature, second.signature) !== 0, random, what);
    }
  });
}

/** DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1) without the digest. */
const SHA256_INFO = hex`3031300d060960864801650304020105000420`;

s('what is digested already is signed as it stands, as cards do it', async () => {
  const message = utf8('digested by the host');
  const hashed = digest('sha256', message);
  const info = concat(SHA256_INFO, hashed);
  const filling = new Uint8Array(192 - 3 - info.length).fill(0xff);
  const block = concat(hex`0001`, filling, hex`00`, info);
  for (const deterministic of [true, false]) {
    const signing = signer(store(), nodeProvider({ deterministic }));
    const batch = [
      { key: 'rsa', algorithm: 'RS256', data: message },
      { key: 'rsa', algorithm: 'CKM_RSA_PKCS', data: info },
      { key: 'rsa', algorithm: 'CKM_RSA_X_509', data: block },
      { key: 'P-256', algorithm: 'CKM_ECDSA', data: hashed },
      { key: 'P-384', algorithm: 'CKM_ECDSA', data: digest('sha1', message) },
    ];
    const [whole, padded, raw, ecdsa, short] = await signing.sign(batch);
    assert.ok(whole?.ok && ecdsa?.ok && short?.ok);
    assert.equal(padded, whole, 'PKCS #1 padding by the signer');
    assert.equal(raw, whole, 'padding by the host');
    const asMessage = { key: 'P-256', algorithm: 'ES256', data: message };
    assert.ok(verified(asMessage, ecdsa.signature));
    const p384 = createPublicKey({
      key: Buffer.from((pairs['P-384'] as KeyPair).spki),
      format: 'der',
      type: 'spki',
    });
    const options = { key: p384, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(verify('sha1', message, options, short.signature));
  }
});

s('RFC 6979: a digest made elsewhere gets the signature of the message', async () => {
  const deterministic = signer(store(), nodeProvider({ deterministic: true }));
  const data = utf8('sample');
  const [whole, hashed] = await deterministic.sign([
    { key: 'P-256', algorithm: 'ES256', data },
    { key: 'P-256', algorithm: 'CKM_ECDSA', data: digest('sha256', data) },
  ]);
  assert.ok(whole?.ok);
  assert.equal(hashed, whole);
});

s('a card’s algorithm with octets or a key that it is not for fails alone', async () => {
  const signing = signer(store(), nodeProvider({ deterministic: true }));
  const results = await signing.sign([
    { key: 'rsa', algorithm: 'CKM_RSA_X_509', data: new Uint8Array(192).fill(0xff) },
    { key: 'rsa', algorithm: 'CKM_RSA_X_509', data: new Uint8Array(10) },
    { key: 'rsa', algorithm: 'CKM_RSA_PKCS', data: new Uint8Array(192) },
    { key: 'rsa', algorithm: 'CKM_ECDSA', data: new Uint8Array(32) },
    { key: 'P-256', algorithm: 'CKM_RSA_PKCS', data: new Uint8Array(32) },
    { key: 'P-256', algorithm: 'CKM_ECDSA', data: new Uint8Array(32) },
  ]);
  assert.equal(
    results.map(({ ok }) => ok),
    [false, false, false, false, false, true],
  );
});

s('card algorithms stand apart from those of messages', () => {
  assert.equal(CARD_ALGORITHMS, ['CKM_RSA_PKCS', 'CKM_RSA_X_509', 'CKM_ECDSA']);
  for (const name of CARD_ALGORITHMS) assert.not.ok(SIGNATURE_ALGORITHMS.includes(name));
});

s('results come in the order of the requests, failures among them', async () => {
  const signing = signer(store(), nodeProvider({ deterministic: true }));
  const data = utf8('x');
  const results = await signing.sign([
    { key: 'nobody', algorithm: 'RS256', data },
    { key: 'rsa', algorithm: 'RS256', data },
    { key: 'rsa', algorithm: 'md5WithRSAEncryption', data },
    { key: 'rsa', algorithm: 'ES256', data },
    { key: 'P-384', algorithm: 'ES256', data },
    { key: 'P-256', algorithm: 'PS256', data },
    { key: 'P-256', algorithm: 'ES256', data },
  ]);
  assert.equal(
    results.map((result) => (result.ok ? `${result.signature.length} octets` : result.reason)),
    [
      'no key is called "nobody" (known: rsa, P-256, P-384, P-521)',
      '192 octets',
      `no algorithm is called "md5WithRSAEncryption" (known: ${SIGNATURE_ALGORITHMS.join(', ')})`,
      'rsa: ES256 wants a key of type ec, not rsa',
      'P-384: ES256 wants a key on P-256, not P-384',
      'P-256: PS256 wants a key of type rsa, not ec',
      '64 octets',
    ],
  );
});

s('a key that is none, and one too short for its algorithm, fail alone', async () => {
  const keys = store();
  keys.put('broken', utf8('no PKCS#8'));
  keys.put('short', rsaKeyPair(1, 'short', 512).pkcs8);
  for (const deterministic of [true, false]) {
    const results = await signer(keys, nodeProvider({ deterministic })).sign([
      { key: 'broken', algorithm: 'RS256', data: utf8('x') },
      { key: 'short', algorithm: 'PS512', data: utf8('x') },
      { key: 'rsa', algorithm: 'RS256', data: utf8('x') },
    ]);
    assert.equal(
      results.map(({ ok }) => ok),
      [false, false, true],
    );
  }
});

s('a key put again under its name takes the place of the first', async () => {
  const keys = store();
  const signing = signer(keys, nodeProvider({ deterministic: true }));
  const request = { key: 'P-256', algorithm: 'ES256', data: utf8('x') };
  const [first] = await signing.sign([request]);
  keys.put('P-256', ecKeyPair(2, 'signer', 'P-256').pkcs8);
  const [second] = await signing.sign([request]);
  assert.ok(first?.ok && second?.ok);
  assert.not.equal(first, second);
});

s('a provider that throws or loses results fails its tasks, not the caller', async () => {
  const data = utf8('x');
  const provider = (sign: SignProvider['sign']): SignProvider => ({
    name: 'toy',
    sign,
    close: async () => {},
  });
  const batch = [
    { key: 'rsa', algorithm: 'RS256', data },
    { key: 'nobody', algorithm: 'RS256', data },
  ];
  for (const [sign, reason] of [
    [() => Promise.reject(new Error('unplugged')), 'toy failed: unplugged'],
    [async () => [], 'toy made 0 of 1 results'],
  ] as const) {
    const results = await signer(store(), provider(sign)).sign(batch);
    assert.is(results.length, 2);
    assert.equal(results[0], { ok: false, reason });
    assert.match(results[1]?.ok === false ? results[1].reason : '', /no key/);
  }
});

s('counts batches, sizes, algorithms and time', async () => {
  const signing = signer(store(), nodeProvider({ deterministic: false }));
  const request = { key: 'P-256', algorithm: 'ES256', data: utf8('x') };
  await signing.sign([request]);
  await signing.sign([request, request, { ...request, key: 'nobody' }]);
  await signing.sign([]);
  const { milliseconds, longestMilliseconds, ...stats } = signing.stats();
  assert.equal(stats, {
    provider: 'node:crypto',
    batches: 3,
    signatures: 3,
    failures: 1,
    batchSizes: { 1: 2, 4: 1 },
    largestBatch: 3,
    algorithms: { ES256: 3 },
  });
  assert.ok(milliseconds > 0 && longestMilliseconds > 0 && longestMilliseconds <= milliseconds);
  await signing.close();
});

s.run();
