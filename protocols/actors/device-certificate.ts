/**
 * A sign-in certificate for a Hello key, under certificate trust: the device asks AD FS for it while its
 * user works on, as soon as the key is registered, and once more when its user answers the prompt for it.
 * It ends with the session, or with the key, in which it began.
 */
import { toBase64 } from '../../src/bytes/base64.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import type { Enrollment, EnrollmentFailure } from '../enrollment/enrollment-state.ts';
import { keyReference } from '../hello/certificate-store.ts';
import { type Container, containerName } from '../hello/container.ts';
import type { Certificate } from '../x509/certificate.ts';
import {
  beginEnrollment,
  type Enrolling,
  type EnrollmentCall,
  type EnrollmentStep,
  enrollmentAnswered,
  enrollmentHeard,
} from './device-enrollment.ts';
import {
  containerOf,
  containerState,
  type Federation,
  type Hello,
  hear,
  refusalIn,
  released,
} from './device-hello.ts';
import { checksOf, told } from './device-prerequisites.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  unblamed,
  type WithSession,
  withBase,
  withHello,
} from './device-state.ts';
import { abandoned, carried, type Errands, NO_ERRANDS } from './errands.ts';
import { type LogonSession, passwordOf } from './logon-session.ts';
import type { HelloEntry } from './user-entries.ts';

export interface Certification {
  readonly errands: Errands<EnrollmentCall>;
  readonly running?: {
    readonly user: string;
    /** The Hello key, as the signing core calls it. */
    readonly key: string;
    readonly enrolling: Enrolling;
  };
  /** What the last one came to. */
  readonly last?: {
    readonly user: string;
    /** EnterprisePrt, as dsregcmd shows it. */
    readonly enterprisePrt: 'YES' | 'NO';
    /** Absent: there is a certificate. */
    readonly failure?: string;
  };
  /** Receipts of registered keys, by the key's name: gone when the device restarts. */
  readonly receipts: Readonly<Record<string, string>>;
}

/** @param calls how many calls there have been: no two connections have one name */
export function notCertifying(calls = 0): Certification {
  return { errands: { ...NO_ERRANDS, count: calls }, receipts: {} };
}

/** A key was registered: under certificate trust its certificate comes next. */
export function begin(
  config: DeviceConfig,
  state: WithSession,
  receipt: string | undefined,
  env: Env,
): DeviceStep {
  const { hello, certification } = state.base;
  const container = containerOf(hello, state.session.who.user);
  if (container?.settings.trust !== 'certificate') return to(state);
  const receipts =
    receipt === undefined
      ? certification.receipts
      : { ...certification.receipts, [container.key]: receipt };
  const next = withBase(state, { certification: { ...certification, receipts } });
  return asking(config, next, container, env);
}

/** The user answers the prompt for a certificate with the PIN: the key has to sign the request. */
export function prompted(
  config: DeviceConfig,
  state: Running,
  { who, entry }: Extract<HelloEntry, { readonly kind: 'enroll' }>,
  env: Env,
): DeviceStep {
  const what = `a certificate for ${who.user}’s Hello key`;
  if (state.name !== 'signedIn' || state.session.who.user !== who.user) {
    return blamed(state, `${what}: ${who.user} is not signed in (${state.name})`);
  }
  if (state.base.certification.running !== undefined) {
    return blamed(state, `${what}: it is being asked for already`);
  }
  const heard = hear(config.hello, state.base.hello, who.user, { kind: 'entered', entry }, env);
  const next = withHello(state, heard.hello);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    return blamed(next, `${what}: ${refusal.reason} (“${refusal.message}”)`);
  }
  const container = containerOf(heard.hello, who.user) as Container;
  if (container.settings.trust !== 'certificate') {
    return blamed(next, `${what}: the container is of ${container.settings.trust} trust`);
  }
  return asking(config, unblamed(next), container, env);
}

function asking(
  config: DeviceConfig,
  state: WithSession,
  container: Container,
  env: Env,
): DeviceStep {
  const { federation } = config.hello;
  const { user } = state.session.who;
  if (federation === undefined) {
    const reason = `there is no AD FS of ${config.realm} in this network`;
    const failure = { stage: 'metadata', reason } as const;
    return notEnrolled(config, state, failure, { hasToken: false }, env);
  }
  const { certification } = state.base;
  const id = `enrollment/${certification.errands.count}`;
  const { actor, host } = federation;
  const enrollment = enrollmentOf(federation, state, container);
  const begun = beginEnrollment(certification.errands, id, { actor, host }, enrollment, env);
  return carriedOn(config, state, { user, key: container.key }, begun, env);
}

function enrollmentOf(
  { device, transportKey }: Federation,
  { base, session }: WithSession,
  { key, publicKey, settings }: Container,
): Enrollment {
  const receipt = base.certification.receipts[key];
  return {
    username: settings.upn,
    proof: proofOf(session, publicKey),
    device,
    transportKey,
    hello: { key, publicKey },
    ...(receipt === undefined ? {} : { receipt }),
  };
}

/** What the user signed in with: a password, else the key, which AD FS knows by the hash of its material. */
function proofOf(session: LogonSession, publicKey: Uint8Array): Enrollment['proof'] {
  const password = passwordOf(session);
  if (password !== undefined) return { kind: 'password', password };
  return { kind: 'hello', kid: toBase64(digest('sha256', bcryptPublicBlob(publicKey))) };
}

/** An event of an enrolment's; undefined: it is about none. */
export function heard(
  config: DeviceConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): DeviceStep | undefined {
  const { certification } = state.base;
  const { running } = certification;
  if (running === undefined || !('session' in state)) return undefined;
  const carrying = carried(certification.errands, event);
  if (carrying === undefined) {
    const next = enrollmentHeard(certification.errands, running.enrolling, event, env);
    return next === undefined ? undefined : carriedOn(config, state, running, next, env);
  }
  const { errands, effects, finished } = carrying;
  const waiting = withBase(state, { certification: { ...certification, errands } });
  if (finished === undefined) return to(waiting, effects);
  const next = enrollmentAnswered(errands, running.enrolling, finished.outcome, env);
  const step = carriedOn(config, waiting, running, next, env);
  return { ...step, effects: [...effects, ...step.effects] };
}

function carriedOn(
  config: DeviceConfig,
  before: WithSession,
  { user, key }: { readonly user: string; readonly key: string },
  { enrolling, errands, effects }: EnrollmentStep<EnrollmentCall>,
  env: Env,
): DeviceStep {
  const { running: _, ...rest } = before.base.certification;
  const { client } = enrolling;
  const isOver = client.name === 'done' || client.name === 'failed';
  const certification = {
    ...rest,
    errands,
    ...(isOver ? {} : { running: { user, key, enrolling } }),
  };
  const state = withBase(before, { certification });
  const own = released(config.hello, state.base.hello, effects, env);
  const next: DeviceStep =
    client.name === 'done'
      ? enrolled(state, user, client.certificate)
      : client.name === 'failed'
        ? notEnrolled(config, state, client.failure, { hasToken: client.prt !== undefined }, env)
        : to(state);
  return { state: next.state, effects: [...own, ...next.effects] };
}

/** Takes the place of what the key had before: of what it gave itself, and of an older one. */
function enrolled(state: WithSession, user: string, certificate: Certificate): DeviceStep {
  const { hello, certification } = state.base;
  const { key, settings } = containerOf(hello, user) as Container;
  const privateKey = keyReference('passport', containerName(settings), key);
  const others = hello.certificates.filter((stored) => stored.privateKey?.key !== key);
  const next: Hello = {
    ...hello,
    certificates: [...others, { user, certificate: certificate.der, privateKey }],
  };
  const last = { user, enterprisePrt: 'YES' } as const;
  const { serialNumber, issuer } = certificate;
  const text = `the Hello key of ${user} has a certificate of ${issuer.windowsText}, ${serialNumber}`;
  return to(withBase(withHello(state, next), { certification: { ...certification, last } }), [
    { kind: 'note', level: 'info', text },
  ]);
}

function notEnrolled(
  config: DeviceConfig,
  state: WithSession,
  { stage, error, reason }: EnrollmentFailure,
  { hasToken }: { readonly hasToken: boolean },
  env: Env,
): DeviceStep {
  const { user } = state.session.who;
  const said = error === undefined ? reason : `${error}: ${reason}`;
  const failure = `${STAGES[stage]}: ${said}`;
  const enterprisePrt = hasToken ? 'YES' : 'NO';
  const last = { user, enterprisePrt, failure } as const;
  const next = withBase(state, { certification: { ...state.base.certification, last } });
  const why = `no certificate for ${user}’s Hello key, ${failure} (EnterprisePrt: ${enterprisePrt})`;
  if (hasToken) return blamed(next, why);
  const checked = checksOf(config, next, { hasEnterpriseToken: false });
  const logged = told(next, checked, env);
  const step = blamed(logged.state, why);
  return { ...step, effects: [...logged.effects, ...step.effects] };
}

const STAGES: Readonly<Record<EnrollmentFailure['stage'], string>> = {
  metadata: 'AD FS and what it can do',
  nonce: 'the nonce of AD FS',
  refreshToken: 'the enterprise primary refresh token of AD FS',
  certificate: 'the certificate through AD FS',
};

/** Ends an enrolment whose user has gone or whose key is not open any more. */
export function whileWanted(step: DeviceStep): DeviceStep {
  const { state, effects } = step;
  const { running, ...rest } = state.base.certification;
  if (running === undefined || isWanted(state, running)) return step;
  const ended = abandoned(rest.errands);
  const text = `asking for a certificate for ${running.user}’s Hello key ends before its time`;
  return to(withBase(state, { certification: { ...rest, errands: ended.errands } }), [
    ...effects,
    ...ended.effects,
    { kind: 'note', level: 'info', text },
  ]);
}

function isWanted(state: Running, { user, key }: NonNullable<Certification['running']>): boolean {
  if (!('session' in state) || state.session.who.user !== user) return false;
  const container = containerState(state.base.hello, user);
  return container.name === 'released' && container.container.key === key;
}

/** What to undo where the device goes down. */
export function undone({ errands }: Certification): readonly ActorEffect[] {
  return abandoned(errands).effects;
}

/** Why a user's key has no certificate, as far as the device has learnt; empty: it has not. */
export function whyUncertified({ certification }: Running['base'], user: string): string {
  const { last } = certification;
  if (last?.user !== user || last.failure === undefined) return '';
  return `; it was asked for, ${last.failure}`;
}

/** What `expect.end` and `show` may look at; absent where no certificate was asked for. */
export function certificationView({ running, last }: Certification): {
  readonly enrollment?: Json;
} {
  if (running !== undefined) {
    return { enrollment: { user: running.user, state: running.enrolling.client.name } };
  }
  if (last === undefined) return {};
  const { failure, ...rest } = last;
  const state = failure === undefined ? 'done' : 'failed';
  return { enrollment: { ...rest, state, ...(failure === undefined ? {} : { failure }) } };
}
