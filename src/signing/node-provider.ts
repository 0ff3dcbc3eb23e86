/** Signatures by node:crypto, one after the other in this thread. */
import { constants, createPrivateKey, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { plain } from '../crypto/digest.ts';
import { type EcdsaKey, ecdsaKey } from '../crypto/ecdsa.ts';
import { type RsaPssKey, rsaPssKey } from '../crypto/rsa-pss.ts';
import {
  type CardAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from '../crypto/signature-algorithms.ts';
import type { SigningKey } from './key-store.ts';
import type { SignProvider, SignResult, SignTask } from './signer.ts';

export interface NodeProviderOptions {
  /**
   * The same request gives the same octets: ECDSA's k comes from key and message as RFC 6979 has it,
   * and the salt of RSASSA-PSS likewise. For the simulated world, whose traces must not differ;
   * servers do without it, because ECDSA takes 2.4 times as long on P-256 (bench `sign`).
   * RSASSA-PKCS1-v1_5 is deterministic anyway.
   */
  readonly deterministic: boolean;
}

/** A key made ready: parsing PKCS#8 costs more than an ECDSA signature. */
interface ReadyKey {
  readonly object: KeyObject;
  ecdsa?: EcdsaKey;
  pss?: RsaPssKey;
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

export function nodeProvider({ deterministic }: NodeProviderOptions): SignProvider {
  const { signOne } = oneByOne(deterministic);
  return {
    name: deterministic ? 'node:crypto, deterministic' : 'node:crypto',
    sign: async (tasks) => tasks.map(signOne),
    close: async () => {},
  };
}

/** Keeps keys ready as long as they are anybody's. */
function oneByOne(deterministic: boolean): { signOne(task: SignTask): SignResult } {
  const ready = new WeakMap<SigningKey, ReadyKey>();

  const readyKey = (key: SigningKey): ReadyKey => {
    let found = ready.get(key);
    if (found === undefined) {
      const der = Buffer.from(key.pkcs8.buffer, key.pkcs8.byteOffset, key.pkcs8.length);
      found = { object: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
      ready.set(key, found);
    }
    return found;
  };

  const signOne = ({ key, algorithm, data }: SignTask): SignResult => {
    try {
      const made = readyKey(key);
      const objection = mismatch(made.object, algorithm);
      if (objection !== undefined) return { ok: false, reason: `${key.name}: ${objection}` };
      return { ok: true, signature: signature(made, algorithm, data, deterministic) };
    } catch (error) {
      return { ok: false, reason: `${key.name}: ${(error as Error).message}` };
    }
  };

  return { signOne };
}

const now = oneByOne(true);

/**
 * One signature at once, the same octets every time. For what is signed while actors are built; everything
 * else goes through the signer. @throws RangeError when it cannot be made
 */
export function signedNow(key: SigningKey, algorithm: string, data: Uint8Array): Uint8Array {
  const known = signatureAlgorithm(algorithm);
  if (known === undefined) throw new RangeError(`no algorithm is called "${algorithm}"`);
  const result = now.signOne({ key, algorithm: known, data });
  if (!result.ok) throw new RangeError(result.reason);
  return result.signature;
}

function mismatch(key: KeyObject, algorithm: SignatureAlgorithm): string | undefined {
  const type = algorithm.scheme === 'ECDSA' ? 'ec' : 'rsa';
  if (key.asymmetricKeyType !== type) {
    return `${algorithm.name} wants a key of type ${type}, not ${key.asymmetricKeyType}`;
  }
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (algorithm.curve !== undefined && curve !== algorithm.curve) {
    return `${algorithm.name} wants a key on ${algorithm.curve}, not ${curve ?? 'another curve'}`;
  }
  return undefined;
}

function signature(
  key: ReadyKey,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  deterministic: boolean,
): Uint8Array {
  if (algorithm.digest === undefined) return undigested(key, algorithm, data);
  const { scheme, digest, encoding } = algorithm;
  switch (scheme) {
    case 'RSASSA-PKCS1-v1_5':
      return plain(sign(digest, data, key.object));
    case 'RSASSA-PSS':
      if (deterministic) {
        key.pss ??= rsaPssKey(key.object);
        return key.pss.sign(digest, data);
      }
      return plain(
        sign(digest, data, {
          key: key.object,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }),
      );
    case 'ECDSA': {
      const dsaEncoding = encoding ?? 'der';
      if (!deterministic) return plain(sign(digest, data, { key: key.object, dsaEncoding }));
      key.ecdsa ??= ecdsaKey(key.object);
      return key.ecdsa.sign(digest, data, dsaEncoding);
    }
  }
}

/** ECDSA's k comes from key and digest in any case: OpenSSL takes no digest through Node. */
function undigested(key: ReadyKey, { scheme }: CardAlgorithm, data: Uint8Array): Uint8Array {
  switch (scheme) {
    case 'RSASSA-PKCS1-v1_5': {
      const padding = constants.RSA_PKCS1_PADDING;
      return plain(privateEncrypt({ key: key.object, padding }, data));
    }
    case 'RSA': {
      const padding = constants.RSA_NO_PADDING;
      return plain(privateEncrypt({ key: key.object, padding }, data));
    }
    case 'ECDSA':
      key.ecdsa ??= ecdsaKey(key.object);
      return key.ecdsa.signDigest(data);
  }
}
