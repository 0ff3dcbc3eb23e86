/** Signature and digest algorithms by their OIDs (RFC 3279, RFC 4055, RFC 5754, RFC 5758). */
import { hex } from '../../src/bytes/bytes.ts';
import type { DigestName } from '../../src/crypto/digest.ts';
import type { AlgorithmIdentifier } from './messages.ts';

const NULL = hex`05 00`;

export const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
export const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

export interface SignatureOid {
  readonly oid: string;
  readonly digest: DigestName;
  readonly key: 'rsa' | 'ec';
}

/** The algorithms that certificates and CMS are signed with here, by the names of the signing core. */
const SIGNATURES: Readonly<Record<string, SignatureOid>> = {
  sha1WithRSAEncryption: { oid: '1.2.840.113549.1.1.5', digest: 'sha1', key: 'rsa' },
  sha256WithRSAEncryption: { oid: '1.2.840.113549.1.1.11', digest: 'sha256', key: 'rsa' },
  sha384WithRSAEncryption: { oid: '1.2.840.113549.1.1.12', digest: 'sha384', key: 'rsa' },
  sha512WithRSAEncryption: { oid: '1.2.840.113549.1.1.13', digest: 'sha512', key: 'rsa' },
  'ecdsa-with-SHA1': { oid: '1.2.840.10045.4.1', digest: 'sha1', key: 'ec' },
  'ecdsa-with-SHA256': { oid: '1.2.840.10045.4.3.2', digest: 'sha256', key: 'ec' },
  'ecdsa-with-SHA384': { oid: '1.2.840.10045.4.3.3', digest: 'sha384', key: 'ec' },
  'ecdsa-with-SHA512': { oid: '1.2.840.10045.4.3.4', digest: 'sha512', key: 'ec' },
};

const SIGNATURE_NAMES = new Map(Object.entries(SIGNATURES).map(([name, { oid }]) => [oid, name]));

/** OIDs of digests; MD5 is read by nobody here. */
export const DIGEST_OID = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const satisfies Partial<Record<DigestName, string>>;

export type CertificateDigest = keyof typeof DIGEST_OID;

const DIGEST_NAMES = new Map<string, CertificateDigest>(
  (Object.keys(DIGEST_OID) as CertificateDigest[]).map((name) => [DIGEST_OID[name], name]),
);

export function digestNameOf(oid: string): CertificateDigest | undefined {
  return DIGEST_NAMES.get(oid);
}

/** What a signature's name says of digest and key; undefined for names that X.509 does not have. */
export function signatureOid(name: string): SignatureOid | undefined {
  return SIGNATURES[name];
}

/** The name of a signature algorithm, or its OID where it has none here. */
export function signatureName(oid: string): string {
  return SIGNATURE_NAMES.get(oid) ?? oid;
}

/** The name for a digest and a kind of key: `sha256WithRSAEncryption`. */
export function signatureNameFor(key: 'rsa' | 'ec', digest: CertificateDigest): string {
  const found = Object.entries(SIGNATURES).find(
    ([, entry]) => entry.key === key && entry.digest === digest,
  );
  if (found === undefined) throw new RangeError(`no signature of ${key} with ${digest}`);
  return found[0];
}

/**
 * As certificates carry it: RSA's has NULL parameters (RFC 3279 section 2.2.1), ECDSA's none
 * (RFC 5758 section 3.2).
 * @throws RangeError for a name that X.509 does not have
 */
export function signatureAlgorithmIdentifier(name: string): AlgorithmIdentifier {
  const known = SIGNATURES[name];
  if (known === undefined) throw new RangeError(`X.509 has no signature algorithm "${name}"`);
  return known.key === 'rsa'
    ? { algorithm: known.oid, parameters: NULL }
    : { algorithm: known.oid };
}
