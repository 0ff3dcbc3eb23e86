/**
 * A device's way to a sign-in certificate for a Hello key: the client of `protocols/enrollment` with
 * HTTP below it. Whoever composes it hands on the actor's events; its signatures and decryptions have
 * ids that begin with the enrolment's own.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { step } from '../enrollment/certificate-enrollment.ts';
import type * as client from '../enrollment/enrollment-state.ts';
import { TOKEN_PATH } from '../enrollment/enrollment-state.ts';
import { TOKEN_REQUEST_NAME } from '../entra/key-registration.ts';
import { type HttpRequest, request } from '../http/messages.ts';
import { type Carrying, type Errands, type Outcome, withCall } from './errands.ts';

const HTTPS_PORT = 443;

export interface Enrolling {
  /** Names its signatures: never used twice by an actor. */
  readonly id: string;
  /** AD FS: the actor, and the name of its federation service. */
  readonly server: { readonly actor: string; readonly host: string };
  readonly client: client.State;
}

/** The purpose of its calls among the actor's errands. */
export interface EnrollmentCall {
  readonly kind: 'enrollment';
  readonly id: string;
}

export interface EnrollmentStep<P> {
  readonly enrolling: Enrolling;
  readonly errands: Errands<P>;
  readonly effects: readonly ActorEffect[];
}

export function beginEnrollment<P>(
  errands: Errands<P | EnrollmentCall>,
  id: string,
  server: Enrolling['server'],
  enrollment: client.Enrollment,
  env: Env,
): EnrollmentStep<P | EnrollmentCall> {
  const enrolling: Enrolling = { id, server, client: { name: 'idle' } };
  return stepped(errands, enrolling, { kind: 'asked', enrollment }, env);
}

/** A call of its came to its end. */
export function enrollmentAnswered<P>(
  errands: Errands<P | EnrollmentCall>,
  enrolling: Enrolling,
  outcome: Outcome,
  env: Env,
): EnrollmentStep<P | EnrollmentCall> {
  if (outcome.kind === 'http') {
    const { status, body } = outcome.response;
    return stepped(errands, enrolling, { kind: 'answered', status, body }, env);
  }
  const reason = outcome.kind === 'failed' ? outcome.reason : 'no answer over HTTP';
  return stepped(errands, enrolling, { kind: 'unanswered', reason }, env);
}

/** Undefined: the event is none of its signatures and decryptions. */
export function enrollmentHeard<P>(
  errands: Errands<P | EnrollmentCall>,
  enrolling: Enrolling,
  event: ActorEvent,
  env: Env,
): EnrollmentStep<P | EnrollmentCall> | undefined {
  if (event.kind !== 'signed' && event.kind !== 'decrypted') return undefined;
  if (event.id !== enrolling.id) return undefined;
  const { id: _, ...result } = event;
  return stepped(errands, enrolling, result, env);
}

function stepped<P>(
  before: Errands<P | EnrollmentCall>,
  enrolling: Enrolling,
  event: client.Event,
  env: Env,
): EnrollmentStep<P | EnrollmentCall> {
  const { id, server } = enrolling;
  const next = step(enrolling.client, event, env);
  let errands = before;
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'request': {
        const call: Carrying<P | EnrollmentCall> = withCall<P | EnrollmentCall>(
          errands,
          { kind: 'enrollment', id },
          {
            to: server.actor,
            port: HTTPS_PORT,
            request: requestOf(server.host, effect),
            ...(effect.path === TOKEN_PATH ? { message: TOKEN_REQUEST_NAME } : {}),
          },
        );
        ({ errands } = call);
        effects.push(...call.effects);
        break;
      }
      case 'sign':
      case 'decrypt':
        effects.push({ ...effect, id });
        break;
      case 'rejected':
        effects.push(effect);
        break;
      default:
        assertNever(effect);
    }
  }
  return { enrolling: { ...enrolling, client: next.state }, errands, effects };
}

function requestOf(
  host: string,
  { method, path, contentType, body }: Extract<client.Effect, { readonly kind: 'request' }>,
): HttpRequest {
  const fields = contentType === undefined ? {} : { 'Content-Type': contentType };
  return request(method, host, path, { ...fields, Accept: 'application/json' }, body);
}
