/** Compares a decoded message (or an actor's view) with the fields that a scenario expects. */
import { nearest } from '../schema/nearest.ts';

/** One field that is not as expected. */
export interface Difference {
  readonly path: string;
  /** What was expected and what is there, as a clause. */
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every expected field that `actual` does not have so. A path (`reqBody.sname`, `padata[0].padataType`)
 * that goes through a list means any of its items. An expected `null` means that the field is
 * absent, a list that the items are contained in this order, a map that its own paths match.
 */
export function differences(expected: Fields, actual: unknown): readonly Difference[] {
  const found: Difference[] = [];
  for (const [path, value] of Object.entries(expected)) {
    const candidates = valuesAt(actual, path);
    if (matches(value, candidates)) continue;
    found.push({ path, text: clause(path, value, candidates, actual) });
  }
  return found;
}

/** What stands at a path. Names may have dots in them, so at each level the shortest one that is there counts. */
function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (path === '') return value === undefined ? [] : [value];
  if (Array.isArray(value)) {
    const index = /^\[?(\d+)\]?(?:$|\.|(?=\[))/.exec(path);
    if (index !== null) return valuesAt(value[Number(index[1])], path.slice(index[0].length));
    return value.flatMap((item) => valuesAt(item, path));
  }
  if (!isFields(value)) return [];
  for (const end of endsOf(path)) {
    const name = path.slice(0, end);
    if (Object.hasOwn(value, name))
      return valuesAt(value[name], path.slice(end).replace(/^\./, ''));
  }
  return [];
}

/** Where the first name of a path may end. */
function endsOf(path: string): readonly number[] {
  return [...Array.from(path.matchAll(/[.[]/g), (match) => match.index), path.length];
}

function matches(expected: unknown, candidates: readonly unknown[]): boolean {
  if (expected === null) return candidates.length === 0;
  if (Array.isArray(expected)) {
    return [candidates, ...candidates].some(
      (list) => Array.isArray(list) && contains(list, expected),
    );
  }
  if (isFields(expected)) {
    const items = candidates.flatMap((c) => (Array.isArray(c) ? c : [c]));
    return items.some((item) => differences(expected, item).length === 0);
  }
  return candidates.some((c) =>
    Array.isArray(c) ? c.some((i) => same(expected, i)) : same(expected, c),
  );
}

function contains(list: readonly unknown[], expected: readonly unknown[]): boolean {
  let next = 0;
  for (const item of list) {
    if (next < expected.length && matches(expected[next], [item])) next++;
  }
  return next === expected.length;
}

/** A number may be written as a text, and a text as a number: YAML decides by how it looks. */
function same(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true;
  const plain = (value: unknown): boolean => ['string', 'number', 'bigint'].includes(typeof value);
  return plain(expected) && plain(actual) && String(expected) === String(actual);
}

function clause(
  path: string,
  expected: unknown,
  candidates: readonly unknown[],
  actual: unknown,
): string {
  if (candidates.length === 0) {
    return `${path} is absent${missingHint(
      actual,
      path.split(/[.[\]]+/).filter((part) => part !== ''),
    )}, expected ${printed(expected)}`;
  }
  const came = candidates.map(printed).join(' and ');
  if (expected === null) return `${path} is ${came}, expected it to be absent`;
  const word = Array.isArray(expected) ? 'expected it to contain' : 'expected';
  return `${path} is ${came}, ${word} ${printed(expected)}`;
}

/** ` (no "errorcode", nearest is "errorCode")`: a misspelt path looks like an absent field. */
function missingHint(actual: unknown, parts: readonly string[]): string {
  let standing: readonly unknown[] = [actual];
  for (const part of parts) {
    const next = standing.flatMap((value) => valuesAt(value, part));
    if (next.length > 0) {
      standing = next;
      continue;
    }
    const known = new Set(
      standing
        .flatMap((v) => (Array.isArray(v) ? v : [v]))
        .flatMap((v) => (isFields(v) ? Object.keys(v) : [])),
    );
    const near = nearest(part, known);
    if (near !== undefined) return ` (no "${part}", nearest is "${near}")`;
    return known.size === 0 ? '' : ` (no "${part}", there are: ${[...known].join(', ')})`;
  }
  return '';
}

const PRINTED_MAX = 200;

/** A value in a line, cut where it gets long. */
export function printed(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > PRINTED_MAX ? `${text.slice(0, PRINTED_MAX)}...` : text;
}
