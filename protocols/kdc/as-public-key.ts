/**
 * An AS exchange with a public key is answered in two steps, because the domain controller's own signature
 * comes from whoever has its key: {@link toBeSigned} has all but that, {@link signedReply} the AS-REP.
 */
import { fromUtf16le } from '../../src/bytes/bytes.ts';
import { KRB_ERR_GENERIC } from '../kerberos/error-codes.ts';
import { stringToKey } from '../kerberos/etypes.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { type GroupName, ownHalf } from '../pkinit/groups.ts';
import type { Account, KdcEnv } from './accounts.ts';
import { type Issue, issue, type Reply } from './as-reply.ts';
import { type Refusal, refused } from './errors.ts';
import { RC4 } from './etype-selection.ts';
import type { Wanted } from './offer.ts';
import type { PkinitPolicy } from './pkinit-policy.ts';
import type { PublicKeyProof } from './proof.ts';
import { finishReply, type KeptHalf, prepareReply, type ReplyDraft } from './public-key-reply.ts';

/** A client that has shown its private key. */
export interface KeyedClient {
  readonly kind: 'keyed';
  readonly account: Account;
  /** As the ticket names it. */
  readonly cname: PrincipalName;
  readonly proof: PublicKeyProof;
  /** etype of the reply's key. */
  readonly etype: number;
}

/** Halves of agreements that serve several exchanges, by group (RFC 4556 §3.2.3.1). */
export type KeptHalves = Readonly<Partial<Record<GroupName, KeptHalf>>>;

/** What waits for the signature: plain data. */
export interface PendingReply {
  readonly request: Omit<Issue, 'client'>;
  readonly client: KeyedClient;
  readonly draft: ReplyDraft;
}

/** An answer that lacks the domain controller's signature. */
export interface Signing {
  readonly kind: 'signing';
  readonly key: string;
  readonly algorithm: string;
  readonly data: Uint8Array;
  readonly pending: PendingReply;
  readonly halves: KeptHalves;
}

/** @param halves those kept from before */
export function toBeSigned(
  request: Omit<Issue, 'client'>,
  client: KeyedClient,
  halves: KeptHalves,
  env: KdcEnv,
): Signing | Refusal {
  const { realm, octets } = request;
  const { offer, variant } = client.proof;
  const identity = realm.pkinit;
  if (identity === undefined) return refused(KRB_ERR_GENERIC, 'the KDC has no certificate');
  const policy = realm.policy.pkinit;
  const chosen = halfFor(offer.wanted, policy, halves, env);
  const prepared = prepareReply(offer, {
    identity,
    variant,
    policy,
    etype: client.etype,
    asReq: octets,
    ...(chosen.half === undefined ? {} : { half: chosen.half }),
    random: env.random,
  });
  if (prepared.kind === 'refused') return prepared;
  const { draft } = prepared;
  return {
    kind: 'signing',
    key: identity.key,
    algorithm: identity.algorithm,
    data: prepared.toBeSigned,
    pending: { request, client, draft },
    halves: chosen.halves,
  };
}

/** How long a half is said to last that serves nobody else: as long as its reply is under way. */
const LEGACY_LIFETIME = 300_000;

/**
 * The KDC's half: a kept one for clients that send a nonce, where policy lets it serve several. Old
 * clients read the key only together with a server nonce, so theirs is said to be kept, too.
 */
function halfFor(
  wanted: Wanted,
  { dhKeyLifetime: lifetime, legacy }: PkinitPolicy,
  halves: KeptHalves,
  { now, random }: KdcEnv,
): { readonly half?: KeptHalf; readonly halves: KeptHalves } {
  if (wanted.by === 'transport') return { halves };
  const { group } = wanted.peer;
  const kept = lifetime > 0;
  if ((!kept && !legacy) || wanted.clientNonce === undefined) {
    return { half: { half: ownHalf(group, random) }, halves };
  }
  const before = halves[group];
  if (kept && before?.until !== undefined && now < before.until) return { half: before, halves };
  const until = Math.floor((now + (kept ? lifetime : LEGACY_LIFETIME)) / 1_000) * 1_000;
  const half: KeptHalf = { half: ownHalf(group, random), until };
  return { half, halves: kept ? { ...halves, [group]: half } : halves };
}

/** The AS-REP, now that the signature is there. */
export function signedReply(
  { request, client, draft }: PendingReply,
  signature: Uint8Array,
  env: KdcEnv,
): Reply | Refusal {
  const { realm, body, octets, sname } = request;
  // RFC 8636 §3.1.1: the names as the request has them.
  const parties = {
    client: { realm: body.realm, name: body.cname ?? client.cname },
    server: { realm: body.realm, name: sname },
  };
  const finished = finishReply(draft, signature, octets, parties, env.random);
  if (finished.kind === 'refused') return finished;
  const { cname, proof } = client;
  const { account, password } = rotated(latest(client.account, env), env);
  const reply = issue(
    {
      ...request,
      realm,
      client: {
        kind: 'client',
        account,
        cname,
        replyKey: finished.replyKey,
        identities: proof.identities,
        preAuthent: true,
        publicKey: finished.padata,
      },
    },
    env,
  );
  if (reply.kind === 'refused') return reply;
  const agreed = { client: formatName(cname, realm.name), key: finished.replyKey };
  const { change } = reply;
  const rotating =
    change === undefined || password === undefined
      ? {}
      : { change: { ...change, why: 'passwordRotated' as const, password } };
  return { ...reply, ...rotating, warnings: proof.warnings, agreed };
}

/** As it is now: while the reply waited for its signature, another one may have replaced the password. */
function latest(account: Account, { accounts }: KdcEnv): Account {
  if (account.passwordRotates === undefined) return account;
  return accounts.byObjectSid(account.objectSid) ?? account;
}

/** Octets of 120 UTF-16 code units: as long as the passwords of computers. */
const PASSWORD_SIZE = 240;

/**
 * MS-PKCA 3.1.5.2.2: who must use a smart card has a random password. When it is too old another one takes
 * its place, and its hash goes into the PAC at once.
 */
function rotated(
  account: Account,
  { now, random }: KdcEnv,
): { readonly account: Account; readonly password?: string } {
  const { passwordRotates, keys, ...rest } = account;
  if (passwordRotates === undefined || now < passwordRotates) return { account };
  const password = fromUtf16le(random(PASSWORD_SIZE));
  const [current] = keys;
  const set = { kvno: (current?.kvno ?? 0) + 1, keys: [stringToKey(RC4, password, '')] };
  return { account: { ...rest, pwdLastSet: now, keys: [set, ...keys] }, password };
}
