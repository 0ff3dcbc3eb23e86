/** Where the values of a JSON text (RFC 8259) stand in its octets. The text has been read before: it is well-formed. */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import type { PlainRow } from './contents.ts';

/** Deeper values are not taken apart. */
const DEPTH_MAX = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Rows of the value that `bytes` hold from `at`. @param path of it; rows inside have longer ones */
export function jsonRows(bytes: Uint8Array, at: number, path: string): readonly PlainRow[] {
  const rows: PlainRow[] = [];
  value(skipBlank(bytes, at), path, 0);
  return rows;

  /** Adds the value's rows; where it ends. */
  function value(start: number, name: string, depth: number): number {
    const first = bytes[start];
    const holds = first === OPEN_OBJECT || first === OPEN_LIST;
    if (!holds || depth === DEPTH_MAX) {
      const end = valueEnd(bytes, start);
      const text = fromUtf8(bytes.subarray(start, end));
      rows.push([name, typeOf(first), start, end, holds ? text : JSON.parse(text)]);
      return end;
    }
    const row = rows.length;
    const end =
      first === OPEN_OBJECT ? members(start, name, depth + 1) : items(start, name, depth + 1);
    rows.splice(row, 0, [name, typeOf(first), start, end]);
    return end;
  }

  function members(start: number, name: string, depth: number): number {
    let next = skipBlank(bytes, start + 1);
    while (bytes[next] !== CLOSE_OBJECT) {
      const colonFrom = stringEnd(bytes, next);
      const key = JSON.parse(fromUtf8(bytes.subarray(next, colonFrom))) as string;
      const from = skipBlank(bytes, skipBlank(bytes, colonFrom) + 1);
      next = skipBlank(bytes, value(from, `${name}.${key}`, depth));
      if (bytes[next] === COMMA) next = skipBlank(bytes, next + 1);
    }
    return next + 1;
  }

  function items(start: number, name: string, depth: number): number {
    let next = skipBlank(bytes, start + 1);
    for (let i = 0; bytes[next] !== CLOSE_LIST; i++) {
      next = skipBlank(bytes, value(next, `${name}[${i}]`, depth));
      if (bytes[next] === COMMA) next = skipBlank(bytes, next + 1);
    }
    return next + 1;
  }
}

function typeOf(first: number | undefined): string {
  switch (first) {
    case OPEN_OBJECT:
      return 'object';
    case OPEN_LIST:
      return 'array';
    case QUOTE:
      return 'string';
    case 0x74:
    case 0x66:
      return 'boolean';
    case 0x6e:
      return 'null';
    default:
      return 'number';
  }
}

function skipBlank(bytes: Uint8Array, at: number): number {
  let next = at;
  while ([0x20, 0x09, 0x0a, 0x0d].includes(bytes[next] ?? 0)) next++;
  return next;
}

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Strings, numbers, names; of what holds others, the bracket that closes it. */
function valueEnd(bytes: Uint8Array, start: number): number {
  let open = 0;
  let at = start;
  do {
    const octet = bytes[at];
    if (octet === QUOTE) at = stringEnd(bytes, at);
    else if (octet === OPEN_LIST || octet === OPEN_OBJECT) {
      open++;
      at++;
    } else if (octet === CLOSE_LIST || octet === CLOSE_OBJECT) {
      open--;
      at++;
    } else at = plainEnd(bytes, at);
  } while (open > 0 && at < bytes.length);
  return at;
}

/** Behind what is neither string nor bracket. */
function plainEnd(bytes: Uint8Array, start: number): number {
  const ends = [QUOTE, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT];
  const first = bytes[start] ?? 0;
  if ([COMMA, 0x3a, 0x20, 0x09, 0x0a, 0x0d].includes(first)) return start + 1;
  let at = start + 1;
  while (at < bytes.length) {
    const octet = bytes[at] as number;
    if (ends.includes(octet) || [COMMA, 0x3a, 0x20, 0x09, 0x0a, 0x0d].includes(octet)) break;
    at++;
  }
  return at;
}
