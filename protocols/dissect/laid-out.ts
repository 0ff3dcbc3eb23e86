/**
 * Contents that are laid out by plain structures or by NDR: their rows say everything, so their JSON is made
 * of the rows.
 */
import { explainRead, type Codec as LayoutCodec, readMember } from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import type { Codec as NdrCodec } from '../../src/ndr/codec.ts';
import { explain as explainNdr } from '../../src/ndr/explain.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import type { Contents, Fields, Inner } from './contents.ts';
import type { KeyStore } from './keyring.ts';

/** Rows below one root, with the octets that they count. */
export interface Rows {
  readonly bytes: Uint8Array;
  readonly rows: readonly DissectedField[];
  /** Path of the root. */
  readonly root: string;
}

/** What stands inside; what it tells of messages to come is remembered on the way. */
export type Inside = (rows: Rows, keys: KeyStore) => readonly Inner[];

/** Octets that `explain` makes rows of, whose paths begin with the path that it is given. */
export function ofRows(
  type: string,
  explain: (bytes: Uint8Array, path: string) => readonly DissectedField[],
  inside: Inside = () => [],
): Contents {
  return {
    type,
    read(bytes) {
      const rows = explain(bytes, type);
      if (rows.at(-1)?.type === 'error') return undefined;
      return { value: { bytes, rows, root: type } satisfies Rows };
    },
    rows: (bytes, path) => explain(bytes, path).map(short),
    json: (value) => jsonOfRows(value as Rows),
    inside: (value, keys) => inside(value as Rows, keys),
    keys: () => [],
  };
}

/** What `read` reads, member by member. @param named gives rows names that only others know */
export function laidOut(
  type: string,
  read: (reader: Reader) => unknown,
  inside?: Inside,
  named: (row: DissectedField) => DissectedField = (row) => row,
): Contents {
  const explain = (bytes: Uint8Array, path: string): readonly DissectedField[] =>
    explainRead(type, read, bytes, path).map(named);
  return ofRows(type, explain, inside);
}

/** Several structures, one after another. */
export function members(
  type: string,
  list: Readonly<Record<string, LayoutCodec<unknown>>>,
  inside?: Inside,
): Contents {
  const read = (reader: Reader): void => {
    for (const [name, codec] of Object.entries(list)) readMember(reader, name, codec);
  };
  return laidOut(type, read, inside);
}

/** A serialized type of NDR, under the name that the message has. */
export function serialized(type: string, codec: NdrCodec<never>, inside?: Inside): Contents {
  const explain = (bytes: Uint8Array, path: string): readonly DissectedField[] =>
    explainNdr(codec, bytes, path);
  return ofRows(type, explain, inside);
}

/** The row at a path below the root; an empty path is the root itself. */
export function rowAt({ rows, root }: Rows, path: string): DissectedField | undefined {
  const wanted = path === '' ? root : path.startsWith('[') ? root + path : `${root}.${path}`;
  return rows.find((row) => row.path === wanted);
}

/** The octets of the row at a path. */
export function octetsAt(rows: Rows, path: string): Uint8Array | undefined {
  const row = rowAt(rows, path);
  return row && rows.bytes.subarray(row.start, row.end);
}

/** What stands inside the row at a path, if it is there and has octets. */
export function innerAt(
  rows: Rows,
  path: string,
  inner: Contents | undefined,
  put: Inner['put'],
): readonly Inner[] {
  const octets = octetsAt(rows, path);
  if (inner === undefined || octets === undefined || octets.length === 0) return [];
  return [{ path, contents: inner, octets, put }];
}

/** Replaces the octets at a path by the members of what they are: layers whose fields do not clash. */
export function instead(path: string): Inner['put'] {
  return (outer, value) => {
    delete outer[path];
    Object.assign(outer, value);
  };
}

const LONGEST = 512;

/** Pictures and padding are not read by anybody: their beginning is enough. */
function short(row: DissectedField): DissectedField {
  const { value, start, end } = row;
  if (typeof value !== 'string' || value.length <= LONGEST || value.length !== 2 * (end - start)) {
    return row;
  }
  return { ...row, value: `${value.slice(0, LONGEST / 4)}… (${end - start} octets)` };
}

/** What NDR has between the values, and nobody asks for. */
const PLUMBING: ReadonlySet<string> = new Set(['header', 'max_count']);
const PADDING = 'padding';

/**
 * Members by their names, with names in place of numbers; bits are lists of names where there are several. A
 * pointer is what it points to.
 */
export function jsonOfRows(of: Rows): Fields {
  const out: Fields = {};
  for (const row of of.rows) {
    const steps = stepsOf(row.path.slice(of.root.length));
    const last = steps.at(-1);
    if (last === undefined || PLUMBING.has(String(last)) || row.type === PADDING) continue;
    const { value, name } = short(row);
    put(out, steps, name === 'null' ? null : (namesOf(name) ?? value));
  }
  return out;
}

function namesOf(name: string | undefined): unknown {
  const names = name?.split(/ \| | /) ?? [];
  return names.length > 1 ? names : names[0];
}

/** `.a.b[0].*.c`: a, b, 0, c. */
function stepsOf(path: string): readonly (string | number)[] {
  return Array.from(path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g), ([, name, index]) =>
    index === undefined ? (name as string) : Number(index),
  ).filter((step) => step !== '*');
}

function put(out: Fields, steps: readonly (string | number)[], value: unknown): void {
  let at = out as Record<string | number, unknown>;
  for (const [index, step] of steps.entries()) {
    if (index === steps.length - 1) {
      if (value !== undefined || at[step] === undefined) at[step] = value;
      return;
    }
    const next = at[step];
    // A number behind says that this is a list; a pointer's own number gives way to what it points to.
    if (typeof next !== 'object' || next === null) {
      at[step] = typeof steps[index + 1] === 'number' ? [] : {};
    }
    at = at[step] as Record<string | number, unknown>;
  }
}
