/**
 * The client of the AS exchange: RFC 4120 §3.1, with Windows' habits (MS-KILE 3.2.5.1 to 3.2.5.6). It asks
 * without proof, learns from KDC_ERR_PREAUTH_REQUIRED what is wanted, proves and opens the reply;
 * on the way it follows KDC_ERR_WRONG_REALM (RFC 6806 §7) and may learn the KDC's clock.
 */

import { tryDecode } from '../../src/der/codec.ts';
import type { KeyTransport } from '../../src/machine/actor.ts';
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { type AsOpened, openAsRep } from './as-reply.ts';
import { type AsRequest, type Draft, drafted, encoded } from './as-request.ts';
import {
  CLOCK_SKEW,
  type ClientEnv,
  type Failure,
  freshNonce,
  refusal,
  serverStamp,
} from './client.ts';
import { KdcOptions } from './constants.ts';
import { KDC_ERR_PREAUTH_REQUIRED, KDC_ERR_WRONG_REALM, KRB_AP_ERR_SKEW } from './error-codes.ts';
import { AsRep, KrbError, MethodData, type PaData } from './messages.ts';
import type { PreAuth, PreAuthContext, PreAuthStep, ReplyContext, ReplyKey } from './preauth.ts';
import { sameRealm } from './ticket-cache.ts';

interface Progress<P> {
  readonly ask: AsRequest;
  readonly preAuth: P;
  /** The realm asked at present; the last of `realms`. */
  readonly realm: string;
  readonly realms: readonly string[];
  /** METHOD-DATA of the KDC's last refusal. */
  readonly hints: readonly PaData[];
  /** The present request carries a proof. */
  readonly proven: boolean;
  /** Microseconds by which the KDC's clock is ahead of ours; absent: not learnt here. */
  readonly learnt?: number;
}

export type State<P> =
  | { readonly name: 'idle' }
  | { readonly name: 'expectSignature'; readonly progress: Progress<P>; readonly request: Draft }
  | {
      readonly name: 'expectReply';
      readonly progress: Progress<P>;
      readonly request: Draft;
      /** The whole AS-REQ, DER. */
      readonly sent: Uint8Array;
    }
  | {
      readonly name: 'expectKey';
      readonly progress: Progress<P>;
      readonly request: Draft;
      readonly sent: Uint8Array;
      /** Its key is being decrypted. */
      readonly answer: AsRep;
    }
  | {
      readonly name: 'done';
      readonly reply: AsOpened;
      /** The mechanism's state, with the keys that it made. */
      readonly preAuth: P;
      readonly learnt?: number;
    }
  | { readonly name: 'failed'; readonly failure: Failure; readonly learnt?: number };

export type Event<P> =
  | { readonly kind: 'asked'; readonly request: AsRequest; readonly preAuth: P }
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  | { readonly kind: 'decrypted'; readonly data?: Uint8Array }
  | { readonly kind: 'answered'; readonly bytes: Uint8Array }
  | { readonly kind: 'unanswered'; readonly reason: string };

export type Effect =
  | {
      readonly kind: 'request';
      readonly realm: string;
      readonly message: 'AS-REQ';
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'sign';
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  | {
      readonly kind: 'decrypt';
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | Rejected;

type AsStep<P> = Step<State<P>, Effect>;

/** Realms visited on the way to the client's own: MaxReferralCount of Windows. */
const REFERRALS_MAX = 6;

export function step<P>(
  mechanism: PreAuth<P>,
  state: State<P>,
  event: Event<P>,
  env: ClientEnv,
): AsStep<P> {
  switch (state.name) {
    case 'idle': {
      if (event.kind !== 'asked') return unexpected(state, event, 'asked');
      const { request, preAuth } = event;
      const { realm } = request;
      const progress = { ask: request, preAuth, realm, realms: [realm], hints: [], proven: false };
      return first(mechanism, progress, env);
    }
    case 'expectSignature': {
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      const { progress, request } = state;
      const context = contextOf(progress, request, env);
      const proof = mechanism.signed(progress.preAuth, event.signature, context, env);
      return send(progress, request, proof);
    }
    case 'expectReply': {
      if (event.kind === 'unanswered') {
        return failed(state.progress, { kind: 'unanswered', reason: event.reason });
      }
      if (event.kind !== 'answered') return unexpected(state, event, 'answered', 'unanswered');
      return answered(mechanism, state, event.bytes, env);
    }
    case 'expectKey': {
      if (event.kind !== 'decrypted') return unexpected(state, event, 'decrypted');
      const { progress, answer } = state;
      const context = replyContext(state, env);
      const key = mechanism.decrypted(progress.preAuth, event.data, answer, context);
      return opened(state, answer, key, env);
    }
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

/** The first request to a realm: asks what the KDC wants, or proves at once. */
function first<P>(mechanism: PreAuth<P>, progress: Progress<P>, env: ClientEnv): AsStep<P> {
  const padata = mechanism.asksFirst(progress.preAuth);
  if (padata === undefined) return prove(mechanism, progress, env);
  const request = drafted(progress.ask, progress.realm, freshNonce(env));
  const proof: PreAuthStep<P> = { kind: 'ready', state: progress.preAuth, padata };
  return send({ ...progress, proven: false }, request, proof);
}

/** A request with a proof. */
function prove<P>(mechanism: PreAuth<P>, progress: Progress<P>, env: ClientEnv): AsStep<P> {
  const request = drafted(progress.ask, progress.realm, freshNonce(env));
  const context = contextOf(progress, request, env);
  const proof = mechanism.prove(progress.preAuth, context, env);
  return send({ ...progress, proven: true }, request, proof);
}

function contextOf<P>(progress: Progress<P>, request: Draft, env: ClientEnv): PreAuthContext {
  return {
    realm: progress.realm,
    cname: progress.ask.cname,
    etypes: progress.ask.etypes,
    body: request.body,
    reqBody: request.reqBody,
    nonce: request.nonce,
    stamp: kdcStamp(progress, env),
    hints: progress.hints,
  };
}

type Sent<P> = Extract<State<P>, { readonly name: 'expectReply' | 'expectKey' }>;

function replyContext<P>({ progress, request, sent }: Sent<P>, env: ClientEnv): ReplyContext {
  return { ...contextOf(progress, request, env), sent };
}

/** The KDC's clock in microseconds, as far as it is known. */
function kdcStamp<P>({ learnt }: Progress<P>, env: ClientEnv): number {
  return env.stamp + (learnt ?? env.offset);
}

function send<P>(progress: Progress<P>, request: Draft, proof: PreAuthStep<P>): AsStep<P> {
  if (proof.kind === 'failed') return failed(progress, proof.failure);
  const proven = { ...progress, preAuth: proof.state };
  if (proof.kind === 'sign') {
    const { key, algorithm, data } = proof;
    return to({ name: 'expectSignature', progress: proven, request }, [
      { kind: 'sign', key, algorithm, data },
    ]);
  }
  const sent = encoded(request, progress.ask, proof.padata, progress.hints);
  return to({ name: 'expectReply', progress: proven, request, sent }, [
    { kind: 'request', realm: progress.realm, message: 'AS-REQ', bytes: sent },
  ]);
}

type Waiting<P> = Extract<State<P>, { readonly name: 'expectReply' }>;

function answered<P>(
  mechanism: PreAuth<P>,
  state: Waiting<P>,
  bytes: Uint8Array,
  env: ClientEnv,
): AsStep<P> {
  const { progress } = state;
  const reply = tryDecode(AsRep, bytes);
  if (!reply.ok) {
    const error = tryDecode(KrbError, bytes);
    if (error.ok) return refused(mechanism, state, error.value, env);
    const { message } = bytes[0] === 0x7e ? error.error : reply.error;
    return failed(progress, { kind: 'malformed', reason: message });
  }
  const key = mechanism.replyKey(progress.preAuth, reply.value, replyContext(state, env));
  return opened(state, reply.value, key, env);
}

/** Opens the reply with its key, or has the key decrypted first. */
function opened<P>(state: Sent<P>, answer: AsRep, found: ReplyKey<P>, env: ClientEnv): AsStep<P> {
  const { request, sent } = state;
  if (found.kind === 'failed') return failed(state.progress, found.failure);
  const progress = { ...state.progress, preAuth: found.state };
  if (found.kind === 'decrypt') {
    const { key, algorithm, data } = found;
    return to({ name: 'expectKey', progress, request, sent, answer }, [
      { kind: 'decrypt', key, algorithm, data },
    ]);
  }
  const { encPaRep } = progress.ask;
  const opening = openAsRep(answer, found.key, { sent, body: request.body, encPaRep });
  if (opening.kind === 'failed') return failed(progress, opening.failure);
  return timed(progress, opening.reply, env);
}

/** RFC 4120 §3.1.5: the reply's time must be ours, or becomes ours. */
function timed<P>(progress: Progress<P>, reply: AsOpened, env: ClientEnv): AsStep<P> {
  const { preAuth } = progress;
  const stamp = kdcStamp(progress, env);
  const authtime = reply.credential.authtime * 1_000;
  if (Math.abs(authtime - stamp) <= CLOCK_SKEW * 1_000) {
    return to({ name: 'done', reply, preAuth, ...learntOf(progress.learnt) });
  }
  if (progress.ask.learnsTime) {
    return to({ name: 'done', reply, preAuth, learnt: authtime - env.stamp });
  }
  return failed(progress, {
    kind: 'untrusted',
    check: 'starttime',
    expected: new Date(stamp / 1_000).toISOString(),
    got: new Date(reply.credential.authtime).toISOString(),
  });
}

function refused<P>(
  mechanism: PreAuth<P>,
  state: Waiting<P>,
  error: KrbError,
  env: ClientEnv,
): AsStep<P> {
  const { progress } = state;
  switch (error.errorCode) {
    case KDC_ERR_PREAUTH_REQUIRED: {
      if (progress.proven) break; // what we have to give was not enough
      const hints = error.eData === undefined ? undefined : tryDecode(MethodData, error.eData);
      return prove(mechanism, { ...progress, hints: hints?.ok ? hints.value : [] }, env);
    }
    case KRB_AP_ERR_SKEW: {
      if (!progress.ask.learnsTime || progress.learnt !== undefined) break;
      const learnt = serverStamp(error) - env.stamp;
      const knowing = { ...progress, learnt };
      return progress.proven ? prove(mechanism, knowing, env) : first(mechanism, knowing, env);
    }
    case KDC_ERR_WRONG_REALM: {
      const referred = referral(progress, error);
      if (referred === undefined) break;
      if (referred.kind === 'failed') return failed(progress, referred.failure);
      return first(mechanism, referred.progress, env);
    }
    default: {
      const preAuth = progress.proven ? mechanism.retried(progress.preAuth, error) : undefined;
      if (preAuth !== undefined) return prove(mechanism, { ...progress, preAuth }, env);
    }
  }
  return failed(progress, refusal(error));
}

/** RFC 6806 §7: the client lives elsewhere. Only asked-for canonicalization may move us. */
function referral<P>(
  progress: Progress<P>,
  { crealm }: KrbError,
):
  | { readonly kind: 'referred'; readonly progress: Progress<P> }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | undefined {
  if ((progress.ask.kdcOptions & KdcOptions.canonicalize) === 0) return undefined;
  if (crealm === undefined) return undefined;
  const realms = [...progress.realms, crealm];
  if (progress.realms.some((realm) => sameRealm(realm, crealm))) {
    return { kind: 'failed', failure: { kind: 'referralLoop', realms } };
  }
  if (realms.length > REFERRALS_MAX + 1) {
    return { kind: 'failed', failure: { kind: 'referralLimit', realms } };
  }
  // Salt and methods are those of the other realm: nothing said here counts there.
  return { kind: 'referred', progress: { ...progress, realm: crealm, realms, hints: [] } };
}

function failed<P>(progress: Progress<P>, failure: Failure): AsStep<P> {
  return to({ name: 'failed', failure, ...learntOf(progress.learnt) });
}

function learntOf(learnt: number | undefined): { readonly learnt?: number } {
  return learnt === undefined ? {} : { learnt };
}
