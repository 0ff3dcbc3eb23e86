/** The signature algorithms that can be asked for, by the names that their standards give them. */

export type SignatureAlgorithm = DigestingAlgorithm | CardAlgorithm;

export interface DigestingAlgorithm {
  readonly name: string;
  readonly scheme: 'RSASSA-PKCS1-v1_5' | 'RSASSA-PSS' | 'ECDSA';
  readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /**
   * ECDSA: r and s as a DER SEQUENCE (`der`, RFC 3279 section 2.2.3: X.509, CMS), or one after the
   * other (`ieee-p1363`, RFC 7518 section 3.4: JWS).
   */
  readonly encoding?: 'der' | 'ieee-p1363';
  /** The only curve that the name allows; absent: any. */
  readonly curve?: string;
}

/** What a smart card does: its host has digested the message already, or padded it too. */
export interface CardAlgorithm {
  readonly name: string;
  /** `RSA`: RSASP1 of RFC 8017 §5.2.1 alone, over as many octets as the modulus has. */
  readonly scheme: 'RSASSA-PKCS1-v1_5' | 'RSA' | 'ECDSA';
  readonly digest?: never;
  /** ECDSA: r and s one after the other, as PKCS #11 has them. */
  readonly encoding?: 'ieee-p1363';
  readonly curve?: never;
}

const PKCS1 = 'RSASSA-PKCS1-v1_5';

/**
 * X.509's names (RFC 3279, RFC 4055, RFC 5758) and JWS's (RFC 7518 section 3.1). RSASSA-PSS has but
 * one name for all its parameters in X.509, so that JWS's stand for it: MGF1 with the same digest,
 * and a salt as long as the digest, which is what certificates use too.
 */
const ALGORITHMS: readonly SignatureAlgorithm[] = [
  { name: 'sha1WithRSAEncryption', scheme: PKCS1, digest: 'sha1' },
  { name: 'sha256WithRSAEncryption', scheme: PKCS1, digest: 'sha256' },
  { name: 'sha384WithRSAEncryption', scheme: PKCS1, digest: 'sha384' },
  { name: 'sha512WithRSAEncryption', scheme: PKCS1, digest: 'sha512' },
  { name: 'ecdsa-with-SHA1', scheme: 'ECDSA', digest: 'sha1', encoding: 'der' },
  { name: 'ecdsa-with-SHA256', scheme: 'ECDSA', digest: 'sha256', encoding: 'der' },
  { name: 'ecdsa-with-SHA384', scheme: 'ECDSA', digest: 'sha384', encoding: 'der' },
  { name: 'ecdsa-with-SHA512', scheme: 'ECDSA', digest: 'sha512', encoding: 'der' },
  { name: 'RS256', scheme: PKCS1, digest: 'sha256' },
  { name: 'RS384', scheme: PKCS1, digest: 'sha384' },
  { name: 'RS512', scheme: PKCS1, digest: 'sha512' },
  { name: 'PS256', scheme: 'RSASSA-PSS', digest: 'sha256' },
  { name: 'PS384', scheme: 'RSASSA-PSS', digest: 'sha384' },
  { name: 'PS512', scheme: 'RSASSA-PSS', digest: 'sha512' },
  { name: 'ES256', scheme: 'ECDSA', digest: 'sha256', encoding: 'ieee-p1363', curve: 'P-256' },
  { name: 'ES384', scheme: 'ECDSA', digest: 'sha384', encoding: 'ieee-p1363', curve: 'P-384' },
  { name: 'ES512', scheme: 'ECDSA', digest: 'sha512', encoding: 'ieee-p1363', curve: 'P-521' },
];

/**
 * PKCS #11's names for its mechanisms, because no other standard has one: the data are a DigestInfo, a
 * padded block, a digest.
 */
const OF_CARDS: readonly CardAlgorithm[] = [
  { name: 'CKM_RSA_PKCS', scheme: PKCS1 },
  { name: 'CKM_RSA_X_509', scheme: 'RSA' },
  { name: 'CKM_ECDSA', scheme: 'ECDSA', encoding: 'ieee-p1363' },
];

const byName = new Map<string, SignatureAlgorithm>(
  [...ALGORITHMS, ...OF_CARDS].map((algorithm) => [algorithm.name, algorithm]),
);

export function signatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  return byName.get(name);
}

/** Of messages: who signs digests the octets first. */
export const SIGNATURE_ALGORITHMS: readonly string[] = ALGORITHMS.map(({ name }) => name);
/** Of what is digested already. */
export const CARD_ALGORITHMS: readonly string[] = OF_CARDS.map(({ name }) => name);
