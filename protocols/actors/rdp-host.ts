/**
 * A member of the domain that is asked for remote sessions: RDP's server with TLS and CredSSP, the check
 * of Remote Desktop Users, the sign-in at its domain controller, and a screen that says who is there.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import * as credssp from '../credssp/server.ts';
import { remember } from '../kerberos/replays.ts';
import { ErrorInfo, Protocol } from '../rdp/constants.ts';
import { rdpFraming } from '../rdp/framing.ts';
import * as rdp from '../rdp/server.ts';
import type * as server from '../rdp/server-state.ts';
import { none, type Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import type { Identity } from './logon.ts';
import { RDP_PORT, type RdpHostConfig } from './rdp-host-config.ts';
import * as signIn from './rdp-host-sign-in.ts';
import {
  type Connection,
  type CredSspState,
  credSspConfig,
  type HostStep,
  mayConnect,
  named,
  type Purpose,
  type Running,
  type State,
  screenLines,
  validTgt,
  withConnection,
} from './rdp-host-state.ts';

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
  if (progress !== undefined) return absorbed(config, state, progress, env);
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
    // What is left of exchanges with a KDC that are over.
    case 'connected':
    case 'expired':
      return to(state);
    case 'started':
    case 'commanded':
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
    connections: {},
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
  return absorbed(config, state, signIn.computerTicket(config, state, env), env);
}

function accepted(config: RdpHostConfig, state: Running, id: string, env: Env): HostStep {
  if (Object.keys(state.connections).length >= CONNECTIONS_MAX) {
    return to(state, [{ kind: 'close', connection: id }]);
  }
  const connection: Connection = { rdp: rdp.INITIAL, stage: { name: 'connecting' } };
  return withOwnTicket(config, withConnection(state, id, connection), env);
}

/** Nobody is there any more, and what was asked for them is of no use. */
function gone(state: Running, id: string): HostStep {
  if (state.connections[id] === undefined) return to(state);
  const { [id]: _, ...connections } = state.connections;
  const left = exchanges.abandon(
    state.exchanges,
    (purpose) => purpose.for !== 'computer' && purpose.connection === id,
  );
  return to(named({ ...state, connections, exchanges: left.exchanges }), left.effects);
}

/** One event of a connection's machine, and all that it leads to here. */
function desktop(
  config: RdpHostConfig,
  state: Running,
  id: string,
  event: server.Event,
  env: Env,
): HostStep {
  const connection = state.connections[id];
  if (connection === undefined) return to(state);
  const next = rdp.step(config.rdp, connection.rdp, event, env);
  let host = withConnection(state, id, { ...connection, rdp: next.state });
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    const done = performed(config, host, id, effect, env);
    host = done.state;
    effects.push(...done.effects);
  }
  return to(host, effects);
}

function performed(
  config: RdpHostConfig,
  state: Running,
  id: string,
  effect: server.Effect,
  env: Env,
): HostStep {
  const connection = state.connections[id];
  if (connection === undefined) return to(state);
  switch (effect.kind) {
    case 'send':
      return to(state, [{ ...effect, transport: 'tcp', connection: id }]);
    case 'secure': {
      const { key, certificate } = config;
      return to(state, [{ kind: 'secure', connection: id, key, certificate }]);
    }
    case 'authenticate': {
      const stage = { name: 'credssp', state: { name: 'expectRequest' } } as const;
      return to(withConnection(state, id, { ...connection, stage }));
    }
    case 'credssp':
      return connection.stage.name === 'credssp'
        ? authenticating(config, state, id, connection.stage.state, effect.bytes, env)
        : to(state);
    case 'logOn':
      return signingIn(config, state, id, effect.info, env);
    case 'activated':
      return shown(config, state, id, env);
    case 'channel':
      return to(state);
    case 'note':
      return to(state, [{ kind: 'note', level: 'cause', text: effect.text }]);
    case 'close':
      return to(state, [{ kind: 'close', connection: id }]);
    case 'rejected':
      return to(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** One TSRequest of the client. */
function authenticating(
  config: RdpHostConfig,
  state: Running,
  id: string,
  before: CredSspState,
  bytes: Uint8Array,
  env: Env,
): HostStep {
  const speaking = credSspConfig(config, state, env);
  const next = credssp.step(speaking, before, { kind: 'received', bytes }, env);
  const stage = { name: 'credssp', state: next.state } as const;
  const connection = state.connections[id] as Connection;
  let host = withConnection(state, id, { ...connection, stage });
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    if (effect.kind === 'send') {
      const message = 'TSRequest';
      effects.push({
        kind: 'send',
        transport: 'tcp',
        connection: id,
        message,
        bytes: effect.bytes,
      });
    } else if (effect.kind === 'note') {
      effects.push({ kind: 'note', level: 'cause', text: `CredSSP: ${effect.text}` });
    } else if (effect.kind === 'close') {
      effects.push({ kind: 'close', connection: id });
    } else if (effect.kind === 'rejected') {
      effects.push(effect);
    } else if (effect.effect.kind === 'remember') {
      const { authentication } = effect.effect;
      const replays = remember(host.replays, authentication, env.now, config.clockSkew);
      host = { ...host, replays };
    }
  }
  if (next.state.name !== 'done') return to(host, effects);
  const { context, credentials } = next.state;
  if (context.name !== 'established') return to(host, effects);
  const { identity, mechanism } = context.established;
  const proved = { identity, mechanism, credentials };
  const known = host.connections[id] as Connection;
  host = withConnection(host, id, { ...known, stage: { name: 'proved', proved } });
  const authorized = mayConnect(config, identity);
  const told = desktop(config, host, id, { kind: 'authenticated', authorized }, env);
  return to(told.state, [...effects, ...told.effects]);
}

/** The client said who is to be signed in; with CredSSP the credentials came before. */
function signingIn(
  config: RdpHostConfig,
  state: Running,
  id: string,
  info: Parameters<typeof signIn.typedIn>[0],
  env: Env,
): HostStep {
  const connection = state.connections[id] as Connection;
  const { stage } = connection;
  const proved = stage.name === 'proved' ? { proved: stage.proved } : {};
  const typed = signIn.typedIn(info, proved.proved?.credentials);
  if (typeof typed === 'string') return refused(config, state, id, typed, env);
  const who = signIn.logonNameOf(config, typed);
  if (typeof who === 'string') return refused(config, state, id, who, env);
  const host = withConnection(state, id, {
    ...connection,
    stage: { name: 'signingIn', ...proved },
  });
  const { password } = typed;
  return absorbed(config, host, signIn.userTicket(config, host, id, { who, password }, env), env);
}

const { ERRINFO_SERVER_DENIED_CONNECTION, ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES } = ErrorInfo;

function refused(
  config: RdpHostConfig,
  state: Running,
  id: string,
  reason: string,
  env: Env,
  errorInfo: number = ERRINFO_SERVER_DENIED_CONNECTION,
): HostStep {
  const told = desktop(config, state, id, { kind: 'refused', errorInfo }, env);
  return to(told.state, [{ kind: 'note', level: 'cause', text: reason }, ...told.effects]);
}

/** Takes over what exchanges with a KDC came to, one after another; each may begin others. */
function absorbed(
  config: RdpHostConfig,
  state: Running,
  { exchanges: running, effects: begun, finished }: Progress<Purpose>,
  env: Env,
): HostStep {
  let host: Running = { ...state, exchanges: running };
  const effects = [...begun];
  for (const { purpose, outcome } of finished) {
    const next = ended(config, host, purpose, outcome, env);
    host = next.state;
    effects.push(...next.effects);
  }
  return to(host, effects);
}

function ended(
  config: RdpHostConfig,
  state: Running,
  purpose: Purpose,
  outcome: Parameters<typeof signIn.signedIn>[1],
  env: Env,
): HostStep {
  if (purpose.for === 'computer') {
    if (outcome.kind === 'as') return to({ ...state, tgt: outcome.reply.credential });
    const text = `the computer's own sign-in: ${signIn.reasonOf(outcome)}`;
    return to(state, [{ kind: 'note', level: 'info', text }]);
  }
  const { connection: id } = purpose;
  const connection = state.connections[id];
  if (connection?.stage.name !== 'signingIn') return to(state);
  if (purpose.for === 'user') {
    return outcome.kind === 'as'
      ? absorbed(config, state, signIn.hostTicket(config, state, id, outcome, env), env)
      : refused(config, state, id, `signing in: ${signIn.reasonOf(outcome)}`, env);
  }
  const identity = signIn.signedIn(config, outcome);
  if (typeof identity === 'string') {
    return refused(config, state, id, `signing in: ${identity}`, env);
  }
  return admitted(config, state, id, identity, env);
}

function admitted(
  config: RdpHostConfig,
  state: Running,
  id: string,
  identity: Identity,
  env: Env,
): HostStep {
  if (!mayConnect(config, identity)) {
    const why = `${identity.name} is in neither Remote Desktop Users nor Administrators`;
    return refused(config, state, id, why, env, ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES);
  }
  const connection = state.connections[id] as Connection;
  const { stage } = connection;
  const before =
    stage.name === 'signingIn' && stage.proved !== undefined
      ? { before: stage.proved.mechanism }
      : {};
  const session = { identity, ...before };
  const host = withConnection(state, id, { ...connection, stage: { name: 'signedIn', session } });
  return desktop(config, { ...host, sessions: host.sessions + 1 }, id, { kind: 'admitted' }, env);
}

/** What a client sees of its session. */
function shown(config: RdpHostConfig, state: Running, id: string, env: Env): HostStep {
  const { stage } = state.connections[id] as Connection;
  if (stage.name !== 'signedIn') return to(state);
  const { identity } = stage.session;
  const [domain = '', userName = identity.name] = identity.name.split('\\');
  const sessionId = state.sessions + 1;
  const info = { kind: 'loggedOn', domain, userName, sessionId } as const;
  const lines = screenLines(config, stage.session);
  const told = desktop(config, state, id, { kind: 'notifies', info }, env);
  const screen = desktop(config, told.state, id, { kind: 'shows', lines }, env);
  return to(screen.state, [...told.effects, ...screen.effects]);
}
