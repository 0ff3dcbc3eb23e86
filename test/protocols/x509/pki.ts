/** A small hierarchy with keys that follow from their names, signed by node:crypto. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type Certificate, readCertificate } from '../../../protocols/x509/certificate.ts';
import {
  type Crl,
  type Revocation,
  readCrl,
  signedCrl,
  tbsCertList,
} from '../../../protocols/x509/crl.ts';
import {
  type CertificateProfile,
  type Issuance,
  signedCertificate,
  tbsCertificate,
} from '../../../protocols/x509/issue.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import { certificateAuthority } from '../../../protocols/x509/profiles.ts';
import { plain } from '../../../src/crypto/digest.ts';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';

export interface Key {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly pkcs8: Uint8Array;
  readonly object: KeyObject;
  readonly algorithm: string;
}

const keys = new Map<string, Key>();

/** The key of that name: P-256, or RSA of 2048 bits where the name begins with `rsa`. */
export function keyOf(name: string): Key {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const rsa = name.startsWith('rsa');
  const { pkcs8, spki } = rsa ? rsaKeyPair('pki', name) : ecKeyPair('pki', name, 'P-256');
  const object = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const algorithm = rsa ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256';
  const key: Key = { publicKey: spki, pkcs8, object, algorithm };
  keys.set(name, key);
  return key;
}

/** DER signature by the algorithm's name. */
export function signed(key: Key, data: Uint8Array, algorithm = key.algorithm): Uint8Array {
  const digestName = /sha\d+/i.exec(algorithm)?.[0].toLowerCase();
  return plain(sign(digestName, data, key.object));
}

export const YEAR = 365 * 86_400_000;
/** 2026-03-01T00:00:00Z */
export const NOW = Date.UTC(2026, 2, 1);

export function certificateOf(der: Uint8Array): Certificate {
  const read = readCertificate(der);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

export interface Authority {
  readonly certificate: Certificate;
  readonly key: Key;
}

let serial = 0x1000;

/** A certificate of `issuer`, or one that signs itself. */
export function issue(
  profile: CertificateProfile,
  key: Key,
  issuer?: Authority,
  options: Partial<Issuance> = {},
): Certificate {
  const signer = issuer?.key ?? key;
  serial++;
  const tbs = tbsCertificate(profile, {
    issuer: issuer?.certificate ?? profile.subject,
    publicKey: key.publicKey,
    serialNumber: Uint8Array.of(0x90, serial >> 8, serial & 0xff),
    notBefore: NOW - YEAR,
    notAfter: NOW + YEAR,
    signatureAlgorithm: signer.algorithm,
    ...options,
  });
  const algorithm = options.signatureAlgorithm ?? signer.algorithm;
  return certificateOf(signedCertificate(tbs, algorithm, signed(signer, tbs, algorithm)));
}

/** A CA called `name`, with the key of that name. */
export function authority(
  name: string,
  issuer?: Authority,
  { pathLength, ...options }: Partial<Issuance> & { readonly pathLength?: number } = {},
): Authority {
  const subject = distinguishedName(`CN=${name}, DC=corp, DC=example`);
  const profile = certificateAuthority({
    subject,
    ...(pathLength === undefined ? {} : { pathLength }),
  });
  const key = keyOf(name);
  return { certificate: issue(profile, key, issuer, options), key };
}

export function revocationList(
  issuer: Authority,
  revoked: readonly Revocation[],
  times: { readonly thisUpdate?: number; readonly nextUpdate?: number; readonly by?: Key } = {},
): Crl {
  const key = times.by ?? issuer.key;
  const tbs = tbsCertList({
    issuer: issuer.certificate,
    signatureAlgorithm: key.algorithm,
    thisUpdate: times.thisUpdate ?? NOW - 86_400_000,
    nextUpdate: times.nextUpdate ?? NOW + 6 * 86_400_000,
    number: 7,
    revoked,
  });
  const read = readCrl(signedCrl(tbs, key.algorithm, signed(key, tbs)));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}
