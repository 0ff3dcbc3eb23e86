/**
 * The octets of certificates (RFC 5280 section 4.1): what is to be signed, and the whole when the
 * signature is there. The signature in between is the business of whoever has the key.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { decode, encode } from '../../src/der/codec.ts';
import { signatureAlgorithmIdentifier } from './algorithms.ts';
import type { Certificate } from './certificate.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  crlDistributionPoints,
  subjectKeyIdentifier,
} from './library.ts';
import {
  Certificate as CertificateCodec,
  type Extension,
  Name,
  SubjectPublicKeyInfo,
  TBSCertificate,
  type Time,
} from './messages.ts';
import type { DistinguishedName } from './names.ts';

/** What follows from the kind of certificate and from its subject. */
export interface CertificateProfile {
  readonly subject: DistinguishedName;
  readonly extensions: readonly Extension[];
  /** False leaves subjectKeyIdentifier and authorityKeyIdentifier out; default true. */
  readonly keyIdentifiers?: boolean;
}

/** What follows from the issuer and from the moment. */
export interface Issuance {
  /** A name for those that sign themselves. */
  readonly issuer: Certificate | DistinguishedName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Magnitude, most significant octet first; 1 to 20 octets (RFC 5280 section 4.1.2.2). */
  readonly serialNumber: Uint8Array;
  /** Milliseconds since 1970; fractions of seconds are cut off. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The signing core's name: `sha256WithRSAEncryption`. */
  readonly signatureAlgorithm: string;
  /** URIs of the issuer's revocation lists. */
  readonly crlDistributionPoints?: readonly string[];
  /** URIs of the issuer's certificate. */
  readonly caIssuers?: readonly string[];
}

const SECOND = 1000;
/** 2050-01-01T00:00:00Z. */
const GENERALIZED_FROM = 2_524_608_000_000;

/** RFC 5280 section 4.1.2.5. */
export function timeValue(ms: number): Time {
  const seconds = Math.floor(ms / SECOND) * SECOND;
  return seconds < GENERALIZED_FROM ? { utcTime: seconds } : { generalTime: seconds };
}

/** Content octets of a positive INTEGER. */
export function serialContent(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.slice(start);
  if (digits.length === 0) throw new RangeError('a serial number has at least one octet');
  return (digits[0] as number) < 0x80 ? digits : Uint8Array.of(0, ...digits);
}

/** The SHA-1 of the key's bits, hexadecimal (RFC 5280 section 4.2.1.2, method 1). */
export function keyIdentifierOf(publicKey: Uint8Array): string {
  const { subjectPublicKey } = decode(SubjectPublicKeyInfo, publicKey);
  return toHex(digest('sha1', subjectPublicKey.bytes));
}

function identifiers(
  { keyIdentifiers = true }: CertificateProfile,
  issuance: Issuance,
): Extension[] {
  if (!keyIdentifiers) return [];
  const { issuer } = issuance;
  const authority = 'subject' in issuer ? issuer.subjectKeyIdentifier : undefined;
  return [
    subjectKeyIdentifier(keyIdentifierOf(issuance.publicKey)),
    ...(authority === undefined ? [] : [authorityKeyIdentifier(authority)]),
  ];
}

/**
 * The TBSCertificate, to be signed with the issuer's key.
 * @throws RangeError, TypeError when profile or issuance say what X.509 cannot
 */
export function tbsCertificate(profile: CertificateProfile, issuance: Issuance): Uint8Array {
  const { issuer, crlDistributionPoints: points = [], caIssuers = [] } = issuance;
  const issuerName = 'subject' in issuer ? issuer.subject : issuer;
  const extensions = [
    ...profile.extensions,
    ...identifiers(profile, issuance),
    ...(points.length === 0 ? [] : [crlDistributionPoints(points)]),
    ...(caIssuers.length === 0 ? [] : [authorityInfoAccess(caIssuers)]),
  ];
  return encode(TBSCertificate, {
    version: 2,
    serialNumber: serialContent(issuance.serialNumber),
    signature: signatureAlgorithmIdentifier(issuance.signatureAlgorithm),
    issuer: { value: decode(Name, issuerName.der), raw: issuerName.der },
    validity: {
      notBefore: timeValue(issuance.notBefore),
      notAfter: timeValue(issuance.notAfter),
    },
    subject: { value: decode(Name, profile.subject.der), raw: profile.subject.der },
    subjectPublicKeyInfo: {
      value: decode(SubjectPublicKeyInfo, issuance.publicKey),
      raw: issuance.publicKey,
    },
    ...(extensions.length === 0 ? {} : { extensions }),
  });
}

/** The certificate of a TBSCertificate and its signature. */
export function signedCertificate(
  tbs: Uint8Array,
  signatureAlgorithm: string,
  signature: Uint8Array,
): Uint8Array {
  return encode(CertificateCodec, {
    tbsCertificate: { value: decode(TBSCertificate, tbs), raw: tbs },
    signatureAlgorithm: signatureAlgorithmIdentifier(signatureAlgorithm),
    signature: { unused: 0, bytes: signature },
  });
}
