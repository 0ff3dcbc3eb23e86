/** Search filters: RFC 4511 §4.5.1.7 with the matching rules of MS-ADTS 3.1.1.3.4.4. */
import { fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import type { Directory } from './directory.ts';
import { parseBase, parseGuid } from './dn.ts';
import { type Entry, reference, referred, type Value } from './entry.ts';
import { resolveBase, sidOctets } from './names.ts';
import { type AttributeSchema, attribute, classSchema } from './schema.ts';
import { indexForm, isReference, type Syntax } from './syntax.ts';
import { dataAndName } from './values.ts';

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'equal' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate';
      readonly attribute: string;
      readonly value: Uint8Array;
    }
  | {
      readonly kind: 'substrings';
      readonly attribute: string;
      readonly initial?: Uint8Array;
      readonly any: readonly Uint8Array[];
      readonly final?: Uint8Array;
    }
  | {
      readonly kind: 'extensible';
      readonly rule?: string;
      readonly attribute?: string;
      readonly value: Uint8Array;
      readonly dnAttributes: boolean;
    };

/** LDAP_MATCHING_RULE_* of MS-ADTS 3.1.1.3.4.4. */
export const MatchingRule = {
  BIT_AND: '1.2.840.113556.1.4.803',
  BIT_OR: '1.2.840.113556.1.4.804',
  TRANSITIVE_EVAL: '1.2.840.113556.1.4.1941',
  DN_WITH_DATA: '1.2.840.113556.1.4.2253',
} as const;

/**
 * Where matching looks an object's values up. Undefined: a filter says nothing about the attribute,
 * since the requester may not read it, or since it is computed (MS-ADTS 3.1.1.3.1.3.1).
 */
export type ValuesOf = (entry: Entry, schema: AttributeSchema) => readonly Value[] | undefined;

/** RFC 4511 §4.5.1.7: true, false, or undefined where a filter item cannot be evaluated. */
export type Predicate = (entry: Entry) => boolean | undefined;

/** Compiled once a search: attributes, rules and assertion values are resolved before any entry. */
export function compileFilter(filter: Filter, directory: Directory, valuesOf: ValuesOf): Predicate {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.filters.map((part) => compileFilter(part, directory, valuesOf));
      return (entry) => {
        let result: boolean | undefined = true;
        for (const part of parts) {
          const each = part(entry);
          if (each === false) return false;
          if (each === undefined) result = undefined;
        }
        return result;
      };
    }
    case 'or': {
      const parts = filter.filters.map((part) => compileFilter(part, directory, valuesOf));
      return (entry) => {
        let result: boolean | undefined = false;
        for (const part of parts) {
          const each = part(entry);
          if (each === true) return true;
          if (each === undefined) result = undefined;
        }
        return result;
      };
    }
    case 'not': {
      const part = compileFilter(filter.filter, directory, valuesOf);
      return (entry) => {
        const each = part(entry);
        return each === undefined ? undefined : !each;
      };
    }
    case 'extensible':
      return compileExtensible(filter, directory, valuesOf);
    default: {
      const schema = attribute(filter.attribute);
      // An attribute that the schema does not know is undefined, not false (MS-ADTS 3.1.1.3.1.3.1).
      if (schema === undefined) return () => undefined;
      return evaluated(schema, valuesOf, compileItem(filter, schema, directory));
    }
  }
}

/** A test of an attribute's values; undefined where they cannot be looked at. */
type Test = (values: readonly Value[]) => boolean | undefined;

function evaluated(schema: AttributeSchema, valuesOf: ValuesOf, test: Test): Predicate {
  return (entry) => {
    const values = valuesOf(entry, schema);
    return values === undefined ? undefined : test(values);
  };
}

type Item = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' | 'extensible' }>;

function compileItem(filter: Item, schema: AttributeSchema, directory: Directory): Test {
  switch (filter.kind) {
    case 'present':
      return (values) => values.length > 0;
    case 'equal':
    case 'approximate': {
      const wanted = assertionForm(schema, filter.value, directory);
      if (wanted === undefined) return () => false;
      return (values) => values.some((value) => indexForm(schema.syntax, value) === wanted);
    }
    case 'greaterOrEqual':
    case 'lessOrEqual': {
      const wanted = assertionForm(schema, filter.value, directory);
      if (wanted === undefined || UNORDERED.has(schema.syntax)) return () => undefined;
      const sign = filter.kind === 'greaterOrEqual' ? 1 : -1;
      return (values) =>
        values.some((value) => sign * order(schema, indexForm(schema.syntax, value), wanted) >= 0);
    }
    case 'substrings':
      return compileSubstrings(filter, schema);
  }
}

/** Syntaxes without a rule for greater and less (MS-ADTS 3.1.1.2.2.4). */
const UNORDERED: ReadonlySet<Syntax> = new Set([
  'boolean',
  'descriptor',
  'dn',
  'dnBinary',
  'dnString',
  'oid',
  'sid',
]);

/** Numbers by their size, the rest by their text. */
function order(schema: AttributeSchema, a: string, b: string): number {
  if (['integer', 'enumeration', 'largeInteger'].includes(schema.syntax)) {
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function compileSubstrings(
  filter: Extract<Filter, { readonly kind: 'substrings' }>,
  schema: AttributeSchema,
): Test {
  // Substrings of names, numbers and descriptors match nothing (MS-ADTS 3.1.1.2.2.4).
  if (isReference(schema.syntax) || schema.syntax === 'descriptor') return () => false;
  const form = (value: Value): string =>
    typeof value === 'string' ? value.toLowerCase() : toHex(value);
  const part = (bytes: Uint8Array | undefined): string | undefined => {
    if (bytes === undefined) return undefined;
    const octets = schema.syntax === 'octets' || schema.syntax === 'sid';
    return octets ? toHex(bytes) : fromUtf8(bytes).toLowerCase();
  };
  const initial = part(filter.initial);
  const any = filter.any.map((bytes) => part(bytes) as string);
  const final = part(filter.final);
  const test = (value: Value): boolean => {
    const text = form(value);
    let at = 0;
    if (initial !== undefined) {
      if (!text.startsWith(initial)) return false;
      at = initial.length;
    }
    for (const piece of any) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return final === undefined || (text.length - final.length >= at && text.endsWith(final));
  };
  return (values) => values.some(test);
}

function compileExtensible(
  filter: Extract<Filter, { readonly kind: 'extensible' }>,
  directory: Directory,
  valuesOf: ValuesOf,
): Predicate {
  const schema = filter.attribute === undefined ? undefined : attribute(filter.attribute);
  if (schema === undefined) return () => undefined;
  switch (filter.rule) {
    case undefined: {
      const item = { kind: 'equal', attribute: schema.name, value: filter.value } as const;
      return evaluated(schema, valuesOf, compileItem(item, schema, directory));
    }
    case MatchingRule.BIT_AND:
    case MatchingRule.BIT_OR:
      return evaluated(schema, valuesOf, bitTest(filter.value, filter.rule));
    case MatchingRule.TRANSITIVE_EVAL: {
      const id = assertedRecord(schema, filter.value, directory);
      if (id === undefined) return () => false;
      return (entry) => reaches(entry, schema, id, directory, valuesOf);
    }
    case MatchingRule.DN_WITH_DATA: {
      const base = parseBase(fromUtf8(filter.value));
      const id = base === undefined ? undefined : resolveBase(directory, base);
      if (id === undefined) return () => false;
      return evaluated(schema, valuesOf, (values) => values.some((v) => referred(v) === id));
    }
    default:
      return () => undefined; // a rule that Active Directory does not know
  }
}

/** All of the bits, or any. */
function bitTest(value: Uint8Array, rule: string): Test {
  const text = fromUtf8(value);
  if (!/^-?\d{1,19}$/.test(text)) return () => undefined;
  const bits = BigInt.asUintN(64, BigInt(text));
  const all = rule === MatchingRule.BIT_AND;
  return (values) =>
    values.some((each) => {
      if (typeof each !== 'string' || !/^-?\d+$/.test(each)) return false;
      const common = BigInt.asUintN(64, BigInt(each)) & bits;
      return all ? common === bits : common !== 0n;
    });
}

function assertedRecord(
  schema: AttributeSchema,
  value: Uint8Array,
  directory: Directory,
): number | undefined {
  const wanted = assertionForm(schema, value, directory);
  return wanted === undefined ? undefined : referred(wanted);
}

/** Whether following the link from the entry, however often, leads to the record. */
function reaches(
  start: Entry,
  schema: AttributeSchema,
  id: number,
  directory: Directory,
  valuesOf: ValuesOf,
): boolean {
  const seen = new Set<number>([start.id]);
  const queue: Entry[] = [start];
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    for (const value of valuesOf(entry, schema) ?? []) {
      const next = referred(value);
      if (next === id) return true;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      const further = directory.entry(next);
      if (further !== undefined) queue.push(further);
    }
  }
  return false;
}

/** An assertion value in the form in which stored values are compared; undefined: it has no such form. */
export function assertionForm(
  schema: AttributeSchema,
  value: Uint8Array,
  directory: Directory,
): string | undefined {
  const text = fromUtf8(value);
  switch (schema.syntax) {
    case 'sid':
      return toHex(sidOctets(text) ?? value);
    case 'octets': {
      const guid = value.length === 16 ? undefined : parseGuid(text);
      return toHex(guid ?? value);
    }
    case 'descriptor':
      return toHex(value);
    case 'dn': {
      if (schema.name === 'objectCategory' && !text.includes('=')) {
        const category = classSchema(text)?.defaultObjectCategory;
        return category === undefined ? undefined : categoryReference(category, directory);
      }
      const base = parseBase(text);
      const id = base === undefined ? undefined : resolveBase(directory, base);
      return id === undefined ? undefined : reference(id);
    }
    case 'dnBinary':
    case 'dnString': {
      const parts = dataAndName(text);
      const base = typeof parts === 'string' ? undefined : parseBase(parts.name);
      const id = base === undefined ? undefined : resolveBase(directory, base);
      if (typeof parts === 'string' || id === undefined) return undefined;
      return indexForm(schema.syntax, `${parts.data}${reference(id)}`);
    }
    case 'oid':
      return (classSchema(text)?.name ?? attribute(text)?.name ?? text).toLowerCase();
    case 'integer':
    case 'enumeration':
    case 'largeInteger':
      return /^-?\d{1,20}$/.test(text) ? indexForm(schema.syntax, text) : undefined;
    default:
      return indexForm(schema.syntax, text);
  }
}

function categoryReference(className: string, directory: Directory): string | undefined {
  const id = directory.find('lDAPDisplayName', className)[0];
  return id === undefined ? undefined : reference(id);
}
