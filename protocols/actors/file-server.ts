/**
 * A file server, as far as signing in goes: it takes AP-REQs in GSS-API tokens over SMB's port and framing, answers
 * with AP-REP, and knows from the PAC who is there. SMB itself is not spoken.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import * as ap from '../kerberos/ap-server.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import { type Replays, remember } from '../kerberos/replays.ts';
import { computerKeys, computerNames, hostNames } from './computer.ts';
import { directTcpFraming, SMB_PORT } from './direct-tcp.ts';
import { fileServerFields } from './fields.ts';
import { authorize, type Identity } from './logon.ts';

type Config = Omit<ap.Acceptor<Identity>, 'replays'>;

type State =
  | { readonly name: 'off' }
  | {
      /** `sessionOpen`: at least one client is in; `ready`: none is. */
      readonly name: 'ready' | 'sessionOpen';
      readonly replays: Replays;
      readonly connections: Readonly<Record<string, ap.State<Identity>>>;
    };

type Running = Exclude<State, { readonly name: 'off' }>;

/** More connections than this are closed at once: nobody in a scenario has so many clients. */
const CONNECTIONS_MAX = 1_000;

function step(config: Config, state: State, event: ActorEvent, env: Env): Step<State, ActorEffect> {
  if (state.name === 'off') {
    if (event.kind !== 'started') return unexpected(state, event, 'started');
    return to({ name: 'ready', replays: [], connections: {} }, [
      { kind: 'listen', transport: 'tcp', port: SMB_PORT, framing: directTcpFraming.name },
    ]);
  }
  switch (event.kind) {
    case 'accepted': {
      const { connection } = event;
      if (Object.keys(state.connections).length >= CONNECTIONS_MAX) {
        return to(state, [{ kind: 'close', connection }]);
      }
      return to(withConnection(state, connection, { name: 'expectApReq' }));
    }
    case 'received':
      return event.connection === undefined
        ? to(state)
        : received(config, state, event.connection, event.bytes, env);
    case 'malformed':
    case 'closed':
      return to(withoutConnection(state, event.connection), [
        ...(event.kind === 'malformed'
          ? [{ kind: 'close', connection: event.connection } as const]
          : []),
      ]);
    case 'started':
    case 'commanded':
    case 'told':
    case 'connected':
    case 'secured':
    case 'expired':
    case 'signed':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'accepted', 'received');
    default:
      return assertNever(event);
  }
}

function received(
  config: Config,
  state: Running,
  connection: string,
  token: Uint8Array,
  env: Env,
): Step<State, ActorEffect> {
  const before = state.connections[connection];
  if (before === undefined) return to(state);
  const acceptor = { ...config, replays: state.replays };
  const next = ap.step(acceptor, before, { kind: 'received', token }, env);
  let { replays } = state;
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'remember':
        replays = remember(replays, effect.authentication, env.now, config.clockSkew);
        break;
      case 'send': {
        const { message, token: bytes } = effect;
        effects.push({ kind: 'send', transport: 'tcp', connection, message, bytes });
        break;
      }
      case 'note':
        effects.push({ kind: 'note', level: 'cause', text: effect.text });
        break;
      case 'rejected':
        effects.push(effect);
    }
  }
  return to(withConnection({ ...state, replays }, connection, next.state), effects);
}

function withConnection(state: Running, connection: string, inner: ap.State<Identity>): Running {
  return named({ ...state, connections: { ...state.connections, [connection]: inner } });
}

function withoutConnection(state: Running, connection: string): Running {
  const { [connection]: _, ...connections } = state.connections;
  return named({ ...state, connections });
}

function named(state: Running): Running {
  const open = Object.values(state.connections).some((inner) => inner.name === 'established');
  return { ...state, name: open ? 'sessionOpen' : 'ready' };
}

function view(state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const sessions = Object.values(state.connections).flatMap((inner) =>
    inner.name === 'established' ? [inner.session] : [],
  );
  return {
    state: state.name,
    connections: Object.keys(state.connections).length,
    sessions: sessions.map(({ client, identity, endtime }) => ({
      client,
      name: identity.name,
      sid: identity.sid,
      groups: identity.groups,
      endtime: new Date(endtime).toISOString(),
    })),
  };
}

export const fileServer = role({
  role: 'file-server',
  about: 'A server in the realm that users open sessions with, over SMB’s port.',
  fields: fileServerFields,
  verbs: {},
  states: ['off', 'ready', 'sessionOpen'],
  build(name, config, scene) {
    const names = [config.spn, ...hostNames(computerNames(name, config))];
    const acceptor: Config = {
      realm: config.realm.toUpperCase(),
      names: names.map((text) => principal(NT_SRV_INST, ...text.split('/'))),
      keys: computerKeys(scene, name, config),
      clockSkew: config.maxClockSkew,
      authorize,
    };
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'file-server',
      machine: 'actors/file-server',
      initial,
      step: (state, event, env) => step(acceptor, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(state as State),
    };
  },
});
