/** What the sockets ask of the driver that owns them, and how addresses and names meet. */
import type { ActorEvent, Framing, FramingName } from '../machine/actor.ts';
import type { Limits, Patience } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Tls, TlsIdentity } from './tls.ts';
import type { Troubles } from './troubles.ts';

/** Where something real is. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An actor's name and the port as the scenario has it: 88, 445. */
export interface Named {
  readonly name: string;
  readonly port: number;
}

/** Names for addresses outside, both ways. */
export interface Directory {
  /** Where `name` listens for what the actors believe to be `port`; undefined: nowhere. */
  addressOf(name: string, port: number): Address | undefined;
  nameOf(host: string, port: number): Named | undefined;
}

/** As `src/sim` shows a packet that did not arrive. */
export interface LostDatagram {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly message?: string;
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/** An open port. */
export interface Listener {
  readonly port: number;
  close(): void;
}

export interface Outside {
  /** The address that sockets bind to. */
  readonly host: string;
  readonly limits: Limits;
  /** With connections to this port of an actor; 0: with connections of ours. */
  patience(port: number): Patience;
  readonly metrics: Metrics;
  readonly directory: Directory;
  readonly tls: Tls;
  /** Connections to this port are TLS from their first octet; undefined: they are not. */
  tlsOf(actor: string, port: number): TlsIdentity | undefined;
  framing(name: FramingName | undefined): Framing | undefined;
  /** The actor steps on this at once, or right after the step that runs now. */
  emit(actor: string, event: ActorEvent): void;
  readonly troubles: Troubles;
  /** A datagram is lost on purpose, which the trace shows as a step of `net`. */
  lost(packet: LostDatagram): void;
  /** Too much waits already: what can be dropped is to be dropped. */
  crowded(): boolean;
  log(text: string): void;
}

/** A directory of real peers: `{ dc1: { 88: { host: '127.0.0.1', port: 8800 } } }`. */
export function directory(
  peers: Readonly<Record<string, Readonly<Record<number, Address>>>>,
): Directory {
  const names = new Map<string, Named>();
  for (const [name, ports] of Object.entries(peers)) {
    for (const [port, address] of Object.entries(ports)) {
      names.set(`${address.host} ${address.port}`, { name, port: Number(port) });
    }
  }
  return {
    addressOf: (name, port) => peers[name]?.[port],
    nameOf: names.size === 0 ? () => undefined : (host, port) => names.get(`${host} ${port}`),
  };
}

/**
 * Is this an address, or the name of an actor (which begins with a letter and has no colon)? Asked for
 * each datagram: `isIP` tries long regular expressions.
 */
export function isAddress(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || text.includes(':');
}

/** The same octets as a plain Uint8Array: a Buffer's `slice` would share memory. */
export function plainOctets(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
