/**
 * One request to a realm's KDCs and its reply: RFC 4120 §7.2 (UDP first or TCP at once, KRB_ERR_RESPONSE_TOO_BIG,
 * several KDCs) with the waiting times of Windows (MS-KILE 3.2.2, KdcWaitTime and its neighbours).
 * It carries octets and knows no more of them than whether they are a KDC's answer.
 */

import { tryDecode } from '../../src/der/codec.ts';
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { KDC_ERR_SVC_UNAVAILABLE, KRB_ERR_RESPONSE_TOO_BIG } from './error-codes.ts';
import { kerberosTcpFraming } from './framing.ts';
import { KrbError } from './messages.ts';

/** Times in milliseconds, named as Windows' registry values are. */
export interface KdcExchangeOptions {
  /** Requests up to this many octets go by UDP first; 0: always TCP, as Windows does since Vista. */
  readonly udpPreferenceLimit: number;
  /** How long the first attempt waits for its answer. */
  readonly kdcWaitTime: number;
  /** By how much longer each further attempt waits than the one before. */
  readonly kdcBackoffTime: number;
  /** Attempts in all. */
  readonly kdcSendRetries: number;
}

/** Windows: never UDP; 5 s, then 10 s more each time; three attempts. */
export const WINDOWS_KDC_EXCHANGE: KdcExchangeOptions = {
  udpPreferenceLimit: 0,
  kdcWaitTime: 5_000,
  kdcBackoffTime: 10_000,
  kdcSendRetries: 3,
};

export interface KdcRequest {
  /** Name of the timer, and the beginning of the names of all connections. */
  readonly id: string;
  readonly realm: string;
  /** In the order in which they are asked; each attempt begins one further on. */
  readonly kdcs: readonly string[];
  /** The KDC's port. */
  readonly port: number;
  /** Our own port for datagrams. */
  readonly localPort: number;
  /** `AS-REQ`, `TGS-REQ`. */
  readonly message: string;
  readonly bytes: Uint8Array;
  readonly options: KdcExchangeOptions;
}

interface Progress {
  readonly request: KdcRequest;
  /** From 0. */
  readonly attempt: number;
  /** KDCs already asked in this attempt. */
  readonly asked: number;
  /** UDP has been given up. */
  readonly streamOnly: boolean;
  /** What became of each try, for people. */
  readonly trail: readonly string[];
}

export type State =
  | { readonly name: 'expectDatagram'; readonly progress: Progress }
  | { readonly name: 'expectConnection'; readonly progress: Progress }
  | { readonly name: 'expectReply'; readonly progress: Progress }
  /** Every KDC refused in this attempt; the next begins when its time is over. */
  | { readonly name: 'expectRetry'; readonly progress: Progress }
  | { readonly name: 'answered'; readonly bytes: Uint8Array; readonly kdc: string }
  | { readonly name: 'failed'; readonly reason: string };

/** Sends the request for the first time. */
export function begin(request: KdcRequest): Step<State, ActorEffect> {
  if (request.kdcs.length === 0) {
    return to({ name: 'failed', reason: `no KDC of ${request.realm} is known` });
  }
  return attempt({ request, attempt: 0, asked: 0, streamOnly: false, trail: [] });
}

/** Whether an event belongs to this exchange. */
export function concerns(request: KdcRequest, event: ActorEvent): boolean {
  switch (event.kind) {
    case 'expired':
      return event.timer === request.id;
    case 'received':
      return event.transport === 'udp'
        ? event.port === request.localPort
        : isOurs(request, event.connection);
    case 'connected':
    case 'closed':
    case 'malformed':
      return isOurs(request, event.connection);
    default:
      return false;
  }
}

function isOurs(request: KdcRequest, connection: string | undefined): boolean {
  return connection?.startsWith(`${request.id}/`) === true;
}

export function step(state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'expectDatagram':
      return (
        expectDatagram(state.progress, event) ?? unexpected(state, event, 'received', 'expired')
      );
    case 'expectConnection':
      return (
        expectConnection(state.progress, event) ??
        unexpected(state, event, 'connected', 'closed', 'expired')
      );
    case 'expectReply':
      return (
        expectReply(state.progress, event) ??
        unexpected(state, event, 'received', 'closed', 'malformed', 'expired')
      );
    case 'expectRetry':
      if (event.kind === 'expired') return nextAttempt(state.progress);
      // The last connection of the attempt may still report its end, and datagrams come late.
      if (event.kind === 'closed' || event.kind === 'received') return to(state);
      return unexpected(state, event, 'expired');
    case 'answered':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

/** Ends the exchange before its time: what is to be undone. */
export function abandon(state: State): readonly ActorEffect[] {
  switch (state.name) {
    case 'expectDatagram':
    case 'expectRetry':
      return [{ kind: 'cancel', timer: state.progress.request.id }];
    case 'expectConnection':
    case 'expectReply':
      return [
        { kind: 'cancel', timer: state.progress.request.id },
        { kind: 'close', connection: connectionOf(state.progress) },
      ];
    case 'answered':
    case 'failed':
      return [];
    default:
      return assertNever(state);
  }
}

function expectDatagram(
  progress: Progress,
  event: ActorEvent,
): Step<State, ActorEffect> | undefined {
  const waiting: State = { name: 'expectDatagram', progress };
  if (event.kind === 'expired') {
    return nextAttempt({ ...noted(progress, 'no answer by UDP'), streamOnly: true });
  }
  if (event.kind !== 'received') return undefined;
  // Anybody can send a datagram: only the KDC that was asked counts, and only an answer.
  if (event.transport !== 'udp' || event.from !== kdcOf(progress)) return to(waiting);
  switch (answerOf(event.bytes)) {
    case 'none':
      return to(waiting);
    case 'tooBig':
      return connect({ ...noted(progress, 'answer too big for UDP'), streamOnly: true });
    case 'unavailable':
      return nextKdc(noted(progress, 'KDC_ERR_SVC_UNAVAILABLE'));
    case 'reply':
      return to({ name: 'answered', bytes: event.bytes, kdc: event.from }, [
        { kind: 'cancel', timer: progress.request.id },
      ]);
  }
}

function expectConnection(
  progress: Progress,
  event: ActorEvent,
): Step<State, ActorEffect> | undefined {
  const waiting: State = { name: 'expectConnection', progress };
  // Earlier tries report their end, and answers to datagrams that were given up come late.
  if (event.kind === 'closed' && event.connection !== connectionOf(progress)) return to(waiting);
  if (event.kind === 'received' && event.transport === 'udp') return to(waiting);
  switch (event.kind) {
    case 'connected':
      return to({ name: 'expectReply', progress }, [
        {
          kind: 'send',
          transport: 'tcp',
          connection: connectionOf(progress),
          message: progress.request.message,
          bytes: progress.request.bytes,
        },
      ]);
    case 'closed':
      return nextKdc(noted(progress, event.reason));
    case 'expired':
      return prefixed(
        [{ kind: 'close', connection: connectionOf(progress) }],
        nextAttempt(noted(progress, 'no connection')),
      );
    default:
      return undefined;
  }
}

function expectReply(progress: Progress, event: ActorEvent): Step<State, ActorEffect> | undefined {
  const waiting: State = { name: 'expectReply', progress };
  const close: ActorEffect = { kind: 'close', connection: connectionOf(progress) };
  switch (event.kind) {
    case 'received': {
      if (event.connection !== connectionOf(progress)) return to(waiting); // a late datagram
      const answer = answerOf(event.bytes);
      if (answer === 'unavailable') {
        return prefixed([close], nextKdc(noted(progress, 'KDC_ERR_SVC_UNAVAILABLE')));
      }
      if (answer === 'none') return prefixed([close], nextKdc(noted(progress, 'no KDC')));
      return to({ name: 'answered', bytes: event.bytes, kdc: kdcOf(progress) }, [
        { kind: 'cancel', timer: progress.request.id },
        close,
      ]);
    }
    case 'closed':
      if (event.connection !== connectionOf(progress)) return to(waiting);
      return nextKdc(noted(progress, event.reason));
    case 'malformed':
      return prefixed([close], nextKdc(noted(progress, event.reason)));
    case 'expired':
      return prefixed([close], nextAttempt(noted(progress, 'no answer by TCP')));
    default:
      return undefined;
  }
}

/** Begins an attempt: its timer runs whatever becomes of the KDCs asked in it. */
function attempt(progress: Progress): Step<State, ActorEffect> {
  const { id, options } = progress.request;
  const ms = options.kdcWaitTime + progress.attempt * options.kdcBackoffTime;
  return prefixed([{ kind: 'timer', timer: id, ms }], ask(progress));
}

/** Sends to the KDC whose turn it is. */
function ask(progress: Progress): Step<State, ActorEffect> {
  const { request, streamOnly } = progress;
  if (streamOnly || request.bytes.length > request.options.udpPreferenceLimit) {
    return connect(progress);
  }
  return to({ name: 'expectDatagram', progress }, [
    {
      kind: 'send',
      transport: 'udp',
      to: kdcOf(progress),
      toPort: request.port,
      port: request.localPort,
      message: request.message,
      bytes: request.bytes,
    },
  ]);
}

function connect(progress: Progress): Step<State, ActorEffect> {
  return to({ name: 'expectConnection', progress }, [
    {
      kind: 'connect',
      connection: connectionOf(progress),
      to: kdcOf(progress),
      port: progress.request.port,
      framing: kerberosTcpFraming.name,
    },
  ]);
}

/** The next KDC of this attempt, or nothing until the attempt's time is over. */
function nextKdc(progress: Progress): Step<State, ActorEffect> {
  const asked = progress.asked + 1;
  if (asked < progress.request.kdcs.length) return ask({ ...progress, asked });
  if (progress.attempt + 1 >= progress.request.options.kdcSendRetries) return giveUp(progress);
  return to({ name: 'expectRetry', progress });
}

function nextAttempt(progress: Progress): Step<State, ActorEffect> {
  if (progress.attempt + 1 >= progress.request.options.kdcSendRetries) return giveUp(progress);
  return attempt({ ...progress, attempt: progress.attempt + 1, asked: 0 });
}

function giveUp(progress: Progress): Step<State, ActorEffect> {
  const { id, realm } = progress.request;
  const reason = `no KDC of ${realm} answered (${progress.trail.join('; ')})`;
  return to({ name: 'failed', reason }, [{ kind: 'cancel', timer: id }]);
}

function kdcOf(progress: Progress): string {
  const { kdcs } = progress.request;
  return kdcs[(progress.attempt + progress.asked) % kdcs.length] as string;
}

function connectionOf(progress: Progress): string {
  return `${progress.request.id}/${progress.attempt}.${progress.asked}`;
}

function noted(progress: Progress, what: string): Progress {
  return { ...progress, trail: [...progress.trail, `${kdcOf(progress)}: ${what}`] };
}

function prefixed(
  effects: readonly ActorEffect[],
  next: Step<State, ActorEffect>,
): Step<State, ActorEffect> {
  return { state: next.state, effects: [...effects, ...next.effects] };
}

/** AS-REP, TGS-REP and KRB-ERROR by their first octets: RFC 4120 §5.10. */
const REPLY_TAGS: ReadonlySet<number | undefined> = new Set([0x6b, 0x6d, 0x7e]);

function answerOf(bytes: Uint8Array): 'reply' | 'tooBig' | 'unavailable' | 'none' {
  if (!REPLY_TAGS.has(bytes[0])) return 'none';
  if (bytes[0] !== 0x7e) return 'reply';
  const error = tryDecode(KrbError, bytes);
  if (!error.ok) return 'none';
  if (error.value.errorCode === KRB_ERR_RESPONSE_TOO_BIG) return 'tooBig';
  return error.value.errorCode === KDC_ERR_SVC_UNAVAILABLE ? 'unavailable' : 'reply';
}
