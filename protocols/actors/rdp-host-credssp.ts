/** CredSSP at a remote desktop host: who the client is, before it may begin a session. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import * as credssp from '../credssp/server.ts';
import { remember } from '../kerberos/replays.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import {
  type Connection,
  type CredSspState,
  credSspConfig,
  type HostTurn,
  mayConnect,
  type Running,
  turn,
  withConnection,
} from './rdp-host-state.ts';

export function begun(state: Running, id: string): HostTurn {
  const connection = state.connections[id] as Connection;
  const stage = { name: 'credssp', state: { name: 'expectRequest' } } as const;
  return turn(withConnection(state, id, { ...connection, stage }));
}

/** One TSRequest of the client. */
export function received(
  config: RdpHostConfig,
  state: Running,
  id: string,
  before: CredSspState,
  bytes: Uint8Array,
  env: Env,
): HostTurn {
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
  return over(config, host, id, next.state, effects);
}

/** Who the client is, when it has said so to the end. */
function over(
  config: RdpHostConfig,
  state: Running,
  id: string,
  now: CredSspState,
  effects: readonly ActorEffect[],
): HostTurn {
  if (now.name !== 'done' || now.context.name !== 'established') return turn(state, effects);
  const { identity, mechanism } = now.context.established;
  const proved = { identity, mechanism, credentials: now.credentials };
  const connection = state.connections[id] as Connection;
  const host = withConnection(state, id, { ...connection, stage: { name: 'proved', proved } });
  const authorized = mayConnect(config, identity);
  const event = { kind: 'authenticated', authorized } as const;
  return turn(host, effects, { kind: 'desktop', connection: id, event });
}
