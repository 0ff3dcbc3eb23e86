/** What the ticket-granting service issues: RFC 4120 §3.3.3 and §3.3.4, MS-KILE 3.3.5.7. */
import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  AD_IF_RELEVANT,
  AD_WIN2K_PAC,
  KdcOptions,
  KeyUsage,
  KRB_TGS_REP,
  LR_NONE,
  PVNO,
  TicketFlags,
} from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KRB_AP_ERR_BAD_INTEGRITY,
  KRB_AP_ERR_TKT_EXPIRED,
} from '../kerberos/error-codes.ts';
import {
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  keyLength,
  randomToKey,
} from '../kerberos/etypes.ts';
import {
  AuthorizationData,
  type EncryptionKey,
  EncTgsRepPart,
  type EncTicketPart,
  type KdcReqBody,
  type PaData,
  type PrincipalName,
  TgsRep,
} from '../kerberos/messages.ts';
import { withoutPac } from '../pac/authorization-data.ts';
import { draftPac, type PacKeys } from '../pac/signatures.ts';
import { type KdcEnv, type Trust, UserAccountControl } from './accounts.ts';
import { NOT_TRANSITED, type Reply } from './as-reply.ts';
import { type Refusal, refused } from './errors.ts';
import { buffersForService, buffersForTgt } from './inherited-pac.ts';
import { keyList } from './key-list.ts';
import { declinesPac } from './pac.ts';
import { encryptedPaData, type Wishes } from './padata.ts';
import { barredFlags, limitsOf } from './read-only-limits.ts';
import type { Realm } from './realm.ts';
import { delegatesOver, referralInfo, remoteTgs } from './referral.ts';
import type { Bearer } from './tgs-pac.ts';
import type { Presented } from './tgs-request.ts';
import {
  isTrustedForDelegation,
  pacSigner,
  sealTicket,
  type Target,
  type Validity,
  validity,
  wholeSeconds,
  withPac,
} from './ticket.ts';

/** A request that is in order so far. */
export interface Asked {
  readonly realm: Realm;
  readonly body: KdcReqBody;
  readonly sname: PrincipalName;
  readonly wishes: Wishes;
  readonly client: Presented;
  readonly bearer: Bearer;
}

export interface Granted extends Asked {
  readonly target: Pick<Target, 'use' | 'encTypes' | 'account'>;
  /** etype of the session key. */
  readonly session: number;
  /** Seals the ticket; without `kvno` it is a session key (user-to-user). */
  readonly key: Key;
  readonly kvno?: number;
  /** The ticket is a referral to this realm. */
  readonly trust?: Trust;
}

/** A new ticket. */
export function grant(granted: Granted, env: KdcEnv): Reply | Refusal {
  const { body, client, session } = granted;
  const others = authorizationData(client, body);
  if (others.kind === 'refused') return others;
  const times = lifetime(granted, env.now);
  if (times.kind === 'refused') return times;
  const size = keyLength(session);
  const chance = chanceFor(granted.key, client, size, env);
  const sessionKey = randomToKey(session, chance.sessionKey);
  const part = ticketPart(granted, times, encryptionKey(sessionKey));
  const signed = signedPart(granted, part, others.elements, env);
  if (signed.kind === 'refused') return signed;
  return reply(granted, signed.part, chance, env.now);
}

/** Renewed or validated: the same ticket with new times (and new signatures). */
export function grantAgain(
  asked: Asked & { readonly target: Target },
  env: KdcEnv,
): Reply | Refusal {
  const { body, client, target } = asked;
  const { part } = client.tgt;
  const { starttime = part.authtime, endtime } = part;
  const limits = limitsOf(asked.realm, part, asked.bearer);
  const renewTill = limits.renewTill ?? endtime;
  const now = wholeSeconds(env.now);
  const lasting = Math.min(endtime - starttime, limits.ticketAge);
  const renewing = (body.kdcOptions & KdcOptions.renew) !== 0;
  const times = renewing
    ? { starttime: now, endtime: Math.min(now + lasting, renewTill) }
    : { starttime, endtime: Math.min(endtime, starttime + limits.ticketAge) };
  if (times.endtime <= now) {
    const at = new Date(renewTill).toISOString();
    return refused(
      KRB_AP_ERR_TKT_EXPIRED,
      `by this realm's policy it could be renewed until ${at}`,
    );
  }
  const { key, kvno } = target;
  const granted: Granted = { ...asked, session: part.key.keytype, key, kvno };
  const same: EncTicketPart = {
    ...part,
    ...times,
    ...(limits.renewTill === undefined ? {} : { renewTill: limits.renewTill }),
    flags: part.flags & ~TicketFlags.invalid & ~barredFlags(asked.bearer),
  };
  const others = withoutPac(part.authorizationData ?? []);
  const signed = signedPart(granted, same, others, env);
  if (signed.kind === 'refused') return signed;
  return reply(granted, signed.part, chanceFor(key, client, 0, env), env.now);
}

interface Chance {
  readonly sessionKey: Uint8Array;
  readonly ticketConfounder: Uint8Array;
  readonly replyConfounder: Uint8Array;
}

/** All that is random in a reply, drawn at once. */
function chanceFor(key: Key, client: Presented, size: number, env: KdcEnv): Chance {
  const ticketEnd = size + confounderLength(key.etype);
  const octets = env.random(ticketEnd + confounderLength(replyKey(client).etype));
  return {
    sessionKey: octets.subarray(0, size),
    ticketConfounder: octets.subarray(size, ticketEnd),
    replyConfounder: octets.subarray(ticketEnd),
  };
}

function replyKey({ subkey, tgt }: Presented): Key {
  return subkey ?? tgt.sessionKey;
}

type Elements = { readonly kind: 'elements'; readonly elements: AuthorizationData };

/**
 * What the new ticket holds besides the PAC: what the ticket-granting ticket held, then what the
 * client adds (RFC 4120 §3.3.3). A PAC is never taken from a client.
 */
function authorizationData(client: Presented, body: KdcReqBody): Elements | Refusal {
  const inherited = withoutPac(client.tgt.part.authorizationData ?? []);
  const sealed = body.encAuthorizationData;
  if (sealed === undefined) return { kind: 'elements', elements: inherited };
  const { subkey } = client;
  const usage =
    subkey === undefined
      ? KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION
      : KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SUBKEY;
  const plain = decrypt(replyKey(client), usage, sealed.cipher);
  const read = plain === undefined ? undefined : tryDecode(AuthorizationData, plain);
  if (read === undefined || !read.ok) {
    const why = read === undefined ? 'does not decrypt' : read.error.message;
    return refused(KRB_AP_ERR_BAD_INTEGRITY, `enc-authorization-data: ${why}`);
  }
  const own = read.value.filter((element) => !mayHoldPac(element));
  return { kind: 'elements', elements: [...inherited, ...own] };
}

function mayHoldPac({ adType, adData }: AuthorizationData[number]): boolean {
  if (adType === AD_WIN2K_PAC) return true;
  if (adType !== AD_IF_RELEVANT) return false;
  const inner = tryDecode(AuthorizationData, adData);
  return !inner.ok || inner.value.some(mayHoldPac);
}

function lifetime(granted: Granted, now: number): Validity | Refusal {
  const { realm, body, client, target } = granted;
  const { policy } = realm;
  const { endtime } = client.tgt.part;
  const { ticketAge, renewTill = 0 } = limitsOf(realm, client.tgt.part, granted.bearer);
  const start = wholeSeconds(now);
  const age = {
    tgt: policy.maxTicketAge,
    referral: policy.maxTicketAge,
    service: policy.maxServiceAge,
    changePw: policy.changePwTicketAge,
  }[target.use];
  const renewable = (body.kdcOptions & KdcOptions.renewable) !== 0;
  return validity(
    {
      start,
      till: body.till,
      ...(body.rtime === undefined ? {} : { rtime: body.rtime }),
      renewable,
      // Only what the ticket-granting ticket allows.
      renewableOk:
        (body.kdcOptions & KdcOptions.renewableOk) !== 0 &&
        (client.tgt.part.flags & TicketFlags.renewable) !== 0,
    },
    Math.min(endtime, start + Math.min(age, ticketAge)),
    renewTill,
  );
}

/** Flags that a ticket has because its ticket-granting ticket has them. */
const INHERITED = TicketFlags.preAuthent | TicketFlags.forwarded | TicketFlags.proxy;
/** Options that, being allowed, are flags of the same bit. */
const GRANTED =
  KdcOptions.forwardable | KdcOptions.forwarded | KdcOptions.proxiable | KdcOptions.proxy;

function ticketPart(granted: Granted, times: Validity, key: EncryptionKey): EncTicketPart {
  const { realm, body, client, target, trust } = granted;
  const { part, issuer } = client.tgt;
  const { starttime, endtime, renewTill } = times;
  let flags = TicketFlags.encPaRep | (part.flags & INHERITED) | (body.kdcOptions & GRANTED);
  if (renewTill !== undefined) flags |= TicketFlags.renewable;
  flags &= ~barredFlags(granted.bearer);
  // A trusted realm's tickets are forwarded to our services only if the trust says so.
  const forwards = issuer.kind === 'own' || delegatesOver(issuer.trust);
  const delegates = trust === undefined ? isTrustedForDelegation(target) : delegatesOver(trust);
  if (forwards && delegates) flags |= TicketFlags.okAsDelegate;
  const elsewhere = (body.kdcOptions & (KdcOptions.forwarded | KdcOptions.proxy)) !== 0;
  const caddr = elsewhere && realm.policy.kdcUseClientAddresses ? body.addresses : part.caddr;
  return {
    flags,
    key,
    crealm: part.crealm,
    cname: part.cname,
    transited: NOT_TRANSITED,
    authtime: part.authtime,
    starttime,
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    ...(caddr === undefined ? {} : { caddr }),
  };
}

type Signed = { readonly kind: 'signed'; readonly part: EncTicketPart };

function signedPart(
  granted: Granted,
  part: EncTicketPart,
  others: AuthorizationData,
  env: KdcEnv,
): Signed | Refusal {
  const { realm, bearer, target, key } = granted;
  const signer = pacSigner(realm, env.accounts);
  if (signer === undefined) {
    return refused(KDC_ERR_ETYPE_NOSUPP, 'krbtgt has no key that this domain controller may use');
  }
  const keys: PacKeys = { serverKey: key, ...signer };
  if (target.use === 'tgt' || target.use === 'referral') {
    const pac = draftPac({ ...keys, buffers: buffersForTgt(bearer.pac), forService: false });
    return { kind: 'signed', part: withPac(part, pac, keys, false, others) };
  }
  const control = target.account?.userAccountControl ?? 0;
  const without = (control & UserAccountControl.NO_AUTH_DATA_REQUIRED) !== 0;
  if (without || declinesPac(bearer.pac)) {
    return { kind: 'signed', part: withOthers(part, others) };
  }
  const { accounts } = env;
  const { account } = bearer;
  const buffers = buffersForService(bearer.pac, {
    realm,
    accounts,
    encTypes: target.encTypes,
    ...(account === undefined ? {} : { client: account }),
  });
  // kadmin/changepw has krbtgt's key, and no ticket signature (MS-PAC 2.8.2).
  const forService = target.use === 'service';
  const pac = draftPac({ ...keys, buffers, forService });
  return { kind: 'signed', part: withPac(part, pac, keys, forService, others) };
}

function withOthers(part: EncTicketPart, others: AuthorizationData): EncTicketPart {
  return others.length === 0 ? part : { ...part, authorizationData: others };
}

function reply(granted: Granted, part: EncTicketPart, chance: Chance, now: number): Reply {
  const { realm, body, client, trust, wishes, target } = granted;
  const sname = trust === undefined ? granted.sname : remoteTgs(trust);
  const { ticketConfounder, replyConfounder } = chance;
  const ticket = sealTicket(realm.name, sname, part, granted.key, granted.kvno, ticketConfounder);
  const canonical = (body.kdcOptions & KdcOptions.canonicalize) !== 0;
  const paData: readonly PaData[] = [
    ...keyList(granted),
    ...encryptedPaData(canonical ? target.encTypes : undefined, wishes.pacOptions),
    ...(trust === undefined ? [] : [referralInfo(trust)]),
  ];
  const { flags, authtime, starttime = authtime, endtime, renewTill } = part;
  const encPart = encode(EncTgsRepPart, {
    key: part.key,
    lastReq: [{ lrType: LR_NONE, lrValue: wholeSeconds(now) }],
    nonce: body.nonce,
    flags,
    authtime,
    starttime,
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    srealm: realm.name,
    sname,
    ...(paData.length === 0 ? {} : { encryptedPaData: paData }),
  });
  const key = replyKey(client);
  const usage =
    client.subkey === undefined
      ? KeyUsage.TGS_REP_ENC_PART_SESSION
      : KeyUsage.TGS_REP_ENC_PART_SUBKEY;
  const bytes = encode(TgsRep, {
    pvno: PVNO,
    msgType: KRB_TGS_REP,
    crealm: part.crealm,
    cname: part.cname,
    ticket,
    encPart: { etype: key.etype, cipher: encrypt(key, usage, encPart, replyConfounder) },
  });
  return { kind: 'replied', message: 'TGS-REP', bytes };
}
