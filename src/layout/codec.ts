/**
 * Structures whose members stand one after another without alignment and without tags, as those of the
 * remote desktop and of smart cards: one value is codec and inferred type, as in `src/der` and
 * `src/ndr`. Numbers are little-endian where the name does not say otherwise.
 */
import { toHex } from '../bytes/bytes.ts';
import type { Field } from '../der/explain.ts';
import { LayoutError, Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface Codec<T> {
  /** The name in the standard: `TS_UD_CS_CORE`, `UINT16`. */
  readonly type: string;
  /** The fewest octets that it takes: bounds counts before memory is taken. */
  readonly least: number;
  write(writer: Writer, value: T): void;
  /** Reads up to `reader.end` at most. */
  read(reader: Reader): T;
  /** Present on arrays: their length stands elsewhere. */
  readCount?(reader: Reader, count: number): T;
  countOf?(value: T): number;
  /** What a row for people says; absent: the row has its members below it. */
  show?(value: T): { readonly value?: unknown; readonly name?: string | undefined };
}

export type Infer<C> = C extends Codec<infer T> ? T : never;

/** Reads one value under a name, with a row for people. */
export function readMember<T>(reader: Reader, name: string | number, codec: Codec<T>): T {
  return reader.member(name, codec.type, () => codec.read(reader), codec.show);
}

export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.taken();
}

/** @throws LayoutError with path and offset; octets left over are refused. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes);
  return reader.within(bytes.length, () => codec.read(reader));
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: LayoutError };

/** Octets of a peer: the refusal becomes a value. */
export function attempt<T>(read: () => T): Decoded<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof LayoutError) return { ok: false, error };
    throw error;
  }
}

/** {@link decode} for octets of a peer. */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): Decoded<T> {
  return attempt(() => decode(codec, bytes));
}

/**
 * All members in the order of the octets, parents before their members. Never throws on a peer's
 * octets: what cannot be read ends the list with a row of type `error` whose value is the reason.
 */
export function explain<T>(codec: Codec<T>, bytes: Uint8Array, path = codec.type): Field[] {
  return explained(bytes, path, (reader) => readMember(reader, path, codec));
}

/** {@link explain} for what is read by hand: members are those that `read` gives a name. */
export function explainRead(
  type: string,
  read: (reader: Reader) => unknown,
  bytes: Uint8Array,
  path = type,
): Field[] {
  return explained(bytes, path, (reader) => reader.member(path, type, () => read(reader)));
}

function explained(bytes: Uint8Array, path: string, read: (reader: Reader) => unknown): Field[] {
  const rows: Field[] = [];
  const reader = new Reader(bytes, rows);
  try {
    read(reader);
    if (reader.left > 0) reader.fail(`${reader.left} octets are left over`);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    const { offset: start, reason: value } = error;
    const last = rows.at(-1)?.path ?? path;
    rows.push({ path: last, type: 'error', start, end: bytes.length, value });
  }
  return rows;
}

function number(
  type: string,
  least: number,
  read: (reader: Reader) => number,
  write: (writer: Writer, value: number) => void,
): Codec<number> {
  return { type, least, read, write, show: (value) => ({ value }) };
}

export const uint8 = number(
  'UINT8',
  1,
  (r) => r.uint8(),
  (w, value) => w.uint8(value),
);
export const uint16 = number(
  'UINT16',
  2,
  (r) => r.uint16(),
  (w, value) => w.uint16(value),
);
export const uint32 = number(
  'UINT32',
  4,
  (r) => r.uint32(),
  (w, value) => w.uint32(value >>> 0),
);
export const uint16be = number(
  'UINT16 (big-endian)',
  2,
  (r) => r.uint16(false),
  (w, value) => w.uint16(value, false),
);
export const uint32be = number(
  'UINT32 (big-endian)',
  4,
  (r) => r.uint32(false),
  (w, value) => w.uint32(value >>> 0, false),
);
export const uint64: Codec<bigint> = {
  type: 'UINT64',
  least: 8,
  read: (r) => r.uint64(),
  write: (w, value) => w.uint64(value),
  show: (value) => ({ value: String(value) }),
};

/** A number with names: the value stays a number, so that nothing unknown is lost. */
export function enumeration(
  of: Codec<number>,
  type: string,
  names: Readonly<Record<string, number>>,
): Codec<number> {
  const byNumber = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return { ...of, type, show: (value) => ({ value, name: byNumber.get(value) }) };
}

/** A number of bits with names. */
export function flags(
  of: Codec<number>,
  type: string,
  names: Readonly<Record<string, number>>,
): Codec<number> {
  const bits = Object.entries(names);
  const nameOf = (value: number): string =>
    bits
      .filter(([, bit]) => bit !== 0 && (value & bit) === bit)
      .map(([name]) => name)
      .join(' | ');
  return { ...of, type, show: (value) => ({ value, name: nameOf(value) || undefined }) };
}

/** Octets, so many. */
export function octets(length: number): Codec<Uint8Array> {
  return {
    type: `${length} octets`,
    least: length,
    read: (reader) => reader.octets(length),
    write(writer, value) {
      if (value.length !== length) {
        throw new RangeError(`expected ${length} octets, got ${value.length}`);
      }
      writer.octets(value);
    },
    show: (value) => ({ value: toHex(value) }),
  };
}

/** All octets up to the end of what holds them. */
export const rest: Codec<Uint8Array> = {
  type: 'octets',
  least: 0,
  read: (reader) => reader.octets(reader.left),
  write: (writer, value) => writer.octets(value),
  show: (value) => ({ value: toHex(value) }),
};

export const PADDING = 'padding';

/** Octets that mean nothing; zero when they are written. */
export function padding(length: number): Codec<undefined> {
  return {
    type: PADDING,
    least: length,
    read(reader) {
      reader.octets(length);
      return undefined;
    },
    write: (writer) => {
      writer.skip(length);
    },
  };
}
