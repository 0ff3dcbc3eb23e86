/**
 * A domain-joined computer as Windows runs it: it signs itself in with its computer account, lets a user
 * sign in with a password and learns from a ticket for itself who that is (MS-KILE 3.2.5.7), opens services
 * with mutual authentication, renews the ticket-granting ticket, locks, unlocks and signs out.
 */
import type { ActorEffect, ActorEnv, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import * as certificate from './device-certificate.ts';
import { withoutRuns } from './device-cloud.ts';
import { inBackground } from './device-cloud-background.ts';
import { passwordEntered, securityKeyShown } from './device-cloud-entries.ts';
import * as cloudSignIn from './device-cloud-sign-in.ts';
import { noCloud } from './device-cloud-state.ts';
import * as gestures from './device-gestures.ts';
import {
  closed,
  coreEffects,
  givenUp,
  type Hello,
  helloOf,
  keptOf,
  released,
  started,
} from './device-hello.ts';
import * as join from './device-join.ts';
import { closeAll, closed as connectionClosed, type SessionStep } from './device-opened.ts';
import { policyApplied } from './device-policy.ts';
import { afterSignIn } from './device-prerequisites.ts';
import * as provisioning from './device-provisioning.ts';
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
import { keptIn, NOTHING_KEPT, written } from './device-store.ts';
import { none, type Outcome, type Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import * as desktops from './remote-desktop.ts';
import { NO_DESKTOPS } from './remote-desktop-state.ts';
import * as lists from './revocation-lists.ts';
import { type Entry, entryOf, TOLD } from './user-entries.ts';

export function step(
  config: DeviceConfig,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  if (state.name === 'off') {
    return event.kind === 'started' ? start(config, env) : unexpected(state, event, 'started');
  }
  const { hello } = state.base;
  const quiet = certificate.whileWanted(heard(join.configNow(config, hello), state, event, env));
  const now = join.configNow(config, quiet.state.base.hello);
  const next = afterSignIn(now, cloudy(now, quiet, env), env);
  return writing(hello, next, env);
}

/** After a step: the token that a sign-in without Entra lacks, and what is cached of a sign-in with it. */
function cloudy(config: DeviceConfig, step: DeviceStep, env: Env): DeviceStep {
  const next = inBackground(config, step.state, env);
  const own = released(config.hello, next.state.base.hello, next.effects, env);
  const remote = desktops.inBackground(config, next.state, env);
  if (remote === undefined) return { state: next.state, effects: [...step.effects, ...own] };
  const { state, effects } = carried(config, remote, env);
  return { state, effects: [...step.effects, ...own, ...effects] };
}

/** What survives a loss of power is written before anything else happens. */
function writing(
  before: Hello,
  { state, effects }: DeviceStep,
  env: ActorEnv,
): Step<State, ActorEffect> {
  const { hello } = state.base;
  if (hello === before) return { state, effects };
  return { state, effects: [...written(keptOf(before), keptOf(hello), env.store), ...effects] };
}

function heard(config: DeviceConfig, state: Running, event: ActorEvent, env: ActorEnv): DeviceStep {
  const progress = exchanges.step(state.base.exchanges, event, config.exchanges, env);
  if (progress !== undefined) return absorb(config, state, progress, env);
  const fetched = lists.step(state.base.lists, event, env.now);
  if (fetched !== undefined) {
    return carried(config, gestures.listsHeard(config, state, fetched, env), env);
  }
  const remote = desktops.heard(config, state, event, env);
  if (remote !== undefined) return carried(config, remote, env);
  const joined = join.heard(state, event, env);
  if (joined !== undefined) return joined;
  const registered = provisioning.registrationHeard(config, state, event, env);
  if (registered !== undefined) return registered;
  const cloudy = cloudSignIn.heard(config, state, event, env);
  if (cloudy !== undefined) return carried(config, cloudy, env);
  const enrolled = certificate.heard(config, state, event, env);
  if (enrolled !== undefined) return enrolled;
  switch (event.kind) {
    case 'told': {
      const entry = entryOf(event);
      if (entry === undefined)
        return unexpected(state, event, ...TOLD.map((what) => `told ${what}`));
      return told(config, state, entry, env);
    }
    case 'commanded':
      return atTheDevice(config, state, event, env);
    case 'closed':
      return to('session' in state ? connectionClosed(state, event.connection) : state);
    // What is left of exchanges that are over: late datagrams, timers and octets of ended streams.
    case 'received':
    case 'connected':
    case 'secured':
    case 'malformed':
    case 'expired':
      return to(state);
    case 'signed':
    case 'decrypted':
    case 'generated':
      return provisioning.heardFromCore(config, state, event, env) ?? to(state);
    case 'started':
    case 'accepted':
      return unexpected(state, event, 'told', 'commanded');
    default:
      return assertNever(event);
  }
}

function told(config: DeviceConfig, state: Running, entry: Entry, env: Env): DeviceStep {
  if (entry.kind === 'join') return join.userJoins(config, state, entry, env);
  if (config.hello.join === 'none') {
    return blamed(state, 'nobody can sign in: the device is joined to nothing');
  }
  const remote = desktops.entered(config, state, entry, env);
  if (remote !== undefined) {
    return 'finished' in remote ? carried(config, remote, env) : remote;
  }
  switch (entry.kind) {
    case 'connect':
    case 'type':
    case 'disconnect':
      return to(state);
    case 'password':
      return carried(config, passwordEntered(config, state, entry, env), env);
    case 'provision':
      return provisioning.begin(config, state, entry, env);
    case 'enroll':
      return certificate.prompted(config, state, entry, env);
    case 'securityKey':
      return carried(config, securityKeyShown(config, state, entry, env), env);
    default:
      return carried(config, gestures.entered(config, state, entry, env), env);
  }
}

type Commanded = Extract<ActorEvent, { readonly kind: 'commanded' }>;

/** What happens to the device itself, whoever is signed in; else what somebody does in a session. */
function atTheDevice(config: DeviceConfig, state: Running, event: Commanded, env: Env): DeviceStep {
  switch (event.verb) {
    case 'restarts':
      return restart(config, state, env);
    case 'appliesPolicy':
      return policyApplied(config, state, event.args);
    case 'joins':
      return join.hybridJoins(config, state, env);
    default:
      return commanded(config, state, event, env);
  }
}

function commanded(config: DeviceConfig, state: Running, event: Commanded, env: Env): DeviceStep {
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
      return signOut(config, state, env);
    default:
      return unexpected(state, event, 'opens', 'renews', 'locks', 'signsOut');
  }
}

/** Tickets and keys are forgotten, connections closed, exchanges left alone. */
function signOut(config: DeviceConfig, state: WithSession, env: Env): DeviceStep {
  const { exchanges: running, effects } = exchanges.abandon(
    state.base.exchanges,
    (purpose) => purpose.for !== 'computer',
  );
  const unmade = givenUp(config.hello, state.base.hello, env);
  const hello = closed(config.hello, unmade.hello, state.session.who.user, env);
  const left = withoutRuns(state.base.cloud, () => true);
  const { cloud } = left;
  const base = { ...state.base, exchanges: running, hello, cloud };
  return to(
    {
      name: 'signedOut',
      base: { ...base, desktops: { ...NO_DESKTOPS, count: state.base.desktops.count } },
    },
    [
      ...effects,
      ...desktops.closeAll(state.base.desktops),
      ...left.effects,
      ...provisioning.abandoned(state),
      ...coreEffects(unmade.effects, 'hello'),
      ...closeAll(state.session),
    ],
  );
}

/** The first start of all finds an empty store: what was there before the story is put into it. */
function start(config: DeviceConfig, env: ActorEnv): Step<State, ActorEffect> {
  const inStore = keptIn(env.store);
  const isFirst = env.store.size === 0 && inStore.keys === 0;
  const kept = isFirst ? config.hello.initial : inStore;
  const before = helloOf(isFirst ? NOTHING_KEPT : inStore);
  return writing(before, boot(join.configNow(config, kept), helloOf(kept), env), env);
}

/** @param last what was there before the restart: no two of its connections have one name */
function boot(config: DeviceConfig, before: Hello, env: Env, last?: Base): DeviceStep {
  const hello = started(config.hello, before, env);
  const base: Base = {
    exchanges: none<Purpose>(),
    computer: { name: 'signedOut' },
    hello,
    lists: {
      held: config.hello.kdcTrust.revocationLists,
      calls: [],
      count: last?.lists.count ?? 0,
    },
    certification: certificate.notCertifying(last?.certification.errands.count),
    cloud: noCloud(last?.cloud.count),
    desktops: { ...NO_DESKTOPS, count: last?.desktops.count ?? 0 },
  };
  return carried(config, signIn.computer(config, { name: 'signedOut', base }, env), env);
}

/** The user's restart, not a loss of power: connections are closed before it goes down. */
function restart(config: DeviceConfig, state: Running, env: Env): DeviceStep {
  const { effects } = exchanges.abandon(state.base.exchanges, () => true);
  const closing = 'session' in state ? closeAll(state.session) : [];
  const unmade = givenUp(config.hello, state.base.hello, env);
  const booted = boot(config, unmade.hello, env, state.base);
  const fetches = lists.abandoned(state.base.lists);
  const undone = [
    ...effects,
    ...fetches,
    ...certificate.undone(state.base.certification),
    ...withoutRuns(state.base.cloud, () => true).effects,
    ...provisioning.abandoned(state),
    ...join.abandoned(state.base),
    ...desktops.closeAll(state.base.desktops),
    ...closing,
    ...coreEffects(unmade.effects, 'hello'),
  ];
  return { state: booted.state, effects: [...undone, ...booted.effects] };
}

/** Takes over what exchanges came to, one after another; each may begin others. */
function absorb(
  config: DeviceConfig,
  state: Running,
  progress: Progress<Purpose>,
  env: Env,
): DeviceStep {
  let next = withExchanges(state, progress.exchanges);
  const effects = [...released(config.hello, next.base.hello, progress.effects, env)];
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
  step: signIn.SignInStep | SessionStep,
  env: Env,
): DeviceStep {
  const { state, effects } = absorb(
    config,
    step.state,
    { exchanges: step.state.base.exchanges, effects: [], finished: step.finished },
    env,
  );
  const own = released(config.hello, step.state.base.hello, step.effects, env);
  return { state, effects: [...own, ...effects] };
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
      return carried(config, signIn.tgtGained(config, state, outcome, env, purpose.trust), env);
    case 'cloudExchange': {
      const { waiting } = purpose;
      return carried(config, cloudSignIn.exchanged(config, state, waiting, outcome, env), env);
    }
    case 'logonTicket':
      return signIn.logonTicketGained(config, state, outcome, env);
    case 'unlock':
      return signIn.unlocked(state, outcome, purpose.trust);
    case 'desktop':
      if (!('session' in state)) return to(state);
      return carried(config, desktops.finished(config, state, purpose, outcome, env), env);
    default:
      if (!('session' in state)) return to(state);
      return carried(config, session.finished(config, state, purpose, outcome, env), env);
  }
}
