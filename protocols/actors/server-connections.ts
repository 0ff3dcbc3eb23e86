/** A client's connection to a service: Kerberos by itself, or what the client negotiates. */
import type { ActorEffect, Json } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import { Mechanism, mechanismOf } from '../gss/spnego.ts';
import * as ap from '../kerberos/ap-server.ts';
import { type Replays, remember } from '../kerberos/replays.ts';
import * as negotiate from '../negotiate/acceptor.ts';
import type * as negotiating from '../negotiate/acceptor-state.ts';
import { tokenName } from '../negotiate/token-name.ts';
import type { NetworkLogon, Verdict } from '../ntlm/acceptor.ts';
import { isNtlm } from '../ntlm/messages.ts';
import type { FileServerConfig } from './file-server-config.ts';
import type { Identity } from './logon.ts';

export type Connection =
  /** An AP exchange without SPNEGO; the first token decides which of the two it is. */
  | { readonly kind: 'kerberos'; readonly state: ap.State<Identity> }
  | { readonly kind: 'negotiated'; readonly state: negotiating.State<Identity> };

export const NEW_CONNECTION: Connection = { kind: 'kerberos', state: { name: 'expectApReq' } };

/** The service as a connection sees it. */
export interface Host {
  readonly config: FileServerConfig;
  readonly replays: Replays;
}

/** An answer that has yet to be told which connection it goes on. */
interface Answer {
  readonly kind: 'send';
  readonly message: string;
  readonly bytes: Uint8Array;
}

export interface Received {
  readonly connection: Connection;
  readonly replays: Replays;
  readonly effects: readonly (Answer | Exclude<ActorEffect, { readonly kind: 'send' }>)[];
  /** Somebody else has to say whose response this is. */
  readonly judge?: NetworkLogon;
}

export function tokenReceived(
  host: Host,
  connection: Connection,
  token: Uint8Array,
  env: Env,
): Received {
  if (connection.kind === 'negotiated') {
    return negotiated(host, connection.state, { kind: 'received', token }, env);
  }
  const { state } = connection;
  const isFirst = state.name === 'expectApReq';
  if (isFirst && (mechanismOf(token) === Mechanism.SPNEGO || isNtlm(token))) {
    return negotiated(host, { name: 'expectToken' }, { kind: 'received', token }, env);
  }
  return kerberos(host, state, token, env);
}

/** What was asked for by `judge`. */
export function verdictReceived(
  host: Host,
  connection: Connection,
  verdict: Verdict<Identity>,
  env: Env,
): Received {
  if (connection.kind !== 'negotiated') return { connection, replays: host.replays, effects: [] };
  return negotiated(host, connection.state, { kind: 'judged', verdict }, env);
}

type Effects = (Answer | Exclude<ActorEffect, { readonly kind: 'send' }>)[];

function kerberos(
  { config, replays: before }: Host,
  state: ap.State<Identity>,
  token: Uint8Array,
  env: Env,
): Received {
  const acceptor = { ...config.kerberos, replays: before };
  const next = ap.step(acceptor, state, { kind: 'received', token }, env);
  let replays = before;
  const effects: Effects = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'remember':
        replays = remember(replays, effect.authentication, env.now, config.kerberos.clockSkew);
        break;
      case 'send': {
        const { message, token: bytes } = effect;
        effects.push({ kind: 'send', message, bytes });
        break;
      }
      case 'note':
        effects.push({ kind: 'note', level: 'cause', text: effect.text });
        break;
      case 'rejected':
        effects.push(effect);
    }
  }
  return { connection: { kind: 'kerberos', state: next.state }, replays, effects };
}

function negotiated(
  { config, replays: before }: Host,
  state: negotiating.State<Identity>,
  event: negotiating.Event<Identity>,
  env: Env,
): Received {
  const acceptor: negotiating.Acceptor<Identity> = {
    kerberos: { ...config.kerberos, replays: before },
    ...(config.ntlm === undefined ? {} : { ntlm: config.ntlm }),
    sequenceAfterMic: 'on',
  };
  const next = negotiate.step(acceptor, state, event, env);
  let replays = before;
  let judge: NetworkLogon | undefined;
  const effects: Effects = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'remember':
        replays = remember(replays, effect.authentication, env.now, config.kerberos.clockSkew);
        break;
      case 'judge':
        judge = effect.logon;
        break;
      case 'send': {
        const { token: bytes } = effect;
        effects.push({ kind: 'send', message: tokenName(bytes), bytes });
        break;
      }
      case 'note':
        effects.push({ kind: 'note', level: 'cause', text: effect.text });
        break;
      case 'rejected':
        effects.push(effect);
    }
  }
  return {
    connection: { kind: 'negotiated', state: next.state },
    replays,
    effects,
    ...(judge === undefined ? {} : { judge }),
  };
}

export function isIn({ state }: Connection): boolean {
  return state.name === 'established';
}

/** Who is in; nobody yet: none. */
export function sessionView(connection: Connection): readonly Json[] {
  if (connection.kind === 'kerberos') {
    const { state } = connection;
    if (state.name !== 'established') return [];
    const { client, identity, endtime } = state.session;
    return [{ ...shown(client, identity), endtime: new Date(endtime).toISOString() }];
  }
  const { state } = connection;
  if (state.name !== 'established') return [];
  const { client, identity, mechanism } = state.established;
  return [{ ...shown(client, identity), mechanism }];
}

function shown(client: string, { name, sid, groups }: Identity) {
  return { client, name, sid, groups };
}
