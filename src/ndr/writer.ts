/** Writes what NDR aligns, little-endian (C706 14.2), and hands out referent ids (14.3.10). */

/** Widest boundary that a type's octets start on, counted from the start of the serialized object. */
export type Alignment = 1 | 2 | 4 | 8;

/** The first referent id that Windows gives away, and the step to the next (MS-PAC 3.1). */
const FIRST_REFERENT = 0x00020000;
const REFERENT_STEP = 4;

/** Appends in NDR's alignment; grows as it needs. */
export class Writer {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #referent = FIRST_REFERENT;
  /** Where the pointers of the pointee being written stand, in order; those before `#next` are done. */
  #places: number[] = [];
  #next = 0;

  /** Octets written so far. */
  get length(): number {
    return this.#at;
  }

  /** Makes room for `size` octets, zero, on a boundary, and returns where they begin. */
  #place(size: number, alignment: number): number {
    const start = (this.#at + alignment - 1) & -alignment;
    const end = start + size;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return start;
  }

  align(alignment: Alignment): void {
    this.#place(0, alignment);
  }

  uint8(value: number): void {
    const at = this.#place(1, 1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.#place(2, 2);
    this.#view.setUint16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.#place(4, 4);
    this.#view.setUint32(at, value, true);
  }

  /** Eight octets; `hyper` aligns to 8, a FILETIME (two longs) to 4. */
  uint64(value: bigint, alignment: Alignment): void {
    const at = this.#place(8, alignment);
    this.#view.setBigUint64(at, value, true);
  }

  octets(bytes: Uint8Array): void {
    const at = this.#place(bytes.length, 1);
    this.#bytes.set(bytes, at);
  }

  utf16le(text: string): void {
    const at = this.#place(text.length * 2, 2);
    for (let i = 0; i < text.length; i++) {
      this.#view.setUint16(at + 2 * i, text.charCodeAt(i), true);
    }
  }

  /** The place of a pointer that is not null: its referent id comes with its body. */
  pointer(): void {
    this.#places.push(this.#place(4, 4));
  }

  /**
   * Gives the next pointer of this pointee its referent id, right before its body. So ids are handed
   * out depth first, as in what Windows writes (claims, resource groups after extra SIDs).
   */
  refer(): void {
    this.#view.setUint32(this.#places[this.#next++] as number, this.#referent, true);
    this.#referent += REFERENT_STEP;
  }

  /** A pointee has pointers of its own. */
  nest(body: () => void): void {
    const places = this.#places;
    const next = this.#next;
    this.#places = [];
    this.#next = 0;
    body();
    this.#places = places;
    this.#next = next;
  }

  /** Everything written, padded to 8 octets: a view, until the next octet is written. */
  padded(): Uint8Array {
    this.align(8);
    return this.#bytes.subarray(0, this.#at);
  }
}
