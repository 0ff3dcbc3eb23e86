/** What a device does in a user's logon session: opening services, renewing, signing in anew. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to } from '../../src/machine/machine.ts';
import { type Failure, sentenceOf } from '../kerberos/client.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { GssFlags } from '../kerberos/gss.ts';
import { principal } from '../kerberos/names.ts';
import {
  type Credential,
  isValid,
  serviceTicket,
  ticketGrantingTicket,
} from '../kerberos/ticket-cache.ts';
import {
  beginPartialExchange,
  ntHashIn,
  partialTicket,
  whyNoPartialTicket,
} from './device-cloud-tickets.ts';
import { etypesWith, proofObjection } from './device-proof.ts';
import {
  blamed,
  type DeviceConfig,
  type Purpose,
  type WithSession,
  withExchanges,
} from './device-state.ts';
import type { Finished, Outcome, Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import {
  type LogonSession,
  type Opened,
  renewalRequest,
  serviceRequest,
  tgtRequest,
  withTickets,
} from './logon-session.ts';
import { beginAp } from './service-exchange.ts';

/** A step that may have finished exchanges besides: the device takes them further. */
export interface SessionStep {
  readonly state: WithSession;
  readonly effects: readonly ActorEffect[];
  readonly finished: readonly Finished<Purpose>[];
}

/** GSS-API flags of Windows' SMB client. */
const GSS_FLAGS =
  GssFlags.mutual | GssFlags.replay | GssFlags.sequence | GssFlags.conf | GssFlags.integ;

/** `cifs/files.corp.example` as Windows names it: NT-SRV-INST. */
function serviceName(target: string): ReturnType<typeof principal> {
  return principal(NT_SRV_INST, ...target.split('/'));
}

/** The KDC's time in milliseconds, as far as it is known. */
function kdcTime({ base }: Pick<WithSession, 'base'>, env: Env): number {
  return env.now + base.exchanges.offset / 1_000;
}

/**
 * Gets what is missing for a session with the service, in this order: TGT, ticket, connection. A session
 * lasts as long as its ticket: after that it is opened anew.
 */
export function open(
  config: DeviceConfig,
  state: WithSession,
  target: string,
  env: Env,
): SessionStep {
  const opened = state.session.opened[target];
  const underWay = opened?.name === 'expectTicket' || opened?.name === 'expectSession';
  return underWay ? settled(to(state)) : proceed(config, state, target, env);
}

/** The next of the three. */
function proceed(config: DeviceConfig, state: WithSession, target: string, env: Env): SessionStep {
  const { cache, opened } = state.session;
  const ticket = serviceTicket(cache, serviceName(target), kdcTime(state, env));
  if (ticket !== undefined) {
    const open = opened[target]?.name === 'sessionOpen';
    return open ? settled(to(state)) : connect(config, state, target, ticket);
  }
  const objection = signInObjection(state, env);
  if (objection !== undefined) return settled(refuse(state, target, objection));
  const last = closing(opened[target]);
  const { effects, ...progress } = askTicket(config, state, target, env);
  const expecting = withOpened(state, target, { name: 'expectTicket' });
  return began(expecting, { ...progress, effects: [...last, ...effects] });
}

/** Why nobody can be signed in anew, where that is what it takes; undefined: nothing is in the way. */
function signInObjection({ base, session }: WithSession, env: Env): string | undefined {
  const tgt = ticketGrantingTicket(session.cache, session.who.realm);
  if (tgt !== undefined && isValid(tgt, kdcTime({ base }, env))) return undefined;
  const { user } = session.who;
  if (session.proof.mechanism === 'cloud') {
    if (partialTicket(base.hello, user, kdcTime({ base }, env)) !== undefined) return undefined;
    return whyNoPartialTicket(base.hello, user);
  }
  return proofObjection(base.hello, user, session.proof);
}

function askTicket(
  config: DeviceConfig,
  { base, session }: WithSession,
  target: string,
  env: Env,
): Progress<Purpose> {
  const { cache, who, proof } = session;
  const tgt = ticketGrantingTicket(cache, who.realm);
  if (tgt !== undefined && isValid(tgt, kdcTime({ base }, env))) {
    return askWith(config, base, tgt, target, env);
  }
  const purpose: Purpose = { for: 'anew', target };
  if (proof.mechanism === 'cloud') {
    const partial = partialTicket(base.hello, who.user, kdcTime({ base }, env));
    if (partial === undefined) throw new Error('no partial ticket: the objection says so before');
    return beginPartialExchange(config, base, partial, purpose, env);
  }
  const etypes = etypesWith(proof, config.etypes);
  const request = tgtRequest(who.realm, who.cname, { ...config, etypes });
  return exchanges.beginAs(base.exchanges, purpose, request, proof, config.exchanges, env);
}

function askWith(
  config: DeviceConfig,
  base: WithSession['base'],
  tgt: Credential,
  target: string,
  env: Env,
): Progress<Purpose> {
  const purpose: Purpose = { for: 'ticket', target };
  const request = serviceRequest(tgt, serviceName(target), config);
  return exchanges.beginTgs(base.exchanges, purpose, request, config.exchanges, env);
}

function connect(
  config: DeviceConfig,
  state: WithSession,
  target: string,
  credential: Credential,
): SessionStep {
  const host = target.split('/')[1] ?? '';
  const service = config.service(host);
  if (service === undefined) {
    return settled(refuse(state, target, `nobody listens at ${host}`));
  }
  return began(
    withOpened(state, target, { name: 'expectSession' }),
    beginAp(
      state.base.exchanges,
      { for: 'session', target },
      { credential, gssFlags: GSS_FLAGS, learnsTime: config.learnsKdcTime },
      service,
      config.exchanges,
    ),
  );
}

/** Renews the ticket-granting ticket: RFC 4120 §2.3. */
export function renew(config: DeviceConfig, state: WithSession, env: Env): SessionStep {
  const tgt = ticketGrantingTicket(state.session.cache, state.session.who.realm);
  if (tgt === undefined) return settled(blamed(state, 'there is no ticket to renew'));
  const request = renewalRequest(tgt, config);
  return began(
    state,
    exchanges.beginTgs(state.base.exchanges, { for: 'renewal' }, request, config.exchanges, env),
  );
}

/** A purpose that belongs to a session. */
export type SessionPurpose = Exclude<
  Purpose,
  { readonly for: 'computer' | 'signIn' | 'logonTicket' | 'unlock' | 'cloudExchange' }
>;

/** Goes on with what an exchange has come to. */
export function finished(
  config: DeviceConfig,
  state: WithSession,
  purpose: SessionPurpose,
  outcome: Outcome,
  env: Env,
): SessionStep {
  if (outcome.kind === 'failed') {
    const kept = withCache(state, outcome.gained);
    return settled(failed(kept, purpose, outcome.failure));
  }
  switch (outcome.kind) {
    case 'as': {
      const { proof, reply } = outcome;
      const anew = withCache(state, [reply.credential]);
      const session = { ...anew.session, proof };
      const next = { ...anew, session };
      return purpose.for === 'anew'
        ? proceed(config, next, purpose.target, env)
        : settled(to(next));
    }
    case 'tgs': {
      const next = withCache(state, [...outcome.gained, outcome.credential]);
      if (purpose.for === 'anew') {
        const session = { ...next.session, ...ntHashIn(outcome.keyList) };
        return proceed(config, { ...next, session }, purpose.target, env);
      }
      if (purpose.for !== 'ticket') return settled(to(next));
      return connect(config, next, purpose.target, outcome.credential);
    }
    case 'ap': {
      if (purpose.for !== 'session') return settled(to(state));
      const { connection } = outcome;
      return settled(to(withOpened(state, purpose.target, { name: 'sessionOpen', connection })));
    }
    default:
      return assertNever(outcome);
  }
}

function failed(
  state: WithSession,
  purpose: SessionPurpose,
  failure: Failure,
): Step<WithSession, ActorEffect> {
  const sentence = sentenceOf(failure);
  if (purpose.for === 'renewal') return blamed(state, `renewing the ticket: ${sentence}`);
  return refuse(state, purpose.target, sentence);
}

export function refuse(
  state: WithSession,
  target: string,
  reason: string,
): Step<WithSession, ActorEffect> {
  return blamed(
    withOpened(state, target, { name: 'failed', reason }),
    `opening ${target}: ${reason}`,
  );
}

/** A connection of a session has ended, from the other side. */
export function closed(state: WithSession, connection: string): WithSession {
  for (const [target, opened] of Object.entries(state.session.opened)) {
    if (opened.name === 'sessionOpen' && opened.connection === connection) {
      return withOpened(state, target, { name: 'closed' });
    }
  }
  return state;
}

/** What is to be done when the session ends. */
export function closeAll(session: LogonSession): readonly ActorEffect[] {
  return Object.values(session.opened).flatMap(closing);
}

function closing(opened: Opened | undefined): readonly ActorEffect[] {
  if (opened?.name !== 'sessionOpen') return [];
  return [{ kind: 'close', connection: opened.connection }];
}

function withOpened(state: WithSession, target: string, opened: Opened): WithSession {
  const { session } = state;
  return { ...state, session: { ...session, opened: { ...session.opened, [target]: opened } } };
}

export function withCache(state: WithSession, tickets: readonly Credential[]): WithSession {
  const { session } = state;
  return { ...state, session: { ...session, cache: withTickets(session.cache, tickets) } };
}

function began(state: WithSession, progress: Progress<Purpose>): SessionStep {
  return {
    state: withExchanges(state, progress.exchanges),
    effects: progress.effects,
    finished: progress.finished,
  };
}

function settled(step: Step<WithSession, ActorEffect>): SessionStep {
  return { ...step, finished: [] };
}
