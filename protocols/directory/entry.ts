/**
 * An object of the directory and its record: what MS-ADTS 3.1.1.1 calls the state model, in LDAP
 * vocabulary. Values that name other objects are kept by record id, so that a rename or a move
 * changes one record; they become distinguished names on the way out.
 */
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { type PackedReader, packedReader, packedWriter } from '../../src/bytes/packed.ts';
import type { IndexKey } from '../../src/machine/store.ts';
import { PUBLIC_KEY_INDEX, signInKey } from './key-credential-value.ts';
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

/** What a record is: the first octet. Another format needs a conversion of what stands on disks. */
export const RecordKind = { ENTRY: 1, SHARED: 2 } as const;

/** How a value stands in a record, in the two low bits of the number before it. */
const TEXT = 0;
const OCTETS = 1;
/** Octets that many entries have, by the record that holds them: security descriptors. */
const SHARED = 2;
/** `<id=17>` */
const REFERENCE = 3;

const NOTHING = new TextEncoder().encode('{}');

/** The record of octets, if there is one; and the other way round. */
export type SharedRecord = (octets: Uint8Array) => number | undefined;
export type SharedOctets = (record: number) => Uint8Array | undefined;

/** One step writes one record at a time: they share the room. */
const room = { bytes: new Uint8Array(4_096) };

/**
 * The record: its kind, then the rest, attributes by their code in the schema's table.
 * @param shared gives the record that holds a security descriptor's octets; absent: they stand here
 */
export function encodeEntry(entry: Entry, shared?: SharedRecord): Uint8Array {
  const out = packedWriter(room);
  out.octet(RecordKind.ENTRY);
  out.number(entry.parent);
  out.text(entry.rdn.type, 1);
  out.text(entry.rdn.value, 1);
  const names = Object.keys(entry.attributes);
  out.number(names.length);
  for (const name of names) {
    const values = entry.attributes[name] as readonly Value[];
    out.number((attribute(name) as AttributeSchema).code);
    out.number(values.length);
    for (const value of values) {
      if (typeof value === 'string') {
        const id = value.startsWith('<') ? referred(value) : undefined;
        if (id === undefined || value !== reference(id)) out.text(value, 4);
        else out.number(id * 4 + REFERENCE);
        continue;
      }
      const record = name === 'nTSecurityDescriptor' ? shared?.(value) : undefined;
      if (record !== undefined) {
        out.number(record * 4 + SHARED);
      } else {
        out.number(value.length * 4 + OCTETS);
        out.octets(value);
      }
    }
  }
  const { secrets, stamps } = entry;
  const bare = secrets === undefined && stamps === undefined;
  out.octets(bare ? NOTHING : utf8(JSON.stringify({ secrets, stamps })));
  return out.taken();
}

/** @throws Error when the record is of another kind: the store is not ours or damaged. */
export function decodeEntry(id: number, bytes: Uint8Array, shared?: SharedOctets): Entry {
  if (bytes[0] !== RecordKind.ENTRY) {
    throw new Error(`record ${id} is of kind ${bytes[0]}, expected ${RecordKind.ENTRY}`);
  }
  const from = packedReader(bytes, 1);
  const parent = from.number();
  const rdn = { type: from.text(), value: from.text() };
  const attributes: Record<string, Value[]> = {};
  for (let n = from.number(); n > 0; n--) {
    const code = from.number();
    const name = attributeByCode(code)?.name;
    if (name === undefined) throw new Error(`record ${id}: no attribute has the code ${code}`);
    const values: Value[] = [];
    for (let m = from.number(); m > 0; m--) values.push(readValue(id, from, shared));
    attributes[name] = values;
  }
  const extra = JSON.parse(fromUtf8(from.rest())) as Pick<Entry, 'secrets' | 'stamps'>;
  return { id, parent, rdn, attributes, ...extra };
}

function readValue(id: number, from: PackedReader, shared: SharedOctets | undefined): Value {
  const head = from.number();
  const size = Math.floor(head / 4);
  const kind = head % 4;
  if (kind === REFERENCE) return reference(size);
  if (kind === SHARED) {
    const octets = shared?.(size);
    if (octets === undefined) throw new Error(`record ${id}: no shared octets in record ${size}`);
    return octets;
  }
  const octets = from.octets(size);
  return kind === TEXT ? fromUtf8(octets) : octets;
}

/** A value of an index in the form in which it is looked up; references by what they name. */
export function indexKey(schema: AttributeSchema, value: Value): string {
  return referenceKey(schema, indexForm(schema.syntax, value));
}

/** `B:8:0123abcd:<id=17>` is found as `<id=17>`: that is what back links ask for. */
export function referenceKey(schema: AttributeSchema, form: string): string {
  return schema.syntax === 'dnBinary' || schema.syntax === 'dnString'
    ? form.slice(form.lastIndexOf(':') + 1)
    : form;
}

/** The index of entries by their security descriptor, and of the records that hold one. */
export const DESCRIPTOR_INDEX = 'descriptor';
export const SHARED_INDEX = 'sharedDescriptor';

const digests = new WeakMap<Uint8Array, string>();

/** Two FNV-1a sums: equal octets have equal keys; whoever finds other octets by it compares. */
export function descriptorKey(octets: Uint8Array): string {
  const known = digests.get(octets);
  if (known !== undefined) return known;
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (const octet of octets) {
    a = Math.imul(a ^ octet, 0x01000193);
    b = Math.imul(b ^ octet, 0x01000197);
  }
  const made = `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}.${octets.length}`;
  digests.set(octets, made);
  return made;
}

/** The attribute that `name` computes from the RDN is looked up here, and so is `cn`. */
export const RDN_INDEX = 'name';

/** Everything by which the entry can be found without a scan. */
export function indexKeys(entry: Entry): IndexKey[] {
  const rdn = indexForm('unicode', entry.rdn.value);
  const keys: IndexKey[] = [
    ['child', `${entry.parent}/${entry.rdn.type.toLowerCase()}=${rdn}`],
    ['parent', String(entry.parent)],
    [RDN_INDEX, rdn],
  ];
  let seen: Set<string> | undefined;
  for (const name of Object.keys(entry.attributes)) {
    const schema = attribute(name);
    const values = entry.attributes[name] as readonly Value[];
    if (schema === undefined) continue;
    if (schema.name === 'nTSecurityDescriptor') {
      keys.push([DESCRIPTOR_INDEX, descriptorKey(values[0] as Uint8Array)]);
    }
    if (schema.name === 'msDS-KeyCredentialLink') keys.push(...publicKeys(values));
    if (!schema.indexed) continue;
    for (const value of values) {
      const key = indexKey(schema, value);
      if (schema.name === 'cn' && key === rdn) continue;
      if (values.length > 1) {
        seen ??= new Set();
        if (seen.has(`${name} ${key}`)) continue;
        seen.add(`${name} ${key}`);
      }
      keys.push([name, key]);
    }
  }
  return keys;
}

/** A key is in the index once, in however many blobs it stands. */
function publicKeys(values: readonly Value[]): IndexKey[] {
  const forms = values.flatMap((value) => signInKey(String(value))?.form ?? []);
  return [...new Set(forms)].map((form): IndexKey => [PUBLIC_KEY_INDEX, form]);
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
