/** What breaks: links and actors for a while, clocks for good. */
import { assertNever } from '../machine/machine.ts';
import { type Chance, chance } from './chance.ts';
import type { Network, Quality } from './network.ts';

/** Times in milliseconds since the start; `ms` absent: for the rest of the run. */
export type Fault =
  /** No line of sight between the two. */
  | {
      readonly kind: 'outage';
      readonly link: readonly [string, string];
      readonly at: number;
      readonly ms?: number;
    }
  /** The link gets worse: a burst of loss, a detour. */
  | {
      readonly kind: 'quality';
      readonly link: readonly [string, string];
      readonly at: number;
      readonly ms?: number;
      readonly changes: Partial<Quality>;
    }
  /** The actor's clock jumps; negative: back. Timers are not clocks and run on. */
  | { readonly kind: 'clock'; readonly actor: string; readonly at: number; readonly ms: number }
  /**
   * The host loses power. Timers, connections and listeners die and memory is lost: when the power is
   * back the actor begins again with its initial state and `started`. People wait for it: commands
   * come after that.
   */
  | { readonly kind: 'crash'; readonly actor: string; readonly at: number; readonly ms?: number }
  /**
   * The host sleeps, or its virtual machine is paused. Packets to it are lost; timers, commands and
   * what was done with keys in that time comes when it wakes; memory and connections are as before.
   */
  | { readonly kind: 'sleep'; readonly actor: string; readonly at: number; readonly ms?: number };

/** What the world lets faults do; each answer undoes it. */
export interface Powers {
  readonly network: Network;
  jump(actor: string, ms: number): void;
  /** The host does not run. */
  stop(actor: string): () => void;
  /** The same, and it forgets. */
  crash(actor: string): () => void;
}

/** Lets a fault take effect. The answer ends it; a clock stays where it jumped to. */
export function begin(fault: Fault, { network, jump, stop, crash }: Powers): () => void {
  switch (fault.kind) {
    case 'outage':
      return network.cut(...fault.link);
    case 'quality':
      return network.change(...fault.link, fault.changes);
    case 'clock':
      jump(fault.actor, fault.ms);
      return () => undefined;
    case 'crash':
      return crash(fault.actor);
    case 'sleep':
      return stop(fault.actor);
    default:
      return assertNever(fault);
  }
}

/** A fault that began or ended, as the trace shows it: an event of the actor `net`. */
export interface Faulted {
  readonly kind: 'faulted' | 'healed';
  readonly fault: Fault['kind'];
  /** An actor's name, or two joined by ` - `. */
  readonly what: string;
  /** What changed, for people. */
  readonly reason: string;
}

/** The fault as an event for the trace. */
export function faulted(kind: Faulted['kind'], fault: Fault): Faulted {
  const what = 'link' in fault ? fault.link.join(' - ') : fault.actor;
  return { kind, fault: fault.kind, what, reason: REASONS[fault.kind][kind](fault as never) };
}

type Reason<K extends Fault['kind']> = (fault: Extract<Fault, { readonly kind: K }>) => string;

const REASONS: { readonly [K in Fault['kind']]: Readonly<Record<Faulted['kind'], Reason<K>>> } = {
  outage: { faulted: () => 'no line of sight', healed: () => 'in sight again' },
  quality: {
    faulted: ({ changes }) =>
      Object.entries(changes)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    healed: () => 'as it was before',
  },
  clock: { faulted: ({ ms }) => `the clock jumps by ${ms} ms`, healed: () => 'unchanged' },
  crash: { faulted: () => 'the host loses power', healed: () => 'the host starts again' },
  sleep: { faulted: () => 'the host sleeps', healed: () => 'the host wakes' },
};

/** Whom {@link randomFaults} may trouble. */
export interface Troubled {
  readonly actors: readonly string[];
  readonly links: readonly (readonly [string, string])[];
  /** Faults begin before this time, in milliseconds; most are over soon after. Default 5000. */
  readonly within?: number;
}

const FAULTS_MAX = 6;

/**
 * One to six faults for a sweep over seeds. Each ends, so that what retries can get through;
 * crashes and clock jumps are the rarer ones, because little happens in a run after them.
 */
export function randomFaults(seed: number, cast: Troubled): readonly Fault[] {
  const draw = chance(seed, 'faults');
  const faults: Fault[] = [];
  const count = 1 + Math.floor(draw() * FAULTS_MAX);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(draw() ** 2 * (cast.within ?? 5000));
    const ms = 1 + Math.floor(draw() ** 3 * 20_000);
    const actor = pick(cast.actors, draw);
    const link = pick(cast.links, draw);
    const kind = draw();
    if (link !== undefined && kind < 0.7) {
      if (kind < 0.25) faults.push({ kind: 'outage', link, at, ms });
      else faults.push({ kind: 'quality', link, at, ms, changes: worse(draw) });
    } else if (actor !== undefined) {
      if (kind < 0.8) faults.push({ kind: 'sleep', actor, at, ms });
      else if (kind < 0.9) faults.push({ kind: 'crash', actor, at, ms });
      else faults.push({ kind: 'clock', actor, at, ms: Math.round((draw() - 0.5) * 1_200_000) });
    }
  }
  return faults;
}

function pick<T>(from: readonly T[], draw: Chance): T | undefined {
  return from[Math.floor(draw() * from.length)];
}

/** Any mixture of what a link can do, from nearly nothing to hardly a packet. */
function worse(draw: Chance): Partial<Quality> {
  const share = (): number => draw() ** 2;
  return {
    latency: 1 + Math.floor(share() * 500),
    jitter: Math.floor(share() * 500),
    loss: 0.8 * share(),
    duplicate: 0.8 * share(),
    reorder: 0.8 * share(),
    segment: 1 + Math.floor(draw() * 1460),
  };
}
