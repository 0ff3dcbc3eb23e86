/** CredSSP at a remote desktop host: who the client is, before it may begin a session. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { acceptorContext } from '../credssp/contexts.ts';
import type { Credentials } from '../credssp/credentials.ts';
import { VERSION_MAX } from '../credssp/messages.ts';
import { step } from '../credssp/server.ts';
import type { Acceptor } from '../kerberos/ap-server.ts';
import {
  STATUS_LOGON_FAILURE,
  STATUS_NO_SUCH_USER,
  STATUS_WRONG_PASSWORD,
} from '../kerberos/ntstatus.ts';
import { remember } from '../kerberos/replays.ts';
import type { Established } from '../negotiate/acceptor-state.ts';
import type { Verdict } from '../ntlm/acceptor.ts';
import { authorize, type Identity } from './logon.ts';
import { type Asking, begun as begunAsking } from './pass-through.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import {
  type Connection,
  type CredSspEvent,
  type Handed,
  type HostTurn,
  isAdministrator,
  type Mode,
  mayConnect,
  type Next,
  type Running,
  turn,
  validTgt,
  withConnection,
} from './rdp-host-state.ts';
import { guardedLogon } from './remote-guard.ts';

/** How CredSSP is spoken now: with user-to-user while the host has a ticket of its own. */
function credSspConfig(config: RdpHostConfig, state: Running, mode: Mode, env: Env) {
  const own = validTgt(state, env);
  const context = acceptorContext<Identity>({
    kerberos: { ...kerberosOf(config), replays: state.replays },
    ...(own === undefined ? {} : { userToUser: { ticket: own.ticket, key: own.key } }),
    // Remote Credential Guard is of Kerberos alone.
    ...(config.ntlm === undefined || mode === 'remoteCredentialGuard' ? {} : { ntlm: config.ntlm }),
    sequenceAfterMic: 'on',
  });
  return { context, publicKey: config.publicKey, version: VERSION_MAX };
}

/** Whose tickets are taken here, and how. */
function kerberosOf(config: RdpHostConfig): Omit<Acceptor<Identity>, 'replays'> {
  const { realm, serviceNames: names, keys, clockSkew } = config;
  return { realm, names, keys, clockSkew, authorize };
}

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
  const stage = stageOf(state, id);
  const isFirst = stage?.state.name === 'expectRequest' && stage.held === undefined;
  if (stage !== undefined && isFirst && expectsTicket(state, env)) {
    return turn(staged(state, id, { ...stage, held: bytes }));
  }
  return spoken(config, state, id, { kind: 'received', bytes }, env);
}

/** The host's own ticket has ended, and the next one is on its way. */
function expectsTicket(state: Running, env: Env): boolean {
  const asked = state.exchanges.running.some(({ purpose }) => purpose.for === 'computer');
  return asked && validTgt(state, env) === undefined;
}

/** The host's own sign-in is over: clients that came before it are heard now. */
export function withTicket(state: Running): readonly Next[] {
  return Object.entries(state.connections).flatMap(([connection, { stage }]): Next[] =>
    stage.name === 'credssp' && stage.held !== undefined
      ? [{ kind: 'perform', connection, effect: { kind: 'credssp', bytes: stage.held } }]
      : [],
  );
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
  const ended = over(config, host, id, env);
  return turn(ended.state, [...effects, ...ended.effects], ...then, ...ended.then);
}

type ContextEffect = ReturnType<
  ReturnType<typeof credSspConfig>['context']['step']
>['effects'][number];

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
function over(config: RdpHostConfig, state: Running, id: string, env: Env): HostTurn {
  const stage = stageOf(state, id);
  if (stage?.state.name !== 'done' || stage.state.context.name !== 'established') {
    return turn(state);
  }
  const { mode, state: now } = stage;
  const { established } = stage.state.context;
  const { identity, mechanism } = established;
  const handed = handedOver(config, mode, established, now.credentials, env);
  const why = typeof handed === 'string' ? handed : objection(config, handed, identity);
  if (typeof handed === 'string' || why !== undefined) {
    const text = `nobody gets in: ${why}`;
    return turn(state, [{ kind: 'note', level: 'cause', text }], told(id, false));
  }
  const proved = { identity, mechanism, handed };
  return turn(staged(state, id, { name: 'proved', proved }), [], told(id, true));
}

function told(connection: string, authorized: boolean): Next {
  return { kind: 'desktop', connection, event: { kind: 'authenticated', authorized } };
}

/** What the credentials are worth in the mode that was agreed on, or why they are not taken. */
function handedOver(
  config: RdpHostConfig,
  mode: Mode,
  { identity, protection }: Established<Identity>,
  credentials: Credentials,
  { now }: Env,
): Handed | string {
  const isGuarded = credentials.kind === 'remoteGuard';
  switch (mode) {
    case 'normal':
      return isGuarded
        ? 'credentials of Remote Credential Guard, which was not agreed on'
        : { mode, credentials };
    case 'restrictedAdmin':
      // FreeRDP 3 hands over a password all the same: it is not looked at.
      return isGuarded
        ? 'credentials of Remote Credential Guard, where Restricted Admin was agreed on'
        : { mode };
    case 'remoteCredentialGuard': {
      if (!isGuarded) {
        return `credentials of the kind ${credentials.kind}, where Remote Credential Guard was agreed on`;
      }
      const logon = guardedLogon(kerberosOf(config), credentials, now);
      if (logon.kind === 'denied') return logon.reason;
      return logon.identity.sid === identity.sid
        ? { mode, guard: { tgt: logon.tgt, protection } }
        : `${identity.name} hands over tickets of ${logon.identity.name}`;
    }
    default:
      return assertNever(mode);
  }
}

/** Why they may not sign in so. */
function objection(
  config: RdpHostConfig,
  { mode }: Handed,
  identity: Identity,
): string | undefined {
  if (mode === 'restrictedAdmin') {
    return isAdministrator(config, identity)
      ? undefined
      : `${identity.name} is not in Administrators: Restricted Admin is for them`;
  }
  return mayConnect(config, identity)
    ? undefined
    : `${identity.name} is in neither Remote Desktop Users nor Administrators`;
}
