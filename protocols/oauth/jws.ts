/**
 * JSON Web Signatures in compact form (RFC 7515) as machines need them: what is to be signed and what
 * comes of it apart, because private keys sign by an effect.
 */
import { fromBase64Url, toBase64Url } from '../../src/bytes/base64.ts';
import { equalSecret, utf8 } from '../../src/bytes/bytes.ts';
import { hmac } from '../../src/crypto/digest.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { type JsonObject, jsonObjectOf, textField } from './json.ts';

export interface Jws {
  /** The protected header; nothing in it is believed yet. */
  readonly header: JsonObject;
  readonly payload: Uint8Array;
  /** What the signature is over: ASCII of header and payload with the dot between them. */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the effect `sign` is given (RFC 7515 section 5.1): `data`, with `header.alg` as its algorithm. */
export function jwsSigningInput(header: JsonObject, payload: JsonObject | Uint8Array): Uint8Array {
  const octets = payload instanceof Uint8Array ? payload : utf8(JSON.stringify(payload));
  return utf8(`${toBase64Url(utf8(JSON.stringify(header)))}.${toBase64Url(octets)}`);
}

/** The token, from what was signed and the signature. */
export function compactJws(signingInput: Uint8Array, signature: Uint8Array): string {
  return `${new TextDecoder().decode(signingInput)}.${toBase64Url(signature)}`;
}

/** Undefined when it is no JWS in compact form. */
export function readJws(token: string): Jws | undefined {
  const [first, second, third, more] = token.split('.');
  if (first === undefined || second === undefined || third === undefined || more !== undefined) {
    return undefined;
  }
  const [octets, payload, signature] = [first, second, third].map(fromBase64Url);
  const header = octets === undefined ? undefined : jsonObjectOf(octets);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  return { header, payload, signingInput: utf8(`${first}.${second}`), signature };
}

const PUBLIC_KEY_ALGORITHMS: readonly string[] = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384'];

/** Whether the holder of the private half signed it; `none` and HMACs are no signatures here. */
export function isSignedBy(jws: Jws, publicKey: Uint8Array): boolean {
  const algorithm = textField(jws.header, 'alg');
  if (algorithm === undefined || !PUBLIC_KEY_ALGORITHMS.includes(algorithm)) return false;
  return verifySignature(publicKey, algorithm, jws.signingInput, jws.signature);
}

/** A token under a key that both sides have: `alg` is HS256 (RFC 7518 section 3.2). */
export function hs256(
  header: JsonObject,
  payload: JsonObject | Uint8Array,
  key: Uint8Array,
): string {
  const input = jwsSigningInput({ alg: 'HS256', ...header }, payload);
  return compactJws(input, hmac('sha256', key, input));
}

export function isHs256(jws: Jws, key: Uint8Array): boolean {
  if (textField(jws.header, 'alg') !== 'HS256') return false;
  return equalSecret(jws.signature, hmac('sha256', key, jws.signingInput));
}
