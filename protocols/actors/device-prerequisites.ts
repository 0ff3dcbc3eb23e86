/**
 * The checks before Hello is set up: a device makes them by itself when somebody has signed in, and once more
 * when a user asks for Hello whom nobody had asked. What they came to stands in the event log.
 */
import { type Env, to } from '../../src/machine/machine.ts';
import { USER_DEVICE_REGISTRATION } from '../hello/event-log.ts';
import { isKnownToEntra } from '../hello/gestures.ts';
import { governorOf } from '../hello/policy-sources.ts';
import {
  eventText,
  type Prerequisites,
  prerequisites,
  type Situation,
} from '../hello/provisioning.ts';
import { userOf } from './device-cloud.ts';
import { containerOf, policiesIn, policyFor, withEvent } from './device-hello.ts';
import type { DeviceConfig, DeviceStep, Running, WithSession } from './device-state.ts';

/** What the checks look at of the sign-in to Entra. */
export interface CloudFacts {
  /** The sign-in to Entra has come to something: what is not there now will not come by itself. */
  readonly settled: boolean;
  readonly isCloudUser: boolean;
  /** There is a partial ticket-granting ticket. */
  readonly hasCloudTgt: boolean;
}

export function cloudFactsOf(
  { hello }: Pick<DeviceConfig, 'hello'>,
  { base, session }: WithSession,
): CloudFacts {
  const isKnown = isKnownToEntra(hello.join);
  // Without a tenant in this network nobody can be asked: the device's word has to do.
  if (hello.tenant === undefined) {
    return { settled: true, isCloudUser: isKnown, hasCloudTgt: false };
  }
  const { user } = session.who;
  const { runs, triedFor } = base.cloud;
  const asks = session.proof.mechanism === 'cloud' || triedFor === user || hello.join === 'entra';
  const cache = Object.hasOwn(base.hello.cloud, user) ? base.hello.cloud[user] : undefined;
  return {
    settled: asks && !runs.some(({ purpose }) => userOf(purpose) === user),
    isCloudUser: isKnown && cache?.prt !== undefined,
    hasCloudTgt: cache?.tgtAd?.kind === 'ticket',
  };
}

export interface CheckOptions {
  /** The user asks for it, instead of being asked. */
  readonly byUser?: boolean;
  /** Left out: whether AD FS takes user and device is seen when it is asked for the certificate. */
  readonly hasEnterpriseToken?: boolean;
}

/** What a device knows of itself and of whoever is signed in. */
export function situationOf(
  { hello }: DeviceConfig,
  state: WithSession,
  { hasEnterpriseToken }: CheckOptions = {},
): Situation {
  const { user } = state.session.who;
  const { isCloudUser, hasCloudTgt } = cloudFactsOf({ hello }, state);
  const isEnrollmentReady = hello.federation !== undefined;
  return {
    policy: policyFor(hello, state.base.hello, user),
    join: hello.join,
    tpm: hello.tpm,
    isLocal: true,
    isCloudUser,
    hasCloudTgt,
    isEnrollmentReady,
    hasEnterpriseToken: hasEnterpriseToken ?? isEnrollmentReady,
    governor: governorOf(policiesIn(hello, state.base.hello), user),
  };
}

export function checksOf(
  config: DeviceConfig,
  state: WithSession,
  options: CheckOptions = {},
): Prerequisites {
  return prerequisites(situationOf(config, state, options), options.byUser);
}

/** Writes into the event log what the checks came to. */
export function told<S extends WithSession>(
  state: S,
  checked: Prerequisites,
  env: Env,
): { readonly state: S; readonly effects: DeviceStep['effects'] } {
  const { user } = state.session.who;
  const { hello, effects } = withEvent(state.base.hello, {
    log: USER_DEVICE_REGISTRATION,
    id: checked.eventId,
    level: checked.level,
    time: env.now,
    user,
    text: eventText(checked),
  });
  const { willLaunch } = checked;
  return {
    state: { ...state, base: { ...state.base, hello, checked: { user, willLaunch } } },
    effects,
  };
}

/** Whether this session's user was asked already to set Hello up. */
export function isLaunched({ base, session }: WithSession): boolean {
  return base.checked?.user === session.who.user && base.checked.willLaunch;
}

/**
 * After a step: whoever has just signed in, without a container, on a device that Entra knows, is the one to
 * check. Computers of the domain alone make no such checks here until their user asks for Hello.
 */
export function afterSignIn(config: DeviceConfig, step: DeviceStep, env: Env): DeviceStep {
  const { state, effects } = step;
  if (!('session' in state)) return { state: unchecked(state), effects };
  const { base, session } = state;
  const { user } = session.who;
  if (state.name !== 'signedIn' || base.checked?.user === user) return step;
  if (!isKnownToEntra(config.hello.join) || containerOf(base.hello, user) !== undefined)
    return step;
  if (!cloudFactsOf(config, state).settled) return step;
  const checked = told(state, checksOf(config, state), env);
  return to(checked.state, [...effects, ...checked.effects]);
}

function unchecked<S extends Running>(state: S): S {
  if (state.base.checked === undefined) return state;
  const { checked: _, ...base } = state.base;
  return { ...state, base };
}
