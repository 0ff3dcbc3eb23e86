/**
 * JSON Web Encryption in compact form (RFC 7516), with the two ways that primary refresh tokens use:
 * a key that both sides have (`dir`), and a key under a public key (`RSA-OAEP`). Content is A256GCM.
 */
import { fromBase64Url, toBase64Url } from '../../src/bytes/base64.ts';
import { utf8 } from '../../src/bytes/bytes.ts';
import { aesGcmOpen, aesGcmSeal } from '../../src/crypto/block-modes.ts';
import { rsaEncrypt } from '../../src/crypto/rsa.ts';
import { type JsonObject, jsonObjectOf } from './json.ts';

const IV_SIZE = 12;
export const CONTENT_KEY_SIZE = 32;

export interface Jwe {
  readonly header: JsonObject;
  readonly encryptedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
  /** The header as it was written, which the tag covers. */
  readonly aad: Uint8Array;
}

type Random = (size: number) => Uint8Array;

/** Content under a key that the other side has; `header` says which (`ctx`, `kid`). */
export function directJwe(
  header: JsonObject,
  key: Uint8Array,
  content: Uint8Array,
  random: Random,
): string {
  return sealed({ ...header, alg: 'dir', enc: 'A256GCM' }, new Uint8Array(0), key, content, random);
}

/**
 * A key for the holder of a private RSA key; the content stays empty, because nobody reads it.
 * @returns undefined when the public key is none of RSA's
 */
export function keyJwe(publicKey: Uint8Array, key: Uint8Array, random: Random): string | undefined {
  const encryptedKey = rsaEncrypt('RSAES-OAEP', publicKey, key, random);
  if (encryptedKey === undefined) return undefined;
  const header = { alg: 'RSA-OAEP', enc: 'A256GCM' };
  return sealed(header, encryptedKey, key, new Uint8Array(0), random);
}

function sealed(
  header: JsonObject,
  encryptedKey: Uint8Array,
  key: Uint8Array,
  content: Uint8Array,
  random: Random,
): string {
  const aad = toBase64Url(utf8(JSON.stringify(header)));
  const iv = random(IV_SIZE);
  const { ciphertext, tag } = aesGcmSeal(key, iv, utf8(aad), content);
  return [aad, ...[encryptedKey, iv, ciphertext, tag].map(toBase64Url)].join('.');
}

/** Undefined when it is no JWE in compact form. */
export function readJwe(token: string): Jwe | undefined {
  const parts = token.split('.');
  if (parts.length !== 5) return undefined;
  const [first, encryptedKey, iv, ciphertext, tag] = parts.map(fromBase64Url);
  const header = first === undefined ? undefined : jsonObjectOf(first);
  if (header === undefined || encryptedKey === undefined || iv === undefined) return undefined;
  if (ciphertext === undefined || tag === undefined) return undefined;
  return { header, encryptedKey, iv, ciphertext, tag, aad: utf8(parts[0] as string) };
}

/** The content; undefined when it is under another key, or was changed. */
export function openJwe(jwe: Jwe, key: Uint8Array): Uint8Array | undefined {
  const { header, iv, aad, ciphertext, tag } = jwe;
  if (header.enc !== 'A256GCM' || key.length !== CONTENT_KEY_SIZE) return undefined;
  return aesGcmOpen(key, iv, aad, ciphertext, tag);
}
