/**
 * The client of the AP exchange: RFC 4120 §3.2.2 and §3.2.5, in GSS-API tokens (RFC 4121 §4.1), with mutual
 * authentication: the service proves that it could open the ticket.
 */

import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { type ClientEnv, type Failure, freshNonce, refusal, serverStamp } from './client.ts';
import { ApOptions, CKSUMTYPE_GSSAPI, KeyUsage, KRB_AP_REQ, PVNO } from './constants.ts';
import { KRB_AP_ERR_SKEW } from './error-codes.ts';
import {
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  etypeName,
  type Key,
  keyLength,
  key as keyOf,
  keyOf as sentKey,
} from './etypes.ts';
import { GssFlags, gssChecksum, gssToken, openGssToken } from './gss.ts';
import { ApRep, ApReq, Authenticator, EncApRepPart, KrbError } from './messages.ts';
import { rawTicket } from './ticket.ts';
import type { Credential } from './ticket-cache.ts';

export interface ApRequest {
  readonly credential: Credential;
  /** GSS-API flags ({@link GssFlags}); `mutual` asks for an AP-REP. */
  readonly gssFlags: number;
  /** MD5 over the channel's bindings; absent: none. */
  readonly bindings?: Uint8Array;
  /** Takes over the service's clock from KRB_AP_ERR_SKEW (MS-KILE 2.2.1), instead of failing. */
  readonly learnsTime: boolean;
}

interface Progress {
  readonly ask: ApRequest;
  readonly subkey: Key;
  /** What the AP-REP must repeat: microseconds since 1970. */
  readonly stamp: number;
  readonly seqNumber: number;
  /** Microseconds by which the service's clock is ahead of ours; absent: not learnt here. */
  readonly learnt?: number;
}

/** A context that stands: both sides have this key. */
export interface Context {
  /** The acceptor's subkey, or else the initiator's: RFC 4121 §2. */
  readonly key: Key;
  /** The key is the acceptor's subkey: per-message tokens say so (RFC 4121 §4.2.2). */
  readonly acceptorSubkey?: true;
  readonly seqNumber: number;
  /** The peer's first sequence number. */
  readonly peerSeqNumber?: number;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectApRep'; readonly progress: Progress }
  | { readonly name: 'established'; readonly context: Context; readonly learnt?: number }
  | { readonly name: 'failed'; readonly failure: Failure; readonly learnt?: number };

export type Event =
  | { readonly kind: 'asked'; readonly request: ApRequest }
  /** A GSS-API token of the service. */
  | { readonly kind: 'received'; readonly token: Uint8Array }
  /** The connection ended, or nothing came in time. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export type Effect =
  | { readonly kind: 'send'; readonly message: 'AP-REQ'; readonly token: Uint8Array }
  | Rejected;

export function step(state: State, event: Event, env: ClientEnv): Step<State, Effect> {
  switch (state.name) {
    case 'idle':
      if (event.kind !== 'asked') return unexpected(state, event, 'asked');
      return ask(event.request, undefined, env);
    case 'expectApRep':
      if (event.kind === 'unanswered') {
        return failed(state.progress, { kind: 'unanswered', reason: event.reason });
      }
      if (event.kind !== 'received') return unexpected(state, event, 'received', 'unanswered');
      return received(state.progress, event.token, env);
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function ask(request: ApRequest, learnt: number | undefined, env: ClientEnv): Step<State, Effect> {
  const { credential, gssFlags } = request;
  const { key } = credential;
  const stamp = env.stamp + (learnt ?? env.offset);
  const subkey = keyOf(key.etype, env.random(keyLength(key.etype)));
  // RFC 4121 §4.1: sequence numbers start anywhere; below 2^30 they never turn negative.
  const seqNumber = freshNonce(env) & 0x3fffffff;
  const authenticator = encode(Authenticator, {
    authenticatorVno: PVNO,
    crealm: credential.crealm,
    cname: credential.cname,
    cksum: {
      cksumtype: CKSUMTYPE_GSSAPI,
      checksum: gssChecksum(gssFlags, request.bindings),
    },
    cusec: stamp % 1_000_000,
    ctime: Math.floor(stamp / 1_000_000) * 1_000,
    subkey: encryptionKey(subkey),
    seqNumber,
  });
  const mutual = (gssFlags & GssFlags.mutual) !== 0;
  const confounder = env.random(confounderLength(key.etype));
  const bytes = encode(ApReq, {
    pvno: PVNO,
    msgType: KRB_AP_REQ,
    apOptions:
      (mutual ? ApOptions.mutualRequired : 0) |
      (credential.isSkey === undefined ? 0 : ApOptions.useSessionKey),
    ticket: rawTicket(credential.ticket),
    authenticator: {
      etype: key.etype,
      cipher: encrypt(key, KeyUsage.AP_REQ_AUTHENTICATOR, authenticator, confounder),
    },
  });
  const send: Effect = { kind: 'send', message: 'AP-REQ', token: gssToken('AP-REQ', bytes) };
  if (!mutual) return to({ name: 'established', context: { key: subkey, seqNumber } }, [send]);
  const progress = { ask: request, subkey, stamp, seqNumber, ...learntOf(learnt) };
  return to({ name: 'expectApRep', progress }, [send]);
}

function received(progress: Progress, token: Uint8Array, env: ClientEnv): Step<State, Effect> {
  const opened = openGssToken(token);
  if (!opened.ok) return failed(progress, { kind: 'malformed', reason: opened.reason });
  switch (opened.message) {
    case 'AP-REP':
      return accepted(progress, opened.bytes);
    case 'KRB-ERROR':
      return refused(progress, opened.bytes, env);
    case 'AP-REQ':
      return failed(progress, { kind: 'malformed', reason: 'an AP-REQ instead of an AP-REP' });
  }
}

/** RFC 4120 §3.2.5: the service repeats our time, which only who opened the ticket can read. */
function accepted(progress: Progress, bytes: Uint8Array): Step<State, Effect> {
  const reply = tryDecode(ApRep, bytes);
  if (!reply.ok) return failed(progress, { kind: 'malformed', reason: reply.error.message });
  const { key } = progress.ask.credential;
  const { etype, cipher } = reply.value.encPart;
  const plain = etype === key.etype ? decrypt(key, KeyUsage.AP_REP_ENC_PART, cipher) : undefined;
  if (plain === undefined) return failed(progress, { kind: 'undecryptable', etype });
  const part = tryDecode(EncApRepPart, plain);
  if (!part.ok) return failed(progress, { kind: 'malformed', reason: part.error.message });
  const { ctime, cusec, subkey, seqNumber } = part.value;
  const repeated = ctime * 1_000 + cusec;
  if (repeated !== progress.stamp) {
    return failed(progress, {
      kind: 'untrusted',
      check: 'ctime',
      expected: `${progress.stamp}`,
      got: `${repeated}`,
    });
  }
  const acceptorKey = subkey === undefined ? progress.subkey : sentKey(subkey);
  if (acceptorKey === undefined) {
    return failed(progress, {
      kind: 'untrusted',
      check: 'etype',
      expected: 'a subkey',
      got: etypeName(subkey?.keytype ?? 0),
    });
  }
  return to({
    name: 'established',
    context: {
      key: acceptorKey,
      ...(subkey === undefined ? {} : { acceptorSubkey: true }),
      seqNumber: progress.seqNumber,
      ...(seqNumber === undefined ? {} : { peerSeqNumber: seqNumber }),
    },
    ...learntOf(progress.learnt),
  });
}

function refused(progress: Progress, bytes: Uint8Array, env: ClientEnv): Step<State, Effect> {
  const error = tryDecode(KrbError, bytes);
  if (!error.ok) return failed(progress, { kind: 'malformed', reason: error.error.message });
  const { errorCode } = error.value;
  if (errorCode === KRB_AP_ERR_SKEW && progress.ask.learnsTime && progress.learnt === undefined) {
    return ask(progress.ask, serverStamp(error.value) - env.stamp, env);
  }
  return failed(progress, refusal(error.value));
}

function failed(progress: Progress, failure: Failure): Step<State, Effect> {
  return to({ name: 'failed', failure, ...learntOf(progress.learnt) });
}

function learntOf(learnt: number | undefined): { readonly learnt?: number } {
  return learnt === undefined ? {} : { learnt };
}
