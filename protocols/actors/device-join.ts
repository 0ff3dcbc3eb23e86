/**
 * A device is joined in the course of a story: to Entra by a user who types a password, where it is joined
 * to nothing, or to Entra besides its domain by itself (hybrid join). The registration is kept in the
 * device's store, and laid over what the cast says of the device: to all else it is as if it had always been so.
 */
import type { ActorEvent, Json } from '../../src/machine/actor.ts';
import { type Env, to } from '../../src/machine/machine.ts';
import * as registration from '../entra/device-registration.ts';
import type { FailedJoin } from '../entra/dsreg-status.ts';
import { upnOf } from './device-cloud-entries.ts';
import type { Hello, HelloConfig } from './device-hello.ts';
import {
  type Base,
  blamed,
  type DeviceConfig,
  type DeviceStep,
  type Running,
  unblamed,
  withBase,
} from './device-state.ts';
import type { JoinEntry } from './user-entries.ts';

/** What a device got when it registered itself; a record of its store. */
export interface OwnRegistration {
  readonly join: 'hybrid' | 'entra';
  readonly deviceId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** The certificate's key and the one that session keys are encrypted to, in the signing core. */
  readonly key: string;
  readonly transportKey: string;
}

/** Whom a device that is not registered would register with. */
export interface JoinConfig {
  /** The tenant, by its name in the scenario. */
  readonly tenant: string;
  /** The page that a user signs in on asks for a second factor: the tenant wants it of who joins devices. */
  readonly needsMfa: boolean;
  /** A member of a domain: its own account, objectSid and the name of userCertificate's key. */
  readonly computer?: { readonly sid: string; readonly key: string };
}

/** The configuration with what has been registered in the story. */
export function configNow(config: DeviceConfig, hello: Pick<Hello, 'registration'>): DeviceConfig {
  const now = helloNow(config.hello, hello);
  return now === config.hello ? config : { ...config, hello: now };
}

export function helloNow(config: HelloConfig, hello: Pick<Hello, 'registration'>): HelloConfig {
  const { joins } = config;
  const { registration: own } = hello;
  if (own === undefined || joins === undefined) return config;
  const { join, deviceId, certificate, key, transportKey } = own;
  const tenant = { actor: joins.tenant, device: { key, certificate }, transportKey };
  return { ...config, join, deviceId, tenant };
}

const HTTPS_PORT = 443;
/** As its User-Agent has it. */
const OS_VERSION = '10.0.22631.3007';

/** The user types name and password where Windows is set up, and the device becomes the tenant's. */
export function userJoins(
  config: DeviceConfig,
  state: Running,
  { who, password }: JoinEntry,
  env: Env,
): DeviceStep {
  const { join, joins } = config.hello;
  if (join !== 'none') return refused(state, `it is joined already (${join})`);
  if (joins === undefined) return refused(state, 'there is no tenant of Entra in this network');
  return begun(config, state, joins, env, {
    kind: 'user',
    join: 'joined',
    username: upnOf(who),
    password,
    freshMfa: joins.needsMfa,
  });
}

/** What the task Automatic-Device-Join of a member of a domain does. */
export function hybridJoins(config: DeviceConfig, state: Running, env: Env): DeviceStep {
  const { join, joins, deviceId } = config.hello;
  if (join !== 'domain') {
    const why = join === 'none' ? 'it is no member of a domain' : `it is registered (${join})`;
    return refused(state, why);
  }
  if (joins?.computer === undefined) {
    return refused(state, 'there is no tenant, or no account of this computer');
  }
  const { sid, key } = joins.computer;
  return begun(config, state, joins, env, { kind: 'computer', deviceId, sid, key });
}

function begun(
  config: DeviceConfig,
  state: Running,
  { tenant }: JoinConfig,
  env: Env,
  joiner: registration.Joiner,
): DeviceStep {
  if (state.base.joining !== undefined) return refused(state, 'that is under way already');
  const { name, realm, sAMAccountName, hello } = config;
  const begun = registration.begin({
    id: `join/${env.now}`,
    tenant,
    port: HTTPS_PORT,
    tenantId: hello.tenantId,
    targetDomain: realm.toLowerCase(),
    displayName: sAMAccountName.replace(/\$$/, ''),
    osVersion: OS_VERSION,
    ...keysOf(name),
    joiner,
  });
  return to(withBase(unblamed(state), { joining: begun.state }), begun.effects);
}

/** The names that the keys of devices have that were registered before the story. */
function keysOf(name: string) {
  return { deviceKey: `${name}/device`, transportKey: `${name}/transport` };
}

function refused(state: Running, why: string): DeviceStep {
  return blamed(state, `joining this device to Entra: ${why}`);
}

/** Undefined: the event is about something else. */
export function heard(state: Running, event: ActorEvent, env: Env): DeviceStep | undefined {
  const { joining } = state.base;
  if (joining === undefined || !registration.concerns(joining.joining, event)) return undefined;
  const next = registration.step(joining, event, env);
  const { effects } = next;
  switch (next.state.name) {
    case 'registered': {
      const { hello } = state.base;
      const { failedJoin: _, ...others } = hello;
      const own = ownOf(next.state);
      const text = `registered with Entra as device ${own.deviceId} (${own.join})`;
      const base = over(withBase(state, { hello: { ...others, registration: own } }));
      return to(base, [...effects, { kind: 'note', level: 'info', text }]);
    }
    case 'failed': {
      const { failure } = next.state;
      const hello = { ...state.base.hello, failedJoin: failure };
      const blaming = refused(over(withBase(state, { hello })), failureText(failure));
      return to(blaming.state, [...effects, ...blaming.effects]);
    }
    default:
      return to(withBase(state, { joining: next.state }), effects);
  }
}

function over<S extends Running>(state: S): S {
  const { joining: _, ...base } = state.base;
  return { ...state, base };
}

function ownOf({
  joining,
  deviceId,
  device,
}: Extract<registration.State, { readonly name: 'registered' }>): OwnRegistration {
  const { joiner, deviceKey: key, transportKey } = joining;
  const join = joiner.kind === 'computer' ? 'hybrid' : 'entra';
  return { join, deviceId, certificate: device.certificate, key, transportKey };
}

function failureText({ phase, clientErrorCode, ...server }: FailedJoin): string {
  const { serverErrorCode, serverMessage } = server;
  const said = [serverErrorCode, serverMessage].filter((text) => text !== undefined).join(': ');
  return `${clientErrorCode} (phase ${phase}${said === '' ? '' : `; ${said}`})`;
}

/** The device goes down while it registers itself: what is to be undone. */
export function abandoned({ joining }: Base): DeviceStep['effects'] {
  return joining === undefined ? [] : registration.abandon(joining);
}

/** What `expect.end` and `show` may look at; absent where nothing was joined in the story. */
export function joinView({ joining, hello }: Base): { readonly join?: Json } {
  const { registration: own, failedJoin } = hello;
  if (joining !== undefined) return { join: { state: 'joining' } };
  if (own !== undefined) return { join: { state: own.join, deviceId: own.deviceId } };
  if (failedJoin === undefined) return {};
  const { phase, clientErrorCode, serverErrorCode = null } = failedJoin;
  return { join: { state: 'failed', phase, clientErrorCode, serverErrorCode } };
}
