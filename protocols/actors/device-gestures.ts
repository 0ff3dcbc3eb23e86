/** What a device does with a PIN or a biometric gesture: sign-in, unlocking, another PIN, no container any more. */
import { toBase64 } from '../../src/bytes/base64.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import type { Container } from '../hello/container.ts';
import type * as container from '../hello/container-machine.ts';
import { describeError, HelloErrors } from '../hello/hello-errors.ts';
import { trustInUse } from '../hello/policy.ts';
import { NT_ENTERPRISE } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import { whyUncertified } from './device-certificate.ts';
import { renewed, withoutKeyRuns } from './device-cloud-background.ts';
import { askCloud, cachedFor } from './device-cloud-sign-in.ts';
import {
  containerOf,
  coreEffects,
  type Heard,
  hear,
  policyFor,
  refusalIn,
} from './device-hello.ts';
import { refuse } from './device-opened.ts';
import { helloProof } from './device-proof.ts';
import { type Admission, admission, askTgt, type SignInStep, settled } from './device-sign-in.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  unblamed,
  type Waiting,
  type WithSession,
  withBase,
  withExchanges,
  withHello,
} from './device-state.ts';
import * as exchanges from './exchanges.ts';
import { chained, type LogonName } from './logon-session.ts';
import { ended, fetching, type ListSource, type ListsStep } from './revocation-lists.ts';
import type { HelloEntry } from './user-entries.ts';

type EntryOf<K extends HelloEntry['kind']> = Extract<HelloEntry, { readonly kind: K }>;

/** Everything for a Hello container but setting it up and certificates for it. */
export function entered(
  config: DeviceConfig,
  state: Running,
  entry: Exclude<HelloEntry, EntryOf<'provision' | 'enroll'>>,
  env: Env,
): SignInStep {
  switch (entry.kind) {
    case 'pin':
    case 'biometric':
      return gesture(config, state, entry, env);
    case 'changePin':
    case 'resetPin':
      return newPin(config, state, entry, env);
    case 'deleteContainer':
      return deletion(config, state, entry.who, env);
  }
}

function gesture(
  config: DeviceConfig,
  state: Running,
  entry: EntryOf<'pin' | 'biometric'>,
  env: Env,
): SignInStep {
  const { who } = entry;
  const admitting = admission(state, (session) => session.who.user === who.user);
  if (admitting.kind === 'refused') {
    return settled(blamed(state, `${who.user} cannot sign in now: ${admitting.why}`));
  }
  const heard = hear(config.hello, state.base.hello, who.user, eventOf(entry, admitting), env);
  const next = withHello(state, heard.hello);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    const what = entry.kind === 'pin' ? 'PIN' : entry.shown.biometric;
    const why = `${who.user}’s ${what}: ${refusal.reason} (“${refusal.message}”)`;
    return settled(blamed(next, why));
  }
  const wanted = missing(config, next, env);
  if (wanted.length === 0) return withKey(config, next, who, admitting, env);
  return waitingForLists(next, { who, wants: admitting.kind }, fetching(next.base.lists, wanted));
}

/** Lists that have ended; Windows fetches them while it looks at the KDC's reply, here it is before. */
export function missing(config: DeviceConfig, { base }: Running, env: Env): readonly ListSource[] {
  const { kdcTrust, listSources } = config.hello;
  return kdcTrust.revocation === 'off' ? [] : ended(base.lists, listSources, env.now);
}

function waitingForLists(
  state: Running,
  waiting: Waiting,
  { lists, effects }: ListsStep,
): SignInStep {
  const { who } = waiting;
  const base = { ...unblamed(state).base, lists, waiting };
  const next: Running =
    'session' in state
      ? { name: 'unlocking', base, session: state.session }
      : { name: 'signingIn', base, who };
  return settled(to(next, effects));
}

/** Lists have come, or not: when the last has, who waited goes on. */
export function listsHeard(
  config: DeviceConfig,
  state: Running,
  { lists, effects }: ListsStep,
  env: Env,
): SignInStep {
  const { waiting, ...rest } = { ...state.base, lists };
  if (waiting === undefined || lists.calls.length > 0) {
    return settled(to(withBase(state, { lists }), effects));
  }
  const next: Running = { ...state, base: rest };
  const step = withKey(config, next, waiting.who, { kind: waiting.wants }, env);
  return { ...step, effects: [...effects, ...step.effects] };
}

function eventOf(
  entry: EntryOf<'pin' | 'biometric'>,
  { kind: operation }: Exclude<Admission, { readonly kind: 'refused' }>,
): container.Event {
  return entry.kind === 'pin'
    ? { kind: 'entered', entry: entry.entry }
    : { kind: 'shown', shown: entry.shown, operation };
}

/** The container is open: its key proves to the domain controller who the user is. */
function withKey(
  config: DeviceConfig,
  state: Running,
  who: LogonName,
  admitting: Exclude<Admission, { readonly kind: 'refused' }>,
  env: Env,
): SignInStep {
  const { hello } = state.base;
  const kept = containerOf(hello, who.user);
  if (kept === undefined) return settled(blamed(state, describeError(HelloErrors.keyNotFound)));
  const { upn } = kept.settings;
  const trust = trustInUse(kept.settings.trust, policyFor(config.hello, hello, who.user));
  if (trust === 'cloud' && config.hello.tenant !== undefined) {
    return withCloudKey(config, state, who, kept, admitting, env);
  }
  const proof = helloProof(config.hello, hello, kept, state.base.lists.held);
  if (proof.kind === 'none') {
    const closed = hear(config.hello, hello, who.user, { kind: 'closed' }, env);
    const rest = notAsking(withHello(state, closed.hello));
    const more = trust === 'certificate' ? whyUncertified(rest.base, who.user) : '';
    return settled(blamed(rest, `${who.user}’s Hello key: ${proof.why}${more}`));
  }
  // Hello knows its owner by user principal name.
  const named = { ...who, cname: principal(NT_ENTERPRISE, upn) };
  return askTgt(config, state, named, { for: admitting.kind, trust }, proof.proof, env);
}

/** Cloud Kerberos trust: Entra is asked first; a locked screen opens by what is cached, with no network. */
function withCloudKey(
  config: DeviceConfig,
  state: Running,
  who: LogonName,
  { key, publicKey, settings }: Container,
  { kind }: Exclude<Admission, { readonly kind: 'refused' }>,
  env: Env,
): SignInStep {
  const kid = toBase64(digest('sha256', bcryptPublicBlob(publicKey)));
  const named = { ...who, cname: principal(NT_ENTERPRISE, settings.upn) };
  const waiting = { for: kind, who: named, shown: 'hello', kid } as const;
  if (kind === 'unlock' && 'session' in state && cachedFor(state.base.hello, who.user, kid)) {
    return settled(renewed(config, { ...unblamed(state), name: 'signedIn' }, env));
  }
  return askCloud(config, state, waiting, settings.upn, { kind: 'hello', kid, key }, env);
}

/** Back at the screen, from whichever state the gesture had led to. */
function notAsking(state: Running): Running {
  if (state.name === 'signingIn') return { name: 'signedOut', base: state.base };
  return state.name === 'unlocking' ? { ...state, name: 'locked' } : state;
}

function newPin(
  config: DeviceConfig,
  state: Running,
  entry: EntryOf<'changePin' | 'resetPin'>,
  env: Env,
): SignInStep {
  const { who } = entry;
  const event: container.Event =
    entry.kind === 'changePin'
      ? { kind: 'changed', entry: entry.entry, newPin: entry.newPin }
      : { kind: 'reset', newPin: entry.newPin };
  const heard = hear(config.hello, state.base.hello, who.user, event, env);
  return settled(told(withHello(state, heard.hello), heard, `${who.user}’s new PIN`));
}

function told(state: Running, { effects }: Heard, what: string): DeviceStep {
  if (effects.some(({ kind }) => kind === 'rejected')) {
    return blamed(state, `${what}: the container is just being made`);
  }
  const refusal = refusalIn(effects);
  if (refusal === undefined) return to(state);
  return blamed(state, `${what}: ${refusal.reason} (“${refusal.message}”)`);
}

/** `certutil -deletehellocontainer` runs in a user's session and deletes what that user has. */
function deletion(config: DeviceConfig, state: Running, { user }: LogonName, env: Env): SignInStep {
  if (state.name !== 'signedIn' || state.session.who.user !== user) {
    const why = `${user} is not signed in (${state.name})`;
    return settled(blamed(state, `certutil -deletehellocontainer: ${why}`));
  }
  const heard = hear(config.hello, state.base.hello, user, { kind: 'deleted' }, env);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    return settled(blamed(state, `certutil -deletehellocontainer: ${refusal.reason}`));
  }
  const certificates = heard.hello.certificates.filter(
    (stored) => stored.user !== user || stored.privateKey?.provider !== 'passport',
  );
  const next = withHello(state, { ...heard.hello, certificates });
  const destroying = coreEffects(heard.effects, `hello/${user}`);
  return settled(withoutKey(next, destroying));
}

/** Ends what would ask for a signature of a key that is not there any more. */
function withoutKey(state: WithSession, destroying: readonly ActorEffect[]): DeviceStep {
  const { session } = state;
  const left = withoutKeyRuns(state);
  const { base } = left.state;
  const undoing = [...left.effects, ...destroying];
  if (session.proof.mechanism !== 'publicKey') return to(left.state, undoing);
  const gone = base.exchanges.running.flatMap(({ purpose }) =>
    purpose.for === 'anew' ? [purpose.target] : [],
  );
  const { exchanges: running, effects } = exchanges.abandon(
    base.exchanges,
    ({ for: what }) => what === 'anew',
  );
  const first = to(withExchanges(left.state, running), [...effects, ...undoing]);
  const why = describeError(HelloErrors.keyNotFound);
  return chained(first, ...gone.map((target) => (next: WithSession) => refuse(next, target, why)));
}
