/** An AP exchange with a service: a connection, the client's machine, and a time by which it must be over. */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import * as ap from '../kerberos/ap-client.ts';
import {
  type Client,
  type Exchange,
  type ExchangeOptions,
  type Exchanges,
  finish,
  type Progress,
  replaced,
  type Service,
  stamping,
} from './exchange-state.ts';

type ApClient = Extract<Client, { readonly kind: 'ap' }>;

/** Connects first; the AP-REQ goes out when the connection stands. */
export function beginAp<P>(
  exchanges: Exchanges<P>,
  purpose: P,
  request: ap.ApRequest,
  service: Service,
  options: ExchangeOptions,
): Progress<P> {
  const id = `krb-${exchanges.count}`;
  const connection = `${id}/service`;
  const exchange: Exchange<P> = {
    id,
    purpose,
    client: { kind: 'ap', state: { name: 'idle' }, request, connection },
    requests: 0,
  };
  return {
    exchanges: {
      ...exchanges,
      count: exchanges.count + 1,
      running: [...exchanges.running, exchange],
    },
    effects: [
      { kind: 'timer', timer: id, ms: options.serviceWaitTime },
      {
        kind: 'connect',
        connection,
        to: service.actor,
        port: service.port,
        framing: service.framing,
      },
    ],
    finished: [],
  };
}

/** Whether an event belongs to this exchange. */
export function concerns(
  id: string,
  client: { readonly connection: string },
  event: ActorEvent,
): boolean {
  switch (event.kind) {
    case 'expired':
      return event.timer === id;
    case 'connected':
    case 'closed':
    case 'malformed':
    case 'received':
      return event.connection === client.connection;
    default:
      return false;
  }
}

export function step<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  client: ApClient,
  event: ActorEvent,
  env: Env,
): Progress<P> {
  const { clientEnv, stamped } = stamping(exchanges, env);
  const inner = serviceEvent(client.request, event);
  if (inner.kind === 'unanswered' && client.state.name === 'idle') {
    return finish(stamped, exchange, [], {
      kind: 'failed',
      failure: { kind: 'unanswered', reason: inner.reason },
      gained: [],
    });
  }
  const next = ap.step(client.state, inner, clientEnv);
  const effects = next.effects.map(
    (effect): ActorEffect =>
      effect.kind === 'send'
        ? {
            kind: 'send',
            transport: 'tcp',
            connection: client.connection,
            message: effect.message,
            bytes: effect.token,
          }
        : effect,
  );
  const moved: Exchange<P> = { ...exchange, client: { ...client, state: next.state } };
  const { state } = next;
  if (state.name === 'established') {
    const { context } = state;
    return finish(stamped, moved, effects, {
      kind: 'ap',
      context,
      connection: client.connection,
    });
  }
  if (state.name !== 'failed') {
    return { exchanges: replaced(stamped, moved), effects, finished: [] };
  }
  const { failure } = state;
  return finish(stamped, moved, [...effects, { kind: 'close', connection: client.connection }], {
    kind: 'failed',
    failure,
    gained: [],
  });
}

function serviceEvent(request: ap.ApRequest, event: ActorEvent): ap.Event {
  switch (event.kind) {
    case 'connected':
      return { kind: 'asked', request };
    case 'received':
      return { kind: 'received', token: event.bytes };
    case 'closed':
      return { kind: 'unanswered', reason: `the connection to the service is ${event.reason}` };
    case 'malformed':
      return { kind: 'unanswered', reason: `the service sent ${event.reason}` };
    default:
      return { kind: 'unanswered', reason: 'the service did not answer in time' };
  }
}
