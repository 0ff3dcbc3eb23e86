/** RSA key transport with randomness from outside: RFC 8017 §7.1 (OAEP), §7.2 (PKCS1-v1_5). */
import { constants, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { DIGESTS, type DigestName, digest, plain } from './digest.ts';
import { publicKeyObject } from './public-key.ts';
import { mgf1 } from './rsa-pss.ts';

/** OAEP: SHA-1 for the label, which is empty, and for MGF1. */
export type KeyTransport = 'RSAES-PKCS1-v1_5' | 'RSAES-OAEP';

type Random = (size: number) => Uint8Array;

/**
 * Undefined when the key is no RSA key, or the data is too long for it.
 * @param publicKey SubjectPublicKeyInfo, DER
 */
export function rsaEncrypt(
  scheme: KeyTransport,
  publicKey: Uint8Array,
  data: Uint8Array,
  random: Random,
): Uint8Array | undefined {
  const key = publicKeyObject(publicKey);
  const bits =
    key?.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  if (key === undefined || bits === undefined) return undefined;
  const size = Math.ceil(bits / 8);
  const encoded =
    scheme === 'RSAES-OAEP' ? oaepEncoded(data, size, random) : pkcs1Encoded(data, size, random);
  if (encoded === undefined) return undefined;
  try {
    return plain(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded));
  } catch {
    return undefined; // a modulus that is no product of two primes, in one way or another
  }
}

/** EME-PKCS1-v1_5 of section 7.2.1: 00 02, random octets that are not 0, 00, the data. */
function pkcs1Encoded(data: Uint8Array, size: number, random: Random): Uint8Array | undefined {
  const space = size - data.length - 3;
  if (space < 8) return undefined;
  const filling = new Uint8Array(space);
  for (let i = 0; i < space; ) {
    for (const octet of random(space - i)) if (octet !== 0) filling[i++] = octet;
  }
  return concat(new Uint8Array([0, 2]), filling, new Uint8Array(1), data);
}

const OAEP: DigestName = 'sha1';

/** EME-OAEP of section 7.1.1 without a label. */
function oaepEncoded(data: Uint8Array, size: number, random: Random): Uint8Array | undefined {
  const { size: length } = DIGESTS[OAEP];
  const space = size - data.length - 2 * length - 2;
  if (space < 0) return undefined;
  const seed = random(length).slice();
  const db = concat(
    digest(OAEP, new Uint8Array(0)),
    new Uint8Array(space),
    new Uint8Array([1]),
    data,
  );
  mask(db, mgf1(OAEP, seed, db.length));
  mask(seed, mgf1(OAEP, db, length));
  return concat(new Uint8Array(1), seed, db);
}

function mask(octets: Uint8Array, by: Uint8Array): void {
  for (let i = 0; i < octets.length; i++) octets[i] = (octets[i] as number) ^ (by[i] as number);
}

/**
 * The data; undefined when it does not decrypt.
 *
 * PKCS1-v1_5 padding is taken off here, because OpenSSL answers bad padding with octets that look random
 * (implicit rejection), against attackers who learn from the difference. Here the difference is what a
 * run has to show, and the keys are visible anyway.
 */
export function rsaDecrypt(
  scheme: KeyTransport,
  key: KeyObject,
  data: Uint8Array,
): Uint8Array | undefined {
  try {
    if (scheme === 'RSAES-OAEP') {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return plain(privateDecrypt({ key, padding, oaepHash: OAEP }, data));
    }
    const encoded = plain(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, data));
    const end = encoded.indexOf(0, 2);
    const wellFormed = encoded[0] === 0 && encoded[1] === 2 && end >= 10;
    return wellFormed ? encoded.slice(end + 1) : undefined;
  } catch {
    return undefined;
  }
}
