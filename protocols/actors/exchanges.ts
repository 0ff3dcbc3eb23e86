/**
 * The Kerberos exchanges that a host has under way: any number at once, each a client's machine (AS, TGS
 * or AP) with the exchange with the KDC or the connection to the service below it. Each has a purpose
 * and comes back with it when it is finished.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import type * as ap from '../kerberos/ap-client.ts';
import * as as from '../kerberos/as-client.ts';
import type { AsRequest } from '../kerberos/as-request.ts';
import type { ClientEnv } from '../kerberos/client.ts';
import { KDC_PORT } from '../kerberos/constants.ts';
import * as kdc from '../kerberos/kdc-exchange.ts';
import * as tgs from '../kerberos/tgs-client.ts';
import {
  type Client,
  type Exchange,
  type ExchangeOptions,
  type Exchanges,
  finish,
  type Outcome,
  type Progress,
  replaced,
  stamping,
} from './exchange-state.ts';
import { type Mechanism, mechanismOf, type Proof, proofOf } from './mechanisms.ts';
import * as ntlm from './ntlm-exchange.ts';
import * as service from './service-exchange.ts';

export function beginAs<P>(
  exchanges: Exchanges<P>,
  purpose: P,
  request: AsRequest,
  proof: Proof,
  options: ExchangeOptions,
  env: Env,
): Progress<P> {
  return begin(exchanges, purpose, options, env, (clientEnv) => {
    const event = { kind: 'asked', request, preAuth: proof.state } as const;
    return asStep(proof.mechanism, { name: 'idle' }, event, clientEnv);
  });
}

export function beginTgs<P>(
  exchanges: Exchanges<P>,
  purpose: P,
  request: tgs.TgsRequest,
  options: ExchangeOptions,
  env: Env,
): Progress<P> {
  return begin(exchanges, purpose, options, env, (clientEnv) => {
    const { state, effects } = tgs.step({ name: 'idle' }, { kind: 'asked', request }, clientEnv);
    return { client: { kind: 'tgs', state }, effects };
  });
}

/** Lets the exchange that an event belongs to go on; undefined: it belongs to none. */
export function step<P>(
  exchanges: Exchanges<P>,
  event: ActorEvent,
  options: ExchangeOptions,
  env: Env,
): Progress<P> | undefined {
  for (const exchange of exchanges.running) {
    if (exchange.client.kind === 'ntlm') {
      if (!service.concerns(exchange.id, exchange.client, event)) continue;
      return ntlm.step(exchanges, exchange, exchange.client, event, env);
    }
    if (exchange.client.kind === 'ap') {
      if (!service.concerns(exchange.id, exchange.client, event)) continue;
      return service.step(exchanges, exchange, exchange.client, event, env);
    }
    if ((event.kind === 'signed' || event.kind === 'decrypted') && exchange.client.kind === 'as') {
      if (event.id !== exchange.id) continue;
      const { clientEnv, stamped } = stamping(exchanges, env);
      const { mechanism, state } = exchange.client;
      const { client, effects } = asStep(mechanism, state, event, clientEnv);
      return settle(stamped, { ...exchange, client }, effects, options, env);
    }
    if (exchange.kdc === undefined || !kdc.concerns(exchange.kdc.request, event)) continue;
    return withKdc(exchanges, exchange, exchange.kdc, event, options, env);
  }
  return undefined;
}

/** Ends exchanges whose purpose is gone; what arrives for them later belongs to nobody. */
export function abandon<P>(
  exchanges: Exchanges<P>,
  gone: (purpose: P) => boolean,
): { readonly exchanges: Exchanges<P>; readonly effects: readonly ActorEffect[] } {
  const ended = exchanges.running.filter((exchange) => gone(exchange.purpose));
  return {
    exchanges: { ...exchanges, running: exchanges.running.filter((e) => !gone(e.purpose)) },
    effects: ended.flatMap(({ id, client, kdc: below }): ActorEffect[] => [
      { kind: 'cancel', timer: id },
      ...('connection' in client
        ? [{ kind: 'close', connection: client.connection } as const]
        : []),
      ...(below === undefined ? [] : kdc.abandon(below.state)),
    ]),
  };
}

/** What each exchange waits for, for people. */
export function describe<P>(exchanges: Exchanges<P>): readonly string[] {
  return exchanges.running.map(({ id, client, kdc: below }) => {
    const under = below === undefined ? '' : ` (${below.state.name})`;
    return `${id} ${client.kind}-client: ${client.state.name}${under}`;
  });
}

type ClientEffect = as.Effect | tgs.Effect | ap.Effect;

interface Begun {
  readonly client: Client;
  readonly effects: readonly ClientEffect[];
}

function asStep(
  mechanism: Mechanism,
  before: as.State<unknown>,
  event: as.Event<unknown>,
  env: ClientEnv,
): Begun {
  const { state, effects } = as.step(mechanismOf(mechanism), before, event, env);
  return { client: { kind: 'as', mechanism, state }, effects };
}

function begin<P>(
  exchanges: Exchanges<P>,
  purpose: P,
  options: ExchangeOptions,
  env: Env,
  first: (env: ClientEnv) => Begun,
): Progress<P> {
  const { clientEnv, stamped } = stamping(exchanges, env);
  const { client, effects } = first(clientEnv);
  const exchange: Exchange<P> = { id: `krb-${exchanges.count}`, purpose, client, requests: 0 };
  const counted = {
    ...stamped,
    count: exchanges.count + 1,
    running: [...exchanges.running, exchange],
  };
  return settle(counted, exchange, effects, options, env);
}

type Below = NonNullable<Exchange<unknown>['kdc']>;

function withKdc<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  below: Below,
  event: ActorEvent,
  options: ExchangeOptions,
  env: Env,
): Progress<P> {
  const { state, effects } = kdc.step(below.state, event);
  const moved: Exchange<P> = { ...exchange, kdc: { ...below, state } };
  return kdcMoved(exchanges, moved, state, effects, options, env);
}

/** Tells the client what its exchange with the KDC has come to, if it has. */
function kdcMoved<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  state: kdc.State,
  effects: readonly ActorEffect[],
  options: ExchangeOptions,
  env: Env,
): Progress<P> {
  if (state.name !== 'answered' && state.name !== 'failed') {
    return { exchanges: replaced(exchanges, exchange), effects, finished: [] };
  }
  const event =
    state.name === 'answered'
      ? ({ kind: 'answered', bytes: state.bytes } as const)
      : ({ kind: 'unanswered', reason: state.reason } as const);
  const { clientEnv, stamped } = stamping(exchanges, env);
  const { kdc: _, ...rest } = exchange;
  const next = clientStep(exchange.client, event, clientEnv);
  const progress = settle(stamped, { ...rest, client: next.client }, next.effects, options, env);
  return { ...progress, effects: [...effects, ...progress.effects] };
}

function clientStep(
  client: Client,
  event:
    | { readonly kind: 'answered'; readonly bytes: Uint8Array }
    | { readonly kind: 'unanswered'; readonly reason: string },
  env: ClientEnv,
): Begun {
  switch (client.kind) {
    case 'as':
      return asStep(client.mechanism, client.state, event, env);
    case 'tgs': {
      const { state, effects } = tgs.step(client.state, event, env);
      return { client: { kind: 'tgs', state }, effects };
    }
    case 'ap':
    case 'ntlm':
      return { client, effects: [] }; // no KDC stands below a connection
  }
}

/** Carries out what a client wants, and finishes the exchange when the client is. */
function settle<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  wanted: readonly ClientEffect[],
  options: ExchangeOptions,
  env: Env,
): Progress<P> {
  const effects: ActorEffect[] = [];
  for (const effect of wanted) {
    switch (effect.kind) {
      case 'request': {
        const request: kdc.KdcRequest = {
          id: `${exchange.id}.${exchange.requests}`,
          realm: effect.realm,
          kdcs: options.kdcs(effect.realm),
          port: KDC_PORT,
          localPort: dynamicPort(env),
          message: effect.message,
          bytes: effect.bytes,
          options: options.kdcExchange,
        };
        const { state, effects: sent } = kdc.begin(request);
        const requests = exchange.requests + 1;
        const below: Exchange<P> = { ...exchange, requests, kdc: { request, state } };
        return kdcMoved(replaced(exchanges, below), below, state, sent, options, env);
      }
      case 'sign':
      case 'decrypt':
        effects.push({ ...effect, id: exchange.id });
        break;
      case 'rejected':
        effects.push(effect);
        break;
      case 'send':
        break; // AP exchanges have a connection of their own
    }
  }
  const outcome = outcomeOf(exchange.client);
  if (outcome === undefined) {
    return { exchanges: replaced(exchanges, exchange), effects, finished: [] };
  }
  return finish(exchanges, exchange, effects, outcome);
}

function outcomeOf(client: Client): Outcome | undefined {
  if (client.kind === 'ntlm') return undefined; // it finishes itself
  if (client.state.name === 'failed') {
    const { state } = client;
    return {
      kind: 'failed',
      failure: state.failure,
      gained: 'gained' in state ? state.gained : [],
    };
  }
  if (client.kind === 'as' && client.state.name === 'done') {
    const { reply, preAuth } = client.state;
    return { kind: 'as', reply, proof: proofOf(client.mechanism, preAuth) };
  }
  if (client.kind === 'tgs' && client.state.name === 'done') {
    const { credential, gained, keyList } = client.state;
    return { kind: 'tgs', credential, gained, ...(keyList === undefined ? {} : { keyList }) };
  }
  return undefined;
}

/** RFC 6335 §6: 49152 to 65535; a random one, so that answers to earlier requests do not fit. */
function dynamicPort(env: Env): number {
  const [a, b] = env.random(2) as unknown as readonly [number, number];
  return 49_152 + (((a << 8) | b) & 0x3fff);
}
