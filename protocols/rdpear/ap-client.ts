/**
 * The AP exchange (RFC 4120 §3.2) of a host that has a service's ticket without its session key: the client of
 * the session makes the authenticator and opens the reply. The subkey is the host's own.
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import type { Context } from '../kerberos/ap-client.ts';
import { type ClientEnv, type Failure, freshNonce, refusal } from '../kerberos/client.ts';
import { ApOptions, CKSUMTYPE_GSSAPI, KeyUsage, KRB_AP_REQ, PVNO } from '../kerberos/constants.ts';
import { type Key, keyLength, key as keyOf, keyOf as sentKey } from '../kerberos/etypes.ts';
import { gssChecksum, gssToken, openGssToken } from '../kerberos/gss.ts';
import {
  ApRep,
  ApReq,
  Checksum,
  EncApRepPart,
  EncryptedData,
  KrbError,
} from '../kerberos/messages.ts';
import { rawTicket } from '../kerberos/ticket.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import { internalName, NO_AUTHORIZATION_DATA } from './authenticator-input.ts';
import { CallId } from './constants.ts';
import { type Answer, asn1Data, type Call } from './messages.ts';
import { opaqueKey } from './opaque-keys.ts';

export interface ApRequest {
  /** Its key is what the client has put into the session key's place. */
  readonly credential: Credential;
  /** GSS-API flags; mutual authentication is asked for in any case. */
  readonly gssFlags: number;
}

interface Progress {
  readonly ask: ApRequest;
  readonly subkey: Key;
  readonly seqNumber: number;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectAuthenticator'; readonly progress: Progress }
  /** `ticks`: the authenticator's time, which the reply has to repeat. */
  | { readonly name: 'expectApRep'; readonly progress: Progress; readonly ticks: bigint }
  | { readonly name: 'expectReplyPart'; readonly progress: Progress; readonly ticks: bigint }
  | { readonly name: 'established'; readonly context: Context }
  | { readonly name: 'failed'; readonly failure: Failure };

export type Event =
  | { readonly kind: 'asked'; readonly request: ApRequest }
  /** Of the client of the session. */
  | { readonly kind: 'computed'; readonly answer: Answer }
  /** A GSS-API token of the service. */
  | { readonly kind: 'received'; readonly token: Uint8Array }
  | { readonly kind: 'unanswered'; readonly reason: string };

export type Effect =
  | { readonly kind: 'asks'; readonly call: Call }
  | { readonly kind: 'send'; readonly message: 'AP-REQ'; readonly token: Uint8Array }
  | Rejected;

const {
  RemoteCallKerbCreateApReqAuthenticator: CREATE_AP_REQ_AUTHENTICATOR,
  RemoteCallKerbDecryptApReply: DECRYPT_AP_REPLY,
} = CallId;

/** A FILETIME's ticks in a microsecond, and microseconds from 1601 to 1970. */
const TICKS = 10n;
const EPOCH_DIFFERENCE = 11_644_473_600_000_000n;

export function step(state: State, event: Event, env: ClientEnv): Step<State, Effect> {
  if (event.kind === 'unanswered' && 'progress' in state) {
    return failed({ kind: 'unanswered', reason: event.reason });
  }
  switch (state.name) {
    case 'idle':
      return event.kind === 'asked' ? asked(event.request, env) : unexpected(state, event, 'asked');
    case 'expectAuthenticator':
      return event.kind === 'computed'
        ? authenticated(state.progress, event.answer)
        : unexpected(state, event, 'computed', 'unanswered');
    case 'expectApRep':
      return event.kind === 'received'
        ? received(state, event.token)
        : unexpected(state, event, 'received', 'unanswered');
    case 'expectReplyPart':
      return event.kind === 'computed'
        ? opened(state, event.answer)
        : unexpected(state, event, 'computed', 'unanswered');
    case 'established':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function failed(failure: Failure): Step<State, Effect> {
  return to({ name: 'failed', failure });
}

function malformed(reason: string): Step<State, Effect> {
  return failed({ kind: 'malformed', reason });
}

function asked(ask: ApRequest, env: ClientEnv): Step<State, Effect> {
  const { key, cname, crealm } = ask.credential;
  const subkey = keyOf(key.etype, env.random(keyLength(key.etype)));
  // As in the AP exchange with a key: below 2^30 a sequence number never turns negative.
  const seqNumber = freshNonce(env) & 0x3fffffff;
  const cksum = { cksumtype: CKSUMTYPE_GSSAPI, checksum: gssChecksum(ask.gssFlags) };
  const call = {
    tag: CREATE_AP_REQ_AUTHENTICATOR,
    value: {
      EncryptionKey: opaqueKey(key),
      SequenceNumber: seqNumber,
      ClientName: internalName(cname),
      ClientRealm: crealm,
      SkewTime: 0n,
      SubKey: opaqueKey(subkey),
      AuthData: NO_AUTHORIZATION_DATA,
      GssChecksum: asn1Data(encode(Checksum, cksum)),
      KeyUsage: KeyUsage.AP_REQ_AUTHENTICATOR,
    },
  } as const;
  return to({ name: 'expectAuthenticator', progress: { ask, subkey, seqNumber } }, [
    { kind: 'asks', call },
  ]);
}

function authenticated(progress: Progress, answer: Answer): Step<State, Effect> {
  if (answer.tag !== CREATE_AP_REQ_AUTHENTICATOR) {
    return malformed(`an answer to call ${answer.tag} in expectAuthenticator`);
  }
  const { Authenticator, AuthenticatorTime: ticks } = answer.value;
  const authenticator = tryDecode(EncryptedData, Authenticator.Asn1Buffer ?? new Uint8Array(0));
  if (!authenticator.ok) return malformed(`the authenticator: ${authenticator.error.message}`);
  const bytes = encode(ApReq, {
    pvno: PVNO,
    msgType: KRB_AP_REQ,
    apOptions: ApOptions.mutualRequired,
    ticket: rawTicket(progress.ask.credential.ticket),
    authenticator: authenticator.value,
  });
  return to({ name: 'expectApRep', progress, ticks }, [
    { kind: 'send', message: 'AP-REQ', token: gssToken('AP-REQ', bytes) },
  ]);
}

type Waiting = Extract<State, { readonly ticks: bigint }>;

function received({ progress, ticks }: Waiting, token: Uint8Array): Step<State, Effect> {
  const framed = openGssToken(token);
  if (!framed.ok) return malformed(framed.reason);
  if (framed.message === 'KRB-ERROR') {
    const error = tryDecode(KrbError, framed.bytes);
    return error.ok ? failed(refusal(error.value)) : malformed(error.error.message);
  }
  const reply = tryDecode(ApRep, framed.bytes);
  if (framed.message !== 'AP-REP' || !reply.ok) return malformed('no AP-REP');
  const call = {
    tag: DECRYPT_AP_REPLY,
    value: {
      EncryptedReply: asn1Data(encode(EncryptedData, reply.value.encPart)),
      Key: opaqueKey(progress.ask.credential.key),
    },
  } as const;
  return to({ name: 'expectReplyPart', progress, ticks }, [{ kind: 'asks', call }]);
}

/** RFC 4120 §3.2.5: the service repeats the authenticator's time. */
function opened({ progress, ticks }: Waiting, answer: Answer): Step<State, Effect> {
  if (answer.tag !== DECRYPT_AP_REPLY) {
    return malformed(`an answer to call ${answer.tag} in expectReplyPart`);
  }
  const part = tryDecode(EncApRepPart, answer.value.ApReply.Asn1Buffer ?? new Uint8Array(0));
  if (!part.ok) return malformed(part.error.message);
  const { ctime, cusec, subkey: theirs, seqNumber } = part.value;
  const repeated = (BigInt(ctime) * 1_000n + BigInt(cusec) + EPOCH_DIFFERENCE) * TICKS;
  if (repeated !== ticks) {
    const [expected, got] = [`${ticks}`, `${repeated}`];
    return failed({ kind: 'untrusted', check: 'ctime', expected, got });
  }
  const key = theirs === undefined ? progress.subkey : sentKey(theirs);
  if (key === undefined) return malformed(`a subkey of type ${theirs?.keytype}`);
  const context: Context = {
    key,
    ...(theirs === undefined ? {} : { acceptorSubkey: true }),
    seqNumber: progress.seqNumber,
    ...(seqNumber === undefined ? {} : { peerSeqNumber: seqNumber }),
  };
  return to({ name: 'established', context });
}
