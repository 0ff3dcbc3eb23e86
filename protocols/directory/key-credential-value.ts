/**
 * Values of msDS-KeyCredentialLink: a blob with the object that it belongs to, as LDAP carries it
 * (Object(DN-Binary), MS-ADTS 3.1.1.2.2.2.3) and as an entry keeps it, and the key in it that an
 * account signs in with.
 */
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import {
  type KeyCredential,
  KeyCredentialEntry,
  KeyUsage,
  keyCredentialEntry,
  readKeyCredential,
} from './key-credential.ts';
import { CustomKeyFlag, readCustomKeyInformation } from './key-information.ts';
import { readKeyMaterial } from './key-material.ts';

/** `B:828:0002…:CN=alice,CN=Users,DC=corp,DC=example` */
export function dnBinaryText(blob: Uint8Array, dn: string): string {
  return `B:${2 * blob.length}:${toHex(blob).toUpperCase()}:${dn}`;
}

/** Undefined: not of that form, or of another length than it says. The DN is taken as it is. */
export function readDnBinary(text: string): { blob: Uint8Array; dn: string } | undefined {
  const match = /^B:(\d+):((?:[0-9a-f]{2})*):(.*)$/is.exec(text);
  if (match === null) return undefined;
  const [, count, digits = '', dn = ''] = match;
  return Number(count) === digits.length ? { blob: fromHex(digits), dn } : undefined;
}

/** A public key that an account signs in with. */
export interface SignInKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** CustomKeyInformation without MFA_NOT_USED. */
  readonly mfa: boolean;
  readonly attested: boolean;
}

/** A key to sign in with and how it is looked up. */
export interface IndexedKey {
  readonly key: SignInKey;
  /** {@link publicKeyForm} of it. */
  readonly form: string;
}

/** The index of entries by the public keys that sign in to them. */
export const PUBLIC_KEY_INDEX = 'publicKey';

/** A key in the form in which that index has it. @param publicKey SubjectPublicKeyInfo, DER */
export function publicKeyForm(publicKey: Uint8Array): string {
  return toHex(digest('sha256', publicKey));
}

/** Making a key of its octets costs more than everything else of a write. */
const kept = new Map<string, IndexedKey | undefined>();
const MOST_KEPT = 4_096;

/**
 * The key of a stored value that signs in: exactly one KeyUsage, NGC, and exactly one KeyMaterial that
 * is a key; every other value is passed over, as Samba does. The same object for the same text.
 */
export function signInKey(value: string): IndexedKey | undefined {
  if (kept.has(value)) return kept.get(value);
  const read = readDnBinary(value);
  const blob = read === undefined ? undefined : readKeyCredential(read.blob);
  const made = blob?.ok === true ? keyOf(blob.value) : undefined;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(value, made);
  return made;
}

function keyOf(blob: KeyCredential): IndexedKey | undefined {
  const count = (id: number) => blob.entries.filter((entry) => entry.identifier === id).length;
  const { KeyUsage: usage, KeyMaterial, CustomKeyInformation } = KeyCredentialEntry;
  if (count(usage) !== 1 || count(KeyMaterial) !== 1) return undefined;
  const used = keyCredentialEntry(blob, usage);
  if (used?.length !== 1 || used[0] !== KeyUsage.NGC) return undefined;
  const material = readKeyMaterial(keyCredentialEntry(blob, KeyMaterial) as Uint8Array);
  if (material === undefined) return undefined;
  const custom = keyCredentialEntry(blob, CustomKeyInformation);
  const flags = custom === undefined ? undefined : readCustomKeyInformation(custom)?.flags;
  const { publicKey } = material;
  const key: SignInKey = {
    publicKey,
    mfa: flags !== undefined && (flags & CustomKeyFlag.MFA_NOT_USED) === 0,
    attested: flags !== undefined && (flags & CustomKeyFlag.ATTESTATION) !== 0,
  };
  return { key, form: publicKeyForm(publicKey) };
}
