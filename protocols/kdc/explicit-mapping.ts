/**
 * altSecurityIdentities: the explicit mappings of certificates to accounts, each with its strength
 * (MS-PKCA 3.1.5.2.1.3, MS-ADTS 2.2 of KB5014754).
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { Certificate } from '../x509/certificate.ts';
import { mappingText } from '../x509/names.ts';
import { foldName } from './accounts.ts';

export interface ExplicitMapping {
  readonly strength: 'weak' | 'strong';
  /** `X509:<SKI>`, for people. */
  readonly form: string;
}

/** One form: the values that a certificate has in it, without `X509:`. */
interface Form {
  readonly form: string;
  readonly strength: ExplicitMapping['strength'];
  values(certificate: Certificate): readonly string[];
}

/** Strong ones first: they make the search end. */
const FORMS: readonly Form[] = [
  {
    form: 'X509:<I><SR>',
    strength: 'strong',
    values: ({ issuer, serialNumber }) => [
      `<I>${mappingText(issuer)}<SR>${reversed(serialNumber)}`,
    ],
  },
  {
    form: 'X509:<SKI>',
    strength: 'strong',
    values: ({ subjectKeyIdentifier }) =>
      subjectKeyIdentifier === undefined ? [] : [`<SKI>${subjectKeyIdentifier}`],
  },
  {
    // MS-PKCA says the SHA-1 hash of the public key; Samba's tests for Windows use the certificate's.
    form: 'X509:<SHA1-PUKEY>',
    strength: 'strong',
    values: ({ sha1, publicKey }) => [
      `<SHA1-PUKEY>${sha1}`,
      `<SHA1-PUKEY>${toHex(digest('sha1', publicKey))}`,
    ],
  },
  {
    form: 'X509:<I><SID>',
    strength: 'strong',
    values: ({ issuer, sid }) =>
      sid === undefined ? [] : [`<I>${mappingText(issuer)}<SID>${sid}`],
  },
  {
    form: 'X509:<I><S>',
    strength: 'weak',
    values: ({ issuer, subject }) => [`<I>${mappingText(issuer)}<S>${mappingText(subject)}`],
  },
  {
    form: 'X509:<S>',
    strength: 'weak',
    values: ({ subject }) => [`<S>${mappingText(subject)}`],
  },
  {
    form: 'X509:<RFC822>',
    strength: 'weak',
    values: ({ subjectAltName }) => subjectAltName.email.map((mail) => `<RFC822>${mail}`),
  },
];

/** Windows writes the octets of a serial number the other way round. */
function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('');
}

/** Upper and lower case count as the same, in names as in hexadecimal; so do spaces behind commas. */
function folded(value: string): string {
  return foldName(value.replace(/,\s+/g, ','));
}

/** The strongest of an account's mappings that the certificate meets. */
export function explicitMapping(
  certificate: Certificate,
  altSecurityIdentities: readonly string[],
): ExplicitMapping | undefined {
  if (altSecurityIdentities.length === 0) return undefined;
  const own = new Set(altSecurityIdentities.map(folded));
  return FORMS.find(({ values }) =>
    values(certificate).some((value) => own.has(folded(`X509:${value}`))),
  );
}

/** Every value that would map the certificate, for looking an account up by it. */
export function mappingValues(certificate: Certificate): readonly string[] {
  return FORMS.flatMap(({ values }) => values(certificate).map((value) => `X509:${value}`));
}
