import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NO_RUNS,
  type Reporter,
  type RunReport,
  repeatLine,
  statusOf,
  tallied,
} from '../../../src/cli/report.ts';
import { jsonlReporter } from '../../../src/cli/report-jsonl.ts';
import { junitReporter } from '../../../src/cli/report-junit.ts';
import { prettyReporter } from '../../../src/cli/report-pretty.ts';
import type { Output } from '../../../src/cli/terminal.ts';
import { ASKS, file, load, play } from '../scenario/toy.ts';

const report = suite('report');

const TEXT = file(`${ASKS}expect: { end: { ann: idle } }\n`);

async function failed(): Promise<RunReport> {
  const { outcome, recorder } = await play(TEXT);
  return {
    scenario: load(TEXT),
    seed: 1,
    chanceFaults: false,
    folder: 'runs/question/1',
    took: 12,
    records: recorder.records(),
    result: { kind: 'judged', outcome },
  };
}

async function broken(): Promise<RunReport> {
  const result = { kind: 'broken', reason: 'seed 7, seq 3, ann: <oops> & \u0007' } as const;
  return { ...(await failed()), seed: 7, chanceFaults: true, result };
}

/** What a reporter writes about these runs. */
function told(make: (output: Output) => Reporter, reports: readonly RunReport[]): string {
  let text = '';
  const reporter = make({
    write: (more) => {
      text += more;
    },
  });
  const runs = reports.length;
  reporter.begin({ runs, scenarios: 1, sweep: false, chanceFaults: false });
  for (const one of reports) reporter.ran(one);
  reporter.end();
  return text;
}

report('the worst outcome decides the exit status', async () => {
  const [no, bug] = [await failed(), await broken()];
  assert.is(statusOf(NO_RUNS), 0);
  assert.is(statusOf(tallied(NO_RUNS, no)), 1);
  assert.is(statusOf(tallied(tallied(NO_RUNS, bug), no)), 3);
});

report('the line that repeats a run can be pasted into a shell', async () => {
  const bug = await broken();
  assert.is(repeatLine(bug), 'npx kerblab run scenarios/question.yaml --seed 7 --faults');
  const scenario = { ...bug.scenario, file: "it's here/x y.yaml" };
  assert.is(
    repeatLine({ ...bug, scenario }),
    "npx kerblab run 'it'\\''s here/x y.yaml' --seed 7 --faults",
  );
});

report('pretty says why, and how to do it again', async () => {
  const text = told((output) => prettyReporter(output, output), [await failed(), await broken()]);
  assert.match(text, /✘ A question\n {2}scenarios\/question\.yaml, seed 1\n/);
  assert.match(
    text,
    /✘ scenarios\/question\.yaml:12:23: ann ends in answered, expected idle \[seq 4\]/,
  );
  assert.match(text, /why, in the order of time:\n {4}4ms ann: the answer was yes\n/);
  assert.match(text, /again: {2}npx kerblab run scenarios\/question\.yaml --seed 1\n/);
  assert.match(text, /kerblab itself is at fault: seed 7, seq 3, ann/);
  assert.match(text, /1 story: 0 held, 1 did not, 1 ended by a fault of kerblab\n$/);
});

report('jsonl is an object a line, and a summary', async () => {
  const text = told(jsonlReporter, [await failed(), await broken()]);
  const [no, bug, summary] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(no.result, 'failed');
  assert.equal(no.failures, [
    { line: 12, column: 23, text: 'ann ends in answered, expected idle', seq: 4 },
  ]);
  assert.is(bug.result, 'broken');
  assert.is(bug.repeat, 'npx kerblab run scenarios/question.yaml --seed 7 --faults');
  assert.is(summary.exit, 3);
});

report('junit escapes what XML cannot hold', async () => {
  const text = told(junitReporter, [await failed(), await broken()]);
  assert.match(text, '<testsuite name="question" tests="2" failures="1" errors="1" time="0.024">');
  assert.match(text, '<error message="seed 7, seq 3, ann: &lt;oops&gt; &amp; \uFFFD">');
  assert.match(text, 'scenarios/question.yaml:12:23: ann ends in answered, expected idle');
});

report.run();
