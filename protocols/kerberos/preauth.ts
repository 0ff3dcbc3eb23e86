/**
 * How a client proves who it is and finds the key of the reply: RFC 4120 §5.2.7. The AS client
 * (as-client.ts) knows only {@link PreAuth}; here is PA-ENC-TIMESTAMP with a password or a keytab's
 * keys, and public keys (RFC 4556) are supplied by a protocol that stands above this one.
 */

import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { type Codec, encode, tryDecode } from '../../src/der/codec.ts';
import type { KeyTransport } from '../../src/machine/actor.ts';
import type { Env } from '../../src/machine/machine.ts';
import type { Failure } from './client.ts';
import { KeyUsage, PA_ENC_TIMESTAMP, PA_ETYPE_INFO, PA_ETYPE_INFO2 } from './constants.ts';
import {
  confounderLength,
  encrypt,
  type Key,
  paramsObjection,
  stringToKey,
  supported,
} from './etypes.ts';
import {
  type AsRep,
  EncryptedData,
  EtypeInfo,
  EtypeInfo2,
  type KdcReqBody,
  type KrbError,
  type PaData,
  PaEncTsEnc,
  type PrincipalName,
} from './messages.ts';

/** What a proof may be about: the request as it is about to be sent. */
export interface PreAuthContext {
  readonly realm: string;
  readonly cname: PrincipalName;
  /** As offered in the request, in order of preference. */
  readonly etypes: readonly number[];
  readonly body: KdcReqBody;
  /** `body`, DER: what a checksum in the proof covers. */
  readonly reqBody: Uint8Array;
  readonly nonce: number;
  /** Microseconds since 1970 by the KDC's clock, as far as it is known. */
  readonly stamp: number;
  /** METHOD-DATA of the KDC; empty before it has spoken. */
  readonly hints: readonly PaData[];
}

export type PreAuthStep<P> =
  /** Put these into the request. */
  | { readonly kind: 'ready'; readonly state: P; readonly padata: readonly PaData[] }
  /** A private-key operation first; its result comes to {@link PreAuth.signed}. */
  | {
      readonly kind: 'sign';
      readonly state: P;
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What the key of a reply may follow from, besides. */
export interface ReplyContext extends PreAuthContext {
  /** The whole AS-REQ, DER. */
  readonly sent: Uint8Array;
}

export type ReplyKey<P> =
  | { readonly kind: 'key'; readonly key: Key; readonly state: P }
  /** The reply's key was encrypted to ours; the result comes to {@link PreAuth.decrypted}. */
  | {
      readonly kind: 'decrypt';
      readonly state: P;
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** `P` is the mechanism's own state, plain data. */
export interface PreAuth<P> {
  /** Padata of a first request that asks what the KDC wants; undefined: it proves already (public keys). */
  asksFirst(state: P): readonly PaData[] | undefined;
  prove(state: P, context: PreAuthContext, env: Env): PreAuthStep<P>;
  signed(state: P, signature: Uint8Array, context: PreAuthContext, env: Env): PreAuthStep<P>;
  /** The key of the reply's enc-part. */
  replyKey(state: P, reply: AsRep, context: ReplyContext): ReplyKey<P>;
  /** @param data absent: it was not encrypted to our key */
  decrypted(
    state: P,
    data: Uint8Array | undefined,
    reply: AsRep,
    context: ReplyContext,
  ): ReplyKey<P>;
  /** With what to prove anew after this refusal of a proof; undefined: there is nothing else. */
  retried(state: P, error: KrbError): P | undefined;
}

/** What {@link encryptedTimestamp} starts from: a password, or keys of a keytab. */
export type LongTermSecret =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'keys'; readonly keys: readonly Key[] };

/** The secret, and the key that it gave with the salt the KDC named. */
export interface TimestampState {
  readonly secret: LongTermSecret;
  readonly derived?: { readonly salt: string; readonly params: string; readonly key: Key };
}

/** PA-ENC-TIMESTAMP: RFC 4120 §5.2.7.2. */
export const encryptedTimestamp: PreAuth<TimestampState> = {
  asksFirst: () => [],
  prove(state, context, env) {
    const chosen = chooseEntry(state.secret, context);
    if (chosen === undefined) return { kind: 'failed', failure: noCommonEtype(context) };
    const found = longTermKey(state, chosen, context);
    if (found.kind === 'failed') return found;
    const { key } = found;
    const plain = encode(PaEncTsEnc, {
      patimestamp: Math.floor(context.stamp / 1_000_000) * 1_000,
      pausec: context.stamp % 1_000_000,
    });
    const confounder = env.random(confounderLength(key.etype));
    const cipher = encrypt(key, KeyUsage.PA_ENC_TIMESTAMP, plain, confounder);
    const padataValue = encode(EncryptedData, { etype: key.etype, cipher });
    return {
      kind: 'ready',
      state: found.state,
      padata: [{ padataType: PA_ENC_TIMESTAMP, padataValue }],
    };
  },
  signed(state) {
    return { kind: 'ready', state, padata: [] };
  },
  replyKey(state, reply, context) {
    const { etype } = reply.encPart;
    const entries = entriesOf({ ...context, hints: reply.padata ?? [] });
    const entry = entries.find((candidate) => candidate.etype === etype);
    // RFC 4120 §5.2.7.5: without an entry of its own the reply's key is made as the hint said.
    const hinted = entriesOf(context).find((candidate) => candidate.etype === etype);
    return longTermKey(state, entry ?? hinted ?? { etype }, context);
  },
  decrypted: () => ({
    kind: 'failed',
    failure: { kind: 'malformed', reason: 'nothing was to be decrypted' },
  }),
  retried: () => undefined,
};

/** One line of ETYPE-INFO2 (or of its predecessor). */
interface Entry {
  readonly etype: number;
  readonly salt?: string;
  readonly s2kparams?: Uint8Array;
}

/** The entries in the KDC's order; ETYPE-INFO counts only where ETYPE-INFO2 is absent. */
function entriesOf(context: PreAuthContext): readonly Entry[] {
  const info2 = padataValue(context.hints, PA_ETYPE_INFO2, EtypeInfo2);
  if (info2 !== undefined) return info2;
  const info = padataValue(context.hints, PA_ETYPE_INFO, EtypeInfo);
  return (info ?? []).map(({ etype, salt }) =>
    salt === undefined ? { etype } : { etype, salt: fromUtf8(salt) },
  );
}

function padataValue<T>(
  padata: readonly PaData[],
  padataType: number,
  codec: Codec<T>,
): T | undefined {
  const found = padata.find((item) => item.padataType === padataType);
  if (found === undefined) return undefined;
  const decoded = tryDecode(codec, found.padataValue);
  return decoded.ok ? decoded.value : undefined;
}

/** The first entry that we offered and can make a key for; without hints, our first etype. */
function chooseEntry(secret: LongTermSecret, context: PreAuthContext): Entry | undefined {
  const entries = entriesOf(context);
  const candidates =
    entries.length > 0 ? entries : context.etypes.map((etype): Entry => ({ etype }));
  return candidates.find(({ etype }) => context.etypes.includes(etype) && hasKeyFor(secret, etype));
}

function hasKeyFor(secret: LongTermSecret, etype: number): boolean {
  if (secret.kind === 'keys') return secret.keys.some((key) => key.etype === etype);
  return supported(etype);
}

type LongTermKey =
  | { readonly kind: 'key'; readonly state: TimestampState; readonly key: Key }
  | { readonly kind: 'failed'; readonly failure: Failure };

function longTermKey(state: TimestampState, entry: Entry, context: PreAuthContext): LongTermKey {
  const { secret, derived } = state;
  const { etype, s2kparams } = entry;
  if (secret.kind === 'keys') {
    const key = secret.keys.find((candidate) => candidate.etype === etype);
    if (key !== undefined) return { kind: 'key', state, key };
  }
  if (secret.kind === 'keys' || !supported(etype)) {
    return { kind: 'failed', failure: { kind: 'noKey', etype } };
  }
  // RFC 4120 §4: the default salt is the realm and the name's components, run together.
  const salt = entry.salt ?? context.realm + context.cname.nameString.join('');
  const params = s2kparams?.join() ?? '';
  if (derived?.key.etype === etype && derived.salt === salt && derived.params === params) {
    return { kind: 'key', state, key: derived.key };
  }
  const objection = paramsObjection(etype, s2kparams);
  if (objection !== undefined) {
    return { kind: 'failed', failure: { kind: 'malformed', reason: objection } };
  }
  const key = stringToKey(etype, secret.password, salt, s2kparams);
  return { kind: 'key', state: { secret, derived: { salt, params, key } }, key };
}

function noCommonEtype(context: PreAuthContext): Failure {
  return {
    kind: 'noCommonEtype',
    offered: context.etypes,
    wanted: entriesOf(context).map((entry) => entry.etype),
  };
}
