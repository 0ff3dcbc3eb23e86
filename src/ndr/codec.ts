/**
 * The kernel of the NDR codecs: DCE 1.1 RPC (C706) chapter 14, the little-endian 32-bit transfer
 * syntax, in the type serialization of MS-RPCE 2.2.6 (version 1). One value is both codec and
 * inferred type, as in `src/der`.
 *
 * NDR has two phases: pointers stand in place as referent ids, and what they point to follows after
 * the outermost structure. So a codec writes `write` then `writeBodies`, and reads `read` (which
 * gives what is known so far) then `readBodies` (which makes the value of it).
 */

import { type Alignment, Writer } from './writer.ts';

/** What {@link explain} interprets; the fast path does not look at it. */
export type Shape =
  | {
      readonly kind: 'leaf';
      /** Plain JSON for people; absent: the value itself. */
      show?(value: unknown): unknown;
      /** What the value is called. */
      name?(value: unknown): string | undefined;
    }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [string, Codec<unknown>])[] }
  | { readonly kind: 'pointer'; readonly to: Codec<unknown> }
  | { readonly kind: 'array'; readonly of: Codec<unknown>; readonly length?: number }
  | { readonly kind: 'union'; readonly tag: Codec<number>; arm(tag: number): Codec<unknown> }
  | { readonly kind: 'mapped'; readonly of: Codec<unknown> }
  | { readonly kind: 'unicode-string' };

/** A type of NDR. `P` of the two phases is private to each codec, hence `unknown`. */
export interface Codec<T> {
  /** The name in the IDL: `KERB_VALIDATION_INFO`, `unsigned long`. */
  readonly type: string;
  readonly alignment: Alignment;
  /** The fewest octets that it takes in place; bounds array counts before memory is taken. */
  readonly size: number;
  /** Is there a second phase? */
  readonly bodies: boolean;
  readonly shape: Shape;
  /** Present on types whose length stands in front of the whole (C706 14.3.3.2, 14.3.6). */
  conformance?(value: T): number;
  write(writer: Writer, value: T): void;
  writeBodies(writer: Writer, value: T): void;
  read(reader: Reader, maxCount: number): unknown;
  readBodies(reader: Reader, partial: unknown): T;
}

/** The TypeScript type of a codec's values. */
export type Infer<C> = C extends Codec<infer T> ? T : never;

/** Octets that are no such object: where, and what is wrong with them. */
export class NdrError extends Error {
  override readonly name = 'NdrError';
  /** `GroupIds[3].RelativeId`; empty for the object itself. */
  readonly path: string;
  /** In octets, from the start of what was given to be decoded. */
  readonly offset: number;
  readonly reason: string;
  constructor(path: string, offset: number, reason: string) {
    super(`${path === '' ? 'object' : path}: ${reason} at ${offset}`);
    this.path = path;
    this.offset = offset;
    this.reason = reason;
  }
}

/** Common header (8 octets) and private header (8 octets) of a serialized type. */
const HEADER_LENGTH = 16;
const COMMON_HEADER_LENGTH = 8;
const LITTLE_ENDIAN = 0x10;
const FILLER = 0xcccccccc;

/** An object behind the headers of MS-RPCE 2.2.6.1 and 2.2.6.2. */
function serialized(object: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEADER_LENGTH + object.length);
  const view = new DataView(out.buffer);
  out[0] = 1;
  out[1] = LITTLE_ENDIAN;
  view.setUint16(2, COMMON_HEADER_LENGTH, true);
  view.setUint32(4, FILLER, true);
  view.setUint32(8, object.length, true);
  out.set(object, HEADER_LENGTH);
  return out;
}

/** Reads in NDR's alignment; every refusal says where. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Where the object begins: alignment counts from here. */
  readonly start: number;
  readonly end: number;
  at: number;
  readonly #view: DataView;
  /** Names and indexes on the way to what is being read. */
  readonly path: (string | number)[] = [];

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.at = start;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(reason: string, offset = this.at): never {
    let path = '';
    for (const part of this.path) {
      if (typeof part === 'number') path += `[${part}]`;
      else path += path === '' ? part : `.${part}`;
    }
    throw new NdrError(path, offset, reason);
  }

  align(alignment: Alignment): void {
    this.at = this.start + ((this.at - this.start + alignment - 1) & -alignment);
  }

  #take(size: number, alignment: Alignment): number {
    const start = this.start + ((this.at - this.start + alignment - 1) & -alignment);
    if (start + size > this.end) {
      this.fail(`expected ${size} octets, ${Math.max(0, this.end - start)} are left`, start);
    }
    this.at = start + size;
    return start;
  }

  uint8(): number {
    const at = this.#take(1, 1);
    return this.bytes[at] as number;
  }

  uint16(): number {
    const at = this.#take(2, 2);
    return this.#view.getUint16(at, true);
  }

  uint32(): number {
    const at = this.#take(4, 4);
    return this.#view.getUint32(at, true);
  }

  uint64(alignment: Alignment): bigint {
    const at = this.#take(8, alignment);
    return this.#view.getBigUint64(at, true);
  }

  /** A copy: values outlive the message they came in. */
  octets(length: number): Uint8Array {
    const at = this.#take(length, 1);
    return this.bytes.slice(at, at + length);
  }

  utf16le(units: number): string {
    const at = this.#take(units * 2, 2);
    let text = '';
    for (let i = 0; i < units; i++) {
      text += String.fromCharCode(this.#view.getUint16(at + 2 * i, true));
    }
    return text;
  }

  /** An array's count, refused when its elements cannot be there: no memory for a number alone. */
  room(count: number, size: number): number {
    const left = Math.max(0, this.end - this.at);
    if (count * size > left) {
      this.fail(`${count} elements of at least ${size} octets expected, ${left} octets are left`);
    }
    return count;
  }
}

/** Writes what a pointer points to, and what it points to in turn. */
export function writePointee<T>(writer: Writer, codec: Codec<T>, value: T): void {
  if (codec.conformance !== undefined) writer.uint32(codec.conformance(value));
  if (!codec.bodies) {
    codec.write(writer, value);
    return;
  }
  writer.nest(() => {
    codec.write(writer, value);
    codec.writeBodies(writer, value);
  });
}

/** Reads what a pointer points to, and what it points to in turn. */
export function readPointee<T>(reader: Reader, codec: Codec<T>): T {
  const maxCount = codec.conformance === undefined ? 0 : reader.uint32();
  return codec.readBodies(reader, codec.read(reader, maxCount));
}

/**
 * A reader on the object behind the serialization headers.
 * @throws NdrError when they announce another version, byte order or more octets than there are.
 */
export function openSerialized(bytes: Uint8Array): Reader {
  const header = new Reader(bytes);
  header.path.push('header');
  const version = header.uint8();
  if (version !== 1) header.fail(`expected type serialization version 1, got ${version}`, 0);
  const order = header.uint8();
  if (order !== LITTLE_ENDIAN) {
    header.fail(`expected little-endian (0x10), got 0x${order.toString(16)}`, 1);
  }
  const length = header.uint16();
  if (length !== COMMON_HEADER_LENGTH) header.fail(`expected header length 8, got ${length}`, 2);
  header.uint32();
  const objectBufferLength = header.uint32();
  header.uint32();
  const left = bytes.length - HEADER_LENGTH;
  if (objectBufferLength > left) {
    header.fail(`ObjectBufferLength is ${objectBufferLength}, ${left} octets follow`, 8);
  }
  return new Reader(bytes, HEADER_LENGTH, HEADER_LENGTH + objectBufferLength);
}

/**
 * Padding to 8 octets may follow an object, twice over (within its length and after it). FreeRDP appends
 * 8 more to an object that is aligned already.
 */
export function closeSerialized(reader: Reader): void {
  const left = reader.end - reader.at;
  if (left > 8) reader.fail(`${left} octets follow the object; 8 may at most, as padding`);
  const after = reader.bytes.length - reader.end;
  if (after > 8) reader.fail(`${after} octets follow ObjectBufferLength`, reader.end);
}

/** The serialized type with its headers, as PAC buffers and smart card calls carry it. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new Writer();
  writePointee(writer, codec, value);
  return serialized(writer.padded());
}

/** @throws NdrError with path and offset. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = openSerialized(bytes);
  const value = readPointee(reader, codec);
  closeSerialized(reader);
  return value;
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: NdrError };

/** Octets of a peer: the refusal becomes a value. */
export function attempt<T>(read: () => T): Decoded<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof NdrError) return { ok: false, error };
    throw error;
  }
}

/** {@link decode} for octets of a peer. */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): Decoded<T> {
  return attempt(() => decode(codec, bytes));
}
