/** Object identifiers of CMS (RFC 5652, RFC 3370, RFC 3565). */

export const CONTENT_TYPE = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
} as const;

/** RFC 5652 section 11. */
export const CMS_ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

/** Content encryption that is known here, and its OID. */
export const CONTENT_ENCRYPTION = {
  'des-ede3-cbc': '1.2.840.113549.3.7',
  'aes128-cbc': '2.16.840.1.101.3.4.1.2',
  'aes256-cbc': '2.16.840.1.101.3.4.1.42',
} as const;

export type ContentEncryption = keyof typeof CONTENT_ENCRYPTION;
