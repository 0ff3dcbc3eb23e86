/**
 * Public keys as msDS-KeyCredentialLink carries them (MS-ADTS 2.2.20.5), made SubjectPublicKeyInfo and
 * the other way round. Which form it is, the first octets say: BCRYPT blobs, the blob of the TPM's
 * provider, or DER of a bare RSA key, of a SubjectPublicKeyInfo, of a certificate.
 */
import { concat, uint32le, view } from '../../src/bytes/bytes.ts';
import type { CurveName } from '../../src/crypto/curves.ts';
import { ecSpki, publicKeyKind, rsaSpki } from '../../src/crypto/public-key.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { bigInteger } from '../../src/der/primitives.ts';
import { bare, sequence } from '../../src/der/structures.ts';
import { readCertificate } from '../x509/certificate.ts';
import { tpmPublicKey } from './tpm-key.ts';

/** How a key was written. */
export type KeyMaterialForm =
  | 'BCRYPT_RSAPUBLIC_BLOB'
  | 'BCRYPT_ECCPUBLIC_BLOB'
  | 'TPM 2.0'
  | 'RSAPublicKey'
  | 'SubjectPublicKeyInfo'
  | 'X.509';

export interface KeyMaterial {
  readonly form: KeyMaterialForm;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** `RSA1` */
const RSA_MAGIC = 0x31415352;
const RSA_HEADER = 24;
/** `PCPM` */
const PCP_MAGIC = 0x4d504350;

/** Public keys for signing (`ECS1` …) and for agreement (`ECK1` …). */
const CURVE_MAGIC: Readonly<Record<number, CurveName>> = {
  827540293: 'P-256',
  861094725: 'P-384',
  894649157: 'P-521',
  827016005: 'P-256',
  860570437: 'P-384',
  894124869: 'P-521',
};

/** Octets: of an RSA key of 8192 bits. Longer ones are not looked at. */
const MOST_OCTETS = 1_024;
const MOST_EXPONENT = 8;

/** Undefined: none of these forms, or no key that anybody could sign with. */
export function readKeyMaterial(bytes: Uint8Array): KeyMaterial | undefined {
  if (bytes.length < 8) return undefined;
  const magic = view(bytes).getUint32(0, true);
  if (magic === RSA_MAGIC) return formed('BCRYPT_RSAPUBLIC_BLOB', readRsaBlob(bytes));
  if (magic === PCP_MAGIC)
    return formed('TPM 2.0', tpmPublicKey(bytes, { rsa: rsaKey, ec: ecKey }));
  const curve = CURVE_MAGIC[magic];
  if (curve !== undefined) return formed('BCRYPT_ECCPUBLIC_BLOB', readEccBlob(bytes, curve));
  if (bytes[0] !== 0x30) return undefined;
  const bareKey = tryDecode(RSAPublicKey, bytes);
  if (bareKey.ok) {
    const { modulus, publicExponent } = bareKey.value;
    return formed('RSAPublicKey', rsaKey(octetsOf(modulus), octetsOf(publicExponent)));
  }
  if (publicKeyKind(bytes) !== undefined) return formed('SubjectPublicKeyInfo', bytes.slice());
  const certificate = readCertificate(bytes);
  return certificate.ok ? formed('X.509', usable(certificate.value.publicKey)) : undefined;
}

function formed(form: KeyMaterialForm, publicKey: Uint8Array | undefined): KeyMaterial | undefined {
  return publicKey === undefined ? undefined : { form, publicKey };
}

function usable(spki: Uint8Array): Uint8Array | undefined {
  return publicKeyKind(spki) === undefined ? undefined : spki;
}

/** RFC 8017 A.1.1. */
const RSAPublicKey = sequence('RSAPublicKey', {
  modulus: bare(bigInteger),
  publicExponent: bare(bigInteger),
});

function octetsOf(value: bigint): Uint8Array {
  if (value <= 0n) return new Uint8Array(0);
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Header of 24 octets, all little-endian: magic, bits, cbPublicExp, cbModulus, cbPrime1, cbPrime2. */
function readRsaBlob(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < RSA_HEADER) return undefined;
  const numbers = view(bytes);
  const cbExponent = numbers.getUint32(8, true);
  const cbModulus = numbers.getUint32(12, true);
  if (bytes.length !== RSA_HEADER + cbExponent + cbModulus) return undefined;
  const modulusAt = RSA_HEADER + cbExponent;
  return rsaKey(bytes.subarray(modulusAt), bytes.subarray(RSA_HEADER, modulusAt));
}

function readEccBlob(bytes: Uint8Array, curve: CurveName): Uint8Array | undefined {
  const size = view(bytes).getUint32(4, true);
  if (bytes.length !== 8 + 2 * size) return undefined;
  return ecKey(curve, bytes.subarray(8));
}

function rsaKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array | undefined {
  if (modulus.length === 0 || modulus.length > MOST_OCTETS) return undefined;
  if (exponent.length === 0 || exponent.length > MOST_EXPONENT) return undefined;
  return attempted(() => rsaSpki(modulus, exponent));
}

/** @param xy both coordinates, one after the other */
function ecKey(curve: CurveName, xy: Uint8Array): Uint8Array | undefined {
  return attempted(() => ecSpki(curve, concat(new Uint8Array([4]), xy)));
}

/** What a stranger wrote need not be a key. */
function attempted(make: () => Uint8Array): Uint8Array | undefined {
  try {
    return usable(make());
  } catch {
    return undefined;
  }
}

/**
 * BCRYPT_RSAPUBLIC_BLOB, the form of MS-ADTS 2.2.20.5.1; of a key on a curve BCRYPT_ECCPUBLIC_BLOB.
 * @param spki SubjectPublicKeyInfo @throws Error when it is neither
 */
export function bcryptPublicBlob(spki: Uint8Array): Uint8Array {
  const kind = publicKeyKind(spki);
  if (kind === undefined) throw new Error('neither an RSA key nor one on a known curve');
  if (kind.type === 'ec') {
    const magic = Object.entries(CURVE_MAGIC).find(([, curve]) => curve === kind.curve);
    const size = (kind.point.length - 1) / 2;
    return concat(uint32le(Number(magic?.[0])), uint32le(size), kind.point.subarray(1));
  }
  const { bits, modulus, exponent } = kind;
  const sizes = [bits, exponent.length, modulus.length, 0, 0].map(uint32le);
  return concat(uint32le(RSA_MAGIC), ...sizes, exponent, modulus);
}
