/**
 * The way from a host to the keys of whoever signed in with Remote Credential Guard: a dynamic channel to the
 * client, and the calls of MS-RDPEAR on it.
 */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { CHANNEL_NAME } from '../rdpear/constants.ts';
import { sealed, unsealed } from '../rdpear/protection.ts';
import * as rdpear from '../rdpear/server.ts';
import { STATIC_CHANNEL } from '../rdpedyc/constants.ts';
import * as rdpedyc from '../rdpedyc/server.ts';
import {
  type GuardChannel,
  type HostTurn,
  type Next,
  type Running,
  turn,
  withConnection,
} from './rdp-host-state.ts';

/** The only channel that is opened, so the first number. */
const CHANNEL_ID = 1;

/** The session is there: the client is asked for its listener at once, before any program wants something. */
export function activated(state: Running, id: string, channels: readonly string[]): HostTurn {
  const connection = state.connections[id];
  if (connection?.stage.name !== 'signedIn') return turn(state);
  const { signIn } = connection.stage.session;
  if (signIn.by !== 'remoteCredentialGuard' || !channels.includes(STATIC_CHANNEL)) {
    return turn(state);
  }
  const { protection } = signIn.guard;
  const guard: GuardChannel = { dynamic: rdpedyc.INITIAL, calls: rdpear.INITIAL, protection };
  return turn(
    withConnection(state, id, { ...connection, guard }),
    [],
    { kind: 'dynamic', connection: id, event: { kind: 'opened' } },
    { kind: 'dynamic', connection: id, event: { kind: 'creates', channelName: CHANNEL_NAME } },
  );
}

function withGuard(state: Running, id: string, change: Partial<GuardChannel>): Running {
  const connection = state.connections[id];
  if (connection?.guard === undefined) return state;
  return withConnection(state, id, { ...connection, guard: { ...connection.guard, ...change } });
}

function note(text: string): ActorEffect {
  return { kind: 'note', level: 'cause', text: `Remote Credential Guard: ${text}` };
}

function calls(connection: string, event: rdpear.Event): Next {
  return { kind: 'guard', connection, event };
}

/** Something for the dynamic channels of a connection. */
export function dynamic(state: Running, id: string, event: rdpedyc.Event): HostTurn {
  const guard = state.connections[id]?.guard;
  if (guard === undefined) return turn(state);
  const next = rdpedyc.step(guard.dynamic, event);
  let host = withGuard(state, id, { dynamic: next.state });
  const effects: ActorEffect[] = [];
  const then: Next[] = [];
  for (const effect of next.effects) {
    const done = channelWants(host, id, effect);
    host = done.state;
    effects.push(...done.effects);
    then.push(...done.then);
  }
  return turn(host, effects, ...then);
}

function channelWants(state: Running, id: string, effect: rdpedyc.Effect): HostTurn {
  switch (effect.kind) {
    case 'send': {
      const { name, message } = effect;
      const event = { kind: 'sends', channel: STATIC_CHANNEL, name, message } as const;
      return turn(state, [], { kind: 'desktop', connection: id, event });
    }
    case 'created':
      return turn(state, [], calls(id, { kind: 'opened' }));
    case 'notCreated': {
      const reason = 'the client does not listen to calls for its keys';
      return turn(state, [note(reason)], calls(id, { kind: 'closed', reason }));
    }
    case 'closed':
      return turn(
        state,
        [],
        calls(id, { kind: 'closed', reason: 'the client closed the channel' }),
      );
    case 'data': {
      const guard = state.connections[id]?.guard as GuardChannel;
      const opened = unsealed(guard.protection, effect.message);
      if (!opened.ok) {
        const event = { kind: 'closes', channelId: CHANNEL_ID } as const;
        return turn(state, [note(opened.reason)], { kind: 'dynamic', connection: id, event });
      }
      return turn(
        withGuard(state, id, { protection: opened.protection }),
        [],
        calls(id, { kind: 'received', packet: opened.message }),
      );
    }
    case 'refused':
      return turn(state, [note(effect.reason)]);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** Something for the calls of a connection. */
export function called(state: Running, id: string, event: rdpear.Event, env: Env): HostTurn {
  const connection = state.connections[id];
  const guard = connection?.guard;
  if (guard === undefined || connection?.stage.name !== 'signedIn') return turn(state);
  const session = connection.stage.session.identity.name;
  const next = rdpear.step(guard.calls, event);
  let host = withGuard(state, id, { calls: next.state });
  let { protection } = guard;
  const effects: ActorEffect[] = [];
  const then: Next[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'send': {
        const { name, packet } = effect;
        const made = sealed(protection, packet, (size) => env.random(size));
        ({ protection } = made);
        host = withGuard(host, id, { protection });
        const writes = {
          kind: 'writes',
          channelId: CHANNEL_ID,
          message: made.message,
          name,
        } as const;
        then.push({ kind: 'dynamic', connection: id, event: writes });
        break;
      }
      case 'answered': {
        const { id: target, answer } = effect;
        then.push({ kind: 'program', session, target, event: { kind: 'computed', answer } });
        break;
      }
      case 'unanswered': {
        const { id: target, reason } = effect;
        then.push({ kind: 'program', session, target, event: { kind: 'unanswered', reason } });
        break;
      }
      case 'close':
        then.push({
          kind: 'dynamic',
          connection: id,
          event: { kind: 'closes', channelId: CHANNEL_ID },
        });
        break;
      case 'rejected':
        effects.push(effect);
        break;
      default:
        return assertNever(effect);
    }
  }
  return turn(host, effects, ...then);
}
