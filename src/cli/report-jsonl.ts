/** `--reporter jsonl`: one object a line, for programs. */
import { NO_RUNS, type Plan, type Reporter, repeatLine, statusOf, tallied } from './report.ts';
import type { Output } from './terminal.ts';

export function jsonlReporter(output: Output): Reporter {
  let plan: Plan = { runs: 0, scenarios: 0, sweep: false, chanceFaults: false };
  let tally = NO_RUNS;
  const say = (value: unknown): unknown => output.write(`${JSON.stringify(value)}\n`);
  return {
    begin(all) {
      plan = all;
    },
    ran(report) {
      tally = tallied(tally, report);
      const { scenario, seed, chanceFaults, folder, result } = report;
      const head = {
        kind: 'run',
        scenario: scenario.name,
        file: scenario.file,
        title: scenario.title,
        seed,
        faults: chanceFaults,
        folder,
        repeat: repeatLine(report),
      };
      if (result.kind === 'broken') {
        say({ ...head, result: 'broken', reason: result.reason });
      } else {
        const { held, ...outcome } = result.outcome;
        say({ ...head, result: held ? 'held' : 'failed', ...outcome });
      }
    },
    end() {
      say({ kind: 'summary', ...plan, ...tally, exit: statusOf(tally) });
    },
  };
}
