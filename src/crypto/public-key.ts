/** Public keys as certificates carry them (SubjectPublicKeyInfo, RFC 5280 §4.1), taken apart and put together. */
import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { CURVES, type CurveName, curveByOpensslName } from './curves.ts';
import { plain } from './digest.ts';

export type PublicKeyKind =
  | {
      readonly type: 'rsa';
      readonly bits: number;
      /** Most significant octet first, without leading zeros. */
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
    }
  | {
      readonly type: 'ec';
      readonly curve: CurveName;
      /** Uncompressed: 04, x, y (SEC 1 §2.3.3). */
      readonly point: Uint8Array;
    };

/** Larger keys only cost a peer's victim time: RSA of 8192 bits verifies in about 0.2 ms. */
const MOST_BITS = 8192;
/** 2^32 + 1 is the largest that anybody was seen to use. */
const MOST_EXPONENT = 2n ** 33n;
/** A key of MOST_BITS has about 1,070 octets. */
const MOST_OCTETS = 2048;

const MOST_KEPT = 1024;

/** Reading a key costs more than checking a signature with it, and the same few sign again and again. */
const kept = new Map<string, ReadKey | undefined>();

interface ReadKey {
  readonly object: KeyObject;
  readonly kind: PublicKeyKind;
}

/** The key made ready; undefined: malformed, of a kind that nobody uses here, or too large. */
export function publicKeyObject(spki: Uint8Array): KeyObject | undefined {
  return keyOf(spki)?.object;
}

/** What the key is made of; undefined as for {@link publicKeyObject}. */
export function publicKeyKind(spki: Uint8Array): PublicKeyKind | undefined {
  return keyOf(spki)?.kind;
}

function keyOf(spki: Uint8Array): ReadKey | undefined {
  if (spki.length > MOST_OCTETS) return undefined;
  const name = Buffer.from(spki.buffer, spki.byteOffset, spki.length).toString('latin1');
  if (kept.has(name)) return kept.get(name);
  const made = readKey(spki);
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(name, made);
  return made;
}

function readKey(spki: Uint8Array): ReadKey | undefined {
  try {
    const object = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    // OpenSSL reads no further than the key's end; what follows would make one key of many names.
    if (object.export({ format: 'der', type: 'spki' }).length !== spki.length) return undefined;
    const kind = object.asymmetricKeyType === 'ec' ? ecKind(object) : rsaKind(object);
    return kind && { object, kind };
  } catch {
    return undefined;
  }
}

function ecKind(key: KeyObject): PublicKeyKind | undefined {
  const curve = curveByOpensslName(key.asymmetricKeyDetails?.namedCurve);
  if (curve === undefined) return undefined;
  const { x, y } = key.export({ format: 'jwk' });
  const point = concat(new Uint8Array([4]), octets(x), octets(y));
  return { type: 'ec', curve: curve.name, point };
}

/** With a modulus or an exponent that is even, or the exponent 1, nothing is encrypted. */
function rsaKind(key: KeyObject): PublicKeyKind | undefined {
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const { modulusLength: bits = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (bits > MOST_BITS || publicExponent > MOST_EXPONENT) return undefined;
  if (publicExponent < 3n || publicExponent % 2n === 0n) return undefined;
  const { n, e } = key.export({ format: 'jwk' });
  const modulus = octets(n);
  if ((modulus.at(-1) ?? 0) % 2 === 0) return undefined;
  return { type: 'rsa', bits, modulus, exponent: octets(e) };
}

function octets(text: string | undefined): Uint8Array {
  return plain(Buffer.from(text ?? '', 'base64url')).slice(); // small Buffers share memory
}

/** @throws Error when the numbers make no RSA key. Both most significant octet first. */
export function rsaSpki(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  return spkiOf({ kty: 'RSA', n: text(modulus), e: text(exponent) });
}

/** @param point uncompressed: 04, x, y @throws Error when it is not on the curve */
export function ecSpki(curve: CurveName, point: Uint8Array): Uint8Array {
  const { size } = CURVES[curve];
  if (point.length !== 1 + 2 * size || point[0] !== 4) {
    throw new RangeError(`${curve} has points of ${1 + 2 * size} octets that begin with 04`);
  }
  const x = text(point.subarray(1, 1 + size));
  return spkiOf({ kty: 'EC', crv: curve, x, y: text(point.subarray(1 + size)) });
}

function text(number: Uint8Array): string {
  return Buffer.from(number).toString('base64url');
}

function spkiOf(jwk: JsonWebKey): Uint8Array {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return plain(key.export({ format: 'der', type: 'spki' }));
}

/** SubjectPublicKeyInfo of a certificate, DER; undefined: the octets are none. */
export function certificateKey(certificate: Uint8Array): Uint8Array | undefined {
  try {
    const { publicKey } = new X509Certificate(certificate);
    return plain(publicKey.export({ format: 'der', type: 'spki' }));
  } catch {
    return undefined;
  }
}
