/**
 * The KDC of an Active Directory domain, RFC 4120 §3.1 to §3.3 and MS-KILE 3.3: octets in, octets
 * out. It remembers nothing of its clients but what retransmissions and replays make necessary.
 */
import { type DecodeError, tryDecode } from '../../src/der/codec.ts';
import type { Transport } from '../../src/machine/actor.ts';
import { assertNever, type Rejected, type Step, to } from '../../src/machine/machine.ts';
import {
  errorName,
  KDC_ERR_PREAUTH_REQUIRED,
  KRB_ERR_FIELD_TOOLONG,
  KRB_ERR_RESPONSE_TOO_BIG,
} from '../kerberos/error-codes.ts';
import { AsReq, type PrincipalName, TgsReq } from '../kerberos/messages.ts';
import type { AccountChange, KdcEnv } from './accounts.ts';
import { asExchange } from './as.ts';
import { type KeptHalves, type Signing, signedReply } from './as-public-key.ts';
import type { AgreedKey, Reply } from './as-reply.ts';
import { type Exchange, errorMessage, type Refusal } from './errors.ts';
import type { Realm } from './realm.ts';
import { hashOf, nothingRecent, type Recent, recall, remember } from './recent.ts';
import { tgsExchange } from './tgs.ts';
import { isWaiting, noRoom, type Waiting } from './waiting.ts';

export interface State {
  readonly name: 'ready';
  readonly realm: Realm;
  /** Requests that came by datagram, with what they were answered. */
  readonly answered: Recent<Answered>;
  /** Tags of authenticators. */
  readonly authenticators: Recent<true>;
  /** Halves of agreements that serve several exchanges. */
  readonly halves: KeptHalves;
  /** Answers that wait for this KDC's signature, by the signature's id, oldest first. */
  readonly waiting: Waiting<Received>;
  /** Signatures asked for. */
  readonly signatures: number;
}

interface Answered {
  readonly from: string;
  /** As requested: it stands in errors. */
  readonly sname?: PrincipalName;
  readonly message: ReplyName;
  readonly bytes: Uint8Array;
}

export type Event =
  /** One whole message, without a stream's length in front. */
  | {
      readonly kind: 'received';
      readonly transport: Transport;
      readonly from: string;
      readonly fromPort: number;
      readonly bytes: Uint8Array;
    }
  /** The signature that was asked for under that id. */
  | { readonly kind: 'signed'; readonly id: string; readonly signature: Uint8Array }
  /** A stream's framing refused what came: a length with its high bit set, or beyond all limits. */
  | { readonly kind: 'malformed'; readonly reason: string };

export type Effect =
  /** Attributes of an account to be written, before anything is sent. */
  | { readonly kind: 'account'; readonly change: AccountChange }
  /** One message back to the sender, by the transport it came on. */
  | { readonly kind: 'reply'; readonly message: ReplyName; readonly bytes: Uint8Array }
  /** The key that the reply which follows is encrypted with, for those who look into it. */
  | ({ readonly kind: 'agreed' } & AgreedKey)
  /** The answer comes with `signed`, whoever sent what in between. */
  | {
      readonly kind: 'sign';
      readonly id: string;
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  /** Nothing is sent back: the datagram was no request. */
  | { readonly kind: 'silence'; readonly reason: string }
  /** The stream is closed, after what was replied. */
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'note'; readonly level: 'info' | 'cause'; readonly text: string }
  | Rejected;

export type ReplyName = 'AS-REP' | 'TGS-REP' | 'KRB-ERROR';

type Received = Extract<Event, { readonly kind: 'received' }>;

/** First octets of AS-REQ and TGS-REQ (RFC 4120 §5.10). */
const AS_REQ = 0x6a;
const TGS_REQ = 0x6c;

export function ready(realm: Realm): State {
  return {
    name: 'ready',
    realm,
    answered: nothingRecent(),
    authenticators: nothingRecent(),
    halves: {},
    waiting: {},
    signatures: 0,
  };
}

export function step(state: State, event: Event, env: KdcEnv): Step<State, Effect> {
  switch (event.kind) {
    case 'received':
      return received(state, event, env);
    case 'signed':
      return signed(state, event, env);
    case 'malformed': {
      // RFC 4120 §7.2.2: a length that cannot be is told, then the connection ends.
      const code = KRB_ERR_FIELD_TOOLONG;
      const bytes = errorMessage(state.realm, 'AS', { code }, undefined, env.now);
      return to(state, [
        { kind: 'reply', message: 'KRB-ERROR', bytes },
        { kind: 'close', reason: event.reason },
        note(`${errorName(code)}: ${event.reason}`),
      ]);
    }
    default:
      return assertNever(event);
  }
}

/** The end of a request, with its nonce, tells requests apart well enough to begin with. */
const HASHED = 96;

function received(state: State, event: Received, env: KdcEnv): Step<State, Effect> {
  const { realm } = state;
  const { bytes } = event;
  const { policy } = realm;
  if (bytes.length > policy.maxRequestSize) {
    return dropped(state, event, `${bytes.length} octets, at most ${policy.maxRequestSize}`);
  }
  const hash = hashOf(bytes.subarray(-HASHED));
  const before = recall(state.answered, bytes, hash, env.now, policy.lookAsideAge);
  if (before !== undefined && before.from === event.from) {
    return to(state, sent(realm, event, before, env));
  }
  if (event.transport === 'udp' && isWaiting(state.waiting, event)) {
    return to(state, [{ kind: 'silence', reason: 'the answer to it is being signed' }]);
  }
  const answer = answerTo(state, event, env);
  if (answer.kind === 'none') return dropped(state, event, answer.reason);
  if (answer.kind === 'signing') return waits(state, event, answer, env);
  return answeredWith(state, event, answer, env);
}

/** Sends an answer, and remembers it for who asks again. */
function answeredWith(
  state: State,
  event: Received,
  answer: Extract<Answer, { readonly kind: 'answer' }>,
  env: KdcEnv,
): Step<State, Effect> {
  const { realm } = state;
  const { policy } = realm;
  const { bytes } = event;
  const { message, notes, sname } = answer;
  const limits = { entries: policy.lookAsideEntries, age: policy.lookAsideAge };
  const named = sname === undefined ? {} : { sname };
  const entry: Answered = { from: event.from, ...named, message, bytes: answer.bytes };
  const answered =
    event.transport === 'udp'
      ? remember(state.answered, bytes, hashOf(bytes.subarray(-HASHED)), entry, env.now, limits)
      : state.answered;
  return to({ ...answer.state, answered }, [
    ...answer.changes,
    ...sent(realm, event, entry, env),
    ...notes,
  ]);
}

/**
 * Octets that are no request get no answer: an error in return for anything would let two KDCs
 * answer each other for ever, and a forged sender be flooded.
 */
function dropped(state: State, event: Received, reason: string): Step<State, Effect> {
  const why = `not a request (${reason})`;
  return to(state, [
    event.transport === 'udp' ? { kind: 'silence', reason: why } : { kind: 'close', reason: why },
    note(`${event.from} sent ${event.bytes.length} octets that are ${why}`),
  ]);
}

/** Datagrams have a limit, beyond which the client has to come back by TCP (RFC 4120 §7.2.1). */
function sent(realm: Realm, event: Received, answer: Answered, env: KdcEnv): readonly Effect[] {
  const { message, bytes, sname } = answer;
  const limit = realm.policy.maxDatagramReplySize;
  if (event.transport !== 'udp' || bytes.length <= limit)
    return [{ kind: 'reply', message, bytes }];
  const code = KRB_ERR_RESPONSE_TOO_BIG;
  const shorter = errorMessage(realm, exchangeOf(event.bytes), { code }, sname, env.now);
  return [
    { kind: 'reply', message: 'KRB-ERROR', bytes: shorter },
    {
      kind: 'note',
      level: 'info',
      text: `the ${message} has ${bytes.length} octets, more than a datagram's ${limit}`,
    },
  ];
}

function waits(
  state: State,
  event: Received,
  { signing, sname }: Extract<Answer, { readonly kind: 'signing' }>,
  env: KdcEnv,
): Step<State, Effect> {
  const { halves, key, algorithm, data, pending } = signing;
  const full = noRoom(state.waiting);
  if (full !== undefined) {
    return answeredWith(state, event, toAnswer(state, 'AS', full, sname, env), env);
  }
  const id = `kdc-${state.signatures}`;
  const waiting = { ...state.waiting, [id]: { event, sname, pending } };
  return to({ ...state, halves, waiting, signatures: state.signatures + 1 }, [
    { kind: 'sign', id, key, algorithm, data },
  ]);
}

function signed(
  state: State,
  { id, signature }: Extract<Event, { readonly kind: 'signed' }>,
  env: KdcEnv,
): Step<State, Effect> {
  const found = state.waiting[id];
  if (found === undefined) return to(state, [{ kind: 'silence', reason: 'nobody waits for it' }]);
  const { [id]: _, ...waiting } = state.waiting;
  const outcome = signedReply(found.pending, signature, env);
  const answer = toAnswer({ ...state, waiting }, 'AS', outcome, found.sname, env);
  return answeredWith(state, found.event, answer, env);
}

type Answer =
  | {
      readonly kind: 'signing';
      readonly signing: Signing;
      readonly sname: PrincipalName | undefined;
    }
  | {
      readonly kind: 'answer';
      readonly state: State;
      readonly message: ReplyName;
      readonly bytes: Uint8Array;
      readonly sname: PrincipalName | undefined;
      readonly changes: readonly Effect[];
      readonly notes: readonly Effect[];
    }
  | { readonly kind: 'none'; readonly reason: string };

function exchangeOf(bytes: Uint8Array): Exchange {
  return bytes[0] === TGS_REQ ? 'TGS' : 'AS';
}

function answerTo(state: State, { bytes }: Received, env: KdcEnv): Answer {
  switch (bytes[0]) {
    case AS_REQ: {
      const read = tryDecode(AsReq, bytes);
      if (!read.ok) return undecodable('AS-REQ', read.error);
      const { sname } = read.value.reqBody.value;
      const outcome = asExchange(state.realm, read.value, bytes, state.halves, env);
      if (outcome.kind === 'signing') return { kind: 'signing', signing: outcome, sname };
      return toAnswer(state, 'AS', outcome, sname, env);
    }
    case TGS_REQ: {
      const read = tryDecode(TgsReq, bytes);
      if (!read.ok) return undecodable('TGS-REQ', read.error);
      return tgsAnswer(state, read.value, env);
    }
    default:
      return { kind: 'none', reason: 'neither an AS-REQ nor a TGS-REQ' };
  }
}

function undecodable(name: string, error: DecodeError): Answer {
  return { kind: 'none', reason: `a malformed ${name}: ${error.message}` };
}

function tgsAnswer(state: State, request: TgsReq, env: KdcEnv): Answer {
  const { maxClockSkew, replayEntries } = state.realm.policy;
  // An authenticator from the far end of the clock skew is good for twice its length.
  const age = 2 * maxClockSkew;
  const { authenticators } = state;
  const isReplayed = (tag: Uint8Array) =>
    recall(authenticators, tag, hashOf(tag), env.now, age) !== undefined;
  const { answer, tag } = tgsExchange(state.realm, request, isReplayed, env);
  const limits = { entries: replayEntries, age };
  const next =
    tag === undefined
      ? state
      : {
          ...state,
          authenticators: remember(authenticators, tag, hashOf(tag), true, env.now, limits),
        };
  return toAnswer(next, 'TGS', answer, request.reqBody.value.sname, env);
}

function toAnswer(
  state: State,
  exchange: Exchange,
  outcome: Reply | Refusal,
  sname: PrincipalName | undefined,
  env: KdcEnv,
): Extract<Answer, { readonly kind: 'answer' }> {
  const { change } = outcome;
  const changes: readonly Effect[] = change === undefined ? [] : [{ kind: 'account', change }];
  if (outcome.kind === 'replied') {
    const { message, bytes, warnings = [], agreed } = outcome;
    const notes = warnings.map((text) => note(text));
    const before: readonly Effect[] = agreed === undefined ? [] : [{ kind: 'agreed', ...agreed }];
    return {
      kind: 'answer',
      state,
      message,
      bytes,
      sname,
      changes: [...changes, ...before],
      notes,
    };
  }
  const bytes = errorMessage(state.realm, exchange, outcome, sname, env.now);
  // Asking for a proof is how a sign-in begins, and nothing that went wrong.
  const level = outcome.code === KDC_ERR_PREAUTH_REQUIRED ? 'info' : 'cause';
  const notes = [note(`${errorName(outcome.code)}: ${outcome.cause}`, level)];
  return { kind: 'answer', state, message: 'KRB-ERROR', bytes, sname, changes, notes };
}

function note(text: string, level: 'info' | 'cause' = 'cause'): Effect {
  return { kind: 'note', level, text };
}
