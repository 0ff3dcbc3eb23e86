/** Real datagrams: one socket for each UDP port of an actor. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ActorEffect } from '../machine/actor.ts';
import { isAddress, type Listener, type Outside, plainOctets } from './outside.ts';

type Send = Extract<ActorEffect, { readonly kind: 'send' }>;
export type SendDatagram = Extract<Send, { readonly transport: 'udp' }>;

/** As much as the system allows: a burst of requests waits there, not in this process. */
const RECEIVE_OCTETS = 4 << 20;

type Found = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/** All addresses are numeric: asking the resolver would cost a turn of the event loop a datagram. */
function asItIs(host: string, _: unknown, found: Found): void {
  found(null, host, host.includes(':') ? 6 : 4);
}

export class Datagrams {
  readonly #outside: Outside;
  readonly #sockets = new Map<string, Map<number, Socket>>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /**
   * Hears datagrams for `actor`, which thinks it listens on `port`.
   * @throws the system's error when `real` cannot be bound.
   */
  listen(actor: string, port: number, real: number): Promise<Listener> {
    const socket = this.#open(actor, port);
    return new Promise((resolve, reject) => {
      const close = (): void => {
        this.#socketsOf(actor).delete(port);
        socket.close();
      };
      const failed = (error: Error): void => {
        close();
        reject(error);
      };
      socket.once('error', failed);
      socket.bind({ port: real, address: this.#outside.host, exclusive: false }, () => {
        socket.off('error', failed);
        this.#watch(socket, actor, port);
        resolve({ port: socket.address().port, close });
      });
    });
  }

  send(actor: string, effect: SendDatagram): void {
    const { metrics, limits, directory, troubles, lost } = this.#outside;
    const reason = troubles.loss(actor);
    if (reason !== undefined) {
      const { to, toPort: port, message, bytes } = effect;
      lost({ from: actor, to, port, message, bytes, reason });
      return;
    }
    const numeric = isAddress(effect.to);
    const address = numeric ? undefined : directory.addressOf(effect.to, effect.toPort);
    if (!numeric && address === undefined) {
      metrics.count('datagrams_failed');
      return;
    }
    // Like a socket that sends before it is bound: the system gives it a port.
    const socket = this.#socketsOf(actor).get(effect.port) ?? this.#unbound(actor, effect.port);
    if (socket.getSendQueueSize() > limits.datagramOctets) {
      metrics.count('datagrams_shed');
      return;
    }
    if (address === undefined) socket.send(effect.bytes, effect.toPort, effect.to);
    else socket.send(effect.bytes, address.port, address.host);
  }

  /** Octets that wait for the network card. */
  waiting(): number {
    let octets = 0;
    for (const own of this.#sockets.values()) {
      for (const socket of own.values()) octets += socket.getSendQueueSize();
    }
    return octets;
  }

  async close(): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const own of this.#sockets.values()) {
      for (const socket of own.values()) {
        closing.push(new Promise((resolve) => socket.close(() => resolve())));
      }
    }
    this.#sockets.clear();
    await Promise.all(closing);
  }

  #socketsOf(actor: string): Map<number, Socket> {
    const known = this.#sockets.get(actor);
    if (known !== undefined) return known;
    const own = new Map<number, Socket>();
    this.#sockets.set(actor, own);
    return own;
  }

  #open(actor: string, port: number): Socket {
    const type = isIPv6(this.#outside.host) ? 'udp6' : 'udp4';
    const socket = createSocket({ type, lookup: asItIs, recvBufferSize: RECEIVE_OCTETS });
    socket.on('message', (bytes, from) => this.#hear(actor, port, bytes, from));
    this.#socketsOf(actor).set(port, socket);
    return socket;
  }

  #unbound(actor: string, port: number): Socket {
    const socket = this.#open(actor, port);
    this.#watch(socket, actor, port);
    return socket;
  }

  #watch(socket: Socket, actor: string, port: number): void {
    const { metrics, log } = this.#outside;
    socket.on('error', (error) => {
      metrics.count('datagrams_failed');
      log(`${actor}, UDP port ${port}: ${error.message}`);
    });
  }

  #hear(actor: string, port: number, bytes: Uint8Array, { address, port: fromPort }: RemoteInfo) {
    const { metrics, directory, troubles, lost, crowded, emit } = this.#outside;
    const reason = troubles.loss(actor);
    if (reason !== undefined) {
      lost({ from: address, to: actor, port, bytes: plainOctets(bytes), reason });
      return;
    }
    if (crowded()) {
      metrics.count('datagrams_shed');
      return;
    }
    const peer = directory.nameOf(address, fromPort);
    emit(actor, {
      kind: 'received',
      transport: 'udp',
      from: peer === undefined ? address : peer.name,
      fromPort: peer === undefined ? fromPort : peer.port,
      port,
      bytes: plainOctets(bytes),
    });
  }
}
