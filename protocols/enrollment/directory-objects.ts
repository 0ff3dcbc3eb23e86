/** Users and devices as AD FS finds them in the directory (MS-OAPXBC 2.3, MS-DVRJ 2.3.3). */
import { toBase64 } from '../../src/bytes/base64.ts';
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import {
  KeyCredentialEntry,
  KeyUsage,
  keyCredentialEntry,
  readKeyCredential,
} from '../directory/key-credential.ts';
import { readDnBinary } from '../directory/key-credential-value.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { sidOf } from '../pac/sid.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Found, Search, Session } from './federation-service.ts';

const KEYS = 'msDS-KeyCredentialLink';

export function userSearch(domainDn: string, userPrincipalName: string): Search {
  return {
    base: domainDn,
    match: { objectCategory: 'person', userPrincipalName },
    attributes: ['userPrincipalName', 'sAMAccountName', 'objectSid', KEYS],
  };
}

export function deviceSearch(domainDn: string, certificate: Certificate): Search {
  return {
    base: domainDn,
    match: {
      objectClass: 'msDS-Device',
      altSecurityIdentities: deviceSecurityIdentity(certificate),
    },
    attributes: ['msDS-IsEnabled', KEYS],
  };
}

/** How an msDS-Device object says which certificate is the device's (MS-DVRJ 2.3.3). */
export function deviceSecurityIdentity({ sha1, publicKey }: Certificate): string {
  const key = toBase64(digest('sha256', publicKey));
  return `X509:<SHA1-TP-PUBKEY>${sha1.toUpperCase()}+${key}`;
}

export type User = Pick<
  Session,
  'userPrincipalName' | 'sAMAccountName' | 'objectSid' | 'distinguishedName'
>;

export function userOf(entry: Found): User | undefined {
  const userPrincipalName = textOf(entry, 'userPrincipalName');
  const sAMAccountName = textOf(entry, 'sAMAccountName');
  const sid = entry.attributes.objectSid?.[0];
  const objectSid = sid === undefined ? undefined : sidOf(sid);
  if (userPrincipalName === undefined || sAMAccountName === undefined) return undefined;
  if (objectSid === undefined) return undefined;
  return { userPrincipalName, sAMAccountName, objectSid, distinguishedName: entry.dn };
}

/** A key of msDS-KeyCredentialLink. */
export interface RegisteredKey {
  /** NGC: a user signs in with it; STK: session keys go under it (MS-DVRJ 3.1.5.1.1.3). */
  readonly usage: 'NGC' | 'STK';
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the key material. */
  readonly keyId: Uint8Array;
}

const USAGES: Readonly<Record<number, RegisteredKey['usage']>> = {
  [KeyUsage.NGC]: 'NGC',
  [KeyUsage.STK]: 'STK',
};

/** The keys of a user or a device; values that are malformed or of other uses are passed over. */
export function registeredKeys({ attributes }: Found): readonly RegisteredKey[] {
  return (attributes[KEYS] ?? []).flatMap((value) => {
    const blob = readDnBinary(fromUtf8(value))?.blob;
    const read = blob === undefined ? undefined : readKeyCredential(blob);
    if (read?.ok !== true) return [];
    const entry = (id: number) => keyCredentialEntry(read.value, id);
    const usage = USAGES[entry(KeyCredentialEntry.KeyUsage)?.[0] ?? 0];
    const material = entry(KeyCredentialEntry.KeyMaterial);
    const keyId = entry(KeyCredentialEntry.KeyID);
    const publicKey = material === undefined ? undefined : readKeyMaterial(material)?.publicKey;
    if (usage === undefined || keyId === undefined || publicKey === undefined) return [];
    return [{ usage, publicKey, keyId }];
  });
}

export function isEnabled(device: Found): boolean {
  return textOf(device, 'msDS-IsEnabled') !== 'FALSE';
}

function textOf({ attributes }: Found, name: string): string | undefined {
  const value = attributes[name]?.[0];
  return value === undefined ? undefined : fromUtf8(value);
}
