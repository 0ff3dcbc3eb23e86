import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import {
  SIGNATURE_ALGORITHMS,
  signatureAlgorithm,
} from '../../../src/crypto/signature-algorithms.ts';
import { verifySignature } from '../../../src/crypto/verify.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';

const s = suite('crypto/verify');

const DATA = utf8('what is signed');

function pairFor(algorithm: string): KeyPair {
  const known = signatureAlgorithm(algorithm);
  if (known?.scheme !== 'ECDSA') return rsaKeyPair(1, 'verify');
  return ecKeyPair(1, 'verify', (known.curve ?? 'P-256') as 'P-256');
}

for (const algorithm of SIGNATURE_ALGORITHMS) {
  s(`${algorithm}: the signature, and nothing else`, () => {
    const { pkcs8, spki } = pairFor(algorithm);
    const signature = signedNow({ name: 'k', pkcs8 }, algorithm, DATA);
    assert.equal(signedNow({ name: 'k', pkcs8 }, algorithm, DATA), signature, 'the same octets');
    assert.ok(verifySignature(spki, algorithm, DATA, signature));
    assert.not.ok(verifySignature(spki, algorithm, utf8('something else'), signature));
    const broken = signature.slice();
    broken[10] = (broken[10] as number) ^ 1;
    assert.not.ok(verifySignature(spki, algorithm, DATA, broken));
    assert.not.ok(verifySignature(spki, algorithm, DATA, new Uint8Array(0)));
  });
}

s('no message is signed with an algorithm of cards', () => {
  const { pkcs8, spki } = rsaKeyPair(1, 'verify');
  const signature = signedNow({ name: 'k', pkcs8 }, 'CKM_RSA_PKCS', DATA);
  assert.not.ok(verifySignature(spki, 'CKM_RSA_PKCS', DATA, signature));
});

s('a key of another kind, no key, and an unknown algorithm', () => {
  const rsa = rsaKeyPair(1, 'verify');
  const ec = ecKeyPair(1, 'verify', 'P-256');
  const signature = signedNow({ name: 'k', pkcs8: rsa.pkcs8 }, 'sha256WithRSAEncryption', DATA);
  assert.not.ok(verifySignature(ec.spki, 'sha256WithRSAEncryption', DATA, signature));
  assert.not.ok(verifySignature(rsa.spki, 'ecdsa-with-SHA256', DATA, signature));
  assert.not.ok(verifySignature(new Uint8Array(9), 'sha256WithRSAEncryption', DATA, signature));
  assert.not.ok(verifySignature(rsa.spki, 'md2WithRSAEncryption', DATA, signature));
});

s.run();
