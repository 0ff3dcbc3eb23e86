/** Where answers of a KDC go: those that are there at once, and those that wait for its signature; and their keys. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { AgreedKey } from '../kdc/as-reply.ts';

/** The way back to who asked: a datagram's, or a stream. */
export type Route =
  | { readonly to: string; readonly toPort: number; readonly port: number }
  | { readonly connection: string };

export function reply(route: Route, message: string, bytes: Uint8Array): ActorEffect {
  return 'connection' in route
    ? { kind: 'send', transport: 'tcp', ...route, message, bytes }
    : { kind: 'send', transport: 'udp', ...route, message, bytes };
}

/** By the id of the signature that an answer waits for. */
export type Routes = Readonly<Record<string, Route>>;

/** Tells the trace a key that only client and KDC have, so that the reply can be looked into. */
export function replyKeyed({ client: principal, key }: AgreedKey): ActorEffect {
  const { etype, bytes } = key;
  const record = { principal, kvno: 0, etype, key: toHex(bytes), exchange: 'PKINIT' } as const;
  return { kind: 'keyed', keys: [record] };
}
