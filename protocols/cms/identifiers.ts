/** How CMS names a certificate (RFC 5652 section 10.2.4 and 5.3). */
import { equal, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { decode } from '../../src/der/codec.ts';
import { type Certificate, readCertificate, serialText } from '../x509/certificate.ts';
import { serialContent } from '../x509/issue.ts';
import { Name } from '../x509/messages.ts';
import type { SignerIdentifier } from './messages.ts';

/** Plain data; serial number and key identifier in hexadecimal as certificates here have them. */
export type CertificateIdentifier =
  | {
      readonly kind: 'issuerAndSerialNumber';
      readonly issuer: Uint8Array;
      readonly serialNumber: string;
    }
  | { readonly kind: 'subjectKeyIdentifier'; readonly subjectKeyIdentifier: string };

/** By issuer and serial number: what PKINIT's peers all write. */
export function identifierOf(certificate: Certificate): CertificateIdentifier {
  return {
    kind: 'issuerAndSerialNumber',
    issuer: certificate.issuer.der,
    serialNumber: certificate.serialNumber,
  };
}

export function encodableIdentifier(identifier: CertificateIdentifier): SignerIdentifier {
  if (identifier.kind === 'subjectKeyIdentifier') {
    return { subjectKeyIdentifier: fromHex(identifier.subjectKeyIdentifier) };
  }
  const { issuer, serialNumber } = identifier;
  return {
    issuerAndSerialNumber: {
      issuer: { value: decode(Name, issuer), raw: issuer },
      serialNumber: serialContent(fromHex(serialNumber)),
    },
  };
}

export function readIdentifier(identifier: SignerIdentifier): CertificateIdentifier {
  if ('issuerAndSerialNumber' in identifier) {
    const { issuer, serialNumber } = identifier.issuerAndSerialNumber;
    return {
      kind: 'issuerAndSerialNumber',
      issuer: issuer.raw,
      serialNumber: serialText(serialNumber),
    };
  }
  const octets =
    'subjectKeyIdentifier' in identifier
      ? identifier.subjectKeyIdentifier
      : identifier.heimdalSubjectKeyIdentifier;
  return { kind: 'subjectKeyIdentifier', subjectKeyIdentifier: toHex(octets) };
}

export function identifies(identifier: CertificateIdentifier, certificate: Certificate): boolean {
  return identifier.kind === 'subjectKeyIdentifier'
    ? identifier.subjectKeyIdentifier === certificate.subjectKeyIdentifier
    : identifier.serialNumber === certificate.serialNumber &&
        equal(identifier.issuer, certificate.issuer.der);
}

/** The certificate meant, among encoded ones; those that cannot be read are passed over. */
export function identified(
  identifier: CertificateIdentifier,
  certificates: readonly Uint8Array[],
): Certificate | undefined {
  for (const der of certificates) {
    const read = readCertificate(der);
    if (read.ok && identifies(identifier, read.value)) return read.value;
  }
  return undefined;
}
