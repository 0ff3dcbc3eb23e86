/** Where programs of remote sessions run: sessions with a client, and those whose client is gone. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { GssFlags } from '../kerberos/gss.ts';
import { principal } from '../kerberos/names.ts';
import type { Service } from './exchange-state.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import type { Program } from './rdp-host-program.ts';
import {
  type Connection,
  type HostTurn,
  type Running,
  type Session,
  turn,
  withConnection,
} from './rdp-host-state.ts';

/** GSS-API flags of Windows' SMB client. */
export const GSS_FLAGS =
  GssFlags.mutual | GssFlags.replay | GssFlags.sequence | GssFlags.conf | GssFlags.integ;

/** A program, wherever it runs. */
export interface Place {
  /** Whose session it is. */
  readonly session: string;
  readonly target: string;
}

export function connectionOf({ connections }: Running, session: string): string | undefined {
  return Object.keys(connections).find((id) => {
    const stage = connections[id]?.stage;
    return stage?.name === 'signedIn' && stage.session.identity.name === session;
  });
}

export function sessionOf(state: Running, name: string): Session | undefined {
  const stage = state.connections[connectionOf(state, name) ?? '']?.stage;
  return stage?.name === 'signedIn' ? stage.session : state.disconnected[name];
}

export function withProgram(
  state: Running,
  { session: name, target }: Place,
  program: Program,
): Running {
  const session = sessionOf(state, name);
  if (session === undefined) return state;
  const changed = { ...session, programs: { ...session.programs, [target]: program } };
  const id = connectionOf(state, name);
  if (id === undefined) {
    return { ...state, disconnected: { ...state.disconnected, [name]: changed } };
  }
  const connection = state.connections[id] as Connection;
  return withConnection(state, id, {
    ...connection,
    stage: { name: 'signedIn', session: changed },
  });
}

export function failed(
  state: Running,
  place: Place,
  reason: string,
  effects: readonly ActorEffect[] = [],
): HostTurn {
  const text = `${place.session} opens ${place.target}: ${reason}`;
  return turn(withProgram(state, place, { name: 'failed', reason }), [
    ...effects,
    { kind: 'note', level: 'cause', text },
  ]);
}

/** As Windows names a service: NT-SRV-INST. */
export function serviceName(target: string): ReturnType<typeof principal> {
  return principal(NT_SRV_INST, ...target.split('/'));
}

export function serviceOf(config: RdpHostConfig, target: string): Service | undefined {
  return config.service(target.split('/')[1] ?? '');
}

export function nobodyListens(state: Running, place: Place): HostTurn {
  return failed(state, place, `nobody listens at ${place.target.split('/')[1]}`);
}
