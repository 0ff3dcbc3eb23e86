/** Compositions: structures, arrays, blocks with a tag, texts. */
import { fromUtf16le, utf16le } from '../bytes/bytes.ts';
import { type Codec, PADDING, readMember, uint16 } from './codec.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** A member that is not in the value: it says how long, or how many, another one is. */
export interface Computed {
  readonly computed: 'length' | 'count';
  readonly of: string;
  readonly codec: Codec<number>;
  /** Octets that the number counts besides those of the member, below zero: that it leaves out. */
  readonly more: number;
}

/** A member that may be missing, when everything behind it is missing too. */
export interface Optional<T> {
  readonly optional: Codec<T>;
}

type Member = Codec<unknown> | Computed | Optional<unknown>;
type Members = Readonly<Record<string, Member>>;

type Named<F extends Members> = {
  [K in keyof F as F[K] extends Computed
    ? never
    : F[K] extends Optional<unknown>
      ? never
      : K]: F[K] extends Codec<infer T> ? T : never;
};
type Missing<F extends Members> = {
  [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: F[K] extends Optional<infer T>
    ? T
    : never;
};
type Without<T> = { readonly [K in keyof T as [T[K]] extends [undefined] ? never : K]: T[K] };
export type Struct<F extends Members> = Without<Named<F>> & Readonly<Missing<F>>;

/** The octets of the member `of`, as a number before it. */
export function lengthOf(of: string, codec: Codec<number> = uint16, more = 0): Computed {
  return { computed: 'length', of, codec, more };
}

/** How many elements the array `of` has. */
export function countOf(of: string, codec: Codec<number> = uint16): Computed {
  return { computed: 'count', of, codec, more: 0 };
}

export function optional<T>(codec: Codec<T>): Optional<T> {
  return { optional: codec };
}

interface Planned {
  readonly name: string;
  readonly codec: Codec<unknown>;
  readonly computed?: Computed;
  readonly optional: boolean;
}

function planOf(members: Members): readonly Planned[] {
  return Object.entries(members).map(([name, member]): Planned => {
    if ('computed' in member) {
      const codec = member.codec as Codec<unknown>;
      return { name, codec, computed: member, optional: false };
    }
    if ('optional' in member) {
      return { name, codec: member.optional as Codec<unknown>, optional: true };
    }
    return { name, codec: member as unknown as Codec<unknown>, optional: false };
  });
}

/** Members in their order. */
export function struct<const F extends Members>(type: string, members: F): Codec<Struct<F>> {
  const plan = planOf(members);
  const least = plan.reduce((sum, { codec, optional: may }) => sum + (may ? 0 : codec.least), 0);
  return {
    type,
    least,
    write: (writer, value) => writeStruct(writer, plan, value as Record<string, unknown>),
    read: (reader) => readStruct(reader, plan) as Struct<F>,
  };
}

function writeStruct(
  writer: Writer,
  plan: readonly Planned[],
  value: Readonly<Record<string, unknown>>,
): void {
  const waiting = new Map<string, readonly [at: number, Computed]>();
  // Padding among members that may be missing is there when anything behind it is.
  const last = plan.findLastIndex(({ name }) => value[name] !== undefined);
  for (const [index, { name, codec, computed, optional: may }] of plan.entries()) {
    if (computed !== undefined) {
      if (computed.computed === 'count') {
        const target = plan.find((other) => other.name === computed.of)?.codec;
        computed.codec.write(writer, target?.countOf?.(value[computed.of]) ?? 0);
        continue;
      }
      waiting.set(computed.of, [writer.at, computed]);
      computed.codec.write(writer, 0);
      continue;
    }
    const item = value[name];
    const begun = writer.at;
    const isPadding = codec.type === PADDING && index < last;
    if (item !== undefined || !may || isPadding) codec.write(writer, item);
    const length = waiting.get(name);
    if (length !== undefined) patch(writer, length, writer.at - begun);
  }
}

/** A length that stands before what it counts. */
function patch(
  writer: Writer,
  [at, { codec, more }]: readonly [number, Computed],
  length: number,
): void {
  const number = length + more;
  switch (codec.least) {
    case 1:
      writer.uint8(number, at);
      break;
    case 2:
      writer.uint16(number, !codec.type.includes('big-endian'), at);
      break;
    default:
      writer.uint32(number, !codec.type.includes('big-endian'), at);
  }
}

function readStruct(reader: Reader, plan: readonly Planned[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const lengths = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { name, codec, computed, optional: may } of plan) {
    if (may && reader.left === 0) continue;
    if (computed !== undefined) {
      const at = reader.at;
      const number = readMember(reader, name, computed.codec);
      const known = number - computed.more;
      if (known < 0) reader.fail(`${name} is ${number}: expected ${computed.more} at least`, at);
      (computed.computed === 'length' ? lengths : counts).set(computed.of, known);
      continue;
    }
    const item = readMember(reader, name, sized(codec, lengths.get(name), counts.get(name)));
    if (item !== undefined) value[name] = item;
  }
  return value;
}

/** The codec of a member whose length or count came before it. */
function sized(codec: Codec<unknown>, length?: number, count?: number): Codec<unknown> {
  const counted: Codec<unknown> =
    count === undefined
      ? codec
      : { ...codec, read: (reader) => codec.readCount?.(reader, count) ?? codec.read(reader) };
  if (length === undefined) return counted;
  return { ...counted, read: (reader) => reader.within(length, () => counted.read(reader)) };
}

/** Elements up to the end, or as many as `countOf` says. */
export function array<T>(of: Codec<T>): Codec<readonly T[]> {
  const readCount = (reader: Reader, count: number): readonly T[] => {
    if (count * of.least > reader.left) {
      reader.fail(`${count} elements of at least ${of.least} octets, ${reader.left} are left`);
    }
    return Array.from({ length: count }, (_, index) => readMember(reader, index, of));
  };
  return {
    type: `${of.type}[]`,
    least: 0,
    write(writer, value) {
      for (const item of value) of.write(writer, item);
    },
    read(reader) {
      const items: T[] = [];
      while (reader.left > 0) items.push(readMember(reader, items.length, of));
      return items;
    },
    readCount,
    countOf: (value) => value.length,
  };
}

/** UTF-16LE in so many octets, filled up with zeros, of which one unit at least ends it. */
export function fixedUnicode(length: number): Codec<string> {
  return {
    type: `UTF-16LE in ${length} octets`,
    least: length,
    read: (reader) => beforeNul(fromUtf16le(reader.octets(length))),
    write(writer, value) {
      const bytes = utf16le(value).subarray(0, length - 2);
      writer.octets(bytes);
      writer.skip(length - bytes.length);
    },
    show: (value) => ({ value }),
  };
}

/** ASCII in so many octets, filled up with zeros. */
export function fixedAscii(length: number): Codec<string> {
  return {
    type: `ASCII in ${length} octets`,
    least: length,
    read: (reader) => beforeNul(latin1(reader.octets(length))),
    write(writer, value) {
      const text = value.slice(0, length);
      for (const unit of text) writer.uint8(unit.charCodeAt(0));
      writer.skip(length - text.length);
    },
    show: (value) => ({ value }),
  };
}

/** UTF-16LE up to the end; a zero unit at its end is not part of the text. */
export const unicode: Codec<string> = {
  type: 'UTF-16LE',
  least: 0,
  read(reader) {
    const length = reader.left;
    if (length % 2 !== 0) reader.fail(`${length} octets are no UTF-16`);
    return fromUtf16le(reader.octets(length));
  },
  write: (writer, value) => writer.octets(utf16le(value)),
  show: (value) => ({ value }),
};

function beforeNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => String.fromCharCode(octet)).join('');
}

type Kinds = Readonly<Record<string, readonly [tag: number, Codec<unknown>]>>;

/** One of `choices` with its value, or what nobody knows with its octets. */
export type Block<K extends Kinds> =
  | {
      [N in keyof K]: {
        readonly kind: N;
        readonly value: K[N][1] extends Codec<infer T> ? T : never;
      };
    }[keyof K]
  | { readonly kind: 'unknown'; readonly tag: number; readonly octets: Uint8Array };

/** A tag, the length of the whole with tag and length, a body: data blocks, capability sets. */
export function block<const K extends Kinds>(
  type: string,
  kinds: K,
  tag: Codec<number> = uint16,
  length: Codec<number> = uint16,
): Codec<Block<K>> {
  const header = tag.least + length.least;
  const byTag = new Map(
    Object.entries(kinds).map(([name, [number, codec]]) => [
      number,
      [name, codec as unknown as Codec<unknown>] as const,
    ]),
  );
  return {
    type,
    least: header,
    write(writer, value) {
      const at = writer.at;
      const known = value.kind === 'unknown' ? undefined : kinds[value.kind as string];
      tag.write(writer, known?.[0] ?? (value as { readonly tag: number }).tag);
      length.write(writer, 0);
      if (known === undefined) writer.octets((value as { readonly octets: Uint8Array }).octets);
      else
        (known[1] as unknown as Codec<unknown>).write(writer, (value as { value: unknown }).value);
      const computed: Computed = { computed: 'length', of: '', codec: length, more: 0 };
      patch(writer, [at + tag.least, computed], writer.at - at);
    },
    read(reader) {
      const number = reader.member(
        'type',
        tag.type,
        () => tag.read(reader),
        (value) => ({
          value,
          name: byTag.get(value)?.[0],
        }),
      );
      const at = reader.at;
      const whole = readMember(reader, 'length', length);
      if (whole < header) reader.fail(`a length of ${whole}, expected ${header} at least`, at);
      const found = byTag.get(number);
      const value = reader.within(whole - header, () =>
        found === undefined ? reader.octets(reader.left) : readMember(reader, found[0], found[1]),
      );
      return (
        found === undefined
          ? { kind: 'unknown', tag: number, octets: value }
          : { kind: found[0], value }
      ) as Block<K>;
    },
  };
}
