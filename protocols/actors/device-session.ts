/** What a device does in a user's logon session: opening services, renewing, signing in anew. */
import { assertNever, type Env, to } from '../../src/machine/machine.ts';
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
import {
  byNtlm,
  connectByNtlm,
  hostOf,
  isAddress,
  isOpenByNtlm,
  leadsToNtlm,
  NO_HASH,
  neither,
  ntHashOf,
  policyObjection,
} from './device-ntlm.ts';
import {
  began,
  closing,
  kdcTime,
  refuse,
  type SessionStep,
  settled,
  withCache,
  withOpened,
} from './device-opened.ts';
import { etypesWith, proofObjection } from './device-proof.ts';
import { blamed, type DeviceConfig, type Purpose, type WithSession } from './device-state.ts';
import type { Outcome, Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { type Opened, renewalRequest, serviceRequest, tgtRequest } from './logon-session.ts';
import { beginAp } from './service-exchange.ts';

/** GSS-API flags of Windows' SMB client. */
const GSS_FLAGS =
  GssFlags.mutual | GssFlags.replay | GssFlags.sequence | GssFlags.conf | GssFlags.integ;

/** `cifs/files.corp.example` as Windows names it: NT-SRV-INST. */
function serviceName(target: string): ReturnType<typeof principal> {
  return principal(NT_SRV_INST, ...target.split('/'));
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
  if (isOpenByNtlm(opened[target])) return settled(to(state));
  if (isAddress(hostOf(target))) return byNtlm(config, state, target, env);
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
  const service = config.service(hostOf(target));
  if (service === undefined) {
    return settled(refuse(state, target, `nobody listens at ${hostOf(target)}`));
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
  { readonly for: 'computer' | 'signIn' | 'logonTicket' | 'unlock' | 'cloudExchange' | 'desktop' }
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
    return failed(config, kept, purpose, outcome.failure);
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
    case 'ap':
    case 'ntlm': {
      if (purpose.for !== 'session') return settled(to(state));
      const { connection, kind } = outcome;
      const open: Opened = { name: 'sessionOpen', connection };
      const opened: Opened = kind === 'ntlm' ? { ...open, mechanism: 'ntlm' } : open;
      return settled(to(withOpened(state, purpose.target, opened)));
    }
    default:
      return assertNever(outcome);
  }
}

function failed(
  config: DeviceConfig,
  state: WithSession,
  purpose: SessionPurpose,
  failure: Failure,
): SessionStep {
  const sentence = sentenceOf(failure);
  if (purpose.for === 'renewal') {
    return settled(blamed(state, `renewing the ticket: ${sentence}`));
  }
  const { target } = purpose;
  if (purpose.for === 'ticket' && leadsToNtlm(failure) && config.service(hostOf(target))) {
    const hash = ntHashOf(state.session);
    const objection = policyObjection(config) ?? (hash === undefined ? NO_HASH : undefined);
    if (objection === undefined && hash !== undefined) {
      const step = connectByNtlm(config, state, target, hash);
      const text = `opening ${target}: ${sentence}: NTLM instead`;
      return { ...step, effects: [{ kind: 'note', level: 'info', text }, ...step.effects] };
    }
    return settled(refuse(state, target, neither(failure, objection ?? NO_HASH)));
  }
  return settled(refuse(state, target, sentence));
}
