/** A scenario as it was read: checked, units resolved, defaults filled in. Times in milliseconds. */
import type { Args } from '../machine/actor.ts';
import type { Fault } from '../sim/faults.ts';
import type { Link } from '../sim/network.ts';
import type { CastMember } from './role.ts';
import type { Path, Place, PlacedProblem } from './yaml.ts';

export interface Scenario {
  /** The file's name without folder and `.yaml`. */
  readonly name: string;
  readonly file: string;
  /** The file as it stands. */
  readonly text: string;
  readonly title: string;
  readonly about: string;
  readonly specs: readonly string[];
  readonly seed: number;
  /** Milliseconds since 1970-01-01T00:00:00Z at virtual time 0. */
  readonly start: number;
  readonly actors: Readonly<Record<string, CastMember>>;
  /** Milliseconds by which actors' clocks are ahead from the start; only those that are not right. */
  readonly skews: Readonly<Record<string, number>>;
  readonly links: readonly Link[];
  readonly script: readonly ScriptEntry[];
  readonly faults: readonly Fault[];
  readonly expect: Expectations;
  /** Where something stands in the file: `['expect', 'trace', 2]`. */
  place(path: Path): Place;
}

/** What somebody does, and when. */
export interface ScriptEntry {
  readonly due: Due;
  readonly actor: string;
  readonly verb: string;
  readonly args: Args;
}

export type Due =
  | { readonly kind: 'at'; readonly at: number }
  /** `after` the actor has entered the state for the `nth` time. */
  | {
      readonly kind: 'state';
      readonly actor: string;
      readonly state: string;
      readonly nth: number;
      readonly after: number;
    }
  /** `after` the entry before this one was done. */
  | { readonly kind: 'previous'; readonly after: number };

export interface Expectations {
  /** Everything else must hold by then; the run ends there. */
  readonly within?: number;
  /** In this order; other steps may stand between. */
  readonly trace: readonly Matcher[];
  readonly never: readonly Matcher[];
  /** By `actor` (a state's name, or fields of its view) or `actor.path` (a part of its view). */
  readonly end: Readonly<Record<string, unknown>>;
}

/** What a step must look like; what is absent is not looked at. */
export interface Matcher {
  readonly actor?: string;
  /** The message's name in the standard. */
  readonly sent?: string;
  readonly received?: string;
  /** The state that the step enters; beside `sent` or `received`, the state that it ends in. */
  readonly state?: string;
  /** The event came out of turn. */
  readonly rejected?: true;
  /** A part of what the step says for people: why something came to nothing, an event log's line. */
  readonly says?: string;
  /** Fields of the message by path: decoded, decrypted, names in place of numbers. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A scenario file that is wrong. Each problem has its place; `message` has one line for each. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly file: string;
  readonly problems: readonly PlacedProblem[];

  constructor(file: string, problems: readonly PlacedProblem[]) {
    super(lines(file, problems).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

const SHOWN_MAX = 20;

function lines(file: string, problems: readonly PlacedProblem[]): string[] {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted
    .slice(0, SHOWN_MAX)
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `${file}: and ${more} more`] : shown;
}

/** The secret that stands at a place such as `script[0].value`. */
export function secretAt(scenario: Scenario, place: string): string | undefined {
  const match = /^script\[(\d{1,6})\]\.(.+)$/.exec(place);
  const value = scenario.script[Number(match?.[1])]?.args[match?.[2] ?? ''];
  if (typeof value !== 'object' || value === null || !('secret' in value)) return undefined;
  return typeof value.secret === 'string' ? value.secret : undefined;
}
