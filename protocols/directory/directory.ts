/**
 * The directory as a machine reads it: entries over the store that its env holds, and a draft of
 * what a step changes. Entries are decoded once a revision.
 */
import { concat } from '../../src/bytes/bytes.ts';
import type { IndexKey, RecordWrite, Store, WriteBatch } from '../../src/machine/store.ts';
import { formatDn, type Rdn } from './dn.ts';
import { decodeEntry, type Entry, encodeEntry, indexKeys, reference } from './entry.ts';
import { attribute, linkPartner } from './schema.ts';
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
}

/** How many decoded entries are kept: a domain's busy ones, not all of 100,000. */
const KEPT = 4_096;

interface Kept {
  readonly revision: number;
  readonly entry: Entry;
}

const keptByStore = new WeakMap<Store, Map<number, Kept>>();

/** Reads a store. What it keeps depends on revisions only, so a step sees what the store holds. */
export function directory(store: Store): Directory {
  const kept = keptByStore.get(store) ?? new Map<number, Kept>();
  keptByStore.set(store, kept);
  return {
    entry: (id) => {
      const revision = store.revision(id);
      const known = kept.get(id);
      if (known !== undefined && known.revision === revision) return known.entry;
      const bytes = store.read(id);
      if (bytes === undefined) {
        kept.delete(id);
        return undefined;
      }
      const entry = decodeEntry(id, bytes);
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
      kept.set(id, { revision, entry });
      return entry;
    },
    find: (name, value) => {
      const schema = attribute(name);
      if (schema === undefined) return [];
      return store.find(schema.name, indexForm(schema.syntax, value));
    },
    findForm: (name, form) => store.find(name, form),
    child: (parent, rdn) => store.find('child', childKey(parent, rdn))[0],
    children: (parent) => store.find('parent', String(parent)),
    scan: (after, limit) => store.scan(after, limit),
    counter: (name) => store.counter(name),
  };
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
  const added = new Map<string, Set<number>>();
  const removed = new Map<string, Set<number>>();

  const mark = (sets: Map<string, Set<number>>, [index, key]: IndexKey, id: number): void => {
    const name = `${index}\u0000${key}`;
    const ids = sets.get(name) ?? new Set<number>();
    sets.set(name, ids.add(id));
  };
  const unmark = (sets: Map<string, Set<number>>, [index, key]: IndexKey, id: number): void => {
    sets.get(`${index}\u0000${key}`)?.delete(id);
  };
  const entry = (id: number): Entry | undefined =>
    changed.has(id) ? changed.get(id) : base.entry(id);
  const change = (id: number, next: Entry | undefined): void => {
    const before = entry(id);
    for (const key of before === undefined ? [] : indexKeys(before)) {
      mark(removed, key, id);
      unmark(added, key, id);
    }
    for (const key of next === undefined ? [] : indexKeys(next)) {
      mark(added, key, id);
      unmark(removed, key, id);
    }
    changed.set(id, next);
  };
  const merged = (ids: readonly number[], index: string, key: string): readonly number[] => {
    const gone = removed.get(`${index}\u0000${key}`);
    const come = added.get(`${index}\u0000${key}`);
    if (gone === undefined && come === undefined) return ids;
    const all = new Set([...ids.filter((id) => gone?.has(id) !== true), ...(come ?? [])]);
    return [...all].sort((a, b) => a - b);
  };
  const counter = (name: string): number => counters.get(name) ?? base.counter(name);
  return {
    entry,
    counter,
    find: (name, value) => {
      const schema = attribute(name);
      if (schema === undefined) return [];
      return merged(base.find(name, value), schema.name, indexForm(schema.syntax, value));
    },
    findForm: (name, form) => merged(base.findForm(name, form), name, form),
    child: (parent, rdn) => {
      const id = base.child(parent, rdn);
      return merged(id === undefined ? [] : [id], 'child', childKey(parent, rdn))[0];
    },
    children: (parent) => merged(base.children(parent), 'parent', String(parent)),
    scan: (after, limit) => {
      const ids = new Set(base.scan(after, limit + changed.size));
      for (const [id, next] of changed) {
        if (next === undefined) ids.delete(id);
        else if (id > after) ids.add(id);
      }
      return [...ids].sort((a, b) => a - b).slice(0, limit);
    },
    put: (next) => change(next.id, next),
    remove: (id) => change(id, undefined),
    setCounter: (name, value) => {
      counters.set(name, value);
    },
    nextId: () => {
      const id = counter(ID_COUNTER) + 1;
      counters.set(ID_COUNTER, id);
      return id;
    },
    batch: () => {
      if (changed.size === 0 && counters.size === 0) return undefined;
      const records = [...changed].map(([id, next]) => recordWrite(base.entry(id), next, id));
      return { records, counters: Object.fromEntries(counters) };
    },
  };
}

/** Only the keys that differ are written: a changed counter touches no index. */
function recordWrite(before: Entry | undefined, next: Entry | undefined, id: number): RecordWrite {
  const name = ([index, key]: IndexKey): string => `${index}\u0000${key}`;
  const old = before === undefined ? [] : indexKeys(before);
  const now = next === undefined ? [] : indexKeys(next);
  const oldNames = new Set(old.map(name));
  const nowNames = new Set(now.map(name));
  return {
    id,
    ...(next === undefined ? {} : { bytes: encodeEntry(next) }),
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
