/** NTLM with a service where Kerberos cannot name it: a connection, Negotiate's initiator, and a time by which it must be over. */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import * as negotiate from '../negotiate/initiator.ts';
import type * as negotiating from '../negotiate/initiator-state.ts';
import { tokenName } from '../negotiate/token-name.ts';
import type { Credentials } from '../ntlm/initiator.ts';
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

type NtlmClient = Extract<Client, { readonly kind: 'ntlm' }>;

/** Connects first; the NEGOTIATE_MESSAGE goes out when the connection stands. */
export function beginNtlm<P>(
  exchanges: Exchanges<P>,
  purpose: P,
  credentials: Credentials,
  service: Service,
  options: ExchangeOptions,
): Progress<P> {
  const id = `ntlm-${exchanges.count}`;
  const connection = `${id}/service`;
  const exchange: Exchange<P> = {
    id,
    purpose,
    client: { kind: 'ntlm', state: { name: 'idle' }, credentials, connection },
    requests: 0,
  };
  const { actor, port, framing } = service;
  return {
    exchanges: {
      ...exchanges,
      count: exchanges.count + 1,
      running: [...exchanges.running, exchange],
    },
    effects: [
      { kind: 'timer', timer: id, ms: options.serviceWaitTime },
      { kind: 'connect', connection, to: actor, port, framing },
    ],
    finished: [],
  };
}

export function step<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  client: NtlmClient,
  event: ActorEvent,
  env: Env,
): Progress<P> {
  const { clientEnv, stamped } = stamping(exchanges, env);
  const inner = tokenEvent(client, event);
  if (typeof inner === 'string') return ended(stamped, exchange, client, inner, []);
  const next = negotiate.step(client.state, inner, clientEnv);
  const effects = next.effects.flatMap((effect): readonly ActorEffect[] =>
    effect.kind === 'send' ? [sent(client, effect.token)] : [],
  );
  const { state } = next;
  const moved: Exchange<P> = { ...exchange, client: { ...client, state } };
  switch (state.name) {
    case 'established':
      return finish(stamped, moved, effects, { kind: 'ntlm', connection: client.connection });
    case 'failed':
      return ended(stamped, moved, client, state.reason, effects);
    default:
      return { exchanges: replaced(stamped, moved), effects, finished: [] };
  }
}

function sent({ connection }: NtlmClient, bytes: Uint8Array): ActorEffect {
  return { kind: 'send', transport: 'tcp', connection, message: tokenName(bytes), bytes };
}

/** What the initiator hears, or why it hears nothing more. */
function tokenEvent(
  { credentials, state }: NtlmClient,
  event: ActorEvent,
): negotiating.Event | string {
  switch (event.kind) {
    case 'connected': {
      const offers = [{ mechanism: 'ntlm', credentials }] as const;
      return { kind: 'begun', request: { offers, framing: 'spnego', sequenceAfterMic: 'on' } };
    }
    case 'received':
      return state.name === 'idle'
        ? 'the service speaks before it is asked'
        : { kind: 'received', token: event.bytes };
    case 'closed':
      return `the connection to the service is ${event.reason}`;
    case 'malformed':
      return `the service sent ${event.reason}`;
    default:
      return 'the service did not answer in time';
  }
}

function ended<P>(
  exchanges: Exchanges<P>,
  exchange: Exchange<P>,
  { connection }: NtlmClient,
  reason: string,
  effects: readonly ActorEffect[],
): Progress<P> {
  return finish(exchanges, exchange, [...effects, { kind: 'close', connection }], {
    kind: 'failed',
    failure: { kind: 'unanswered', reason },
    gained: [],
  });
}
