/** CredSSP at a remote desktop host: who the client is, before it may begin a session. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { step } from '../credssp/server.ts';
import {
  STATUS_LOGON_FAILURE,
  STATUS_NO_SUCH_USER,
  STATUS_WRONG_PASSWORD,
} from '../kerberos/ntstatus.ts';
import { remember } from '../kerberos/replays.ts';
import type { Verdict } from '../ntlm/acceptor.ts';
import type { Identity } from './logon.ts';
import { type Asking, begun as begunAsking } from './pass-through.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import {
  type Connection,
  type CredSspEvent,
  credSspConfig,
  type HostTurn,
  type Mode,
  mayConnect,
  type Next,
  type Running,
  turn,
  withConnection,
} from './rdp-host-state.ts';

type CredSsp = ReturnType<typeof credSspConfig>;
type Stage = Extract<Connection['stage'], { readonly name: 'credssp' }>;

export function begun(state: Running, id: string, mode: Mode): HostTurn {
  return turn(staged(state, id, { name: 'credssp', mode, state: { name: 'expectRequest' } }));
}

function staged(state: Running, id: string, stage: Connection['stage']): Running {
  const connection = state.connections[id] as Connection;
  return withConnection(state, id, { ...connection, stage });
}

function stageOf(state: Running, id: string): Stage | undefined {
  const stage = state.connections[id]?.stage;
  return stage?.name === 'credssp' ? stage : undefined;
}

/** One TSRequest of the client. */
export function received(
  config: RdpHostConfig,
  state: Running,
  id: string,
  bytes: Uint8Array,
  env: Env,
): HostTurn {
  return spoken(config, state, id, { kind: 'received', bytes }, env);
}

/** What a domain controller says of a client of NTLM, or what it takes to ask one. */
export function judged(
  config: RdpHostConfig,
  state: Running,
  { passThrough, effects, judged }: Asking,
  env: Env,
): HostTurn {
  const asked = { ...state, passThrough };
  // The client may have gone meanwhile.
  if (judged === undefined || stageOf(asked, judged.asker)?.state.name !== 'expectContext') {
    return turn(asked, effects);
  }
  const verdict = folded(judged.verdict);
  const event = { kind: 'context', event: { kind: 'judged', verdict } } as const;
  const next = spoken(config, asked, judged.asker, event, env);
  return turn(next.state, [...effects, ...next.effects], ...next.then);
}

/** Who guesses does not learn from a server which of the two was wrong (MS-ERREF 2.3.1). */
function folded(verdict: Verdict<Identity>): Verdict<Identity> {
  if (verdict.kind === 'granted') return verdict;
  const { status } = verdict;
  const isGuess = status === STATUS_WRONG_PASSWORD || status === STATUS_NO_SUCH_USER;
  return isGuess ? { ...verdict, status: STATUS_LOGON_FAILURE } : verdict;
}

/** Something for CredSSP, and what it leads to. */
function spoken(
  config: RdpHostConfig,
  state: Running,
  id: string,
  event: CredSspEvent,
  env: Env,
): HostTurn {
  const before = stageOf(state, id);
  if (before === undefined) return turn(state);
  const { mode } = before;
  const next = step(credSspConfig(config, state, mode, env), before.state, event, env);
  let host = staged(state, id, { ...before, state: next.state });
  const effects: ActorEffect[] = [];
  const then: Next[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'send': {
        const { bytes } = effect;
        const message = 'TSRequest';
        effects.push({ kind: 'send', transport: 'tcp', connection: id, message, bytes });
        break;
      }
      case 'note':
        effects.push({ kind: 'note', level: 'cause', text: `CredSSP: ${effect.text}` });
        break;
      case 'close':
        effects.push({ kind: 'close', connection: id });
        break;
      case 'rejected':
        effects.push(effect);
        break;
      case 'context': {
        const wanted = contextWants(config, host, id, effect.effect, env);
        host = wanted.state;
        effects.push(...wanted.effects);
        then.push(...wanted.then);
        break;
      }
      default:
        return assertNever(effect);
    }
  }
  const ended = over(config, host, id);
  return turn(ended.state, [...effects, ...ended.effects], ...then, ...ended.then);
}

type ContextEffect = ReturnType<CredSsp['context']['step']>['effects'][number];

function contextWants(
  config: RdpHostConfig,
  state: Running,
  id: string,
  effect: Exclude<ContextEffect, { readonly kind: 'send' }>,
  env: Env,
): HostTurn {
  switch (effect.kind) {
    case 'remember': {
      const { authentication } = effect;
      const replays = remember(state.replays, authentication, env.now, config.clockSkew);
      return turn({ ...state, replays });
    }
    case 'judge': {
      const asking = begunAsking(state.passThrough, config.passThrough, id, effect.logon);
      return judged(config, state, asking, env);
    }
    // CredSSP says the same when it fails.
    case 'note':
      return turn(state);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** Who the client is, when it has said so to the end. */
function over(config: RdpHostConfig, state: Running, id: string): HostTurn {
  const now = stageOf(state, id)?.state;
  if (now?.name !== 'done' || now.context.name !== 'established') return turn(state);
  const { identity, mechanism } = now.context.established;
  const proved = { identity, mechanism, credentials: now.credentials };
  const host = staged(state, id, { name: 'proved', proved });
  const authorized = mayConnect(config, identity);
  return turn(host, [], {
    kind: 'desktop',
    connection: id,
    event: { kind: 'authenticated', authorized },
  });
}
