/**
 * A file server, as far as signing in goes: over SMB's port and framing it takes GSS-API tokens, Kerberos by
 * itself or what a client negotiates (SPNEGO with Kerberos or NTLM), and knows from the PAC, or from its domain
 * controller, who is there. SMB itself is not spoken.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import type { Replays } from '../kerberos/replays.ts';
import { directTcpFraming, SMB_PORT } from './direct-tcp.ts';
import { fileServerFields } from './fields.ts';
import { type FileServerConfig, fileServerConfig } from './file-server-config.ts';
import * as passing from './pass-through.ts';
import {
  type Connection,
  isIn,
  NEW_CONNECTION,
  type Received,
  sessionView,
  tokenReceived,
  verdictReceived,
} from './server-connections.ts';

type State =
  | { readonly name: 'off' }
  | {
      /** `sessionOpen`: at least one client is in; `ready`: none is. */
      readonly name: 'ready' | 'sessionOpen';
      readonly replays: Replays;
      readonly connections: Readonly<Record<string, Connection>>;
      /** Who somebody of NTLM is, is asked of a domain controller. */
      readonly passThrough: passing.PassThrough;
    };

type Running = Exclude<State, { readonly name: 'off' }>;

/** More connections than this are closed at once: nobody in a scenario has so many clients. */
const CONNECTIONS_MAX = 1_000;

function step(
  config: FileServerConfig,
  state: State,
  event: ActorEvent,
  env: Env,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    if (event.kind !== 'started') return unexpected(state, event, 'started');
    const passThrough = passing.NOTHING_ASKED;
    return to({ name: 'ready', replays: [], connections: {}, passThrough }, [
      { kind: 'listen', transport: 'tcp', port: SMB_PORT, framing: directTcpFraming.name },
    ]);
  }
  const asked = passing.heard(state.passThrough, config.passThrough, event);
  if (asked !== undefined) return answered(config, state, asked, env);
  switch (event.kind) {
    case 'accepted': {
      const { connection } = event;
      if (Object.keys(state.connections).length >= CONNECTIONS_MAX) {
        return to(state, [{ kind: 'close', connection }]);
      }
      return to(withConnection(state, connection, NEW_CONNECTION));
    }
    case 'received': {
      const { connection, bytes } = event;
      const before = connection === undefined ? undefined : state.connections[connection];
      if (connection === undefined || before === undefined) return to(state);
      const next = tokenReceived({ config, replays: state.replays }, before, bytes, env);
      return took(config, state, connection, next, env);
    }
    case 'malformed':
    case 'closed':
      return to(withoutConnection(state, event.connection), [
        ...(event.kind === 'malformed'
          ? [{ kind: 'close', connection: event.connection } as const]
          : []),
      ]);
    case 'expired':
    case 'connected':
      return to(state); // of a question that was answered meanwhile
    case 'started':
    case 'commanded':
    case 'told':
    case 'secured':
    case 'signed':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'accepted', 'received');
    default:
      return assertNever(event);
  }
}

/** What a token has come to; a client of NTLM waits for what a domain controller says. */
function took(
  config: FileServerConfig,
  state: Running,
  connection: string,
  { connection: next, replays, judge, ...received }: Received,
  env: Env,
): Step<State, ActorEffect> {
  const effects = received.effects.map(
    (effect): ActorEffect =>
      effect.kind === 'send' ? { ...effect, transport: 'tcp', connection } : effect,
  );
  const moved = withConnection({ ...state, replays }, connection, next);
  if (judge === undefined) return to(moved, effects);
  const asking = passing.begun(moved.passThrough, config.passThrough, connection, judge);
  const then = answered(config, moved, asking, env);
  return to(then.state, [...effects, ...then.effects]);
}

function answered(
  config: FileServerConfig,
  state: Running,
  { passThrough, effects, judged }: passing.Asking,
  env: Env,
): Step<State, ActorEffect> {
  const next = { ...state, passThrough };
  const before = judged === undefined ? undefined : state.connections[judged.asker];
  // The client may have gone meanwhile.
  if (judged === undefined || before === undefined) return to(next, effects);
  const { asker, verdict } = judged;
  const received = verdictReceived({ config, replays: state.replays }, before, verdict, env);
  const then = took(config, next, asker, received, env);
  return to(then.state, [...effects, ...then.effects]);
}

function withConnection(state: Running, connection: string, inner: Connection): Running {
  return named({ ...state, connections: { ...state.connections, [connection]: inner } });
}

function withoutConnection(state: Running, connection: string): Running {
  const { [connection]: _, ...connections } = state.connections;
  return named({ ...state, connections });
}

function named(state: Running): Running {
  const open = Object.values(state.connections).some(isIn);
  return { ...state, name: open ? 'sessionOpen' : 'ready' };
}

function view(state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const connections = Object.values(state.connections);
  return {
    state: state.name,
    connections: connections.length,
    sessions: connections.flatMap(sessionView),
  };
}

export const fileServer = role({
  role: 'file-server',
  about: 'A server in the realm that users open sessions with, over SMB’s port.',
  fields: fileServerFields,
  verbs: {},
  states: ['off', 'ready', 'sessionOpen'],
  build(name, config, scene) {
    const built = fileServerConfig(name, config, scene);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'file-server',
      machine: 'actors/file-server',
      initial,
      step: (state, event, env) => step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(state as State),
    };
  },
});
