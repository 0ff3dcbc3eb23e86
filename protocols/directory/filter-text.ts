/** Filters as text: RFC 4515. */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Filter } from './filter.ts';

export type FilterText =
  | { readonly ok: true; readonly filter: Filter }
  /** `at`: the character where reading ended, from 0. */
  | { readonly ok: false; readonly at: number; readonly reason: string };

/** Filters in filters at most. */
const DEPTH_MAX = 64;

interface Reading {
  readonly text: string;
  at: number;
}

/** Reads `(&(objectClass=user)(cn=a*))`; the outer parentheses may be left out of a single item. */
export function parseFilter(text: string): FilterText {
  const whole = text.trimStart().startsWith('(') ? text.trim() : `(${text.trim()})`;
  const from: Reading = { text: whole, at: 0 };
  const filter = read(from, 0);
  if (typeof filter === 'string') return { ok: false, at: from.at, reason: filter };
  if (from.at !== whole.length) return { ok: false, at: from.at, reason: 'the filter ends before' };
  return { ok: true, filter };
}

/** The filter, or what is wrong at `from.at`. */
function read(from: Reading, depth: number): Filter | string {
  if (depth > DEPTH_MAX) return `more than ${DEPTH_MAX} filters in each other`;
  if (from.text[from.at] !== '(') return 'expected "("';
  from.at++;
  const mark = from.text[from.at];
  const filter =
    mark === '&' || mark === '|'
      ? list(from, mark === '&' ? 'and' : 'or', depth)
      : mark === '!'
        ? not(from, depth)
        : item(from);
  if (typeof filter === 'string') return filter;
  if (from.text[from.at] !== ')') return 'expected ")"';
  from.at++;
  return filter;
}

function list(from: Reading, kind: 'and' | 'or', depth: number): Filter | string {
  from.at++;
  const filters: Filter[] = [];
  while (from.text[from.at] === '(') {
    const filter = read(from, depth + 1);
    if (typeof filter === 'string') return filter;
    filters.push(filter);
  }
  return { kind, filters };
}

function not(from: Reading, depth: number): Filter | string {
  from.at++;
  const filter = read(from, depth + 1);
  return typeof filter === 'string' ? filter : { kind: 'not', filter };
}

const ITEM = /([A-Za-z0-9.;-]*)((?::dn)?(?::[A-Za-z0-9.-]+)?:=|[~<>]?=)([^()]*)/y;

const COMPARISONS = {
  '=': 'equal',
  '~=': 'approximate',
  '>=': 'greaterOrEqual',
  '<=': 'lessOrEqual',
} as const;

function item(from: Reading): Filter | string {
  ITEM.lastIndex = from.at;
  const match = ITEM.exec(from.text);
  if (match === null) return 'expected an attribute and =, ~=, >=, <= or :=';
  const [whole, attribute = '', operator = '', assertion = ''] = match;
  const wrong = /\\(?![0-9A-Fa-f]{2})/.exec(assertion);
  if (wrong !== null) {
    from.at += whole.length - assertion.length + wrong.index;
    return 'expected two hexadecimal digits behind "\\"';
  }
  if (operator.endsWith(':=')) {
    const [, dn, rule] = /^(:dn)?(?::([A-Za-z0-9.-]+))?:=$/i.exec(operator) ?? [];
    if (attribute === '' && rule === undefined) return 'expected an attribute or a matching rule';
    from.at += whole.length;
    return {
      kind: 'extensible',
      ...(rule === undefined ? {} : { rule }),
      ...(attribute === '' ? {} : { attribute }),
      value: octets(assertion),
      dnAttributes: dn !== undefined,
    };
  }
  if (attribute === '') return 'expected an attribute';
  from.at += whole.length;
  if (operator === '=' && assertion === '*') return { kind: 'present', attribute };
  if (operator === '=' && assertion.includes('*')) return substrings(attribute, assertion);
  const kind = COMPARISONS[operator as keyof typeof COMPARISONS];
  return { kind, attribute, value: octets(assertion) };
}

function substrings(attribute: string, assertion: string): Filter {
  const parts = assertion.split('*');
  const initial = parts[0] ?? '';
  const final = parts[parts.length - 1] ?? '';
  return {
    kind: 'substrings',
    attribute,
    ...(initial === '' ? {} : { initial: octets(initial) }),
    any: parts
      .slice(1, -1)
      .filter((part) => part !== '')
      .map(octets),
    ...(final === '' ? {} : { final: octets(final) }),
  };
}

/** `\2a` is an octet; everything else is UTF-8. */
function octets(text: string): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\\') {
      out.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 3;
      continue;
    }
    const end = text.indexOf('\\', at);
    const plain = text.slice(at, end < 0 ? text.length : end);
    out.push(...utf8(plain));
    at += plain.length;
  }
  return Uint8Array.from(out);
}
