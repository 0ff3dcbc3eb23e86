/** Numbers, texts and octets one after another, as records and batches of the store keep them. */
import { fromUtf8Strict } from './bytes.ts';

export interface PackedWriter {
  octet(value: number): void;
  /** Seven bits an octet, least significant first; the top bit says that more follow. */
  number(value: number): void;
  octets(value: Uint8Array): void;
  /** Its length times `scale`, then its UTF-8. */
  text(value: string, scale: number): void;
  /** What was written; the writer is not used any more. */
  taken(): Uint8Array;
}

/** Where a writer writes; it grows, and the next writer may have it. */
export interface Room {
  bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** Writers that are not in use at the same time may share their room. */
export function packedWriter(room: Room): PackedWriter {
  let at = 0;
  const need = (size: number): void => {
    if (at + size <= room.bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * room.bytes.length, at + size));
    wider.set(room.bytes.subarray(0, at));
    room.bytes = wider;
  };
  const number = (value: number): void => {
    need(8);
    let rest = value;
    while (rest > 127) {
      room.bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    room.bytes[at++] = rest;
  };
  const octets = (value: Uint8Array): void => {
    need(value.length);
    room.bytes.set(value, at);
    at += value.length;
  };
  return {
    octet: (value) => {
      need(1);
      room.bytes[at++] = value;
    },
    number,
    octets,
    text: (value, scale) => {
      // Two octets of length are room for all but the longest, whose length is found out first.
      if (value.length * 3 * scale >= 1 << 14) {
        const bytes = encoder.encode(value);
        number(bytes.length * scale);
        octets(bytes);
        return;
      }
      need(2 + value.length * 3);
      const length = encoder.encodeInto(value, room.bytes.subarray(at + 2)).written * scale;
      room.bytes[at] = (length & 127) | 128;
      room.bytes[at + 1] = length >> 7;
      at += 2 + length / scale;
    },
    taken: () => room.bytes.slice(0, at),
  };
}

export interface PackedReader {
  number(): number;
  /** A view of the next octets. */
  octets(length: number): Uint8Array;
  /** A length, then so much UTF-8. */
  text(): string;
  /** A view of all that is left. */
  rest(): Uint8Array;
}

/** Reads from `start` on. Its functions throw an Error where the octets end too early. */
export function packedReader(bytes: Uint8Array, start = 0): PackedReader {
  let at = start;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const octet = bytes[at++];
      if (octet === undefined || scale > 2 ** 49) throw new Error(`no number ends at octet ${at}`);
      value += (octet & 127) * scale;
      if (octet < 128) return value;
    }
  };
  const octets = (length: number): Uint8Array => {
    const read = bytes.subarray(at, at + length);
    if (read.length !== length) throw new Error(`expected ${length} octets at octet ${at}`);
    at += length;
    return read;
  };
  return {
    number,
    octets,
    text: () => fromUtf8Strict(octets(number())),
    rest: () => bytes.subarray(at),
  };
}
