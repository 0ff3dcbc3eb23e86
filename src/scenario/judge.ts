/**
 * What a scenario expects, held against what happened. A failure says what was expected in words,
 * which step came nearest and what was different there.
 */
import type { TraceRecord } from '../trace/record.ts';
import { type Difference, differences, printed } from './match.ts';
import { type Point, pointsOf } from './points.ts';
import type { Expectations, Matcher } from './scenario.ts';

/** How an actor ended. */
export interface Ending {
  readonly state: string;
  readonly view: unknown;
}

export interface Happened {
  readonly records: readonly TraceRecord[];
  readonly endings: Readonly<Record<string, Ending>>;
  /** The decoded and decrypted message of a `received` or `sent` point. */
  value(point: Point): unknown;
}

/** An expectation that did not hold. */
export interface Failure {
  /** Where it stands in the file: `['expect', 'trace', 2]`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** The step that it is about, or that came nearest. */
  readonly seq?: number;
}

/** Judges everything; `neverOnly` where chance may have kept the rest from happening. */
export function judge(
  expect: Expectations,
  happened: Happened,
  neverOnly = false,
): readonly Failure[] {
  const points = pointsOf(happened.records);
  const never = neverFailures(expect.never, points, happened);
  if (neverOnly) return never;
  return [
    ...traceFailures(expect.trace, points, happened),
    ...never,
    ...endFailures(expect.end, happened),
  ];
}

function traceFailures(
  matchers: readonly Matcher[],
  points: readonly Point[],
  happened: Happened,
): readonly Failure[] {
  let next = 0;
  for (const [i, matcher] of matchers.entries()) {
    const found = points.findIndex((point, at) => at >= next && meets(matcher, point, happened));
    if (found >= 0) {
      next = found + 1;
      continue;
    }
    const path = ['expect', 'trace', i];
    // What comes after a step that did not happen is not judged: its place in the order is unknown.
    return [{ path, ...missing(matcher, points, next, happened) }];
  }
  return [];
}

function meets(matcher: Matcher, point: Point, happened: Happened): boolean {
  return comesNear(matcher, point) && fieldsOf(matcher, point, happened).length === 0;
}

/** Everything but `with`. */
function comesNear(matcher: Matcher, point: Point): boolean {
  const { actor, sent, received, state, rejected, says } = matcher;
  const { record, kind, wire } = point;
  if (actor !== undefined && record.actor !== actor) return false;
  if (kind !== kindOf(matcher)) return false;
  if (sent !== undefined && wire?.message !== sent) return false;
  if (received !== undefined && wire?.message !== received) return false;
  if (state !== undefined && record.to !== state) return false;
  if (says !== undefined && !`${wire?.text}`.includes(says)) return false;
  return rejected === undefined || record.effects.some((effect) => effect.kind === 'rejected');
}

function kindOf({ sent, received, state, says }: Matcher): Point['kind'] {
  if (sent !== undefined) return 'sent';
  if (received !== undefined) return 'received';
  if (says !== undefined) return 'note';
  return state !== undefined ? 'state' : 'rejected';
}

function fieldsOf(matcher: Matcher, point: Point, happened: Happened): readonly Difference[] {
  return matcher.with === undefined ? [] : differences(matcher.with, happened.value(point));
}

/** Why a step of the trace was not found. */
function missing(
  matcher: Matcher,
  points: readonly Point[],
  from: number,
  happened: Happened,
): Omit<Failure, 'path'> {
  const what = sentence(matcher);
  const near = nearestOf(matcher, points.slice(from), happened);
  if (near !== undefined) {
    const { record } = near.point;
    const clauses = near.differences.map((d) => d.text).join('; ');
    return {
      seq: record.seq,
      text: `${what}: it did not; nearest is ${stepName(record)}, where ${clauses}`,
    };
  }
  const before = points.slice(0, from).find((point) => meets(matcher, point, happened));
  if (before !== undefined) {
    const last = points[from - 1]?.record;
    const after = last === undefined ? '' : `, and not again after ${stepName(last)}`;
    return {
      seq: before.record.seq,
      text: `${what}: it did only in ${stepName(before.record)}${after}`,
    };
  }
  const other = points.find((point) => comesNear(without(matcher), point));
  if (other !== undefined) {
    return { seq: other.record.seq, text: `${what}: it did not; ${elsewhere(matcher, other)}` };
  }
  return { text: `${what}: it never did` };
}

/** The same without what is easily confused: who did it, and in which state that ended. */
function without({ sent, received, state, rejected, says }: Matcher): Matcher {
  if (sent !== undefined) return { sent };
  if (received !== undefined) return { received };
  if (says !== undefined) return { says };
  if (state !== undefined) return { state };
  return rejected === undefined ? {} : { rejected };
}

function elsewhere(matcher: Matcher, { record }: Point): string {
  const who = record.actor === matcher.actor ? '' : `${record.actor} did, `;
  const state = matcher.state === undefined ? '' : `, which ends in ${record.to}`;
  return `${who}in ${stepName(record)}${state}`;
}

/** Of the points that differ in fields only, the one with the fewest differences, the first of those. */
function nearestOf(
  matcher: Matcher,
  points: readonly Point[],
  happened: Happened,
): { readonly point: Point; readonly differences: readonly Difference[] } | undefined {
  let best: { point: Point; differences: readonly Difference[] } | undefined;
  for (const point of points) {
    if (!comesNear(matcher, point)) continue;
    const found = fieldsOf(matcher, point, happened);
    if (best === undefined || found.length < best.differences.length)
      best = { point, differences: found };
  }
  return best;
}

function neverFailures(
  matchers: readonly Matcher[],
  points: readonly Point[],
  happened: Happened,
): readonly Failure[] {
  return matchers.flatMap((matcher, i) => {
    const found = points.find((point) => meets(matcher, point, happened));
    if (found === undefined) return [];
    const { seq } = found.record;
    const why = found.kind === 'rejected' ? `: ${rejection(found)}` : '';
    const text = `never: ${sentence(matcher)}: it did in ${stepName(found.record)}${why}`;
    return [{ path: ['expect', 'never', i], seq, text }];
  });
}

function rejection({ wire }: Point): string {
  const expected = Array.isArray(wire?.expected) ? wire.expected.join(' or ') : '';
  const wanted = expected === '' ? 'nothing more' : expected;
  return `in state ${String(wire?.state)} came ${String(wire?.got)}, expected ${wanted}`;
}

function endFailures(end: Expectations['end'], { endings, records }: Happened): readonly Failure[] {
  return Object.entries(end).flatMap(([name, expected]) => {
    const [actor = '', ...rest] = name.split('.');
    const ending = endings[actor];
    const text =
      ending === undefined ? `there is no ${actor}` : endProblem(name, rest, expected, ending);
    if (text === undefined) return [];
    const last = records.findLast((record) => record.actor === actor)?.seq;
    return [{ path: ['expect', 'end', name], text, ...(last === undefined ? {} : { seq: last }) }];
  });
}

function endProblem(
  name: string,
  rest: readonly string[],
  expected: unknown,
  { state, view }: Ending,
): string | undefined {
  if (rest.length === 0 && typeof expected === 'string') {
    return state === expected ? undefined : `${name} ends in ${state}, expected ${expected}`;
  }
  const fields = rest.length === 0 ? expected : { [rest.join('.')]: expected };
  const found = differences(fields as Readonly<Record<string, unknown>>, view);
  if (found.length === 0) return undefined;
  return `${name} ends otherwise: ${found.map((d) => d.text).join('; ')}`;
}

/** `step 17 (86ms, dc1)`. */
export function stepName({ seq, at, actor }: TraceRecord): string {
  return `step ${seq} (${formatTime(at)}, ${actor})`;
}

/** Virtual time for people: `86ms`, `1.204s`, `8d 00:30:00.020`. */
export function formatTime(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(3)}s`;
  const days = Math.floor(ms / 86_400_000);
  const clock = new Date(ms % 86_400_000).toISOString().slice(11, 23);
  return days === 0 ? clock : `${days}d ${clock}`;
}

/** The matcher in words: `dc1 sends KRB-ERROR with errorCode KDC_ERR_PREAUTH_REQUIRED`. */
export function sentence(matcher: Matcher): string {
  const { actor = 'an actor', sent, received, state, rejected, says } = matcher;
  const parts: string[] = [];
  if (sent !== undefined) parts.push(`sends ${sent}`);
  if (received !== undefined) parts.push(`receives ${received}`);
  if (matcher.with !== undefined) {
    const fields = Object.entries(matcher.with).map(([path, value]) => `${path} ${printed(value)}`);
    parts.push(`with ${fields.join(', ')}`);
  }
  if (state !== undefined)
    parts.push((sent ?? received) ? `and ends in ${state}` : `becomes ${state}`);
  if (rejected !== undefined) parts.push('rejects what came');
  if (says !== undefined) parts.push(`says “${says}”`);
  return `${actor} ${parts.join(' ')}`;
}
