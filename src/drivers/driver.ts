/**
 * The world outside: the same actors as in `src/sim`, driven by real sockets, the wall's clock and
 * real chance. Whatever a peer sends, and whatever an actor does about it, the process lives on.
 */
import { pooledRandom, type RandomSource } from '../crypto/random.ts';
import type { Actor, ActorEffect, ActorEvent, Framing } from '../machine/actor.ts';
import { assertNever } from '../machine/machine.ts';
import type { Store, WritableStore } from '../machine/store.ts';
import { memoryStore } from '../store/memory.ts';
import type { DriverOptions } from './driver-options.ts';
import { gauges } from './gauges.ts';
import { type PendingOperations, pendingOperations } from './key-operations.ts';
import { LIMITS, type Limits } from './limits.ts';
import { type Listen, open } from './listeners.ts';
import { directory, type Outside } from './outside.ts';
import { limitedLog, type Recording, recording } from './recording.ts';
import { Streams } from './tcp.ts';
import { type Timers, timers } from './timers.ts';
import { tls } from './tls.ts';
import { type Trouble, type Troubles, troubles } from './troubles.ts';
import { Datagrams } from './udp.ts';

interface Member {
  readonly actor: Actor;
  state: unknown;
  steps: number;
  /** Milliseconds by which its clock is ahead of the driver's. */
  readonly skew: number;
  readonly store: WritableStore;
  readonly timers: Timers;
}

interface Pending {
  readonly member: Member;
  readonly event: ActorEvent;
  readonly cause: number | undefined;
}

/** Milliseconds that answers have to leave when the driver stops. */
const STOP_MS = 300;

export class Driver {
  readonly #options: DriverOptions;
  readonly #limits: Limits;
  readonly #members = new Map<string, Member>();
  readonly #framings: ReadonlyMap<string, Framing>;
  readonly #troubles: Troubles = troubles((actor) => this.#streams.wake(actor));
  readonly #datagrams: Datagrams;
  readonly #streams: Streams;
  readonly #ports = new Map<string, Map<number, number>>();
  /** The same object for every step: a step must not keep it. */
  readonly #env: { now: number; random: RandomSource; store: Store };
  readonly #operations: PendingOperations;
  readonly #recording: Recording | undefined;
  readonly #log: (text: string) => void;
  readonly #pending: Pending[] = [];
  #stepping = false;
  #stopped = false;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#framings = new Map(options.framings.map((framing) => [framing.name, framing]));
    const { recorder, clock } = options;
    this.#log = limitedLog(options.log);
    this.#recording = recorder && recording(recorder, clock, this.#log);
    this.#env = { now: 0, random: pooledRandom(), store: memoryStore() };
    this.#operations = pendingOperations(options.operations, (reason) => {
      options.metrics.count('key_operations_failed');
      this.#log(`not possible ${reason}`);
    });
    const outside = this.#outside();
    this.#datagrams = new Datagrams(outside);
    this.#streams = new Streams(outside);
    for (const actor of options.actors) {
      if (this.#members.has(actor.name))
        throw new RangeError(`two actors are called ${actor.name}`);
      const skew = options.skews?.[actor.name] ?? 0;
      const store = options.store?.(actor.name) ?? memoryStore();
      const member = { actor, state: actor.initial, steps: 0, skew, store, timers: timers() };
      this.#members.set(actor.name, member);
    }
    gauges(options.metrics, this.#streams, this.#datagrams, this.#operations);
  }

  /**
   * Lets every actor hear `started` and opens the ports that they listen on.
   * @throws Error when a port cannot be opened; call {@link Driver.stop} then.
   */
  async start(): Promise<void> {
    const listens: [Member, Listen][] = [];
    this.#listen = (member, listen) => listens.push([member, listen]);
    for (const member of this.#members.values()) this.#hear(member, { kind: 'started' });
    for (const [name, member] of this.#members) {
      const own = listens.filter(([of]) => of === member).map(([, listen]) => listen);
      for (const port of new Set(own.map((listen) => listen.port))) {
        await this.#open(
          name,
          port,
          own.filter((listen) => listen.port === port),
        );
      }
    }
    // Later ones are opened as they come; nobody waits for them.
    this.#listen = ({ actor }, listen) => {
      this.#open(actor.name, listen.port, [listen]).catch(({ message }) => this.#log(message));
    };
  }

  /** The real port that `actor` listens on instead of `port`; undefined: it does not. */
  portOf(actor: string, port: number): number | undefined {
    return this.#ports.get(actor)?.get(port);
  }

  /** Lets an actor hear `event`, right after the step that runs now. */
  deliver(actor: string, event: ActorEvent): void {
    this.#hear(this.#member(actor), event);
  }

  stateName(actor: string): string {
    const member = this.#member(actor);
    return member.actor.stateName(member.state);
  }

  view(actor: string): ReturnType<Actor['view']> {
    const member = this.#member(actor);
    return member.actor.view(member.state);
  }

  /** Switches a fault on; the answer is its name. @throws RangeError when there is no such actor. */
  trouble(trouble: Trouble): string {
    this.#member(trouble.actor);
    return this.#troubles.add(trouble);
  }

  /** Switches a fault off; false when there is none of that name. */
  heal(id: string): boolean {
    return this.#troubles.remove(id);
  }

  /** Takes nothing more, lets answers leave, closes all sockets: in less than half a second. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const member of this.#members.values()) member.timers.cancelAll();
    await Promise.all([this.#datagrams.close(), this.#streams.stop(STOP_MS)]);
    for (const { store } of this.#members.values()) await store.close();
  }

  #listen: (member: Member, listen: Listen) => void = () => undefined;

  async #open(actor: string, port: number, listens: readonly Listen[]): Promise<void> {
    const real = this.#options.realPort(actor, port);
    if (real === undefined) return;
    const sockets = { streams: this.#streams, datagrams: this.#datagrams };
    const opened = await open(sockets, actor, listens, real);
    const own = this.#ports.get(actor) ?? new Map<number, number>();
    this.#ports.set(actor, own.set(port, opened));
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new RangeError(`there is no actor ${name}`);
    return member;
  }

  #outside(): Outside {
    const { metrics, host = '127.0.0.1', patience = {} } = this.#options;
    return {
      host,
      limits: this.#limits,
      patience: (port) => ({ ...this.#limits, ...patience[port] }),
      metrics,
      directory: this.#options.directory ?? directory({}),
      tls: tls(this.#options.keys),
      tlsOf: (actor, port) => this.#options.tlsOf?.(actor, port),
      framing: (name) => {
        const framing = name === undefined ? undefined : this.#framings.get(name);
        if (framing !== undefined || name === undefined) return framing;
        throw new RangeError(`there is no framing ${name}`);
      },
      emit: (actor, event) => this.#hear(this.#member(actor), event),
      troubles: this.#troubles,
      lost: (packet) => {
        metrics.count('datagrams_lost');
        this.#recording?.lost(packet);
      },
      crowded: () => this.#operations.waiting >= this.#limits.keyOperations,
      log: this.#log,
    };
  }

  /** Steps now, or after the steps that are under way: actors never step inside each other. */
  #hear(member: Member, event: ActorEvent, cause?: number): void {
    if (this.#stopped) return;
    if (this.#stepping) {
      this.#pending.push({ member, event, cause });
      return;
    }
    this.#stepping = true;
    try {
      this.#step(member, event, cause);
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
        this.#step(next.member, next.event, next.cause);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #step(member: Member, event: ActorEvent, cause: number | undefined): void {
    const { actor, state, skew } = member;
    const { clock, random, metrics } = this.#options;
    const begun = performance.now();
    const env = this.#env;
    const at = clock.at();
    env.now = clock.start + at + clock.offset + skew;
    env.store = member.store;
    if (random !== undefined) env.random = random(actor.name, member.steps);
    member.steps++;
    try {
      const { state: next, effects } = actor.step(state, event, env);
      member.state = next;
      const stepped = { actor, at, skew, before: state, event, after: next, effects, cause };
      const seq = this.#recording?.step(stepped);
      for (const effect of effects) this.#carryOut(member, effect, seq);
    } catch (error) {
      this.#failed(member, event, at, cause, error);
    }
    if (event.kind !== 'received') return;
    const message = this.#options.messageName?.(event.bytes) ?? 'unknown';
    metrics.request(message, (performance.now() - begun) / 1000);
  }

  /** Our fault: it is said, counted and in the trace; the message or connection is given up. */
  #failed(
    member: Member,
    event: ActorEvent,
    at: number,
    cause: number | undefined,
    error: unknown,
  ): void {
    const { actor, skew, state } = member;
    this.#options.metrics.count('steps_failed');
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const text = `${actor.name} failed on ${event.kind}: ${reason}`;
    this.#log(`kerblab is at fault: ${text}`);
    const note: ActorEffect = { kind: 'note', level: 'cause', text: text.split('\n', 1).join() };
    const step = { actor, at, skew, before: state, event, after: state, effects: [note], cause };
    this.#recording?.step(step);
    if ('connection' in event && event.connection !== undefined && event.kind !== 'closed') {
      this.#streams.drop(actor.name, event.connection);
    }
  }

  #carryOut(member: Member, effect: ActorEffect, seq: number | undefined): void {
    const { name } = member.actor;
    switch (effect.kind) {
      case 'send':
        if (effect.transport === 'udp') this.#datagrams.send(name, effect);
        else this.#streams.send(name, effect);
        this.#options.metrics.answer(
          effect.message,
          this.#options.errorName?.(effect.message, effect.bytes),
        );
        break;
      case 'listen':
        this.#listen(member, effect);
        break;
      case 'connect':
        this.#streams.connect(name, effect);
        break;
      case 'secure':
        this.#streams.secure(name, effect);
        break;
      case 'close':
        this.#streams.close(name, effect.connection);
        break;
      case 'timer': {
        const { timer, ms } = effect;
        member.timers.set(timer, ms, () => this.#hear(member, { kind: 'expired', timer }, seq));
        break;
      }
      case 'cancel':
        member.timers.cancel(effect.timer);
        break;
      case 'tell': {
        const { to, what, args } = effect;
        this.#hear(this.#member(to), { kind: 'told', from: name, what, args }, seq);
        break;
      }
      case 'sign':
      case 'decrypt':
      case 'generate': {
        const { id } = effect;
        this.#operations.ask(effect, (result) => this.#hear(member, { ...result, id }, seq));
        break;
      }
      case 'destroy':
        this.#operations.ask(effect, () => undefined);
        break;
      case 'write':
        member.store.write(effect.batch);
        break;
      case 'keyed':
        this.#options.keyed?.(effect.keys);
        break;
      case 'note':
      case 'rejected':
        break; // for the trace only
      default:
        assertNever(effect);
    }
  }
}
