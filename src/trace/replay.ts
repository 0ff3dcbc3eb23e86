/**
 * Replay: the recorded events of each actor are fed into freshly built actors, and every step must
 * give the recorded state and effects again. Nothing else is needed, because a step depends on its
 * state, its event, the time and its own randomness only.
 */
import type { Actor, ActorEnv } from '../machine/actor.ts';
import type { Store, WritableStore } from '../machine/store.ts';
import { memoryStore } from '../store/memory.ts';
import type { Run } from './read.ts';
import type { TraceRecord, Wire } from './record.ts';
import { RunError } from './run-error.ts';
import { eventOf, linkOf, wireOf } from './wire.ts';

/** The fresh actors and what their steps may ask for. */
export interface Cast {
  /** Built from the run's scenario, seed and start; none has taken a step. */
  readonly actors: ReadonlyMap<string, Actor>;
  /** Octets drawn from (seed, actor, step): `step` counts the actor's own records from 0. */
  random(actor: string, step: number): (size: number) => Uint8Array;
  /** The secret that stands at a place of the scenario: `script[0].value`. */
  secret(place: string): string | undefined;
}

export type ReplayOutcome =
  | {
      readonly kind: 'same';
      readonly steps: number;
      /** Records of nobody in the cast: what `net` did to packets. */
      readonly skipped: number;
    }
  | {
      readonly kind: 'different';
      readonly seq: number;
      readonly actor: string;
      /** `to`, `effects[1].bytes`. */
      readonly path: string;
      readonly recorded: string;
      readonly replayed: string;
    };

/**
 * Replays all records.
 * @throws RunError when octets were changed or are missing.
 */
export function replay(run: Run, cast: Cast): ReplayOutcome {
  const states = new Map<string, Standing>();
  let steps = 0;
  let skipped = 0;
  for (const record of run.records) {
    const actor = cast.actors.get(record.actor);
    if (actor === undefined) {
      skipped++;
      continue;
    }
    const standing = states.get(actor.name) ?? standingOf(actor);
    states.set(actor.name, standing);
    const difference = replayRecord(run, cast, record, actor, standing);
    if (difference !== undefined) {
      return { kind: 'different', seq: record.seq, actor: actor.name, ...difference };
    }
    steps++;
  }
  return { kind: 'same', steps, skipped };
}

/** An actor as it was at a moment of its run. */
export interface ActorAt {
  readonly actor: Actor;
  /** Of the actor's own type: whoever knows its role knows that. */
  readonly state: unknown;
  readonly store: Store;
}

/**
 * Steps one actor through its recorded events, up to a moment: what it knew then and never wrote down.
 * @param at milliseconds since the start of the run; what happened in that very instant counts
 * @throws RunError when there is no such actor, or a step comes out differently than recorded
 */
export function stateAt(run: Run, cast: Cast, name: string, at: number): ActorAt {
  const actor = cast.actors.get(name);
  if (actor === undefined) throw new RunError(`the run has no actor ${name} that takes steps`);
  const standing = standingOf(actor);
  for (const record of run.records) {
    if (record.at > at) break;
    if (record.actor !== name) continue;
    const difference = replayRecord(run, cast, record, actor, standing);
    if (difference === undefined) continue;
    throw new RunError(
      `step ${record.seq} of ${name} comes out differently than kerblab ${run.result.kerblab} recorded it (${difference.path}); \`kerblab replay\` says how`,
    );
  }
  return { actor, state: standing.state, store: standing.store };
}

/** Where an actor stands in its replay. */
interface Standing {
  state: unknown;
  /** Its own records so far. */
  steps: number;
  /** Survives a loss of power, as in the world. */
  readonly store: WritableStore;
}

function standingOf(actor: Actor): Standing {
  return { state: actor.initial, steps: 0, store: memoryStore() };
}

interface Difference {
  readonly path: string;
  readonly recorded: string;
  readonly replayed: string;
}

function replayRecord(
  run: Run,
  cast: Cast,
  record: TraceRecord,
  actor: Actor,
  standing: Standing,
): Difference | undefined {
  // A host that lost its power begins again.
  if (record.event.kind === 'started') standing.state = actor.initial;
  const random = cast.random(actor.name, standing.steps);
  const now = run.result.start + record.at + (record.skew ?? 0);
  const env: ActorEnv = { now, random, store: standing.store };
  const before = actor.stateName(standing.state);
  if (before !== record.from) return differing('from', record.from, before);
  const event = eventOf(record.event, { octets: run.octets, secret: cast.secret });
  const step = actor.step(standing.state, event, env);
  const after = actor.stateName(step.state);
  if (after !== record.to) return differing('to', record.to, after);
  const effects = step.effects.map((effect) => wireOf(effect, linkOf));
  const count = Math.max(effects.length, record.effects.length);
  for (let i = 0; i < count; i++) {
    const difference = wireDifference(`effects[${i}]`, record.effects[i], effects[i]);
    if (difference !== undefined) return difference;
  }
  // Equal to what was recorded, octet for octet.
  for (const effect of step.effects) {
    if (effect.kind === 'write') standing.store.write(effect.batch);
  }
  standing.state = step.state;
  standing.steps++;
  return undefined;
}

function wireDifference(path: string, was: Wire | undefined, is: Wire | undefined) {
  if (was === undefined || is === undefined) return differing(path, was, is);
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (JSON.stringify(was[name]) === JSON.stringify(is[name])) continue;
    return differing(`${path}.${name}`, was[name], is[name]);
  }
  return undefined;
}

function differing(path: string, recorded: unknown, replayed: unknown): Difference {
  return { path, recorded: printed(recorded), replayed: printed(replayed) };
}

function printed(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
