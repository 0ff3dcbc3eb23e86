/**
 * A tenant of Microsoft Entra: it gives tokens to its users, registers their Hello keys, and lets Entra
 * Connect read and write what it synchronises. All over HTTP on port 443, without TLS.
 */
import type { ActorEffect, ActorEnv, ActorEvent, Args, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import type { Store } from '../../src/machine/store.ts';
import { role } from '../../src/scenario/role.ts';
import type { Answer, EndpointConfig, Unsigned } from '../entra/answers.ts';
import { registeredDevice } from '../entra/device-registration-endpoint.ts';
import { DEVICE_SIGNATURE } from '../entra/device-registration-service.ts';
import { answerNone, answerRequest, ENTRA_ROUTES, signedAnswer } from '../entra/endpoint.ts';
import { shownKerberosDomain } from '../entra/kerberos-domain.ts';
import { TICKET_OPTIONS } from '../entra/kerberos-tickets.ts';
import { type Tenant, withoutKeys } from '../entra/tenant.ts';
import { httpFraming } from '../http/framing.ts';
import { asked, malformedRequest, respond } from '../http/server.ts';
import { DEVICE_ISSUER_KEY, tenantIdOf } from './device-identity.ts';
import { entraTenantFields, entraTenantVerbs } from './entra-fields.ts';
import {
  cloudKeyOf,
  cloudKeyRecord,
  initialTenant,
  type TenantNames,
  tenantKey,
  tenantNames,
  userAuthorities,
} from './tenant-cast.ts';
import { tenantIn, tenantWritten } from './tenant-store.ts';

/** Where Entra listens. */
export const HTTPS_PORT = 443;

interface Config extends EndpointConfig {
  readonly initial: Tenant;
  /** Of the tenant, in the signing core. */
  readonly key: string;
  readonly mfaTimeout: number;
  readonly names: TenantNames;
  /** Whose users it has. */
  readonly realm: string;
}

/** An answer that is yet to come, by the connection that waits for it. */
type Pending =
  | { readonly kind: 'signature'; readonly unsigned: Unsigned }
  | { readonly kind: 'secondFactor'; readonly answer: Answer };

type State =
  | { readonly name: 'off' }
  | {
      readonly name: 'ready';
      readonly tenant: Tenant;
      readonly pending: Readonly<Record<string, Pending>>;
    };

type Ready = Extract<State, { readonly name: 'ready' }>;

/** More requests at once are turned away. */
const PENDING_MAX = 1_000;

/** What a step changes of the tenant is written before anything that follows. */
function step(
  config: Config,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  if (state.name === 'off' && event.kind === 'started') return started(config, env.store);
  const next = stepped(config, state, event, env);
  if (state.name === 'off' || next.state.name === 'off') return next;
  const write = tenantWritten(state.tenant, next.state.tenant, env.store);
  return write.length === 0 ? next : to(next.state, [...write, ...next.effects]);
}

/** The first start of all finds an empty store: what was there before the story is put into it. */
function started({ initial, cloudKey }: Config, store: Store): Step<State, ActorEffect> {
  const kept = tenantIn(store, initial);
  const tenant = kept ?? initial;
  return to({ name: 'ready', tenant, pending: {} }, [
    ...tenantWritten(kept, tenant, store),
    { kind: 'keyed', keys: [cloudKeyRecord(cloudKey)] },
    { kind: 'listen', transport: 'tcp', port: HTTPS_PORT, framing: httpFraming.name },
  ]);
}

function stepped(
  config: Config,
  state: State,
  event: ActorEvent,
  env: Env,
): Step<State, ActorEffect> {
  if (state.name === 'off') return unexpected(state, event, 'started');
  switch (event.kind) {
    case 'received': {
      const { connection } = event;
      if (connection === undefined) return to(state);
      const request = asked(event.bytes, ENTRA_ROUTES);
      if (!request.ok) return answered(config, state, connection, answerNone(request, env));
      const { tenant, answer } = answerRequest(request, state.tenant, config, env);
      return answered(config, { ...state, tenant }, connection, answer);
    }
    case 'malformed': {
      const answer = answerNone(malformedRequest(event.reason), env);
      return answered(config, state, event.connection, answer);
    }
    case 'signed': {
      const waiting = state.pending[event.id];
      if (waiting?.kind !== 'signature') return to(state);
      const next = without(state, event.id);
      const { unsigned } = waiting;
      if (unsigned.kind !== 'device') {
        return answered(config, next, event.id, signedAnswer(unsigned, event.signature));
      }
      const made = registeredDevice(next.tenant, unsigned, event.signature, env.now);
      return answered(config, { ...next, tenant: made.tenant }, event.id, made.answer);
    }
    case 'expired': {
      const waiting = state.pending[event.timer];
      if (waiting?.kind !== 'secondFactor') return to(state);
      return answered(config, without(state, event.timer), event.timer, waiting.answer);
    }
    case 'closed':
      return gone(state, event.connection);
    case 'accepted':
      return to(state);
    case 'commanded':
      return commanded(config, state, event.verb, event.args, env);
    case 'started':
    case 'told':
    case 'connected':
    case 'secured':
    case 'decrypted':
    case 'generated':
      return unexpected(state, event, 'received');
    default:
      return assertNever(event);
  }
}

function without(state: Ready, connection: string): Ready {
  const { [connection]: _, ...pending } = state.pending;
  return { ...state, pending };
}

/** Nobody waits any more. */
function gone(state: Ready, connection: string): Step<State, ActorEffect> {
  const waiting = state.pending[connection];
  if (waiting === undefined) return to(state);
  const effects: readonly ActorEffect[] =
    waiting.kind === 'secondFactor' ? [{ kind: 'cancel', timer: connection }] : [];
  return to(without(state, connection), effects);
}

function answered(
  config: Config,
  state: Ready,
  connection: string,
  answer: Answer,
): Step<State, ActorEffect> {
  if (answer.kind === 'respond') {
    const { cause, keys } = answer;
    const known: readonly ActorEffect[] = keys === undefined ? [] : [{ kind: 'keyed', keys }];
    const effects = [...known, ...respond(connection, answer.response, answer.message)];
    if (cause === undefined) return to(state, effects);
    // What is missing in an answer that was given is no failure: not every deployment wants it.
    const level = answer.response.status < 400 ? 'info' : 'cause';
    return to(state, [...effects, { kind: 'note', level, text: cause }]);
  }
  const busy = Object.keys(state.pending).length >= PENDING_MAX;
  if (busy || state.pending[connection] !== undefined) {
    return to(state, [{ kind: 'close', connection }]);
  }
  if (answer.kind === 'wait') {
    const pending = { kind: 'secondFactor', answer: answer.answer } as const;
    return to({ ...state, pending: { ...state.pending, [connection]: pending } }, [
      { kind: 'timer', timer: connection, ms: config.mfaTimeout },
    ]);
  }
  const { unsigned } = answer;
  const pending = { kind: 'signature', unsigned } as const;
  return to({ ...state, pending: { ...state.pending, [connection]: pending } }, [
    {
      kind: 'sign',
      id: connection,
      data: unsigned.input,
      ...(unsigned.kind === 'device'
        ? { key: DEVICE_ISSUER_KEY, algorithm: DEVICE_SIGNATURE }
        : { key: config.key, algorithm: 'RS256' }),
    },
  ]);
}

function commanded(
  { names }: Config,
  state: Ready,
  verb: string,
  args: Args,
  { now }: Env,
): Step<State, ActorEffect> {
  const who = String(args[verb]);
  const upn = names.users[who];
  const deviceId = names.devices[who];
  const { tenant } = state;
  const done = (next: Tenant, text: string): Step<State, ActorEffect> =>
    to({ ...state, tenant: next }, [{ kind: 'note', level: 'info', text }]);
  const users = (change: Partial<Tenant['users'][number]>) =>
    tenant.users.map((user) => (user.userPrincipalName === upn ? { ...user, ...change } : user));
  switch (verb) {
    case 'disables': {
      if (upn === undefined && deviceId === undefined) break;
      const devices = tenant.devices.map((device) =>
        device.deviceId === deviceId ? { ...device, accountEnabled: false } : device,
      );
      const next = { ...tenant, devices, users: users({ accountEnabled: false }) };
      return done(next, `${who} is disabled in the tenant`);
    }
    case 'removesKeys': {
      if (upn === undefined) break;
      const { tenant: next, removed } = withoutKeys(tenant, upn);
      return done(next, `${removed} keys of ${who} are removed from the tenant`);
    }
    case 'revokes': {
      if (upn === undefined) break;
      const next = { ...tenant, users: users({ sessionsValidFrom: now }) };
      return done(next, `the sessions of ${who} are revoked`);
    }
    case 'setsMfa': {
      const mfa = args.to as Tenant['users'][number]['mfa'];
      return done({ ...tenant, users: users({ mfa }) }, `MFA of ${who}: ${mfa}`);
    }
  }
  const text = `${who} is nobody in the tenant`;
  return to(state, [{ kind: 'note', level: 'cause', text }]);
}

function view({ tenantId, realm }: Config, state: State): Json {
  if (state.name === 'off') return { state: 'off', realm };
  const { users, devices, keys, kerberosDomains = [] } = state.tenant;
  return {
    state: state.name,
    realm,
    tenantId,
    users: users.map(({ userPrincipalName, accountEnabled, mfa, sessionsValidFrom: from }) => ({
      userPrincipalName,
      accountEnabled,
      mfa,
      ...(from === undefined ? {} : { sessionsValidFrom: new Date(from).toISOString() }),
    })),
    devices: devices.map(({ deviceId, displayName, accountEnabled }) => ({
      deviceId,
      displayName,
      accountEnabled,
    })),
    keys: keys.map(({ kid, userPrincipalName, deviceId, created }) => ({
      kid,
      userPrincipalName,
      deviceId,
      created: new Date(created).toISOString(),
    })),
    kerberosDomains: kerberosDomains.map(shownKerberosDomain),
  };
}

export const entraTenant = role({
  role: 'entra-tenant',
  about: 'A tenant of Microsoft Entra: tokens, device registration and keys of a realm’s users.',
  fields: entraTenantFields,
  verbs: entraTenantVerbs,
  states: ['off', 'ready'],
  servesIn: true,
  build(name, fields, scene) {
    scene.key(DEVICE_ISSUER_KEY, 'RSA-2048');
    const config: Config = {
      tenantId: tenantIdOf(scene),
      ...tenantKey(scene, name),
      keyReceipts: fields.keyReceipts,
      devices: { requireMfa: fields.joinNeedsMfa, devicesPerUser: fields.devicesPerUser },
      mfaTimeout: fields.mfaTimeout,
      cloudKey: cloudKeyOf(scene, name),
      tickets: { ...TICKET_OPTIONS, ...fields.tickets },
      ...(fields.certificateAuthentication
        ? { userAuthorities: userAuthorities(scene, fields.realm) }
        : {}),
      initial: initialTenant(scene, name, fields),
      names: tenantNames(scene, fields),
      realm: fields.realm.toUpperCase(),
    };
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'entra-tenant',
      machine: 'actors/entra-tenant',
      initial,
      step: (state, event, env) => step(config, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(config, state as State),
    };
  },
});
