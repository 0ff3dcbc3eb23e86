/** How a device signs in itself and its users: the exchanges, one after another, and what they come to. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { NT_SRV_HST } from '../kerberos/constants.ts';
import { principal, sameNameIgnoringCase } from '../kerberos/names.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import * as session from './device-session.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Purpose,
  type Running,
  unblamed,
  type WithSession,
  withBase,
  withExchanges,
} from './device-state.ts';
import { type Finished, none, type Outcome, type Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { identityOfTicket } from './logon.ts';
import { computerName, type LogonName, serviceRequest, tgtRequest } from './logon-session.ts';
import type { PasswordEntry } from './user-entries.ts';

/** A step that may have finished exchanges besides: the device takes them further. */
export interface SignInStep {
  readonly state: Running;
  readonly effects: readonly ActorEffect[];
  readonly finished: readonly Finished<Purpose>[];
}

function began(state: Running, progress: Progress<Purpose>): SignInStep {
  const { effects, finished } = progress;
  return { state: withExchanges(state, progress.exchanges), effects, finished };
}

function settled(step: DeviceStep): SignInStep {
  return { ...step, finished: [] };
}

/** The computer account's own ticket-granting ticket, as soon as the device runs. */
export function computer(config: DeviceConfig, state: Running, env: Env): SignInStep {
  if (!config.signsInAtStart) return settled(to(state));
  const { realm, sAMAccountName, keys } = config;
  return began(
    withBase(state, { computer: { name: 'expectTgt' } }),
    exchanges.beginAs(
      none<Purpose>(),
      { for: 'computer' },
      tgtRequest(realm, computerName(sAMAccountName), config),
      { secret: { kind: 'keys', keys: keys.map(({ key }) => key) } },
      config.exchanges,
      env,
    ),
  );
}

export function passwordEntered(
  config: DeviceConfig,
  state: Running,
  { who, password }: PasswordEntry,
  env: Env,
): SignInStep {
  return admitted(config, state, who, { secret: { kind: 'password', password } }, env);
}

/** Whether somebody may sign in or unlock now; `why` says what is in the way. */
export function admission(
  state: Running,
  who: LogonName,
): { readonly kind: 'signIn' | 'unlock' } | { readonly kind: 'refused'; readonly why: string } {
  if (state.name === 'signedOut') return { kind: 'signIn' };
  if (state.name !== 'locked') return { kind: 'refused', why: state.name };
  if (isSame(state.session.who, who)) return { kind: 'unlock' };
  return { kind: 'refused', why: `${state.session.who.user} has locked it` };
}

/** Asks for the user's ticket-granting ticket with what they have shown. */
export function admitted(
  config: DeviceConfig,
  state: Running,
  who: LogonName,
  preAuth: Parameters<typeof exchanges.beginAs>[3],
  env: Env,
): SignInStep {
  const admitting = admission(state, who);
  if (admitting.kind === 'refused') {
    return settled(blamed(state, `${who.user} cannot sign in now: ${admitting.why}`));
  }
  if (state.name === 'locked') {
    const unlocking: Running = { ...unblamed(state), name: 'unlocking' };
    return askTgt(config, unlocking, who, { for: 'unlock' }, preAuth, env);
  }
  const signingIn: Running = { name: 'signingIn', base: unblamed(state).base, who };
  return askTgt(config, signingIn, who, { for: 'signIn' }, preAuth, env);
}

function isSame(a: LogonName, b: LogonName): boolean {
  return sameRealm(a.realm, b.realm) && sameNameIgnoringCase(a.cname, b.cname);
}

function askTgt(
  config: DeviceConfig,
  state: Running,
  { realm, cname }: LogonName,
  purpose: Purpose,
  preAuth: Parameters<typeof exchanges.beginAs>[3],
  env: Env,
): SignInStep {
  const request = tgtRequest(realm, cname, config);
  const running = state.base.exchanges;
  return began(state, exchanges.beginAs(running, purpose, request, preAuth, config.exchanges, env));
}

export function computerSignedIn(state: Running, outcome: Outcome): DeviceStep {
  if (outcome.kind === 'as') {
    return to(withBase(state, { computer: { name: 'signedIn', tgt: outcome.reply.credential } }));
  }
  const reason = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
  return to(withBase(state, { computer: { name: 'failed', reason } }), [
    { kind: 'note', level: 'info', text: `the computer's own sign-in: ${reason}` },
  ]);
}

/** The password was right; now a ticket for this computer, to see who the user is. */
export function tgtGained(
  config: DeviceConfig,
  state: Running,
  outcome: Outcome,
  env: Env,
): SignInStep {
  if (state.name !== 'signingIn') return settled(to(state));
  if (outcome.kind !== 'as') return settled(notSignedIn(state, outcome));
  const { credential } = outcome.reply;
  // The KDC's names count from here on: the realm may be another than was typed.
  const who = { ...state.who, realm: credential.crealm, cname: credential.cname };
  const gained = { preAuth: outcome.preAuth, cache: [credential] };
  const request = serviceRequest(
    credential,
    principal(NT_SRV_HST, 'host', config.dnsHostName),
    config,
  );
  const running = state.base.exchanges;
  return began(
    { ...state, who, gained },
    exchanges.beginTgs(running, { for: 'logonTicket' }, request, config.exchanges, env),
  );
}

export function logonTicketGained(
  config: DeviceConfig,
  state: Running,
  outcome: Outcome,
): DeviceStep {
  if (state.name !== 'signingIn' || state.gained === undefined) return to(state);
  if (outcome.kind !== 'tgs') return notSignedIn(state, outcome);
  const { credential, gained } = outcome;
  const logon = identityOfTicket(credential.ticket, config.keys);
  const { base, who } = state;
  if (logon.kind === 'denied') {
    return blamed({ name: 'signedOut', base }, `signing in ${who.user}: ${logon.reason}`);
  }
  const signedIn: WithSession = {
    name: 'signedIn',
    base,
    session: { who, identity: logon.identity, ...state.gained, opened: {} },
  };
  return to(session.withCache(signedIn, [...gained, credential]));
}

function notSignedIn(
  state: Extract<Running, { readonly name: 'signingIn' }>,
  outcome: Outcome,
): DeviceStep {
  const reason = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
  return blamed({ name: 'signedOut', base: state.base }, `signing in ${state.who.user}: ${reason}`);
}

/** Windows asks a KDC when it can: the new TGT takes the old one's place. */
export function unlocked(state: Running, outcome: Outcome): DeviceStep {
  if (state.name !== 'unlocking') return to(state);
  if (outcome.kind === 'as') {
    const open = session.withCache({ ...state, name: 'signedIn' }, [outcome.reply.credential]);
    return to({ ...open, session: { ...open.session, preAuth: outcome.preAuth } });
  }
  const reason = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
  return blamed({ ...state, name: 'locked' }, `unlocking for ${state.session.who.user}: ${reason}`);
}
