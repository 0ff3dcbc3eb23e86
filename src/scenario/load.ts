/**
 * A scenario file's text to a {@link Scenario}: every word in it is checked, and everything that is
 * wrong is reported at once, each with its place and the nearest word that would be right.
 */
import type { Args } from '../machine/actor.ts';
import { unknownWord, withArticle } from '../schema/nearest.ts';
import { type Cast, check, type Infer, type Schema, type SecretText } from '../schema/schema.ts';
import type { Fault } from '../sim/faults.ts';
import { NET } from '../sim/network.ts';
import type { Context, Report, Vocabulary } from './context.ts';
import { expectationProblems } from './expectations.ts';
import {
  type ACTOR,
  act,
  actorFields,
  FAULT_FORMS,
  file as fileSchema,
  type when,
} from './format.ts';
import type { CastMember, RoleDefinition } from './role.ts';
import { type Due, type Scenario, ScenarioError, type ScriptEntry } from './scenario.ts';
import { type Path, type PlacedProblem, readYaml } from './yaml.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a scenario. `file` is for messages and the scenario's name. @throws ScenarioError */
export function loadScenario(file: string, text: string, vocabulary: Vocabulary): Scenario {
  const yaml = readYaml(text);
  const problems: PlacedProblem[] = [...yaml.problems];
  const report: Report = (path, message, atKey = false) => {
    problems.push({ ...yaml.place(path, atKey), message });
  };
  const scenario =
    yaml.problems.length > 0 ? undefined : read(file, text, yaml.value, vocabulary, report);
  if (scenario === undefined || problems.length > 0) throw new ScenarioError(file, problems);
  return { ...scenario, place: (path) => yaml.place(path, false) };
}

/** `password-sign-in` of `scenarios/password-sign-in.yaml`. */
export function scenarioName(file: string): string {
  const base = file.split(/[/\\]/).at(-1) ?? file;
  return base.replace(/\.ya?ml$/i, '');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(
  file: string,
  text: string,
  value: unknown,
  vocabulary: Vocabulary,
  report: Report,
): Omit<Scenario, 'place'> | undefined {
  if (!isFields(value)) {
    report([], 'expected a scenario, a map that begins with "scenario: 1"');
    return undefined;
  }
  const roles = new Map(vocabulary.roles.map((role) => [role.role, role]));
  const rawActors = isFields(value.actors) ? value.actors : {};
  const { messages } = vocabulary;
  const context: Context = { roles, messages, cast: castOf(rawActors, roles), report };
  const checked = check(fileSchema, value, context.cast);
  if (!checked.ok)
    for (const { path, message, atKey } of checked.problems) report(path, message, atKey);
  const { actors, skews } = readActors(rawActors, context);
  const script = listIn(value.script).map((entry, i) => readEntry(entry, i, context));
  const faults = listIn(value.faults).map((entry, i) => readFault(entry, i, context));
  if (!checked.ok) return undefined;
  const { scenario: _, expect, ...header } = checked.value;
  checkLinks(header.links, report);
  expectationProblems(expect, context);
  return {
    ...header,
    name: scenarioName(file),
    file,
    text,
    actors,
    skews,
    script: script.filter((entry) => entry !== undefined),
    faults: faults.filter((fault) => fault !== undefined),
    expect,
  };
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Names and roles, before anything else is known to be right: other entries refer to them. */
function castOf(actors: Fields, roles: ReadonlyMap<string, RoleDefinition>): Cast {
  const cast: Record<string, { role: string }> = {};
  for (const [name, entry] of Object.entries(actors)) {
    const role = isFields(entry) && typeof entry.role === 'string' ? entry.role : '';
    cast[name] = { role: roles.has(role) ? role : '' };
  }
  return cast;
}

const ACTOR_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

function readActors(
  entries: Fields,
  { roles, cast, report }: Context,
): Pick<Scenario, 'actors' | 'skews'> {
  const actors: Record<string, CastMember> = {};
  const skews: Record<string, number> = {};
  const words = [...roles.keys()];
  for (const [name, entry] of Object.entries(entries)) {
    const path = ['actors', name];
    if (name === NET)
      report(path, `"${NET}" is the network itself: name the actor differently`, true);
    else if (!ACTOR_NAME.test(name)) {
      report(path, `"${name}": a name is a letter, then letters, digits, "-" and "_"`, true);
    }
    if (!isFields(entry)) {
      report(path, `${name}: expected a map that begins with "role:" (one of ${words.join(', ')})`);
      continue;
    }
    const word = entry.role;
    const definition = typeof word === 'string' ? roles.get(word) : undefined;
    if (definition === undefined) {
      const near = typeof word === 'string' ? unknownWord('role', word, words) : undefined;
      report([...path, 'role'], near ?? `role: expected one of ${words.join(', ')}`);
      continue;
    }
    const parsed = checked(actorFields(definition), entry, path, cast, report);
    if (parsed === undefined) continue;
    const { role, clock, ...config } = parsed as Infer<typeof ACTOR>;
    if (clock !== undefined && clock !== 0) skews[name] = clock;
    actors[name] = { role, config };
  }
  return { actors, skews };
}

/** The value that `schema` gives, or undefined after its problems are reported below `path`. */
function checked<T>(
  schema: Schema<T>,
  value: unknown,
  path: Path,
  cast: Cast,
  report: Report,
): T | undefined {
  const result = check(schema, value, cast);
  if (result.ok) return result.value;
  for (const problem of result.problems) {
    report([...path, ...problem.path], problem.message, problem.atKey);
  }
  return undefined;
}

function readEntry(entry: unknown, i: number, context: Context): ScriptEntry | undefined {
  const { cast, report } = context;
  const path = ['script', i];
  const value = checked(act, entry, path, cast, report);
  if (value === undefined) return undefined;
  const due = readDue(value, i, context);
  const command = readCommand(value.do, [...path, 'do'], `script[${i}]`, context);
  return due === undefined || command === undefined ? undefined : { due, ...command };
}

function readDue(entry: Infer<typeof act>, i: number, context: Context): Due | undefined {
  const { report } = context;
  const { at, when: state, after } = entry;
  if (at !== undefined) {
    if (state === undefined && after === undefined) return { kind: 'at', at };
    report(['script', i, 'at'], '"at" is a time by itself: remove it, or "when" and "after"', true);
    return undefined;
  }
  if (state !== undefined) {
    stateProblem(state, ['script', i, 'when'], context);
    return { kind: 'state', ...state, after: after ?? 0 };
  }
  if (after === undefined) {
    report(['script', i], 'expected "at: 0s", "when: { actor, state }" or "after: 5s" beside "do"');
    return undefined;
  }
  if (i === 0)
    report(['script', i, 'after'], 'there is no entry before the first: write "at"', true);
  return { kind: 'previous', after };
}

function stateProblem(
  { actor, state }: Pick<Infer<typeof when>, 'actor' | 'state'>,
  path: Path,
  { roles, cast, report }: Context,
): void {
  const role = roles.get(cast[actor]?.role ?? '');
  if (role === undefined || role.states.includes(state)) return;
  report([...path, 'state'], unknownWord(`state of ${withArticle(role.role)}`, state, role.states));
}

function readCommand(
  entry: Fields,
  path: Path,
  place: string,
  { roles, cast, report }: Context,
): Pick<ScriptEntry, 'actor' | 'verb' | 'args'> | undefined {
  const { actor, ...rest } = entry;
  if (typeof actor !== 'string' || !Object.hasOwn(cast, actor)) {
    if (typeof actor === 'string') {
      report([...path, 'actor'], unknownWord('actor', actor, Object.keys(cast)));
    } else report([...path, 'actor'], 'actor: expected the name of an actor');
    return undefined;
  }
  const role = roles.get(cast[actor]?.role ?? '');
  if (role === undefined) return undefined; // its own entry has been complained about
  const verbs = Object.keys(role.verbs);
  const words = Object.keys(rest);
  const verb = words.find((word) => Object.hasOwn(role.verbs, word));
  if (verb === undefined) {
    const [first] = words;
    if (first === undefined) report(path, `what does ${actor} do? ${can(role.role, verbs)}`);
    else
      report(
        [...path, first],
        `${unknownWord('verb', first, verbs)}; ${can(role.role, verbs)}`,
        true,
      );
    return undefined;
  }
  const schema = (role.verbs[verb] as RoleDefinition['verbs'][string]).schema;
  const args = checked(schema, rest, path, cast, report);
  return args === undefined ? undefined : { actor, verb, args: placed(args as Fields, place) };
}

function can(role: string, verbs: readonly string[]): string {
  return verbs.length === 0
    ? `${withArticle(role)} does nothing by itself`
    : `${withArticle(role)}: ${verbs.join(', ')}`;
}

/** Secrets learn where they stand, because the trace says that instead of them. */
function placed(args: Fields, place: string): Args {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const isSecret = isFields(value) && typeof value.secret === 'string' && value.from === '';
    out[name] = isSecret
      ? { ...(value as unknown as SecretText), from: `${place}.${name}` }
      : value;
  }
  return out as Args;
}

function readFault(entry: unknown, i: number, { cast, report }: Context): Fault | undefined {
  const path = ['faults', i];
  if (!isFields(entry)) {
    report(path, `expected a fault such as ${FAULT_FORMS[0]?.example ?? ''}`);
    return undefined;
  }
  const form = FAULT_FORMS.find(({ marks }) => marks.every((mark) => mark in entry));
  if (form === undefined) {
    report(path, 'expected "link: [actor, actor]" or "actor: name" (see `kerblab list faults`)');
    return undefined;
  }
  const parsed = checked(form.schema, entry, path, cast, report);
  return parsed === undefined ? undefined : form.fault(parsed);
}

function checkLinks(links: Scenario['links'], report: Report): void {
  const seen = new Set<string>();
  for (const [i, { between }] of links.entries()) {
    const pair = [...between].sort().join(' - ');
    if (between[0] === between[1]) report(['links', i, 'between', 1], 'expected another actor');
    else if (seen.has(pair)) report(['links', i], `${pair} are linked above already`);
    seen.add(pair);
  }
}
