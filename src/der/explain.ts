/** Octets as rows with offsets, for people: interprets the codecs' shapes, so the fast path has no hooks. */
import { toHex } from '../bytes/bytes.ts';
import { type Codec, DecodeError, type Limits, Reader, type Shape, tagsOf } from './codec.ts';
import { SELF } from './tags.ts';

/** One element; `start` and `end` count octets from the beginning of what was given, tag included. */
export interface Field {
  /** `AS-REQ.reqBody.etype[0]`; a child's begins with its parent's. */
  readonly path: string;
  /** The standard's name: `PrincipalName`, `KerberosTime`. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Plain JSON; octets as lower-case hexadecimal. Absent on rows that only hold others. */
  readonly value?: unknown;
  /** What the value is called: `KDC_ERR_PREAUTH_REQUIRED`, `forwardable renewable`. */
  readonly name?: string;
}

/**
 * All elements in the order of the octets, parents before their children.
 * Never throws on a peer's octets: what cannot be read ends the list with a row of type `error` whose
 * value is the reason.
 */
export function explain<T>(
  codec: Codec<T>,
  bytes: Uint8Array,
  path: string = codec.type,
  limits?: Limits,
): Field[] {
  const rows: Field[] = [];
  const reader = new Reader(bytes, limits?.maxDepth, limits?.rules);
  try {
    element(rows, reader, codec, path, bytes.length, reader.pos, codec.type);
    if (reader.pos !== bytes.length) reader.fail(`octets follow the ${codec.type}`);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    rows.push({
      path: rows.at(-1)?.path ?? path,
      type: 'error',
      start: Math.min(error.offset, bytes.length),
      end: bytes.length,
      value: error.message,
    });
  }
  return rows;
}

/** The element ahead, and what is in it. The row begins at `start`, before the tags already entered. */
function element(
  rows: Field[],
  reader: Reader,
  codec: Codec<unknown>,
  path: string,
  limit: number,
  start: number,
  type: string,
): void {
  const { shape } = codec;
  const end = codec.tag === SELF ? limit : reader.header(codec.tag, limit);
  switch (shape.kind) {
    case 'wrapped': {
      // EXPLICIT tags have no row of their own; the outermost name is the one that people know.
      const outer = type === codec.type && codec.type !== shape.of.type ? type : shape.of.type;
      element(rows, reader, shape.of, path, end, start, outer);
      if (codec.tag !== SELF && reader.pos !== end) reader.fail('octets follow inside the tag');
      return;
    }
    case 'tags': {
      const chosen = shape.of.find((one) => one.tag === reader.bytes[reader.pos]) ?? codec;
      if (chosen === codec) codec.read(reader, end);
      else element(rows, reader, chosen, path, end, start, chosen.type);
      return;
    }
    case 'recursive':
      reader.enter(`${type} is nested too deeply`);
      element(rows, reader, shape.of, path, limit, start, type);
      reader.depth++;
      return;
    case 'choice':
      alternative(rows, reader, codec, path, limit);
      return;
    case 'fields':
      rows.push({ path, type, start, end });
      fields(rows, reader, shape, path, end);
      return;
    case 'list': {
      rows.push({ path, type, start, end });
      const content = reader.pos;
      for (let i = 0; reader.pos < end; i++) {
        element(rows, reader, shape.of, `${path}[${i}]`, end, reader.pos, shape.of.type);
      }
      checkList(reader, codec, content, end);
      return;
    }
    default: {
      const value = codec.read(reader, end);
      const name = nameOf(shape, value);
      const row = { path, type, start, end: reader.pos, value: plain(shape, value) };
      rows.push(name === undefined ? row : { ...row, name });
    }
  }
}

/** What only the codec knows about a list that could be read: its bound, its order. */
function checkList(reader: Reader, codec: Codec<unknown>, content: number, end: number): void {
  const { shape } = codec;
  if (shape.kind !== 'list' || (!shape.sorted && shape.max === Number.POSITIVE_INFINITY)) return;
  reader.pos = content;
  codec.read(reader, end);
}

function alternative(
  rows: Field[],
  reader: Reader,
  codec: Codec<unknown>,
  path: string,
  limit: number,
): void {
  if (codec.shape.kind !== 'choice') return;
  const tag = reader.pos < limit ? reader.bytes[reader.pos] : undefined;
  for (const [name, one] of Object.entries(codec.shape.alternatives)) {
    if (tag === undefined || !tagsOf(one)?.includes(tag)) continue;
    element(rows, reader, one, `${path}.${name}`, limit, reader.pos, one.type);
    return;
  }
  // None fits: the codec says so.
  codec.read(reader, limit);
}

function fields(
  rows: Field[],
  reader: Reader,
  shape: Shape & { readonly kind: 'fields' },
  path: string,
  end: number,
): void {
  for (const field of shape.fields) {
    const tags = tagsOf(field.codec);
    const next = reader.bytes[reader.pos] as number;
    const present = reader.pos < end && (tags === undefined || tags.includes(next));
    const mayBeAbsent = field.optional || field.fallback !== undefined;
    if (!present && mayBeAbsent) continue;
    const start = reader.pos;
    element(rows, reader, field.codec, `${path}.${field.name}`, end, start, field.codec.type);
  }
  while (shape.extensible && reader.pos < end) {
    const start = reader.pos;
    reader.skip(end);
    const value = toHex(reader.bytes.subarray(start, reader.pos));
    rows.push({ path: `${path}.…`, type: 'unknown', start, end: reader.pos, value });
  }
  if (reader.pos !== end) reader.fail('an element is not expected here');
}

/** A value as plain JSON: octets and big numbers as text, times as ISO 8601. */
function plain(shape: Shape, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return String(value);
  if (shape.kind === 'time') return isoTime(value as number);
  if (shape.kind === 'bits') {
    const { unused, bytes } = value as { readonly unused: number; readonly bytes: Uint8Array };
    return { unused, bytes: toHex(bytes) };
  }
  return value;
}

/** `2026-03-02T08:00:00Z` */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

function nameOf(shape: Shape, value: unknown): string | undefined {
  if (shape.kind === 'integer') return shape.nameOf?.(value as number);
  if (shape.kind !== 'flags') return undefined;
  let rest = value as number;
  const names: string[] = [];
  for (const [name, mask] of Object.entries(shape.masks)) {
    if ((rest & mask) === 0) continue;
    names.push(name);
    rest = (rest & ~mask) >>> 0;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16).padStart(8, '0')}`);
  return names.join(' ');
}
