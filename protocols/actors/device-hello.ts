/** A device's side of Windows Hello: the containers of all its users, their certificates, the TPM's memory. */
import type { ActorEffect, Json } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import type { FailedJoin } from '../entra/dsreg-status.ts';
import { type Failures, failed, NO_FAILURES } from '../hello/attempts.ts';
import type { StoredCertificate } from '../hello/certificate-store.ts';
import { type Container, containerName } from '../hello/container.ts';
import * as container from '../hello/container-machine.ts';
import { type DeviceEvent, logged } from '../hello/event-log.ts';
import type { Join, Refusal } from '../hello/gestures.ts';
import type { GestureLimits, PassportForWork } from '../hello/policy.ts';
import { effectivePolicy, type PolicySources } from '../hello/policy-sources.ts';
import type { Tpm } from '../hello/providers.ts';
import type { PkinitOptions } from '../pkinit/client-state.ts';
import type { KdcTrust } from '../pkinit/kdc-trust.ts';
import type { CloudCaches } from './device-cloud-state.ts';
import type { JoinConfig, OwnRegistration } from './device-join.ts';
import type { Kept } from './device-store.ts';
import type { ListSource } from './revocation-lists.ts';

export interface Federation {
  readonly actor: string;
  /** Name of the federation service. */
  readonly host: string;
  /** Of the device certificate, in the signing core; DER. */
  readonly device: { readonly key: string; readonly certificate: Uint8Array };
  /** What session keys are encrypted to, in the signing core. */
  readonly transportKey: string;
}

export interface HelloConfig {
  readonly join: Join;
  readonly tpm: Tpm;
  /** What policies say when the story begins. */
  readonly policies: PolicySources;
  readonly limits: GestureLimits;
  readonly tenantId: string;
  /** What Entra calls the device: a GUID. */
  readonly deviceId: string;
  /** What is believed of domain controllers' certificates: by group policy, and fetched lists. */
  readonly kdcTrust: KdcTrust;
  /** Where the lists in it are fetched when they have ended. */
  readonly listSources: readonly ListSource[];
  readonly pkinit: Partial<PkinitOptions>;
  /** The tenant in which the device is registered, where there is one in this network. */
  readonly tenant?: {
    readonly actor: string;
    /** Of the device certificate, in the signing core; DER. */
    readonly device: { readonly key: string; readonly certificate: Uint8Array };
    /** What session keys are encrypted to, in the signing core. */
    readonly transportKey: string;
  };
  /** Whom it may join in the course of the story; absent: there is no tenant in this network. */
  readonly joins?: JoinConfig;
  /** AD FS of the domain, where there is one in this network and the device is registered. */
  readonly federation?: Federation;
  /** What is in the store when the story begins. */
  readonly initial: Kept;
}

export interface Hello {
  /** By user. */
  readonly containers: Readonly<Record<string, container.State>>;
  readonly certificates: readonly StoredCertificate[];
  readonly tpm: Failures;
  /** How many Hello keys were ever made here. */
  readonly keys: number;
  /** Whose container is being set up: nothing of it lasts before that is done. */
  readonly making?: string;
  readonly events: readonly DeviceEvent[];
  /** Policies that came in the course of the story. */
  readonly policies?: PolicySources;
  /** CloudAP's cache, by user. */
  readonly cloud: CloudCaches;
  /** Where it has registered itself in the course of the story. */
  readonly registration?: OwnRegistration;
  /** The last attempt to, where none has succeeded. */
  readonly failedJoin?: FailedJoin;
}

/** What policies say now, all sources together. */
export function policiesIn(
  config: HelloConfig,
  { policies }: Pick<Hello, 'policies'>,
): PolicySources {
  return policies ?? config.policies;
}

/** The policy in force for a user. */
export function policyFor(
  config: HelloConfig,
  hello: Pick<Hello, 'policies'>,
  user: string,
): PassportForWork {
  return effectivePolicy(policiesIn(config, hello), user, config.join === 'entra');
}

/** One more entry in an event log, and the same for the trace. */
export function withEvent(
  hello: Hello,
  event: Omit<DeviceEvent, 'record'>,
): { readonly hello: Hello; readonly effects: readonly ActorEffect[] } {
  const text = `event ${event.id}: ${event.text}`;
  return {
    hello: { ...hello, events: logged(hello.events, event) },
    effects: [{ kind: 'note', level: 'info', text }],
  };
}

export function helloOf({ containers, ...rest }: Kept): Hello {
  return {
    ...rest,
    containers: Object.fromEntries(
      Object.entries(containers).map(([user, kept]) => [user, container.stateOf(kept)]),
    ),
  };
}

/** What of it has to survive a loss of power. */
export function keptOf(hello: Hello): Kept {
  const { containers, certificates, tpm, keys, making, events, policies, cloud } = hello;
  const { registration, failedJoin } = hello;
  return {
    certificates,
    tpm,
    keys,
    events,
    cloud,
    ...(policies === undefined ? {} : { policies }),
    ...(registration === undefined ? {} : { registration }),
    ...(failedJoin === undefined ? {} : { failedJoin }),
    containers: Object.fromEntries(
      Object.entries(containers).flatMap(([user, state]) => {
        const kept = container.containerOf(state);
        return kept === undefined || user === making ? [] : [[user, kept]];
      }),
    ),
  };
}

const ABSENT: container.State = { name: 'absent' };

export function containerState({ containers }: Hello, user: string): container.State {
  return (Object.hasOwn(containers, user) ? containers[user] : undefined) ?? ABSENT;
}

export function containerOf(hello: Hello, user: string): Container | undefined {
  return container.containerOf(containerState(hello, user));
}

export interface Heard {
  readonly hello: Hello;
  readonly effects: readonly container.Effect[];
}

/** Lets a user's container hear something; what the TPM counts is counted. */
export function hear(
  config: HelloConfig,
  hello: Hello,
  user: string,
  event: container.Event,
  env: Env,
): Heard {
  const { limits, join } = config;
  const policy = policyFor(config, hello, user);
  const before = containerState(hello, user);
  const helloEnv: container.HelloEnv = {
    now: env.now,
    random: (size) => env.random(size),
    conditions: { policy, limits, join, tpm: hello.tpm },
  };
  const { state, effects } = container.step(before, event, helloEnv);
  const counted = effects.some(({ kind }) => kind === 'tpmFailed');
  const changed = counted ? { tpm: failed(hello.tpm, limits, env.now) } : {};
  if (state === before && !counted) return { hello, effects };
  const containers = { ...hello.containers, [user]: state };
  return { hello: { ...hello, ...changed, containers }, effects };
}

/** All containers hear that the device has started. */
export function started(config: HelloConfig, hello: Hello, env: Env): Hello {
  return Object.keys(hello.containers).reduce(
    (next, user) => hear(config, next, user, { kind: 'deviceStarted' }, env).hello,
    hello,
  );
}

/** A user's logon session is over. */
export function closed(config: HelloConfig, hello: Hello, user: string, env: Env): Hello {
  if (containerOf(hello, user) === undefined) return hello;
  return hear(config, hello, user, { kind: 'closed' }, env).hello;
}

/** A container that was being set up is given up, with its key. */
export function givenUp(config: HelloConfig, hello: Hello, env: Env): Heard {
  const { making, ...rest } = hello;
  if (making === undefined) return { hello, effects: [] };
  return hear(config, rest, making, { kind: 'deleted' }, env);
}

/** The refusal among a container's effects; undefined: it was not refused. */
export function refusalIn(effects: readonly container.Effect[]): Refusal | undefined {
  return effects.find((effect): effect is Refusal => effect.kind === 'refused');
}

/** What the signing core is to do for a container. @param id comes back with its answer */
export function coreEffects(
  effects: readonly container.Effect[],
  id: string,
): readonly ActorEffect[] {
  return effects.flatMap((effect): ActorEffect[] => {
    switch (effect.kind) {
      case 'generate':
        return [{ ...effect, id }];
      case 'sign':
      case 'decrypt':
      case 'destroy':
      case 'rejected':
        return [effect];
      default:
        return [];
    }
  });
}

/**
 * Effects of exchanges as they leave the device: what is to be done with a Hello key is asked of its
 * container, which says what released it.
 * @throws Error when the key is not released: whoever ends a session has to end its exchanges
 */
export function released(
  config: HelloConfig,
  hello: Hello,
  effects: readonly ActorEffect[],
  env: Env,
): readonly ActorEffect[] {
  return effects.flatMap((effect): readonly ActorEffect[] => {
    if (effect.kind !== 'sign' && effect.kind !== 'decrypt') return [effect];
    const owner = ownerOf(hello, effect.key);
    if (owner === undefined) return [effect];
    const { key: _, ...operation } = effect;
    const asked = hear(config, hello, owner, { kind: 'wanted', operation }, env);
    const refusal = refusalIn(asked.effects);
    if (refusal !== undefined) throw new Error(`${effect.key}: ${refusal.reason}`);
    return coreEffects(asked.effects, effect.id);
  });
}

/** The user whose container holds that key. */
function ownerOf({ containers }: Hello, key: string): string | undefined {
  return Object.keys(containers).find(
    (user) => container.containerOf(containers[user] ?? ABSENT)?.key === key,
  );
}

/** A certificate besides those that are there. */
export function withCertificate(hello: Hello, stored: StoredCertificate): Hello {
  return { ...hello, certificates: [...hello.certificates, stored] };
}

/** What `expect.end` and `show` may look at; absent where Hello was never used. */
export function helloView(hello: Hello): { readonly hello?: Json } {
  const entries = Object.entries(hello.containers).map(([user, state]): [string, Json] => [
    user,
    containerView(hello, state),
  ]);
  if (entries.length === 0) return {};
  const failures = hello.tpm === NO_FAILURES ? {} : { tpmFailures: hello.tpm.count };
  return { hello: { ...Object.fromEntries(entries), ...failures } };
}

function containerView({ certificates }: Hello, state: container.State): Json {
  const kept = container.containerOf(state);
  if (kept === undefined) return { state: state.name };
  const { settings, biometrics, screen, failures } = kept;
  const { trust, algorithm, protection, user } = settings;
  return {
    state: state.name,
    container: containerName(settings),
    trust,
    key: algorithm,
    protection,
    gestures: ['pin', ...biometrics],
    ...(state.name === 'released' ? { releasedBy: state.gesture } : {}),
    wrongPins: screen.wrong,
    ...(protection === 'software' ? { failures: failures.count } : {}),
    certificates: certificates.filter((stored) => stored.user === user).length,
  };
}
