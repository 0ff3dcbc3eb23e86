/** Encryption types as scenario files name them. */
import { listOf, oneOf } from '../../src/schema/schema.ts';
import { EncTypes } from '../kdc/accounts.ts';

export const ENCRYPTION_TYPES = [
  'aes256-cts-hmac-sha1-96',
  'aes128-cts-hmac-sha1-96',
  'rc4-hmac',
] as const;

export type EncryptionType = (typeof ENCRYPTION_TYPES)[number];

/** The bits of msDS-SupportedEncryptionTypes (MS-KILE 2.2.7). */
export function encTypesOf(names: readonly EncryptionType[]): number {
  const bits = {
    'aes256-cts-hmac-sha1-96': EncTypes.AES256_CTS_HMAC_SHA1_96,
    'aes128-cts-hmac-sha1-96': EncTypes.AES128_CTS_HMAC_SHA1_96,
    'rc4-hmac': EncTypes.RC4_HMAC,
  };
  return names.reduce((sum, name) => sum | bits[name], 0);
}

export function encryptionTypes(about: string) {
  return listOf(about, oneOf('An encryption type', ENCRYPTION_TYPES), { min: 1 });
}
