/**
 * Signing in by Entra: what the user shows brings a primary refresh token with a partial ticket, and where
 * the computer is of the domain too, a domain controller gives a full ticket for it before there is a desktop.
 * Who once got so far signs in without a network later, by what was seen then.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import type {
  CloudAsk,
  CloudFailure,
  CloudProof,
  PrimaryRefreshToken,
} from '../entra/cloud-ap-state.ts';
import { TOKEN_HOST } from '../entra/key-registration.ts';
import { tokenPath } from '../entra/token.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { readJws } from '../oauth/jws.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import { beginRun, failedAttempt, runHeard, userOf, withToken } from './device-cloud.ts';
import type { CachedLogon, CloudApCache, CloudRun, WaitingForCloud } from './device-cloud-state.ts';
import {
  beginPartialExchange,
  ntHashIn,
  partialTicket,
  whyNoPartialTicket,
} from './device-cloud-tickets.ts';
import { containerOf, type Hello } from './device-hello.ts';
import { withCache } from './device-opened.ts';
import { helloProof } from './device-proof.ts';
import { askLogonTicket, askTgt, notSignedIn, type SignInStep, settled } from './device-sign-in.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  unblamed,
  type WithSession,
  withBase,
  withExchanges,
  withHello,
} from './device-state.ts';
import type { Outcome } from './exchange-state.ts';
import type { Identity } from './logon.ts';
import type { CloudProofMark } from './logon-session.ts';

/** The user has shown something to a device that Entra knows, and waits. */
export function askCloud(
  config: DeviceConfig,
  state: Running,
  waiting: WaitingForCloud,
  upn: string,
  proof: CloudProof,
  env: Env,
): SignInStep {
  const fresh = unblamed(state);
  const asking: Running =
    'session' in fresh
      ? { ...fresh, name: 'unlocking' }
      : { name: 'signingIn', base: fresh.base, who: waiting.who };
  return settled(run(config, asking, waiting, upn, signInAsk(config, upn, proof), env));
}

/** @throws Error on a device without a tenant: whoever asks has to look */
export function signInAsk({ hello }: DeviceConfig, username: string, proof: CloudProof): CloudAsk {
  const { tenant, tenantId } = hello;
  if (tenant === undefined) throw new Error('no tenant of Entra is known here');
  const device = { ...tenant.device, transportKey: tenant.transportKey };
  return { kind: 'signIn', username, proof, device, tenantId };
}

/** Begins a run, whoever waits for it. */
export function run<S extends Running>(
  config: DeviceConfig,
  state: S,
  purpose: CloudRun['purpose'],
  upn: string,
  ask: CloudAsk,
  env: Env,
): { readonly state: S; readonly effects: readonly ActorEffect[] } {
  const { tenant } = config.hello;
  if (tenant === undefined) return { state, effects: [] };
  const begun = beginRun(state.base.cloud, purpose, upn, ask, tenant.actor, env);
  return { state: withBase(state, { cloud: begun.cloud }), effects: begun.effects };
}

/** An event of a run's; undefined: it is about none. */
export function heard(
  config: DeviceConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): SignInStep | undefined {
  const { tenant } = config.hello;
  if (tenant === undefined) return undefined;
  const progress = runHeard(state.base.cloud, event, tenant.actor, env);
  if (progress === undefined) return undefined;
  const next = withBase(state, { cloud: progress.cloud });
  const { finished } = progress;
  if (finished === undefined) return settled(to(next, progress.effects));
  const { run: ended, outcome } = finished;
  // Access tokens are for whoever sets Hello up, who keeps the run.
  if (outcome.kind === 'token') return settled(to(next, progress.effects));
  const step =
    outcome.kind === 'gained'
      ? gained(config, next, ended, outcome.prt, env)
      : refused(config, next, ended, outcome.failure, env);
  return { ...step, effects: [...progress.effects, ...step.effects] };
}

function cacheOf({ cloud }: Hello, user: string): CloudApCache | undefined {
  return Object.hasOwn(cloud, user) ? cloud[user] : undefined;
}

function withCloudCache<S extends Running>(state: S, cache: CloudApCache): S {
  const { hello } = state.base;
  return withHello(state, { ...hello, cloud: { ...hello.cloud, [cache.user]: cache } });
}

function authorityOf({ hello }: DeviceConfig): string {
  return `https://${TOKEN_HOST}/${hello.tenantId}`;
}

function gained(
  config: DeviceConfig,
  state: Running,
  done: CloudRun,
  prt: PrimaryRefreshToken,
  env: Env,
): SignInStep {
  const { purpose } = done;
  const user = userOf(purpose);
  const before = cacheOf(state.base.hello, user);
  const next = withCloudCache(state, withToken(before, done, prt, authorityOf(config)));
  const partial = partialTicket(next.base.hello, user, env.now);
  const more =
    partial === undefined ? whyNoPartialTicket(next.base.hello, user) : 'a partial ticket';
  const text = `CloudAP: ${done.upn} has a primary refresh token until ${new Date(prt.expires).toISOString()}; ${more}`;
  const told: ActorEffect = { kind: 'note', level: 'info', text };
  if ('user' in purpose) return settled(to(next, [told]));
  const step =
    config.hello.join === 'entra'
      ? settled(signedInByEntra(next, purpose, done.upn, prt))
      : exchanging(config, next, purpose, env);
  return { ...step, effects: [told, ...step.effects] };
}

/** On a computer of the domain the desktop waits for the domain controller. */
function exchanging(
  config: DeviceConfig,
  state: Running,
  waiting: WaitingForCloud,
  env: Env,
): SignInStep {
  const partial = partialTicket(state.base.hello, waiting.who.user, env.now);
  if (partial === undefined) return withoutPartial(config, state, waiting, env);
  const purpose = { for: 'cloudExchange', waiting } as const;
  const progress = beginPartialExchange(config, state.base, partial, purpose, env);
  return { ...progress, state: withExchanges(state, progress.exchanges) };
}

/** Key trust is what is left, where the domain knows the key. */
function withoutPartial(
  config: DeviceConfig,
  state: Running,
  { who, for: wants, shown }: WaitingForCloud,
  env: Env,
): SignInStep {
  const why = whyNoPartialTicket(state.base.hello, who.user);
  const container = shown === 'hello' ? containerOf(state.base.hello, who.user) : undefined;
  const keyed = container && {
    ...container,
    settings: { ...container.settings, trust: 'key' } as const,
  };
  const proof =
    keyed === undefined
      ? undefined
      : helloProof(config.hello, state.base.hello, keyed, state.base.lists.held);
  if (proof?.kind !== 'proof') return settled(notDone(config, state, who.user, why, env));
  const step = askTgt(config, state, who, { for: wants, trust: 'key' }, proof.proof, env);
  const text = `cloud Kerberos trust: ${why}; key trust is tried`;
  return { ...step, effects: [{ kind: 'note', level: 'info', text }, ...step.effects] };
}

/** A domain controller has answered to the partial ticket, or not. */
export function exchanged(
  config: DeviceConfig,
  state: Running,
  waiting: WaitingForCloud,
  outcome: Outcome,
  env: Env,
): SignInStep {
  const { who, for: wants } = waiting;
  if (outcome.kind !== 'tgs') {
    if (outcome.kind === 'failed' && outcome.failure.kind === 'unanswered') {
      return settled(unreached(config, state, waiting, outcome.failure.reason, env));
    }
    const why = outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
    const reason = `no full ticket for the partial one of Entra: ${why}`;
    return settled(notDone(config, state, who.user, reason, env));
  }
  const { credential, keyList } = outcome;
  const proof = markOf(waiting);
  if (wants === 'unlock') {
    if (state.name !== 'unlocking') return settled(to(state));
    const open = withCache({ ...state, name: 'signedIn' }, [credential]);
    return settled(to({ ...open, session: { ...open.session, proof, ...ntHashIn(keyList) } }));
  }
  if (state.name !== 'signingIn') return settled(to(state));
  return askLogonTicket(config, state, { proof, cache: [credential], ...ntHashIn(keyList) }, env);
}

function markOf({ kid, password }: WaitingForCloud): CloudProofMark {
  return {
    mechanism: 'cloud',
    ...(kid === undefined ? {} : { kid }),
    ...(password === undefined ? {} : { password }),
  };
}

function refused(
  config: DeviceConfig,
  state: Running,
  ended: CloudRun,
  failure: CloudFailure,
  env: Env,
): SignInStep {
  const { purpose, upn } = ended;
  const user = userOf(purpose);
  const endpoint = `https://${TOKEN_HOST}${tokenPath(config.hello.tenantId)}`;
  const correlationId = randomUuid(env.random(16));
  const failed = failedAttempt(ended, failure, { endpoint, time: env.now, correlationId });
  const before = cacheOf(state.base.hello, user);
  const kept = { ...(before ?? { user, upn, authority: authorityOf(config) }), failed };
  const next = withCloudCache(state, kept);
  const reason = `no primary refresh token of Entra: ${failure.reason}`;
  if ('user' in purpose) {
    return settled(to(next, [{ kind: 'note', level: 'info', text: `CloudAP: ${upn}: ${reason}` }]));
  }
  return settled(
    failure.httpStatus === undefined
      ? unreached(config, next, purpose, reason, env)
      : notDone(config, next, user, reason, env),
  );
}

/** Nobody is in sight: what was seen when everybody was is enough, for the same key. */
function unreached(
  config: DeviceConfig,
  state: Running,
  waiting: WaitingForCloud,
  reason: string,
  env: Env,
): DeviceStep {
  const { user } = waiting.who;
  const cached = cachedFor(state.base.hello, user, waiting.kid);
  if (cached === undefined) {
    return notDone(config, state, user, `${reason}; there is no cached sign-in`, env);
  }
  const text = `${user} signs in by what is cached: ${reason}`;
  const note: ActorEffect = { kind: 'note', level: 'info', text };
  if ('session' in state) return to({ ...state, name: 'signedIn' }, [note]);
  const { who, identity } = cached;
  const signedIn: WithSession = {
    name: 'signedIn',
    base: state.base,
    session: { who, identity, proof: markOf(waiting), cache: [], opened: {} },
  };
  return to(signedIn, [note]);
}

/** The cached sign-in that a user's key opens: made when the same key had signed in. */
export function cachedFor(hello: Hello, user: string, kid?: string): CachedLogon | undefined {
  const cached = cacheOf(hello, user)?.cachedLogon;
  return kid !== undefined && cached?.kid === kid ? cached : undefined;
}

function notDone(
  config: DeviceConfig,
  state: Running,
  user: string,
  reason: string,
  env: Env,
): DeviceStep {
  if (state.name === 'signingIn') return notSignedIn(config, state, reason, env);
  if (state.name !== 'unlocking') return to(state);
  return blamed({ ...state, name: 'locked' }, `unlocking for ${user}: ${reason}`);
}

/** Joined to Entra alone: the token is the sign-in, and Active Directory waits until something is opened. */
function signedInByEntra(
  state: Running,
  waiting: WaitingForCloud,
  upn: string,
  prt: PrimaryRefreshToken,
): DeviceStep {
  if ('session' in state) {
    const next = { ...state, name: 'signedIn' as const };
    return to({ ...next, session: { ...next.session, proof: markOf(waiting) } });
  }
  const { tgtAd } = prt;
  const named = tgtAd?.kind === 'ticket' ? tgtAd.credential : undefined;
  const who =
    named === undefined ? waiting.who : { ...waiting.who, realm: named.srealm, cname: named.cname };
  const signedIn: WithSession = {
    name: 'signedIn',
    base: state.base,
    session: {
      who,
      identity: identityOf(prt.idToken, upn),
      proof: markOf(waiting),
      cache: [],
      opened: {},
    },
  };
  return to(signedIn);
}

/** As Windows names accounts of Entra. */
function identityOf(idToken: string, upn: string): Identity {
  const jws = readJws(idToken);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  const sid = claims === undefined ? undefined : textField(claims, 'onprem_sid');
  return { name: `AzureAD\\${upn.split('@')[0]}`, sid: sid ?? '', groups: [], upn };
}
