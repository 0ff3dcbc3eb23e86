/** Object identifiers and numbers of PKINIT: RFC 4556, RFC 5349, RFC 8636, MS-PKCA. */

export const OID = {
  /** eContentType of a request, of KDCDHKeyInfo, of ReplyKeyPack (RFC 4556 §3.1.1). */
  authData: '1.3.6.1.5.2.3.1',
  dhKeyData: '1.3.6.1.5.2.3.2',
  rkeyData: '1.3.6.1.5.2.3.3',
  /** X9.42 Diffie-Hellman (RFC 3279 §2.3.3). */
  dhPublicNumber: '1.2.840.10046.2.1',
  /** PKCS #3 Diffie-Hellman, which some clients name instead. */
  dhKeyAgreement: '1.2.840.113549.1.3.1',
  ecPublicKey: '1.2.840.10045.2.1',
  /** RFC 8636 §3 */
  kdfSha1: '1.3.6.1.5.2.3.6.1',
  kdfSha256: '1.3.6.1.5.2.3.6.2',
  kdfSha512: '1.3.6.1.5.2.3.6.3',
  kdfSha384: '1.3.6.1.5.2.3.6.4',
  desEde3Cbc: '1.2.840.113549.3.7',
  aes128Cbc: '2.16.840.1.101.3.4.1.2',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  signedData: '1.2.840.113549.1.7.2',
} as const;

/** Curves that a SubjectPublicKeyInfo names (RFC 5480 §2.1.1.1), by OID. */
export const CURVE_OIDS = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
} as const;

/** Digest algorithms by OID. */
export const DIGEST_OIDS = {
  [OID.sha1]: 'sha1',
  [OID.sha256]: 'sha256',
  [OID.sha384]: 'sha384',
  [OID.sha512]: 'sha512',
} as const;

/** Names of this folder's identifiers, for people. */
export const OID_NAMES: Readonly<Record<string, string>> = {
  [OID.authData]: 'id-pkinit-authData',
  [OID.dhKeyData]: 'id-pkinit-DHKeyData',
  [OID.rkeyData]: 'id-pkinit-rkeyData',
  [OID.dhPublicNumber]: 'dhpublicnumber',
  [OID.dhKeyAgreement]: 'dhKeyAgreement',
  [OID.ecPublicKey]: 'id-ecPublicKey',
  [OID.kdfSha1]: 'id-pkinit-kdf-ah-sha1',
  [OID.kdfSha256]: 'id-pkinit-kdf-ah-sha256',
  [OID.kdfSha384]: 'id-pkinit-kdf-ah-sha384',
  [OID.kdfSha512]: 'id-pkinit-kdf-ah-sha512',
};
