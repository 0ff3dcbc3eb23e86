/** Big-endian numbers and counted octets, as MIT's key and credential files are made of. */
import { concat, view } from '../bytes/bytes.ts';

/** Puts a file together from its beginning. */
export interface OctetWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  octets(bytes: Uint8Array): void;
  /** All of it. */
  whole(): Uint8Array;
}

export function octetWriter(): OctetWriter {
  const parts: Uint8Array[] = [];
  const u16 = (value: number): Uint8Array => new Uint8Array([value >>> 8, value]);
  return {
    u8: (value) => parts.push(new Uint8Array([value])),
    u16: (value) => parts.push(u16(value)),
    u32: (value) => parts.push(concat(u16(value >>> 16), u16(value))),
    octets: (bytes) => parts.push(bytes),
    whole: () => concat(...parts),
  };
}

/** Reads a file from its beginning. Each read throws RangeError, with the offset, at the end. */
export interface OctetReader {
  readonly at: number;
  /** Octets not yet read. */
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  /** Signed. */
  i32(): number;
  octets(size: number): Uint8Array;
}

/** @param file what the octets are, for the errors: `keytab`. */
export function octetReader(bytes: Uint8Array, file: string): OctetReader {
  const numbers = view(bytes);
  let at = 0;
  const skip = (size: number): number => {
    const from = at;
    if (size > bytes.length - from) {
      throw new RangeError(
        `${file}: ${size} octets expected at offset ${from}, the file has ${bytes.length - from} more`,
      );
    }
    at += size;
    return from;
  };
  return {
    get at() {
      return at;
    },
    get left() {
      return bytes.length - at;
    },
    u8: () => numbers.getUint8(skip(1)),
    u16: () => numbers.getUint16(skip(2)),
    u32: () => numbers.getUint32(skip(4)),
    i32: () => numbers.getInt32(skip(4)),
    octets: (size) => {
      const from = skip(size);
      return bytes.slice(from, from + size);
    },
  };
}
