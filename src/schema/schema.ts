/**
 * Fields of scenario files, declared once: what they accept with which units, what a wrong value is
 * told, and what editors know about them (JSON Schema). It knows no protocol. The only place that
 * imports zod, so that declarations and messages stay ours.
 *
 * ```ts
 * const fields = object({
 *   realm: text('Kerberos realm, in capitals', { example: 'CORP.EXAMPLE' }),
 *   lifetime: defaulted(duration('how long tickets are good for'), '10h'),
 *   dc: optional(actor('where its KDC is', 'domain-controller')),
 * });
 * type Config = Infer<typeof fields>; // { realm: string; lifetime: number; dc?: string }
 * ```
 */
import * as z from 'zod';
import { quoted, unknownWord, withArticle } from './nearest.ts';
import {
  DURATION,
  PERCENTAGE,
  type Read,
  readDuration,
  readPercentage,
  readSkew,
  readTime,
  SKEW,
  TIME,
} from './units.ts';

/** Something that accepts values of a file and gives `T`. */
export type Schema<T = unknown> = z.ZodType<T>;
export type Shape = z.ZodRawShape;
export type ObjectSchema<S extends Shape = Shape> = z.ZodObject<S, z.core.$strict>;
/** What a schema gives for what it accepts. */
export type Infer<S extends z.ZodType> = z.output<S>;

/** A value that people type; it must not be printed. `from` is filled in where the file is read. */
export interface SecretText {
  readonly secret: string;
  readonly from: string;
}

/** One thing wrong with a value. */
export interface Problem {
  /** Where it stands below the checked value: `['actors', 'dc1', 'realm']`. */
  readonly path: readonly (string | number)[];
  /** The name of the last part of `path` is what is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The actors that a file declares, by name, with their roles. */
export type Cast = Readonly<Record<string, { readonly role: string }>>;

/** Whom {@link actor} may name: set while {@link check} runs, which is synchronous. */
let castInCheck: Cast = {};

/** Checks `value`; `cast` is what references to actors are looked up in. All problems are reported. */
export function check<T>(schema: Schema<T>, value: unknown, cast: Cast = {}): Checked<T> {
  castInCheck = cast;
  const result = schema.safeParse(value);
  castInCheck = {};
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const key = typeof path.at(-1) === 'string' ? `${path.at(-1)}: ` : '';
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((name, i) => ({
      path: [...path, name],
      atKey: true,
      message: messages[i] ?? `unknown field "${name}"`,
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path, atKey: true, message }));
  }
  return [{ path, atKey: false, message: `${key}${issue.message}` }];
}

/** What came, for people. */
function came(value: unknown): string {
  if (value === undefined) return 'but it is missing';
  if (value === null) return 'got nothing (write a value after the colon)';
  if (typeof value === 'string') return `got ${quoted(value)}`;
  if (Array.isArray(value)) return 'got a list';
  if (typeof value === 'object') return 'got a map of fields';
  return `got the ${typeof value === 'boolean' ? 'truth value' : 'number'} ${String(value)}`;
}

type Complaint = (issue: { readonly code?: string; readonly input?: unknown }) => string;

function wanted(expected: string, hint?: (input: unknown) => string | undefined): Complaint {
  return ({ input }) => {
    const more = hint?.(input);
    return `expected ${expected}, ${came(input)}${more === undefined ? '' : ` (${more})`}`;
  };
}

/** A text that `read` understands; what it does not is a problem with its reason. */
function readText<T>(about: string, expected: string, read: (text: string) => Read<T>, meta = {}) {
  return z
    .string({ error: wanted(expected, numberHint) })
    .meta({ description: about, ...meta })
    .transform((input, context): T => {
      const result = read(input);
      if (result.ok) return result.value;
      const message = `expected ${expected}, got ${quoted(input)}: ${result.reason}`;
      context.issues.push({ code: 'custom', input, message });
      return z.NEVER;
    });
}

function numberHint(input: unknown): string | undefined {
  return typeof input === 'number' ? 'the unit is missing' : undefined;
}

export interface TextOptions {
  readonly example?: string;
  /** What the whole text must look like, and what that is called: `a SID such as S-1-5-21-...`. */
  readonly pattern?: RegExp;
  readonly expected?: string;
}

/** A text, not empty. */
export function text(about: string, options: TextOptions = {}) {
  const expected = options.expected ?? 'a text';
  const error = wanted(expected, (input) =>
    typeof input === 'number' || typeof input === 'boolean' ? 'put it in quotes' : undefined,
  );
  const schema = z.string({ error }).min(1, { error: `expected ${expected}, got an empty one` });
  const example = options.example === undefined ? {} : { examples: [options.example] };
  const meta = { description: about, ...example };
  if (options.pattern === undefined) return schema.meta(meta);
  return schema.regex(options.pattern, { error: wanted(expected) }).meta(meta);
}

/** What somebody types: it reaches the machine, and no trace. */
export function secret(about: string) {
  const error = wanted('a text', (input) =>
    typeof input === 'number' ? 'put it in quotes' : undefined,
  );
  return z
    .string({ error })
    .meta({ description: about })
    .transform((input): SecretText => ({ secret: input, from: '' }));
}

/** `true` or `false`. */
export function flag(about: string) {
  return z.boolean({ error: wanted('true or false') }).meta({ description: about });
}

export interface IntegerOptions {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number; YAML's `0x5a31` is one too. */
export function integer(about: string, { min = 0, max = 2 ** 32 - 1 }: IntegerOptions = {}) {
  const error = wanted(`a whole number from ${min} to ${max}`);
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ description: about });
}

/** Milliseconds, written `40ms 3s 30m 10h 7d`. */
export function duration(about: string) {
  const pattern = '^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$';
  return readText(about, DURATION, readDuration, { pattern, examples: ['30s'] });
}

/** Milliseconds by which a clock is ahead (`+10m`) or behind (`-10m`). */
export function skew(about: string) {
  const pattern = '^[+-][0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$';
  return readText(about, SKEW, readSkew, { pattern, examples: ['+10m'] });
}

/** 0 to 1, written `0%` to `100%`. */
export function percentage(about: string) {
  const pattern = '^[0-9]+(\\.[0-9]+)?%$';
  return readText(about, PERCENTAGE, readPercentage, { pattern, examples: ['10%'] });
}

/** Milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 has it. */
export function time(about: string) {
  return readText(about, TIME, readTime, {
    format: 'date-time',
    examples: ['2026-03-02T08:00:00Z'],
  });
}

/** One of these words. */
export function oneOf<const W extends readonly [string, ...string[]]>(about: string, words: W) {
  const error: Complaint = ({ input }) =>
    typeof input === 'string'
      ? unknownWord('word', input, words)
      : wanted(`one of ${words.join(', ')}`)({ input });
  return z.enum(words, { error }).meta({ description: about });
}

/** The name of an actor that the file declares, of one of `roles` if there are any. */
export function actor(about: string, ...roles: readonly string[]) {
  const kind = roles.length === 0 ? 'actor' : roles.join(' or ');
  return z
    .string({ error: wanted(`the name of ${withArticle(kind)}`) })
    .meta({ description: `${about} (the name of ${withArticle(kind)})` })
    .check((context) => {
      const message = castProblem(context.value, roles, kind);
      if (message === undefined) return;
      context.issues.push({ code: 'custom', input: context.value, message });
    });
}

function castProblem(name: string, roles: readonly string[], kind: string): string | undefined {
  const cast = castInCheck;
  const fits = (role: string): boolean => roles.length === 0 || roles.includes(role);
  const found = Object.hasOwn(cast, name) ? cast[name] : undefined;
  if (found !== undefined) {
    return fits(found.role)
      ? undefined
      : `"${name}" is ${withArticle(found.role)}, expected ${withArticle(kind)}`;
  }
  const known = Object.keys(cast).filter((other) => fits(cast[other]?.role ?? ''));
  return unknownWord(kind, name, known);
}

/** A list; a single value is not one. */
export function listOf<S extends z.ZodType>(
  about: string,
  item: S,
  options: { readonly min?: number; readonly max?: number } = {},
) {
  const { min = 0, max = 10_000 } = options;
  return z
    .array(item, { error: wanted('a list (in [ ], or one item a line after "-")') })
    .min(min, { error: `expected at least ${min} of them` })
    .max(max, { error: `expected at most ${max} of them` })
    .meta({ description: about });
}

/** Exactly two of them. */
export function pairOf<S extends z.ZodType>(about: string, item: S) {
  const error = wanted('a list of two');
  return z.tuple([item, item], { error }).meta({ description: about });
}

/** A map from names that the author chooses to values; `key` says which names, where not all will do. */
export function record<S extends z.ZodType>(
  about: string,
  value: S,
  key: z.ZodType<string, string> = z.string(),
) {
  return z.record(key, value, { error: wanted('a map') }).meta({ description: about });
}

/** A map with these fields and no others. */
export function object<S extends Shape>(shape: S, about?: string) {
  const known = Object.keys(shape);
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((name) => unknownWord('field', name, known)).join('\n')
        : wanted(`a map with the fields ${known.join(', ')}`)(issue),
  });
  return about === undefined ? schema : schema.meta({ description: about });
}

/** A value of one schema or another; `expected` says both for people. */
export function either<const A extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  about: string,
  expected: string,
  schemas: A,
) {
  return z.union(schemas, { error: wanted(expected) }).meta({ description: about });
}

/** This very value: the format's version. */
export function exactly<const V extends string | number | boolean>(about: string, value: V) {
  return z.literal(value, { error: wanted(String(value)) }).meta({ description: about });
}

/** Any value at all, as YAML has it. */
export function anything(about: string) {
  return z.unknown().meta({ description: about });
}

/** The field may be left out; then it is absent, and nothing takes its place. */
export function optional<S extends z.ZodType>(schema: S) {
  return z.exactOptional(schema);
}

/** The field may be left out; then `value` stands there, written as in a file (`10h`). */
export function defaulted<S extends z.ZodType>(schema: S, value: z.input<S>) {
  return z.prefault(schema, value as z.core.util.NoUndefined<z.input<S>>);
}

/** A JSON Schema (2020-12), as far as it is made and read here. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** What a file may hold, for editors and documentation: units as texts, defaults as written. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest as JsonSchema;
}
