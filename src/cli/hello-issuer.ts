/**
 * MIT's kinit sends no certificate that it cannot verify itself, and none that is its own issuer: of a
 * Hello key's self-signed certificate nothing would reach the KDC. So the key certifies itself in two
 * steps, as an authority and as the one who signs in. To the KDC it is the same: key trust looks at the
 * key alone, and no realm knows such an authority.
 */

import { type Certificate, readCertificate } from '../../protocols/x509/certificate.ts';
import { KEY_PURPOSE, KEY_USAGE } from '../../protocols/x509/constants.ts';
import {
  type CertificateProfile,
  signedCertificate,
  tbsCertificate,
} from '../../protocols/x509/issue.ts';
import { extendedKeyUsage, keyUsage } from '../../protocols/x509/library.ts';
import type { DistinguishedName } from '../../protocols/x509/names.ts';
import { certificateAuthority, commonName } from '../../protocols/x509/profiles.ts';
import { hex } from '../bytes/bytes.ts';
import { signedNow } from '../signing/node-provider.ts';
import type { KeyAndCertificates } from './pkcs12.ts';

export interface SelfIssued {
  /** What clients must trust, to be able to show the other. */
  readonly anchor: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Undefined: somebody else issued the certificate. */
export function selfIssued({
  name,
  pkcs8,
  certificates,
}: KeyAndCertificates): SelfIssued | undefined {
  const read = readCertificate(certificates[0]);
  if (!read.ok || read.value.issuer.text !== read.value.subject.text) return undefined;
  const own = read.value;
  const issuer = commonName(`The Hello key of ${name} as its own authority`);
  const signed = (profile: CertificateProfile, by: DistinguishedName, serialNumber: Uint8Array) =>
    certify(own, profile, by, serialNumber, pkcs8);
  const leaf: CertificateProfile = {
    subject: own.subject,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage([KEY_PURPOSE.smartCardLogon]),
    ],
  };
  return {
    anchor: signed(certificateAuthority({ subject: issuer }), issuer, hex`01`),
    certificate: signed(leaf, issuer, hex`02`),
  };
}

function certify(
  { publicKey, notBefore, notAfter, signatureAlgorithm }: Certificate,
  profile: CertificateProfile,
  issuer: DistinguishedName,
  serialNumber: Uint8Array,
  pkcs8: Uint8Array,
): Uint8Array {
  const validity = { notBefore, notAfter };
  const issuance = { issuer, publicKey, serialNumber, ...validity, signatureAlgorithm };
  const tbs = tbsCertificate(profile, issuance);
  const signature = signedNow({ name: 'export', pkcs8 }, signatureAlgorithm, tbs);
  return signedCertificate(tbs, signatureAlgorithm, signature);
}
