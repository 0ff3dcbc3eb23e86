/** The certificate that a Hello key gives itself: key trust shows it, and only its key counts. */
import type { KeyAlgorithm } from '../../src/machine/actor.ts';
import { signedCertificate, tbsCertificate } from '../x509/issue.ts';
import { helloSelfSigned } from '../x509/profiles.ts';
import type { Container } from './container.ts';

/** The algorithm with which a Hello key signs certificates and requests. */
export function signatureAlgorithmOf(algorithm: KeyAlgorithm): string {
  switch (algorithm) {
    case 'P-256':
      return 'ecdsa-with-SHA256';
    case 'P-384':
      return 'ecdsa-with-SHA384';
    case 'P-521':
      return 'ecdsa-with-SHA512';
    default:
      return 'sha256WithRSAEncryption';
  }
}

/** Thirty years, as long as nobody would renew it. How long Windows makes it is unverified. */
const VALIDITY = 30 * 365 * 86_400_000;

/** What is to be signed with the container's own key. @param serialNumber 16 octets */
export function selfSignedDraft(
  { settings, publicKey }: Pick<Container, 'settings' | 'publicKey'>,
  serialNumber: Uint8Array,
): Uint8Array {
  const { sid, guid: keyId, tenantId, upn } = settings;
  const profile = helloSelfSigned({ sid, keyId, tenantId, upn });
  return tbsCertificate(profile, {
    issuer: profile.subject,
    publicKey,
    serialNumber,
    notBefore: settings.created,
    notAfter: settings.created + VALIDITY,
    signatureAlgorithm: signatureAlgorithmOf(settings.algorithm),
  });
}

export function selfSigned(
  { settings }: Pick<Container, 'settings'>,
  draft: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return signedCertificate(draft, signatureAlgorithmOf(settings.algorithm), signature);
}
