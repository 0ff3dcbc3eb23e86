/** Signatures checked with public keys as certificates carry them: SubjectPublicKeyInfo (RFC 5280 §4.1). */
import { constants, type KeyObject, verify } from 'node:crypto';
import { publicKeyObject } from './public-key.ts';
import { type DigestingAlgorithm, signatureAlgorithm } from './signature-algorithms.ts';

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants;

/**
 * Does the signature belong to the octets and the key? An unknown algorithm, a malformed key and a key
 * of another kind than the algorithm's are answered with false: to who asks they are all the same. So
 * is an algorithm of cards, which no message is signed with.
 * @param publicKey SubjectPublicKeyInfo, DER
 * @param algorithm name from the table of signature-algorithms.ts
 */
export function verifySignature(
  publicKey: Uint8Array,
  algorithm: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const known = signatureAlgorithm(algorithm);
  const key = publicKeyObject(publicKey);
  if (known?.digest === undefined || key === undefined) return false;
  if ((known.scheme === 'ECDSA') !== (key.asymmetricKeyType === 'ec')) return false;
  try {
    return verify(known.digest, data, optionsOf(known, key), signature);
  } catch {
    return false; // a signature that is no signature of this scheme at all
  }
}

function optionsOf({ scheme, encoding }: DigestingAlgorithm, key: KeyObject) {
  switch (scheme) {
    case 'ECDSA':
      return { key, dsaEncoding: encoding ?? 'der' } as const;
    case 'RSASSA-PKCS1-v1_5':
      return { key, padding: RSA_PKCS1_PADDING };
    case 'RSASSA-PSS':
      return { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST };
  }
}
