/**
 * Setting Hello up for who is signed in: the checks, the container with its key, the certificate that the
 * key gives itself, and then the registration, without which nobody else knows the key.
 */
import type { ActorEvent } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import { keyReference } from '../hello/certificate-store.ts';
import {
  type Container,
  type ContainerSettings,
  containerName,
  settingsFrom,
} from '../hello/container.ts';
import { describeError, HelloErrors } from '../hello/hello-errors.ts';
import { trustOf } from '../hello/policy.ts';
import { protectionFor } from '../hello/providers.ts';
import { eventText, prerequisites } from '../hello/provisioning.ts';
import { selfSigned, selfSignedDraft, signatureAlgorithmOf } from '../hello/self-signed.ts';
import {
  containerOf,
  coreEffects,
  type HelloConfig,
  hear,
  refusalIn,
  withCertificate,
} from './device-hello.ts';
import { randomGuid } from './device-identity.ts';
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
import type { LogonSession } from './logon-session.ts';
import type { HelloEntry } from './user-entries.ts';

type ProvisionEntry = Extract<HelloEntry, { readonly kind: 'provision' }>;

/** What is awaited while Hello is set up. */
export type Provisioning =
  | { readonly stage: 'key' }
  | { readonly stage: 'selfSignature'; readonly draft: Uint8Array };

export type ProvisioningState = Extract<Running, { readonly name: 'provisioning' }>;

export function begin(
  config: DeviceConfig,
  state: Running,
  { who, pin, biometrics }: ProvisionEntry,
  env: Env,
): DeviceStep {
  if (state.name !== 'signedIn' || state.session.who.user !== who.user) {
    return blamed(state, `setting Hello up: ${who.user} is not signed in (${state.name})`);
  }
  const { hello } = config;
  const checked = prerequisites({
    policy: hello.policy,
    join: hello.join,
    tpm: hello.tpm,
    isLocal: true,
    isCloudUser: hello.join !== 'domain',
    hasCloudTgt: false,
    hasEnterpriseToken: true,
  });
  if (checked.problem !== undefined) {
    const why = `event ${checked.eventId}: provisioning will not be launched, ${checked.problem}`;
    return blamed(state, `setting Hello up for ${who.user}: ${why}`);
  }
  const settings = settingsOf(hello, state.session, env);
  if (settings === undefined) {
    const why = describeError(HelloErrors.tpmWanted);
    return blamed(state, `setting Hello up for ${who.user}: ${why}`);
  }
  const keys = state.base.hello.keys + 1;
  const key = helloKeyName(config.name, who.user, keys);
  const created = { kind: 'created', settings, key, pin, biometrics } as const;
  const heard = hear(hello, state.base.hello, who.user, created, env);
  const refusal = refusalIn(heard.effects);
  if (refusal !== undefined) {
    const why = `${refusal.reason} (“${refusal.message}”)`;
    return blamed(withHello(state, heard.hello), `setting Hello up for ${who.user}: ${why}`);
  }
  const { base, session } = unblamed(state);
  return to(
    {
      name: 'provisioning',
      base: { ...base, hello: { ...heard.hello, keys, making: who.user } },
      session,
      provisioning: { stage: 'key' },
    },
    [
      { kind: 'note', level: 'info', text: `event ${checked.eventId}: ${eventText(checked)}` },
      ...coreEffects(heard.effects, idOf(who.user)),
    ],
  );
}

function idOf(user: string): string {
  return `hello/${user}`;
}

/** undefined: nothing may protect the key. */
function settingsOf(
  { policy, tpm, tenantId }: HelloConfig,
  { who, identity }: LogonSession,
  env: Env,
): ContainerSettings | undefined {
  const protection = protectionFor(policy, tpm);
  if (protection === undefined) return undefined;
  return {
    user: who.user,
    sid: identity.sid,
    guid: randomGuid(env.random(16)),
    tenantId,
    upn: identity.upn ?? `${who.cname.nameString[0]}@${who.realm.toLowerCase()}`,
    trust: trustOf(policy),
    // The only keys that Active Directory takes from Hello (MS-ADTS 2.2.20.5.1).
    algorithm: 'RSA-2048',
    protection,
    ...settingsFrom(policy),
    created: env.now,
  };
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
    : certified(state, event.signature);
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
  return to(
    { ...withHello(state, signing.hello), provisioning: { stage: 'selfSignature', draft } },
    coreEffects(signing.effects, idOf(user)),
  );
}

function certified(state: ProvisioningState, signature: Uint8Array): DeviceStep {
  const { user } = state.session.who;
  const kept = containerOf(state.base.hello, user);
  if (kept === undefined || state.provisioning.stage !== 'selfSignature') return to(state);
  const certificate = selfSigned(kept, state.provisioning.draft, signature);
  const privateKey = keyReference('passport', containerName(kept.settings), kept.key);
  const { making: _, ...made } = state.base.hello;
  const hello = withCertificate(made, { user, certificate, privateKey });
  const { base, session } = state;
  const done: WithSession = { name: 'signedIn', base: { ...base, hello }, session };
  return to(done);
}
