/**
 * One request to a server and its response, on a connection of their own: connect, send, wait, and give
 * up after a time. Failures have the numbers that WinHTTP gives them, because Windows' clients log those.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { httpFraming } from './framing.ts';
import { encodeRequest, type HttpRequest, type HttpResponse, readResponse } from './messages.ts';

export const REQUEST_NAME = 'HTTP request';
/** How long connection and response together may take; WinHTTP waits 30 s for a response. */
export const HTTP_TIMEOUT = 30_000;

export interface HttpCall {
  /** Name of the timer and of the connection; never used twice by an actor. */
  readonly id: string;
  /** The server, by its name in the scenario. */
  readonly to: string;
  readonly port: number;
  /** Name in traces; absent: {@link REQUEST_NAME}. */
  readonly message?: string;
  readonly request: HttpRequest;
  /** Milliseconds; absent: {@link HTTP_TIMEOUT}. */
  readonly timeout?: number;
}

/** `winhttp.h`: what became of a call that brought no response. */
export const WinHttpError = {
  ERROR_WINHTTP_TIMEOUT: 12_002,
  ERROR_WINHTTP_NAME_NOT_RESOLVED: 12_007,
  ERROR_WINHTTP_CANNOT_CONNECT: 12_029,
  ERROR_WINHTTP_CONNECTION_ERROR: 12_030,
  ERROR_WINHTTP_INVALID_SERVER_RESPONSE: 12_152,
} as const;
export type WinHttpError = keyof typeof WinHttpError;

export type State =
  | { readonly name: 'expectConnection'; readonly call: HttpCall }
  | { readonly name: 'expectResponse'; readonly call: HttpCall }
  | { readonly name: 'answered'; readonly call: HttpCall; readonly response: HttpResponse }
  | {
      readonly name: 'failed';
      readonly call: HttpCall;
      readonly error: WinHttpError;
      /** For people, with the server's name in it. */
      readonly reason: string;
    };

export function begin(call: HttpCall): Step<State, ActorEffect> {
  return to({ name: 'expectConnection', call }, [
    { kind: 'timer', timer: call.id, ms: call.timeout ?? HTTP_TIMEOUT },
    {
      kind: 'connect',
      connection: call.id,
      to: call.to,
      port: call.port,
      framing: httpFraming.name,
    },
  ]);
}

/** Whether an event belongs to this call. */
export function concerns(call: HttpCall, event: ActorEvent): boolean {
  switch (event.kind) {
    case 'expired':
      return event.timer === call.id;
    case 'received':
    case 'connected':
    case 'closed':
    case 'malformed':
      return event.connection === call.id;
    default:
      return false;
  }
}

/** @param event one that {@link concerns} the call */
export function step(state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'expectConnection':
      return (
        expectConnection(state.call, event) ??
        unexpected(state, event, 'connected', 'closed', 'expired')
      );
    case 'expectResponse':
      return (
        expectResponse(state.call, event) ??
        unexpected(state, event, 'received', 'closed', 'malformed', 'expired')
      );
    case 'answered':
    case 'failed':
      // Both ends close: the other one's end may be heard of later.
      return event.kind === 'closed' ? to(state) : unexpected(state, event, 'closed');
    default:
      return assertNever(state);
  }
}

/** Ends the call before its time: what is to be undone. */
export function abandon(state: State): readonly ActorEffect[] {
  return state.name === 'expectConnection' || state.name === 'expectResponse'
    ? undone(state.call)
    : [];
}

function undone({ id }: HttpCall): readonly ActorEffect[] {
  return [
    { kind: 'cancel', timer: id },
    { kind: 'close', connection: id },
  ];
}

function expectConnection(call: HttpCall, event: ActorEvent): Step<State, ActorEffect> | undefined {
  switch (event.kind) {
    case 'connected':
      return to({ name: 'expectResponse', call }, [
        {
          kind: 'send',
          transport: 'tcp',
          connection: call.id,
          message: call.message ?? REQUEST_NAME,
          bytes: encodeRequest(call.request),
        },
      ]);
    case 'closed':
      return failed(call, 'ERROR_WINHTTP_CANNOT_CONNECT', `the connection is ${event.reason}`);
    case 'expired':
      return failed(call, 'ERROR_WINHTTP_TIMEOUT', 'no connection');
    default:
      return undefined;
  }
}

function expectResponse(call: HttpCall, event: ActorEvent): Step<State, ActorEffect> | undefined {
  switch (event.kind) {
    case 'received': {
      const read = readResponse(event.bytes);
      if (!read.ok) return failed(call, 'ERROR_WINHTTP_INVALID_SERVER_RESPONSE', read.reason);
      // Interim responses come before the one that counts (RFC 9110 §15.2).
      if (read.value.status < 200) return to({ name: 'expectResponse', call });
      return to({ name: 'answered', call, response: read.value }, undone(call));
    }
    case 'malformed':
      return failed(call, 'ERROR_WINHTTP_INVALID_SERVER_RESPONSE', event.reason);
    case 'closed':
      return failed(call, 'ERROR_WINHTTP_CONNECTION_ERROR', 'closed before the response came');
    case 'expired':
      return failed(call, 'ERROR_WINHTTP_TIMEOUT', 'no response');
    default:
      return undefined;
  }
}

function failed(call: HttpCall, error: WinHttpError, why: string): Step<State, ActorEffect> {
  const reason = `${call.to}: ${why} (${error}, ${WinHttpError[error]})`;
  return to({ name: 'failed', call, error, reason }, undone(call));
}
