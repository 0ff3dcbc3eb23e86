/** What `certutil` prints of a certificate in a user's store. */

import { equal } from '../../src/bytes/bytes.ts';
import { publicKeyKind } from '../../src/crypto/public-key.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import type { StoredCertificate } from './certificate-store.ts';
import type { CertutilEntry } from './certutil.ts';

/**
 * @param keyThere whether the provider still has the key of that name
 * @throws Error when the store holds octets that are no certificate
 */
export function certutilEntry(
  { certificate: der, privateKey }: StoredCertificate,
  keyThere: (key: string) => boolean,
): CertutilEntry {
  const read = readCertificate(der);
  if (!read.ok) throw new Error(`a certificate in the store is malformed: ${read.reason}`);
  const certificate = read.value;
  const { serialNumber, issuer, subject, notBefore, notAfter, sha1, publicKey } = certificate;
  const template = certificate.template?.oid ?? certificate.template?.name;
  return {
    serialNumber,
    issuer: issuer.windowsText,
    notBefore,
    notAfter,
    subject: subject.windowsText,
    selfSigned: isSelfSigned(certificate),
    ...(template === undefined ? {} : { template }),
    sha1,
    keyType: publicKeyKind(publicKey)?.type ?? 'rsa',
    ...(privateKey === undefined ? {} : { privateKey }),
    keyThere: privateKey !== undefined && keyThere(privateKey.key),
  };
}

function isSelfSigned(certificate: Certificate): boolean {
  const { issuer, subject, publicKey, signatureAlgorithm, tbs, signature } = certificate;
  return (
    equal(issuer.der, subject.der) && verifySignature(publicKey, signatureAlgorithm, tbs, signature)
  );
}
