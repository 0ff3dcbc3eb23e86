/** Opens the ports that an actor asks for; UDP and TCP of one port get the same real one. */
import type { ActorEffect } from '../machine/actor.ts';
import type { Listener } from './outside.ts';
import type { Streams } from './tcp.ts';
import type { Datagrams } from './udp.ts';

export type Listen = Extract<ActorEffect, { readonly kind: 'listen' }>;

/** A free port of TCP may be taken on UDP: another one is tried. */
const TRIES = 32;

/**
 * @param real the port to open; 0: any.
 * @returns the real port.
 * @throws Error that names the port, when it cannot be had.
 */
export async function open(
  sockets: { readonly streams: Streams; readonly datagrams: Datagrams },
  actor: string,
  listens: readonly Listen[],
  real: number,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    const opened: Listener[] = [];
    try {
      for (const { transport, port, framing } of listens) {
        const wanted = opened[0]?.port ?? real;
        opened.push(
          transport === 'tcp'
            ? await sockets.streams.listen(actor, port, framing, wanted)
            : await sockets.datagrams.listen(actor, port, wanted),
        );
      }
      return opened[0]?.port ?? real;
    } catch (error) {
      for (const listener of opened) listener.close();
      if (real === 0 && tries < TRIES && isTaken(error)) continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${actor} cannot listen on port ${real}: ${reason}`, { cause: error });
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
