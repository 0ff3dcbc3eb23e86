/** A message taken apart once: what stands inside what, opened where a key is known. */
import type { DissectedField } from '../../src/trace/dissector.ts';
import type { Contents, Fields, Inner } from './contents.ts';
import type { KeyStore } from './keyring.ts';

/** Contents within contents: more is not looked into. */
const DEPTH_MAX = 16;

/** Octets and what they hold. `inner` is empty where nothing stands inside or nothing opened. */
export interface Part {
  readonly contents: Contents;
  readonly bytes: Uint8Array;
  readonly value: unknown;
  readonly inner: readonly InnerPart[];
}

interface InnerPart {
  readonly place: Inner;
  readonly part: Part;
  /** The name of the key that opened it; absent: it was not encrypted. */
  readonly key?: string;
}

/** Undefined: the octets are not such contents. Keys that show are learnt on the way. */
export function takeApart(
  contents: Contents,
  bytes: Uint8Array,
  keys: KeyStore,
  depth = 0,
): Part | undefined {
  const read = contents.read(bytes);
  if (read === undefined) return undefined;
  const { value } = read;
  for (const found of contents.keys(value)) keys.learn(found);
  const places = depth < DEPTH_MAX ? contents.inside(value, keys) : [];
  const inner = places.flatMap((place): InnerPart[] => {
    if (place.octets instanceof Uint8Array) {
      const part = takeApart(place.contents, place.octets, keys, depth + 1);
      return part === undefined ? [] : [{ place, part }];
    }
    if ('plaintext' in place.octets) {
      const { plaintext, key } = place.octets;
      const part = takeApart(place.contents, plaintext, keys, depth + 1);
      return part === undefined ? [] : [{ place, part, key }];
    }
    const unsealed = keys.open(place.octets);
    if (unsealed === undefined) return [];
    const part = takeApart(place.contents, unsealed.plaintext, keys, depth + 1);
    if (part === undefined) return [];
    for (const found of part.contents.keys(part.value)) {
      if (found.kind === 'subkey') keys.pair(unsealed.by, found);
    }
    return [{ place, part, key: unsealed.key }];
  });
  return { contents, bytes, value, inner };
}

const join = (base: string, path: string): string =>
  path === '' || path.startsWith('[') ? base + path : `${base}.${path}`;

/** Rows of a part and of all that stands inside it; `path` names the part. */
export function rowsOf(part: Part, path: string): readonly DissectedField[] {
  const inner = new Map(part.inner.map((one) => [join(path, one.place.path), one]));
  return part.contents.rows(part.bytes, path).flatMap((row): DissectedField[] => {
    const one = inner.get(row.path);
    if (one === undefined) return [row];
    const fields = rowsOf(one.part, `${row.path}.${one.part.contents.type}`);
    if (one.key !== undefined) {
      return [{ ...row, opened: { key: one.key, bytes: one.part.bytes, fields } }];
    }
    // The octets stand at the row's end, behind its tags. Their value is in the rows that follow.
    const start = row.end - one.part.bytes.length;
    const { value: _, ...holder } = row;
    return [holder, ...fields.map((field) => moved(field, start))];
  });
}

/** Rows inside a plaintext count from its own start and stay. */
function moved(field: DissectedField, by: number): DissectedField {
  return { ...field, start: field.start + by, end: field.end + by };
}

/** The JSON of a part with all that stands inside it put where it belongs. */
export function jsonOf(part: Part): unknown {
  const json = part.contents.json(part.value);
  for (const { place, part: inner, key } of part.inner) {
    const value = jsonOf(inner);
    const named =
      key !== undefined && typeof value === 'object' ? { openedBy: key, ...value } : value;
    place.put(json as Fields, named);
  }
  return json;
}
