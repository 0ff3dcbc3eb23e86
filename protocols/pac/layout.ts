/** Structures of MS-PAC that are plain little-endian members, and what all buffers have in common. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { Field } from '../../src/der/explain.ts';
import { attempt, type Codec, type Decoded, decode, encode, Reader } from '../../src/ndr/codec.ts';
import { explain } from '../../src/ndr/explain.ts';
import { nonNull } from '../../src/ndr/structures.ts';

/** The contents of one kind of buffer. */
export interface BufferCodec<T> {
  /** Microsoft's name of the structure. */
  readonly type: string;
  encode(value: T): Uint8Array;
  /** @throws NdrError with path and offset. */
  decode(bytes: Uint8Array): T;
  tryDecode(bytes: Uint8Array): Decoded<T>;
  /** Rows with offsets; what cannot be read ends them with a row of type `error`. */
  explain(bytes: Uint8Array, path: string): Field[];
}

/** A pointer to an NDR structure, serialized. */
export function ndr<T>(codec: Codec<T>): BufferCodec<T> {
  const top = nonNull(codec);
  return {
    type: codec.type,
    encode: (value) => encode(top, value),
    decode: (bytes) => decode(top, bytes),
    tryDecode: (bytes) => attempt(() => decode(top, bytes)),
    explain: (bytes, path) => explain(top, bytes, path),
  };
}

/** Reads one member of a plain structure and, for {@link explain}, notes its row. */
export type Member = <T>(
  name: string,
  type: string,
  read: (reader: Reader) => T,
  text?: (value: T) => string | undefined,
) => T;

export function plain<T>(
  type: string,
  write: (value: T) => Uint8Array,
  read: (member: Member, reader: Reader) => T,
): BufferCodec<T> {
  const rowsOf = (bytes: Uint8Array, path: string, rows: Field[] | undefined): T => {
    const reader = new Reader(bytes);
    const member: Member = (name, memberType, readMember, text) => {
      reader.path[0] = name;
      const start = reader.at;
      const value = readMember(reader);
      if (rows !== undefined) {
        const shown = value instanceof Uint8Array ? toHex(value) : value;
        const row = { path: `${path}.${name}`, type: memberType, start, end: reader.at };
        const named = text?.(value);
        rows.push({
          ...row,
          value: typeof shown === 'bigint' ? String(shown) : shown,
          ...(named === undefined ? {} : { name: named }),
        });
      }
      return value;
    };
    return read(member, reader);
  };
  const decodePlain = (bytes: Uint8Array): T => rowsOf(bytes, type, undefined);
  return {
    type,
    encode: write,
    decode: decodePlain,
    tryDecode: (bytes) => attempt(() => decodePlain(bytes)),
    explain(bytes, path) {
      const rows: Field[] = [{ path, type, start: 0, end: bytes.length }];
      const read = attempt(() => rowsOf(bytes, path, rows));
      if (!read.ok) {
        const start = Math.min(read.error.offset, bytes.length);
        const end = bytes.length;
        rows.push({ path, type: 'error', start, end, value: read.error.reason });
      }
      return rows;
    },
  };
}
