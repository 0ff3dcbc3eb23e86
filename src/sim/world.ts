/**
 * The simulated world: it runs actors in virtual time, carries their effects out, and reports every
 * step. The same cast, seed and faults give the same steps, octet for octet, on any machine.
 */
import type { Actor, ActorEffect, ActorEvent, Framing, FramingName } from '../machine/actor.ts';
import { assertNever } from '../machine/machine.ts';
import type { KeyOperations } from '../signing/operations.ts';
import { stepRandom } from './chance.ts';
import { Datagrams } from './datagrams.ts';
import { begin, type Fault, type Faulted, faulted, type Powers } from './faults.ts';
import { forget, type Host, hostOf, known, setTimer, up } from './host.ts';
import { type Asked, type PendingOperations, pendingOperations } from './key-operations.ts';
import { type Link, type Lost, NET, type Network, network } from './network.ts';
import { type Plans, plans } from './plans.ts';
import { type Medium, Streams } from './streams.ts';
import { WorldError } from './world-error.ts';

/** What happened: an actor's event, or what the network did by itself (actor `net`). */
export type WorldEvent = ActorEvent | Lost | Faulted;

/** One step, as the recorder takes it. */
export interface WorldStep {
  /** Whole virtual milliseconds since the start. */
  readonly at: number;
  readonly actor: string;
  readonly machine: string;
  readonly from: string;
  readonly event: WorldEvent;
  readonly to: string;
  readonly effects: readonly ActorEffect[];
  /** `seq` of the step whose effect caused this event. */
  readonly cause?: number;
  /** Milliseconds by which the actor's clock is ahead; absent: none. */
  readonly skew?: number;
}

/** Takes steps in order and numbers them from 0. */
export interface Recorder {
  record(step: WorldStep): number;
}

export interface WorldOptions {
  readonly seed: number;
  /** Milliseconds since 1970-01-01T00:00:00Z at virtual time 0. */
  readonly start: number;
  /** In the order in which they hear `started`. */
  readonly actors: readonly Actor[];
  readonly framings: readonly Framing[];
  /** Pairs that are not named here are joined by a link of {@link DEFAULT_QUALITY}. */
  readonly links?: readonly Link[];
  readonly faults?: readonly Fault[];
  /** Milliseconds by which actors' clocks are ahead from the start. */
  readonly skews?: Readonly<Record<string, number>>;
  /** Needed when an actor signs. */
  readonly operations?: Pick<KeyOperations, 'perform'>;
  readonly recorder?: Recorder;
  /** Called for each step, before its effects are carried out; may {@link World.deliver}. */
  readonly onStep?: (step: WorldStep, seq: number) => void;
  /** Steps of actors in one run; default 100,000. */
  readonly stepsMax?: number;
  /** Virtual milliseconds of one run; default 30 days. */
  readonly timeMax?: number;
}

/** Why {@link World.run} came back: nothing is left to happen, or a limit. */
export type WorldEnd = 'idle' | 'time' | 'steps';

const STEPS_MAX = 100_000;
const TIME_MAX = 30 * 86_400_000;
/** Packets and plans that may be worked off for one step of an actor; a flood of them is a limit too. */
const ACTS_PER_STEP = 20;

export class World {
  readonly #options: WorldOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #framings: ReadonlyMap<FramingName, Framing>;
  readonly #plans: Plans = plans();
  readonly #network: Network;
  readonly #streams: Streams;
  readonly #datagrams: Datagrams;
  readonly #operations: PendingOperations;
  #now = 0;
  #seq = 0;
  #steps = 0;
  #acts = 0;

  /** @throws RangeError when links, faults or clocks name an actor that is not there. */
  constructor(options: WorldOptions) {
    this.#options = options;
    this.#framings = new Map(options.framings.map((framing) => [framing.name, framing]));
    this.#network = network(options.seed, options.links ?? []);
    this.#operations = pendingOperations(options.operations);
    const medium = this.#medium();
    this.#streams = new Streams(medium);
    this.#datagrams = new Datagrams(medium);
    for (const actor of options.actors) {
      if (this.#hosts.has(actor.name)) throw new RangeError(`two actors are called ${actor.name}`);
      this.#hosts.set(actor.name, hostOf(actor, options.skews?.[actor.name] ?? 0));
      this.#emit(actor.name, { kind: 'started' });
    }
    for (const { between } of options.links ?? []) for (const name of between) this.#host(name);
    for (const fault of options.faults ?? []) this.fault(fault);
  }

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  /** Lets an actor hear `event` at virtual time `at`, which is not past. No step is its cause. */
  deliver(actor: string, event: ActorEvent, at: number = this.#now): void {
    this.#host(actor);
    this.#at(at, () => this.#emit(actor, event));
  }

  stateName(actor: string): string {
    const host = this.#host(actor);
    return host.actor.stateName(host.state);
  }

  /** The actor's own view of its state. */
  view(actor: string): ReturnType<Actor['view']> {
    const host = this.#host(actor);
    return host.actor.view(host.state);
  }

  /**
   * Runs until nothing is left to happen, or until virtual time `until` is over, or a limit is reached.
   * May be called again to go on.
   * @throws WorldError when an actor throws.
   */
  async run(until: number = Number.POSITIVE_INFINITY): Promise<WorldEnd> {
    const end = Math.min(until, this.#options.timeMax ?? TIME_MAX);
    const stepsMax = this.#options.stepsMax ?? STEPS_MAX;
    for (;;) {
      const next = this.#plans.nextAt();
      if (this.#operations.waiting > 0 && (next === undefined || next > this.#now)) {
        await this.#perform();
        continue;
      }
      if (next === undefined || (this.#plans.idle && until === Number.POSITIVE_INFINITY))
        return 'idle';
      if (next > end) {
        this.#now = Math.max(this.#now, end);
        return 'time';
      }
      if (this.#steps >= stepsMax || this.#acts >= stepsMax * ACTS_PER_STEP) return 'steps';
      this.#now = next;
      this.#acts++;
      this.#plans.pop()?.();
    }
  }

  /** Plans a fault, and its end. A time that is past means now. */
  fault(fault: Fault): void {
    for (const name of 'link' in fault ? fault.link : [fault.actor]) this.#host(name);
    this.#at(fault.at, () => {
      const heal = begin(fault, this.#powers());
      this.#net(faulted('faulted', fault));
      if (fault.kind === 'clock' || fault.ms === undefined) return;
      this.#after(fault.ms, () => {
        heal();
        this.#net(faulted('healed', fault));
      });
    });
  }

  #host(name: string): Host {
    return known(this.#hosts, name, 'actor');
  }

  #at(at: number, act: () => void, background = false): void {
    this.#plans.push(Math.max(this.#now, Math.round(at)), act, background);
  }

  #after(ms: number, act: () => void, background = false): void {
    this.#at(this.#now + ms, act, background);
  }

  /** Lets the actor step in this instant, or as soon as its host runs, unless `still` says no then. */
  #emit(name: string, event: ActorEvent, cause?: number, still?: () => boolean): void {
    const host = this.#host(name);
    const act = (): void => {
      if (host.down > 0) host.waiting.push(act);
      else if (still === undefined || still()) this.#step(host, event, cause);
    };
    this.#at(this.#now, act);
  }

  #medium(): Medium {
    return {
      network: this.#network,
      framing: (name) => (name === undefined ? undefined : known(this.#framings, name, 'framing')),
      known: (actor) => this.#hosts.has(actor),
      awake: (actor) => this.#host(actor).down === 0,
      after: (ms, act) => this.#after(ms, act),
      emit: (actor, event, cause, still) => this.#emit(actor, event, cause, still),
      lost: (packet, cause) => this.#net(packet, cause),
    };
  }

  #step(host: Host, event: ActorEvent, cause?: number): void {
    const { actor, state, skew, store } = host;
    const { seed, start } = this.#options;
    const blamed = <T>(seq: number, act: () => T): T => {
      try {
        return act();
      } catch (error) {
        throw new WorldError(seed, seq, actor.name, error);
      }
    };
    const random = stepRandom(seed, actor.name, host.steps);
    const step = blamed(this.#seq, (): WorldStep => {
      const next = actor.step(state, event, { now: start + this.#now + skew, random, store });
      host.state = next.state;
      return {
        at: this.#now,
        actor: actor.name,
        machine: actor.machine,
        from: actor.stateName(state),
        event,
        to: actor.stateName(next.state),
        effects: next.effects,
        ...(cause === undefined ? {} : { cause }),
        ...(skew === 0 ? {} : { skew }),
      };
    });
    host.steps++;
    this.#steps++;
    const seq = this.#record(step);
    blamed(seq, () => {
      for (const effect of step.effects) this.#carryOut(host, effect, seq);
    });
  }

  #record(step: WorldStep): number {
    const seq = this.#options.recorder?.record(step) ?? this.#seq;
    this.#seq = seq + 1;
    this.#options.onStep?.(step, seq);
    return seq;
  }

  /** What the network did, as a step of its own in the trace. */
  #net(event: Lost | Faulted, cause?: number): void {
    const caused = cause === undefined ? {} : { cause };
    const place = { at: this.#now, actor: NET, machine: 'sim/network', from: 'up', to: 'up' };
    this.#record({ ...place, event, effects: [], ...caused });
  }

  #carryOut(host: Host, effect: ActorEffect, seq: number): void {
    const { name } = host.actor;
    switch (effect.kind) {
      case 'listen':
        if (effect.transport === 'udp') this.#datagrams.listen(name, effect.port);
        else this.#streams.listen(name, effect.port, effect.framing);
        break;
      case 'connect':
        this.#streams.connect(name, effect, seq);
        break;
      case 'send':
        if (effect.transport === 'tcp') this.#streams.send(name, effect, seq);
        else this.#datagrams.send(name, effect, seq);
        break;
      case 'secure':
        this.#streams.secure(name, effect, seq);
        break;
      case 'close':
        this.#streams.close(name, effect.connection, seq);
        break;
      case 'timer': {
        const { timer, ms, background = false } = effect;
        const due = setTimer(host, timer);
        this.#after(ms, () => this.#emit(name, { kind: 'expired', timer }, seq, due), background);
        break;
      }
      case 'cancel':
        host.timers.delete(effect.timer);
        break;
      case 'tell': {
        const { to, what, args } = effect;
        this.#emit(to, { kind: 'told', from: name, what, args }, seq);
        break;
      }
      case 'sign':
      case 'decrypt':
      case 'generate':
        this.#operations.ask({ host, id: effect.id, cause: seq, request: effect });
        break;
      case 'destroy':
        this.#operations.ask({ host, cause: seq, request: effect });
        break;
      case 'write':
        host.store.write(effect.batch);
        break;
      case 'note':
      case 'keyed':
      case 'rejected':
        break; // the record itself tells
      default:
        assertNever(effect);
    }
  }

  async #perform(): Promise<void> {
    const answer = ({ host, cause }: Asked, event: ActorEvent, still: () => boolean): void =>
      this.#emit(host.actor.name, event, cause, still);
    await this.#operations.perform(answer).catch((error: unknown) => {
      throw new WorldError(this.#options.seed, this.#seq, NET, error);
    });
  }

  #powers(): Powers {
    return {
      network: this.#network,
      jump: (actor, ms) => {
        this.#host(actor).skew += ms;
      },
      stop: (actor) => this.#stop(this.#host(actor)),
      crash: (actor) => {
        const host = this.#host(actor);
        forget(host);
        this.#streams.crash(actor);
        this.#datagrams.crash(actor);
        return this.#stop(host);
      },
    };
  }

  #stop(host: Host): () => void {
    host.down++;
    return () => {
      const { started, due } = up(host);
      if (started) this.#emit(host.actor.name, { kind: 'started' });
      for (const act of due) this.#at(this.#now, act);
    };
  }
}
