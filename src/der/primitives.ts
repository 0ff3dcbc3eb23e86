/**
 * ASN.1's types without parts: numbers, octets, bits, identifiers (X.690 §8.2 to §8.9, §8.19). Strings of
 * characters are in `text.ts`, times in `time.ts`.
 */
import type { Codec, Reader, Shape } from './codec.ts';
import type { Writer } from './writer.ts';

const TAG_BOOLEAN = 0x01;
const TAG_INTEGER = 0x02;
const TAG_BIT_STRING = 0x03;
const TAG_OCTET_STRING = 0x04;
const TAG_NULL = 0x05;
const TAG_OID = 0x06;
const TAG_ENUMERATED = 0x0a;

/** Octets `start` to `end` as a view, a plain Uint8Array whatever the input's class is. */
export function slice(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

function writeInteger(writer: Writer, value: number): void {
  writer.room(8);
  const { bytes } = writer;
  let { pos } = writer;
  let rest = value;
  let octet: number;
  if (value === (value | 0)) {
    do {
      octet = rest & 0xff;
      bytes[--pos] = octet;
      rest >>= 8;
    } while (rest !== (octet & 0x80 ? -1 : 0));
  } else {
    do {
      const next = Math.floor(rest / 256);
      octet = rest - 256 * next;
      bytes[--pos] = octet;
      rest = next;
    } while (rest !== (octet & 0x80 ? -1 : 0));
  }
  writer.pos = pos;
}

function checkMinimal(reader: Reader, end: number): void {
  const { bytes, pos } = reader;
  if (pos === end) reader.fail('INTEGER is empty');
  const first = bytes[pos] as number;
  if (end - pos === 1 || (first !== 0x00 && first !== 0xff)) return;
  if (((bytes[pos + 1] as number) & 0x80) === (first & 0x80)) reader.fail('INTEGER is not minimal');
}

/** Two's complement, minimal. Exact up to seven octets; longer ones are refused. */
function readInteger(reader: Reader, end: number): number {
  const { bytes, pos } = reader;
  const size = end - pos;
  if (size !== 1) checkMinimal(reader, end);
  if (size > 7) reader.fail(`INTEGER of ${size} octets is out of range`);
  let value = ((bytes[pos] as number) << 24) >> 24;
  if (size <= 4) for (let i = pos + 1; i < end; i++) value = (value << 8) | (bytes[i] as number);
  else for (let i = pos + 1; i < end; i++) value = value * 256 + (bytes[i] as number);
  reader.pos = end;
  return value;
}

/**
 * INTEGER (`min`..`max`), both safe; values outside are refused in both directions.
 * `nameOf` gives what the standard calls a value.
 */
export function integerBetween(
  type: string,
  min: number,
  max: number,
  nameOf?: (value: number) => string | undefined,
): Codec<number> {
  const shape: Shape = { kind: 'integer', min, max, ...(nameOf === undefined ? {} : { nameOf }) };
  return {
    type,
    tag: TAG_INTEGER,
    shape,
    write(writer, value) {
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new RangeError(`${type}: ${value} is not an integer from ${min} to ${max}`);
      }
      writeInteger(writer, value);
    },
    read(reader, end) {
      const start = reader.pos;
      const value = readInteger(reader, end);
      if (value < min || value > max) {
        reader.fail(`${type} ${value} is not from ${min} to ${max}`, start);
      }
      return value;
    },
  };
}

/** INTEGER within JavaScript's safe integers. */
export const integer = integerBetween('INTEGER', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** RFC 4120 §5.2.4 */
export const int32 = integerBetween('Int32', -0x80000000, 0x7fffffff);

/**
 * RFC 4120 §5.2.4. Old implementations take the type for a signed one and send values above 2^31 - 1
 * as negative numbers of up to four octets: those are read modulo 2^32. Written as the type says.
 */
export const uint32: Codec<number> = {
  ...integerBetween('UInt32', 0, 0xffffffff),
  read(reader, end) {
    const start = reader.pos;
    const value = readInteger(reader, end);
    if (value < -0x80000000 || value > 0xffffffff) {
      reader.fail(`UInt32 ${value} does not fit 32 bits`, start);
    }
    return value >>> 0;
  },
};

/** ENUMERATED; `names` are the standard's, unknown values stay numbers. */
export function enumerated(type: string, names: Readonly<Record<number, string>>): Codec<number> {
  return { ...integerBetween(type, -0x80000000, 0x7fffffff, (n) => names[n]), tag: TAG_ENUMERATED };
}

/** The same integer type, its values called by `nameOf`. */
export function named(
  codec: Codec<number>,
  nameOf: (value: number) => string | undefined,
): Codec<number> {
  if (codec.shape.kind !== 'integer') throw new TypeError(`${codec.type} is no integer`);
  return { ...codec, shape: { ...codec.shape, nameOf } };
}

/** INTEGER of any size. */
export const bigInteger: Codec<bigint> = {
  type: 'INTEGER',
  tag: TAG_INTEGER,
  shape: { kind: 'bigInteger' },
  write(writer, value) {
    // One bit more than the magnitude needs, for the sign.
    const bits = (value < 0n ? ~value : value).toString(2).length + 1;
    const size = value === 0n || value === -1n ? 1 : Math.ceil(bits / 8);
    const digits = BigInt.asUintN(8 * size, value)
      .toString(16)
      .padStart(2 * size, '0');
    writer.room(size);
    writer.pos -= size;
    for (let i = 0; i < size; i++) {
      writer.bytes[writer.pos + i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
    }
  },
  read(reader, end) {
    checkMinimal(reader, end);
    const { bytes, pos } = reader;
    let digits = '0x';
    for (let i = pos; i < end; i++) digits += (bytes[i] as number).toString(16).padStart(2, '0');
    reader.pos = end;
    return BigInt.asIntN(8 * (end - pos), BigInt(digits));
  },
};

export const boolean: Codec<boolean> = {
  type: 'BOOLEAN',
  tag: TAG_BOOLEAN,
  shape: { kind: 'boolean' },
  write(writer, value) {
    writer.octet(value ? 0xff : 0x00);
  },
  read(reader, end) {
    const { bytes, pos } = reader;
    if (end - pos !== 1) reader.fail(`BOOLEAN has ${end - pos} octets, not 1`);
    const octet = bytes[pos] as number;
    if (octet !== 0x00 && octet !== 0xff && !reader.lenient) {
      reader.fail('BOOLEAN is neither 00 nor FF');
    }
    reader.pos = end;
    return octet !== 0x00;
  },
};

export const nullValue: Codec<null> = {
  type: 'NULL',
  tag: TAG_NULL,
  shape: { kind: 'null' },
  write() {},
  read(reader, end) {
    if (reader.pos !== end) reader.fail('NULL is not empty');
    return null;
  },
};

/** A view of the input when read. */
export const octetString: Codec<Uint8Array> = {
  type: 'OCTET STRING',
  tag: TAG_OCTET_STRING,
  shape: { kind: 'octets' },
  write(writer, value) {
    writer.octets(value);
  },
  read(reader, end) {
    const start = reader.pos;
    reader.pos = end;
    return slice(reader.bytes, start, end);
  },
};

/** Bits from the most significant of the first octet on; the last `unused` (0..7) do not count. */
export interface Bits {
  readonly unused: number;
  readonly bytes: Uint8Array;
}

/** Checks the octet of unused bits and the bits themselves; where the bits begin. */
function bitsStart(reader: Reader, end: number): number {
  const { bytes, pos } = reader;
  if (pos === end) reader.fail('BIT STRING is empty');
  const unused = bytes[pos] as number;
  if (unused > 7) reader.fail(`BIT STRING has ${unused} unused bits, more than 7`);
  if (unused > 0) {
    if (end - pos === 1) reader.fail('BIT STRING without bits has unused bits');
    const last = bytes[end - 1] as number;
    if (last & ((1 << unused) - 1)) reader.fail('unused bits of the BIT STRING are set', end - 1);
  }
  return pos + 1;
}

export const bitString: Codec<Bits> = {
  type: 'BIT STRING',
  tag: TAG_BIT_STRING,
  shape: { kind: 'bits' },
  write(writer, { unused, bytes }) {
    if (unused < 0 || unused > 7 || (unused > 0 && bytes.length === 0)) {
      throw new RangeError(
        `BIT STRING of ${bytes.length} octets cannot have ${unused} unused bits`,
      );
    }
    const last = bytes[bytes.length - 1] ?? 0;
    if (last & ((1 << unused) - 1)) throw new RangeError('unused bits of the BIT STRING are set');
    writer.octets(bytes);
    writer.octet(unused);
  },
  read(reader, end) {
    const start = bitsStart(reader, end);
    reader.pos = end;
    return { unused: reader.bytes[start - 1] as number, bytes: slice(reader.bytes, start, end) };
  },
};

/**
 * KerberosFlags (RFC 4120 §5.2.8) as an unsigned number: bit 0 is 0x80000000. Written with exactly 32
 * bits; read from any length, missing bits being 0 and further ones passed over, as that section asks.
 */
export function flags32(type: string, masks: Readonly<Record<string, number>>): Codec<number> {
  return {
    type,
    tag: TAG_BIT_STRING,
    shape: { kind: 'flags', masks },
    write(writer, value) {
      writer.room(5);
      const { bytes } = writer;
      const pos = writer.pos - 5;
      bytes[pos] = 0;
      bytes[pos + 1] = value >>> 24;
      bytes[pos + 2] = value >>> 16;
      bytes[pos + 3] = value >>> 8;
      bytes[pos + 4] = value;
      writer.pos = pos;
    },
    read(reader, end) {
      const { bytes } = reader;
      const start = bitsStart(reader, end);
      let value = 0;
      for (let i = start, shift = 24; i < end && shift >= 0; i++, shift -= 8) {
        value |= (bytes[i] as number) << shift;
      }
      reader.pos = end;
      return value >>> 0;
    },
  };
}

/** Content octets by dotted text: the same few identifiers come again and again. */
const oidContents = new Map<string, Uint8Array>();
const OID_CONTENTS_LIMIT = 1024;

function oidContent(dotted: string): Uint8Array {
  const known = oidContents.get(dotted);
  if (known !== undefined) return known;
  const arcs = /^\d+(\.\d+)+$/.test(dotted) ? dotted.split('.').map(Number) : [];
  const [first = 3, second = 0, ...rest] = arcs;
  if (first > 2 || (first < 2 && second > 39)) {
    throw new RangeError(`"${dotted}" is no OBJECT IDENTIFIER`);
  }
  const octets: number[] = [];
  for (const arc of [40 * first + second, ...rest]) {
    if (!Number.isSafeInteger(arc)) throw new RangeError(`"${dotted}" has an arc above 2^53 - 1`);
    const base128 = [arc % 128];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) {
      base128.unshift(0x80 | (high % 128));
    }
    octets.push(...base128);
  }
  const content = Uint8Array.from(octets);
  if (oidContents.size >= OID_CONTENTS_LIMIT) oidContents.clear();
  oidContents.set(dotted, content);
  return content;
}

/** OBJECT IDENTIFIER as dotted text: `1.2.840.113549.1.7.2`. Arcs up to 2^53 - 1. */
export const oid: Codec<string> = {
  type: 'OBJECT IDENTIFIER',
  tag: TAG_OID,
  shape: { kind: 'oid' },
  write(writer, value) {
    writer.octets(oidContent(value));
  },
  read(reader, end) {
    const { bytes, pos } = reader;
    if (pos === end) reader.fail('OBJECT IDENTIFIER is empty');
    if ((bytes[end - 1] as number) & 0x80) reader.fail('OBJECT IDENTIFIER is cut off', end - 1);
    let dotted = '';
    let arc = 0;
    let start = true;
    for (let i = pos; i < end; i++) {
      const octet = bytes[i] as number;
      if (start && octet === 0x80) reader.fail('arc of the OBJECT IDENTIFIER is not minimal', i);
      arc = arc * 128 + (octet & 0x7f);
      if (arc > Number.MAX_SAFE_INTEGER) {
        reader.fail('arc of the OBJECT IDENTIFIER is above 2^53 - 1', i);
      }
      start = octet < 0x80;
      if (!start) continue;
      if (dotted !== '') dotted += `.${arc}`;
      else if (arc < 80) dotted = `${Math.floor(arc / 40)}.${arc % 40}`;
      else dotted = `2.${arc - 80}`;
      arc = 0;
    }
    reader.pos = end;
    return dotted;
  },
};
