/** Appends numbers and octets without alignment; lengths are filled in when they are known. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Octets written so far. */
  get at(): number {
    return this.#at;
  }

  /** Makes room for `size` octets, zero, and returns where they begin. */
  skip(size: number): number {
    const start = this.#at;
    const end = start + size;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return start;
  }

  uint8(value: number, at = this.skip(1)): void {
    this.#bytes[at] = value;
  }

  uint16(value: number, littleEndian = true, at = this.skip(2)): void {
    this.#view.setUint16(at, value, littleEndian);
  }

  uint32(value: number, littleEndian = true, at = this.skip(4)): void {
    this.#view.setUint32(at, value, littleEndian);
  }

  uint64(value: bigint): void {
    const at = this.skip(8);
    this.#view.setBigUint64(at, value, true);
  }

  octets(bytes: Uint8Array): void {
    const at = this.skip(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** What was written, as octets of its own. */
  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }
}
