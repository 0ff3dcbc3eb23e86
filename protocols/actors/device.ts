/**
 * A domain-joined computer as Windows runs it: it signs itself in with its computer account, lets a user
 * sign in with a password and learns from a ticket for itself who that is (MS-KILE 3.2.5.7), opens services
 * with mutual authentication, renews the ticket-granting ticket, locks, unlocks and signs out.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import * as session from './device-session.ts';
import * as signIn from './device-sign-in.ts';
import {
  type Base,
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Purpose,
  type Running,
  type State,
  unblamed,
  type WithSession,
  withExchanges,
} from './device-state.ts';
import { none, type Outcome, type Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { ticketView } from './logon-session.ts';
import { entryOf } from './user-entries.ts';

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
      const entry = entryOf(event);
      if (entry === undefined) return unexpected(state, event, 'told password');
      return carried(config, signIn.passwordEntered(config, state, entry, env), env);
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
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'told', 'commanded');
    default:
      return assertNever(event);
  }
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

function start(config: DeviceConfig, env: Env): DeviceStep {
  const base: Base = { exchanges: none<Purpose>(), computer: { name: 'signedOut' } };
  return carried(config, signIn.computer(config, { name: 'signedOut', base }, env), env);
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

/** The same for a step that was taken elsewhere. */
function carried(
  config: DeviceConfig,
  step: signIn.SignInStep | session.SessionStep,
  env: Env,
): DeviceStep {
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
      return signIn.computerSignedIn(state, outcome);
    case 'signIn':
      return carried(config, signIn.tgtGained(config, state, outcome, env), env);
    case 'logonTicket':
      return signIn.logonTicketGained(config, state, outcome);
    case 'unlock':
      return signIn.unlocked(state, outcome);
    default:
      if (!('session' in state)) return to(state);
      return carried(config, session.finished(config, state, purpose, outcome, env), env);
  }
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
