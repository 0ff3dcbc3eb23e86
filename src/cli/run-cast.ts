/** The actors of a finished run, built again from its scenario, seed and start. */
import { buildCast } from '../scenario/cast.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Scene } from '../scenario/role.ts';
import type { Stage } from '../scenario/run.ts';
import { type Scenario, secretAt } from '../scenario/scenario.ts';
import type { KeyMaker } from '../signing/key-maker.ts';
import type { KeyStore } from '../signing/key-store.ts';
import { stepRandom } from '../sim/chance.ts';
import type { Run } from '../trace/read.ts';
import type { Cast } from '../trace/replay.ts';

export interface RunCast extends Cast {
  readonly scenario: Scenario;
  /** What the actors were built from. */
  readonly scene: Scene;
  /** Private keys that were there before the story, by name. */
  readonly keys: KeyStore;
  /** Gives the pairs that came to be in the story again. */
  readonly makeKey: KeyMaker;
}

/** @throws ScenarioError when this version refuses the scenario */
export function castOf({ result }: Run, stage: Stage): RunCast {
  const file = typeof result.file === 'string' ? result.file : `${result.scenario}.yaml`;
  const scenario = loadScenario(file, result.text, stage);
  const { actors, scene, keys, makeKey } = buildCast(scenario, result.seed, stage.roles);
  return {
    actors,
    scenario,
    scene,
    keys,
    makeKey,
    random: (actor, step) => stepRandom(result.seed, actor, step),
    secret: (place) => secretAt(scenario, place),
  };
}
