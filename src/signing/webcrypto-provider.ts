/**
 * Signatures through the Web Cryptography API, by @peculiar/webcrypto: the provider that
 * certificate libraries sit on, and a second opinion beside node:crypto's in tests and bench `sign`.
 */
import { Crypto } from '@peculiar/webcrypto';
import { derSignature } from '../crypto/ecdsa.ts';
import type { DigestingAlgorithm } from '../crypto/signature-algorithms.ts';
import type { SigningKey } from './key-store.ts';
import type { SignProvider, SignResult, SignTask } from './signer.ts';

/** RFC 5758's curves by the digest that their key is used with when the name says none. */
const CURVES = ['P-256', 'P-384', 'P-521'] as const;

const DIGESTS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;
const SALT = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

type ImportedKey = Awaited<ReturnType<Crypto['subtle']['importKey']>>;

export function webcryptoProvider(): SignProvider {
  const { subtle } = new Crypto();
  const imported = new WeakMap<SigningKey, Map<string, Promise<ImportedKey>>>();

  /** A CryptoKey is bound to scheme and digest, so one PKCS#8 key becomes several. */
  const importedKey = (key: SigningKey, algorithm: DigestingAlgorithm): Promise<ImportedKey> => {
    const known = imported.get(key) ?? new Map<string, Promise<ImportedKey>>();
    imported.set(key, known);
    const name = `${algorithm.scheme} ${algorithm.digest}`;
    let made = known.get(name);
    if (made === undefined) {
      made = importKey(key.pkcs8, algorithm);
      known.set(name, made);
    }
    return made;
  };

  const importKey = async (
    pkcs8: Uint8Array,
    { scheme, digest, curve }: DigestingAlgorithm,
  ): Promise<ImportedKey> => {
    const octets = new Uint8Array(pkcs8);
    if (scheme !== 'ECDSA') {
      const parameters = {
        name: scheme === 'RSASSA-PSS' ? 'RSA-PSS' : scheme,
        hash: DIGESTS[digest],
      };
      return subtle.importKey('pkcs8', octets, parameters, false, ['sign']);
    }
    let refusal: unknown;
    for (const namedCurve of curve === undefined ? CURVES : [curve]) {
      try {
        return await subtle.importKey('pkcs8', octets, { name: 'ECDSA', namedCurve }, false, [
          'sign',
        ]);
      } catch (error) {
        refusal = error; // a key on another curve: the next one may be it
      }
    }
    throw refusal;
  };

  const signOne = async ({ key, algorithm, data }: SignTask): Promise<SignResult> => {
    if (algorithm.digest === undefined) {
      const reason = `${algorithm.name}: the Web Cryptography API signs no digests made elsewhere`;
      return { ok: false, reason };
    }
    try {
      const made = await importedKey(key, algorithm);
      const hash = DIGESTS[algorithm.digest];
      const parameters =
        algorithm.scheme === 'ECDSA'
          ? { name: 'ECDSA', hash }
          : algorithm.scheme === 'RSASSA-PSS'
            ? { name: 'RSA-PSS', saltLength: SALT[algorithm.digest] }
            : { name: algorithm.scheme };
      const signature = new Uint8Array(await subtle.sign(parameters, made, new Uint8Array(data)));
      const der = algorithm.scheme === 'ECDSA' && algorithm.encoding !== 'ieee-p1363';
      return { ok: true, signature: der ? derSignature(signature) : signature };
    } catch (error) {
      return { ok: false, reason: `${key.name}: ${(error as Error).message}` };
    }
  };

  return {
    name: '@peculiar/webcrypto',
    sign: (tasks) => Promise.all(tasks.map(signOne)),
    close: async () => {},
  };
}
