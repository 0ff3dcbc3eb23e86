/**
 * Pass-through authentication (MS-APDS 3.1): a member server asks a domain controller of its own who it is
 * that answered its challenge, and another one where the first cannot be reached.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { STATUS_NO_LOGON_SERVERS } from '../kerberos/ntstatus.ts';
import { NETLOGON_PORT, netlogonFraming } from '../netlogon/framing.ts';
import { REQUEST_NAME, readSamLogonReply, samLogonRequest } from '../netlogon/messages.ts';
import type { SamInfo4 } from '../netlogon/structures.ts';
import type { NetworkLogon, Verdict } from '../ntlm/acceptor.ts';
import { sidIn } from '../pac/sid.ts';
import type { Identity } from './logon.ts';

/** What a server knows of its domain. */
export interface PassThroughOptions {
  /** NetBIOS name of the server. */
  readonly computerName: string;
  /** Actors that are domain controllers, in the order in which they are asked. */
  readonly controllers: readonly string[];
  /** Milliseconds that each may take. */
  readonly waitTime: number;
}

/** One question that is under way. */
interface Question {
  readonly id: string;
  /** What of the server's waits for it. */
  readonly asker: string;
  readonly logon: NetworkLogon;
  /** Domain controllers asked before this one. */
  readonly asked: number;
}

export interface PassThrough {
  /** How many there have been, for names that come once. */
  readonly count: number;
  readonly questions: readonly Question[];
}

export const NOTHING_ASKED: PassThrough = { count: 0, questions: [] };

export interface Asking {
  readonly passThrough: PassThrough;
  readonly effects: readonly ActorEffect[];
  /** What is known now. */
  readonly judged?: { readonly asker: string; readonly verdict: Verdict<Identity> };
}

export function begun(
  { count, questions }: PassThrough,
  options: PassThroughOptions,
  asker: string,
  logon: NetworkLogon,
): Asking {
  return next({ count, questions }, options, { asker, logon, asked: 0 });
}

/** The next domain controller, over a connection of its own. */
function next(
  { count, questions }: PassThrough,
  options: PassThroughOptions,
  question: Omit<Question, 'id'>,
): Asking {
  const { asker, asked } = question;
  const controller = options.controllers[asked];
  if (controller === undefined) {
    const reason = 'no domain controller can be asked who it is';
    const verdict = { kind: 'denied', status: STATUS_NO_LOGON_SERVERS, reason } as const;
    return { passThrough: { count, questions }, effects: [], judged: { asker, verdict } };
  }
  const id = `netlogon/${count}`;
  return {
    passThrough: { count: count + 1, questions: [...questions, { id, ...question }] },
    effects: [
      { kind: 'timer', timer: id, ms: options.waitTime },
      {
        kind: 'connect',
        connection: id,
        to: controller,
        port: NETLOGON_PORT,
        framing: netlogonFraming.name,
      },
    ],
  };
}

/** Undefined: the event is about none of the questions. */
export function heard(
  before: PassThrough,
  options: PassThroughOptions,
  event: ActorEvent,
): Asking | undefined {
  const id =
    event.kind === 'expired' ? event.timer : 'connection' in event ? event.connection : undefined;
  const question = before.questions.find((one) => one.id === id);
  if (question === undefined) return undefined;
  const passThrough = without(before, question);
  switch (event.kind) {
    case 'connected':
      return { passThrough: before, effects: [requested(question, options)] };
    case 'received':
      return answered(passThrough, question, event.bytes);
    case 'closed':
      return another(passThrough, options, question, [{ kind: 'cancel', timer: question.id }]);
    case 'malformed':
      return another(passThrough, options, question, ended(question));
    case 'expired':
      return another(passThrough, options, question, [{ kind: 'close', connection: question.id }]);
    default:
      return { passThrough: before, effects: [] };
  }
}

function without({ count, questions }: PassThrough, gone: Question): PassThrough {
  return { count, questions: questions.filter(({ id }) => id !== gone.id) };
}

function ended({ id }: Question): readonly ActorEffect[] {
  return [
    { kind: 'cancel', timer: id },
    { kind: 'close', connection: id },
  ];
}

function requested({ id, logon, asked }: Question, options: PassThroughOptions): ActorEffect {
  const logonServer = (options.controllers[asked] ?? '').toUpperCase();
  const bytes = samLogonRequest({ logonServer, computerName: options.computerName, logon });
  return { kind: 'send', transport: 'tcp', connection: id, message: REQUEST_NAME, bytes };
}

function another(
  passThrough: PassThrough,
  options: PassThroughOptions,
  { asker, logon, asked }: Question,
  before: readonly ActorEffect[],
): Asking {
  const tried = next(passThrough, options, { asker, logon, asked: asked + 1 });
  return { ...tried, effects: [...before, ...tried.effects] };
}

function answered(passThrough: PassThrough, question: Question, bytes: Uint8Array): Asking {
  const { asker } = question;
  const effects = ended(question);
  return { passThrough, effects, judged: { asker, verdict: verdictIn(bytes, question.logon) } };
}

function verdictIn(bytes: Uint8Array, { userName }: NetworkLogon): Verdict<Identity> {
  const reply = readSamLogonReply(bytes);
  switch (reply.kind) {
    case 'granted': {
      const identity = identityOf(reply.info);
      return identity === undefined
        ? denied('the domain controller names nobody')
        : { kind: 'granted', sessionBaseKey: reply.info.UserSessionKey, identity };
    }
    case 'denied': {
      const reason = `the domain controller does not let ${userName} in`;
      return { kind: 'denied', status: reply.status, reason };
    }
    case 'malformed':
      return denied(`the answer of the domain controller is malformed: ${reply.reason}`);
  }
}

function denied(reason: string): Verdict<Identity> {
  return { kind: 'denied', status: STATUS_NO_LOGON_SERVERS, reason };
}

/** The same as a PAC says (MS-PAC 2.5), in the other structure. */
function identityOf(info: SamInfo4): Identity | undefined {
  const { LogonDomainId: domain } = info;
  if (domain === null) return undefined;
  return {
    name: `${info.LogonDomainName}\\${info.EffectiveName}`,
    sid: sidIn(domain, info.UserId),
    groups: [
      ...(info.GroupIds ?? []).map(({ RelativeId }) => sidIn(domain, RelativeId)),
      ...(info.ExtraSids ?? []).map(({ Sid }) => Sid),
    ],
    ...(info.Upn === '' ? {} : { upn: info.Upn }),
  };
}
