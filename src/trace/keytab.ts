/**
 * Keytab files, version 2 (0x0502): MIT krb5, "Keytab file format". All numbers big-endian. Wireshark,
 * MIT's and Heimdal's programs read them.
 */
import { fromHex, fromUtf8, utf8 } from '../bytes/bytes.ts';
import type { KeyRecord } from '../machine/actor.ts';
import { type OctetReader, octetReader, octetWriter } from './file-octets.ts';
import { type PrincipalParts, principalParts } from './principal.ts';

export interface KeytabEntry {
  readonly principal: PrincipalParts;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly timestamp: number;
  /** 32 bits: a read-only domain controller's key has its number in the upper half. */
  readonly kvno: number;
  readonly etype: number;
  readonly key: Uint8Array;
}

const VERSION = 0x0502;

/**
 * One key of an actor as a keytab entry. A key of one exchange goes under a name that nobody has, so
 * that Wireshark, which tries every key, opens the reply, and kinit does not take it for a password's.
 */
export function keytabEntry(record: KeyRecord, timestamp: number): KeytabEntry {
  const { kvno, etype, exchange } = record;
  const name = exchange === undefined ? record.principal : `${exchange}/${record.principal}`;
  const principal = principalParts(name);
  return { principal, timestamp, kvno, etype, key: fromHex(record.key) };
}

/** A keytab with these entries, in this order. */
export function writeKeytab(entries: readonly KeytabEntry[]): Uint8Array {
  const file = octetWriter();
  file.u16(VERSION);
  for (const entry of entries) {
    const record = writeEntry(entry);
    file.u32(record.length);
    file.octets(record);
  }
  return file.whole();
}

function writeEntry(entry: KeytabEntry): Uint8Array {
  const out = octetWriter();
  const counted = (bytes: Uint8Array): void => {
    out.u16(bytes.length);
    out.octets(bytes);
  };
  out.u16(entry.principal.components.length);
  counted(utf8(entry.principal.realm));
  for (const component of entry.principal.components) counted(utf8(component));
  out.u32(entry.principal.nameType);
  out.u32(entry.timestamp);
  out.u8(entry.kvno & 0xff);
  out.u16(entry.etype);
  counted(entry.key);
  out.u32(entry.kvno);
  return out.whole();
}

/** @throws RangeError with the offset when this is no keytab of version 2, or is cut off. */
export function readKeytab(bytes: Uint8Array): readonly KeytabEntry[] {
  const file = octetReader(bytes, 'keytab');
  const version = file.u16();
  if (version !== VERSION) {
    throw new RangeError(`keytab: expected version 0x0502, got 0x${version.toString(16)}`);
  }
  const entries: KeytabEntry[] = [];
  while (file.left > 0) {
    const size = file.i32();
    if (size === 0) break;
    // A negative size is a hole that a removed entry left behind.
    if (size < 0) file.octets(-size);
    else entries.push(readEntry(octetReader(file.octets(size), 'keytab entry')));
  }
  return entries;
}

function readEntry(from: OctetReader): KeytabEntry {
  const counted = (): Uint8Array => from.octets(from.u16());
  const count = from.u16();
  const realm = fromUtf8(counted());
  const components = Array.from({ length: count }, () => fromUtf8(counted()));
  const principal = { realm, components, nameType: from.u32() };
  const timestamp = from.u32();
  const low = from.u8();
  const etype = from.u16();
  const key = counted();
  const wide = from.left >= 4 ? from.u32() : 0;
  return { principal, timestamp, kvno: wide === 0 ? low : wide, etype, key };
}
