/** `--reporter pretty`: stories for people. */
import { formatTime } from '../scenario/judge.ts';
import { causeLine, type RunOutcome } from '../scenario/run.ts';
import {
  NO_RUNS,
  type Plan,
  type Reporter,
  type RunReport,
  repeatLine,
  type Tally,
  tallied,
} from './report.ts';
import { type StoryLine, shortened, storyOf } from './story.ts';
import { type Output, progressOn, type Style, type Styles, stylesFor } from './terminal.ts';

const LINES_MAX = 44;
const CAUSES_MAX = 8;
const WHO = 12;

/** Of a sweep's failures so many are told whole. */
const STORIES_MAX = 3;

type Say = (line?: string) => void;

/** Writes to `output`; progress to `aside`, so that it never stands in a file. */
export function prettyReporter(output: Output, aside: Output): Reporter {
  const styles = stylesFor(output);
  const progress = progressOn(aside);
  const say: Say = (line = '') => output.write(`${line}\n`);
  let plan: Plan = { runs: 0, scenarios: 0, sweep: false, chanceFaults: false };
  let tally = NO_RUNS;
  let done = 0;
  return {
    begin(all) {
      plan = all;
    },
    ran(report) {
      tally = tallied(tally, report);
      done++;
      progress.clear();
      const fails = tally.failed + tally.broken;
      if (!plan.sweep || (!isHeld(report) && fails <= STORIES_MAX)) tell(report, say, styles);
      else if (!isHeld(report)) say(`${styles.bad('✘')} again: ${repeatLine(report)}`);
      const { name } = report.scenario;
      if (plan.runs > 1) progress.show(done, plan.runs, `${name}, ${fails} failed`);
    },
    end() {
      progress.clear();
      say(summary(plan, tally, styles));
      if (!plan.chanceFaults) return;
      const why = 'while things break, the rest need not happen';
      say(styles.dim(`Under --faults only "never" is judged: ${why}.`));
    },
  };
}

function isHeld({ result }: RunReport): boolean {
  return result.kind === 'judged' && result.outcome.held;
}

function summary(plan: Plan, { held, failed, broken }: Tally, styles: Styles): string {
  const stories = plan.scenarios === 1 ? '1 story' : `${plan.scenarios} stories`;
  const parts = [
    styles.good(`${held} held`),
    failed > 0 ? styles.bad(`${failed} did not`) : '0 did not',
    ...(broken > 0 ? [styles.bad(`${broken} ended by a fault of kerblab`)] : []),
  ];
  return `${plan.sweep ? `${stories}, ${plan.runs} runs` : stories}: ${parts.join(', ')}`;
}

function tell(report: RunReport, say: Say, styles: Styles): void {
  const { scenario, seed, folder, records, result } = report;
  const faults = report.chanceFaults ? ', with faults' : '';
  const mark = isHeld(report) ? styles.good('✔') : styles.bad('✘');
  say(`${mark} ${styles.bold(scenario.title)}`);
  say(styles.dim(`  ${scenario.file}, seed ${seed}${faults}`));
  tellStory(storyOf(records), say, styles);
  if (result.kind === 'broken') {
    say(`  ${styles.bad('kerblab itself is at fault:')} ${result.reason}`);
  } else {
    say(`  ${verdict(result.outcome)}`);
    tellFailures(scenario.file, result.outcome, say, styles);
  }
  if (!isHeld(report)) say(`  again:  ${repeatLine(report)}`);
  say(`  ${styles.dim(`view:   npx kerblab view ${folder}`)}`);
  say(`  ${styles.dim(`replay: npx kerblab replay ${folder}`)}`);
  say();
}

function tellStory(lines: readonly StoryLine[], say: Say, styles: Styles): void {
  const STYLE: Readonly<Record<StoryLine['kind'], Style>> = {
    act: styles.bold,
    message: (text) => text,
    state: styles.good,
    note: styles.dim,
    cause: styles.warn,
    trouble: styles.bad,
  };
  const left = (count: number): StoryLine => ({
    at: '',
    actor: '',
    text: `... ${count} more lines; all steps are in the run folder`,
    kind: 'note',
  });
  const shown = shortened(lines, LINES_MAX, left, ({ kind }) => kind === 'cause' || kind === 'act');
  const width = Math.max(...shown.map(({ at }) => at.length));
  for (const { at, actor, text, kind } of shown) {
    say(`  ${styles.dim(at.padStart(width))}  ${actor.padEnd(WHO)} ${STYLE[kind](text)}`);
  }
}

function tellFailures(file: string, outcome: RunOutcome, say: Say, styles: Styles): void {
  for (const { line, column, text, seq } of outcome.failures) {
    const step = seq === undefined ? '' : styles.dim(` [seq ${seq}]`);
    say(`  ${styles.bad('✘')} ${file}:${line}:${column}: ${text}${step}`);
  }
  const { held, causes } = outcome;
  if (held || causes.length === 0) return;
  say('  why, in the order of time:');
  for (const cause of causes.slice(0, CAUSES_MAX)) say(`    ${styles.warn(causeLine(cause))}`);
  if (causes.length > CAUSES_MAX) say(styles.dim(`    and ${causes.length - CAUSES_MAX} more`));
}

function verdict({ held, judged, steps, endedAt, end }: RunOutcome): string {
  const rest = {
    idle: 'nothing was left to happen',
    time: 'its time was over',
    steps: 'too many steps',
  };
  const what = held ? (judged === 'all' ? 'held' : 'never: held') : 'did not hold';
  return `${what} after ${steps} steps, ${formatTime(endedAt)} of virtual time (${rest[end]})`;
}
