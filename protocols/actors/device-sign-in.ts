/** How a device signs in itself and its users: the exchanges, one after another, and what they come to. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { isInDomain } from '../hello/gestures.ts';
import type { Trust } from '../hello/policy.ts';
import { describeFailure, signInFailure } from '../hello/sign-in-failures.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { NT_SRV_HST } from '../kerberos/constants.ts';
import { principal, sameNameIgnoringCase } from '../kerberos/names.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { closed } from './device-hello.ts';
import { withCache } from './device-opened.ts';
import { etypesWith } from './device-proof.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Gained,
  type Purpose,
  type Running,
  unblamed,
  type WithSession,
  withBase,
  withExchanges,
} from './device-state.ts';
import type { Finished, Outcome, Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { identityOfTicket } from './logon.ts';
import { computerName, type LogonName, serviceRequest, tgtRequest } from './logon-session.ts';
import { type Proof, secretProof } from './mechanisms.ts';
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

export function settled(step: DeviceStep): SignInStep {
  return { ...step, finished: [] };
}

/** The computer account's own ticket-granting ticket, as soon as the device runs. */
export function computer(config: DeviceConfig, state: Running, env: Env): SignInStep {
  // Who is joined to Entra alone, or to nothing, has no account in the domain.
  if (!config.signsInAtStart || !isInDomain(config.hello.join)) return settled(to(state));
  const { realm, sAMAccountName, keys } = config;
  return began(
    withBase(state, { computer: { name: 'expectTgt' } }),
    exchanges.beginAs(
      state.base.exchanges,
      { for: 'computer' },
      tgtRequest(realm, computerName(sAMAccountName), config),
      secretProof({ kind: 'keys', keys: keys.map(({ key }) => key) }),
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
  const admitting = admission(state, (session) => isSame(session.who, who));
  if (admitting.kind === 'refused') {
    return settled(blamed(state, `${who.user} cannot sign in now: ${admitting.why}`));
  }
  const secret = secretProof({ kind: 'password', password });
  return askTgt(config, state, who, { for: admitting.kind }, secret, env);
}

export type Admission =
  | { readonly kind: 'signIn' | 'unlock' }
  | { readonly kind: 'refused'; readonly why: string };

/** Whether somebody may sign in or unlock now; `why` says what is in the way. */
export function admission(
  state: Running,
  isTheirs: (session: WithSession['session']) => boolean,
): Admission {
  if (state.name === 'signedOut') return { kind: 'signIn' };
  if (state.name !== 'locked') return { kind: 'refused', why: state.name };
  if (isTheirs(state.session)) return { kind: 'unlock' };
  return { kind: 'refused', why: `${state.session.who.user} has locked it` };
}

function isSame(a: LogonName, b: LogonName): boolean {
  return sameRealm(a.realm, b.realm) && sameNameIgnoringCase(a.cname, b.cname);
}

/** Asks for the user's ticket-granting ticket with what they have shown. */
export function askTgt(
  config: DeviceConfig,
  state: Running,
  who: LogonName,
  purpose: Extract<Purpose, { readonly for: 'signIn' | 'unlock' }>,
  proof: Proof,
  env: Env,
): SignInStep {
  const fresh = unblamed(state);
  const asking: Running =
    'session' in fresh
      ? { ...fresh, name: 'unlocking' }
      : { name: 'signingIn', base: fresh.base, who };
  const etypes = etypesWith(proof, config.etypes);
  const request = tgtRequest(who.realm, who.cname, { ...config, etypes });
  const running = state.base.exchanges;
  return began(asking, exchanges.beginAs(running, purpose, request, proof, config.exchanges, env));
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
  trust?: Trust,
): SignInStep {
  if (state.name !== 'signingIn') return settled(to(state));
  if (outcome.kind !== 'as') {
    return settled(notSignedIn(config, state, reasonOf(outcome, trust), env));
  }
  const { credential } = outcome.reply;
  return askLogonTicket(config, state, { proof: outcome.proof, cache: [credential] }, env);
}

/** A ticket-granting ticket is there, by whatever means: now the ticket for this computer. */
export function askLogonTicket(
  config: DeviceConfig,
  state: Extract<Running, { readonly name: 'signingIn' }>,
  gained: Gained,
  env: Env,
): SignInStep {
  const [credential] = gained.cache;
  if (credential === undefined) throw new Error('no ticket-granting ticket was gained');
  // The KDC's names count from here on: the realm may be another than was typed.
  const who = { ...state.who, realm: credential.crealm, cname: credential.cname };
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
  env: Env,
): DeviceStep {
  if (state.name !== 'signingIn' || state.gained === undefined) return to(state);
  if (outcome.kind !== 'tgs') return notSignedIn(config, state, reasonOf(outcome), env);
  const { credential, gained } = outcome;
  const logon = identityOfTicket(credential.ticket, config.keys);
  const { base, who } = state;
  if (logon.kind === 'denied') return notSignedIn(config, state, logon.reason, env);
  const signedIn: WithSession = {
    name: 'signedIn',
    base,
    session: { who, identity: logon.identity, ...state.gained, opened: {} },
  };
  return to(withCache(signedIn, [...gained, credential]));
}

export function notSignedIn(
  config: DeviceConfig,
  { base, who }: Extract<Running, { readonly name: 'signingIn' }>,
  reason: string,
  env: Env,
): DeviceStep {
  const hello = closed(config.hello, base.hello, who.user, env);
  return blamed(
    { name: 'signedOut', base: { ...base, hello } },
    `signing in ${who.user}: ${reason}`,
  );
}

/** In Hello's words where a Hello key was shown. */
function reasonOf(outcome: Outcome, trust?: Trust): string {
  if (outcome.kind !== 'failed') return outcome.kind;
  const { failure } = outcome;
  return trust === undefined ? sentenceOf(failure) : describeFailure(signInFailure(failure, trust));
}

/** Windows asks a KDC when it can: the new TGT takes the old one's place. */
export function unlocked(state: Running, outcome: Outcome, trust?: Trust): DeviceStep {
  if (state.name !== 'unlocking') return to(state);
  if (outcome.kind === 'as') {
    const open = withCache({ ...state, name: 'signedIn' }, [outcome.reply.credential]);
    return to({ ...open, session: { ...open.session, proof: outcome.proof } });
  }
  const why = `unlocking for ${state.session.who.user}: ${reasonOf(outcome, trust)}`;
  return blamed({ ...state, name: 'locked' }, why);
}
