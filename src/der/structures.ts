/**
 * ASN.1's types with parts (X.690 §8.9 to §8.14): SEQUENCE, SEQUENCE OF, SET OF, tags. CHOICE is in
 * `choice.ts`, what is kept as it came in `raw.ts`.
 */
import { compare } from '../bytes/bytes.ts';
import { type Codec, DecodeError, encode, type FieldShape, type Reader, tagsOf } from './codec.ts';
import { slice } from './primitives.ts';
import { SELF, tagName } from './tags.ts';
import type { Writer } from './writer.ts';

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

/** A field as the loops below want it: an EXPLICIT tag and the type inside it in one step. */
interface Slot {
  readonly name: string;
  readonly codec: Codec<unknown>;
  /** The EXPLICIT tag, or {@link SELF} when the field has none. */
  readonly outer: number;
  readonly inner: Codec<unknown>;
  /** The identifier octet of `inner`, or {@link SELF}. */
  readonly tag: number;
  readonly mayBeAbsent: boolean;
  readonly fallback: unknown;
}

function slotsOf(fields: Fields): Slot[] {
  return Object.entries(fields).map(([name, { codec, optional: absent, fallback }]) => {
    const { shape } = codec;
    const tagged = shape.kind === 'wrapped' && !shape.raw;
    const inner = tagged ? shape.of : codec;
    return {
      name,
      codec,
      outer: tagged ? codec.tag : SELF,
      inner,
      tag: inner.tag,
      mayBeAbsent: absent || fallback !== undefined,
      fallback,
    };
  });
}

/** Is the element of a field without an EXPLICIT tag next? */
function begins({ tag, codec }: Slot, reader: Reader, end: number): boolean {
  if (reader.pos >= end) return false;
  const octet = reader.bytes[reader.pos] as number;
  if (tag !== SELF) return octet === tag;
  return codec.tags === undefined || codec.tags.includes(octet);
}

function writeFields(type: string, slots: readonly Slot[], writer: Writer, value: object): void {
  for (let i = slots.length; i-- > 0; ) {
    const { name, outer, inner, tag, mayBeAbsent, fallback } = slots[i] as Slot;
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined) {
      if (mayBeAbsent) continue;
      throw new TypeError(`${type}.${name} is missing`);
    }
    if (fallback !== undefined && item === fallback) continue;
    const mark = writer.bytes.length - writer.pos;
    inner.write(writer, item);
    if (tag === SELF) {
      if (outer !== SELF) writer.header(outer, mark);
    } else if (outer === SELF) writer.header(tag, mark);
    else writer.nested(outer, tag, mark);
  }
}

function readFields(
  type: string,
  slots: readonly Slot[],
  reader: Reader,
  end: number,
): Record<string, unknown> {
  const { bytes } = reader;
  const value: Record<string, unknown> = {};
  let i = 0;
  try {
    for (; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      const { outer, inner, tag } = slot;
      const start = reader.pos;
      if (outer === SELF ? !begins(slot, reader, end) : start >= end || bytes[start] !== outer) {
        if (!slot.mayBeAbsent) missing(type, slot, reader, end);
        if (slot.fallback !== undefined) value[slot.name] = slot.fallback;
        continue;
      }
      const item =
        outer === SELF
          ? reader.element(inner, end)
          : tag === SELF
            ? readFilling(reader, inner, reader.header(outer, end))
            : inner.read(reader, reader.nested(outer, tag, end));
      if (slot.fallback !== undefined && item === slot.fallback && !reader.lenient) {
        reader.fail('the default value is encoded', start);
      }
      value[slot.name] = item;
    }
  } catch (error) {
    throw error instanceof DecodeError ? error.within((slots[i] as Slot).name) : error;
  }
  return value;
}

/** Reads a codec without a tag of its own, which must fill its EXPLICIT tag. */
function readFilling<T>(reader: Reader, codec: Codec<T>, end: number): T {
  const value = codec.read(reader, end);
  if (reader.pos !== end) reader.fail('octets follow inside the tag');
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
        while (reader.pos < end) reader.skip(end);
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
      if (!reader.lenient) checkOrder(reader, start, end);
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
      if (inner === SELF) return readFilling(reader, codec, end);
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

/** `[APPLICATION n]` IMPLICIT: a message of LDAP. */
export function applicationImplicit<T>(type: string, n: number, codec: Codec<T>): Codec<T> {
  const { tag } = implicit(n, codec);
  return { ...codec, type, tag: tag ^ 0xc0 };
}

function tagNumber(n: number): number {
  if (n < 0 || n > 30) throw new RangeError(`tag number ${n} does not fit one octet`);
  return n;
}

/** The same type under the standard's name for it. */
export function alias<T>(type: string, codec: Codec<T>): Codec<T> {
  return { ...codec, type };
}
