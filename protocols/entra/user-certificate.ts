/**
 * Signing in to Entra with a certificate: a JWT that its key signs. The tenant trusts authorities of its
 * own choice, and knows the user by the principal name in the certificate.
 */
import { fromBase64 } from '../../src/bytes/base64.ts';
import { type JsonObject, listField } from '../oauth/json.ts';
import { isSignedBy, type Jws } from '../oauth/jws.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { buildChain } from '../x509/chain.ts';
import { KEY_PURPOSE } from '../x509/constants.ts';
import { hasKeyPurpose, type TrustOctets, trustStore } from '../x509/trust.ts';
import type { TenantUser } from './tenant.ts';

/** Of a tenant that nobody has uploaded an authority to. */
export const NO_AUTHORITIES: TrustOctets = {
  roots: [],
  intermediates: [],
  revocationLists: [],
  revocation: 'off',
};

/** Certificates of a chain that are looked at. */
const CERTIFICATES_MAX = 8;

/** The certificates of `x5c`, the user's first; undefined: one of them is none. */
function certificatesOf(header: JsonObject): readonly Certificate[] | undefined {
  const texts = (listField(header, 'x5c') ?? []).slice(0, CERTIFICATES_MAX);
  const certificates: Certificate[] = [];
  for (const text of texts) {
    const der = typeof text === 'string' ? fromBase64(text) : undefined;
    const read = der === undefined ? undefined : readCertificate(der);
    if (!read?.ok) return undefined;
    certificates.push(read.value);
  }
  return certificates;
}

/**
 * What is wrong with the certificate of an assertion, or with the signature; undefined: nothing. Lists
 * of revoked certificates are not looked at.
 */
export function certificateObjection(
  jws: Jws,
  { userPrincipalName }: TenantUser,
  authorities: TrustOctets,
  now: number,
): string | undefined {
  const certificates = certificatesOf(jws.header);
  const [own, ...issuers] = certificates ?? [];
  if (own === undefined) return 'x5c holds no certificate of the user';
  if (!isSignedBy(jws, own.publicKey))
    return 'the assertion is not signed by the certificate’s key';
  const chain = buildChain(own, issuers, trustStore(authorities), now);
  if (!chain.ok) return chain.text;
  if (!hasKeyPurpose(own, KEY_PURPOSE.clientAuthentication)) {
    return 'the certificate is not for client authentication';
  }
  const names = own.subjectAltName.upn;
  const wanted = userPrincipalName.toLowerCase();
  if (names.some((name) => name.toLowerCase() === wanted)) return undefined;
  return `the certificate is for ${names.join(', ') || 'nobody'}, not for ${userPrincipalName}`;
}
