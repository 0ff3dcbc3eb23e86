/**
 * A domain-joined computer as Windows runs it: it signs itself in with its computer account, lets a user
 * sign in with a password and learns from a ticket for itself who that is (MS-KILE 3.2.5.7), opens services
 * with mutual authentication, renews the ticket-granting ticket, locks, unlocks and signs out.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
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
  type State,
  unblamed,
  type WithSession,
  withBase,
  withExchanges,
} from './device-state.ts';
import { none, type Outcome, type Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { identityOfTicket } from './logon.ts';
import {
  computerName,
  type LogonName,
  serviceRequest,
  tgtRequest,
  ticketView,
} from './logon-session.ts';
import { type Entered, enteredOf } from './user.ts';

export function step(
  config: DeviceConfig,
  state: State,
  event: ActorEvent,
  env: Env,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    return event.kind === 'started' ? start(config, env) : unexpected(state, event, 'started');
  }
  const progress = exchanges.step(state.base.exchanges, event, config.exchanges, env);
  if (progress !== undefined) return absorb(config, state, progress, env);
  switch (event.kind) {
    case 'told': {
      const entered = enteredOf(event);
      if (entered === undefined) return unexpected(state, event, 'told password');
      return passwordEntered(config, state, entered, env);
    }
    case 'commanded':
      return commanded(config, state, event, env);
    case 'closed':
      return to('session' in state ? session.closed(state, event.connection) : state);
    // What is left of exchanges that are over: late datagrams, timers and octets of ended streams.
    case 'received':
    case 'connected':
    case 'malformed':
    case 'expired':
      return to(state);
    case 'started':
    case 'accepted':
    case 'signed':
      return unexpected(state, event, 'told', 'commanded');
    default:
      return assertNever(event);
  }
}

function start(config: DeviceConfig, env: Env): DeviceStep {
  const nothing = none<Purpose>();
  const state: Running = {
    name: 'signedOut',
    base: { exchanges: nothing, computer: { name: 'signedOut' } },
  };
  if (!config.signsInAtStart) return to(state);
  const { realm, sAMAccountName, keys } = config;
  return absorb(
    config,
    withBase(state, { computer: { name: 'expectTgt' } }),
    exchanges.beginAs(
      nothing,
      { for: 'computer' },
      tgtRequest(realm, computerName(sAMAccountName), config),
      { secret: { kind: 'keys', keys: keys.map(({ key }) => key) } },
      config.exchanges,
      env,
    ),
    env,
  );
}

function passwordEntered(
  config: DeviceConfig,
  state: Running,
  entered: Entered,
  env: Env,
): DeviceStep {
  const { who, password } = entered;
  const secret = { secret: { kind: 'password', password } } as const;
  if (state.name === 'signedOut') {
    const signingIn: Running = { ...unblamed(state), name: 'signingIn', who };
    return askTgt(config, signingIn, who, { for: 'signIn' }, secret, env);
  }
  if (state.name === 'locked' && isSame(state.session.who, who)) {
    const unlocking: Running = { ...unblamed(state), name: 'unlocking' };
    return askTgt(config, unlocking, who, { for: 'unlock' }, secret, env);
  }
  const why = state.name === 'locked' ? `${state.session.who.user} has locked it` : state.name;
  return blamed(state, `${who.user} cannot sign in now: ${why}`);
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
): DeviceStep {
  const request = tgtRequest(realm, cname, config);
  const running = state.base.exchanges;
  return absorb(
    config,
    state,
    exchanges.beginAs(running, purpose, request, preAuth, config.exchanges, env),
    env,
  );
}

function commanded(
  config: DeviceConfig,
  state: Running,
  event: Extract<ActorEvent, { readonly kind: 'commanded' }>,
  env: Env,
): DeviceStep {
  if (!('session' in state) || (state.name !== 'signedIn' && event.verb !== 'signsOut')) {
    // Not out of turn: whoever sits there finds the sign-in screen.
    return blamed(state, `${event.verb}: nobody is signed in (${state.name})`);
  }
  switch (event.verb) {
    case 'opens':
      return carried(
        config,
        session.open(config, unblamed(state), `${event.args.opens}`, env),
        env,
      );
    case 'renews':
      return carried(config, session.renew(config, unblamed(state), env), env);
    case 'locks':
      return to({ ...state, name: 'locked' });
    case 'signsOut':
      return signOut(state);
    default:
      return unexpected(state, event, 'opens', 'renews', 'locks', 'signsOut');
  }
}

/** Tickets and keys are forgotten, connections closed, exchanges left alone. */
function signOut(state: WithSession): DeviceStep {
  const { exchanges: running, effects } = exchanges.abandon(
    state.base.exchanges,
    (purpose) => purpose.for !== 'computer',
  );
  return to({ name: 'signedOut', base: { ...state.base, exchanges: running } }, [
    ...effects,
    ...session.closeAll(state.session),
  ]);
}

/** Takes over what exchanges came to, one after another; each may begin others. */
function absorb(
  config: DeviceConfig,
  state: Running,
  progress: Progress<Purpose>,
  env: Env,
): DeviceStep {
  let next = withExchanges(state, progress.exchanges);
  const effects = [...progress.effects];
  for (const { purpose, outcome } of progress.finished) {
    const step = finished(config, next, purpose, outcome, env);
    next = step.state;
    effects.push(...step.effects);
  }
  return { state: next, effects };
}

/** The same for a step of the user's session. */
function carried(config: DeviceConfig, step: session.SessionStep, env: Env): DeviceStep {
  const { state, effects } = absorb(
    config,
    step.state,
    { exchanges: step.state.base.exchanges, effects: [], finished: step.finished },
    env,
  );
  return { state, effects: [...step.effects, ...effects] };
}

function finished(
  config: DeviceConfig,
  state: Running,
  purpose: Purpose,
  outcome: Outcome,
  env: Env,
): DeviceStep {
  switch (purpose.for) {
    case 'computer':
      return computerSignedIn(state, outcome);
    case 'signIn':
      return tgtGained(config, state, outcome, env);
    case 'logonTicket':
      return logonTicketGained(config, state, outcome);
    case 'unlock':
      return unlocked(state, outcome);
    default:
      if (!('session' in state)) return to(state);
      return carried(config, session.finished(config, state, purpose, outcome, env), env);
  }
}

function computerSignedIn(state: Running, outcome: Outcome): DeviceStep {
  if (outcome.kind === 'as') {
    return to(withBase(state, { computer: { name: 'signedIn', tgt: outcome.reply.credential } }));
  }
  const reason = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
  return to(withBase(state, { computer: { name: 'failed', reason } }), [
    { kind: 'note', level: 'info', text: `the computer's own sign-in: ${reason}` },
  ]);
}

/** The password was right; now a ticket for this computer, to see who the user is. */
function tgtGained(config: DeviceConfig, state: Running, outcome: Outcome, env: Env): DeviceStep {
  if (state.name !== 'signingIn') return to(state);
  if (outcome.kind !== 'as') return notSignedIn(state, outcome);
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
  return absorb(
    config,
    { ...state, who, gained },
    exchanges.beginTgs(running, { for: 'logonTicket' }, request, config.exchanges, env),
    env,
  );
}

function logonTicketGained(config: DeviceConfig, state: Running, outcome: Outcome): DeviceStep {
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
function unlocked(state: Running, outcome: Outcome): DeviceStep {
  if (state.name !== 'unlocking') return to(state);
  if (outcome.kind === 'as') {
    const open = session.withCache({ ...state, name: 'signedIn' }, [outcome.reply.credential]);
    return to({ ...open, session: { ...open.session, preAuth: outcome.preAuth } });
  }
  const reason = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
  return blamed({ ...state, name: 'locked' }, `unlocking for ${state.session.who.user}: ${reason}`);
}

/** What `expect.end` and `show` may look at. */
export function view(state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const { base } = state;
  const { computer } = base;
  const common = {
    state: state.name,
    computer:
      computer.name === 'signedIn'
        ? { state: computer.name, tgt: ticketView(computer.tgt) }
        : computer.name === 'failed'
          ? { state: computer.name, reason: computer.reason }
          : { state: computer.name },
    clockOffset: base.exchanges.offset / 1_000,
    exchanges: exchanges.describe(base.exchanges),
    ...(base.failure === undefined ? {} : { failure: base.failure }),
  };
  if (!('session' in state)) return common;
  const { who, identity, cache, opened } = state.session;
  return {
    ...common,
    user: who.user,
    identity: { ...identity },
    tickets: cache.map(ticketView),
    opened: Object.entries(opened).map(([service, { name }]) => ({ service, state: name })),
  };
}
