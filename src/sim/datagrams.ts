/** UDP between actors: datagrams that may be lost, doubled or overtaken. */
import type { ActorEffect, ActorEvent } from '../machine/actor.ts';
import { DATAGRAM_MAX } from './network.ts';
import type { Medium } from './streams.ts';

type Send = Extract<ActorEffect, { readonly kind: 'send' }>;
export type SendDatagram = Extract<Send, { readonly transport: 'udp' }>;

export class Datagrams {
  readonly #medium: Medium;
  readonly #ports = new Map<string, Set<number>>();

  constructor(medium: Medium) {
    this.#medium = medium;
  }

  listen(actor: string, port: number): void {
    const own = this.#ports.get(actor) ?? new Set<number>();
    this.#ports.set(actor, own.add(port));
  }

  send(from: string, effect: SendDatagram, cause: number): void {
    const { to, toPort, port, message, bytes } = effect;
    const medium = this.#medium;
    // Like a socket that sends before it is bound: the answer finds its way back.
    this.listen(from, port);
    const lose = (reason: string): void => {
      const way = { transport: 'udp', from, to, port: toPort } as const;
      medium.lost({ kind: 'lost', ...way, message, bytes, reason }, cause);
    };
    const way = { transport: 'udp', from, fromPort: port, port: toPort } as const;
    const received: ActorEvent = { kind: 'received', ...way, message, bytes };
    const arrive = (): void => {
      if (!medium.awake(to)) lose(`${to} is down`);
      else if (!this.#hears(to, toPort)) lose(`nobody listens at ${to}, UDP port ${toPort}`);
      else medium.emit(to, received, cause, () => this.#hears(to, toPort));
    };
    if (!medium.known(to)) lose(`there is no host ${to}`);
    else if (bytes.length > DATAGRAM_MAX) lose(`${bytes.length} octets do not fit a datagram`);
    else {
      const fate = medium.network.fate(from, to, 'udp');
      if (fate.kind === 'lost') lose(fate.reason);
      else for (const delay of fate.delays) medium.after(delay, arrive);
    }
  }

  /** The actor's host loses power: its sockets are gone. */
  crash(actor: string): void {
    this.#ports.delete(actor);
  }

  #hears(actor: string, port: number): boolean {
    return this.#ports.get(actor)?.has(port) === true;
  }
}
