/**
 * A member of the domain that is asked for remote sessions: RDP's server with TLS and CredSSP, the check
 * of Remote Desktop Users, the sign-in at its domain controller, and a screen that says who is there.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { Protocol } from '../rdp/constants.ts';
import { rdpFraming } from '../rdp/framing.ts';
import * as rdp from '../rdp/server.ts';
import type * as server from '../rdp/server-state.ts';
import { STATIC_CHANNEL } from '../rdpedyc/constants.ts';
import { none } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import * as passing from './pass-through.ts';
import * as cards from './rdp-host-card.ts';
import { RDP_PORT, type RdpHostConfig } from './rdp-host-config.ts';
import * as credSsp from './rdp-host-credssp.ts';
import * as guard from './rdp-host-guard.ts';
import * as guarded from './rdp-host-guarded-program.ts';
import * as minidriver from './rdp-host-minidriver.ts';
import * as programs from './rdp-host-programs.ts';
import * as sessions from './rdp-host-session.ts';
import { computerTicket } from './rdp-host-sign-in.ts';
import {
  type Connection,
  type HostStep,
  type HostTurn,
  type Next,
  named,
  type Purpose,
  progressed,
  type Running,
  type State,
  turn,
  validTgt,
  withConnection,
} from './rdp-host-state.ts';
import * as lists from './revocation-lists.ts';

const { cardTimer } = cards;

/** More connections than this are closed at once: nobody in a scenario has so many clients. */
const CONNECTIONS_MAX = 1_000;

export function step(
  config: RdpHostConfig,
  state: State,
  event: ActorEvent,
  env: Env,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    return event.kind === 'started' ? started(config, env) : unexpected(state, event, 'started');
  }
  const progress = exchanges.step(state.exchanges, event, config.exchanges, env);
  if (progress !== undefined) return settled(config, progressed(state, progress), env);
  const fetched = lists.step(state.lists, event, env.now);
  if (fetched !== undefined) {
    return settled(config, minidriver.listsHeard(config, state, fetched, env), env);
  }
  const asked = passing.heard(state.passThrough, config.passThrough, event);
  if (asked !== undefined) return settled(config, credSsp.judged(config, state, asked, env), env);
  const program = guarded.heard(config, state, event, env);
  if (program !== undefined) return settled(config, program, env);
  switch (event.kind) {
    case 'accepted':
      return accepted(config, state, event.connection, env);
    case 'received':
      return event.connection === undefined
        ? to(state)
        : desktop(config, state, event.connection, { kind: 'received', bytes: event.bytes }, env);
    case 'secured':
      return desktop(config, state, event.connection, { kind: 'secured' }, env);
    case 'malformed': {
      const left = gone(state, event.connection);
      const { connection } = event;
      return to(left.state, [...left.effects, { kind: 'close', connection }]);
    }
    case 'closed':
      return gone(state, event.connection);
    case 'expired':
      return expired(config, state, event.timer, env);
    // What is left of exchanges with a domain controller that are over.
    case 'connected':
      return to(state);
    case 'commanded': {
      const { opens: target, as } = event.args;
      if (event.verb !== 'opens') return unexpected(state, event, 'opens');
      return settled(config, programs.opens(config, state, `${as}`, `${target}`, env), env);
    }
    case 'started':
    case 'told':
    case 'signed':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'accepted', 'received');
    default:
      return assertNever(event);
  }
}

function started(config: RdpHostConfig, env: Env): HostStep {
  const state: Running = {
    name: 'ready',
    exchanges: none<Purpose>(),
    replays: [],
    lists: { held: config.kdcTrust.revocationLists, calls: [], count: 0 },
    passThrough: passing.NOTHING_ASKED,
    connections: {},
    disconnected: {},
    sessions: 0,
  };
  const next = withOwnTicket(config, state, env);
  return to(next.state, [
    { kind: 'listen', transport: 'tcp', port: RDP_PORT, framing: rdpFraming.name },
    ...next.effects,
  ]);
}

/** User-to-user needs a ticket of the host's own: it is asked for where there is none that lasts. */
function withOwnTicket(config: RdpHostConfig, state: Running, env: Env): HostStep {
  const { PROTOCOL_HYBRID } = Protocol;
  const wanted = (config.rdp.security.protocols & PROTOCOL_HYBRID) !== 0;
  const asked = state.exchanges.running.some(({ purpose }) => purpose.for === 'computer');
  if (!wanted || asked || validTgt(state, env) !== undefined) return to(state);
  return settled(config, progressed(state, computerTicket(config, state, env)), env);
}

/** Runs from a connection's start until its session is active (MS-RDPBCGR 3.3.2.1). */
function connectionTimer(connection: string): string {
  return `${connection}/connection`;
}

function expired(config: RdpHostConfig, state: Running, timer: string, env: Env): HostStep {
  const ids = Object.keys(state.connections);
  const waiting = ids.find((id) => cardTimer(id) === timer);
  if (waiting !== undefined) return settled(config, cards.waited(state, waiting), env);
  const late = ids.find((id) => connectionTimer(id) === timer);
  if (late === undefined) return to(state);
  const text = `${late}: no session after ${config.connectionTimeout / 1_000} s`;
  const effects: readonly ActorEffect[] = [
    { kind: 'note', level: 'cause', text },
    { kind: 'close', connection: late },
  ];
  return settled(config, turn(state, effects), env);
}

function accepted(config: RdpHostConfig, state: Running, id: string, env: Env): HostStep {
  if (Object.keys(state.connections).length >= CONNECTIONS_MAX) {
    return to(state, [{ kind: 'close', connection: id }]);
  }
  const connection: Connection = {
    rdp: rdp.INITIAL,
    redirection: cards.NO_REDIRECTION,
    stage: { name: 'connecting' },
  };
  const timer = connectionTimer(id);
  const next = withOwnTicket(config, withConnection(state, id, connection), env);
  return to(next.state, [{ kind: 'timer', timer, ms: config.connectionTimeout }, ...next.effects]);
}

/** Nobody is there any more, and what was asked for them is of no use. */
function gone(state: Running, id: string): HostStep {
  const known = state.connections[id];
  if (known === undefined) return to(state);
  const { [id]: _, ...connections } = state.connections;
  const left = exchanges.abandon(
    state.exchanges,
    (purpose) => 'connection' in purpose && purpose.connection === id,
  );
  const timers = [
    ...(known.stage.name === 'expectCard' ? [cardTimer(id)] : []),
    ...(known.rdp.name === 'active' ? [] : [connectionTimer(id)]),
  ];
  const waited = timers.map((timer): ActorEffect => ({ kind: 'cancel', timer }));
  const kept = guarded.disconnected(known);
  const disconnected = { ...state.disconnected, ...kept.sessions };
  const next = named({ ...state, connections, disconnected, exchanges: left.exchanges });
  return to(next, [...left.effects, ...waited, ...kept.effects]);
}

/** One event of a connection's machine, and all that it leads to here. */
function desktop(
  config: RdpHostConfig,
  state: Running,
  connection: string,
  event: server.Event,
  env: Env,
): HostStep {
  return settled(config, turn(state, [], { kind: 'desktop', connection, event }), env);
}

/** A step to its end: what is still to be done is done before anything that was to come after it. */
function settled(config: RdpHostConfig, first: HostTurn, env: Env): HostStep {
  let { state } = first;
  const effects = [...first.effects];
  const left: Next[] = [...first.then].reverse();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const done = taken(config, state, next, env);
    state = done.state;
    effects.push(...done.effects);
    left.push(...[...done.then].reverse());
  }
  // Whoever closes hears nothing of the connection any more.
  for (const { connection } of effects.filter(isClose)) {
    const done = gone(state, connection);
    state = done.state;
    effects.push(...done.effects);
  }
  return to(state, effects);
}

type Close = Extract<ActorEffect, { readonly kind: 'close' }>;

function isClose(effect: ActorEffect): effect is Close {
  return effect.kind === 'close';
}

function taken(config: RdpHostConfig, state: Running, next: Next, env: Env): HostTurn {
  switch (next.kind) {
    case 'desktop':
      return onDesktop(config, state, next.connection, next.event, env);
    case 'perform':
      return performed(config, state, next.connection, next.effect, env);
    case 'exchanged':
      return programs.isOf(next.finished)
        ? programs.exchanged(config, state, next.finished)
        : sessions.exchanged(config, state, next.finished, env);
    case 'dynamic':
      return guard.dynamic(state, next.connection, next.event);
    case 'guard':
      return guard.called(state, next.connection, next.event, env);
    case 'program':
      return guarded.computed(config, state, next.session, next.target, next.event, env);
    case 'device':
      return cards.device(state, next.connection, next.event);
    case 'calls':
      return cards.called(config, state, next.connection, next.event);
    case 'card':
      return minidriver.driven(config, state, next.connection, next.event, env);
    case 'signed': {
      const { id, signature } = next;
      const event = { kind: 'signed', id, signature } as const;
      const progress = exchanges.step(state.exchanges, event, config.exchanges, env);
      return progress === undefined ? turn(state) : progressed(state, progress);
    }
    default:
      return assertNever(next);
  }
}

function onDesktop(
  config: RdpHostConfig,
  state: Running,
  id: string,
  event: server.Event,
  env: Env,
): HostTurn {
  const connection = state.connections[id];
  if (connection === undefined) return turn(state);
  const next = rdp.step(config.rdp, connection.rdp, event, env);
  const host = withConnection(state, id, { ...connection, rdp: next.state });
  return turn(
    host,
    [],
    ...next.effects.map((effect): Next => ({ kind: 'perform', connection: id, effect })),
  );
}

/** Static channels that somebody listens to here. */
function heardOn(
  connection: string,
  { channel, message }: Extract<server.Effect, { readonly kind: 'channel' }>,
): readonly Next[] {
  switch (channel) {
    case sessions.REDIRECTION:
      return [cards.received(connection, message)];
    case STATIC_CHANNEL:
      return [{ kind: 'dynamic', connection, event: { kind: 'received', message } }];
    default:
      return [];
  }
}

function performed(
  config: RdpHostConfig,
  state: Running,
  id: string,
  effect: server.Effect,
  env: Env,
): HostTurn {
  const connection = state.connections[id];
  if (connection === undefined) return turn(state);
  switch (effect.kind) {
    case 'send':
      return turn(state, [{ ...effect, transport: 'tcp', connection: id }]);
    case 'secure': {
      const { key, certificate } = config;
      return turn(state, [{ kind: 'secure', connection: id, key, certificate }]);
    }
    case 'authenticate':
      return credSsp.begun(state, id, effect.mode);
    case 'credssp':
      return connection.stage.name === 'credssp'
        ? credSsp.received(config, state, id, effect.bytes, env)
        : turn(state);
    case 'logOn':
      return sessions.logsOn(config, state, id, effect, env);
    case 'activated': {
      const { effects, then, ...active } = cards.activated(config, state, id, effect.channels);
      const timer = connectionTimer(id);
      const asking = guard.activated(active.state, id, effect.channels);
      const done: readonly ActorEffect[] = [{ kind: 'cancel', timer }, ...effects];
      return turn(asking.state, done, ...then, ...asking.then);
    }
    case 'channel':
      return turn(state, [], ...heardOn(id, effect));
    case 'typed':
      return minidriver.typed(config, state, id, effect.text);
    case 'note':
      return turn(state, [{ kind: 'note', level: 'cause', text: effect.text }]);
    case 'close':
      return turn(state, [{ kind: 'close', connection: id }]);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}
