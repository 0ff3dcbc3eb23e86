/** `kerblab run`: plays scenarios, keeps their traces and tells how they ended. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Command, Option } from 'commander';
import { addressesOf } from '../scenario/cast.ts';
import { type RunOutcome, runScenario, type Stage } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { WorldError } from '../sim/world-error.ts';
import { markLatest, openRun, type RunResult } from '../trace/run-folder.ts';
import { traceRecorder } from '../trace/store.ts';
import {
  loadScenarios,
  packedScenarios,
  portArgument,
  type Seeds,
  scenarioFiles,
  seedArgument,
  seedsArgument,
} from './arguments.ts';
import { EXIT, InputError } from './exit.ts';
import { goldenDifference, goldenFolder, writeGolden } from './golden.ts';
import { version } from './project.ts';
import { NO_RUNS, type Reporter, type RunReport, repeatLine, statusOf, tallied } from './report.ts';
import { jsonlReporter } from './report-jsonl.ts';
import { junitReporter } from './report-junit.ts';
import { prettyReporter } from './report-pretty.ts';
import { watched } from './watch.ts';

interface RunOptions {
  readonly seed?: number;
  readonly seeds?: Seeds;
  readonly faults?: true;
  readonly out: string;
  readonly reporter: 'pretty' | 'jsonl' | 'junit';
  readonly update?: true;
  readonly golden?: string;
  readonly trace?: number | true;
}

/** Ports that other commands use by themselves are not among the well-known ones. */
const TRACE_PORT = 8470;

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('play scenarios in virtual time and judge what they expect')
    .argument('[paths...]', 'scenario files, and folders of them (default: those of kerblab)')
    .addOption(new Option('--seed <n>', 'the seed, instead of the file’s').argParser(seedArgument))
    .addOption(
      new Option('--seeds <a..b>', 'one run for each of these seeds')
        .argParser(seedsArgument)
        .conflicts('seed'),
    )
    .option('--faults', 'let chance break links, hosts and clocks; then only "never" is judged')
    .option('--out <dir>', 'where run folders are put: DIR/<scenario>/<seed>', 'runs')
    .addOption(
      new Option('--reporter <name>', 'how outcomes are told')
        .choices(['pretty', 'jsonl', 'junit'])
        .default('pretty'),
    )
    .addOption(
      new Option('--update', 'accept the traces as golden').conflicts(['seed', 'seeds', 'faults']),
    )
    .option('--golden <dir>', 'compare with (or --update) the golden traces in this folder')
    .addOption(
      new Option('--trace [port]', `show the trace while it runs (default port: ${TRACE_PORT})`)
        .argParser(portArgument)
        .conflicts('seeds'),
    )
    .addHelpText(
      'after',
      `
Examples:
  kerblab run                                       every scenario that comes with kerblab
  kerblab run scenarios/password-sign-in.yaml
  kerblab run scenarios --seeds 1..200 --faults     does anything break that must not?
  kerblab run scenarios --reporter junit > report.xml`,
    )
    .action(run);
}

async function run(paths: readonly string[], options: RunOptions): Promise<void> {
  const { stage } = await import('./stage.ts');
  const files = scenarioFiles(paths.length > 0 ? paths : [packedScenarios()]);
  const scenarios = loadScenarios(files, stage);
  const golden =
    options.update === true || options.golden !== undefined
      ? goldenFolder(options.golden)
      : undefined;
  if (options.trace !== undefined && scenarios.length > 1) {
    throw new InputError(
      `--trace shows one scenario, and these are ${scenarios.length}: name one file`,
    );
  }
  const chanceFaults = options.faults === true;
  const plans = scenarios.flatMap((scenario) =>
    seedsOf(options, scenario).map((seed): PlannedRun => ({ scenario, seed, chanceFaults })),
  );
  const reporter = reporterNamed(options.reporter);
  const sweep = plans.length > scenarios.length;
  reporter.begin({ runs: plans.length, scenarios: scenarios.length, sweep, chanceFaults });
  let tally = NO_RUNS;
  for (const plan of plans) {
    const report = await runOne(plan, options, stage);
    reporter.ran(report);
    tally = tallied(tally, report);
    if (golden !== undefined && !judgeGolden(golden, report, options.update === true)) {
      process.exitCode = EXIT.failed;
    }
  }
  reporter.end();
  const status = statusOf(tally);
  if (status !== EXIT.held) process.exitCode = status;
}

interface PlannedRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly chanceFaults: boolean;
}

function seedsOf({ seed, seeds }: RunOptions, scenario: Scenario): readonly number[] {
  if (seeds === undefined) return [seed ?? scenario.seed];
  return Array.from({ length: seeds.last - seeds.first + 1 }, (_, i) => seeds.first + i);
}

function reporterNamed(name: RunOptions['reporter']): Reporter {
  switch (name) {
    case 'jsonl':
      return jsonlReporter(process.stdout);
    case 'junit':
      return junitReporter(process.stdout);
    case 'pretty':
      return prettyReporter(process.stdout, process.stderr);
  }
}

/** Plays one scenario with one seed into its run folder. */
async function runOne(plan: PlannedRun, options: RunOptions, stage: Stage): Promise<RunReport> {
  const { scenario, seed, chanceFaults } = plan;
  const folder = join(options.out, scenario.name, String(seed));
  const begun = runResult(plan);
  const writer = openRun(folder, begun);
  const recorder = traceRecorder({ sink: writer });
  const started = performance.now();
  const play = (): Promise<RunOutcome> =>
    runScenario({ scenario, seed, chanceFaults, recorder }, stage);
  const finish = (result: RunReport['result'], more: object): RunReport => {
    writer.close({ ...begun, ...more });
    markLatest(options.out, folder);
    const took = performance.now() - started;
    return { scenario, seed, chanceFaults, folder, took, records: recorder.records(), result };
  };
  try {
    const { trace } = options;
    const port = trace === true ? TRACE_PORT : trace;
    const about = { title: scenario.title, start: scenario.start, live: true };
    const outcome =
      port === undefined ? await play() : await watched({ port, recorder, about, stage }, play);
    return finish({ kind: 'judged', outcome }, { complete: true, outcome });
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    tellFault(error, plan);
    return finish({ kind: 'broken', reason: error.message }, { fault: error.message });
  }
}

function runResult({ scenario, seed, chanceFaults }: PlannedRun): RunResult {
  return {
    v: 1,
    kerblab: version(),
    scenario: scenario.name,
    file: scenario.file,
    text: scenario.text,
    seed,
    start: scenario.start,
    complete: false,
    addresses: addressesOf(scenario),
    ...(chanceFaults ? { chanceFaults } : {}),
  };
}

/** What went wrong inside, for who repairs it; the reporter says how to do it again. */
function tellFault(error: WorldError, plan: PlannedRun): void {
  const { cause } = error;
  const trace = cause instanceof Error ? (cause.stack ?? cause.message) : error.message;
  console.error(
    `kerblab itself is at fault: ${error.message}\n${trace}\nrepeat it with: ${repeatLine(plan)}`,
  );
}

/** Accepts the run as golden, or compares; `false` when that fails. */
function judgeGolden(folder: string, report: RunReport, update: boolean): boolean {
  const { scenario, records, result } = report;
  const held = result.kind === 'judged' && result.outcome.held;
  if (update && held) {
    const changed = writeGolden(folder, scenario.name, records);
    console.error(`${join(folder, scenario.name)}.jsonl ${changed ? 'written' : 'is as it was'}`);
    return true;
  }
  if (update) {
    console.error(`${scenario.name}: not accepted as golden, because it did not hold`);
    return false;
  }
  const difference = goldenDifference(folder, scenario.name, records);
  if (difference !== undefined) console.error(difference);
  return difference === undefined;
}
