/** Reads octets one field after another; what it read can be written down for people. */
import type { Field } from '../der/explain.ts';

/** Octets that are no such structure: where, and what is wrong with them. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  /** `clientCoreData.clientName`; empty for the structure itself. */
  readonly path: string;
  /** In octets, from the start of what was given to be decoded. */
  readonly offset: number;
  readonly reason: string;
  constructor(path: string, offset: number, reason: string) {
    super(`${path === '' ? 'structure' : path}: ${reason} at ${offset}`);
    this.path = path;
    this.offset = offset;
    this.reason = reason;
  }
}

/** A row while its end and its value are still unknown. */
interface Row {
  path: string;
  type: string;
  start: number;
  end: number;
  value?: unknown;
  name?: string;
}

export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  /** Nothing is read from here on; narrower inside a field whose length is known. */
  end: number;
  /** Present: rows for people are wanted. */
  readonly rows: Field[] | undefined;
  readonly #view: DataView;
  readonly #path: (string | number)[];

  /** @param path what the rows of the structure begin with */
  constructor(bytes: Uint8Array, rows?: Field[], path: readonly string[] = []) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    this.rows = rows;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#path = [...path];
  }

  get left(): number {
    return this.end - this.at;
  }

  fail(reason: string, offset = this.at): never {
    throw new LayoutError(this.#pathText(), offset, reason);
  }

  /** Reads a member under its name; `show` gives the row its value. */
  member<T>(
    name: string | number,
    type: string,
    read: () => T,
    show?: (value: T) => { readonly value?: unknown; readonly name?: string | undefined },
  ): T {
    this.#path.push(name);
    if (this.rows === undefined) {
      const value = read();
      this.#path.pop();
      return value;
    }
    const row: Row = { path: this.#pathText(), type, start: this.at, end: this.at };
    this.rows.push(row);
    const value = read();
    row.end = this.at;
    const shown = show?.(value);
    if (shown?.value !== undefined) row.value = shown.value;
    if (shown?.name !== undefined) row.name = shown.name;
    this.#path.pop();
    return value;
  }

  /** Reads something of `length` octets, which has to use them all up. */
  within<T>(length: number, read: () => T): T {
    const outer = this.end;
    if (length > this.left) this.fail(`expected ${length} octets, ${this.left} are left`);
    this.end = this.at + length;
    const value = read();
    if (this.at !== this.end) this.fail(`${this.left} octets are left over`);
    this.end = outer;
    return value;
  }

  /** Where the next `size` octets begin; the reader is behind them then. */
  #take(size: number): number {
    const start = this.at;
    if (size > this.end - start) this.fail(`expected ${size} octets, ${this.left} are left`);
    this.at = start + size;
    return start;
  }

  uint8(): number {
    return this.bytes[this.#take(1)] as number;
  }

  uint16(littleEndian = true): number {
    return this.#view.getUint16(this.#take(2), littleEndian);
  }

  uint32(littleEndian = true): number {
    return this.#view.getUint32(this.#take(4), littleEndian);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** A copy: values outlive the message they came in. */
  octets(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.slice(at, at + length);
  }

  #pathText(): string {
    let text = '';
    for (const part of this.#path) {
      if (typeof part === 'number') text += `[${part}]`;
      else text += text === '' ? part : `.${part}`;
    }
    return text;
  }
}
