/**
 * A write as octets, for the trace: the order of its records is the batch's own, so that the same
 * write has the same octets. Numbers are LEB128; texts UTF-8 with their length in front.
 */
import { utf8 } from '../bytes/bytes.ts';
import {
  type PackedReader,
  type PackedWriter,
  packedReader,
  packedWriter,
} from '../bytes/packed.ts';
import type { IndexKey, RecordWrite, WriteBatch } from '../machine/store.ts';

/** The first octet; another encoding has another one. */
const VERSION = 1;

export function encodeBatch(batch: WriteBatch): Uint8Array {
  const out = packedWriter({ bytes: new Uint8Array(4096) });
  out.number(VERSION);
  const counters = Object.entries(batch.counters ?? {});
  out.number(counters.length);
  for (const [name, value] of counters) {
    writeText(out, name);
    out.number(value);
  }
  out.number(batch.records.length);
  for (const { id, bytes, added, removed } of batch.records) {
    out.number(id);
    // One more than the length: 0 is a record that is deleted.
    out.number(bytes === undefined ? 0 : bytes.length + 1);
    if (bytes !== undefined) out.octets(bytes);
    for (const keys of [added, removed]) {
      out.number(keys.length);
      for (const [index, key] of keys) {
        writeText(out, index);
        writeText(out, key);
      }
    }
  }
  return out.taken();
}

/** The shortest form of the length: equal texts have equal octets. */
function writeText(out: PackedWriter, text: string): void {
  const octets = utf8(text);
  out.number(octets.length);
  out.octets(octets);
}

/** @throws Error when these are not the octets of a batch. */
export function decodeBatch(octets: Uint8Array): WriteBatch {
  const from = packedReader(octets);
  const version = from.number();
  if (version !== VERSION) throw new Error(`a batch of version ${version}, expected ${VERSION}`);
  const counters: Record<string, number> = {};
  for (let n = from.number(); n > 0; n--) counters[from.text()] = from.number();
  const records: RecordWrite[] = [];
  for (let n = from.number(); n > 0; n--) {
    const id = from.number();
    const length = from.number();
    const bytes = length === 0 ? undefined : from.octets(length - 1);
    const added = keysOf(from);
    const removed = keysOf(from);
    records.push({ id, ...(bytes === undefined ? {} : { bytes }), added, removed });
  }
  if (from.rest().length > 0) throw new Error('octets follow the last record of a batch');
  return Object.keys(counters).length === 0 ? { records } : { records, counters };
}

function keysOf(from: PackedReader): IndexKey[] {
  const keys: IndexKey[] = [];
  for (let n = from.number(); n > 0; n--) keys.push([from.text(), from.text()]);
  return keys;
}
