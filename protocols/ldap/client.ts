/**
 * A client's conversation with a directory server: it connects, binds with name and password, does one
 * operation after the other, and unbinds. What the server refuses is a result like any other; what
 * ends the conversation before its time is a failure.
 */
import { tryDecode } from '../../src/der/codec.ts';
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { resultName } from '../directory/refusals.ts';
import {
  encodedRequest,
  type FoundEntry,
  nextPage,
  type Operation,
  requestOf,
  resultIn,
} from './client-operations.ts';
import { ldapFraming } from './framing.ts';
import { LDAP_LIMITS, LdapMessage, type LdapResult, operationName } from './messages.ts';

export const LDAP_PORT = 389;
/** How long each answer may take; LdapConnection of .NET waits 30 s. */
export const LDAP_TIMEOUT = 30_000;
/** Entries that one search may give, so that no server fills the memory. */
const ENTRIES_MAX = 100_000;

export interface LdapSession {
  /** Name of the timer and of the connection; never used twice by an actor. */
  readonly id: string;
  /** The server, by its name in the scenario. */
  readonly to: string;
  /** Absent: {@link LDAP_PORT}. */
  readonly port?: number;
  /** Any form that the server takes: DN, `CORP\svc`, `svc@corp.example`. Absent: nobody is bound. */
  readonly bind?: { readonly name: string; readonly password: string };
  readonly operations: readonly Operation[];
  /** Milliseconds for each answer; absent: {@link LDAP_TIMEOUT}. */
  readonly timeout?: number;
}

/** What came of one operation. */
export interface OperationResult {
  /** RFC 4511 §4.1.9: `success`, `insufficientAccessRights`. */
  readonly result: string;
  readonly code: number;
  /** The server's diagnostic message; empty where it has nothing to say. */
  readonly message: string;
  /** Of a search. */
  readonly entries: readonly FoundEntry[];
}

interface Progress {
  readonly session: LdapSession;
  /** Of the request that is under way; 1 is the bind. */
  readonly messageId: number;
  readonly results: readonly OperationResult[];
  /** Of the search that is under way: pages that are whole, and the one that comes. */
  readonly pages: readonly (readonly FoundEntry[])[];
  readonly entries: readonly FoundEntry[];
}

export type State =
  | { readonly name: 'expectConnection'; readonly progress: Progress }
  | { readonly name: 'expectBind'; readonly progress: Progress }
  | { readonly name: 'expectResult'; readonly progress: Progress }
  /** One result for each operation, in their order. */
  | {
      readonly name: 'done';
      readonly session: LdapSession;
      readonly results: readonly OperationResult[];
    }
  | {
      readonly name: 'failed';
      readonly session: LdapSession;
      /** Of operations that were done before. */
      readonly results: readonly OperationResult[];
      /** The result code's name where the server refused the bind; else there was no conversation. */
      readonly result?: string;
      /** For people, with the server's name in it. */
      readonly reason: string;
    };

export function begin(session: LdapSession): Step<State, ActorEffect> {
  const { id, to: server, port = LDAP_PORT } = session;
  const progress: Progress = { session, messageId: 0, results: [], pages: [], entries: [] };
  return to({ name: 'expectConnection', progress }, [
    timer(session),
    { kind: 'connect', connection: id, to: server, port, framing: ldapFraming.name },
  ]);
}

/** Whether an event belongs to this conversation. */
export function concerns({ id }: LdapSession, event: ActorEvent): boolean {
  switch (event.kind) {
    case 'expired':
      return event.timer === id;
    case 'received':
    case 'connected':
    case 'closed':
    case 'malformed':
      return event.connection === id;
    default:
      return false;
  }
}

/** @param event one that {@link concerns} the conversation */
export function step(state: State, event: ActorEvent): Step<State, ActorEffect> {
  switch (state.name) {
    case 'expectConnection':
      return (
        expectConnection(state.progress, event) ??
        unexpected(state, event, 'connected', 'closed', 'expired')
      );
    case 'expectBind':
    case 'expectResult':
      return (
        expectMessage(state, event) ??
        unexpected(state, event, 'received', 'closed', 'malformed', 'expired')
      );
    case 'done':
    case 'failed':
      // Both ends close: the other one's end may be heard of later.
      return event.kind === 'closed' ? to(state) : unexpected(state, event, 'closed');
    default:
      return assertNever(state);
  }
}

/** Ends the conversation before its time: what is to be undone. */
export function abandon(state: State): readonly ActorEffect[] {
  return state.name === 'done' || state.name === 'failed' ? [] : undone(state.progress.session);
}

function timer({ id, timeout = LDAP_TIMEOUT }: LdapSession): ActorEffect {
  return { kind: 'timer', timer: id, ms: timeout };
}

function undone({ id }: LdapSession): readonly ActorEffect[] {
  return [
    { kind: 'cancel', timer: id },
    { kind: 'close', connection: id },
  ];
}

function expectConnection(
  progress: Progress,
  event: ActorEvent,
): Step<State, ActorEffect> | undefined {
  switch (event.kind) {
    case 'connected': {
      const { bind } = progress.session;
      if (bind === undefined) return next({ ...progress, messageId: 1 });
      const asking = { ...progress, messageId: 1 };
      return to({ name: 'expectBind', progress: asking }, send(asking, requestOf.bind(bind)));
    }
    case 'closed':
      return failed(progress, `the connection is ${event.reason}`);
    case 'expired':
      return failed(progress, 'no connection');
    default:
      return undefined;
  }
}

type Waiting = Extract<State, { readonly name: 'expectBind' | 'expectResult' }>;

function expectMessage(state: Waiting, event: ActorEvent): Step<State, ActorEffect> | undefined {
  const { progress } = state;
  switch (event.kind) {
    case 'received': {
      const message = tryDecode(LdapMessage, event.bytes, LDAP_LIMITS);
      if (!message.ok) return failed(progress, `no LDAPMessage: ${message.error.message}`);
      return heard(state, message.value);
    }
    case 'malformed':
      return failed(progress, event.reason);
    case 'closed':
      return failed(progress, 'closed before the answer came');
    case 'expired':
      return failed(progress, 'no answer');
    default:
      return undefined;
  }
}

function heard(state: Waiting, message: LdapMessage): Step<State, ActorEffect> {
  const { progress } = state;
  const { messageID, protocolOp, controls } = message;
  if (messageID === 0 && 'extendedResp' in protocolOp) {
    const { resultCode, diagnosticMessage } = protocolOp.extendedResp;
    return failed(progress, `notice of disconnection: ${said(resultCode, diagnosticMessage)}`);
  }
  if (messageID !== progress.messageId) {
    return failed(progress, `an answer to message ${messageID}, asked was ${progress.messageId}`);
  }
  if (state.name === 'expectBind') return bound(progress, protocolOp);
  const operation = progress.session.operations[progress.results.length] as Operation;
  if (operation.kind === 'search') {
    if ('searchResRef' in protocolOp) return to(state);
    if ('searchResEntry' in protocolOp) {
      if (countOf(progress) >= ENTRIES_MAX) return failed(progress, 'too many entries');
      const entries = [...progress.entries, foundEntry(protocolOp.searchResEntry)];
      return to({ ...state, progress: { ...progress, entries } });
    }
  }
  const result = resultIn(operation, protocolOp);
  if (result === undefined) return failed(progress, `unexpected ${operationName(protocolOp)}`);
  const pages = [...progress.pages, progress.entries];
  const cookie = nextPage(operation, controls ?? []);
  if (cookie !== undefined && result.resultCode === 0) {
    return ask({ ...progress, pages, entries: [] }, operation, cookie);
  }
  const done: OperationResult = { ...outcome(result), entries: pages.flat() };
  return next({ ...progress, results: [...progress.results, done], pages: [], entries: [] });
}

function countOf({ pages, entries }: Progress): number {
  return pages.reduce((sum, page) => sum + page.length, entries.length);
}

function bound(progress: Progress, operation: LdapMessage['protocolOp']): Step<State, ActorEffect> {
  if (!('bindResponse' in operation)) {
    return failed(progress, `unexpected ${operationName(operation)}`);
  }
  const { resultCode, diagnosticMessage } = operation.bindResponse;
  if (resultCode === 0) return next(progress);
  const name = progress.session.bind?.name ?? '';
  const why = `the bind as ${name} is refused: ${said(resultCode, diagnosticMessage)}`;
  return failed(progress, why, resultName(resultCode));
}

function foundEntry({
  objectName,
  attributes,
}: {
  readonly objectName: string;
  readonly attributes: readonly { readonly type: string; readonly vals: readonly Uint8Array[] }[];
}): FoundEntry {
  const named: Record<string, readonly Uint8Array[]> = Object.create(null);
  for (const { type, vals } of attributes) named[type] = vals;
  return { dn: objectName, attributes: named };
}

function outcome({ resultCode, diagnosticMessage }: LdapResult): Omit<OperationResult, 'entries'> {
  return { result: resultName(resultCode), code: resultCode, message: diagnosticMessage };
}

/** `insufficientAccessRights (00002098: SecErr: ...)` */
function said(code: number, message: string): string {
  return message.trim() === '' ? resultName(code) : `${resultName(code)} (${message.trim()})`;
}

/** The operation whose turn it is, or the end. */
function next(progress: Progress): Step<State, ActorEffect> {
  const { session, results, messageId } = progress;
  const operation = session.operations[results.length];
  if (operation !== undefined) return ask(progress, operation);
  const unbind = { ...progress, messageId: messageId + 1 };
  const [sending] = send(unbind, requestOf.unbind());
  return to({ name: 'done', session, results }, [sending as ActorEffect, ...undone(session)]);
}

function ask(
  progress: Progress,
  operation: Operation,
  cookie?: Uint8Array,
): Step<State, ActorEffect> {
  const asking = { ...progress, messageId: progress.messageId + 1 };
  const request = requestOf.operation(operation, cookie);
  return to({ name: 'expectResult', progress: asking }, send(asking, request));
}

/** The request, and its answer's time anew. */
function send(
  { session, messageId }: Progress,
  request: ReturnType<typeof requestOf.operation>,
): readonly ActorEffect[] {
  return [
    {
      kind: 'send',
      transport: 'tcp',
      connection: session.id,
      message: `LDAP ${operationName(request.protocolOp)}`,
      bytes: encodedRequest(messageId, request),
    },
    timer(session),
  ];
}

function failed(
  { session, results }: Progress,
  why: string,
  result?: string,
): Step<State, ActorEffect> {
  const reason = `${session.to}: ${why}`;
  const refused = result === undefined ? {} : { result };
  return to({ name: 'failed', session, results, reason, ...refused }, undone(session));
}
