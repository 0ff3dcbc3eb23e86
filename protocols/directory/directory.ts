/**
 * The directory as a machine reads it: entries over the store that its env holds, and a draft of
 * what a step changes. Entries are decoded once a revision.
 */
import { concat } from '../../src/bytes/bytes.ts';
import type { IndexKey, RecordWrite, Store, WriteBatch } from '../../src/machine/store.ts';
import { formatDn, type Rdn } from './dn.ts';
import {
  DESCRIPTOR_INDEX,
  decodeEntry,
  type Entry,
  encodeEntry,
  indexKey,
  indexKeys,
  RDN_INDEX,
  RecordKind,
  reference,
  referenceKey,
} from './entry.ts';
import { attribute, linkPartner } from './schema.ts';
import { sharedDescriptors } from './shared-descriptors.ts';
import { indexForm } from './syntax.ts';

/** What a search may walk through: the store's picture, or a draft over it. */
export interface Directory {
  entry(id: number): Entry | undefined;
  /** Records in which the attribute holds a value equal to this, by the attribute's index. */
  find(attributeName: string, value: string | Uint8Array): readonly number[];
  /** The same for a value that is in the form in which its syntax compares already. */
  findForm(attributeName: string, form: string): readonly number[];
  /** The record below `parent` with that RDN. */
  child(parent: number, rdn: Rdn): number | undefined;
  children(parent: number): readonly number[];
  /** Any record with an id above `after`, ascending, for searches that no index answers. */
  scan(after: number, limit: number): readonly number[];
  counter(name: string): number;
  /** The octets that a record holds for many entries; see {@link encodeEntry}. */
  shared(record: number): Uint8Array | undefined;
}

/** How many decoded entries are kept: a domain's busy ones, not all of 100,000. */
const KEPT = 4_096;

interface Kept {
  readonly revision: number;
  readonly entry: Entry;
}

const keptByStore = new WeakMap<Store, Map<number, Kept>>();
const sharedByStore = new WeakMap<Store, Map<number, Uint8Array>>();

/** Reads a store. What it keeps depends on revisions only, so a step sees what the store holds. */
export function directory(store: Store): Directory {
  const kept = keptByStore.get(store) ?? new Map<number, Kept>();
  keptByStore.set(store, kept);
  const octets = sharedByStore.get(store) ?? new Map<number, Uint8Array>();
  sharedByStore.set(store, octets);
  // Such a record never changes and its number is not used again, so one read is enough.
  const shared = (record: number): Uint8Array | undefined => {
    const known = octets.get(record);
    if (known !== undefined) return known;
    const bytes = store.read(record);
    if (bytes === undefined || bytes[0] !== RecordKind.SHARED) return undefined;
    const read = bytes.slice(1);
    if (octets.size >= KEPT) octets.delete(octets.keys().next().value as number);
    octets.set(record, read);
    return read;
  };
  return {
    shared,
    entry: (id) => {
      const revision = store.revision(id);
      const known = kept.get(id);
      if (known !== undefined && known.revision === revision) return known.entry;
      const bytes = store.read(id);
      if (bytes === undefined || bytes[0] === RecordKind.SHARED) {
        kept.delete(id);
        return undefined;
      }
      const entry = decodeEntry(id, bytes, shared);
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
      kept.set(id, { revision, entry });
      return entry;
    },
    find: (name, value) => {
      const schema = attribute(name);
      return schema === undefined ? [] : lookUp(store, schema.name, indexKey(schema, value));
    },
    findForm: (name, form) => {
      const schema = attribute(name);
      return lookUp(store, name, schema === undefined ? form : referenceKey(schema, form));
    },
    child: (parent, rdn) => store.find('child', childKey(parent, rdn))[0],
    children: (parent) => store.find('parent', String(parent)),
    scan: (after, limit) => store.scan(after, limit),
    counter: (name) => store.counter(name),
  };
}

/** Nearly every `cn` is the RDN, and is not in an index of its own then. */
function lookUp(store: Store, index: string, key: string): readonly number[] {
  const found = store.find(index, key);
  if (index !== 'cn') return found;
  const named = store.find(RDN_INDEX, key);
  if (found.length === 0) return named;
  return ascending([...found, ...named]);
}

function childKey(parent: number, rdn: Rdn): string {
  return `${parent}/${rdn.type.toLowerCase()}=${indexForm('unicode', rdn.value)}`;
}

/** A directory with changes of its own over another one; {@link Draft.batch} makes them last. */
export interface Draft extends Directory {
  /** Adds or replaces. */
  put(entry: Entry): void;
  remove(id: number): void;
  setCounter(name: string, value: number): void;
  /** A number that no record had before. */
  nextId(): number;
  /** Undefined when nothing was changed. */
  batch(): WriteBatch | undefined;
}

/** The counter that record ids are taken from. */
const ID_COUNTER = 'id';

export function draft(base: Directory): Draft {
  const changed = new Map<number, Entry | undefined>();
  const counters = new Map<string, number>();
  const keys = keyChanges();
  const entry = (id: number): Entry | undefined =>
    changed.has(id) ? changed.get(id) : base.entry(id);
  const change = (id: number, next: Entry | undefined): void => {
    keys.change(id, entry(id), next);
    changed.set(id, next);
  };
  const counter = (name: string): number => counters.get(name) ?? base.counter(name);
  const nextId = (): number => {
    const id = counter(ID_COUNTER) + 1;
    counters.set(ID_COUNTER, id);
    return id;
  };
  const lookUpKey = (index: string, key: string): readonly number[] => {
    const ids = base.findForm(index, key);
    if (index !== 'cn') return keys.merged(ids, index, key);
    // Those came by either of two indexes: what changed is looked at itself.
    const left = ids.filter((id) => !changed.has(id) || isNamed(changed.get(id), key));
    return ascending([...left, ...keys.merged([], 'cn', key), ...keys.merged([], RDN_INDEX, key)]);
  };
  return {
    entry,
    counter,
    nextId,
    shared: (record) => base.shared(record),
    find: (name, value) => {
      const schema = attribute(name);
      return schema === undefined ? [] : lookUpKey(schema.name, indexKey(schema, value));
    },
    findForm: (name, form) => {
      const schema = attribute(name);
      return lookUpKey(name, schema === undefined ? form : referenceKey(schema, form));
    },
    child: (parent, rdn) => lookUpKey('child', childKey(parent, rdn))[0],
    children: (parent) => lookUpKey('parent', String(parent)),
    scan: (after, limit) => {
      const ids = new Set(base.scan(after, limit + changed.size));
      for (const [id, next] of changed) {
        if (next === undefined) ids.delete(id);
        else if (id > after) ids.add(id);
      }
      return ascending(ids).slice(0, limit);
    },
    put: (next) => change(next.id, next),
    remove: (id) => change(id, undefined),
    setCounter: (name, value) => {
      counters.set(name, value);
    },
    batch: () => {
      if (changed.size === 0 && counters.size === 0) return undefined;
      const descriptors = sharedDescriptors(base, nextId);
      const records = [...changed].map(([id, next]) =>
        recordWrite(base.entry(id), next, id, descriptors.recordOf),
      );
      const unused = keys
        .removed(DESCRIPTOR_INDEX)
        .filter((key) => lookUpKey(DESCRIPTOR_INDEX, key).length === 0);
      return {
        records: [...descriptors.made(), ...records, ...descriptors.unused(unused)],
        counters: Object.fromEntries(counters),
      };
    },
  };
}

function ascending(ids: Iterable<number>): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function isNamed(entry: Entry | undefined, key: string): boolean {
  if (entry === undefined) return false;
  if (indexForm('unicode', entry.rdn.value) === key) return true;
  return (entry.attributes.cn ?? []).some((value) => indexForm('unicode', value) === key);
}

interface KeyChanges {
  change(id: number, before: Entry | undefined, next: Entry | undefined): void;
  /** What an index answers once the changes are made, from what it answers now. */
  merged(ids: readonly number[], index: string, key: string): readonly number[];
  /** Keys of an index that some record lost. */
  removed(index: string): readonly string[];
}

/** Index keys that records gain and lose. */
function keyChanges(): KeyChanges {
  const added = new Map<string, Set<number>>();
  const removed = new Map<string, Set<number>>();
  const mark = (sets: Map<string, Set<number>>, name: string, id: number): void => {
    const ids = sets.get(name) ?? new Set<number>();
    sets.set(name, ids.add(id));
  };
  const nameOf = ([index, key]: IndexKey): string => `${index}\u0000${key}`;
  return {
    change: (id, before, next) => {
      for (const key of before === undefined ? [] : indexKeys(before)) {
        mark(removed, nameOf(key), id);
        added.get(nameOf(key))?.delete(id);
      }
      for (const key of next === undefined ? [] : indexKeys(next)) {
        mark(added, nameOf(key), id);
        removed.get(nameOf(key))?.delete(id);
      }
    },
    merged: (ids, index, key) => {
      const gone = removed.get(nameOf([index, key]));
      const come = added.get(nameOf([index, key]));
      if (gone === undefined && come === undefined) return ids;
      return ascending([...ids.filter((id) => gone?.has(id) !== true), ...(come ?? [])]);
    },
    removed: (index) =>
      [...removed]
        .filter(([name, ids]) => ids.size > 0 && name.startsWith(nameOf([index, ''])))
        .map(([name]) => name.slice(index.length + 1)),
  };
}

/** Only the keys that differ are written: a changed counter touches no index. */
function recordWrite(
  before: Entry | undefined,
  next: Entry | undefined,
  id: number,
  shared: (octets: Uint8Array) => number | undefined,
): RecordWrite {
  const name = ([index, key]: IndexKey): string => `${index}\u0000${key}`;
  const old = before === undefined ? [] : indexKeys(before);
  const now = next === undefined ? [] : indexKeys(next);
  const oldNames = new Set(old.map(name));
  const nowNames = new Set(now.map(name));
  return {
    id,
    ...(next === undefined ? {} : { bytes: encodeEntry(next, shared) }),
    removed: old.filter((key) => !nowNames.has(name(key))),
    added: now.filter((key) => !oldNames.has(name(key))),
  };
}

/**
 * The names from the entry up to the root. What stands above a naming context (`DC=example` above
 * `DC=corp,DC=example`) are phantoms: records with a name and no attributes (MS-ADTS 3.1.1.1.4).
 */
export function rdnsOf(base: Directory, entry: Entry): readonly Rdn[] {
  const rdns: Rdn[] = [];
  for (let at: Entry | undefined = entry; at !== undefined; at = base.entry(at.parent)) {
    rdns.push(at.rdn);
  }
  return rdns;
}

export function dnOf(base: Directory, entry: Entry): string {
  return formatDn(rdnsOf(base, entry));
}

/** The records that hold a back link's partner naming `id`: `memberOf` from `member`. */
export function backLinks(base: Directory, backLink: string, id: number): readonly number[] {
  const schema = attribute(backLink);
  const forward = schema === undefined ? undefined : linkPartner(schema);
  return forward === undefined ? [] : base.find(forward.name, reference(id));
}

/** Octets that differ for each record and are the same in each run: objectGUID's raw material. */
export function idOctets(id: number, salt: Uint8Array): Uint8Array {
  return concat(salt, new Uint8Array([id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255]));
}
