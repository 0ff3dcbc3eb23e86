/**
 * A run as the packets that a capture on its network would show: each when it left its sender (what
 * comes from outside the run: when it arrived). The trace knows messages; headers, ports of clients
 * and segments are put around them here.
 */
import type { Framing } from '../machine/actor.ts';
import { type Address, addressOf, type Endpoint, udpPacket } from './ip.ts';
import type { Capture, Packet } from './pcapng.ts';
import type { TraceRecord, Wire } from './record.ts';
import { type End, type TcpFlow, tcpFlow } from './tcp-flow.ts';
import { CLEAR, type TlsFlows, tlsFlows } from './tls-flows.ts';

/** What is to be captured. */
export interface CaptureSource {
  readonly records: readonly TraceRecord[];
  octets(link: string): Uint8Array | undefined;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  /** Addresses of actors; those that are missing get one of 10.88.0.0/16. */
  readonly addresses?: { readonly [actor: string]: string };
  readonly framings: ReadonlyMap<string, Framing>;
  /** Connections that are TLS are shown so, with chance of this seed; absent: what they carry, in clear. */
  readonly tls?: { readonly seed: number | string };
}

/** A connection and the end of it that one actor holds. */
interface Hold {
  readonly flow: TcpFlow;
  readonly end: End;
  /** The other end's name in the trace. */
  readonly peer: string;
  readonly framing: Framing | undefined;
}

/** Dynamic ports (RFC 6335 §6), for connections that nobody accepted. */
const DYNAMIC_PORT = 49152;

/** Packets of one moment, and what they are. */
interface Shown {
  readonly octets: readonly Uint8Array[];
  readonly comment: string;
}

/** The packets of a run, in the order in which they were sent, the actors' names, and TLS secrets if there are. */
export function captureOf(source: CaptureSource): Pick<Capture, 'packets' | 'names' | 'keyLog'> {
  const state = captureState(source);
  const packets: Packet[] = [];
  for (const record of source.records) {
    const at = Math.round((source.start + record.at) * 1000);
    const moments = [
      shownOfEvent(state, record),
      ...record.effects.map((effect) => shownOfEffect(state, record, effect)),
    ];
    for (const shown of moments) {
      if (shown === undefined) continue;
      const comment = `record ${record.seq}: ${shown.comment}`;
      for (const octets of shown.octets) packets.push({ at, octets, comment });
    }
  }
  const names = [...state.actors]
    .filter((name) => state.addresses.has(name))
    .map((name) => ({ name, address: state.address(name) }));
  const keyLog = state.tls.keyLog();
  return { packets, names, ...(keyLog === '' ? {} : { keyLog }) };
}

interface CaptureState {
  readonly source: CaptureSource;
  readonly actors: ReadonlySet<string>;
  readonly addresses: ReadonlyMap<string, Address>;
  address(name: string): Address;
  /** By actor and connection. */
  readonly holds: Map<string, Hold>;
  /** Connections asked for and not accepted yet, by the record that asked; oldest first. */
  readonly pending: Map<string, Hold[]>;
  /** The clients' ports in the order of their `accepted`, by the same. */
  readonly ports: Map<string, number[]>;
  /** By record and octets: why a datagram was lost. */
  readonly lost: ReadonlyMap<string, string>;
  /** By actor and port. */
  readonly listeners: Map<string, Framing | undefined>;
  readonly tls: TlsFlows;
  freePort: number;
}

function captureState(source: CaptureSource): CaptureState {
  const actors = new Set(source.records.map((record) => record.actor));
  const ports = new Map<string, number[]>();
  let freePort = DYNAMIC_PORT;
  const lost = new Map<string, string>();
  for (const { actor, event, cause } of source.records) {
    if (event.kind === 'accepted') {
      const key = asked(cause, actor, number(event, 'port'));
      const fromPort = number(event, 'fromPort');
      ports.set(key, [...(ports.get(key) ?? []), fromPort]);
      freePort = Math.max(freePort, fromPort + 1);
    }
    if (event.kind === 'lost') lost.set(`${cause} ${text(event, 'bytes')}`, text(event, 'reason'));
  }
  const addresses = new Map<string, Address>();
  const address = (name: string): Address => {
    const known = addresses.get(name);
    if (known !== undefined) return known;
    const made = addressOf(source.addresses?.[name] ?? name) ?? invented(addresses.size + 1);
    addresses.set(name, made);
    return made;
  };
  const maps = { holds: new Map(), pending: new Map(), listeners: new Map() };
  const tls = source.tls === undefined ? CLEAR : tlsFlows(source.tls.seed);
  return { source, actors, addresses, address, ports, lost, ...maps, tls, freePort };
}

function invented(n: number): Address {
  return new Uint8Array([10, 88, n >>> 8, n & 0xff]);
}

function text(wire: Wire, name: string): string {
  const value = wire[name];
  return typeof value === 'string' ? value : '';
}

function number(wire: Wire, name: string): number {
  const value = wire[name];
  return typeof value === 'number' ? value : 0;
}

/** Names the `connect` to a server's port in record `seq`. */
function asked(seq: number | undefined, server: string, port: number): string {
  return `${seq}\0${server}\0${port}`;
}

function holdKey(actor: string, wire: Wire): string {
  return `${actor}\0${text(wire, 'connection')}`;
}

function endpoint(state: CaptureState, name: string, port: number): Endpoint {
  return { address: state.address(name), port };
}

/** The message's octets; nothing when they were lost from the run folder. */
function octets(state: CaptureState, wire: Wire): Uint8Array {
  return state.source.octets(text(wire, 'bytes')) ?? new Uint8Array(0);
}

/** What `from` writes to the connection for a message. */
function framed(state: CaptureState, hold: Hold, from: End, wire: Wire): Uint8Array {
  const bytes = octets(state, wire);
  const whole = hold.framing === undefined ? bytes : hold.framing.wrap(bytes);
  return state.tls.sent(hold.flow, from, whole);
}

function shownOfEvent(state: CaptureState, record: TraceRecord): Shown | undefined {
  switch (record.event.kind) {
    case 'received':
      return received(state, record);
    case 'accepted':
      return accepted(state, record);
    case 'connected':
      return connected(state, record);
    case 'closed':
      return closed(state, record);
    case 'secured':
      return secured(state, record);
    default:
      return undefined;
  }
}

function received(state: CaptureState, { actor, event }: TraceRecord): Shown | undefined {
  const sender = text(event, 'from');
  const comment = `${sender} → ${actor}: ${event.message ?? 'octets'}`;
  if (event.transport === 'udp') {
    // What an actor of the run sent was captured when it left.
    if (state.actors.has(sender)) return undefined;
    const source = endpoint(state, sender, number(event, 'fromPort'));
    const target = endpoint(state, actor, number(event, 'port'));
    return { octets: [udpPacket(source, target, octets(state, event))], comment };
  }
  const hold = state.holds.get(holdKey(actor, event));
  if (hold === undefined) return undefined;
  const from = otherEnd(hold.end);
  const arrived = state.actors.has(hold.peer)
    ? undefined
    : { octets: hold.flow.send(from, framed(state, hold, from, event)), comment };
  hold.flow.deliver(hold.end);
  return arrived;
}

function accepted(state: CaptureState, { actor, event, cause }: TraceRecord): Shown | undefined {
  const from = text(event, 'from');
  const port = number(event, 'port');
  const framing = state.listeners.get(`${actor}\0${port}`);
  const comment = `${actor} accepts ${from}`;
  const own = state.pending.get(asked(cause, actor, port))?.shift();
  const flow =
    own?.flow ??
    tcpFlow(endpoint(state, from, number(event, 'fromPort')), endpoint(state, actor, port));
  state.holds.set(holdKey(actor, event), { flow, end: 'server', peer: from, framing });
  if (own === undefined) {
    return { octets: [...flow.syn(), ...flow.accept(), ...flow.establish()], comment };
  }
  // The client may have heard of it before: then its `connected` has shown the handshake.
  return flow.isAccepted ? undefined : { octets: flow.accept(), comment };
}

function connected(state: CaptureState, { actor, event }: TraceRecord): Shown | undefined {
  const hold = state.holds.get(holdKey(actor, event));
  if (hold === undefined) return undefined;
  const answer = hold.flow.isAccepted ? [] : hold.flow.accept();
  const comment = `${actor} is connected to ${hold.peer}`;
  return { octets: [...answer, ...hold.flow.establish()], comment };
}

function closed(state: CaptureState, { actor, event }: TraceRecord): Shown | undefined {
  const key = holdKey(actor, event);
  const hold = state.holds.get(key);
  if (hold === undefined) return undefined;
  state.holds.delete(key);
  const reason = text(event, 'reason');
  const comment = `${actor}: the connection with ${hold.peer} ended (${reason})`;
  switch (reason) {
    case 'refused':
      return { octets: hold.flow.refuse(), comment };
    case 'closed':
      return { octets: hold.flow.end(hold.end), comment };
    case 'limit':
      return { octets: hold.flow.finish(hold.end), comment };
    default:
      return undefined;
  }
}

/** The first that hears of TLS shows the handshake: the simulated world and the sockets of `serve` have none. */
function secured(state: CaptureState, { actor, event }: TraceRecord): Shown | undefined {
  const hold = state.holds.get(holdKey(actor, event));
  if (hold === undefined) return undefined;
  const certificate = state.source.octets(text(event, 'certificate'));
  const packets = state.tls.begun(hold.flow, certificate);
  return { octets: packets, comment: `${hold.peer} and ${actor} agree on TLS` };
}

function otherEnd(end: End): End {
  return end === 'client' ? 'server' : 'client';
}

function shownOfEffect(state: CaptureState, record: TraceRecord, effect: Wire): Shown | undefined {
  const { actor } = record;
  switch (effect.kind) {
    case 'listen': {
      const framing = state.source.framings.get(text(effect, 'framing'));
      const key = `${actor}\0${number(effect, 'port')}`;
      if (effect.transport === 'tcp') state.listeners.set(key, framing);
      return undefined;
    }
    case 'connect':
      return connect(state, record, effect);
    case 'send':
      return effect.transport === 'udp'
        ? sendDatagram(state, record, effect)
        : sendOnStream(state, record, effect);
    case 'secure': {
      const hold = state.holds.get(holdKey(actor, effect));
      const certificate = state.source.octets(text(effect, 'certificate'));
      if (hold !== undefined && certificate !== undefined) {
        state.tls.shows(hold.flow, certificate);
      }
      return undefined;
    }
    case 'close': {
      const hold = state.holds.get(holdKey(actor, effect));
      if (hold === undefined) return undefined;
      const { flow, end } = hold;
      const packets = [...state.tls.ended(flow, end), ...flow.finish(end)];
      return { octets: packets, comment: `${actor} closes the connection` };
    }
    default:
      return undefined;
  }
}

function connect(state: CaptureState, { actor, seq }: TraceRecord, effect: Wire): Shown {
  const to = text(effect, 'to');
  const port = number(effect, 'port');
  const key = asked(seq, to, port);
  const clientPort = state.ports.get(key)?.shift() ?? state.freePort++;
  const flow = tcpFlow(endpoint(state, actor, clientPort), endpoint(state, to, port));
  const framing = state.source.framings.get(text(effect, 'framing'));
  const hold: Hold = { flow, end: 'client', peer: to, framing };
  state.holds.set(holdKey(actor, effect), hold);
  state.pending.set(key, [...(state.pending.get(key) ?? []), hold]);
  return { octets: flow.syn(), comment: `${actor} connects to ${to}` };
}

function sendDatagram(state: CaptureState, { actor, seq }: TraceRecord, effect: Wire): Shown {
  const to = text(effect, 'to');
  const source = endpoint(state, actor, number(effect, 'port'));
  const target = endpoint(state, to, number(effect, 'toPort'));
  const why = state.lost.get(`${seq} ${text(effect, 'bytes')}`);
  const fate = why === undefined ? '' : ` (${why})`;
  return {
    octets: [udpPacket(source, target, octets(state, effect))],
    comment: `${actor} → ${to}: ${effect.message ?? 'octets'}${fate}`,
  };
}

function sendOnStream(
  state: CaptureState,
  { actor }: TraceRecord,
  effect: Wire,
): Shown | undefined {
  const hold = state.holds.get(holdKey(actor, effect));
  if (hold === undefined) return undefined;
  const sent = hold.flow.send(hold.end, framed(state, hold, hold.end, effect));
  // Nobody tells when it arrives outside: at once.
  if (!state.actors.has(hold.peer)) hold.flow.deliver(otherEnd(hold.end));
  return { octets: sent, comment: `${actor} → ${hold.peer}: ${effect.message ?? 'octets'}` };
}
