/** What `run` tells while it runs and at its end; each `--reporter` tells it in its own way. */
import type { RunOutcome } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TraceRecord } from '../trace/record.ts';
import { EXIT, type ExitStatus } from './exit.ts';

/** One run of one scenario, over. */
export interface RunReport {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly chanceFaults: boolean;
  readonly folder: string;
  /** Milliseconds of real time. */
  readonly took: number;
  readonly records: readonly TraceRecord[];
  readonly result: RunResultKind;
}

export type RunResultKind =
  | { readonly kind: 'judged'; readonly outcome: RunOutcome }
  /** The program failed, not the scenario. */
  | { readonly kind: 'broken'; readonly reason: string };

export interface Plan {
  readonly runs: number;
  readonly scenarios: number;
  /** More than one seed: single stories are of no interest unless they fail. */
  readonly sweep: boolean;
  readonly chanceFaults: boolean;
}

export interface Reporter {
  begin(plan: Plan): void;
  ran(report: RunReport): void;
  end(): void;
}

/** Counts of a whole call. */
export interface Tally {
  readonly held: number;
  readonly failed: number;
  readonly broken: number;
}

export function tallied(tally: Tally, { result }: RunReport): Tally {
  if (result.kind === 'broken') return { ...tally, broken: tally.broken + 1 };
  return result.outcome.held
    ? { ...tally, held: tally.held + 1 }
    : { ...tally, failed: tally.failed + 1 };
}

export const NO_RUNS: Tally = { held: 0, failed: 0, broken: 0 };

export function statusOf({ failed, broken }: Tally): ExitStatus {
  if (broken > 0) return EXIT.program;
  return failed > 0 ? EXIT.failed : EXIT.held;
}

/** The command that does this run again. */
export function repeatLine({
  scenario,
  seed,
  chanceFaults,
}: Pick<RunReport, 'scenario' | 'seed' | 'chanceFaults'>): string {
  const file = /^[\w./@%+=:,-]+$/.test(scenario.file)
    ? scenario.file
    : `'${scenario.file.replaceAll("'", "'\\''")}'`;
  return `npx kerblab run ${file} --seed ${seed}${chanceFaults ? ' --faults' : ''}`;
}
