/**
 * The types of NDR without members (C706 14.2) and those of MS-DTYP that Windows structures are made
 * of. `type` is the IDL's name.
 */
import type { Codec, Reader } from './codec.ts';
import type { Alignment, Writer } from './writer.ts';

/** Names for a number, for people: shown beside it in {@link explain}. */
type Naming = (value: number) => string | undefined;

function number(
  type: string,
  size: Alignment,
  write: (writer: Writer, value: number) => void,
  read: (reader: Reader) => number,
  name?: Naming,
): Codec<number> {
  return {
    type,
    alignment: size,
    size,
    bodies: false,
    shape:
      name === undefined
        ? { kind: 'leaf' }
        : { kind: 'leaf', name: (value) => name(value as number) },
    write,
    writeBodies() {},
    read,
    readBodies: (_, partial) => partial as number,
  };
}

export const uint8 = number(
  'unsigned char',
  1,
  (w, value) => w.uint8(value),
  (r) => r.uint8(),
);
export const uint16 = number(
  'unsigned short',
  2,
  (w, value) => w.uint16(value),
  (r) => r.uint16(),
);
export const uint32 = number(
  'unsigned long',
  4,
  (w, value) => w.uint32(value),
  (r) => r.uint32(),
);
/** `long`: two's complement. */
export const int32 = number(
  'long',
  4,
  (w, value) => w.uint32(value >>> 0),
  (r) => r.uint32() | 0,
);

/** An enumeration, 16 bits as NDR has them (C706 14.2.6); values without a name stay numbers. */
export function enumeration(type: string, names: Readonly<Record<string, number>>): Codec<number> {
  const byValue = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return number(
    type,
    2,
    (w, value) => w.uint16(value),
    (r) => r.uint16(),
    (value) => byValue.get(value),
  );
}

/** An `unsigned long` of bits; names of the bits that are set are shown beside it. */
export function flags(type: string, bits: Readonly<Record<string, number>>): Codec<number> {
  const entries = Object.entries(bits);
  const name = (value: number): string | undefined => {
    const names = entries.filter(([, bit]) => (value & bit) !== 0).map(([text]) => text);
    return names.length === 0 ? undefined : names.join(' ');
  };
  return number(
    type,
    4,
    (w, value) => w.uint32(value),
    (r) => r.uint32(),
    name,
  );
}

/** Eight octets as `bigint`. */
function wide(type: string, alignment: Alignment, show: (value: bigint) => string): Codec<bigint> {
  return {
    type,
    alignment,
    size: 8,
    bodies: false,
    shape: { kind: 'leaf', show: (value) => show(value as bigint) },
    write: (w, value) => w.uint64(value, alignment),
    writeBodies() {},
    read: (r) => r.uint64(alignment),
    readBodies: (_, partial) => partial as bigint,
  };
}

export const uint64 = wide('unsigned hyper', 8, String);
/** `hyper`: two's complement. */
export const int64: Codec<bigint> = {
  ...wide('hyper', 8, String),
  write: (w, value) => w.uint64(BigInt.asUintN(64, value), 8),
  read: (r) => BigInt.asIntN(64, r.uint64(8)),
};
/** MS-DTYP 2.3.3: two longs, so it stands on a boundary of 4. `show` turns it into text. */
export function fileTime(show: (value: bigint) => string): Codec<bigint> {
  return wide('FILETIME', 4, show);
}

/** `unsigned char [length]`, in place. */
export function octets(length: number): Codec<Uint8Array> {
  return {
    type: `unsigned char[${length}]`,
    alignment: 1,
    size: length,
    bodies: false,
    shape: { kind: 'leaf' },
    write(w, value) {
      if (value.length !== length) {
        throw new RangeError(`expected ${length} octets, got ${value.length}`);
      }
      w.octets(value);
    },
    writeBodies() {},
    read: (r) => r.octets(length),
    readBodies: (_, partial) => partial as Uint8Array,
  };
}

/** `[size_is(n)] unsigned char *`: what such a pointer points to. */
export const conformantOctets: Codec<Uint8Array> = {
  type: 'unsigned char[]',
  alignment: 1,
  size: 0,
  bodies: false,
  shape: { kind: 'leaf' },
  conformance: (value) => value.length,
  write: (w, value) => w.octets(value),
  writeBodies() {},
  read: (r, maxCount) => r.octets(r.room(maxCount, 1)),
  readBodies: (_, partial) => partial as Uint8Array,
};

/** `[string] wchar_t *`: what such a pointer points to; its NUL is not part of the value. */
export const wideString: Codec<string> = {
  type: 'wchar_t[]',
  alignment: 4,
  size: 10,
  bodies: false,
  shape: { kind: 'leaf' },
  conformance: (value) => value.length + 1,
  write(w, value) {
    w.uint32(0);
    w.uint32(value.length + 1);
    w.utf16le(`${value}\0`);
  },
  writeBodies() {},
  read(r, maxCount) {
    const { text } = varyingText(r, maxCount);
    if (!text.endsWith('\0')) r.fail('string without NUL');
    return text.slice(0, -1);
  },
  readBodies: (_, partial) => partial as string,
};

/** Offset, actual count and characters of a conformant and varying string (C706 14.3.4.2). */
function varyingText(r: Reader, maxCount: number): { readonly text: string } {
  const offset = r.uint32();
  if (offset !== 0) r.fail(`expected string offset 0, got ${offset}`, r.at - 4);
  const actual = r.uint32();
  if (actual > maxCount) r.fail(`${actual} characters in an array of ${maxCount}`, r.at - 4);
  return { text: r.utf16le(r.room(actual, 2)) };
}

/** The three numbers in place of an RPC_UNICODE_STRING. */
interface UnicodeStringPlace {
  readonly Length: number;
  readonly Buffer: number;
}

function unicodeString(terminator: 0 | 1): Codec<string> {
  return {
    type: 'RPC_UNICODE_STRING',
    alignment: 4,
    size: 8,
    bodies: true,
    shape: { kind: 'unicode-string' },
    write(w, value) {
      w.align(4);
      w.uint16(value.length * 2);
      w.uint16((value.length + terminator) * 2);
      w.pointer();
    },
    writeBodies(w, value) {
      w.refer();
      w.uint32(value.length + terminator);
      w.uint32(0);
      w.uint32(value.length);
      w.utf16le(value);
    },
    read(r): UnicodeStringPlace {
      r.align(4);
      const Length = r.uint16();
      if (Length % 2 !== 0) r.fail(`Length ${Length} is odd`, r.at - 2);
      const MaximumLength = r.uint16();
      if (MaximumLength < Length) {
        r.fail(`MaximumLength ${MaximumLength} is less than Length ${Length}`, r.at - 2);
      }
      return { Length, Buffer: r.uint32() };
    },
    readBodies(r, partial) {
      const { Length, Buffer } = partial as UnicodeStringPlace;
      if (Buffer === 0) {
        return Length === 0 ? '' : r.fail(`Length is ${Length}, but Buffer is a null pointer`);
      }
      const { text } = varyingText(r, r.uint32());
      if (text.length * 2 !== Length) {
        r.fail(`Length is ${Length}, Buffer holds ${text.length * 2} octets`);
      }
      return text;
    },
  };
}

/** MS-DTYP 2.3.10, as Windows writes names of users: MaximumLength = Length. */
export const rpcUnicodeString = unicodeString(0);
/** MS-DTYP 2.3.10 with room for a NUL that is not sent, as Windows writes names of servers. */
export const rpcUnicodeStringRoomy = unicodeString(1);

/** An `unsigned long` whose values have names, such as a status. */
export function namedLong(type: string, names: Readonly<Record<string, number>>): Codec<number> {
  const byValue = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return {
    ...uint32,
    type,
    shape: { kind: 'leaf', name: (value) => byValue.get(value as number) },
  };
}
