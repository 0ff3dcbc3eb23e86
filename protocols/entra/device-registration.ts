/**
 * A device registers itself: with a token of the user who joins it, or, where it is of a domain that Entra
 * Connect synchronises, with the signature of its computer account's own key. Two keys are made for it, and
 * a certificate comes back. What is made in vain is forgotten.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import * as http from '../http/client.ts';
import { type HttpResponse, request } from '../http/messages.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { FORM, formBody } from '../oauth/oauth.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import { distinguishedName } from '../x509/names.ts';
import { certificationRequestInfo, signedRequest } from '../x509/request.ts';
import {
  type ClientIdentity,
  DEVICE_REQUEST_NAME,
  type DeviceRegistered,
  hybridJoinRequest,
  identityText,
  type JoinKind,
  joinRequest,
  REQUEST_SUBJECT,
} from './device-registration-messages.ts';
import {
  noAnswer,
  noCertificate,
  noTokenAnswer,
  registeredCertificate,
} from './device-registration-outcome.ts';
import type { FailedJoin } from './dsreg-status.ts';
import {
  REGISTRATION_HOST,
  TOKEN_HOST,
  TOKEN_REQUEST_NAME,
  TOKEN_TIMEOUT,
} from './key-registration.ts';
import { JOIN_CLIENT_ID, REGISTRATION_RESOURCE, tokenForm, tokenPath } from './token.ts';

/** Who speaks for the device. */
export type Joiner =
  | {
      readonly kind: 'user';
      readonly join: Exclude<JoinKind, 'hybrid'>;
      readonly username: string;
      readonly password: string;
      /** The tenant wants a second factor of those who join devices. */
      readonly freshMfa: boolean;
    }
  | {
      readonly kind: 'computer';
      /** objectGUID of the computer account. */
      readonly deviceId: string;
      readonly sid: string;
      /** Of its userCertificate, in the signing core. */
      readonly key: string;
    };

export interface Joining {
  /** Beginning of the names of timers, connections and operations; never used twice by an actor. */
  readonly id: string;
  /** The tenant, by its name in the scenario. */
  readonly tenant: string;
  readonly port: number;
  readonly tenantId: string;
  readonly targetDomain: string;
  readonly displayName: string;
  readonly osVersion: string;
  /** What the two keys will be called in the signing core. */
  readonly deviceKey: string;
  readonly transportKey: string;
  readonly joiner: Joiner;
}

interface Under {
  readonly joining: Joining;
  /** Of the user who joins. */
  readonly token?: string;
}

export type State =
  | ({ readonly name: 'expectToken'; readonly call: http.State } & Under)
  | ({ readonly name: 'expectDeviceKey' } & Under)
  | ({ readonly name: 'expectTransportKey'; readonly publicKey: Uint8Array } & Under)
  | ({ readonly name: 'expectRequestSignature'; readonly info: Uint8Array } & Keys & Under)
  | ({ readonly name: 'expectIdentitySignature'; readonly time: number } & Requested & Under)
  | ({ readonly name: 'expectRegistration'; readonly call: http.State } & Keys & Under)
  | ({ readonly name: 'registered' } & Registered & Under)
  | ({ readonly name: 'failed'; readonly failure: FailedJoin } & Under);

interface Keys {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly transportPublicKey: Uint8Array;
}

interface Requested extends Keys {
  /** PKCS #10, DER. */
  readonly certificateRequest: Uint8Array;
}

export interface Registered extends Keys {
  readonly deviceId: string;
  readonly device: DeviceRegistered;
}

type JoinStep = Step<State, ActorEffect>;

const SIGNATURE = 'sha256WithRSAEncryption';

/** A user’s token first; a computer has its key. */
export function begin(joining: Joining): JoinStep {
  const { joiner, id, tenant, port, tenantId } = joining;
  if (joiner.kind === 'computer') return keysWanted({ joining });
  const { username, password, freshMfa } = joiner;
  const body = formBody(
    tokenForm({
      clientId: JOIN_CLIENT_ID,
      resource: REGISTRATION_RESOURCE,
      username,
      password,
      freshMfa,
    }),
  );
  const call = http.begin({
    id: `${id}/token`,
    to: tenant,
    port,
    message: TOKEN_REQUEST_NAME,
    request: request('POST', TOKEN_HOST, tokenPath(tenantId), { 'Content-Type': FORM }, body),
    timeout: TOKEN_TIMEOUT,
  });
  return to({ name: 'expectToken', joining, call: call.state }, call.effects);
}

function keysWanted(under: Under): JoinStep {
  const { id, deviceKey: key } = under.joining;
  return to({ name: 'expectDeviceKey', ...under }, [
    { kind: 'generate', id: `${id}/device`, key, algorithm: 'RSA-2048' },
  ]);
}

/** Whether an event belongs to this registration. */
export function concerns({ id }: Joining, event: ActorEvent): boolean {
  const own = (name: string): boolean => name.startsWith(`${id}/`);
  switch (event.kind) {
    case 'signed':
    case 'generated':
      return own(event.id);
    case 'expired':
      return own(event.timer);
    case 'received':
    case 'connected':
    case 'closed':
    case 'malformed':
      return event.connection !== undefined && own(event.connection);
    default:
      return false;
  }
}

/** @param event one that {@link concerns} the registration */
export function step(state: State, event: ActorEvent, env: Env): JoinStep {
  // The end of the token's connection may come late.
  if (event.kind === 'closed' && !isOfCall(state, event.connection)) return to(state);
  switch (state.name) {
    case 'expectDeviceKey': {
      if (event.kind !== 'generated') return unexpected(state, event, 'generated');
      const { id, transportKey: key } = state.joining;
      const { publicKey } = event;
      return to({ ...state, name: 'expectTransportKey', publicKey }, [
        { kind: 'generate', id: `${id}/transport`, key, algorithm: 'RSA-2048' },
      ]);
    }
    case 'expectTransportKey':
      if (event.kind !== 'generated') return unexpected(state, event, 'generated');
      return requestWanted(state, event.publicKey);
    case 'expectRequestSignature': {
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      const certificateRequest = signedRequest(state.info, SIGNATURE, event.signature);
      return identified({ ...state, certificateRequest }, env);
    }
    case 'expectIdentitySignature': {
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      const { joiner } = state.joining;
      if (joiner.kind === 'user') throw new Error('a user has no computer’s key');
      const { time } = state;
      return asked(state, { sid: joiner.sid, time, signature: event.signature }, env);
    }
    case 'expectToken':
    case 'expectRegistration':
      return called(state, event, env);
    case 'registered':
    case 'failed':
      return unexpected(state, event, 'closed');
    default:
      return assertNever(state);
  }
}

type Calling = Extract<State, { readonly name: 'expectToken' | 'expectRegistration' }>;

function isOfCall(state: State, connection: string): boolean {
  return 'call' in state && state.call.call.id === connection;
}

/** Ends it before its time: what is to be undone. */
export function abandon(state: State): readonly ActorEffect[] {
  if (state.name === 'registered' || state.name === 'failed') return [];
  const calls = 'call' in state ? http.abandon(state.call) : [];
  return [...calls, ...forgotten(state)];
}

/** The keys that were made, or may be by now. */
function forgotten(state: State): readonly ActorEffect[] {
  const { deviceKey, transportKey } = state.joining;
  if (state.name === 'expectToken') return [];
  const made = state.name === 'expectDeviceKey' ? [deviceKey] : [deviceKey, transportKey];
  return made.map((key) => ({ kind: 'destroy', key }));
}

function requestWanted(
  { joining, token, publicKey }: Extract<State, { readonly name: 'expectTransportKey' }>,
  transportPublicKey: Uint8Array,
): JoinStep {
  const subject = distinguishedName(REQUEST_SUBJECT);
  const info = certificationRequestInfo({ subject, publicKey });
  const under = token === undefined ? { joining } : { joining, token };
  return to({ name: 'expectRequestSignature', ...under, publicKey, transportPublicKey, info }, [
    {
      kind: 'sign',
      id: `${joining.id}/request`,
      key: joining.deviceKey,
      algorithm: SIGNATURE,
      data: info,
    },
  ]);
}

function identified(state: Requested & Under, env: Env): JoinStep {
  const { joining, publicKey, transportPublicKey, certificateRequest } = state;
  const { joiner, id } = joining;
  if (joiner.kind === 'user') return asked(state, undefined, env);
  const data = utf8(identityText({ sid: joiner.sid, time: env.now }));
  return to(
    {
      name: 'expectIdentitySignature',
      joining,
      publicKey,
      transportPublicKey,
      certificateRequest,
      time: env.now,
    },
    [{ kind: 'sign', id: `${id}/identity`, key: joiner.key, algorithm: SIGNATURE, data }],
  );
}

/** @param identity of a computer; absent: the user's token speaks for the device */
function asked(
  state: Requested & Under,
  clientIdentity: ClientIdentity | undefined,
  { random }: Env,
): JoinStep {
  const { joining, token = '', publicKey, transportPublicKey, certificateRequest } = state;
  const { id, tenant, port, joiner, targetDomain, displayName, osVersion } = joining;
  const transportKey = bcryptPublicBlob(transportPublicKey);
  const common = { certificateRequest, transportKey, targetDomain, displayName, osVersion };
  const requestId = randomUuid(random(16));
  const wanted =
    joiner.kind === 'user' || clientIdentity === undefined
      ? joinRequest(REGISTRATION_HOST, token, { ...common, join: joinOf(joiner) }, requestId)
      : hybridJoinRequest(
          REGISTRATION_HOST,
          joiner.deviceId,
          { ...common, join: 'hybrid', clientIdentity },
          requestId,
        );
  const message = DEVICE_REQUEST_NAME;
  const call = http.begin({ id: `${id}/join`, to: tenant, port, message, request: wanted });
  return to(
    { name: 'expectRegistration', joining, publicKey, transportPublicKey, call: call.state },
    call.effects,
  );
}

function joinOf(joiner: Joiner): JoinKind {
  return joiner.kind === 'user' ? joiner.join : 'hybrid';
}

function called(state: Calling, event: ActorEvent, env: Env): JoinStep {
  const connection = 'connection' in event ? event.connection : undefined;
  if (connection !== undefined && !isOfCall(state, connection)) return to(state);
  const { state: call, effects } = http.step(state.call, event);
  switch (call.name) {
    case 'answered': {
      const next = answered(state, call.response, env);
      return to(next.state, [...effects, ...next.effects]);
    }
    case 'failed': {
      const next = failed(state, noAnswer(phaseOf(state), call, env.now));
      return to(next.state, [...effects, ...next.effects]);
    }
    default:
      return to({ ...state, call }, effects);
  }
}

function phaseOf({ name }: Calling): 'auth' | 'join' {
  return name === 'expectToken' ? 'auth' : 'join';
}

function failed(state: Calling, failure: FailedJoin): JoinStep {
  const { joining } = state;
  const known: FailedJoin =
    joining.joiner.kind === 'computer' ? { ...failure, registrationType: 'sync' } : failure;
  return to({ name: 'failed', joining, failure: known }, forgotten(state));
}

function answered(state: Calling, response: HttpResponse, { now }: Env): JoinStep {
  const { joining } = state;
  if (state.name === 'expectToken') {
    const object = response.status === 200 ? jsonObjectOf(response.body) : undefined;
    const token = object === undefined ? undefined : textField(object, 'access_token');
    return token === undefined
      ? failed(state, noTokenAnswer(response, now))
      : keysWanted({ joining, token });
  }
  const { publicKey, transportPublicKey } = state;
  const { joiner } = joining;
  const wanted = joiner.kind === 'computer' ? joiner.deviceId : undefined;
  const given = registeredCertificate(response, publicKey, wanted);
  if (given === undefined) return failed(state, noCertificate(response, now));
  return to({ name: 'registered', joining, publicKey, transportPublicKey, ...given });
}
