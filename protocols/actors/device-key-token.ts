/**
 * The token that a Hello key is registered with, by the primary refresh token of who is signed in: nothing
 * is typed, and the second factor is asked for all the same.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import * as registration from '../entra/key-registration.ts';
import {
  RegistrationErrors,
  type RegistrationStatus,
  winHttpStatus,
} from '../entra/key-registration-errors.ts';
import { PROVISIONING_CLIENT_ID, REGISTRATION_RESOURCE } from '../entra/token.ts';
import { beginRun, type CloudOutcome, runHeard } from './device-cloud.ts';
import { type Cloud, noCloud } from './device-cloud-state.ts';
import type { Hello, HelloConfig } from './device-hello.ts';
import type { Base } from './device-state.ts';

const HTTPS_PORT = 443;

export type Authorized = Extract<registration.State, { readonly name: 'authorized' }>;

/** Why no key is registered. */
export interface NoKey {
  readonly error: RegistrationStatus;
  readonly reason: string;
}

/** @param tenant by its name in the scenario */
export function registrationOf(
  { keys }: Hello,
  tenant: string,
  { now }: Env,
): registration.KeyRegistration {
  return { id: `hello/${keys}/${now}`, tenant, port: HTTPS_PORT };
}

/** Asks for it in a run of its own, whose name no other has; undefined: the user has no such token. */
export function askBySession(
  { tenant, tenantId }: HelloConfig,
  { hello, cloud }: Pick<Base, 'hello' | 'cloud'>,
  user: string,
  env: Env,
): { readonly cloud: Cloud; readonly effects: readonly ActorEffect[] } | undefined {
  const cache = Object.hasOwn(hello.cloud, user) ? hello.cloud[user] : undefined;
  const prt = cache?.prt;
  if (tenant === undefined || cache === undefined || prt === undefined) return undefined;
  if (prt.expires <= env.now) return undefined;
  const purpose = { for: 'keyRegistration', user, shown: 'hello' } as const;
  const ask = {
    kind: 'token',
    prt,
    tenantId,
    resource: REGISTRATION_RESOURCE,
    clientId: PROVISIONING_CLIENT_ID,
    freshMfa: true,
  } as const;
  return beginRun(noCloud(cloud.count), purpose, cache.upn, ask, tenant.actor, env);
}

/** Undefined: the event is about another thing. */
export function sessionTokenHeard(
  { tenant }: HelloConfig,
  hello: Hello,
  cloud: Cloud,
  event: ActorEvent,
  env: Env,
):
  | {
      readonly cloud: Cloud;
      readonly effects: readonly ActorEffect[];
      /** When it has ended. */
      readonly result?: Authorized | NoKey;
    }
  | undefined {
  if (tenant === undefined) return undefined;
  const progress = runHeard(cloud, event, tenant.actor, env);
  if (progress === undefined) return undefined;
  const { finished, ...rest } = progress;
  if (finished === undefined) return rest;
  const known = registrationOf(hello, tenant.actor, env);
  return { ...rest, result: resultOf(finished.outcome, known) };
}

function resultOf(outcome: CloudOutcome, known: registration.KeyRegistration): Authorized | NoKey {
  if (outcome.kind === 'token') return registration.authorized(known, outcome.accessToken);
  if (outcome.kind === 'gained') throw new Error('a primary refresh token that nobody asked for');
  const { httpStatus, code, reason } = outcome.failure;
  const error =
    httpStatus === undefined
      ? winHttpStatus('ERROR_WINHTTP_CANNOT_CONNECT')
      : RegistrationErrors.noToken(code);
  return { error, reason };
}
