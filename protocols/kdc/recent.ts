/**
 * What was seen lately, bounded in number and age: a map from octets to values in two generations.
 * It is persistent: remembering makes a new map that shares almost all of the old one, so a state
 * that holds it is never changed, and the cost does not grow with what is remembered.
 */
import { equal } from '../../src/bytes/bytes.ts';

export interface Recent<V> {
  readonly current: Node<V> | undefined;
  readonly previous: Node<V> | undefined;
  /** When the current generation began, and how many it holds. */
  readonly since: number;
  readonly size: number;
}

/** Entries per generation and milliseconds for which an entry counts. */
export interface RecentLimits {
  readonly entries: number;
  readonly age: number;
}

interface Entry<V> {
  readonly key: Uint8Array;
  readonly value: V;
  readonly at: number;
}

/** A hash trie: five bits of the hash choose the child. */
type Node<V> =
  | { readonly kind: 'leaf'; readonly hash: number; readonly entries: readonly Entry<V>[] }
  | { readonly kind: 'branch'; readonly bitmap: number; readonly children: readonly Node<V>[] };

const BITS = 5;
/** Keys can be made to share a hash on purpose; no more than this many are kept then. */
const MOST_COLLISIONS = 8;

export function nothingRecent<V>(): Recent<V> {
  return { current: undefined, previous: undefined, since: 0, size: 0 };
}

/** FNV-1a; not for secrets. */
export function hashOf(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return hash >>> 0;
}

/** The value last remembered for `key`, unless that is longer ago than `age`. */
export function recall<V>(
  recent: Recent<V>,
  key: Uint8Array,
  hash: number,
  now: number,
  age: number,
): V | undefined {
  const found = find(recent.current, key, hash) ?? find(recent.previous, key, hash);
  return found !== undefined && now - found.at <= age ? found.value : undefined;
}

/** A generation ends when it is full or as old as entries may get; the one before it is dropped then. */
export function remember<V>(
  recent: Recent<V>,
  key: Uint8Array,
  hash: number,
  value: V,
  now: number,
  limits: RecentLimits,
): Recent<V> {
  const entry: Entry<V> = { key, value, at: now };
  const { current, size, since } = recent;
  if (current === undefined || size >= limits.entries || now - since > limits.age) {
    const first = insert(undefined, hash, entry, 0);
    // A generation that ended long ago holds nothing that still counts.
    const previous = now - since > 2 * limits.age ? undefined : current;
    return { current: first, previous, since: now, size: 1 };
  }
  const grown = insert(current, hash, entry, 0);
  return { current: grown, previous: recent.previous, since, size: size + 1 };
}

function find<V>(root: Node<V> | undefined, key: Uint8Array, hash: number): Entry<V> | undefined {
  let node = root;
  for (let shift = 0; node !== undefined; shift += BITS) {
    if (node.kind === 'leaf') {
      return node.hash === hash ? node.entries.find((entry) => equal(entry.key, key)) : undefined;
    }
    const bit = 1 << ((hash >>> shift) & 31);
    node = (node.bitmap & bit) === 0 ? undefined : node.children[rank(node.bitmap, bit)];
  }
  return undefined;
}

function insert<V>(
  node: Node<V> | undefined,
  hash: number,
  entry: Entry<V>,
  shift: number,
): Node<V> {
  if (node === undefined) return { kind: 'leaf', hash, entries: [entry] };
  if (node.kind === 'leaf') {
    if (node.hash === hash) {
      const others = node.entries.filter((known) => !equal(known.key, entry.key));
      return { kind: 'leaf', hash, entries: [entry, ...others].slice(0, MOST_COLLISIONS) };
    }
    const branch: Node<V> = {
      kind: 'branch',
      bitmap: 1 << ((node.hash >>> shift) & 31),
      children: [node],
    };
    return insert(branch, hash, entry, shift);
  }
  const bit = 1 << ((hash >>> shift) & 31);
  const at = rank(node.bitmap, bit);
  if ((node.bitmap & bit) === 0) {
    const children = node.children.toSpliced(at, 0, { kind: 'leaf', hash, entries: [entry] });
    return { kind: 'branch', bitmap: node.bitmap | bit, children };
  }
  const child = insert(node.children[at], hash, entry, shift + BITS);
  return { kind: 'branch', bitmap: node.bitmap, children: node.children.with(at, child) };
}

/** How many children stand before the one of `bit`. */
function rank(bitmap: number, bit: number): number {
  let below = bitmap & (bit - 1);
  below -= (below >>> 1) & 0x55555555;
  below = (below & 0x33333333) + ((below >>> 2) & 0x33333333);
  return Math.imul((below + (below >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
