/**
 * KEYCREDENTIALLINK_BLOB, the binary part of msDS-KeyCredentialLink: MS-ADTS 2.2.20. Read as far as
 * the directory's own rules need it; whoever writes with full rights may store anything.
 */
import { toHex, view } from '../../src/bytes/bytes.ts';

/** Version of the blobs that are written today; older ones have other layouts. */
export const KEY_CREDENTIAL_VERSION = 0x0200;

/** Identifier of an entry, MS-ADTS 2.2.20.6. */
export const KeyCredentialEntry = {
  KeyID: 0x01,
  KeyHash: 0x02,
  KeyMaterial: 0x03,
  KeyUsage: 0x04,
  KeySource: 0x05,
  DeviceId: 0x06,
  CustomKeyInformation: 0x07,
  KeyApproximateLastLogonTimeStamp: 0x08,
  KeyCreationTime: 0x09,
} as const;

/** MS-ADTS 2.2.20.6.3 (KeyUsage). */
export const KeyUsage = { NGC: 0x01, FIDO: 0x07, FEK: 0x08 } as const;

/** MS-ADTS 2.2.20.6.4 (KeySource). */
export const KeySource = { AD: 0x00, AZURE_AD: 0x01 } as const;

/** The flag in CustomKeyInformation of a key that was made without a second factor. */
export const MFA_NOT_USED = 0x02;

export interface KeyCredential {
  readonly version: number;
  /** In their order. */
  readonly entries: readonly { readonly identifier: number; readonly value: Uint8Array }[];
}

export type KeyCredentialRead =
  | { readonly ok: true; readonly value: KeyCredential }
  | { readonly ok: false; readonly reason: string };

/** Lengths that an entry must have, by identifier; the others vary. */
const LENGTHS: Readonly<Record<number, number>> = {
  [KeyCredentialEntry.KeyHash]: 32,
  [KeyCredentialEntry.KeyUsage]: 1,
  [KeyCredentialEntry.KeySource]: 1,
  [KeyCredentialEntry.DeviceId]: 16,
  [KeyCredentialEntry.KeyApproximateLastLogonTimeStamp]: 8,
  [KeyCredentialEntry.KeyCreationTime]: 8,
};

/** Entries without which a blob is malformed (MS-ADTS 2.2.20.6). */
const REQUIRED = [
  KeyCredentialEntry.KeyID,
  KeyCredentialEntry.KeyMaterial,
  KeyCredentialEntry.KeyUsage,
];

/**
 * The version and the entries: each `Length` (u16, little-endian), `Identifier` (u8), `Value`;
 * identifiers ascend and none stands twice. All of the octets must be used up.
 */
export function readKeyCredential(bytes: Uint8Array): KeyCredentialRead {
  if (bytes.length < 4) return refused(`${bytes.length} octets, expected a version of 4`);
  const numbers = view(bytes);
  const version = numbers.getUint32(0, true);
  if (version !== KEY_CREDENTIAL_VERSION) {
    return refused(`version 0x${version.toString(16)}, expected 0x200`);
  }
  const entries: { identifier: number; value: Uint8Array }[] = [];
  let at = 4;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return refused(`an entry's header ends within, at ${at}`);
    const length = numbers.getUint16(at, true);
    const identifier = bytes[at + 2] as number;
    if (at + 3 + length > bytes.length) return refused(`entry ${identifier} ends within, at ${at}`);
    const before = entries.at(-1)?.identifier ?? 0;
    if (identifier <= before) return refused(`entry ${identifier} stands after entry ${before}`);
    const expected = LENGTHS[identifier];
    if (expected !== undefined && length !== expected) {
      return refused(`entry ${identifier} has ${length} octets, expected ${expected}`);
    }
    entries.push({ identifier, value: bytes.slice(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  const missing = REQUIRED.find((id) => !entries.some(({ identifier }) => identifier === id));
  if (missing !== undefined) return refused(`entry ${missing} is missing`);
  return { ok: true, value: { version, entries } };
}

function refused(reason: string): KeyCredentialRead {
  return { ok: false, reason };
}

/** The value of one entry. */
export function keyCredentialEntry(blob: KeyCredential, id: number): Uint8Array | undefined {
  return blob.entries.find(({ identifier }) => identifier === id)?.value;
}

/**
 * What keeps a computer from writing this blob on itself (MS-ADTS 3.1.1.5.3.1.1.6); undefined when
 * nothing does. MS-ADTS forbids CustomKeyInformation, yet Windows sends it with MFA_NOT_USED: that
 * one form passes.
 */
export function selfWriteObjection(blob: KeyCredential): string | undefined {
  const one = (id: number): number | undefined => keyCredentialEntry(blob, id)?.[0];
  const usage = one(KeyCredentialEntry.KeyUsage);
  if (usage !== KeyUsage.NGC) return `KeyUsage ${usage}, expected ${KeyUsage.NGC} (NGC)`;
  const source = one(KeyCredentialEntry.KeySource);
  if (source !== undefined && source !== KeySource.AD)
    return `KeySource ${source}, expected 0 (AD)`;
  const custom = keyCredentialEntry(blob, KeyCredentialEntry.CustomKeyInformation);
  if (custom !== undefined && toHex(custom) !== '0102') {
    return `CustomKeyInformation ${toHex(custom)}, expected none`;
  }
  const { KeyApproximateLastLogonTimeStamp } = KeyCredentialEntry;
  if (keyCredentialEntry(blob, KeyApproximateLastLogonTimeStamp) !== undefined) {
    return 'KeyApproximateLastLogonTimeStamp, expected none';
  }
  return undefined;
}
