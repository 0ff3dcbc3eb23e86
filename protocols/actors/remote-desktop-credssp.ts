/**
 * Remote Desktop Connection's side of Network Level Authentication (MS-CSSP 3.1.5): a ticket-granting ticket with
 * what was shown to the prompt, user-to-user with the host, or NTLM where Kerberos cannot be; then the credentials.
 */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import * as credssp from '../credssp/client.ts';
import { type InitiatorContext, initiatorContext } from '../credssp/contexts.ts';
import { VERSION_MAX } from '../credssp/messages.ts';
import { type Failure, sentenceOf } from '../kerberos/client.ts';
import { KdcOptions } from '../kerberos/constants.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import { type Credential, isValid, ticketGrantingTicket } from '../kerberos/ticket-cache.ts';
import { isAddress } from './device-ntlm.ts';
import { began, kdcTime, type SessionStep, settled } from './device-opened.ts';
import { etypesWith } from './device-proof.ts';
import { type DeviceConfig, type WithSession, withExchanges } from './device-state.ts';
import { type Outcome, stamping } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { serviceRequest, tgtRequest } from './logon-session.ts';
import { secretProof } from './mechanisms.ts';
import { credentialsOf, hostName, offersOf, type Tickets } from './remote-desktop-credentials.ts';
import { staged } from './remote-desktop-prompt.ts';
import type { Desktop, DesktopPurpose, Nla, WithLine } from './remote-desktop-state.ts';

export interface CredSspStep extends SessionStep {
  readonly outcome:
    | { readonly kind: 'continues' }
    | { readonly kind: 'done' }
    | { readonly kind: 'failed'; readonly reason: string };
}

function continues(step: SessionStep): CredSspStep {
  return { ...step, outcome: { kind: 'continues' } };
}

function failed(state: WithSession, reason: string): CredSspStep {
  return { ...settled(to(state)), outcome: { kind: 'failed', reason } };
}

/** TLS stands: a ticket-granting ticket is what it takes first. */
export function begun(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  env: Env,
): CredSspStep {
  const { nla, logon } = line;
  if (nla.name !== 'ready') return failed(state, `CredSSP begins in ${nla.name}`);
  const { publicKey } = nla;
  if (logon.kind === 'none') {
    return failed(state, 'the host wants to know who it is, and nobody gave credentials');
  }
  if (isAddress(desktop.asked.host)) {
    return speaking(config, state, desktop, line, { tgt: undefined }, env);
  }
  if (logon.kind === 'signedIn') {
    const { cache, who } = state.session;
    const tgt = ticketGrantingTicket(cache, who.realm);
    return tgt !== undefined && isValid(tgt, kdcTime(state, env))
      ? withTgt(config, state, desktop, line, tgt, env)
      : failed(state, 'the session has no ticket-granting ticket that is valid');
  }
  const purpose: DesktopPurpose = { for: 'desktop', desktop: desktop.id, wants: 'tgt' };
  const proof =
    logon.kind === 'smartCard'
      ? logon.proof
      : secretProof({ kind: 'password', password: logon.password });
  const { realm, cname } = logon.who;
  const request = tgtRequest(realm, cname, { ...config, etypes: etypesWith(proof, config.etypes) });
  const expecting = staged(state, desktop.id, { ...line, nla: { name: 'expectTgt', publicKey } });
  const progress = exchanges.beginAs(
    expecting.base.exchanges,
    purpose,
    request,
    proof,
    config.exchanges,
    env,
  );
  return continues(began(expecting, progress));
}

/** Remote Credential Guard takes a ticket for the host besides; everything else goes on at once. */
function withTgt(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  tgt: Credential,
  env: Env,
): CredSspStep {
  const { nla } = line;
  if (desktop.asked.mode !== 'remoteCredentialGuard' || nla.name === 'expectTls') {
    return speaking(config, state, desktop, line, { tgt }, env);
  }
  const { publicKey } = nla;
  const asking: Nla = { name: 'expectHostTicket', publicKey, tgt };
  const expecting = staged(state, desktop.id, { ...line, nla: asking });
  const request = serviceRequest(tgt, hostName(desktop), config);
  const purpose: DesktopPurpose = { for: 'desktop', desktop: desktop.id, wants: 'ticket' };
  const { exchanges: running } = expecting.base;
  return continues(
    began(expecting, exchanges.beginTgs(running, purpose, request, config.exchanges, env)),
  );
}

/** An exchange with the KDC is over. */
export function exchanged(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  outcome: Outcome,
  env: Env,
): CredSspStep {
  const { nla } = line;
  if (nla.name === 'expectTgt') {
    if (outcome.kind === 'as') {
      return withTgt(config, state, desktop, line, outcome.reply.credential, env);
    }
    if (outcome.kind !== 'failed') return failed(state, outcome.kind);
    return withoutKerberos(config, state, desktop, line, outcome.failure, env);
  }
  if (nla.name === 'expectHostTicket') {
    if (outcome.kind !== 'tgs') return failed(state, reasonOf(outcome));
    const tickets = { tgt: nla.tgt, hostTicket: outcome.credential };
    return speaking(config, state, desktop, line, tickets, env);
  }
  if (nla.name !== 'speaking') return continues(settled(to(state)));
  const event =
    outcome.kind === 'tgs'
      ? ({ kind: 'ticket', credential: outcome.credential } as const)
      : ({ kind: 'noTicket', reason: reasonOf(outcome) } as const);
  return heard(config, state, desktop, line, { kind: 'context', event }, env);
}

function reasonOf(outcome: Outcome): string {
  return outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
}

/** No domain controller answers: a password still does with NTLM, a card does not. */
function withoutKerberos(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  failure: Failure,
  env: Env,
): CredSspStep {
  const canNtlm = failure.kind === 'unanswered' && line.logon.kind === 'password';
  return canNtlm
    ? speaking(config, state, desktop, line, { tgt: undefined }, env)
    : failed(state, sentenceOf(failure));
}

/** The first token goes out. */
function speaking(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  tickets: Tickets,
  env: Env,
): CredSspStep {
  const { nla } = line;
  if (nla.name === 'expectTls') return failed(state, 'CredSSP begins before TLS');
  const { publicKey } = nla;
  const { tgt } = tickets;
  const offers = offersOf(config, state.session, desktop, line.logon, tgt);
  if (typeof offers === 'string') return failed(state, offers);
  const request = { offers, framing: 'spnego', sequenceAfterMic: 'on' } as const;
  const credentials = credentialsOf(desktop, line, tickets, env);
  const speakingNow: Nla = {
    name: 'speaking',
    publicKey,
    state: { name: 'idle' },
    tgt,
    credentials,
  };
  const next: WithLine = { ...line, nla: speakingNow };
  const event = { kind: 'context', event: { kind: 'begun', request } } as const;
  return heard(config, staged(state, desktop.id, next), desktop, next, event, env);
}

/** Something for CredSSP, and what it leads to. */
export function heard(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  event: credssp.Event<ContextEvent>,
  env: Env,
): CredSspStep {
  const { nla } = line;
  if (nla.name !== 'speaking') return failed(state, `a TSRequest in ${nla.name}`);
  const { clientEnv, stamped } = stamping(state.base.exchanges, env);
  const speaker = {
    context: initiatorContext(() => clientEnv),
    publicKey: nla.publicKey,
    version: VERSION_MAX,
    credentials: nla.credentials,
  };
  const next = credssp.step(speaker, nla.state, event, env);
  const after: WithLine = { ...line, nla: { ...nla, state: next.state } };
  const base = withExchanges(staged(state, desktop.id, after), stamped);
  const { id } = desktop;
  const effects: ActorEffect[] = [];
  let asks: Extract<ContextEffect, { readonly kind: 'ask' }> | undefined;
  for (const effect of next.effects) {
    if (effect.kind === 'send') {
      const { bytes } = effect;
      effects.push({ kind: 'send', transport: 'tcp', connection: id, message: 'TSRequest', bytes });
    } else if (effect.kind === 'context') {
      if (effect.effect.kind === 'ask') asks = effect.effect;
    } else if (effect.kind === 'rejected') {
      effects.push(effect);
    }
  }
  const step = { ...settled(to(base)), effects };
  if (next.state.name === 'done') return { ...step, outcome: { kind: 'done' } };
  if (next.state.name === 'failed') {
    const { reason, status } = next.state;
    const named = status === undefined ? reason : `${reason} (${statusName(status)})`;
    return { ...step, outcome: { kind: 'failed', reason: `CredSSP: ${named}` } };
  }
  if (asks === undefined || nla.tgt === undefined) return continues(step);
  const ticket = userToUserTicket(config, base, id, nla.tgt, asks, env);
  return continues({ ...ticket, effects: [...effects, ...ticket.effects] });
}

type ContextEvent = Parameters<InitiatorContext['step']>[1] extends infer E
  ? Exclude<E, { readonly kind: 'received' }>
  : never;
type ContextEffect = ReturnType<InitiatorContext['step']>['effects'][number];

/** A ticket for the host under the session key of its own (RFC 4120 §3.7). */
function userToUserTicket(
  config: DeviceConfig,
  state: WithSession,
  id: string,
  tgt: Credential,
  { sname, additionalTicket }: Extract<ContextEffect, { readonly kind: 'ask' }>,
  env: Env,
): SessionStep {
  const request = serviceRequest(tgt, sname, config);
  const purpose: DesktopPurpose = { for: 'desktop', desktop: id, wants: 'ticket' };
  const progress = exchanges.beginTgs(
    state.base.exchanges,
    purpose,
    {
      ...request,
      kdcOptions: request.kdcOptions | KdcOptions.encTktInSkey,
      additionalTickets: [additionalTicket],
    },
    config.exchanges,
    env,
  );
  return began(state, progress);
}

/** Nobody waits for what was asked of the KDC any more. */
export function abandoned(state: WithSession, id: string): SessionStep {
  const left = exchanges.abandon(
    state.base.exchanges,
    (purpose) => purpose.for === 'desktop' && purpose.desktop === id,
  );
  return settled(to(withExchanges(state, left.exchanges), left.effects));
}
