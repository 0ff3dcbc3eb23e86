/**
 * The client of the TGS exchange: RFC 4120 §3.3, with referrals (RFC 6806 §8) followed from realm to realm.
 * Service tickets, renewal, validation and user-to-user tickets are one request with other options.
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
import {
  KeyUsage,
  KRB_AP_REQ,
  KRB_TGS_REQ,
  PA_KERB_KEY_LIST_REQ,
  PA_PAC_OPTIONS,
  PA_TGS_REQ,
  PVNO,
} from './constants.ts';
import { KRB_AP_ERR_SKEW } from './error-codes.ts';
import {
  checksum,
  confounderLength,
  encrypt,
  encryptionKey,
  type Key,
  keyLength,
  key as keyOf,
  mandatoryChecksum,
} from './etypes.ts';
import {
  ApReq,
  Authenticator,
  type EncryptionKey,
  KdcReqBody,
  KerbKeyListReq,
  KrbError,
  type PaData,
  PaPacOptions,
  type PrincipalName,
  TgsRep,
  TgsReq,
} from './messages.ts';
import { openTgsRep } from './tgs-reply.ts';
import { rawTicket } from './ticket.ts';
import { type Credential, sameRealm } from './ticket-cache.ts';

/** What is asked for. Times in milliseconds since 1970. */
export interface TgsRequest {
  /** What the request is made with: a ticket-granting ticket, or the ticket to renew or validate. */
  readonly credential: Credential;
  readonly sname: PrincipalName;
  /** KDCOptions. */
  readonly kdcOptions: number;
  readonly till: number;
  readonly etypes: readonly number[];
  /** Tickets, DER: the other party's TGT for user-to-user. */
  readonly additionalTickets?: readonly Uint8Array[];
  /**
   * Type of the checksum over the req-body. Absent: the keyed one of the session key. Windows sends
   * rsa-md5 (7), which needs no key, as the authenticator is encrypted anyway.
   */
  readonly cksumtype?: number;
  /** A key of our own for the reply, in the authenticator. */
  readonly subkey: boolean;
  /** PA-PAC-OPTIONS (MS-KILE 2.2.10); absent: not sent. */
  readonly paPacOptions?: number;
  /**
   * Encryption types whose long-term keys the KDC shall give out (KERB-KEY-LIST-REQ, MS-KILE 2.2.11);
   * absent: not sent.
   */
  readonly keyList?: readonly number[];
  /** Takes over the KDC's clock from KRB_AP_ERR_SKEW, instead of failing. */
  readonly learnsTime: boolean;
}

interface Progress {
  readonly ask: TgsRequest;
  /** The ticket in use: at first {@link TgsRequest.credential}, then those of referrals. */
  readonly credential: Credential;
  /** The realms asked, in order; the last is the present one. */
  readonly realms: readonly string[];
  /** Tickets for other realms' KDCs, gained on the way. */
  readonly gained: readonly Credential[];
  /** Microseconds by which the KDC's clock is ahead of ours; absent: not learnt here. */
  readonly learnt?: number;
}

export type State =
  | { readonly name: 'idle' }
  | {
      readonly name: 'expectReply';
      readonly progress: Progress;
      readonly body: KdcReqBody;
      /** Absent: the session key opens the reply. */
      readonly subkey?: Key;
    }
  | {
      readonly name: 'done';
      readonly credential: Credential;
      readonly gained: readonly Credential[];
      /** KERB-KEY-LIST-REP; absent: the KDC gave out none. */
      readonly keyList?: readonly EncryptionKey[];
      readonly learnt?: number;
    }
  | {
      readonly name: 'failed';
      readonly failure: Failure;
      readonly gained: readonly Credential[];
      readonly learnt?: number;
    };

export type Event =
  | { readonly kind: 'asked'; readonly request: TgsRequest }
  | { readonly kind: 'answered'; readonly bytes: Uint8Array }
  | { readonly kind: 'unanswered'; readonly reason: string };

export type Effect =
  | {
      readonly kind: 'request';
      readonly realm: string;
      readonly message: 'TGS-REQ';
      readonly bytes: Uint8Array;
    }
  | Rejected;

/** MaxReferralCount of Windows. */
const REFERRALS_MAX = 6;

export function step(state: State, event: Event, env: ClientEnv): Step<State, Effect> {
  switch (state.name) {
    case 'idle': {
      if (event.kind !== 'asked') return unexpected(state, event, 'asked');
      const { credential } = event.request;
      return ask(
        { ask: event.request, credential, realms: [realmToAsk(credential)], gained: [] },
        env,
      );
    }
    case 'expectReply': {
      if (event.kind === 'unanswered') {
        return failed(state.progress, { kind: 'unanswered', reason: event.reason });
      }
      if (event.kind !== 'answered') return unexpected(state, event, 'answered', 'unanswered');
      return answered(state, event.bytes, env);
    }
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

/** A ticket for krbtgt/X is used at X; any other (to be renewed) where it was issued. */
function realmToAsk({ sname, srealm }: Credential): string {
  const [service, instance] = sname.nameString;
  return service?.toLowerCase() === 'krbtgt' ? (instance ?? srealm) : srealm;
}

function ask(progress: Progress, env: ClientEnv): Step<State, Effect> {
  const { ask: wanted, credential, realms } = progress;
  const realm = realms[realms.length - 1] as string;
  const body: KdcReqBody = {
    kdcOptions: wanted.kdcOptions,
    realm,
    sname: wanted.sname,
    till: wanted.till,
    nonce: freshNonce(env),
    etype: wanted.etypes,
    ...(wanted.additionalTickets === undefined
      ? {}
      : { additionalTickets: wanted.additionalTickets.map(rawTicket) }),
  };
  const reqBody = encode(KdcReqBody, body);
  const { etype } = credential.key;
  const subkey = wanted.subkey ? keyOf(etype, env.random(keyLength(etype))) : undefined;
  const padata: PaData[] = [
    { padataType: PA_TGS_REQ, padataValue: apReq(progress, reqBody, subkey, env) },
  ];
  if (wanted.paPacOptions !== undefined) {
    const padataValue = encode(PaPacOptions, { options: wanted.paPacOptions });
    padata.push({ padataType: PA_PAC_OPTIONS, padataValue });
  }
  if (wanted.keyList !== undefined) {
    const padataValue = encode(KerbKeyListReq, wanted.keyList);
    padata.push({ padataType: PA_KERB_KEY_LIST_REQ, padataValue });
  }
  const bytes = encode(TgsReq, {
    pvno: PVNO,
    msgType: KRB_TGS_REQ,
    padata,
    reqBody: { value: body, raw: reqBody },
  });
  return to({ name: 'expectReply', progress, body, ...(subkey === undefined ? {} : { subkey }) }, [
    { kind: 'request', realm, message: 'TGS-REQ', bytes },
  ]);
}

/** The AP-REQ inside PA-TGS-REQ: RFC 4120 §5.2.7.1, its checksum over the req-body as it is sent. */
function apReq(
  { ask: wanted, credential, learnt }: Progress,
  reqBody: Uint8Array,
  subkey: Key | undefined,
  env: ClientEnv,
): Uint8Array {
  const { key, cname, crealm } = credential;
  const stamp = env.stamp + (learnt ?? env.offset);
  const cksumtype = wanted.cksumtype ?? mandatoryChecksum(key.etype);
  const authenticator = encode(Authenticator, {
    authenticatorVno: PVNO,
    crealm,
    cname,
    cksum: {
      cksumtype,
      checksum: checksum(key, KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM, reqBody, cksumtype),
    },
    cusec: stamp % 1_000_000,
    ctime: Math.floor(stamp / 1_000_000) * 1_000,
    ...(subkey === undefined ? {} : { subkey: encryptionKey(subkey) }),
    seqNumber: freshNonce(env),
  });
  const confounder = env.random(confounderLength(key.etype));
  return encode(ApReq, {
    pvno: PVNO,
    msgType: KRB_AP_REQ,
    apOptions: 0,
    ticket: rawTicket(credential.ticket),
    authenticator: {
      etype: key.etype,
      cipher: encrypt(key, KeyUsage.TGS_REQ_AUTHENTICATOR, authenticator, confounder),
    },
  });
}

type Waiting = Extract<State, { readonly name: 'expectReply' }>;

function answered(state: Waiting, bytes: Uint8Array, env: ClientEnv): Step<State, Effect> {
  const { progress, body } = state;
  const reply = tryDecode(TgsRep, bytes);
  if (!reply.ok) {
    const error = tryDecode(KrbError, bytes);
    if (error.ok) return refused(progress, error.value, env);
    const { message } = bytes[0] === 0x7e ? error.error : reply.error;
    return failed(progress, { kind: 'malformed', reason: message });
  }
  const opened = openTgsRep(reply.value, progress.credential, state.subkey, body);
  if (opened.kind === 'failed') return failed(progress, opened.failure);
  const { credential } = opened;
  if (opened.kind === 'service') {
    const { keyList } = opened;
    return to({
      name: 'done',
      credential,
      gained: progress.gained,
      ...(keyList === undefined ? {} : { keyList }),
      ...learntOf(progress.learnt),
    });
  }
  return follow(progress, credential, env);
}

/** The reply is a ticket for another realm's KDC instead of the service: go on there. */
function follow(progress: Progress, credential: Credential, env: ClientEnv): Step<State, Effect> {
  const realm = realmToAsk(credential);
  const realms = [...progress.realms, realm];
  if (progress.realms.some((visited) => sameRealm(visited, realm))) {
    return failed(progress, { kind: 'referralLoop', realms });
  }
  if (realms.length > REFERRALS_MAX + 1) return failed(progress, { kind: 'referralLimit', realms });
  const gained = [...progress.gained, credential];
  return ask({ ...progress, credential, realms, gained }, env);
}

function refused(progress: Progress, error: KrbError, env: ClientEnv): Step<State, Effect> {
  const { learnsTime } = progress.ask;
  if (error.errorCode === KRB_AP_ERR_SKEW && learnsTime && progress.learnt === undefined) {
    return ask({ ...progress, learnt: serverStamp(error) - env.stamp }, env);
  }
  return failed(progress, refusal(error));
}

function failed(progress: Progress, failure: Failure): Step<State, Effect> {
  const { gained, learnt } = progress;
  return to({ name: 'failed', failure, gained, ...learntOf(learnt) });
}

function learntOf(learnt: number | undefined): { readonly learnt?: number } {
  return learnt === undefined ? {} : { learnt };
}
