/**
 * The kernel of the DER codecs (X.690 §8 to §11): one value is codec and inferred type. A combinator
 * computes its plan once and returns closures; the same plan stays readable as {@link Shape}.
 *
 * Content is written from the end of the buffer towards its start, so a length is known when it is
 * needed: no pass over sizes, no temporary arrays, no joining.
 */

import { SELF, tagName } from './tags.ts';
import { Writer } from './writer.ts';

/** The structure as data: for the viewer's tree, for generators of values, for documents. */
export type Shape =
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      /** What the number is called by the standard. */
      nameOf?(value: number): string | undefined;
    }
  | { readonly kind: 'bigInteger' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'null' }
  | { readonly kind: 'octets' }
  | { readonly kind: 'bits' }
  /** A bit string read as 32 bits; name to mask. */
  | { readonly kind: 'flags'; readonly masks: Readonly<Record<string, number>> }
  /** Characters allowed; absent: all that Unicode has. */
  | { readonly kind: 'text'; readonly alphabet?: RegExp }
  /** Milliseconds since 1970, whole seconds, both ends included. */
  | { readonly kind: 'time'; readonly min: number; readonly max: number }
  | { readonly kind: 'oid' }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'fields';
      readonly fields: readonly FieldShape[];
      readonly extensible: boolean;
    }
  | {
      readonly kind: 'list';
      readonly of: Codec<unknown>;
      readonly max: number;
      readonly sorted: boolean;
    }
  | { readonly kind: 'choice'; readonly alternatives: Readonly<Record<string, Codec<unknown>>> }
  /** Another tag around `of` (EXPLICIT), or the value with its octets (`raw`). */
  | { readonly kind: 'wrapped'; readonly of: Codec<unknown>; readonly raw: boolean }
  /** One of these by its tag. */
  | { readonly kind: 'tags'; readonly of: readonly Codec<unknown>[] }
  /** A type that contains itself. */
  | { readonly kind: 'recursive'; readonly of: Codec<unknown> };

export interface FieldShape {
  readonly name: string;
  readonly codec: Codec<unknown>;
  /** May be absent. */
  readonly optional: boolean;
  /** What absence means. */
  readonly fallback?: unknown;
}

/**
 * `write` puts in front of what is there, `read` consumes exactly up to `end`. Codecs with a `tag` write
 * and read content only; those whose tag depends on the value ({@link SELF}) do the whole element.
 */
export interface Codec<T> {
  /** The standard's spelling: `KDC-REQ-BODY`, `INTEGER`. */
  readonly type: string;
  /** The identifier octet, or {@link SELF}. */
  readonly tag: number;
  /** With {@link SELF}: the identifier octets that an element may begin with; absent: any. */
  readonly tags?: readonly number[];
  readonly shape: Shape;
  write(writer: Writer, value: T): void;
  read(reader: Reader, end: number): T;
}

/** The TypeScript type of a codec's values. */
export type Infer<C> = C extends Codec<infer T> ? T : never;

/** Octets that are no such value: where, and what is wrong with them. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** `reqBody.etype[0]`; empty for the value itself. */
  path = '';
  /** In octets, from the start of what was given to be decoded. */
  readonly offset: number;
  readonly reason: string;

  constructor(offset: number, reason: string) {
    super(`${reason} at ${offset}`);
    this.offset = offset;
    this.reason = reason;
  }

  /** Puts the name of the structure's part in front of the path. */
  within(part: string | number): this {
    const step = typeof part === 'number' ? `[${part}]` : part;
    const joint = this.path === '' || this.path.startsWith('[') ? '' : '.';
    this.path = `${step}${joint}${this.path}`;
    this.message = `${this.path}: ${this.reason} at ${this.offset}`;
    return this;
  }
}

export interface Limits {
  /** Octets; default 1 MiB. */
  readonly maxSize?: number;
  /** Elements inside elements where the schema does not bound them; default 32. */
  readonly maxDepth?: number;
  /** What encodings are taken; default `DER`. */
  readonly rules?: Rules;
}

/**
 * `BER`: with the freedom that LDAP leaves (RFC 4511 §5.1): definite lengths with more octets than
 * needed, TRUE as any octet but 0, defaults that are written out, sets in any order. Windows writes
 * every length in five octets. Indefinite lengths and strings in pieces stay refused.
 */
export type Rules = 'DER' | 'BER';

export const DEFAULT_MAX_SIZE = 1 << 20;
export const DEFAULT_MAX_DEPTH = 32;

/** Octets being decoded. */
export class Reader {
  readonly bytes: Uint8Array;
  pos = 0;
  /** Levels that may still be entered. */
  depth: number;
  /** {@link Rules} are `BER`; asked only where DER would refuse. */
  readonly lenient: boolean;

  constructor(bytes: Uint8Array, maxDepth: number = DEFAULT_MAX_DEPTH, rules: Rules = 'DER') {
    this.bytes = bytes;
    this.depth = maxDepth;
    this.lenient = rules === 'BER';
  }

  fail(reason: string, offset: number = this.pos): never {
    throw new DecodeError(offset, reason);
  }

  /** Enters the element at `pos`, which must have `tag` and end at or before `end`; its end. */
  header(tag: number, end: number): number {
    const { bytes, pos } = this;
    const length = bytes[pos + 1] as number;
    // Past the last octet both reads give undefined, and every comparison below fails.
    if (bytes[pos] === tag && length < 0x80 && pos + 2 + length <= end) {
      this.pos = pos + 2;
      return pos + 2 + length;
    }
    return this.#otherHeader(tag, end);
  }

  /** Enters the element with `tag` that fills the EXPLICIT tag `outer` at `pos`; the end of both. */
  nested(outer: number, tag: number, end: number): number {
    const { bytes, pos } = this;
    const length = bytes[pos + 1] as number;
    if (
      bytes[pos] === outer &&
      length < 0x80 &&
      bytes[pos + 2] === tag &&
      bytes[pos + 3] === length - 2 &&
      pos + 2 + length <= end
    ) {
      this.pos = pos + 4;
      return pos + 2 + length;
    }
    const outerEnd = this.header(outer, end);
    const innerEnd = this.header(tag, outerEnd);
    if (innerEnd !== outerEnd) this.fail('octets follow inside the tag', innerEnd);
    return innerEnd;
  }

  /** A long length, or what is wrong. */
  #otherHeader(tag: number, end: number): number {
    const { bytes, pos } = this;
    if (pos >= end) this.fail(`expected ${tagName(tag)}, but nothing is left`);
    if (bytes[pos] !== tag) {
      this.fail(`expected ${tagName(tag)}, got ${tagName(bytes[pos] as number)}`);
    }
    return this.#length(pos + 1, end);
  }

  /** Enters the content behind the length at `at`; where it ends. */
  #length(at: number, end: number): number {
    const { bytes } = this;
    if (at >= end) this.fail('the length is missing', at);
    let length = bytes[at] as number;
    let start = at + 1;
    if (length === 0x80) this.fail('the length is indefinite', at);
    if (length > 0x80) {
      const size = length & 0x7f;
      if (size > 4) this.fail(`a length of ${size} octets is too long`, at);
      if (start + size > end) this.fail('the length is cut off', at);
      length = 0;
      for (let i = 0; i < size; i++) length = length * 256 + (bytes[start + i] as number);
      if ((length < 0x80 || bytes[start] === 0) && !this.lenient) {
        this.fail('the length is not minimal', at);
      }
      start += size;
    }
    if (length > end - start) {
      this.fail(`the length says ${length} octets, ${end - start} are left`, at);
    }
    this.pos = start;
    return start + length;
  }

  /** Enters any element; its end. Sees to it that its tag fits one octet. */
  anyHeader(end: number): number {
    if (this.pos >= end) this.fail('expected an element, but nothing is left');
    if (((this.bytes[this.pos] as number) & 0x1f) === 0x1f) {
      this.fail('tag numbers above 30 are not supported');
    }
    return this.#length(this.pos + 1, end);
  }

  /** Passes over one element, whose inside must be well-formed as far as its tags say what it is. */
  skip(end: number): void {
    const constructed = ((this.bytes[this.pos] as number) & 0x20) !== 0;
    const innerEnd = this.anyHeader(end);
    if (!constructed) {
      this.pos = innerEnd;
      return;
    }
    this.enter('elements are nested too deeply');
    while (this.pos < innerEnd) this.skip(innerEnd);
    this.depth++;
  }

  /** One level down; `depth` is to be counted up again behind it. */
  enter(reason: string): void {
    if (this.depth <= 0) this.fail(reason);
    this.depth--;
  }

  /** A whole element. */
  element<T>(codec: Codec<T>, end: number): T {
    if (codec.tag === SELF) return codec.read(this, end);
    return codec.read(this, this.header(codec.tag, end));
  }
}

/** The identifier octets that an element of the codec may begin with; undefined: any. */
export function tagsOf(codec: Codec<unknown>): readonly number[] | undefined {
  return codec.tag === SELF ? codec.tags : [codec.tag];
}

/** Waits for the next `encode`; taken while one runs, so that a nested one gets a writer of its own. */
let spare: Writer | undefined = new Writer();
const SPARE_LIMIT = 1 << 18;

/**
 * Short encodings share slabs of memory, as Node's own Buffers do: 200 octets out of a slab take
 * 0.1 us, an array of its own 0.3 us (a whole AS-REQ is encoded in 0.6 us, bench `der`).
 */
const SLAB_SIZE = 1 << 14;
const SLAB_SHARE = 1 << 10;
let slab = new ArrayBuffer(SLAB_SIZE);
let slabUsed = 0;

function copyOf(bytes: Uint8Array, start: number): Uint8Array {
  const length = bytes.length - start;
  if (length > SLAB_SHARE) return bytes.slice(start);
  if (slabUsed + length > SLAB_SIZE) {
    slab = new ArrayBuffer(SLAB_SIZE);
    slabUsed = 0;
  }
  const copy = new Uint8Array(slab, slabUsed, length);
  slabUsed += length;
  copy.set(new Uint8Array(bytes.buffer, start, length));
  return copy;
}

/**
 * The DER encoding. Nobody else writes to these octets, but `.buffer` may hold others' as well: it is
 * not to be transferred.
 * @throws TypeError, RangeError when `value` is none of the codec's: the caller is at fault.
 */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = spare ?? new Writer();
  spare = undefined;
  writer.pos = writer.bytes.length;
  try {
    writer.element(codec, value);
    return copyOf(writer.bytes, writer.pos);
  } finally {
    if (writer.bytes.length <= SPARE_LIMIT) spare = writer;
  }
}

/**
 * The value of exactly these octets. Octet strings in it are views of `bytes`: do not write to those.
 * @throws DecodeError
 */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array, limits?: Limits): T {
  const maxSize = limits?.maxSize ?? DEFAULT_MAX_SIZE;
  if (bytes.length > maxSize) {
    throw new DecodeError(0, `${bytes.length} octets are more than the allowed ${maxSize}`);
  }
  const reader = new Reader(bytes, limits?.maxDepth, limits?.rules);
  const value = reader.element(codec, bytes.length);
  if (reader.pos !== bytes.length) {
    reader.fail(`octets follow the ${codec.type}: ${bytes.length - reader.pos}`);
  }
  return value;
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DecodeError };

/** {@link decode} for machines: a refusal is a value. */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array, limits?: Limits): Decoded<T> {
  try {
    return { ok: true, value: decode(codec, bytes, limits) };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, error };
    throw error;
  }
}
