/**
 * Scenario files with words put in, left out and exchanged: each is refused with places, or it runs.
 * Neither the loader nor a machine throws, and what `explain` prints of a good file is a good file.
 * `KERBLAB_MUTATIONS=5000` goes further.
 */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stage } from '../src/cli/stage.ts';
import { withDefaults } from '../src/scenario/editor-schema.ts';
import { loadScenario } from '../src/scenario/load.ts';
import { runScenario } from '../src/scenario/run.ts';
import { type Scenario, ScenarioError } from '../src/scenario/scenario.ts';
import { readYaml, writeYaml } from '../src/scenario/yaml.ts';
import { type Chance, chance } from '../src/sim/chance.ts';
import { traceRecorder } from '../src/trace/store.ts';
import { scenarioFiles } from './stories.ts';

const fuzz = suite('scenario-fuzz');

const MUTATIONS = Number(process.env.KERBLAB_MUTATIONS ?? 400);
const HOSTILE = ['[', ']', '{', '}', ':', '-', 'null', '~', '0', '-1', '1e9', 'true', '""', '*a'];
HOSTILE.push('&a x', '!b', '|', '>', '#', '"', "'", '\t', '\n', '  ', '[]', '{}', '0x10', '1s');
HOSTILE.push('999d', '10%', 'net', '.inf', '\u0000', '\u{1f4a5}', 'constructor', '__proto__');

function pick<T>(from: readonly T[], draw: Chance): T {
  return from[Math.floor(draw() * from.length)] as T;
}

/** One to three words of a file are exchanged, doubled, or preceded by something hostile. */
function mutated(original: string, draw: Chance): string {
  let text = original;
  for (let changes = 1 + Math.floor(draw() * 3); changes > 0; changes--) {
    const words = [...text.matchAll(/[\w.:%+"-]+|[[\]{}]/g)];
    const { 0: word, index } = pick(words, draw);
    const put = draw() < 0.3 ? pick(words, draw)[0] : pick(HOSTILE, draw);
    const rest = draw() < 0.5 ? index : index + word.length;
    text = text.slice(0, index) + put + text.slice(rest);
  }
  return text;
}

/** The scenario, or undefined where it is refused as it should be. */
function loaded(text: string): Scenario | undefined {
  try {
    return loadScenario('mutated.yaml', text, stage);
  } catch (error) {
    assert.instance(error, ScenarioError, `${String(error)} in:\n${text}`);
    const { problems } = error as ScenarioError;
    assert.ok(problems.length > 0);
    for (const { line, column, message } of problems) {
      assert.ok(line >= 1 && column >= 1, message);
      assert.not.match(message, /undefined|\[object|NaN/);
    }
    return undefined;
  }
}

fuzz(`${MUTATIONS} mutations of the scenarios are refused, or run`, async () => {
  const originals = scenarioFiles().map((file) => readFileSync(file, 'utf8'));
  const draw = chance(1, 'scenario-fuzz');
  let good = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = mutated(pick(originals, draw), draw);
    const scenario = loaded(text);
    if (scenario === undefined) continue;
    good++;
    const explained = writeYaml(withDefaults(readYaml(text).value, stage));
    assert.ok(loaded(explained) !== undefined, `explain made this of it:\n${explained}`);
    const recorder = traceRecorder();
    await runScenario({ scenario, seed: i, chanceFaults: false, recorder }, stage);
  }
  assert.ok(good > MUTATIONS / 20 && good < MUTATIONS / 2, `${good} were good`);
});

fuzz.run();
