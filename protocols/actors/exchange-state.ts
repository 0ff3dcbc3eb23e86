/** The exchanges that a host has under way, as data, and what all of them have in common. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import type * as ap from '../kerberos/ap-client.ts';
import type * as as from '../kerberos/as-client.ts';
import type { AsOpened } from '../kerberos/as-reply.ts';
import type { ClientEnv, Failure } from '../kerberos/client.ts';
import type * as kdc from '../kerberos/kdc-exchange.ts';
import type { EncryptionKey } from '../kerberos/messages.ts';
import type * as tgs from '../kerberos/tgs-client.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type * as negotiating from '../negotiate/initiator-state.ts';
import type { Credentials } from '../ntlm/initiator.ts';
import type { Mechanism, Proof } from './mechanisms.ts';

/** What a host's configuration says. */
export interface ExchangeOptions {
  /** The domain controllers of a realm, in the order in which they are asked. */
  kdcs(realm: string): readonly string[];
  readonly kdcExchange: kdc.KdcExchangeOptions;
  /** Milliseconds that a service may take to answer an AP-REQ. */
  readonly serviceWaitTime: number;
}

/** Where a service listens. */
export interface Service {
  readonly actor: string;
  readonly port: number;
  readonly framing: string;
}

export type Client =
  | { readonly kind: 'as'; readonly mechanism: Mechanism; readonly state: as.State<unknown> }
  | { readonly kind: 'tgs'; readonly state: tgs.State }
  | {
      readonly kind: 'ap';
      readonly state: ap.State;
      readonly request: ap.ApRequest;
      readonly connection: string;
    }
  | {
      readonly kind: 'ntlm';
      readonly state: negotiating.State;
      readonly credentials: Credentials;
      readonly connection: string;
    };

/** One exchange, for a purpose of its host: plain data of type `P`. */
export interface Exchange<P> {
  /** Beginning of the names of its timers and connections. */
  readonly id: string;
  readonly purpose: P;
  readonly client: Client;
  /** Requests sent so far: each has timers and connections of its own. */
  readonly requests: number;
  readonly kdc?: { readonly request: kdc.KdcRequest; readonly state: kdc.State };
}

/** All of a host's exchanges, and its clock as Kerberos sees it. */
export interface Exchanges<P> {
  readonly running: readonly Exchange<P>[];
  readonly count: number;
  /** The last time stamp given out, microseconds since 1970. */
  readonly stamp: number;
  /** Microseconds by which the KDC's clock is ahead of ours, as learnt. */
  readonly offset: number;
}

export function none<P>(): Exchanges<P> {
  return { running: [], count: 0, stamp: 0, offset: 0 };
}

export type Outcome =
  | { readonly kind: 'as'; readonly reply: AsOpened; readonly proof: Proof }
  | {
      readonly kind: 'tgs';
      readonly credential: Credential;
      readonly gained: readonly Credential[];
      /** Long-term keys of the client that the KDC gave out, as asked for. */
      readonly keyList?: readonly EncryptionKey[];
    }
  /** The same with NTLM. */
  | { readonly kind: 'ntlm'; readonly connection: string }
  /** The context stands, and the connection with it. */
  | { readonly kind: 'ap'; readonly context: ap.Context; readonly connection: string }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** Tickets gained on the way to the failure. */
      readonly gained: readonly Credential[];
    };

export interface Finished<P> {
  readonly purpose: P;
  readonly outcome: Outcome;
}

/** What became of a step. */
export interface Progress<P> {
  readonly exchanges: Exchanges<P>;
  readonly effects: readonly ActorEffect[];
  readonly finished: readonly Finished<P>[];
}

/**
 * A step's environment with a time stamp of its own. A clock that was set back by more than a second
 * starts anew instead of running on from where it was.
 */
export function stamping<P>(
  exchanges: Exchanges<P>,
  env: Env,
): { readonly clientEnv: ClientEnv; readonly stamped: Exchanges<P> } {
  const now = Math.floor(env.now) * 1_000;
  const { stamp: last, offset } = exchanges;
  const stamp = now > last || last - now > 1_000_000 ? now : last + 1;
  return {
    clientEnv: { now: env.now, random: (size) => env.random(size), stamp, offset },
    stamped: { ...exchanges, stamp },
  };
}

/** Takes an exchange out of those under way: this is what it came to. */
export function finish<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  effects: readonly ActorEffect[],
  outcome: Outcome,
): Progress<P> {
  const { id, purpose, client } = exchange;
  // Only KDCs teach the time: a service's clock counts for the one exchange with it.
  const ofKdc = client.kind === 'as' || client.kind === 'tgs';
  const learnt = ofKdc && 'learnt' in client.state ? client.state.learnt : undefined;
  return {
    exchanges: {
      ...exchanges,
      offset: learnt ?? exchanges.offset,
      running: exchanges.running.filter((other) => other.id !== id),
    },
    effects: ofKdc ? effects : [{ kind: 'cancel', timer: id }, ...effects],
    finished: [{ purpose, outcome }],
  };
}

/** Puts an exchange in the place of its former state. */
export function replaced<P>(exchanges: Exchanges<P>, exchange: Exchange<P>): Exchanges<P> {
  const running = exchanges.running.map((other) => (other.id === exchange.id ? exchange : other));
  return { ...exchanges, running };
}
