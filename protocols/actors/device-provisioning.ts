/**
 * Setting Hello up for who is signed in: the checks, the container with its key, the certificate that the
 * key gives itself, and then the registration, without which nobody else knows the key.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import * as registration from '../entra/key-registration.ts';
import { describeStatus } from '../entra/key-registration-errors.ts';
import { keyReference } from '../hello/certificate-store.ts';
import { type Container, containerName } from '../hello/container.ts';
import { keyRegisteredText, USER_DEVICE_REGISTRATION } from '../hello/event-log.ts';
import { describeError, HelloErrors } from '../hello/hello-errors.ts';
import { selfSigned, selfSignedDraft, signatureAlgorithmOf } from '../hello/self-signed.ts';
import * as certificate from './device-certificate.ts';
import { withoutRuns } from './device-cloud.ts';
import { containerSettings, upnOf } from './device-container-settings.ts';
import {
  containerOf,
  coreEffects,
  givenUp,
  hear,
  refusalIn,
  withCertificate,
  withEvent,
} from './device-hello.ts';
import {
  type Authorized,
  askBySession,
  type NoKey,
  registrationOf,
  sessionTokenHeard,
} from './device-key-token.ts';
import { checksOf, isLaunched, told } from './device-prerequisites.ts';
import type {
  ProvisionEntry,
  Provisioning,
  ProvisioningState,
} from './device-provisioning-state.ts';
import {
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  unblamed,
  type WithSession,
  withHello,
} from './device-state.ts';
import { helloKeyName } from './hello-keys.ts';
import { passwordOf } from './logon-session.ts';

export function begin(
  config: DeviceConfig,
  state: Running,
  entry: ProvisionEntry,
  env: Env,
): DeviceStep {
  const { who } = entry;
  if (state.name !== 'signedIn' || state.session.who.user !== who.user) {
    return blamed(state, `setting Hello up: ${who.user} is not signed in (${state.name})`);
  }
  const checked = isLaunched(state) ? undefined : checksOf(config, state, { byUser: true });
  if (checked?.problem !== undefined) {
    const said = told(state, checked, env);
    const why = `event ${checked.eventId}: provisioning will not be launched, ${checked.problem}`;
    return after(said.effects, blamed(said.state, `setting Hello up for ${who.user}: ${why}`));
  }
  const launched = checked === undefined ? { state, effects: [] } : told(state, checked, env);
  return after(launched.effects, launch(config, launched.state, entry, env));
}

/** The checks have passed: first the token, where there is somebody to ask. */
function launch(
  config: DeviceConfig,
  state: WithSession,
  entry: ProvisionEntry,
  env: Env,
): DeviceStep {
  const { hello } = config;
  const { base, session } = unblamed(state);
  const password = passwordOf(session);
  const { tenant } = hello;
  if (tenant === undefined) return create(config, { base, session }, entry, undefined, env);
  if (password === undefined) return bySession(config, { base, session }, entry, env);
  const begun = registration.begin(
    {
      ...registrationOf(base.hello, tenant.actor, env),
      tenantId: hello.tenantId,
      username: upnOf(session),
      password,
      device: tenant.device,
    },
    env,
  );
  return to(
    {
      name: 'provisioning',
      base,
      session,
      provisioning: { stage: 'token', entry, registration: begun.state },
    },
    begun.effects,
  );
}

/** Nothing was typed that Entra takes: the primary refresh token speaks for the user, and the second factor. */
function bySession(
  config: DeviceConfig,
  { base, session }: Pick<WithSession, 'base' | 'session'>,
  entry: ProvisionEntry,
  env: Env,
): DeviceStep {
  const asked = askBySession(config.hello, base, session.who.user, env);
  if (asked === undefined) return create(config, { base, session }, entry, undefined, env);
  const { cloud, effects } = asked;
  const counted = { ...base, cloud: { ...base.cloud, count: cloud.count } };
  return to(
    {
      name: 'provisioning',
      base: counted,
      session,
      provisioning: { stage: 'sessionToken', entry, cloud },
    },
    effects,
  );
}

function after(effects: readonly ActorEffect[], step: DeviceStep): DeviceStep {
  return { ...step, effects: [...effects, ...step.effects] };
}

/** The container, with a key that is yet to be made. */
function create(
  config: DeviceConfig,
  { base, session }: Pick<WithSession, 'base' | 'session'>,
  { who, pin, biometrics }: ProvisionEntry,
  authorized: Authorized | undefined,
  env: Env,
): DeviceStep {
  const { hello } = config;
  const signedIn: WithSession = { name: 'signedIn', base, session };
  const settings = containerSettings(hello, base.hello, session, env);
  if (settings === undefined) {
    const why = describeError(HelloErrors.tpmWanted);
    return blamed(signedIn, `setting Hello up for ${who.user}: ${why}`);
  }
  const keys = base.hello.keys + 1;
  const key = helloKeyName(config.name, who.user, keys);
  const created = { kind: 'created', settings, key, pin, biometrics } as const;
  const heard = hear(hello, base.hello, who.user, created, env);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    const why = `${refusal.reason} (“${refusal.message}”)`;
    return blamed(withHello(signedIn, heard.hello), `setting Hello up for ${who.user}: ${why}`);
  }
  return to(
    {
      name: 'provisioning',
      base: { ...base, hello: { ...heard.hello, keys, making: who.user } },
      session,
      provisioning: { stage: 'key', ...(authorized === undefined ? {} : { authorized }) },
    },
    coreEffects(heard.effects, idOf(who.user)),
  );
}

/** An event of the registration's; undefined: it is not about it. */
export function registrationHeard(
  config: DeviceConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): DeviceStep | undefined {
  if (state.name !== 'provisioning') return undefined;
  const { provisioning } = state;
  if (provisioning.stage === 'sessionToken') {
    return tokenHeard(config, state, provisioning, event, env);
  }
  if (!('registration' in provisioning)) return undefined;
  if (!registration.concerns(provisioning.registration.registration, event)) return undefined;
  const { state: next, effects } = registration.step(provisioning.registration, event);
  switch (next.name) {
    case 'authorized':
      if (provisioning.stage !== 'token') return to(state, effects);
      return after(effects, create(config, state, provisioning.entry, next, env));
    case 'registered':
      return after(effects, done(config, state, next.key, env));
    case 'failed':
      return after(effects, notRegistered(config, state, next, env));
    default:
      return to({ ...state, provisioning: { ...provisioning, registration: next } }, effects);
  }
}

function tokenHeard(
  config: DeviceConfig,
  state: ProvisioningState,
  provisioning: Extract<Provisioning, { readonly stage: 'sessionToken' }>,
  event: ActorEvent,
  env: Env,
): DeviceStep | undefined {
  const heard = sessionTokenHeard(config.hello, state.base.hello, provisioning.cloud, event, env);
  if (heard === undefined) return undefined;
  const { cloud, effects, result } = heard;
  if (result === undefined) {
    return to({ ...state, provisioning: { ...provisioning, cloud } }, effects);
  }
  return after(
    effects,
    'error' in result
      ? notRegistered(config, state, result, env)
      : create(config, state, provisioning.entry, result, env),
  );
}

function done(
  config: DeviceConfig,
  state: ProvisioningState,
  { kid, krctx }: Extract<registration.State, { readonly name: 'registered' }>['key'],
  env: Env,
): DeviceStep {
  const { making: _, ...hello } = state.base.hello;
  const { base, session } = state;
  const registered = withEvent(hello, {
    log: USER_DEVICE_REGISTRATION,
    id: 300,
    level: 'Information',
    time: env.now,
    user: session.who.user,
    text: keyRegisteredText(kid, upnOf(session)),
  });
  const made = { ...base, hello: registered.hello };
  const signedIn: WithSession = { name: 'signedIn', base: made, session };
  return after(registered.effects, certificate.begin(config, signedIn, krctx, env));
}

/** Without registration there is no container either: who wants one begins anew. */
function notRegistered(
  config: DeviceConfig,
  { base, session }: ProvisioningState,
  { error, reason }: NoKey,
  env: Env,
): DeviceStep {
  const { user } = session.who;
  const unmade = givenUp(config.hello, base.hello, env);
  const certificates = unmade.hello.certificates.filter(
    (stored) => stored.user !== user || stored.privateKey?.provider !== 'passport',
  );
  const hello = base.hello.making === undefined ? base.hello : { ...unmade.hello, certificates };
  const signedIn: WithSession = { name: 'signedIn', base: { ...base, hello }, session };
  const why = `setting Hello up for ${user}: ${describeStatus(error)} (${reason})`;
  return after(coreEffects(unmade.effects, idOf(user)), blamed(signedIn, why));
}

/** What ends a registration that is under way. */
export function abandoned(state: Running): readonly ActorEffect[] {
  if (state.name !== 'provisioning') return [];
  const { provisioning } = state;
  if (provisioning.stage === 'sessionToken')
    return withoutRuns(provisioning.cloud, () => true).effects;
  return 'registration' in provisioning ? registration.abandon(provisioning.registration) : [];
}

function idOf(user: string): string {
  return `hello/${user}`;
}

/** An answer of the signing core; undefined: it was not for us. */
export function heardFromCore(
  config: DeviceConfig,
  state: Running,
  event: ActorEvent,
  env: Env,
): DeviceStep | undefined {
  if (event.kind !== 'generated' && event.kind !== 'signed') return undefined;
  if (state.name !== 'provisioning' || event.id !== idOf(state.session.who.user)) return undefined;
  return event.kind === 'generated'
    ? keyMade(config, state, event.publicKey, env)
    : certified(config, state, event.signature, env);
}

function keyMade(
  config: DeviceConfig,
  state: ProvisioningState,
  publicKey: Uint8Array,
  env: Env,
): DeviceStep {
  const { user } = state.session.who;
  const generated = { kind: 'generated', publicKey } as const;
  const made = hear(config.hello, state.base.hello, user, generated, env);
  const kept = containerOf(made.hello, user) as Container;
  const draft = selfSignedDraft(kept, env.random(16));
  const algorithm = signatureAlgorithmOf(kept.settings.algorithm);
  const operation = { kind: 'sign', id: idOf(user), algorithm, data: draft } as const;
  const wanted = { kind: 'wanted', operation } as const;
  const signing = hear(config.hello, made.hello, user, wanted, env);
  const { provisioning } = state;
  const token = 'authorized' in provisioning ? { authorized: provisioning.authorized } : {};
  return to(
    {
      ...withHello(state, signing.hello),
      provisioning: { stage: 'selfSignature', draft, ...token } as Provisioning,
    },
    coreEffects(signing.effects, idOf(user)),
  );
}

function certified(
  config: DeviceConfig,
  state: ProvisioningState,
  signature: Uint8Array,
  env: Env,
): DeviceStep {
  const { user } = state.session.who;
  const kept = containerOf(state.base.hello, user);
  const { base, session, provisioning } = state;
  if (kept === undefined || provisioning.stage !== 'selfSignature') return to(state);
  const own = selfSigned(kept, provisioning.draft, signature);
  const privateKey = keyReference('passport', containerName(kept.settings), kept.key);
  const hello = withCertificate(base.hello, { user, certificate: own, privateKey });
  if (provisioning.authorized === undefined) {
    const { making: _, ...made } = hello;
    const unregistered: WithSession = { name: 'signedIn', base: { ...base, hello: made }, session };
    const why =
      config.hello.tenant === undefined
        ? 'there is no tenant of Entra in this network'
        : 'Entra is shown a password or a primary refresh token, and there is neither';
    const text = `the Hello key of ${user} is not registered: ${why}`;
    return to(unregistered, [{ kind: 'note', level: 'info', text }]);
  }
  const material = bcryptPublicBlob(kept.publicKey);
  const asked = registration.register(provisioning.authorized, material, env);
  return to(
    {
      name: 'provisioning',
      base: { ...base, hello },
      session,
      provisioning: { stage: 'registration', registration: asked.state },
    },
    asked.effects,
  );
}
