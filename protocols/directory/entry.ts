/**
 * An object of the directory and its record: what MS-ADTS 3.1.1.1 calls the state model, in LDAP
 * vocabulary. Values that name other objects are kept by record id, so that a rename or a move
 * changes one record; they become distinguished names on the way out.
 */
import { concat, fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import type { IndexKey } from '../../src/machine/store.ts';
import { type AttributeSchema, attribute, attributeByCode } from './schema.ts';
import { indexForm } from './syntax.ts';

/**
 * Text syntaxes (integers, booleans, times and OIDs included) as LDAP's strings, octet syntaxes as
 * octets, references as `<id=17>` or `B:8:0123abcd:<id=17>`.
 */
export type Value = string | Uint8Array;

export type Attributes = Readonly<Record<string, readonly Value[]>>;

/** Long-term keys of one password, with the salt they were made with (MS-SAMR 2.2.10.6). */
export interface StoredKeys {
  readonly kvno: number;
  readonly salt: string;
  /** Keys by etype, in hexadecimal. Absent: made of `password` when they are first needed. */
  readonly keys?: Readonly<Record<string, string>>;
  /** UTF-16 text. A simulator keeps it, so that keys of any etype can be made. */
  readonly password?: string;
}

export interface Entry {
  readonly id: number;
  /** The record above; 0 for the root of a naming context that stands under none. */
  readonly parent: number;
  readonly rdn: { readonly type: string; readonly value: string };
  /** By lDAPDisplayName as the schema spells it. */
  readonly attributes: Attributes;
  /** Newest first, at most {@link KEPT_PASSWORDS}. Never readable over LDAP. */
  readonly secrets?: readonly StoredKeys[];
  /** Version and time (seconds since 1970) of an attribute's last change (MS-ADTS 3.1.1.1.9). */
  readonly stamps?: Readonly<Record<string, readonly [version: number, seconds: number]>>;
}

/** The current password and the two before it, which MS-ADTS keeps and lockout looks at. */
export const KEPT_PASSWORDS = 3;

/** The record's format; another one needs a conversion of what stands on disks. */
const RECORD_VERSION = 1;
const TEXT = 0;
const OCTETS = 1;

/** The record: version, then the rest, attributes by their code in the schema's table. */
export function encodeEntry(entry: Entry): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array([RECORD_VERSION])];
  parts.push(varint(entry.parent), text(entry.rdn.type), text(entry.rdn.value));
  const names = Object.keys(entry.attributes);
  parts.push(varint(names.length));
  for (const name of names) {
    const values = entry.attributes[name] as readonly Value[];
    parts.push(varint((attribute(name) as AttributeSchema).code), varint(values.length));
    for (const value of values) {
      const isText = typeof value === 'string';
      const bytes = isText ? utf8(value) : value;
      parts.push(varint(bytes.length * 2 + (isText ? TEXT : OCTETS)), bytes);
    }
  }
  const extra = {
    ...(entry.secrets === undefined ? {} : { secrets: entry.secrets }),
    ...(entry.stamps === undefined ? {} : { stamps: entry.stamps }),
  };
  parts.push(utf8(JSON.stringify(extra)));
  return concat(...parts);
}

/** @throws Error when the record is of another version: the store is not ours or damaged. */
export function decodeEntry(id: number, bytes: Uint8Array): Entry {
  if (bytes[0] !== RECORD_VERSION) {
    throw new Error(`record ${id} has version ${bytes[0]}, expected ${RECORD_VERSION}`);
  }
  const cursor = { bytes, at: 1 };
  const parent = readVarint(cursor);
  const rdn = { type: readText(cursor), value: readText(cursor) };
  const attributes: Record<string, Value[]> = {};
  for (let n = readVarint(cursor); n > 0; n--) {
    const code = readVarint(cursor);
    const name = attributeByCode(code)?.name;
    if (name === undefined)
      throw new Error(`record ${id} has an attribute of unknown code ${code}`);
    const values: Value[] = [];
    for (let m = readVarint(cursor); m > 0; m--) {
      const head = readVarint(cursor);
      const octets = bytes.subarray(cursor.at, cursor.at + (head >> 1));
      cursor.at += head >> 1;
      values.push((head & 1) === TEXT ? fromUtf8(octets) : octets);
    }
    attributes[name] = values;
  }
  const extra = JSON.parse(fromUtf8(bytes.subarray(cursor.at))) as Pick<
    Entry,
    'secrets' | 'stamps'
  >;
  return { id, parent, rdn, attributes, ...extra };
}

/** Everything by which the entry can be found without a scan. */
export function indexKeys(entry: Entry): IndexKey[] {
  const rdn = `${entry.rdn.type.toLowerCase()}=${indexForm('unicode', entry.rdn.value)}`;
  const keys: IndexKey[] = [
    ['child', `${entry.parent}/${rdn}`],
    ['parent', String(entry.parent)],
  ];
  for (const [name, values] of Object.entries(entry.attributes)) {
    const schema = attribute(name);
    if (schema === undefined || !schema.indexed) continue;
    for (const value of values) keys.push([name, indexForm(schema.syntax, value)]);
  }
  return keys;
}

/** The first value as text; undefined where there is none. */
export function one(entry: Entry, name: string): string | undefined {
  const value = entry.attributes[name]?.[0];
  return typeof value === 'string' ? value : undefined;
}

/** The first value as a number; `absent` where there is none. */
export function number(entry: Entry, name: string, absent = 0): number {
  const value = one(entry, name);
  return value === undefined ? absent : Number(value);
}

/** The first value as octets; undefined where there is none. */
export function octets(entry: Entry, name: string): Uint8Array | undefined {
  const value = entry.attributes[name]?.[0];
  return value instanceof Uint8Array ? value : undefined;
}

/** All values as text. */
export function texts(entry: Entry, name: string): readonly string[] {
  return (entry.attributes[name] ?? []).filter((value) => typeof value === 'string');
}

/** The record that a stored reference names, in either of its forms. */
export function referred(value: Value): number | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /<id=(\d+)>$/.exec(value);
  return match === null ? undefined : Number(match[1]);
}

/** The stored form of a reference. */
export function reference(id: number): string {
  return `<id=${id}>`;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Seven bits an octet, least significant first; the top bit says that more follow. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return new Uint8Array(out);
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const octet = cursor.bytes[cursor.at++];
    if (octet === undefined) throw new Error('a record ends within a number');
    value += (octet & 127) * scale;
    if (octet < 128) return value;
    scale *= 128;
  }
}

function text(value: string): Uint8Array {
  const bytes = utf8(value);
  return concat(varint(bytes.length), bytes);
}

function readText(cursor: Cursor): string {
  const length = readVarint(cursor);
  const value = fromUtf8(cursor.bytes.subarray(cursor.at, cursor.at + length));
  cursor.at += length;
  return value;
}
