/** Ways to spoil octets, chosen by seeded chance: what the fuzz tests feed to whoever reads octets. */
import { seededRandom } from '../src/crypto/random.ts';

/** Seeded choices. */
export interface Chance {
  /** 0 or more, below `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  octets(size: number): Uint8Array;
}

export function chanceOf(seed: number, label: string): Chance {
  const random = seededRandom(seed, label);
  const below = (limit: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = random(4);
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % limit;
  };
  return {
    below,
    pick: (items) => items[below(items.length)] as never,
    octets: random,
  };
}

type Mutation = (bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

/** Octets that readers of lengths and numbers stumble over. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xfe, 0xff];

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
}

function spliced(bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(at + insert.length + Math.max(0, bytes.length - at - drop));
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + drop), at + insert.length);
  return out;
}

export const MUTATIONS: readonly Mutation[] = [
  // One bit.
  (bytes, chance) =>
    changed(bytes, (copy) => {
      const at = chance.below(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << chance.below(8));
    }),
  // One octet that is an edge of something.
  (bytes, chance) =>
    changed(bytes, (copy) => {
      copy[chance.below(copy.length)] = chance.pick(EDGES);
    }),
  // A few octets anywhere.
  (bytes, chance) =>
    changed(bytes, (copy) => {
      for (let n = chance.below(8); n >= 0; n--) {
        copy[chance.below(copy.length)] = chance.below(256);
      }
    }),
  // Cut short.
  (bytes, chance) => bytes.slice(0, chance.below(bytes.length + 1)),
  // Octets at the end.
  (bytes, chance) => spliced(bytes, bytes.length, 0, chance.octets(1 + chance.below(16))),
  // Octets inside.
  (bytes, chance) =>
    spliced(bytes, chance.below(bytes.length + 1), 0, chance.octets(1 + chance.below(8))),
  // Octets gone.
  (bytes, chance) =>
    spliced(bytes, chance.below(bytes.length + 1), 1 + chance.below(8), new Uint8Array(0)),
  // A part twice.
  (bytes, chance) => {
    const at = chance.below(bytes.length + 1);
    return spliced(bytes, at, 0, bytes.slice(at, at + chance.below(200)));
  },
  // Part of another message.
  (bytes, chance, others) => {
    const other = chance.pick(others);
    const from = chance.below(other.length + 1);
    const part = other.slice(from, from + chance.below(300));
    return spliced(bytes, chance.below(bytes.length + 1), chance.below(300), part);
  },
];

/** `bytes`, spoilt once to four times. */
export function mutated(
  bytes: Uint8Array,
  chance: Chance,
  others: readonly Uint8Array[],
): Uint8Array {
  let out = bytes;
  for (let n = chance.below(4); n >= 0; n--) out = chance.pick(MUTATIONS)(out, chance, others);
  return out;
}

interface Element {
  /** Where the tag, the content and the next element begin. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** All elements of well-formed DER with one-octet tags. */
export function elementsOf(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  const walk = (from: number, to: number): void => {
    let at = from;
    while (at + 2 <= to) {
      const start = at;
      const tag = bytes[at++] as number;
      let length = bytes[at++] as number;
      if (length > 0x84) return;
      if (length >= 0x80) {
        const octets = length & 0x7f;
        length = 0;
        for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at++] ?? 0);
      }
      const end = at + length;
      if (end > to) return;
      found.push({ start, content: at, end });
      if ((tag & 0x20) !== 0) walk(at, end);
      at = end;
    }
  };
  walk(0, bytes.length);
  return found;
}

function header(tag: number, length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([tag, length]);
  if (length < 0x100) return new Uint8Array([tag, 0x81, length]);
  return new Uint8Array([tag, 0x82, length >> 8, length & 0xff]);
}

/** INTEGER, OCTET STRING, GeneralString, SEQUENCE, two context tags, Ticket. */
const TAGS = [0x02, 0x04, 0x1b, 0x30, 0xa0, 0xa1, 0x61];

/**
 * Spoils the content of one element and mends the lengths around it, so that what is wrong is found
 * deep inside.
 */
export function mutatedInside(
  bytes: Uint8Array,
  chance: Chance,
  others: readonly Uint8Array[],
): Uint8Array {
  const elements = elementsOf(bytes);
  if (elements.length === 0) return mutated(bytes, chance, others);
  const target = chance.pick(elements);
  const around = elements.filter((one) => one.start < target.start && one.end >= target.end);
  const action = chance.below(4);
  const own = bytes.slice(target.start, target.end);
  let replaced: Uint8Array;
  if (action === 0) replaced = new Uint8Array(0);
  else if (action === 1) replaced = spliced(own, own.length, 0, own);
  else if (action === 2) {
    const content = mutated(bytes.slice(target.content, target.end), chance, others);
    const head = header(own[0] as number, content.length);
    replaced = spliced(head, head.length, 0, content);
  } else {
    replaced = changed(own, (copy) => {
      copy[0] = chance.pick(TAGS);
    });
  }
  let out = spliced(bytes, target.start, target.end - target.start, replaced);
  let difference = replaced.length - own.length;
  for (const outer of [...around].reverse()) {
    const tag = bytes[outer.start] as number;
    const head = header(tag, outer.end - outer.content + difference);
    out = spliced(out, outer.start, outer.content - outer.start, head);
    difference += head.length - (outer.content - outer.start);
  }
  return out;
}
