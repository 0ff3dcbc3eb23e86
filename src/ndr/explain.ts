/** A serialized type as rows with offsets, for people: interprets the codecs' shapes. */
import { toHex } from '../bytes/bytes.ts';
import type { Field } from '../der/explain.ts';
import { type Codec, closeSerialized, NdrError, openSerialized, Reader } from './codec.ts';

/** A row while its end and its value are still unknown. */
interface Row {
  path: string;
  type: string;
  start: number;
  end: number;
  value?: unknown;
  name?: string;
}

interface Explainer {
  readonly r: Reader;
  readonly rows: Row[];
  /** What the pointers seen so far point to: read in this order, after what is in place. */
  deferred: (() => void)[];
}

/**
 * All members in the order of the octets, parents before their members; the pointee of the pointer
 * `X` has the path `X.*`.
 * Never throws on a peer's octets: what cannot be read ends the list with a row of type `error`
 * whose value is the reason.
 */
export function explain<T>(codec: Codec<T>, bytes: Uint8Array, path = codec.type): Field[] {
  return explained(bytes, path, (rows) => {
    const r = openSerialized(bytes);
    rows.push({ path: `${path}.header`, type: 'type serialization header', start: 0, end: 16 });
    explainPointee({ r, rows, deferred: [] }, codec as Codec<unknown>, path);
    closeSerialized(r);
  });
}

/** Arguments of a call one after the other, each with what it points to behind it. @param start of the first */
export function explainArguments(
  list: readonly (readonly [name: string, codec: Codec<never>])[],
  bytes: Uint8Array,
  start: number,
  path: string,
): Field[] {
  return explained(bytes, path, (rows) => {
    // Boundaries count from the first argument.
    const r = new Reader(bytes.subarray(start));
    for (const [name, codec] of list) {
      const from = rows.length;
      explainPointee({ r, rows, deferred: [] }, codec as Codec<unknown>, `${path}.${name}`);
      for (let at = from; at < rows.length; at++) {
        const row = rows[at] as Row;
        rows[at] = { ...row, start: row.start + start, end: row.end + start };
      }
    }
  });
}

function explained(bytes: Uint8Array, path: string, read: (rows: Row[]) => void): Field[] {
  const rows: Row[] = [];
  try {
    read(rows);
  } catch (error) {
    if (!(error instanceof NdrError)) throw error;
    rows.push({
      path: rows.at(-1)?.path ?? path,
      type: 'error',
      start: Math.min(error.offset, bytes.length),
      end: bytes.length,
      value: error.reason,
    });
  }
  return rows;
}

function explainPointee(x: Explainer, codec: Codec<unknown>, path: string): void {
  const outer = x.deferred;
  x.deferred = [];
  let maxCount = 0;
  if (codec.conformance !== undefined) {
    x.r.align(4);
    const start = x.r.at;
    maxCount = x.r.uint32();
    x.rows.push({
      path: `${path}.max_count`,
      type: 'unsigned long',
      start,
      end: x.r.at,
      value: maxCount,
    });
  }
  explainInPlace(x, codec, path, maxCount);
  // Each pointee is complete, with its own pointees, before the next one begins.
  for (let next = x.deferred.shift(); next !== undefined; next = x.deferred.shift()) next();
  x.deferred = outer;
}

function explainInPlace(x: Explainer, codec: Codec<unknown>, path: string, maxCount: number): void {
  const { r, rows } = x;
  r.align(codec.alignment);
  const row: Row = { path, type: codec.type, start: r.at, end: r.at };
  rows.push(row);
  switch (codec.shape.kind) {
    case 'leaf': {
      const value = codec.readBodies(r, codec.read(r, maxCount));
      row.value = codec.shape.show?.(value) ?? plain(value);
      const name = codec.shape.name?.(value);
      if (name !== undefined) row.name = name;
      break;
    }
    case 'struct':
      for (const [name, member] of codec.shape.fields) {
        explainInPlace(x, member, `${path}.${name}`, maxCount);
      }
      break;
    case 'array': {
      const { of, length } = codec.shape;
      const count = r.room(length ?? maxCount, Math.max(1, of.size));
      for (let i = 0; i < count; i++) explainInPlace(x, of, `${path}[${i}]`, 0);
      break;
    }
    case 'pointer': {
      const { to } = codec.shape;
      explainReferent(x, row, () => explainPointee(x, to, `${path}.*`));
      break;
    }
    case 'union': {
      const start = r.at;
      const tag = codec.shape.tag.read(r, 0) as number;
      rows.push({ path: `${path}.tag`, type: codec.shape.tag.type, start, end: r.at, value: tag });
      explainArm(x, codec, path, tag);
      break;
    }
    case 'mapped': {
      const start = r.at;
      if (!codec.bodies || codec.conformance !== undefined) row.value = shown(x, codec, maxCount);
      r.at = start;
      rows.pop();
      const before = rows.length;
      explainInPlace(x, codec.shape.of, path, maxCount);
      Object.assign(rows[before] as Row, { type: codec.type, value: row.value });
      return;
    }
    case 'unicode-string':
      explainUnicodeString(x, row, path);
      break;
  }
  row.end = r.at;
}

/** The value that a mapped codec makes of the octets ahead, when nothing of it is deferred. */
function shown(x: Explainer, codec: Codec<unknown>, maxCount: number): unknown {
  return plain(codec.readBodies(x.r, codec.read(x.r, maxCount)));
}

function explainArm(x: Explainer, codec: Codec<unknown>, path: string, tag: number): void {
  if (codec.shape.kind !== 'union') return;
  try {
    explainInPlace(x, codec.shape.arm(tag), `${path}.value`, 0);
  } catch (error) {
    if (error instanceof RangeError) x.r.fail(error.message);
    throw error;
  }
}

function explainReferent(x: Explainer, row: Row, pointee: () => void): void {
  const referent = x.r.uint32();
  row.value = `0x${referent.toString(16).padStart(8, '0')}`;
  if (referent === 0) row.name = 'null';
  else x.deferred.push(pointee);
}

function explainUnicodeString(x: Explainer, row: Row, path: string): void {
  const { r, rows } = x;
  for (const name of ['Length', 'MaximumLength']) {
    const start = r.at;
    const value = r.uint16();
    rows.push({ path: `${path}.${name}`, type: 'unsigned short', start, end: r.at, value });
  }
  const buffer: Row = { path: `${path}.Buffer`, type: 'wchar_t *', start: r.at, end: r.at + 4 };
  rows.push(buffer);
  explainReferent(x, buffer, () => {
    r.align(4);
    const start = r.at;
    const maxCount = r.uint32();
    r.uint32();
    const text = r.utf16le(r.room(r.uint32(), 2));
    row.value = text;
    const body = { path: `${path}.Buffer.*`, type: `wchar_t[${maxCount}]`, start, end: r.at };
    rows.push({ ...body, value: text });
  });
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'bigint' ? String(value) : value;
}
