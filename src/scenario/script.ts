/** The script of a scenario, played to the world: what people do, when its time or state has come. */
import type { ActorEvent } from '../machine/actor.ts';
import type { World, WorldStep } from '../sim/world.ts';
import { enters } from './points.ts';
import type { Due, ScriptEntry } from './scenario.ts';

export interface ScriptPlayer {
  /** Plans what depends on nothing. To be called before the world runs. */
  begin(world: World): void;
  /** Looks at a step, and lets happen what has waited for it. */
  saw(world: World, step: WorldStep): void;
  /** Entries that nobody has acted on yet, by their place in the script. */
  pending(): readonly number[];
}

/** A player of `script`, for one run. */
export function scriptPlayer(script: readonly ScriptEntry[]): ScriptPlayer {
  const events = script.map(({ verb, args }): ActorEvent => ({ kind: 'commanded', verb, args }));
  const undone = new Set(script.keys());
  const entered = new Map<string, number>();

  const plan = (world: World, i: number, at: number): void =>
    world.deliver((script[i] as ScriptEntry).actor, events[i] as ActorEvent, at);

  function planAll(world: World, isDue: (due: Due, i: number) => number | undefined): void {
    for (const [i, { due }] of script.entries()) {
      const at = isDue(due, i);
      if (at !== undefined) plan(world, i, at);
    }
  }

  return {
    begin(world) {
      planAll(world, (due) => (due.kind === 'at' ? due.at : undefined));
    },
    saw(world, step) {
      if (step.event.kind === 'commanded') {
        const done = events.indexOf(step.event as ActorEvent);
        undone.delete(done);
        const next = script[done + 1]?.due;
        if (done >= 0 && next?.kind === 'previous') plan(world, done + 1, step.at + next.after);
      }
      if (!enters(step)) return;
      const { actor, to, at } = step;
      const key = `${actor} ${to}`;
      const nth = (entered.get(key) ?? 0) + 1;
      entered.set(key, nth);
      planAll(world, (due) =>
        due.kind === 'state' && due.actor === actor && due.state === to && due.nth === nth
          ? at + due.after
          : undefined,
      );
    },
    pending: () => [...undone],
  };
}

/** What an entry has waited for, in words. */
export function waitedFor(due: Due): string {
  if (due.kind === 'at') return 'its time lies after the end of the run';
  if (due.kind === 'previous') return 'the entry before it was not done, or too late';
  const times = due.nth === 1 ? '' : ` ${due.nth} times`;
  return `${due.actor} did not become ${due.state}${times}, or too late`;
}
