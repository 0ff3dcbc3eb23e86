/**
 * YAML text to plain values, with the place of each. Scenario files are data: anchors, aliases, tags
 * and several documents are refused, and so is what only serves to exhaust the reader.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';

/** Octets of UTF-16 text; real files have a few thousand. */
const LENGTH_MAX = 512 * 1024;
const DEPTH_MAX = 64;
const INDENT_MAX = 200;

/** Line and column from 1, as editors count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedProblem extends Place {
  readonly message: string;
}

export type Path = readonly (string | number)[];

export interface YamlText {
  /** Maps, lists, texts, numbers, truth values and null; undefined when nothing could be read. */
  readonly value: unknown;
  readonly problems: readonly PlacedProblem[];
  /** Where the value (or, `atKey`, its name) stands; of what is not there, what would hold it. */
  place(path: Path, atKey: boolean): Place;
}

/** Reads one document; never throws, whatever the text. */
export function readYaml(text: string): YamlText {
  const refused = excess(text);
  if (refused !== undefined) {
    return { value: undefined, problems: [refused], place: () => ({ line: 1, column: 1 }) };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Quadratic in the library; `plain` looks for repeated keys in one pass.
    uniqueKeys: false,
    logLevel: 'silent',
    version: '1.2',
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // Warnings are about tags, which `plain` refuses by itself.
  const problems: PlacedProblem[] = document.errors.map((error) => ({
    ...placeAt(error.pos[0]),
    message: `bad YAML: ${sentence(error.message)}${hintFor(error.code)}`,
  }));
  const report = (offset: number, message: string): void => {
    problems.push({ ...placeAt(offset), message });
  };
  const { contents } = document;
  const value = problems.length > 0 ? undefined : plain(contents, report);
  return {
    value,
    problems,
    place: (path, atKey) => placeAt(offsetOf(contents, path, atKey)),
  };
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: ' (indent with spaces, not with tabs)',
  BAD_INDENT: ' (lines of one map or list must start in the same column)',
  MISSING_CHAR: ' (a bracket, quote or comma is missing, here or on a line above)',
  MULTILINE_IMPLICIT_KEY: ' (is a colon missing, or a line not indented?)',
  BLOCK_AS_IMPLICIT_KEY: ' (put a text that contains ": " in quotes)',
  MULTIPLE_DOCS: ' (one file is one scenario: remove "---")',
  UNEXPECTED_TOKEN: ' (is a quote or a bracket missing, or a comma too many?)',
};

function hintFor(code: string): string {
  return HINTS[code] ?? '';
}

/**
 * What would take the parser long, or more stack than there is. The lexer works without recursion,
 * so it can judge any text.
 */
function excess(text: string): PlacedProblem | undefined {
  if (text.length > LENGTH_MAX) {
    const message = `the file is longer than ${LENGTH_MAX} characters: is this a scenario?`;
    return { line: 1, column: 1, message };
  }
  let depth = 0;
  let indicators = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    else if (token === '-' || token === '?') indicators++;
    else if (token.includes('\n')) indicators = 0;
    const deep = depth > DEPTH_MAX || indicators > DEPTH_MAX;
    if (deep || (token.length > INDENT_MAX && token.trim() === '' && !token.includes('\n'))) {
      return { ...placeIn(text, offset), message: 'nested too deeply' };
    }
    // The lexer marks the beginning of documents and scalars with characters of its own.
    if (token !== '\x02' && token !== '\x18' && token !== '\x1f') offset += token.length;
  }
  return undefined;
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

type Report = (offset: number, message: string) => void;

function plain(node: unknown, report: Report): unknown {
  if (node === null || node === undefined) return null;
  const start = startOf(node);
  if (isAlias(node)) {
    report(start, `"*${node.source}": scenario files have no aliases, write the value out`);
    return null;
  }
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined) {
    report(start, `"&${anchor}": scenario files have no anchors, write the value out`);
  }
  if (tag !== undefined) report(start, `"${tag}": scenario files have no tags, remove it`);
  if (isScalar(node)) return scalar(node.value, start, report);
  if (isSeq(node)) return node.items.map((item) => plain(item, report));
  if (!isMap(node)) return null;
  const out: Record<string, unknown> = {};
  for (const { key, value } of node.items) {
    const name = nameOf(key);
    if (name === undefined) report(startOf(key), 'the name of a field must be a word');
    else if (name === '__proto__') report(startOf(key), `unknown field "${name}"`);
    else if (Object.hasOwn(out, name)) {
      report(startOf(key), `"${name}" stands here twice: remove one, or name one differently`);
    } else out[name] = plain(value, report);
  }
  return out;
}

function scalar(value: unknown, start: number, report: Report): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    report(start, `"${value}" is no number that can be used here`);
    return 0;
  }
  return value;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/** Nothing is written there. */
function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.source === '');
}

/** Pairs by name: a file with many problems asks for many places in one map. */
const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  let index = indexes.get(map);
  if (index === undefined) {
    const named = map.items.map((pair): [string, Pair] => [nameOf(pair.key) ?? '', pair]);
    index = new Map(named.reverse()); // of repeated names the first counts
    indexes.set(map, index);
  }
  return index.get(name);
}

/** The name of a field as it was written; undefined where a list or map stands in its place. */
function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.source ?? key.value) : undefined;
}

function offsetOf(contents: unknown, path: Path, atKey: boolean): number {
  let node: unknown = contents;
  let offset = startOf(contents);
  for (const [i, part] of path.entries()) {
    const pair = isMap(node) ? pairOf(node, String(part)) : undefined;
    const next = isSeq(node) ? node.items[Number(part)] : pair?.value;
    if (pair === undefined && next === undefined) return offset;
    const atName = pair !== undefined && (isEmpty(next) || (atKey && i === path.length - 1));
    offset = startOf(atName ? pair.key : next);
    if (isEmpty(next)) return offset;
    node = next;
  }
  return offset;
}

/** Plain values as YAML, for people. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 100, singleQuote: false, flowCollectionPadding: true });
}
