/** ASN.1's types with parts (X.690 §8.10 to §8.14): SEQUENCE, SEQUENCE OF, SET OF, CHOICE, tags. */
import { compare } from '../bytes/bytes.ts';
import {
  type Codec,
  DecodeError,
  encode,
  type FieldShape,
  type Infer,
  type Reader,
  SELF,
  type Shape,
  tagName,
  type Writer,
} from './codec.ts';
import { slice } from './primitives.ts';

/** One field of a SEQUENCE. `O`: may its key be absent? */
export interface Field<T, O extends boolean> {
  readonly codec: Codec<T>;
  readonly optional: O;
  /** DEFAULT: what absence means; never encoded. */
  readonly fallback?: T;
}

/** `[n]` EXPLICIT and required. */
export function field<T>(n: number, codec: Codec<T>): Field<T, false> {
  return { codec: explicit(n, codec), optional: false };
}

/** `[n]` EXPLICIT, OPTIONAL: an absent key. */
export function optional<T>(n: number, codec: Codec<T>): Field<T, true> {
  return { codec: explicit(n, codec), optional: true };
}

/** `[n]` EXPLICIT, DEFAULT `fallback`: always there in values, never there in DER when it is the default. */
export function defaulted<T extends Primitive>(
  n: number,
  codec: Codec<T>,
  fallback: T,
): Field<T, false> {
  return { codec: explicit(n, codec), optional: false, fallback };
}

type Primitive = number | bigint | boolean | string;

/** Under its own tag, required. For IMPLICIT tags: `bare(implicit(n, codec))`. */
export function bare<T>(codec: Codec<T>): Field<T, false> {
  return { codec, optional: false };
}

/** Under its own tag, OPTIONAL. */
export function bareOptional<T>(codec: Codec<T>): Field<T, true> {
  return { codec, optional: true };
}

/** Under its own tag, DEFAULT `fallback`. */
export function bareDefaulted<T extends Primitive>(codec: Codec<T>, fallback: T): Field<T, false> {
  return { codec, optional: false, fallback };
}

export type Fields = Readonly<Record<string, Field<unknown, boolean>>>;

type ValueOf<F> = F extends Field<infer T, boolean> ? T : never;
type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends Field<infer _, true> ? K : never;
}[keyof F];

/** The values of a SEQUENCE with these fields. */
export type Struct<F> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> } extends infer S
  ? { [K in keyof S]: S[K] }
  : never;

interface Slot {
  readonly name: string;
  readonly codec: Codec<unknown>;
  /** The field's identifier octet, or {@link SELF}. */
  readonly tag: number;
  readonly mayBeAbsent: boolean;
  readonly fallback: unknown;
}

function slotsOf(fields: Fields): Slot[] {
  return Object.entries(fields).map(([name, { codec, optional: absent, fallback }]) => ({
    name,
    codec,
    tag: codec.tag,
    mayBeAbsent: absent || fallback !== undefined,
    fallback,
  }));
}

function begins(codec: Codec<unknown>, reader: Reader, end: number): boolean {
  if (reader.pos >= end) return false;
  return codec.tags === undefined || codec.tags.includes(reader.bytes[reader.pos] as number);
}

/** Is the slot's element next? */
function present(slot: Slot, reader: Reader, end: number): boolean {
  if (slot.tag === SELF) return begins(slot.codec, reader, end);
  return reader.pos < end && reader.bytes[reader.pos] === slot.tag;
}

function writeFields(type: string, slots: readonly Slot[], writer: Writer, value: object): void {
  for (let i = slots.length; i-- > 0; ) {
    const slot = slots[i] as Slot;
    const item = (value as Record<string, unknown>)[slot.name];
    if (item === undefined) {
      if (slot.mayBeAbsent) continue;
      throw new TypeError(`${type}.${slot.name} is missing`);
    }
    if (slot.fallback !== undefined && item === slot.fallback) continue;
    writer.element(slot.codec, item);
  }
}

function readFields(
  type: string,
  slots: readonly Slot[],
  reader: Reader,
  end: number,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  let i = 0;
  try {
    for (; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      if (!present(slot, reader, end)) {
        if (!slot.mayBeAbsent) missing(type, slot, reader, end);
        if (slot.fallback !== undefined) value[slot.name] = slot.fallback;
        continue;
      }
      const start = reader.pos;
      const item = reader.element(slot.codec, end);
      if (slot.fallback !== undefined && item === slot.fallback) {
        reader.fail('the default value is encoded', start);
      }
      value[slot.name] = item;
    }
  } catch (error) {
    throw error instanceof DecodeError ? error.within((slots[i] as Slot).name) : error;
  }
  return value;
}

function missing(type: string, { codec }: Slot, reader: Reader, end: number): never {
  const tags = tagsOf(codec)?.map(tagName).join(' or ') ?? 'an element';
  const found = reader.pos < end ? tagName(reader.bytes[reader.pos] as number) : `the ${type} ends`;
  return reader.fail(`expected ${tags}, got ${found}`);
}

/**
 * SEQUENCE. `extensible`: its ASN.1 has `...`, so unknown elements at the end are passed over; in all
 * others they are refused.
 */
export function sequence<const F extends Fields>(
  type: string,
  fields: F,
  { extensible = false }: { readonly extensible?: boolean } = {},
): Codec<Struct<F>> {
  const slots = slotsOf(fields);
  const shapes: FieldShape[] = Object.entries(fields).map(([name, item]) => ({
    name,
    codec: item.codec,
    optional: item.optional,
    ...(item.fallback === undefined ? {} : { fallback: item.fallback }),
  }));
  return {
    type,
    tag: 0x30,
    shape: { kind: 'fields', fields: shapes, extensible },
    write: (writer, value) => writeFields(type, slots, writer, value as object),
    read(reader, end) {
      const value = readFields(type, slots, reader, end);
      if (reader.pos !== end) {
        if (!extensible) unknownField(type, reader);
        while (reader.pos < end) skip(reader, end);
      }
      return value as Struct<F>;
    },
  };
}

function unknownField(type: string, reader: Reader): never {
  const found = tagName(reader.bytes[reader.pos] as number);
  return reader.fail(`${found} is not expected in ${type} here`);
}

export interface ListOptions {
  /** Elements at most; default: as many as the octets can hold. */
  readonly max?: number;
}

/** SEQUENCE OF. */
export function sequenceOf<T>(
  codec: Codec<T>,
  { max = Number.POSITIVE_INFINITY }: ListOptions = {},
): Codec<readonly T[]> {
  return {
    type: `SEQUENCE OF ${codec.type}`,
    tag: 0x30,
    shape: { kind: 'list', of: codec, max, sorted: false },
    write(writer, values) {
      if (values.length > max) throw new RangeError(`${values.length} elements, at most ${max}`);
      for (let i = values.length; i-- > 0; ) writer.element(codec, values[i] as T);
    },
    read: (reader, end) => readList(codec, max, reader, end),
  };
}

function readList<T>(codec: Codec<T>, max: number, reader: Reader, end: number): T[] {
  const values: T[] = [];
  try {
    while (reader.pos < end) {
      if (values.length >= max) reader.fail(`more than ${max} elements`);
      values.push(reader.element(codec, end));
    }
  } catch (error) {
    throw error instanceof DecodeError ? error.within(values.length) : error;
  }
  return values;
}

/** SET OF: written in DER's order (X.690 §11.6), refused in any other. */
export function setOf<T>(
  codec: Codec<T>,
  { max = Number.POSITIVE_INFINITY }: ListOptions = {},
): Codec<readonly T[]> {
  return {
    type: `SET OF ${codec.type}`,
    tag: 0x31,
    shape: { kind: 'list', of: codec, max, sorted: true },
    write(writer, values) {
      if (values.length > max) throw new RangeError(`${values.length} elements, at most ${max}`);
      const elements = values.map((value) => encode(codec, value)).sort(compare);
      for (let i = elements.length; i-- > 0; ) writer.octets(elements[i] as Uint8Array);
    },
    read(reader, end) {
      const start = reader.pos;
      const values = readList(codec, max, reader, end);
      checkOrder(reader, start, end);
      return values;
    },
  };
}

/** The elements between `start` and `end` ascend as octet strings. Leaves the reader at `end`. */
function checkOrder(reader: Reader, start: number, end: number): void {
  let before = slice(reader.bytes, start, start);
  reader.pos = start;
  while (reader.pos < end) {
    const from = reader.pos;
    reader.pos = reader.anyHeader(end);
    const element = slice(reader.bytes, from, reader.pos);
    if (compare(before, element) > 0) reader.fail('SET OF is not in ascending order', from);
    before = element;
  }
}

/** `[n]` EXPLICIT around any type. */
export function explicit<T>(n: number, codec: Codec<T>): Codec<T> {
  return wrapped(codec.type, 0xa0 | tagNumber(n), codec);
}

/** `[APPLICATION n]` EXPLICIT: a message of Kerberos. */
export function application<T>(type: string, n: number, codec: Codec<T>): Codec<T> {
  return wrapped(type, 0x60 | tagNumber(n), codec);
}

function wrapped<T>(type: string, tag: number, codec: Codec<T>): Codec<T> {
  const inner = codec.tag;
  return {
    type,
    tag,
    shape: { kind: 'wrapped', of: codec, raw: false },
    write(writer, value) {
      writer.element(codec, value);
    },
    read(reader, end) {
      if (inner === SELF) {
        const value = codec.read(reader, end);
        if (reader.pos !== end) reader.fail(`${end - reader.pos} octets follow inside the tag`);
        return value;
      }
      const innerEnd = reader.header(inner, end);
      if (innerEnd !== end) reader.fail('octets follow inside the tag', innerEnd);
      return codec.read(reader, end);
    },
  };
}

/** `[n]` IMPLICIT: the same content under another tag. */
export function implicit<T>(n: number, codec: Codec<T>): Codec<T> {
  if (codec.tag === SELF)
    throw new TypeError(`${codec.type} cannot be tagged IMPLICIT (X.680 §31.2.7)`);
  const tag = 0x80 | (codec.tag & 0x20) | tagNumber(n);
  return { ...codec, tag };
}

function tagNumber(n: number): number {
  if (n < 0 || n > 30) throw new RangeError(`tag number ${n} does not fit one octet`);
  return n;
}

/** The same type under the standard's name for it. */
export function alias<T>(type: string, codec: Codec<T>): Codec<T> {
  return { ...codec, type };
}

type Alternatives = Readonly<Record<string, Codec<unknown>>>;

/** One key, the alternative's: `{ armoredData: … }`. */
export type Choice<A> = { [K in keyof A]: { readonly [P in K]: Infer<A[K]> } }[keyof A];

/** The identifier octets that an element may begin with; undefined: any. */
function tagsOf(codec: Codec<unknown>): readonly number[] | undefined {
  return codec.tag === SELF ? codec.tags : [codec.tag];
}

/** CHOICE, told apart by tag. */
export function choice<const A extends Alternatives>(
  type: string,
  alternatives: A,
): Codec<Choice<A>> {
  const entries = Object.entries(alternatives);
  const byTag = new Map<number, readonly [string, Codec<unknown>]>();
  for (const entry of entries) {
    const tags = tagsOf(entry[1]);
    if (tags === undefined) throw new TypeError(`${type}.${entry[0]} has no tag to be chosen by`);
    for (const tag of tags) {
      if (byTag.has(tag))
        throw new TypeError(`${type}: two alternatives begin with ${tagName(tag)}`);
      byTag.set(tag, entry);
    }
  }
  const expected = [...byTag.keys()].map(tagName).join(' or ');
  return {
    type,
    tag: SELF,
    tags: [...byTag.keys()],
    shape: { kind: 'choice', alternatives },
    write(writer, value) {
      for (const [name, codec] of entries) {
        const item = (value as Record<string, unknown>)[name];
        if (item !== undefined) return writer.element(codec, item);
      }
      throw new TypeError(`${type} has none of ${entries.map(([name]) => name).join(', ')}`);
    },
    read(reader, end) {
      if (reader.pos >= end) reader.fail(`expected ${expected}, but nothing is left`);
      const tag = reader.bytes[reader.pos] as number;
      const entry = byTag.get(tag);
      if (entry === undefined) return reader.fail(`expected ${expected}, got ${tagName(tag)}`);
      try {
        return { [entry[0]]: reader.element(entry[1], end) } as Choice<A>;
      } catch (error) {
        throw error instanceof DecodeError ? error.within(entry[0]) : error;
      }
    },
  };
}

/** The same type under one of several tags; written under the first. */
export function oneOfTags<T>(type: string, codecs: readonly [Codec<T>, ...Codec<T>[]]): Codec<T> {
  const expected = codecs.map((codec) => tagName(codec.tag)).join(' or ');
  return {
    type,
    tag: SELF,
    tags: codecs.map((codec) => codec.tag),
    shape: { kind: 'tags', of: codecs },
    write(writer, value) {
      writer.element(codecs[0], value);
    },
    read(reader, end) {
      const tag = reader.pos < end ? reader.bytes[reader.pos] : undefined;
      for (const codec of codecs) if (codec.tag === tag) return reader.element(codec, end);
      const found = tag === undefined ? 'nothing is left' : `got ${tagName(tag)}`;
      return reader.fail(`expected ${expected}, ${found}`);
    },
  };
}

/** Passes over one element, whose inside must be well-formed as far as its tags say what it is. */
function skip(reader: Reader, end: number): void {
  const constructed = ((reader.bytes[reader.pos] as number) & 0x20) !== 0;
  const innerEnd = reader.anyHeader(end);
  if (!constructed) {
    reader.pos = innerEnd;
    return;
  }
  if (reader.depth <= 0) reader.fail('elements are nested too deeply');
  reader.depth--;
  while (reader.pos < innerEnd) skip(reader, innerEnd);
  reader.depth++;
}

/** Any element as its octets, tag and length included. */
export const any: Codec<Uint8Array> = {
  type: 'ANY',
  tag: SELF,
  shape: { kind: 'any' },
  write(writer, value) {
    writer.octets(value);
  },
  read(reader, end) {
    const start = reader.pos;
    skip(reader, end);
    return slice(reader.bytes, start, reader.pos);
  },
};

/** A value with the octets it came in: what checksums and signatures are computed over. */
export interface Raw<T> {
  readonly value: T;
  /** The whole element. Written as it stands; must be the encoding of `value`. */
  readonly raw: Uint8Array;
}

/** The element's value beside its octets. */
export function raw<T>(codec: Codec<T>): Codec<Raw<T>> {
  const tags = tagsOf(codec);
  return {
    type: codec.type,
    tag: SELF,
    ...(tags === undefined ? {} : { tags }),
    shape: { kind: 'wrapped', of: codec, raw: true },
    write(writer, value) {
      writer.octets(value.raw);
    },
    read(reader, end) {
      const start = reader.pos;
      const value = reader.element(codec, end);
      return { value, raw: slice(reader.bytes, start, reader.pos) };
    },
  };
}

/** `value` with its octets, for messages that carry {@link raw} parts. */
export function withRaw<T>(codec: Codec<T>, value: T): Raw<T> {
  return { value, raw: encode(codec, value) };
}

/** A type that contains itself; the reader's depth bounds it. */
export function recursive<T>(
  type: string,
  tags: readonly number[],
  codec: () => Codec<T>,
): Codec<T> {
  let made: Codec<T> | undefined;
  const self: Codec<T> = {
    type,
    tag: SELF,
    tags,
    get shape(): Shape {
      made ??= codec();
      return { kind: 'recursive', of: made };
    },
    write(writer, value) {
      made ??= codec();
      writer.element(made, value);
    },
    read(reader, end) {
      made ??= codec();
      if (reader.depth <= 0) reader.fail(`${type} is nested too deeply`);
      reader.depth--;
      const value = reader.element(made, end);
      reader.depth++;
      return value;
    },
  };
  return self;
}
