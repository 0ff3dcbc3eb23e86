/**
 * The TGS exchange (RFC 4120 §3.3) of a host that has tickets without their keys: it writes the request and
 * speaks with the KDC, and the client of the session computes what takes a key (MS-RDPEAR 4.1).
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { type ClientEnv, type Failure, freshNonce, refusal } from '../kerberos/client.ts';
import {
  CKSUMTYPE_RSA_MD5,
  KeyUsage,
  KRB_AP_REQ,
  KRB_TGS_REQ,
  PA_TGS_REQ,
  PVNO,
} from '../kerberos/constants.ts';
import {
  ApReq,
  EncryptedData,
  KdcReqBody,
  KrbError,
  type PrincipalName,
  TgsRep,
  TgsReq,
} from '../kerberos/messages.ts';
import { readTgsRep } from '../kerberos/tgs-reply.ts';
import { rawTicket } from '../kerberos/ticket.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import { internalName, NO_AUTHORIZATION_DATA } from './authenticator-input.ts';
import { CallId } from './constants.ts';
import { type Answer, asn1Data, type Call } from './messages.ts';
import { opaqueKey } from './opaque-keys.ts';

/** Times in milliseconds since 1970. */
export interface TgsRequest {
  /** The ticket-granting ticket; its key is whatever the client has put into its place. */
  readonly credential: Credential;
  readonly sname: PrincipalName;
  readonly realm: string;
  /** KDCOptions. */
  readonly kdcOptions: number;
  readonly till: number;
  readonly etypes: readonly number[];
}

interface Progress {
  readonly ask: TgsRequest;
  readonly body: KdcReqBody;
  /** As it is sent, and checksummed. */
  readonly reqBody: Uint8Array;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectChecksum'; readonly progress: Progress }
  | { readonly name: 'expectAuthenticator'; readonly progress: Progress }
  | { readonly name: 'expectReply'; readonly progress: Progress }
  | { readonly name: 'expectReplyBody'; readonly progress: Progress; readonly reply: TgsRep }
  /** `credential.key`: what stands for the ticket's session key. */
  | { readonly name: 'done'; readonly credential: Credential }
  | { readonly name: 'failed'; readonly failure: Failure };

export type Event =
  | { readonly kind: 'asked'; readonly request: TgsRequest }
  /** Of the client of the session. */
  | { readonly kind: 'computed'; readonly answer: Answer }
  /** The client of the session, or the KDC, does not answer. */
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** Of the KDC. */
  | { readonly kind: 'answered'; readonly bytes: Uint8Array };

export type Effect =
  | { readonly kind: 'asks'; readonly call: Call }
  | {
      readonly kind: 'request';
      readonly realm: string;
      readonly message: 'TGS-REQ';
      readonly bytes: Uint8Array;
    }
  | Rejected;

const {
  RemoteCallKerbComputeTgsChecksum: COMPUTE_TGS_CHECKSUM,
  RemoteCallKerbCreateApReqAuthenticator: CREATE_AP_REQ_AUTHENTICATOR,
  RemoteCallKerbUnpackKdcReplyBody: UNPACK_KDC_REPLY_BODY,
} = CallId;

export function step(state: State, event: Event, env: ClientEnv): Step<State, Effect> {
  switch (state.name) {
    case 'idle':
      return event.kind === 'asked' ? asked(event.request, env) : unexpected(state, event, 'asked');
    case 'expectChecksum':
    case 'expectAuthenticator':
    case 'expectReplyBody':
      if (event.kind === 'unanswered') return unanswered(event.reason);
      if (event.kind !== 'computed') return unexpected(state, event, 'computed', 'unanswered');
      return computed(state, event.answer, env);
    case 'expectReply':
      if (event.kind === 'unanswered') return unanswered(event.reason);
      if (event.kind !== 'answered') return unexpected(state, event, 'answered', 'unanswered');
      return replied(state.progress, event.bytes);
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function asked(ask: TgsRequest, env: ClientEnv): Step<State, Effect> {
  const { sname, realm, kdcOptions, till, etypes: etype } = ask;
  const body: KdcReqBody = { kdcOptions, realm, sname, till, nonce: freshNonce(env), etype };
  const reqBody = encode(KdcReqBody, body);
  // Windows' own choice: the authenticator that holds it is encrypted.
  const call = {
    tag: COMPUTE_TGS_CHECKSUM,
    value: {
      RequestBody: asn1Data(reqBody),
      Key: opaqueKey(ask.credential.key),
      ChecksumType: CKSUMTYPE_RSA_MD5,
    },
  } as const;
  return to({ name: 'expectChecksum', progress: { ask, body, reqBody } }, [{ kind: 'asks', call }]);
}

function failed(failure: Failure): Step<State, Effect> {
  return to({ name: 'failed', failure });
}

function unanswered(reason: string): Step<State, Effect> {
  return failed({ kind: 'unanswered', reason });
}

function malformed(reason: string): Step<State, Effect> {
  return failed({ kind: 'malformed', reason });
}

type Computing = Extract<
  State,
  { readonly name: 'expectChecksum' | 'expectAuthenticator' | 'expectReplyBody' }
>;

function computed(state: Computing, answer: Answer, env: ClientEnv): Step<State, Effect> {
  const { progress } = state;
  if (state.name === 'expectChecksum' && answer.tag === COMPUTE_TGS_CHECKSUM) {
    return authenticating(progress, answer.value.Checksum.Asn1Buffer, env);
  }
  if (state.name === 'expectAuthenticator' && answer.tag === CREATE_AP_REQ_AUTHENTICATOR) {
    return requesting(progress, answer.value.Authenticator.Asn1Buffer);
  }
  if (state.name === 'expectReplyBody' && answer.tag === UNPACK_KDC_REPLY_BODY) {
    const { etype } = state.reply.encPart;
    const plain = answer.value.ReplyBody.Asn1Buffer;
    if (plain === null) return failed({ kind: 'undecryptable', etype });
    return opened(progress, state.reply, plain);
  }
  return malformed(`an answer to call ${answer.tag} in ${state.name}`);
}

function authenticating(
  progress: Progress,
  checksum: Uint8Array | null,
  env: ClientEnv,
): Step<State, Effect> {
  const { credential } = progress.ask;
  const { key, cname, crealm } = credential;
  const call = {
    tag: CREATE_AP_REQ_AUTHENTICATOR,
    value: {
      EncryptionKey: opaqueKey(key),
      SequenceNumber: freshNonce(env),
      ClientName: internalName(cname),
      ClientRealm: crealm,
      SkewTime: 0n,
      SubKey: null,
      AuthData: NO_AUTHORIZATION_DATA,
      GssChecksum: asn1Data(checksum),
      KeyUsage: KeyUsage.TGS_REQ_AUTHENTICATOR,
    },
  } as const;
  return to({ name: 'expectAuthenticator', progress }, [{ kind: 'asks', call }]);
}

function requesting(progress: Progress, sealed: Uint8Array | null): Step<State, Effect> {
  const { ask, body, reqBody } = progress;
  const authenticator = tryDecode(EncryptedData, sealed ?? new Uint8Array(0));
  if (!authenticator.ok) return malformed(`the authenticator: ${authenticator.error.message}`);
  const apReq = encode(ApReq, {
    pvno: PVNO,
    msgType: KRB_AP_REQ,
    apOptions: 0,
    ticket: rawTicket(ask.credential.ticket),
    authenticator: authenticator.value,
  });
  const bytes = encode(TgsReq, {
    pvno: PVNO,
    msgType: KRB_TGS_REQ,
    padata: [{ padataType: PA_TGS_REQ, padataValue: apReq }],
    reqBody: { value: body, raw: reqBody },
  });
  return to({ name: 'expectReply', progress }, [
    { kind: 'request', realm: ask.realm, message: 'TGS-REQ', bytes },
  ]);
}

function replied(progress: Progress, bytes: Uint8Array): Step<State, Effect> {
  const reply = tryDecode(TgsRep, bytes);
  if (!reply.ok) {
    const error = tryDecode(KrbError, bytes);
    return error.ok ? failed(refusal(error.value)) : malformed(reply.error.message);
  }
  const { key } = progress.ask.credential;
  const call = {
    tag: UNPACK_KDC_REPLY_BODY,
    value: {
      EncryptedData: asn1Data(encode(EncryptedData, reply.value.encPart)),
      Key: opaqueKey(key),
      StrengthenKey: null,
      Pdu: 0,
      KeyUsage: KeyUsage.TGS_REP_ENC_PART_SESSION,
    },
  } as const;
  return to({ name: 'expectReplyBody', progress, reply: reply.value }, [{ kind: 'asks', call }]);
}

function opened({ ask, body }: Progress, reply: TgsRep, plain: Uint8Array): Step<State, Effect> {
  const opening = readTgsRep(reply, plain, ask.credential, body, (sent) => ({
    etype: sent.keytype,
    bytes: sent.keyvalue,
  }));
  switch (opening.kind) {
    case 'service':
      return to({ name: 'done', credential: opening.credential });
    case 'referral': {
      const reason = `a referral to ${opening.credential.sname.nameString[1]}, which is not followed`;
      return failed({ kind: 'unusable', reason });
    }
    case 'failed':
      return failed(opening.failure);
  }
}
