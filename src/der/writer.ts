/** The buffer that an encoding grows in. */
import type { Codec } from './codec.ts';
import { SELF } from './tags.ts';

/** Octets for one element, filled from the end. */
export class Writer {
  bytes: Uint8Array;
  /** The first octet written; everything from here on is content. */
  pos: number;

  constructor(size = 4096) {
    this.bytes = new Uint8Array(size);
    this.pos = size;
  }

  /** Octets written so far: the mark that {@link header} counts from. */
  mark(): number {
    return this.bytes.length - this.pos;
  }

  /** Makes sure that `size` octets fit in front. */
  room(size: number): void {
    if (this.pos < size) this.#grow(size);
  }

  #grow(size: number): void {
    const written = this.mark();
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, written + size));
    grown.set(this.bytes.subarray(this.pos), grown.length - written);
    this.bytes = grown;
    this.pos = grown.length - written;
  }

  octet(value: number): void {
    this.room(1);
    this.bytes[--this.pos] = value;
  }

  octets(octets: Uint8Array): void {
    const { length } = octets;
    this.room(length);
    const { bytes } = this;
    const pos = this.pos - length;
    // Below this size the call of `set` costs more than the loop.
    if (length > 24) bytes.set(octets, pos);
    else for (let i = 0; i < length; i++) bytes[pos + i] = octets[i] as number;
    this.pos = pos;
  }

  /** Tag and length of what was written since `mark`. */
  header(tag: number, mark: number): void {
    this.room(6);
    const { bytes } = this;
    const length = bytes.length - this.pos - mark;
    let { pos } = this;
    if (length < 0x80) {
      bytes[--pos] = length;
    } else {
      let size = 0;
      for (let rest = length; rest > 0; rest >>>= 8) {
        bytes[--pos] = rest;
        size++;
      }
      bytes[--pos] = 0x80 | size;
    }
    bytes[--pos] = tag;
    this.pos = pos;
  }

  /** Two tags around what was written since `mark`: `outer` is EXPLICIT. */
  nested(outer: number, tag: number, mark: number): void {
    this.room(12);
    const { bytes, pos } = this;
    const length = bytes.length - pos - mark;
    if (length >= 0x7e) {
      this.header(tag, mark);
      this.header(outer, mark);
      return;
    }
    bytes[pos - 1] = length;
    bytes[pos - 2] = tag;
    bytes[pos - 3] = length + 2;
    bytes[pos - 4] = outer;
    this.pos = pos - 4;
  }

  /** A whole element. */
  element<T>(codec: Codec<T>, value: T): void {
    if (codec.tag === SELF) {
      codec.write(this, value);
      return;
    }
    const mark = this.bytes.length - this.pos;
    codec.write(this, value);
    this.header(codec.tag, mark);
  }
}
