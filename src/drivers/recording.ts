/** Steps on their way to the trace, and what people hear when the trace cannot be written. */
import type { Actor, ActorEffect, ActorEvent } from '../machine/actor.ts';
import type { RecordedStep } from '../trace/wire.ts';
import type { Clock } from './clock.ts';
import type { LostDatagram } from './outside.ts';

export interface Recorder {
  record(step: RecordedStep): number;
}

/** One step of an actor; `cause` is the `seq` of the step that it follows from. */
export interface Stepped {
  readonly actor: Actor;
  /** When it began, as {@link Clock.at}: the time that the actor was told, not that of the writing. */
  readonly at: number;
  /** Milliseconds by which the actor's clock is ahead of the driver's. */
  readonly skew: number;
  readonly before: unknown;
  readonly event: ActorEvent;
  readonly after: unknown;
  readonly effects: readonly ActorEffect[];
  readonly cause: number | undefined;
}

export interface Recording {
  /** @returns the record's `seq`; undefined when it could not be written. */
  step(stepped: Stepped): number | undefined;
  lost(packet: LostDatagram): void;
}

/** A trace that cannot be written (a full disk) is no reason to stop answering: `log` hears of it. */
export function recording(
  recorder: Recorder,
  clock: Clock,
  log: (text: string) => void,
): Recording {
  function written(step: () => RecordedStep): number | undefined {
    try {
      return recorder.record(step());
    } catch (error) {
      log(`the trace failed: ${error}`);
      return undefined;
    }
  }

  return {
    step({ actor, at, skew, before, event, after, effects, cause }) {
      const ahead = clock.offset + skew;
      return written(() => ({
        at,
        actor: actor.name,
        machine: actor.machine,
        from: actor.stateName(before),
        event,
        to: actor.stateName(after),
        effects,
        ...(cause === undefined ? {} : { cause }),
        ...(ahead === 0 ? {} : { skew: ahead }),
      }));
    },
    lost(packet) {
      const event = { kind: 'lost', transport: 'udp', ...packet };
      const step = { actor: 'net', machine: 'drivers/udp', from: 'up', to: 'up', effects: [] };
      written(() => ({ at: clock.at(), event, ...step }));
    },
  };
}

/** Lines in one second: a flood of them must not fill a disk. */
const LINES_PER_SECOND = 10;

/** `log`, but no flood of it; what is left out is counted by somebody else. */
export function limitedLog(log: (text: string) => void): (text: string) => void {
  let second = 0;
  let lines = 0;
  return (text) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      second = now;
      lines = 0;
    }
    if (lines++ < LINES_PER_SECOND) log(text);
  };
}
