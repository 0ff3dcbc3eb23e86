/**
 * A program that opens a service with tickets whose keys the client of the session has (MS-RDPEAR 4.1): what takes
 * a key is asked of the client, everything else the host does itself.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { KDC_PORT } from '../kerberos/constants.ts';
import * as kdc from '../kerberos/kdc-exchange.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import * as ap from '../rdpear/ap-client.ts';
import type { Call } from '../rdpear/messages.ts';
import * as tgs from '../rdpear/tgs-client.ts';
import { stamping } from './exchange-state.ts';
import { serviceRequest } from './logon-session.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import {
  connectionOf,
  failed,
  GSS_FLAGS,
  nobodyListens,
  type Place,
  serviceName,
  serviceOf,
  sessionOf,
  withProgram,
} from './rdp-host-places.ts';
import type { Computed, Program } from './rdp-host-program.ts';
import {
  type Connection,
  type HostTurn,
  type Running,
  type Session,
  turn,
} from './rdp-host-state.ts';

/** Exchanges of its own and their numbers: they share them with those that have keys. */
function numbered(state: Running): { readonly host: Running; readonly id: string } {
  const { exchanges: running } = state;
  const host = { ...state, exchanges: { ...running, count: running.count + 1 } };
  return { host, id: `krb-${running.count}` };
}

function clientEnvOf(state: Running, env: Env) {
  const { clientEnv, stamped } = stamping(state.exchanges, env);
  return { clientEnv, stamped: { ...state, exchanges: stamped } };
}

/** What takes a key goes to the client of the session, if there is one still. */
function asked(state: Running, { session, target }: Place, call: Call): HostTurn {
  const connection = connectionOf(state, session);
  if (connection !== undefined && state.connections[connection]?.guard !== undefined) {
    const event = { kind: 'asks', id: target, call } as const;
    return turn(state, [], { kind: 'guard', connection, event });
  }
  const reason =
    connection === undefined
      ? 'the client is gone, and the keys with it'
      : 'the client has no channel to ask it on';
  const event = { kind: 'unanswered', reason } as const;
  return turn(state, [], { kind: 'program', session, target, event });
}

/** A program begins. */
export function guardedTicket(
  config: RdpHostConfig,
  state: Running,
  place: Place,
  credential: Credential,
  env: Env,
): HostTurn {
  const { clientEnv, stamped } = clientEnvOf(state, env);
  const { kdcOptions, till, etypes, sname } = serviceRequest(
    credential,
    serviceName(place.target),
    config,
  );
  const realm = credential.sname.nameString[1] ?? credential.srealm;
  const request = { credential, sname, realm, kdcOptions, till, etypes };
  const next = tgs.step({ name: 'idle' }, { kind: 'asked', request }, clientEnv);
  return ticketMoved(config, stamped, place, next, env);
}

/** What the exchange for a ticket has come to. */
function ticketMoved(
  config: RdpHostConfig,
  state: Running,
  place: Place,
  { state: now, effects }: Step<tgs.State, tgs.Effect>,
  env: Env,
): HostTurn {
  if (now.name === 'failed') return failed(state, place, sentenceOf(now.failure));
  if (now.name === 'done') return connecting(config, state, place, now.credential);
  const [effect] = effects;
  if (effect?.kind === 'asks') {
    return asked(
      withProgram(state, place, { name: 'guardedTicket', tgs: now }),
      place,
      effect.call,
    );
  }
  if (effect?.kind !== 'request') return turn(state);
  const { host, id } = numbered(state);
  const { realm, message, bytes } = effect;
  const request: kdc.KdcRequest = {
    id,
    realm,
    kdcs: config.exchanges.kdcs(realm),
    port: KDC_PORT,
    // Never by datagram here.
    localPort: 0,
    message,
    bytes,
    options: config.exchanges.kdcExchange,
  };
  return kdcMoved(config, host, place, { tgs: now, request }, kdc.begin(request), env);
}

function kdcMoved(
  config: RdpHostConfig,
  state: Running,
  place: Place,
  { tgs: waiting, request }: { readonly tgs: tgs.State; readonly request: kdc.KdcRequest },
  { state: now, effects }: Step<kdc.State, ActorEffect>,
  env: Env,
): HostTurn {
  if (now.name !== 'answered' && now.name !== 'failed') {
    const program: Program = { name: 'guardedRequest', tgs: waiting, request, kdc: now };
    return turn(withProgram(state, place, program), effects);
  }
  const event =
    now.name === 'answered'
      ? ({ kind: 'answered', bytes: now.bytes } as const)
      : ({ kind: 'unanswered', reason: now.reason } as const);
  const { clientEnv, stamped } = clientEnvOf(state, env);
  const next = ticketMoved(config, stamped, place, tgs.step(waiting, event, clientEnv), env);
  return turn(next.state, [...effects, ...next.effects], ...next.then);
}

/** The client of the session has computed something, or has not. */
export function computed(
  config: RdpHostConfig,
  state: Running,
  session: string,
  target: string,
  event: Computed,
  env: Env,
): HostTurn {
  const place: Place = { session, target };
  const program = sessionOf(state, session)?.programs[target];
  const { clientEnv, stamped } = clientEnvOf(state, env);
  if (program?.name === 'guardedTicket') {
    return ticketMoved(config, stamped, place, tgs.step(program.tgs, event, clientEnv), env);
  }
  if (program?.name !== 'guardedSession') return turn(state);
  const { connection } = program;
  return sessionMoved(stamped, place, connection, ap.step(program.ap, event, clientEnv));
}

function connecting(
  config: RdpHostConfig,
  state: Running,
  place: Place,
  credential: Credential,
): HostTurn {
  const service = serviceOf(config, place.target);
  if (service === undefined) return nobodyListens(state, place);
  const { host, id } = numbered(state);
  const connection = `${id}/service`;
  const program: Program = { name: 'guardedConnection', credential, connection };
  const { actor, port, framing } = service;
  return turn(withProgram(host, place, program), [
    { kind: 'timer', timer: connection, ms: config.exchanges.serviceWaitTime },
    { kind: 'connect', connection, to: actor, port, framing },
  ]);
}

/** What the exchange with the service has come to. */
function sessionMoved(
  state: Running,
  place: Place,
  connection: string,
  { state: now, effects }: Step<ap.State, ap.Effect>,
): HostTurn {
  const over: ActorEffect = { kind: 'cancel', timer: connection };
  if (now.name === 'failed') {
    return failed(state, place, sentenceOf(now.failure), [over, { kind: 'close', connection }]);
  }
  if (now.name === 'established') {
    return turn(withProgram(state, place, { name: 'sessionOpen', connection }), [over]);
  }
  const host = withProgram(state, place, { name: 'guardedSession', ap: now, connection });
  const [effect] = effects;
  if (effect?.kind === 'asks') return asked(host, place, effect.call);
  if (effect?.kind !== 'send') return turn(host);
  const { message, token: bytes } = effect;
  return turn(host, [{ kind: 'send', transport: 'tcp', connection, message, bytes }]);
}

/** An event of a KDC or a service that a program waits for; undefined: of something else. */
export function heard(
  config: RdpHostConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): HostTurn | undefined {
  const open = Object.values(state.connections).flatMap(({ stage }) =>
    stage.name === 'signedIn' ? [stage.session] : [],
  );
  for (const { identity, programs } of [...open, ...Object.values(state.disconnected)]) {
    for (const [target, program] of Object.entries(programs)) {
      const place: Place = { session: identity.name, target };
      if (program.name === 'guardedRequest' && kdc.concerns(program.request, event)) {
        return kdcMoved(config, state, place, program, kdc.step(program.kdc, event), env);
      }
      if ('connection' in program && isOf(program.connection, event)) {
        return ofService(state, place, program, event, env);
      }
    }
  }
  return undefined;
}

function isOf(connection: string, event: ActorEvent): boolean {
  if (event.kind === 'expired') return event.timer === connection;
  return 'connection' in event && event.connection === connection;
}

type OnService = Extract<Program, { readonly connection: string }>;

function ofService(
  state: Running,
  place: Place,
  program: OnService,
  event: ActorEvent,
  env: Env,
): HostTurn {
  const { connection } = program;
  const { clientEnv, stamped } = clientEnvOf(state, env);
  const over: readonly ActorEffect[] =
    program.name === 'sessionOpen' || event.kind === 'expired'
      ? []
      : [{ kind: 'cancel', timer: connection }];
  switch (event.kind) {
    case 'connected': {
      if (program.name !== 'guardedConnection') return turn(state);
      const request = { credential: program.credential, gssFlags: GSS_FLAGS };
      const next = ap.step({ name: 'idle' }, { kind: 'asked', request }, clientEnv);
      return sessionMoved(stamped, place, connection, next);
    }
    case 'received': {
      if (program.name !== 'guardedSession') return turn(state);
      const next = ap.step(program.ap, { kind: 'received', token: event.bytes }, clientEnv);
      return sessionMoved(stamped, place, connection, next);
    }
    case 'closed':
      return failed(state, place, `the connection to the service is ${event.reason}`, over);
    case 'malformed':
      return failed(state, place, `the service sent ${event.reason}`, [
        ...over,
        { kind: 'close', connection },
      ]);
    default:
      return failed(state, place, 'the service did not answer in time', [
        { kind: 'close', connection },
      ]);
  }
}

/** A client is gone: its session runs on, and what waited for the client comes to nothing. */
export function disconnected({ stage }: Connection): {
  readonly sessions: Readonly<Record<string, Session>>;
  readonly effects: readonly ActorEffect[];
} {
  if (stage.name !== 'signedIn') return { sessions: {}, effects: [] };
  const { session } = stage;
  const effects: ActorEffect[] = [];
  const programs = Object.entries(session.programs).map(([target, program]): [string, Program] => {
    const ended = undone(program);
    if (ended === undefined) return [target, program];
    effects.push(...ended);
    return [target, { name: 'failed', reason: 'the client has gone, and the keys with it' }];
  });
  const kept = { ...session, programs: Object.fromEntries(programs) };
  return { sessions: { [session.identity.name]: kept }, effects };
}

/** Undefined: the program does not wait for the client. */
function undone(program: Program): readonly ActorEffect[] | undefined {
  switch (program.name) {
    case 'guardedTicket':
      return [];
    case 'guardedRequest':
      return kdc.abandon(program.kdc);
    case 'guardedConnection':
    case 'guardedSession': {
      const { connection } = program;
      return [
        { kind: 'cancel', timer: connection },
        { kind: 'close', connection },
      ];
    }
    default:
      return undefined;
  }
}
