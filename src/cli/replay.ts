/** `kerblab replay`: proves that a run's steps follow from its scenario, seed and events alone. */
import type { Command } from 'commander';
import { formatTime } from '../scenario/judge.ts';
import type { Stage } from '../scenario/run.ts';
import { type Run, readRun } from '../trace/read.ts';
import { type ReplayOutcome, replay } from '../trace/replay.ts';
import { runFolderOf } from '../trace/run-folder.ts';
import { EXIT } from './exit.ts';
import { version } from './project.ts';
import { castOf } from './run-cast.ts';

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('feed the recorded events back; report the first step that comes out differently')
    .argument('<run>', 'a run folder, or "latest"')
    .option('--runs <dir>', 'where "latest" is looked for', 'runs')
    .addHelpText(
      'after',
      `
Examples:
  kerblab replay latest
  kerblab replay runs/password-sign-in/1`,
    )
    .action(async (name: string, { runs }: { readonly runs: string }) => {
      const { stage } = await import('./stage.ts');
      const run = readRun(runFolderOf(name, runs));
      const outcome = replayed(run, stage);
      const { text, status } = told(run, outcome);
      process.stdout.write(`${text}\n`);
      if (status !== EXIT.held) process.exitCode = status;
    });
}

/**
 * Builds the run's actors again and replays.
 * @throws ScenarioError when this version refuses the scenario; RunError when the folder is damaged
 */
export function replayed(run: Run, stage: Stage): ReplayOutcome {
  return replay(run, castOf(run, stage));
}

function told(
  run: Run,
  outcome: ReplayOutcome,
): { readonly text: string; readonly status: (typeof EXIT)['held' | 'failed'] } {
  const { result, records, torn } = run;
  const cut = torn ? '; the run was killed while it wrote the next line' : '';
  if (outcome.kind === 'same') {
    const { steps, skipped } = outcome;
    const others = skipped === 0 ? '' : ` (and ${skipped} of the network, which are not replayed)`;
    const text = `${run.folder}: ${steps} steps${others} came out the same${cut}`;
    return { text, status: EXIT.held };
  }
  const { seq, actor, path, recorded, replayed: again } = outcome;
  const record = records[seq];
  const lines = [
    `${run.folder}: step ${seq}, ${actor} at ${formatTime(record?.at ?? 0)}, comes out differently`,
    `  ${path}`,
    `    recorded  ${shortened(recorded)}`,
    `    replayed  ${shortened(again)}`,
  ];
  if (result.kerblab !== version()) {
    lines.push(`  kerblab ${result.kerblab} recorded it, and this is ${version()}`);
  }
  return { text: lines.join('\n'), status: EXIT.failed };
}

const SHOWN_MAX = 300;

function shortened(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
