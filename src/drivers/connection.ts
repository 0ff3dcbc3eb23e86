/** One connection as the driver of streams keeps it. */
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ActorEffect, ActorEvent, Framing } from '../machine/actor.ts';
import { type MessageStream, messageStream } from '../machine/stream.ts';
import type { Patience } from './limits.ts';

type Effect<K extends ActorEffect['kind']> = Extract<ActorEffect, { readonly kind: K }>;
export type Connect = Effect<'connect'>;
export type Secure = Effect<'secure'>;
export type SendOnStream = Extract<Effect<'send'>, { readonly transport: 'tcp' }>;

/** Why a stream ended. */
export type Reason = Extract<ActorEvent, { readonly kind: 'closed' }>['reason'];

/** What a connection is from its start to its end. */
export interface Of {
  readonly actor: string;
  readonly id: string;
  readonly framing: Framing | undefined;
  /** The peer's address, for the limit per peer; empty on connections of ours. */
  readonly peer: string;
  /** As events show the peer. */
  readonly from: string;
  readonly fromPort: number;
  readonly port: number;
}

export interface Connection extends Of {
  /** Another one once there is TLS: what is written to it is encrypted. */
  socket: Socket;
  readonly input: MessageStream;
  readonly patience: Patience;
  /**
   * `securing`: TLS is being agreed on. `closing`: the actor is done with it, its last octets are under
   * way.
   */
  state: 'connecting' | 'securing' | 'open' | 'closing';
  /** When it is ended unless something happens; milliseconds of `performance.now`. */
  deadline: number;
  /** Octets of an unfinished message, as counted in the budget of all. */
  unfinished: number;
  /** It is not read while answers wait, or while the actor sleeps. */
  stalled: boolean;
  /** Why it ended, if the system said so. */
  reason: Reason;
}

export function connectionOf(of: Of, socket: Socket, patience: Patience): Connection {
  return {
    ...of,
    patience,
    socket,
    input: messageStream(of.framing),
    state: 'open',
    deadline: performance.now() + patience.firstMessageMs,
    unfinished: 0,
    stalled: false,
    reason: 'closed',
  };
}

/** How the actor hears of a message. */
export function receivedOn(
  { from, fromPort, port, id: connection }: Of,
  bytes: Uint8Array,
): Extract<ActorEvent, { readonly kind: 'received' }> {
  return { kind: 'received', transport: 'tcp', from, fromPort, port, connection, bytes };
}

export function nameOf(actor: string, id: string): string {
  return `${actor} ${id}`;
}

/** How many connections there are from one address. */
export interface PeerCounts {
  of(peer: string): number;
  add(peer: string): void;
  /** An empty address counts for nobody. */
  remove(peer: string): void;
}

export function peerCounts(): PeerCounts {
  const counts = new Map<string, number>();
  const of = (peer: string): number => counts.get(peer) ?? 0;
  return {
    of,
    add: (peer) => void counts.set(peer, of(peer) + 1),
    remove(peer) {
      if (of(peer) > 1) counts.set(peer, of(peer) - 1);
      else counts.delete(peer);
    },
  };
}

/** Opens the server at an address. @returns the port. @throws the system's error when it cannot be bound. */
export function boundTo(
  server: Server,
  at: { readonly port: number; readonly host: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
