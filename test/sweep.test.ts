/**
 * Each scenario with 20 seeds, while chance breaks links, hosts and clocks: no machine throws, what
 * must never happen does not, and the same seed gives the same trace.
 * `KERBLAB_SEEDS=200` sweeps further.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { goldenText } from '../src/cli/golden.ts';
import { stage } from '../src/cli/stage.ts';
import { loadScenario } from '../src/scenario/load.ts';
import { runScenario } from '../src/scenario/run.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { traceRecorder } from '../src/trace/store.ts';
import { scenarioFiles } from './stories.ts';

const sweep = suite('sweep');

const SEEDS = Number(process.env.KERBLAB_SEEDS ?? 20);

/** The trace's text; fails where something happened that must not. */
async function swept(scenario: Scenario, seed: number): Promise<string> {
  const recorder = traceRecorder();
  const outcome = await runScenario({ scenario, seed, chanceFaults: true, recorder }, stage);
  assert.equal(
    outcome.failures.map(({ line, text }) => `${scenario.file}:${line}, seed ${seed}: ${text}`),
    [],
  );
  assert.is(outcome.judged, 'never');
  return goldenText(recorder.records());
}

for (const file of scenarioFiles()) {
  sweep(`${basename(file)} with ${SEEDS} seeds`, async () => {
    const scenario = loadScenario(`scenarios/${basename(file)}`, readFileSync(file, 'utf8'), stage);
    const traces = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) traces.add(await swept(scenario, seed));
    assert.ok(traces.has(await swept(scenario, 1)), 'seed 1 gives another trace the second time');
    assert.ok(traces.size > SEEDS / 2, 'chance broke hardly anything');
  });
}

sweep.run();
