/** Makes the objects of a new domain, parents first, and the one batch that writes them. */
import type { RecordWrite, WriteBatch } from '../../src/machine/store.ts';
import { parseSid } from '../pac/sid.ts';
import type { SecretSeed, SeedAttributes, SeedValue } from './domain-seed.ts';
import { encodeEntry, indexKeys, reference, type StoredKeys, type Value } from './entry.ts';
import { InstanceType } from './instance.ts';
import { attribute, CLASSES, type ClassSchema, classSchema, superclasses } from './schema.ts';
import { encodeDescriptor, type SecurityDescriptor } from './security/descriptor.ts';
import { newDescriptor } from './security/inherit.ts';
import { parseSddl } from './security/sddl.ts';
import { sharedDescriptors } from './shared-descriptors.ts';
import { ldapTime, RID_COUNTER, USN_COUNTER } from './stamps.ts';
import { isReference } from './syntax.ts';

export interface NewObject {
  readonly parent: number;
  /** The RDN's value; its type is the class's. */
  readonly name: string;
  readonly objectClass: string;
  readonly attributes?: SeedAttributes;
  readonly sid?: string;
  /** SDDL instead of the class's default. */
  readonly descriptor?: string;
  readonly secrets?: readonly StoredKeys[];
  /** A number that was reserved. */
  readonly id?: number;
  readonly instanceType?: number;
}

/** An object while the domain is made; it becomes an entry when the batch is. */
interface Made {
  readonly id: number;
  readonly parent: number;
  readonly rdn: { readonly type: string; readonly value: string };
  readonly attributes: Record<string, readonly Value[]>;
  readonly secrets?: readonly StoredKeys[];
}

export interface DomainBuilder {
  /** @throws Error when the class or an attribute is not in the schema: the domain's own mistake. */
  add(object: NewObject): number;
  /** A name above a naming context, without an object. */
  phantom(parent: number, type: string, value: string): number;
  nextId(): number;
  /** The classSchema object's number, before the object is there. */
  classId(name: string): number;
  /** Whose objects these are from now on: the owner and group of new descriptors. */
  ownedBy(sid: string): void;
  set(id: number, attributes: SeedAttributes): void;
  append(id: number, name: string, value: Value): void;
  value(id: number, name: string): readonly Value[];
  child(parent: number, name: string): number | undefined;
  /** The account or group of that name. */
  account(sAMAccountName: string): number | undefined;
  /** The next free number of the domain's SIDs, or this one. */
  rid(wanted?: number): number;
  readonly domainSid: string;
  readonly now: number;
  readonly random: (label: string) => (size: number) => Uint8Array;
  batch(counters: Readonly<Record<string, number>>): WriteBatch;
}

/** RIDs that administrators' objects start with; those below are Windows' own (MS-SAMR 3.1.1.9.2). */
const FIRST_RID = 1_103;
const ID_COUNTER = 'id';

export interface BuilderSettings {
  readonly domainSid: string;
  readonly now: number;
  readonly random: (label: string) => (size: number) => Uint8Array;
  /** RIDs that the seed gives: none of them is given twice. */
  readonly rids: ReadonlySet<number>;
}

export function domainBuilder(settings: BuilderSettings): DomainBuilder {
  const { domainSid, now, random } = settings;
  const made = madeObjects();
  const guids = random(`objectGUID/${domainSid}`);
  const counts = { id: 0, usn: 0, rid: FIRST_RID - 1 };
  const nextId = (): number => ++counts.id;
  const classIds = new Map(CLASSES.map((row) => [row.name, nextId()]));
  const security = descriptorSource(domainSid);
  const descriptors = sharedDescriptors({ findForm: () => [], shared: () => undefined }, nextId);
  const stamped = (): Stamp => ({ usn: String(++counts.usn), guid: randomGuid(guids) });
  return {
    domainSid,
    now,
    random,
    nextId,
    classId: (name) => classIds.get(name) as number,
    ownedBy: security.ownedBy,
    phantom: (parent, type, value) =>
      made.keep({ id: nextId(), parent, rdn: { type, value }, attributes: {} }),
    add: (given) => {
      const row = knownClass(given.objectClass);
      const id = given.id ?? nextId();
      const category = classIds.get(row.defaultObjectCategory) as number;
      return made.keep({
        id,
        parent: given.parent,
        rdn: { type: row.rdnType, value: given.name },
        attributes: {
          ...commonAttributes(given, row, stamped(), now),
          objectCategory: [reference(category)],
          nTSecurityDescriptor: [security.made(id, row, given.parent, given.descriptor)],
          ...seeded(given.attributes),
        },
        ...(given.secrets === undefined ? {} : { secrets: given.secrets }),
      });
    },
    set: (id, attributes) => {
      Object.assign(made.object(id).attributes, seeded(attributes));
    },
    append: (id, name, value) => {
      const target = made.object(id);
      const values = target.attributes[name] ?? [];
      if (!values.includes(value)) target.attributes[name] = [...values, value];
    },
    value: (id, name) => made.object(id).attributes[name] ?? [],
    child: made.child,
    account: made.account,
    rid: (wanted) => {
      if (wanted !== undefined) return wanted;
      do counts.rid++;
      while (settings.rids.has(counts.rid));
      return counts.rid;
    },
    batch: (counters) => {
      const records = made.all().map(
        (one): RecordWrite => ({
          id: one.id,
          bytes: encodeEntry(one, descriptors.recordOf),
          added: indexKeys(one),
          removed: [],
        }),
      );
      return {
        records: [...descriptors.made(), ...records],
        counters: {
          ...counters,
          [ID_COUNTER]: counts.id,
          [USN_COUNTER]: counts.usn,
          [RID_COUNTER]: Math.max(counts.rid, ...settings.rids),
        },
      };
    },
  };
}

interface Stamp {
  readonly usn: string;
  readonly guid: Uint8Array;
}

/** What every object has besides its category and its descriptor. */
function commonAttributes(
  given: NewObject,
  row: ClassSchema,
  { usn, guid }: Stamp,
  now: number,
): Record<string, readonly Value[]> {
  const when = ldapTime(now);
  return {
    objectClass: superclasses(row.name),
    [row.rdnType.toLowerCase()]: [given.name],
    instanceType: [String(given.instanceType ?? InstanceType.WRITE)],
    whenCreated: [when],
    whenChanged: [when],
    uSNCreated: [usn],
    uSNChanged: [usn],
    objectGUID: [guid],
    ...(row.defaultHidingValue ? { showInAdvancedViewOnly: ['TRUE'] } : {}),
    ...(given.sid === undefined ? {} : { objectSid: [parseSid(given.sid)] }),
  };
}

interface MadeObjects {
  keep(one: Made): number;
  /** @throws Error when there is none: the builder's own mistake. */
  object(id: number): Made;
  child(parent: number, name: string): number | undefined;
  account(sAMAccountName: string): number | undefined;
  all(): readonly Made[];
}

function madeObjects(): MadeObjects {
  const made = new Map<number, Made>();
  const children = new Map<string, number>();
  const accounts = new Map<string, number>();
  return {
    keep: (one) => {
      made.set(one.id, one);
      children.set(childKey(one.parent, one.rdn.value), one.id);
      const [name] = one.attributes.sAMAccountName ?? [];
      if (typeof name === 'string') accounts.set(name.toLowerCase(), one.id);
      return one.id;
    },
    object: (id) => {
      const found = made.get(id);
      if (found === undefined) throw new Error(`no object ${id} in the new domain`);
      return found;
    },
    child: (parent, name) => children.get(childKey(parent, name)),
    account: (name) => accounts.get(name.toLowerCase()),
    all: () => [...made.values()],
  };
}

function childKey(parent: number, name: string): string {
  return `${parent}/${name.toLowerCase()}`;
}

function knownClass(name: string): ClassSchema {
  const row = classSchema(name);
  if (row === undefined) throw new Error(`class ${name} is not in the schema`);
  return row;
}

function schemaName(name: string): string {
  const schema = attribute(name);
  if (schema === undefined) throw new Error(`attribute ${name} is not in the schema`);
  return schema.name;
}

function seeded(attributes: SeedAttributes = {}): Record<string, readonly Value[]> {
  return Object.fromEntries(
    Object.entries(attributes)
      .map(([name, values]) => [schemaName(name), storedValues(values)] as const)
      .filter(([, values]) => values.length > 0),
  );
}

/** As entries keep values; names of other objects must be references already. */
export function storedValues(given: SeedValue | readonly SeedValue[]): readonly Value[] {
  const values = Array.isArray(given) ? (given as readonly SeedValue[]) : [given as SeedValue];
  return values.map((value) => {
    if (value instanceof Uint8Array || typeof value === 'string') return value;
    return typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  });
}

/** A version 4 GUID (RFC 9562 §5.4), its third field little-endian (MS-DTYP 2.3.4). */
export function randomGuid(source: (size: number) => Uint8Array): Uint8Array {
  const guid = source(16).slice();
  guid[7] = ((guid[7] as number) & 0x0f) | 0x40;
  guid[8] = ((guid[8] as number) & 0x3f) | 0x80;
  return guid;
}

/** Attributes whose values are names of other objects. */
export function namesObjects(name: string): boolean {
  const schema = attribute(name);
  return schema !== undefined && isReference(schema.syntax);
}

/** The keys of an account as its entry keeps them. */
export function storedKeys(secret: SecretSeed, salt: string): StoredKeys {
  return {
    kvno: secret.kvno ?? 2,
    salt: secret.salt ?? salt,
    ...(secret.keys === undefined ? {} : { keys: secret.keys }),
    ...(secret.password === undefined ? {} : { password: secret.password }),
  };
}

interface DescriptorSource {
  ownedBy(sid: string): void;
  made(id: number, row: ClassSchema, parent: number, sddl: string | undefined): Uint8Array;
}

/** Objects of one class below one container have the same descriptor: it is made once. */
function descriptorSource(domainSid: string): DescriptorSource {
  const byObject = new Map<number, SecurityDescriptor>();
  const made = new Map<string, { descriptor: SecurityDescriptor; octets: Uint8Array }>();
  const read = new Map<string, SecurityDescriptor>();
  const sids = { domainSid, rootDomainSid: domainSid };
  let owner = `${domainSid}-512`;
  const parsed = (text: string): SecurityDescriptor => {
    const known = read.get(text);
    if (known !== undefined) return known;
    const outcome = parseSddl(text, sids);
    if (!outcome.ok) throw new Error(`${text}: ${outcome.reason} at ${outcome.offset}`);
    read.set(text, outcome.value);
    return outcome.value;
  };
  const of = (row: ClassSchema, parent: number, sddl: string | undefined) => {
    const text = sddl ?? row.defaultSecurityDescriptor;
    const key = `${row.name} ${parent} ${owner} ${sddl ?? ''}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const heir = { classGuid: row.guid, owner, group: owner };
    const descriptor = newDescriptor(parsed(text), byObject.get(parent), heir);
    const one = { descriptor, octets: encodeDescriptor(descriptor) };
    made.set(key, one);
    return one;
  };
  return {
    ownedBy: (sid) => {
      owner = sid;
    },
    made: (id, row, parent, sddl) => {
      const { descriptor, octets } = of(row, parent, sddl);
      byObject.set(id, descriptor);
      return octets;
    },
  };
}
