/**
 * A device registers a user's Hello key: a token first, with multi-factor authentication, and when the
 * key is made, the registration. Whoever composes it stands between the two with PIN and key.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import * as http from '../http/client.ts';
import { type HttpResponse, request } from '../http/messages.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { compactJws } from '../oauth/jws.ts';
import { FORM, formBody, readOAuthError } from '../oauth/oauth.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import { entraErrorCode } from './errors.ts';
import {
  RegistrationErrors,
  type RegistrationStatus,
  winHttpStatus,
} from './key-registration-errors.ts';
import {
  KEY_REQUEST_NAME,
  type KeyRegistered,
  keyRegistrationRequest,
  readErrorDetails,
  readKeyRegistered,
} from './key-registration-messages.ts';
import {
  deviceAssertionInput,
  issuerOf,
  PROVISIONING_CLIENT_ID,
  REGISTRATION_RESOURCE,
  tokenForm,
  tokenPath,
} from './token.ts';

/** Multi-factor authentication takes the user's time before the token comes. */
export const TOKEN_TIMEOUT = 120_000;

export const TOKEN_REQUEST_NAME = 'token-request';
export const TOKEN_HOST = 'login.microsoftonline.com';
export const REGISTRATION_HOST = 'enterpriseregistration.windows.net';

export interface KeyRegistration {
  /** Beginning of the names of timers, connections and operations; never used twice by an actor. */
  readonly id: string;
  /** The tenant, by its name in the scenario. */
  readonly tenant: string;
  readonly port: number;
}

/** The token is asked for with what the user typed. */
export interface TypedRegistration extends KeyRegistration {
  readonly tenantId: string;
  readonly username: string;
  readonly password: string;
  /** Without one no token says which device asks, and the registration is refused. */
  readonly device?: {
    /** Of the device certificate, in the signing core. */
    readonly key: string;
    /** DER. */
    readonly certificate: Uint8Array;
  };
}

export type State =
  | {
      readonly name: 'expectAssertion';
      readonly registration: TypedRegistration;
      readonly input: Uint8Array;
    }
  | {
      readonly name: 'expectToken';
      readonly registration: KeyRegistration;
      readonly call: http.State;
    }
  /** The token is there; {@link register} goes on. */
  | { readonly name: 'authorized'; readonly registration: KeyRegistration; readonly token: string }
  | {
      readonly name: 'expectRegistration';
      readonly registration: KeyRegistration;
      readonly call: http.State;
    }
  | {
      readonly name: 'registered';
      readonly registration: KeyRegistration;
      readonly key: KeyRegistered;
    }
  | {
      readonly name: 'failed';
      readonly registration: KeyRegistration;
      readonly error: RegistrationStatus;
      /** For people. */
      readonly reason: string;
    };

/** Asks for the token. */
export function begin(registration: TypedRegistration, env: Env): Step<State, ActorEffect> {
  const { device, id, tenantId } = registration;
  if (device === undefined) return askForToken(registration);
  const input = deviceAssertionInput(device.certificate, issuerOf(tenantId), env.now);
  return to({ name: 'expectAssertion', registration, input }, [
    { kind: 'sign', id: `${id}/assertion`, key: device.key, algorithm: 'RS256', data: input },
  ]);
}

/** The token came another way: under the session key of a primary refresh token. */
export function authorized(
  registration: KeyRegistration,
  token: string,
): Extract<State, { readonly name: 'authorized' }> {
  return { name: 'authorized', registration, token };
}

/** Registers the key that was made meanwhile. @param keyMaterial BCRYPT_RSAPUBLIC_BLOB */
export function register(
  { registration, token }: Extract<State, { readonly name: 'authorized' }>,
  keyMaterial: Uint8Array,
  env: Env,
): Step<State, ActorEffect> {
  const { id, tenant, port } = registration;
  const wanted = keyRegistrationRequest(
    REGISTRATION_HOST,
    token,
    keyMaterial,
    randomUuid(env.random(16)),
  );
  const call = http.begin({
    id: `${id}/key`,
    to: tenant,
    port,
    message: KEY_REQUEST_NAME,
    request: wanted,
  });
  return to({ name: 'expectRegistration', registration, call: call.state }, call.effects);
}

/** Whether an event belongs to this registration. */
export function concerns({ id }: KeyRegistration, event: ActorEvent): boolean {
  switch (event.kind) {
    case 'signed':
      return event.id === `${id}/assertion`;
    case 'expired':
      return event.timer === `${id}/token` || event.timer === `${id}/key`;
    case 'received':
    case 'connected':
    case 'closed':
    case 'malformed':
      return event.connection === `${id}/token` || event.connection === `${id}/key`;
    default:
      return false;
  }
}

/** @param event one that {@link concerns} the registration */
export function step(state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'expectAssertion':
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      return askForToken(state.registration, compactJws(state.input, event.signature));
    case 'expectToken':
    case 'expectRegistration':
      return called(state, event);
    case 'authorized':
    case 'registered':
    case 'failed':
      // Connections that are done with may still report their end.
      return event.kind === 'closed' ? to(state) : unexpected(state, event, 'closed');
    default:
      return assertNever(state);
  }
}

/** Ends it before its time: what is to be undone. */
export function abandon(state: State): readonly ActorEffect[] {
  return state.name === 'expectToken' || state.name === 'expectRegistration'
    ? http.abandon(state.call)
    : [];
}

function askForToken(
  registration: TypedRegistration,
  deviceAssertion?: string,
): Step<State, ActorEffect> {
  const { id, tenant, port, tenantId, username, password } = registration;
  const form = tokenForm({
    clientId: PROVISIONING_CLIENT_ID,
    resource: REGISTRATION_RESOURCE,
    username,
    password,
    freshMfa: true,
    ...(deviceAssertion === undefined ? {} : { deviceAssertion }),
  });
  const call = http.begin({
    id: `${id}/token`,
    to: tenant,
    port,
    message: TOKEN_REQUEST_NAME,
    request: request(
      'POST',
      TOKEN_HOST,
      tokenPath(tenantId),
      { 'Content-Type': FORM },
      formBody(form),
    ),
    timeout: TOKEN_TIMEOUT,
  });
  return to({ name: 'expectToken', registration, call: call.state }, call.effects);
}

type Calling = Extract<State, { readonly name: 'expectToken' | 'expectRegistration' }>;

function called(state: Calling, event: ActorEvent): Step<State, ActorEffect> {
  const connection = 'connection' in event ? event.connection : undefined;
  // The end of the token's connection, while the key's is under way.
  if (connection !== undefined && connection !== state.call.call.id) return to(state);
  const { state: call, effects } = http.step(state.call, event);
  switch (call.name) {
    case 'answered': {
      const next = answered(state, call.response);
      return to(next, effects);
    }
    case 'failed':
      return to(failed(state, winHttpStatus(call.error), call.reason), effects);
    default:
      return to({ ...state, call }, effects);
  }
}

function failed({ registration }: Calling, error: RegistrationStatus, reason: string): State {
  return { name: 'failed', registration, error, reason };
}

function answered(state: Calling, response: HttpResponse): State {
  const { registration } = state;
  if (state.name === 'expectToken') {
    const object = jsonObjectOf(response.body);
    const token = object === undefined ? undefined : textField(object, 'access_token');
    if (response.status === 200 && token !== undefined) {
      return { name: 'authorized', registration, token };
    }
    const said = object === undefined ? undefined : readOAuthError(object);
    const code = object === undefined ? undefined : entraErrorCode(object);
    const reason = said?.description ?? `the token endpoint answered ${response.status}`;
    return failed(state, RegistrationErrors.noToken(code), reason);
  }
  const key = readKeyRegistered(response);
  if (key !== undefined) return { name: 'registered', registration, key };
  const details = readErrorDetails(response.body);
  if (details === undefined) {
    return response.status === 200
      ? failed(state, RegistrationErrors.invalidResponse, 'the answer has no kid and upn')
      : failed(state, RegistrationErrors.badStatus, `the service answered ${response.status}`);
  }
  return failed(state, RegistrationErrors.refused(details.code), details.message);
}
