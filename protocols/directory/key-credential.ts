/**
 * KEYCREDENTIALLINK_BLOB, the binary part of msDS-KeyCredentialLink: MS-ADTS 2.2.20. Whoever writes
 * with full rights may store anything, so what is read is judged, and made wrong only when wanted.
 */
import { concat, equal, toHex, uint32le, view } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { keyTime, type TimeEncoding } from './key-times.ts';

/** Version of the blobs that are written today. */
export const KEY_CREDENTIAL_VERSION = 0x0200;

/** Earlier versions that old directories hold; in the first, values are filled up to 4 octets. */
export const OLD_VERSIONS = { PADDED: 0x0000, UNSORTED: 0x0100 } as const;

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

/** MS-ADTS 2.2.20.1; STK from MS-DVRJ 3.1.5.1.1.3, the others as they are found. */
export const KeyUsage = {
  AdminKey: 0x00,
  NGC: 0x01,
  STK: 0x02,
  BitlockerRecovery: 0x03,
  Other: 0x04,
  FIDO: 0x07,
  FEK: 0x08,
} as const;

/** MS-ADTS 2.2.20.6.4 (KeySource). */
export const KeySource = { AD: 0x00, AZURE_AD: 0x01 } as const;

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
 * identifiers ascend and none stands twice, except in versions before 0x200. All of the octets must
 * be used up. Whether the hashes are right is {@link hashFaults}' matter.
 */
export function readKeyCredential(bytes: Uint8Array): KeyCredentialRead {
  if (bytes.length < 4) return refused(`${bytes.length} octets, expected a version of 4`);
  const numbers = view(bytes);
  const version = numbers.getUint32(0, true);
  const current = version === KEY_CREDENTIAL_VERSION;
  if (!current && version !== OLD_VERSIONS.PADDED && version !== OLD_VERSIONS.UNSORTED) {
    return refused(`version 0x${version.toString(16)}, expected 0x200`);
  }
  const entries: KeyCredential['entries'][number][] = [];
  let at = 4;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return refused(`an entry's header ends within, at ${at}`);
    const length = numbers.getUint16(at, true);
    const identifier = bytes[at + 2] as number;
    const end = at + 3 + length;
    if (end > bytes.length) return refused(`entry ${identifier} ends within, at ${at}`);
    const before = entries.at(-1)?.identifier ?? 0;
    if (current && identifier <= before) {
      return refused(`entry ${identifier} stands after entry ${before}`);
    }
    const expected = LENGTHS[identifier];
    if (current && expected !== undefined && length !== expected) {
      return refused(`entry ${identifier} has ${length} octets, expected ${expected}`);
    }
    entries.push({ identifier, value: bytes.slice(at + 3, end) });
    at = version === OLD_VERSIONS.PADDED ? end + padding(length) : end;
  }
  const missing = REQUIRED.find((id) => !entries.some(({ identifier }) => identifier === id));
  if (missing !== undefined) return refused(`entry ${missing} is missing`);
  return { ok: true, value: { version, entries } };
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

function refused(reason: string): KeyCredentialRead {
  return { ok: false, reason };
}

/** The value of one entry. */
export function keyCredentialEntry(blob: KeyCredential, id: number): Uint8Array | undefined {
  return blob.entries.find(({ identifier }) => identifier === id)?.value;
}

/** The octets of a blob, entries in the order given. */
export function encodeKeyCredential({ version, entries }: KeyCredential): Uint8Array {
  const parts = entries.map(({ identifier, value }) => {
    const fill = version === OLD_VERSIONS.PADDED ? padding(value.length) : 0;
    return concat(encodeEntry(identifier, value), new Uint8Array(fill));
  });
  return concat(uint32le(version), ...parts);
}

function encodeEntry(identifier: number, value: Uint8Array): Uint8Array {
  return concat(new Uint8Array([value.length & 255, value.length >> 8, identifier]), value);
}

export interface NewKeyCredential {
  readonly keyMaterial: Uint8Array;
  /** {@link KeyUsage} */
  readonly usage: number;
  /** {@link KeySource}; absent: no such entry. */
  readonly source?: number;
  /** 16 octets, a GUID in the order of Windows. */
  readonly deviceId?: Uint8Array;
  readonly customKeyInformation?: Uint8Array;
  /** Milliseconds since 1970; `never` is written as its source writes it. */
  readonly lastLogon?: number | 'never';
  readonly creationTime?: number;
  /** Absent: SHA-256 of the key material. FIDO keys have an identifier of their own. */
  readonly keyId?: Uint8Array;
}

/** A blob as MS-ADTS wants it: version 0x200, KeyID and KeyHash reckoned, entries ascending. */
export function newKeyCredential(key: NewKeyCredential): Uint8Array {
  const { keyMaterial, usage, source, deviceId, customKeyInformation } = key;
  const encoding = timeEncoding(KEY_CREDENTIAL_VERSION, source);
  const timeOf = (time: number | 'never' | undefined): Uint8Array | undefined =>
    time === undefined ? undefined : keyTime(time === 'never' ? undefined : time, encoding);
  const values: readonly (readonly [number, Uint8Array | undefined])[] = [
    [KeyCredentialEntry.KeyMaterial, keyMaterial],
    [KeyCredentialEntry.KeyUsage, new Uint8Array([usage])],
    [KeyCredentialEntry.KeySource, source === undefined ? source : new Uint8Array([source])],
    [KeyCredentialEntry.DeviceId, deviceId],
    [KeyCredentialEntry.CustomKeyInformation, customKeyInformation],
    [KeyCredentialEntry.KeyApproximateLastLogonTimeStamp, timeOf(key.lastLogon)],
    [KeyCredentialEntry.KeyCreationTime, timeOf(key.creationTime)],
  ];
  const rest = values.flatMap(([id, value]) => (value === undefined ? [] : encodeEntry(id, value)));
  const behind = concat(...rest);
  return concat(
    uint32le(KEY_CREDENTIAL_VERSION),
    encodeEntry(KeyCredentialEntry.KeyID, key.keyId ?? digest('sha256', keyMaterial)),
    encodeEntry(KeyCredentialEntry.KeyHash, digest('sha256', behind)),
    behind,
  );
}

/** How the times of a blob are written: by its version, and by who wrote it. */
export function timeEncoding(version: number, source: number | undefined): TimeEncoding {
  if (version === OLD_VERSIONS.PADDED) return 'ticks';
  if (version === OLD_VERSIONS.UNSORTED) return 'binary';
  return source === KeySource.AZURE_AD ? 'binary' : 'fileTime';
}

/** What does not fit of KeyID and KeyHash. Active Directory looks at neither; tools made by others err. */
export function hashFaults(blob: KeyCredential): readonly string[] {
  const faults: string[] = [];
  const id = keyCredentialEntry(blob, KeyCredentialEntry.KeyID);
  const material = keyCredentialEntry(blob, KeyCredentialEntry.KeyMaterial) ?? new Uint8Array();
  const usage = keyCredentialEntry(blob, KeyCredentialEntry.KeyUsage)?.[0];
  const own = blob.version === KEY_CREDENTIAL_VERSION && usage !== KeyUsage.FIDO;
  if (own && id !== undefined && !equal(id, digest('sha256', material))) {
    faults.push('KeyID is not the SHA-256 of KeyMaterial');
  }
  const at = blob.entries.findIndex((entry) => entry.identifier === KeyCredentialEntry.KeyHash);
  if (blob.version !== KEY_CREDENTIAL_VERSION || at < 0) return faults;
  const behind = blob.entries.slice(at + 1).map((e) => encodeEntry(e.identifier, e.value));
  if (!equal(blob.entries[at]?.value as Uint8Array, digest('sha256', concat(...behind)))) {
    faults.push('KeyHash is not the SHA-256 of the entries behind it');
  }
  return faults;
}

/**
 * What keeps a computer from writing this blob on itself (MS-ADTS 3.1.1.5.3.1.1.6); undefined when
 * nothing does. MS-ADTS forbids CustomKeyInformation, yet Windows sends it with MFA_NOT_USED: that
 * one form passes.
 */
export function selfWriteObjection(blob: KeyCredential): string | undefined {
  const { version } = blob;
  if (version !== KEY_CREDENTIAL_VERSION) return `version 0x${version.toString(16)}`;
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
