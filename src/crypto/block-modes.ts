/**
 * Content encryption of CMS and JWE: CBC with the padding of RFC 5652 §6.3 (des-EDE3-CBC, RFC 3370 §5.1;
 * AES, RFC 3565), and AES-GCM (RFC 7518 §5.3).
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { plain } from './digest.ts';

export type CbcCipher = 'des-ede3-cbc' | 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';

/** Octets of key and block. */
export const CBC_CIPHERS: Readonly<
  Record<CbcCipher, { readonly key: number; readonly block: number }>
> = {
  'des-ede3-cbc': { key: 24, block: 8 },
  'aes-128-cbc': { key: 16, block: 16 },
  'aes-192-cbc': { key: 24, block: 16 },
  'aes-256-cbc': { key: 32, block: 16 },
};

/** Padded to whole blocks. @throws RangeError when key or iv have other lengths than the cipher's. */
export function cbcEncrypt(
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const made = createCipheriv(cipher, key, iv);
  return concat(plain(made.update(data)), plain(made.final()));
}

/** The plaintext without its padding; undefined: wrong lengths, or no padding at its end. */
export function cbcDecrypt(
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  const whole = cbcDecryptPadded(cipher, key, iv, data);
  const last = whole?.at(-1);
  if (whole === undefined || last === undefined) return undefined;
  if (last === 0 || last > CBC_CIPHERS[cipher].block) return undefined;
  const end = whole.length - last;
  return whole.subarray(end).every((octet) => octet === last) ? whole.subarray(0, end) : undefined;
}

/** The same with whatever stands in place of the padding: peers pad in more ways than one. */
export function cbcDecryptPadded(
  cipher: CbcCipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  const { key: keySize, block } = CBC_CIPHERS[cipher];
  if (key.length !== keySize || iv.length !== block || data.length % block !== 0) return undefined;
  const made = createDecipheriv(cipher, key, iv);
  made.setAutoPadding(false);
  return concat(plain(made.update(data)), plain(made.final()));
}

const TAG = 16;

/** AES-GCM with a tag of 16 octets behind the ciphertext. @param iv 12 octets */
export function aesGcmSeal(
  key: Uint8Array,
  iv: Uint8Array,
  additional: Uint8Array,
  data: Uint8Array,
): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array } {
  const made = createCipheriv(gcm(key), key, iv);
  made.setAAD(additional);
  const ciphertext = concat(plain(made.update(data)), plain(made.final()));
  return { ciphertext, tag: plain(made.getAuthTag()) };
}

/** Undefined: wrong lengths, or the tag does not belong to the rest. */
export function aesGcmOpen(
  key: Uint8Array,
  iv: Uint8Array,
  additional: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array | undefined {
  if (![16, 24, 32].includes(key.length) || iv.length !== 12 || tag.length !== TAG)
    return undefined;
  const made = createDecipheriv(gcm(key), key, iv);
  made.setAAD(additional);
  made.setAuthTag(tag);
  try {
    return concat(plain(made.update(ciphertext)), plain(made.final()));
  } catch {
    return undefined;
  }
}

function gcm(key: Uint8Array): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  return `aes-${8 * key.length}-gcm` as 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
}
