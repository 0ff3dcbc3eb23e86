/**
 * RSASSA-PSS (RFC 8017 section 8.1) with a salt that comes from the key and the message, so that the
 * same request gives the same octets. Verifiers cannot tell (section 9.1: any salt will do), and no
 * two messages share one.
 */
import { constants, type KeyObject, privateEncrypt } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { DIGESTS, type DigestName, digest, hmac, plain } from './digest.ts';

export interface RsaPssKey {
  /** Salt as long as the digest, MGF1 with the same digest. @throws RangeError: too short a key. */
  sign(name: DigestName, data: Uint8Array): Uint8Array;
}

/** @throws RangeError for keys that are not RSA's. */
export function rsaPssKey(key: KeyObject): RsaPssKey {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined) {
    throw new RangeError(`RSASSA-PSS wants an RSA key, not ${key.asymmetricKeyType}`);
  }
  const secret = key.export({ format: 'der', type: 'pkcs8' });
  return {
    sign(name, data) {
      const hashed = digest(name, data);
      const encoded = emsaPss(name, hashed, hmac(name, secret, hashed), bits - 1);
      const padded = new Uint8Array(Math.ceil(bits / 8));
      padded.set(encoded, padded.length - encoded.length);
      return plain(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded));
    },
  };
}

/** EMSA-PSS-ENCODE of section 9.1.1, the message already hashed. */
function emsaPss(name: DigestName, hashed: Uint8Array, salt: Uint8Array, bits: number): Uint8Array {
  const size = Math.ceil(bits / 8);
  const space = size - hashed.length - salt.length - 2;
  if (space < 0) throw new RangeError(`an RSA key of ${bits + 1} bits is too short for ${name}`);
  const h = digest(name, concat(new Uint8Array(8), hashed, salt));
  const db = concat(new Uint8Array(space), new Uint8Array([1]), salt);
  const mask = mgf1(name, h, db.length);
  for (let i = 0; i < db.length; i++) db[i] = (db[i] as number) ^ (mask[i] as number);
  db[0] = (db[0] as number) & (0xff >> (8 * size - bits));
  return concat(db, h, new Uint8Array([0xbc]));
}

/** MGF1 (section B.2.1). */
export function mgf1(name: DigestName, seed: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let counter = 0; counter * DIGESTS[name].size < size; counter++) {
    parts.push(digest(name, concat(seed, new Uint8Array([0, 0, counter >> 8, counter & 0xff]))));
  }
  return concat(...parts).subarray(0, size);
}
