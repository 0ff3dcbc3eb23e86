/** What an actor runs on: its state, clock, timers, and whether there is power. */
import type { Actor } from '../machine/actor.ts';
import type { WritableStore } from '../machine/store.ts';
import { memoryStore } from '../store/memory.ts';

export interface Host {
  readonly actor: Actor;
  state: unknown;
  /** Counts steps, for their randomness; power losses do not set it back. */
  steps: number;
  /** Milliseconds by which the clock is ahead. */
  skew: number;
  /** Faults that keep the host from running. */
  down: number;
  /** It has lost its power, and `started` is due when it is back. */
  restarts: boolean;
  /** Counts power losses: what was asked for in an earlier life is not heard. */
  life: number;
  /** What waits until the host runs again. */
  waiting: (() => void)[];
  /** Its disk: survives a loss of power. */
  readonly store: WritableStore;
  /** By name, the last setting of each; a fired, cancelled or replaced one is not here. */
  readonly timers: Map<string, object>;
}

export function hostOf(actor: Actor, skew: number): Host {
  return {
    actor,
    state: actor.initial,
    steps: 0,
    skew,
    down: 0,
    restarts: false,
    life: 0,
    waiting: [],
    store: memoryStore(),
    timers: new Map(),
  };
}

/** Power is lost: memory and timers with it. What people asked for meanwhile waits. */
export function forget(host: Host): void {
  host.state = host.actor.initial;
  host.life++;
  host.restarts = true;
  host.timers.clear();
}

/**
 * One fault less that keeps the host down. The answer is what is due now: nothing while others do,
 * then `started` if power was lost, and everything that has waited.
 */
export function up(host: Host): {
  readonly started: boolean;
  readonly due: readonly (() => void)[];
} {
  host.down--;
  if (host.down > 0) return { started: false, due: [] };
  const { restarts: started, waiting: due } = host;
  host.restarts = false;
  host.waiting = [];
  return { started, due };
}

/** Sets a timer; the answer says at its time, once, whether it is still due. */
export function setTimer(host: Host, timer: string): () => boolean {
  const set = {};
  host.timers.set(timer, set);
  return () => {
    const due = host.timers.get(timer) === set;
    if (due) host.timers.delete(timer);
    return due;
  };
}

/** @throws RangeError when there is none of that name. */
export function known<T>(among: ReadonlyMap<string, T>, name: string, kind: string): T {
  const found = among.get(name);
  if (found === undefined) throw new RangeError(`there is no ${kind} ${name}`);
  return found;
}
