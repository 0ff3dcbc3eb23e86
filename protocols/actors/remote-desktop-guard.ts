/**
 * What a device does for a remote host with its user's keys (Remote Credential Guard): it listens on the dynamic
 * channel of MS-RDPEAR, and answers as long as the connection lasts.
 */
import { equal } from '../../src/bytes/bytes.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import type { Protection } from '../negotiate/protection.ts';
import * as rdpear from '../rdpear/client.ts';
import { CHANNEL_NAME } from '../rdpear/constants.ts';
import type { KnownKeys } from '../rdpear/opaque-keys.ts';
import { sealed, unsealed } from '../rdpear/protection.ts';
import * as rdpedyc from '../rdpedyc/client.ts';
import type { Message } from '../rdpedyc/messages.ts';
import { type WithSession, withExchanges } from './device-state.ts';
import { stamping } from './exchange-state.ts';
import { staged } from './remote-desktop-prompt.ts';
import type { Desktop, GuardLine, Nla, WithLine } from './remote-desktop-state.ts';
import { keyHandle } from './remote-guard.ts';

export const NO_CALLS: GuardLine = { dynamic: rdpedyc.INITIAL, answers: rdpear.INITIAL };

const LISTENERS: rdpedyc.ClientConfig = { listeners: [CHANNEL_NAME] };

/** `messages`: for the static channel, in their order. */
export interface GuardStep {
  readonly state: WithSession;
  readonly effects: readonly ActorEffect[];
  readonly messages: readonly Message[];
}

/** What protects the calls, and the ticket whose key they are about; undefined: nobody was handed one. */
function contextIn(
  nla: Nla,
): { readonly protection: Protection; readonly known: KnownKeys } | undefined {
  if (nla.name !== 'speaking' || nla.state.name !== 'done' || nla.tgt === undefined) {
    return undefined;
  }
  const { context } = nla.state;
  if (context.name !== 'established') return undefined;
  const { tgt } = nla;
  const known = {
    byHandle: (handle: Uint8Array) => (equal(handle, keyHandle(tgt)) ? tgt.key : undefined),
  };
  return { protection: context.protection, known };
}

function withProtection(nla: Nla, protection: Protection): Nla {
  if (nla.name !== 'speaking' || nla.state.name !== 'done') return nla;
  const { context } = nla.state;
  if (context.name !== 'established') return nla;
  return { ...nla, state: { ...nla.state, context: { ...context, protection } } };
}

interface Turn extends GuardStep {
  readonly line: WithLine;
}

function note(text: string): ActorEffect {
  return { kind: 'note', level: 'cause', text: `Remote Credential Guard: ${text}` };
}

/** A message of the host on the static channel of dynamic ones. */
export function received(
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  message: Uint8Array,
  env: Env,
): GuardStep {
  const first: Turn = { state, line, effects: [], messages: [] };
  const turn = dynamic(first, { kind: 'received', message }, env);
  return { ...turn, state: staged(turn.state, desktop.id, turn.line) };
}

function dynamic(before: Turn, event: rdpedyc.Event, env: Env): Turn {
  const { guard } = before.line;
  const next = rdpedyc.step(LISTENERS, guard.dynamic, event);
  const moved: Turn = {
    ...before,
    line: { ...before.line, guard: { ...guard, dynamic: next.state } },
  };
  return next.effects.reduce((turn, effect) => channelWants(turn, effect, env), moved);
}

function channelWants(turn: Turn, effect: rdpedyc.Effect, env: Env): Turn {
  switch (effect.kind) {
    case 'send':
      return { ...turn, messages: [...turn.messages, effect] };
    case 'created':
      return answering(turn, effect.channelId, { kind: 'opened' }, env);
    case 'closed':
      return answering(turn, effect.channelId, { kind: 'closed' }, env);
    case 'data':
      return called(turn, effect.channelId, effect.message, env);
    case 'refused':
      return { ...turn, effects: [...turn.effects, note(effect.reason)] };
    case 'rejected':
      return { ...turn, effects: [...turn.effects, effect] };
    default:
      return assertNever(effect);
  }
}

/** A call, still sealed. */
function called(turn: Turn, channelId: number, message: Uint8Array, env: Env): Turn {
  const context = contextIn(turn.line.nla);
  if (context === undefined) return turn;
  const opened = unsealed(context.protection, message);
  if (!opened.ok) return refused(turn, channelId, opened.reason, env);
  const nla = withProtection(turn.line.nla, opened.protection);
  const heard = { ...turn, line: { ...turn.line, nla } };
  return answering(heard, channelId, { kind: 'received', packet: opened.message }, env);
}

/** What cannot be answered ends the channel: the host would wait for ever. */
function refused(turn: Turn, channelId: number, reason: string, env: Env): Turn {
  const told = { ...turn, effects: [...turn.effects, note(reason)] };
  return dynamic(told, { kind: 'closes', channelId }, env);
}

function answering(before: Turn, channelId: number, event: rdpear.Event, env: Env): Turn {
  const context = contextIn(before.line.nla);
  if (context === undefined) return before;
  const { guard } = before.line;
  const { clientEnv, stamped } = stamping(before.state.base.exchanges, env);
  const next = rdpear.step(context.known, guard.answers, event, clientEnv);
  let turn: Turn = {
    ...before,
    state: withExchanges(before.state, stamped),
    line: { ...before.line, guard: { ...guard, answers: next.state } },
  };
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'send': {
        const { name, packet } = effect;
        const random = (size: number): Uint8Array => env.random(size);
        const { protection, message } = sealed(context.protection, packet, random);
        const nla = withProtection(turn.line.nla, protection);
        const event = { kind: 'writes', channelId, message, name } as const;
        turn = dynamic({ ...turn, line: { ...turn.line, nla } }, event, env);
        break;
      }
      case 'refused':
        turn = refused(turn, channelId, effect.reason, env);
        break;
      case 'rejected':
        turn = { ...turn, effects: [...turn.effects, effect] };
        break;
      default:
        return assertNever(effect);
    }
  }
  return turn;
}
