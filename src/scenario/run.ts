/** Runs a scenario in the simulated world and judges what happened. Deterministic. */
import type { Framing } from '../machine/actor.ts';
import { nodeProvider } from '../signing/node-provider.ts';
import { keyOperations } from '../signing/operations.ts';
import { signer } from '../signing/signer.ts';
import { randomFaults } from '../sim/faults.ts';
import { World, type WorldEnd } from '../sim/world.ts';
import type { Dissector } from '../trace/dissector.ts';
import type { TraceRecord } from '../trace/record.ts';
import type { TraceRecorder } from '../trace/store.ts';
import { buildCast } from './cast.ts';
import type { Vocabulary } from './context.ts';
import { type Ending, type Failure, formatTime, judge } from './judge.ts';
import { messageReader } from './messages.ts';
import type { Scenario } from './scenario.ts';
import { type ScriptPlayer, scriptPlayer, waitedFor } from './script.ts';
import type { Place } from './yaml.ts';

/** What a scenario is played with, from the composition root. */
export interface Stage extends Vocabulary {
  readonly framings: readonly Framing[];
  readonly dissector: Dissector;
}

export interface RunRequest {
  readonly scenario: Scenario;
  readonly seed: number;
  /**
   * Lets chance break links, hosts and clocks, drawn from the seed. Then only `never` is judged: what
   * a scenario promises need not happen while things break.
   */
  readonly chanceFaults: boolean;
  /** Takes the trace, from 0; it must keep all of it. */
  readonly recorder: TraceRecorder;
}

/** An expectation that did not hold, with its place in the scenario file. */
export interface PlacedFailure extends Place {
  readonly text: string;
  readonly seq?: number;
}

/** A note that says why: `level: cause`. */
export interface Cause {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly text: string;
}

export interface RunOutcome {
  readonly held: boolean;
  readonly failures: readonly PlacedFailure[];
  /** In the order in which they came. */
  readonly causes: readonly Cause[];
  readonly judged: 'all' | 'never';
  /** Why the run ended: nothing was left to happen, its time was over, or too many steps. */
  readonly end: WorldEnd;
  /** Virtual milliseconds. */
  readonly endedAt: number;
  readonly steps: number;
}

/** Under chance's faults a run goes on for this long after `within`, to see what retries do. */
const AFTERMATH = 3_600_000;

/** @throws WorldError when an actor throws: the program is at fault, not the scenario. */
export async function runScenario(request: RunRequest, stage: Stage): Promise<RunOutcome> {
  const { scenario, chanceFaults, recorder } = request;
  const player = scriptPlayer(scenario.script);
  const world = worldOf(request, stage, player);
  player.begin(world);
  const { within } = scenario.expect;
  const aftermath = chanceFaults ? AFTERMATH : 0;
  const end = await world.run(within === undefined ? undefined : within + aftermath);
  const records = recorder.records();
  const endings = Object.keys(scenario.actors).map((name): [string, Ending] => [
    name,
    { state: world.stateName(name), view: world.view(name) },
  ]);
  const failed = judge(
    scenario.expect,
    {
      records,
      endings: Object.fromEntries(endings),
      value: messageReader(records, recorder.octets, stage.dissector),
    },
    chanceFaults,
  );
  const unrested = end === 'steps' ? [restless(recorder.next)] : [];
  const failures = chanceFaults
    ? [...failed, ...unrested]
    : [...undone(scenario, player), ...failed, ...unrested];
  return {
    held: failures.length === 0,
    failures: failures.map(({ path, ...failure }) => ({ ...scenario.place(path), ...failure })),
    causes: causesOf(records),
    judged: chanceFaults ? 'never' : 'all',
    end,
    endedAt: world.now,
    steps: records.length,
  };
}

function worldOf(
  { scenario, seed, chanceFaults, recorder }: RunRequest,
  stage: Stage,
  player: ScriptPlayer,
): World {
  const { actors, keys, makeKey } = buildCast(scenario, seed, stage.roles);
  const signing = signer(keys, nodeProvider({ deterministic: true }));
  const world: World = new World({
    seed,
    start: scenario.start,
    actors: [...actors.values()],
    framings: stage.framings,
    links: scenario.links,
    faults: [...scenario.faults, ...(chanceFaults ? faultsOf(scenario, seed) : [])],
    skews: scenario.skews,
    operations: keyOperations(keys, signing, makeKey),
    recorder,
    onStep: (step) => player.saw(world, step),
  });
  return world;
}

/** Chance troubles links, and the hosts at their ends. */
function faultsOf(scenario: Scenario, seed: number) {
  const links = scenario.links.map(({ between }) => between);
  const { within } = scenario.expect;
  return randomFaults(seed, {
    actors: [...new Set(links.flat())].sort(),
    links,
    ...(within === undefined ? {} : { within }),
  });
}

function undone({ script }: Scenario, player: ScriptPlayer): readonly Failure[] {
  return player.pending().flatMap((i) => {
    const entry = script[i];
    if (entry === undefined) return [];
    const text = `${entry.actor} never ${entry.verb}: ${waitedFor(entry.due)}`;
    return [{ path: ['script', i], text }];
  });
}

function restless(steps: number): Failure {
  const text = `the actors did not come to rest in ${steps} steps: add "within", or look what repeats in the trace`;
  return { path: ['expect'], text };
}

function causesOf(records: readonly TraceRecord[]): readonly Cause[] {
  return records.flatMap(({ seq, at, actor, effects }) =>
    effects
      .filter((effect) => effect.kind === 'note' && effect.level === 'cause')
      .map((effect) => ({ seq, at, actor, text: String(effect.text) })),
  );
}

/** The cause in a line: `86ms dc1: the password is wrong`. */
export function causeLine({ at, actor, text }: Cause): string {
  return `${formatTime(at)} ${actor}: ${text}`;
}
