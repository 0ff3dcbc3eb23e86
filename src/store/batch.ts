/**
 * A write as octets, for the trace: the order of its records is the batch's own, so that the same
 * write has the same octets. Numbers are LEB128; texts UTF-8 with their length in front.
 */
import type { IndexKey, RecordWrite, WriteBatch } from '../machine/store.ts';

/** The first octet; another encoding has another one. */
const VERSION = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeBatch(batch: WriteBatch): Uint8Array {
  const out = writer();
  out.number(VERSION);
  const counters = Object.entries(batch.counters ?? {});
  out.number(counters.length);
  for (const [name, value] of counters) {
    out.octets(encoder.encode(name));
    out.number(value);
  }
  out.number(batch.records.length);
  for (const { id, bytes, added, removed } of batch.records) {
    out.number(id);
    // One more than the length: 0 is a record that is deleted.
    out.number(bytes === undefined ? 0 : bytes.length + 1);
    if (bytes !== undefined) out.raw(bytes);
    for (const keys of [added, removed]) {
      out.number(keys.length);
      for (const [index, key] of keys) {
        out.octets(encoder.encode(index));
        out.octets(encoder.encode(key));
      }
    }
  }
  return out.taken();
}

/** @throws Error when these are not the octets of a batch. */
export function decodeBatch(octets: Uint8Array): WriteBatch {
  const from = reader(octets);
  const version = from.number();
  if (version !== VERSION) throw new Error(`a batch of version ${version}, expected ${VERSION}`);
  const counters: Record<string, number> = {};
  for (let n = from.number(); n > 0; n--) counters[from.text()] = from.number();
  const records: RecordWrite[] = [];
  for (let n = from.number(); n > 0; n--) {
    const id = from.number();
    const length = from.number();
    const bytes = length === 0 ? undefined : from.raw(length - 1);
    const added = keysOf(from);
    const removed = keysOf(from);
    records.push({ id, ...(bytes === undefined ? {} : { bytes }), added, removed });
  }
  if (!from.ended()) throw new Error('octets follow the last record of a batch');
  return Object.keys(counters).length === 0 ? { records } : { records, counters };
}

function keysOf(from: Reader): IndexKey[] {
  const keys: IndexKey[] = [];
  for (let n = from.number(); n > 0; n--) keys.push([from.text(), from.text()]);
  return keys;
}

interface Writer {
  number(value: number): void;
  raw(octets: Uint8Array): void;
  /** Its length, then the octets. */
  octets(octets: Uint8Array): void;
  taken(): Uint8Array;
}

function writer(): Writer {
  let room = new Uint8Array(4096);
  let at = 0;
  const need = (size: number): void => {
    if (at + size <= room.length) return;
    const wider = new Uint8Array(Math.max(2 * room.length, at + size));
    wider.set(room.subarray(0, at));
    room = wider;
  };
  const number = (value: number): void => {
    need(8);
    let rest = value;
    while (rest > 127) {
      room[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    room[at++] = rest;
  };
  const raw = (octets: Uint8Array): void => {
    need(octets.length);
    room.set(octets, at);
    at += octets.length;
  };
  return {
    number,
    raw,
    octets: (octets) => {
      number(octets.length);
      raw(octets);
    },
    taken: () => room.slice(0, at),
  };
}

interface Reader {
  number(): number;
  raw(length: number): Uint8Array;
  text(): string;
  ended(): boolean;
}

function reader(octets: Uint8Array): Reader {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const octet = octets[at++];
      if (octet === undefined || scale > 2 ** 49) throw new Error(`no number ends at octet ${at}`);
      value += (octet & 127) * scale;
      if (octet < 128) return value;
    }
  };
  const raw = (length: number): Uint8Array => {
    const read = octets.subarray(at, at + length);
    if (read.length !== length) throw new Error(`expected ${length} octets at octet ${at}`);
    at += length;
    return read;
  };
  return {
    number,
    raw,
    text: () => decoder.decode(raw(number())),
    ended: () => at === octets.length,
  };
}
