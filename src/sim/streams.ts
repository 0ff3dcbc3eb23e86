/**
 * TCP as actors notice it: connecting takes a round trip and fails with `refused` or `unreachable`,
 * octets arrive in order and late rather than lost, messages are cut into segments and joined again,
 * an end is heard. Windows and congestion are left out: a connection here carries messages, not files.
 */
import type { ActorEffect, ActorEvent, Framing, FramingName } from '../machine/actor.ts';
import type { Lost, Network } from './network.ts';
import { type End, endOf, messageAt, type Secure, type Segment, segment } from './stream-ends.ts';

/** What streams need of the world. */
export interface Medium {
  readonly network: Network;
  /** The framing of that name; undefined for streams without one. */
  framing(name: FramingName | undefined): Framing | undefined;
  /** Is there such a host at all? */
  known(actor: string): boolean;
  /** Does the actor's host run (neither crashed nor asleep)? */
  awake(actor: string): boolean;
  after(ms: number, act: () => void): void;
  /** The actor is to step in this instant, unless `still` says otherwise when its turn comes. */
  emit(actor: string, event: ActorEvent, cause: number, still: () => boolean): void;
  lost(packet: Lost, cause: number): void;
}

type Effect<K extends ActorEffect['kind']> = Extract<ActorEffect, { readonly kind: K }>;
export type Connect = Effect<'connect'>;
export type SendOnStream = Extract<Effect<'send'>, { readonly transport: 'tcp' }>;

/** Windows gives up connecting after 21 s: SYNs at 0, 3 and 9 s (TcpMaxConnectRetransmissions 2). */
const SYN_WAITS = [3_000, 6_000, 12_000];
/** Segments are repeated after 300 ms, doubling, five times (TcpMaxDataRetransmissions 5). */
const SEGMENT_WAITS = [300, 600, 1_200, 2_400, 4_800, 9_600];
/** RFC 6335 §6: the dynamic ports, which connecting sides take in turn. */
const DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 65_536 - DYNAMIC_PORT;

const NOTHING: Uint8Array = new Uint8Array(0);

export class Streams {
  readonly #medium: Medium;
  readonly #listeners = new Map<string, Map<number, FramingName | undefined>>();
  readonly #ends = new Map<string, Map<string, End>>();
  readonly #dialled = new Map<string, number>();

  constructor(medium: Medium) {
    this.#medium = medium;
  }

  listen(actor: string, port: number, framing: FramingName | undefined): void {
    const own = this.#listeners.get(actor) ?? new Map<number, FramingName | undefined>();
    this.#listeners.set(actor, own.set(port, framing));
  }

  /** @throws Error when the actor has a connection of that name already: its machine is wrong. */
  connect(actor: string, { connection, to, port, framing }: Connect, cause: number): void {
    const own = this.#endsOf(actor);
    if (own.has(connection)) throw new Error(`${actor} has a connection ${connection} already`);
    const count = this.#dialled.get(actor) ?? 0;
    this.#dialled.set(actor, count + 1);
    const ownPort = DYNAMIC_PORT + (count % DYNAMIC_PORTS);
    const local = endOf(actor, connection, ownPort, port, this.#medium.framing(framing));
    local.open = true;
    own.set(connection, local);
    if (this.#medium.known(to)) this.#dial(local, to, cause);
    else {
      this.#lose(local, to, `connecting: there is no host ${to}`, cause);
      this.#end(local, 'unreachable', cause);
    }
  }

  /** Sends one message, or does nothing where the stream has ended meanwhile. */
  send(actor: string, { connection, message, bytes }: SendOnStream, cause: number): void {
    const from = this.#endsOf(actor).get(connection);
    if (from?.peer === undefined || !from.open) return;
    const octets = from.framing === undefined ? bytes : from.framing.wrap(bytes);
    from.written += octets.length;
    from.messages.push({ end: from.written, message, cause });
    const { segment: max } = this.#medium.network.quality(actor, from.peer.actor);
    for (let at = 0; at < octets.length; at += max) {
      this.#transmit(from, segment(from, 'octets', octets.subarray(at, at + max), cause));
    }
  }

  /** TLS stands when both sides have asked for it. */
  secure(actor: string, asked: Secure, cause: number): void {
    const end = this.#endsOf(actor).get(asked.connection);
    if (end?.peer === undefined || !end.open) return;
    end.secure = asked;
    if (end.peer.secure === undefined) return;
    for (const at of [end, end.peer]) {
      const { certificate } = at.peer?.secure ?? {};
      const shown = certificate === undefined ? {} : { certificate };
      const event: ActorEvent = { kind: 'secured', connection: at.connection, ...shown };
      this.#medium.emit(at.actor, event, cause, () => at.open);
    }
  }

  close(actor: string, connection: string, cause: number): void {
    const from = this.#endsOf(actor).get(connection);
    if (from === undefined || !from.open) return;
    this.#transmit(from, segment(from, 'end', NOTHING, cause));
    this.#forget(from);
  }

  /** The actor's host loses power: its ends vanish without a word. */
  crash(actor: string): void {
    for (const own of this.#endsOf(actor).values()) {
      own.open = false;
      own.peer = undefined;
    }
    this.#ends.delete(actor);
    this.#listeners.delete(actor);
  }

  #endsOf(actor: string): Map<string, End> {
    const known = this.#ends.get(actor);
    if (known !== undefined) return known;
    const own = new Map<string, End>();
    this.#ends.set(actor, own);
    return own;
  }

  #forget(end: End): void {
    end.open = false;
    const own = this.#endsOf(end.actor);
    if (own.get(end.connection) === end) own.delete(end.connection);
  }

  #lose(from: End, to: string, reason: string, cause: number, bytes = NOTHING): void {
    const packet = { kind: 'lost', transport: 'tcp', from: from.actor, to } as const;
    const octets = bytes.length === 0 ? {} : { bytes };
    this.#medium.lost({ ...packet, port: from.servicePort, reason, ...octets }, cause);
  }

  /** Tells the actor that its stream has ended, once. */
  #end(end: End, reason: 'refused' | 'unreachable' | 'closed', cause: number): void {
    const { actor, connection } = end;
    this.#medium.emit(actor, { kind: 'closed', connection, reason }, cause, () => {
      const heard = end.open;
      this.#forget(end);
      return heard;
    });
  }

  /** One packet, one way: it arrives, or is lost (on the way, or at a host that does not run). */
  #carry(from: string, to: string, arrive: () => void, lose: (reason: string) => void): void {
    const fate = this.#medium.network.fate(from, to, 'tcp');
    if (fate.kind === 'lost') lose(fate.reason);
    else {
      this.#medium.after(fate.delays[0] as number, () => {
        if (this.#medium.awake(to)) arrive();
        else lose(`${to} is down`);
      });
    }
  }

  #dial(local: End, to: string, cause: number, tries = 0): void {
    if (!local.open) return;
    const again = (reason: string): void => {
      this.#lose(local, to, `connecting: ${reason}`, cause);
      this.#medium.after(SYN_WAITS[tries] as number, () => {
        if (tries + 1 < SYN_WAITS.length) this.#dial(local, to, cause, tries + 1);
        else this.#end(local, 'unreachable', cause);
      });
    };
    const asked = (): void => {
      const listener = this.#listeners.get(to);
      const refused = listener === undefined || !listener.has(local.servicePort);
      const answered = (): void => {
        if (refused) this.#end(local, 'refused', cause);
        else this.#stand(local, to, listener.get(local.servicePort), cause);
      };
      this.#carry(to, local.actor, answered, again);
    };
    this.#carry(local.actor, to, asked, again);
  }

  /** The handshake is answered: this side may send, and its first segment opens the other side. */
  #stand(local: End, to: string, framing: FramingName | undefined, cause: number): void {
    if (!local.open) return;
    const { ownPort, servicePort, connection, actor } = local;
    const framed = this.#medium.framing(framing);
    const remote = endOf(to, `${actor}:${ownPort}`, servicePort, servicePort, framed);
    remote.peer = local;
    local.peer = remote;
    this.#endsOf(to).set(remote.connection, remote);
    this.#medium.emit(actor, { kind: 'connected', connection }, cause, () => local.open);
    this.#transmit(local, segment(local, 'accepted', NOTHING, cause));
  }

  #transmit(from: End, sent: Segment, tries = 0): void {
    const to = from.peer;
    if (to === undefined) return;
    const wait = SEGMENT_WAITS[tries] as number;
    if (!this.#medium.awake(from.actor)) {
      // A host that sleeps does not count its tries either.
      this.#medium.after(wait, () => this.#transmit(from, sent, tries));
      return;
    }
    const lose = (reason: string): void => {
      this.#lose(from, to.actor, reason, sent.cause, sent.bytes);
      this.#medium.after(wait, () => {
        if (tries + 1 < SEGMENT_WAITS.length) this.#transmit(from, sent, tries + 1);
        else this.#end(from, 'unreachable', sent.cause);
      });
    };
    this.#carry(from.actor, to.actor, () => this.#arrive(to, from, sent), lose);
  }

  #arrive(at: End, from: End, sent: Segment): void {
    at.early.set(sent.number, sent);
    for (;;) {
      const next = at.early.get(at.expected);
      if (next === undefined) return;
      at.early.delete(at.expected++);
      this.#take(at, from, next);
    }
  }

  #take(at: End, from: End, sent: Segment): void {
    const { cause } = sent;
    if (at.peer === undefined || (sent.kind === 'octets' && !at.open)) {
      // The host has crashed since, or its actor has closed: a reset is the answer.
      this.#medium.after(0, () => this.#end(from, 'closed', cause));
    } else if (sent.kind === 'accepted') {
      at.open = true;
      const { connection, servicePort: port } = at;
      const fromPort = from.ownPort;
      const event: ActorEvent = { kind: 'accepted', connection, from: from.actor, fromPort, port };
      this.#medium.emit(at.actor, event, cause, () => at.open);
    } else if (sent.kind === 'octets') {
      at.input.push(sent.bytes);
      // At the end of the instant, so that what arrives together is read as one.
      this.#medium.after(0, () => this.#read(at, from, cause));
    } else this.#medium.after(0, () => this.#end(at, 'closed', cause));
  }

  #read(at: End, from: End, cause: number): void {
    while (!at.refused) {
      const cut = at.input.next();
      if (cut.kind === 'more') return;
      if (cut.kind === 'refused') {
        this.#refuse(at, cut.reason, cause);
        return;
      }
      at.read += cut.consumed;
      const sent = messageAt(from, at.read);
      const received: ActorEvent = {
        kind: 'received',
        transport: 'tcp',
        from: from.actor,
        fromPort: from.ownPort,
        port: at.ownPort,
        connection: at.connection,
        ...(sent === undefined ? {} : { message: sent.message }),
        bytes: cut.message,
      };
      this.#medium.emit(at.actor, received, sent?.cause ?? cause, () => at.open);
    }
  }

  /** The actor may answer what its framing refused; then the stream ends from this side. */
  #refuse(at: End, reason: string, cause: number): void {
    const { actor, connection } = at;
    at.refused = true;
    this.#medium.emit(actor, { kind: 'malformed', connection, reason }, cause, () => at.open);
    this.#medium.after(0, () => {
      if (!at.open) return;
      this.#transmit(at, segment(at, 'end', NOTHING, cause));
      this.#end(at, 'closed', cause);
    });
  }
}
