/**
 * Remote Desktop Connection's prompt for credentials. On a device that is joined to Entra it takes every
 * gesture that Hello knows; elsewhere it says "Security device credential" and takes the PIN (Microsoft,
 * "Remote Desktop sign-in with Windows Hello for Business").
 */
import { toHex } from '../../src/bytes/bytes.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, type Step, to } from '../../src/machine/machine.ts';
import type { Container } from '../hello/container.ts';
import type * as container from '../hello/container-machine.ts';
import { describeError, HelloErrors } from '../hello/hello-errors.ts';
import { NT_ENTERPRISE } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import { whyUncertified } from './device-certificate.ts';
import { missing } from './device-gestures.ts';
import { containerOf, hear, policyFor, refusalIn } from './device-hello.ts';
import { smartCardProof } from './device-proof.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  unblamed,
  type WithSession,
  withBase,
  withHello,
} from './device-state.ts';
import type { LogonName } from './logon-session.ts';
import {
  type Asked,
  type Desktop,
  type Desktops,
  type Logon,
  promptIn,
  type Stage,
} from './remote-desktop-state.ts';
import { fetching } from './revocation-lists.ts';
import type { ConnectEntry, HelloEntry, PasswordEntry } from './user-entries.ts';

/** What people do at a prompt. */
export type PromptEntry =
  | PasswordEntry
  | Extract<HelloEntry, { readonly kind: 'pin' | 'biometric' }>;

export function isPromptEntry(entry: { readonly kind: string }): entry is PromptEntry {
  return entry.kind === 'password' || entry.kind === 'pin' || entry.kind === 'biometric';
}

/** What the prompt calls the tile of a Hello credential. */
function providerOf({ hello }: DeviceConfig): string {
  return hello.join === 'entra' ? 'Windows Hello' : 'Security device credential';
}

/** What the prompt offers: Hello credentials that the session may see, and always a name and a password. */
export function offered(config: DeviceConfig, { base, session }: WithSession): readonly string[] {
  const { user } = session.who;
  const owners = Object.keys(base.hello.containers).filter((owner) => {
    const kept = containerOf(base.hello, owner);
    return kept !== undefined && (owner === user || kept.settings.enumeratedForAllUsers);
  });
  return [...owners.map((owner) => `${providerOf(config)} of ${owner}`), 'name and password'];
}

function withDesktops(state: WithSession, desktops: Partial<Desktops>): WithSession {
  return withBase(state, { desktops: { ...state.base.desktops, ...desktops } });
}

export function staged(state: WithSession, id: string, stage: Stage): WithSession {
  const open = state.base.desktops.open.map((one) => (one.id === id ? { ...one, stage } : one));
  return withDesktops(state, { open });
}

/** Somebody opens Remote Desktop Connection. */
export function opened(
  config: DeviceConfig,
  state: WithSession,
  { host, mode, protocols, credentials, who }: ConnectEntry,
): DeviceStep {
  if (state.session.who.user !== who.user) {
    return blamed(state, `${who.user} is not signed in: nobody else opens programs there`);
  }
  if (promptIn(state.base.desktops) !== undefined) {
    return blamed(state, 'Remote Desktop Connection asks for credentials already');
  }
  const { open, count } = state.base.desktops;
  const id = `rdp-${count}`;
  const asked: Asked = { host, mode, requestedProtocols: protocols };
  const fresh = unblamed(state);
  const others = open.filter(({ stage }) => stage.name !== 'closed');
  const logon: Logon = {
    kind: credentials === 'session' ? 'signedIn' : 'none',
    who: state.session.who,
  };
  const asks = credentials === 'prompt';
  const stage: Stage = asks ? { name: 'prompt' } : { name: 'expectConnection', logon };
  const desktop: Desktop = { id, user: who.user, asked, stage };
  const next = withDesktops(fresh, { open: [...others, desktop], count: count + 1 });
  if (!asks) return connecting(config, next, desktop, logon);
  const choice = offered(config, next).join(', or ');
  const text = `Remote Desktop Connection asks for credentials for ${host}: ${choice}`;
  return to(next, [{ kind: 'note', level: 'info', text }]);
}

/** What was shown to the prompt. */
export function answered(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  entry: PromptEntry,
  env: Env,
): DeviceStep {
  const next = unblamed(state);
  if (entry.kind === 'password') {
    return going(config, next, desktop, passwordLogon(config, entry), env);
  }
  return gesture(config, next, desktop, entry, env);
}

function passwordLogon({ realm }: DeviceConfig, { who, password }: PasswordEntry): Logon {
  const userName = who.cname.nameString.join('/');
  const [first = '', second] = userName.split('\\');
  const [domain, name] =
    second !== undefined ? [first, second] : [userName.includes('@') ? '' : realm, userName];
  return { kind: 'password', who, domain, userName: name, password };
}

function gesture(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  entry: Exclude<PromptEntry, PasswordEntry>,
  env: Env,
): DeviceStep {
  const { who } = entry;
  const { hello } = state.base;
  const kept = containerOf(hello, who.user);
  const own = who.user === state.session.who.user;
  if (kept === undefined || (!own && !kept.settings.enumeratedForAllUsers)) {
    const why = own
      ? describeError(HelloErrors.keyNotFound)
      : 'emulated smart cards are not enumerated for all users (dual enrolment)';
    return refused(state, desktop, `no credential of ${who.user} is offered: ${why}`);
  }
  const event = eventOf(config, state, entry, own);
  if (typeof event === 'string') return refused(state, desktop, event);
  const heard = hear(config.hello, hello, who.user, event, env);
  const next = withHello(state, heard.hello);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    const what = entry.kind === 'pin' ? 'PIN' : entry.shown.biometric;
    const why = `${who.user}’s ${what}: ${refusal.reason}`;
    return refused(next, desktop, why, refusal.message);
  }
  const logon = smartCardLogon(config, next, kept, entry, env);
  return typeof logon === 'string'
    ? refused(next, desktop, logon)
    : going(config, next, desktop, logon, env);
}

/** What the container hears, or why it hears nothing. */
function eventOf(
  config: DeviceConfig,
  { base }: WithSession,
  entry: Exclude<PromptEntry, PasswordEntry>,
  own: boolean,
): container.Event | string {
  if (entry.kind === 'pin') return { kind: 'entered', entry: entry.entry };
  const policy = policyFor(config.hello, base.hello, entry.who.user);
  if (policy.UseHelloCertificatesAsSmartCardCertificates) {
    return 'the certificate is used as a smart card’s (UseHelloCertificatesAsSmartCardCertificates), which takes the PIN only';
  }
  return { kind: 'shown', shown: entry.shown, operation: own ? 'remoteDesktop' : 'runAs' };
}

const SESSION_PIN_LENGTH = 8;

function smartCardLogon(
  config: DeviceConfig,
  { base }: WithSession,
  kept: Container,
  entry: Exclude<PromptEntry, PasswordEntry>,
  env: Env,
): Logon | string {
  const { who } = entry;
  const shown = smartCardProof(config.hello, base.hello, kept, base.lists.held);
  if (shown.kind === 'none') {
    return `${who.user}’s Hello key is no smart card: ${shown.why}${whyUncertified(base, who.user)}; deploy a certificate, or use Remote Credential Guard`;
  }
  const { guid, upn } = kept.settings;
  const [pin, how] =
    entry.kind === 'pin'
      ? ([entry.entry.pin, 'pin'] as const)
      : ([toHex(env.random(SESSION_PIN_LENGTH)), entry.shown.biometric] as const);
  // Windows reads the name out of the certificate; the container was made with the same.
  const named: LogonName = { ...who, cname: principal(NT_ENTERPRISE, upn) };
  const { proof } = shown;
  return {
    kind: 'smartCard',
    who: named,
    owner: who.user,
    gesture: how,
    pin,
    container: guid,
    upn,
    proof,
  };
}

/** The prompt stays, and says what was wrong. */
function refused(
  state: WithSession,
  { id }: Desktop,
  why: string,
  message = why,
): Step<WithSession, ActorEffect> {
  return blamed(staged(state, id, { name: 'prompt', message }), why);
}

/** The prompt is gone. */
function going(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  logon: Logon,
  env: Env,
): DeviceStep {
  const wanted = logon.kind === 'smartCard' ? missing(config, state, env) : [];
  if (wanted.length === 0) return connecting(config, state, desktop, logon);
  const { lists, effects } = fetching(state.base.lists, wanted);
  const next = staged(withBase(state, { lists }), desktop.id, { name: 'expectLists', logon });
  return to(next, effects);
}

/** Lists have come, or not: when the last has, who waited goes on. */
export function withLists(config: DeviceConfig, state: WithSession): DeviceStep {
  if (state.base.lists.calls.length > 0) return to(state);
  const waiting = state.base.desktops.open.find(({ stage }) => stage.name === 'expectLists');
  if (waiting?.stage.name !== 'expectLists') return to(state);
  const { logon } = waiting.stage;
  return connecting(config, state, waiting, withCurrentLists(logon, state.base.lists.held));
}

function withCurrentLists(logon: Logon, revocationLists: readonly Uint8Array[]): Logon {
  if (logon.kind !== 'smartCard' || logon.proof.mechanism !== 'publicKey') return logon;
  const { state } = logon.proof;
  const trust = { ...state.trust, revocationLists };
  return { ...logon, proof: { ...logon.proof, state: { ...state, trust } } };
}

/** The connection is opened: who listens there says the rest. */
function connecting(
  config: DeviceConfig,
  state: WithSession,
  { id, asked }: Desktop,
  logon: Logon,
): DeviceStep {
  const service = config.desktop(asked.host);
  if (service === undefined) {
    const reason = `Remote Desktop can’t find the computer ${asked.host}`;
    return blamed(staged(state, id, { name: 'closed', reason }), reason);
  }
  const { actor, port, framing } = service;
  return to(staged(state, id, { name: 'expectConnection', logon }), [
    { kind: 'connect', connection: id, to: actor, port, framing },
  ]);
}
