/**
 * PA-TGS-REQ: the ticket-granting ticket and the authenticator that a TGS-REQ comes with, checked as
 * RFC 4120 §3.2.3 and §3.3.2 have it, with the codes that domain controllers answer.
 */
import { tryDecode } from '../../src/der/codec.ts';
import {
  KdcOptions,
  KeyUsage,
  KRB_AP_REQ,
  PA_TGS_REQ,
  PVNO,
  TicketFlags,
} from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_PADATA_TYPE_NOSUPP,
  KDC_ERR_POLICY,
  KDC_ERR_SUMTYPE_NOSUPP,
  KRB_AP_ERR_BAD_INTEGRITY,
  KRB_AP_ERR_BADMATCH,
  KRB_AP_ERR_BADVERSION,
  KRB_AP_ERR_INAPP_CKSUM,
  KRB_AP_ERR_MODIFIED,
  KRB_AP_ERR_MSG_TYPE,
  KRB_AP_ERR_NOT_US,
  KRB_AP_ERR_REPEAT,
  KRB_AP_ERR_SKEW,
  KRB_AP_ERR_TKT_EXPIRED,
  KRB_AP_ERR_TKT_NYV,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import { checksumName, decrypt, type Key, keyOf, verifyChecksum } from '../kerberos/etypes.ts';
import { ApReq, Authenticator, type EncTicketPart, type TgsReq } from '../kerberos/messages.ts';
import { formatName, sameName } from '../kerberos/names.ts';
import type { KdcEnv } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { isAllowed } from './etype-selection.ts';
import { skewText } from './proof.ts';
import type { Realm } from './realm.ts';
import { type OpenedTicket, openTgt } from './tgs-ticket.ts';

/** A client that holds its ticket's session key, and asked for just this. */
export interface Presented {
  readonly kind: 'presented';
  readonly tgt: OpenedTicket;
  /** Seals the reply, when the client chose one. */
  readonly subkey?: Key;
  /** What no second authenticator has: the end of its ciphertext. */
  readonly tag: Uint8Array;
}

/** Was an authenticator with this tag here before? */
export type IsReplayed = (tag: Uint8Array) => boolean;

const TGT = 'the ticket-granting ticket';
/**
 * Enough to tell authenticators apart: with the AES types all of the MAC or most of it, with RC4 the
 * end of a key stream that the MAC chose.
 */
const TAG_LENGTH = 16;
/** Tickets for kadmin/changepw last so long, and have krbtgt's key: they are no TGTs. */
const CHANGE_PW_LIFETIME = 120_000;

export function presented(
  realm: Realm,
  request: TgsReq,
  isReplayed: IsReplayed,
  env: KdcEnv,
): Presented | Refusal {
  const apReq = apReqIn(request);
  if ('kind' in apReq) return apReq;
  const { kdcOptions } = request.reqBody.value;
  const tgt = openTgt(realm, env.accounts, apReq.ticket.value, TGT);
  if (tgt.kind === 'refused') return renewalOfService(tgt, kdcOptions);
  const late = timeRefusal(tgt.part, kdcOptions, env.now, realm);
  if (late !== undefined) return late;
  const { cipher } = apReq.authenticator;
  const plain = decrypt(tgt.sessionKey, KeyUsage.TGS_REQ_AUTHENTICATOR, cipher);
  if (plain === undefined) {
    return refused(
      KRB_AP_ERR_BAD_INTEGRITY,
      "the authenticator does not decrypt with the ticket's session key",
    );
  }
  const read = tryDecode(Authenticator, plain);
  if (!read.ok) {
    return refused(KRB_AP_ERR_BAD_INTEGRITY, `inside the authenticator: ${read.error.message}`);
  }
  const tag = cipher.slice(-TAG_LENGTH);
  const authenticator = read.value;
  const wrong =
    matchRefusal(tgt.part, authenticator) ??
    skewRefusal(realm, authenticator, env.now) ??
    (isReplayed(tag)
      ? refused(KRB_AP_ERR_REPEAT, `this authenticator of ${shownClient(tgt.part)} was here before`)
      : undefined) ??
    checksumRefusal(realm, tgt.sessionKey, authenticator, request.reqBody.raw);
  if (wrong !== undefined) return wrong;
  const { subkey } = authenticator;
  if (subkey === undefined) return { kind: 'presented', tgt, tag };
  const key = keyOf(subkey);
  if (key === undefined || !isAllowed(realm.policy, key.etype)) {
    return refused(
      KDC_ERR_ETYPE_NOSUPP,
      `the authenticator's subkey has etype ${subkey.keytype}, which cannot be used here`,
    );
  }
  return { kind: 'presented', tgt, tag, subkey: key };
}

function apReqIn(request: TgsReq): ApReq | Refusal {
  const found = request.padata?.find((item) => item.padataType === PA_TGS_REQ);
  if (found === undefined) {
    return refused(KDC_ERR_PADATA_TYPE_NOSUPP, 'the TGS-REQ has no PA-TGS-REQ');
  }
  const read = tryDecode(ApReq, found.padataValue);
  if (!read.ok) return refused(KRB_ERR_GENERIC, `the PA-TGS-REQ: ${read.error.message}`);
  const { pvno, msgType } = read.value;
  if (pvno !== PVNO) return refused(KRB_AP_ERR_BADVERSION, `pvno of the AP-REQ is ${pvno}`);
  if (msgType !== KRB_AP_REQ) {
    return refused(KRB_AP_ERR_MSG_TYPE, `msg-type of the AP-REQ is ${msgType}, not ${KRB_AP_REQ}`);
  }
  return read.value;
}

/** Service tickets are neither renewed nor validated by AD, which says so with another code. */
function renewalOfService(refusal: Refusal, kdcOptions: number): Refusal {
  const again = (kdcOptions & (KdcOptions.renew | KdcOptions.validate)) !== 0;
  if (refusal.code !== KRB_AP_ERR_NOT_US || !again) return refusal;
  return refused(KDC_ERR_POLICY, `${refusal.cause}; only those are renewed and validated`);
}

function timeRefusal(
  part: EncTicketPart,
  kdcOptions: number,
  now: number,
  { policy }: Realm,
): Refusal | undefined {
  const { flags, authtime, starttime = authtime, endtime } = part;
  if ((flags & TicketFlags.invalid) !== 0 && (kdcOptions & KdcOptions.validate) === 0) {
    return refused(KRB_AP_ERR_TKT_NYV, `${TGT} is flagged invalid and has to be validated first`);
  }
  if (endtime <= now) {
    return refused(KRB_AP_ERR_TKT_EXPIRED, `${TGT} ended at ${new Date(endtime).toISOString()}`);
  }
  if (endtime - now <= CHANGE_PW_LIFETIME) {
    return refused(
      KRB_AP_ERR_TKT_EXPIRED,
      `${TGT} ends within two minutes, as tickets for changing a password do`,
    );
  }
  if (starttime > now + policy.maxClockSkew) {
    return refused(KRB_AP_ERR_TKT_NYV, `${TGT} starts at ${new Date(starttime).toISOString()}`);
  }
  return undefined;
}

function shownClient({ cname, crealm }: Pick<EncTicketPart, 'cname' | 'crealm'>): string {
  return formatName(cname, crealm);
}

function matchRefusal(part: EncTicketPart, authenticator: Authenticator): Refusal | undefined {
  const same =
    sameName(part.cname, authenticator.cname) &&
    part.crealm.toUpperCase() === authenticator.crealm.toUpperCase();
  if (same) return undefined;
  return refused(
    KRB_AP_ERR_BADMATCH,
    `the authenticator is of ${shownClient(authenticator)}, the ticket of ${shownClient(part)}`,
  );
}

function skewRefusal(
  { policy }: Realm,
  { ctime, cusec }: Authenticator,
  now: number,
): Refusal | undefined {
  const ahead = ctime + cusec / 1000 - now;
  if (Math.abs(ahead) <= policy.maxClockSkew) return undefined;
  return refused(KRB_AP_ERR_SKEW, skewText(ahead, policy));
}

/**
 * The checksum over the request's body as it came. Windows' own clients send unkeyed MD5, which
 * protects because the authenticator around it is encrypted; CRC-32 and MD4 do not.
 */
const NOT_COLLISION_PROOF: ReadonlySet<number> = new Set([1, 2, 3]);

function checksumRefusal(
  { policy }: Realm,
  sessionKey: Key,
  { cksum }: Authenticator,
  reqBody: Uint8Array,
): Refusal | undefined {
  if (cksum === undefined && policy.authenticatorChecksum === 'optional') return undefined;
  if (cksum === undefined || NOT_COLLISION_PROOF.has(cksum.cksumtype)) {
    const what = cksum === undefined ? 'no checksum' : checksumName(cksum.cksumtype);
    return refused(
      KRB_AP_ERR_INAPP_CKSUM,
      `the authenticator has ${what} where a collision-proof one over the request is needed`,
    );
  }
  const { cksumtype, checksum } = cksum;
  const usage = KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM;
  switch (verifyChecksum(cksumtype, sessionKey, usage, reqBody, checksum)) {
    case 'ok':
      return undefined;
    case 'wrong':
      return refused(
        KRB_AP_ERR_MODIFIED,
        "the authenticator's checksum is not that of the request: it was altered on its way",
      );
    case 'wrong-key':
      return refused(
        KRB_AP_ERR_INAPP_CKSUM,
        `${checksumName(cksumtype)} does not go with the session key`,
      );
    case 'unknown-type':
      return refused(KDC_ERR_SUMTYPE_NOSUPP, `${checksumName(cksumtype)} is not supported`);
  }
}
