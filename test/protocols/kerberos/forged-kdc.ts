/** A KDC for the tests of its clients: it answers rightly, and wrongly in whatever way a test asks for. */
import { WINDOWS_TILL } from '../../../protocols/kerberos/client.ts';
import {
  KeyUsage,
  KRB_AS_REP,
  KRB_ERROR,
  KRB_TGS_REP,
  LR_NONE,
  NT_PRINCIPAL,
  PA_ENC_TIMESTAMP,
  PA_ETYPE_INFO2,
  PVNO,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { KDC_ERR_PREAUTH_REQUIRED } from '../../../protocols/kerberos/error-codes.ts';
import {
  checksum,
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  key,
  keyLength,
  keyOf,
  stringToKey,
  verifyChecksum,
} from '../../../protocols/kerberos/etypes.ts';
import {
  ApReq,
  AsRep,
  AsReq,
  Authenticator,
  EncAsRepPart,
  type EncKdcRepPart,
  EncryptedData,
  EncTgsRepPart,
  EncTicketPart,
  EtypeInfo2,
  KrbError,
  MethodData,
  type PaData,
  PaEncTsEnc,
  type PrincipalName,
  TgsRep,
  TgsReq,
  Ticket,
} from '../../../protocols/kerberos/messages.ts';
import { principal, ticketGrantingService } from '../../../protocols/kerberos/names.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';

export const REALM = 'CORP.EXAMPLE';
export const ALICE = principal(NT_PRINCIPAL, 'alice');
export const PASSWORD = 'Passw0rd!';
export const SALT = `${REALM}alice`;
/** 2026-03-02T08:00:00Z */
export const NOW = Date.UTC(2026, 2, 2, 8);

const random = seededRandom(1, 'forged-kdc');

/** The environment of a client's step; chance begins anew each time. */
export function clientEnv(ms = NOW) {
  return { now: ms, random: seededRandom(1, 'client'), stamp: ms * 1_000 + 123, offset: 0 };
}

export function freshKey(etype: number): Key {
  return key(etype, random(keyLength(etype)));
}

export const KRBTGT = stringToKey(18, 'krbtgt', 'krbtgt');

function sealed<T>(k: Key, usage: number, plain: T, write: (value: T) => Uint8Array) {
  const cipher = encrypt(k, usage, write(plain), random(confounderLength(k.etype)));
  return { etype: k.etype, cipher };
}

export interface ErrorChanges {
  readonly eData?: Uint8Array;
  readonly crealm?: string;
  readonly stime?: number;
}

export function krbError(errorCode: number, changes: ErrorChanges = {}): Uint8Array {
  return encode(KrbError, {
    pvno: PVNO,
    msgType: KRB_ERROR,
    stime: NOW,
    susec: 0,
    errorCode,
    realm: REALM,
    sname: ticketGrantingService(REALM),
    ...changes,
  });
}

/** METHOD-DATA with ETYPE-INFO2, and the empty PA-ENC-TIMESTAMP that asks for one. */
export function hints(...entries: readonly { etype: number; salt?: string }[]): Uint8Array {
  return encode(MethodData, [
    { padataType: PA_ETYPE_INFO2, padataValue: encode(EtypeInfo2, [...entries]) },
    { padataType: PA_ENC_TIMESTAMP, padataValue: new Uint8Array(0) },
  ]);
}

export function preauthRequired(): Uint8Array {
  return krbError(KDC_ERR_PREAUTH_REQUIRED, { eData: hints({ etype: 18, salt: SALT }) });
}

/** What a reply may have wrong. */
export interface ReplyChanges {
  readonly part?: Partial<EncKdcRepPart>;
  readonly cname?: PrincipalName;
  readonly crealm?: string;
  readonly sname?: PrincipalName;
  readonly srealm?: string;
  /** In the clear: only the ticket's own names. */
  readonly ticketSname?: PrincipalName;
  readonly padata?: readonly PaData[];
  /** Seals the enc-part instead of the right key. */
  readonly replyKey?: Key;
  /** MIT's KDC: EncTGSRepPart in an AS-REP. */
  readonly tag26?: boolean;
  readonly sessionKey?: Key;
}

function ticket(realm: string, sname: PrincipalName, part: EncKdcRepPart, cname = ALICE): Ticket {
  return {
    tktVno: PVNO,
    realm,
    sname,
    encPart: {
      ...sealed(
        KRBTGT,
        KeyUsage.TICKET,
        {
          flags: part.flags,
          key: part.key,
          crealm: REALM,
          cname,
          transited: { trType: 0, contents: new Uint8Array(0) },
          authtime: part.authtime,
          endtime: part.endtime,
        },
        (plain) => encode(EncTicketPart, plain),
      ),
      kvno: 2,
    },
  };
}

function encPart(nonce: number, changes: ReplyChanges, sname: PrincipalName): EncKdcRepPart {
  return {
    key: encryptionKey(changes.sessionKey ?? freshKey(18)),
    lastReq: [{ lrType: LR_NONE, lrValue: NOW }],
    nonce,
    flags: TicketFlags.initial | TicketFlags.preAuthent | TicketFlags.renewable,
    authtime: NOW,
    starttime: NOW,
    endtime: NOW + 36_000_000,
    renewTill: NOW + 7 * 86_400_000,
    srealm: changes.srealm ?? REALM,
    sname,
    ...changes.part,
  };
}

/** The answer to an AS-REQ that proves itself, with mistakes as asked for. */
export function asRep(request: Uint8Array, changes: ReplyChanges = {}): Uint8Array {
  const { reqBody } = decode(AsReq, request);
  const body = reqBody.value;
  const sname = changes.sname ?? body.sname ?? ticketGrantingService(REALM);
  const part = encPart(body.nonce, changes, sname);
  const replyKey = changes.replyKey ?? stringToKey(18, PASSWORD, SALT);
  return encode(AsRep, {
    pvno: PVNO,
    msgType: KRB_AS_REP,
    padata: changes.padata ?? [],
    crealm: changes.crealm ?? body.realm,
    cname: changes.cname ?? body.cname ?? ALICE,
    ticket: ticket(changes.srealm ?? REALM, changes.ticketSname ?? sname, part),
    encPart: sealed(replyKey, KeyUsage.AS_REP_ENC_PART, part, (plain) =>
      encode(changes.tag26 === true ? EncTgsRepPart : EncAsRepPart, plain),
    ),
  });
}

/** The time in a request's PA-ENC-TIMESTAMP, microseconds since 1970; undefined: it has none. */
export function provenStamp(request: Uint8Array): number | undefined {
  const { padata = [] } = decode(AsReq, request);
  const found = padata.find((item) => item.padataType === PA_ENC_TIMESTAMP);
  if (found === undefined) return undefined;
  const { cipher } = decode(EncryptedData, found.padataValue);
  const secret = stringToKey(18, PASSWORD, SALT);
  const plain = decrypt(secret, KeyUsage.PA_ENC_TIMESTAMP, cipher);
  if (plain === undefined) throw new Error('PA-ENC-TIMESTAMP does not open');
  const { patimestamp, pausec = 0 } = decode(PaEncTsEnc, plain);
  return patimestamp * 1_000 + pausec;
}

/** A ticket-granting ticket that this KDC issued. */
export function tgt(realm = REALM, sessionKey = freshKey(18)): Credential {
  const sname = ticketGrantingService(realm);
  const part = encPart(0, { sessionKey }, sname);
  return {
    cname: ALICE,
    crealm: REALM,
    sname,
    srealm: REALM,
    key: sessionKey,
    flags: part.flags,
    authtime: NOW,
    starttime: NOW,
    endtime: part.endtime,
    renewTill: NOW + 7 * 86_400_000,
    ticket: encode(Ticket, ticket(REALM, sname, part)),
  };
}

/** What the KDC finds in a TGS-REQ, after checking the checksum over its body as it came. */
export function opened(request: Uint8Array, sessionKey: Key) {
  const { padata = [], reqBody } = decode(TgsReq, request);
  const apReq = decode(ApReq, padata[0]?.padataValue ?? new Uint8Array(0));
  const plain = decrypt(sessionKey, KeyUsage.TGS_REQ_AUTHENTICATOR, apReq.authenticator.cipher);
  if (plain === undefined) throw new Error('the authenticator does not open');
  const authenticator = decode(Authenticator, plain);
  const { cksum } = authenticator;
  const verdict = verifyChecksum(
    cksum?.cksumtype ?? 0,
    sessionKey,
    KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM,
    reqBody.raw,
    cksum?.checksum ?? new Uint8Array(0),
  );
  if (verdict !== 'ok') throw new Error(`the checksum over the body is ${verdict}`);
  return { authenticator, body: reqBody.value, padata };
}

/** The answer to a TGS-REQ made with a credential with this session key. */
export function tgsRep(
  request: Uint8Array,
  sessionKey: Key,
  changes: ReplyChanges = {},
): Uint8Array {
  const { authenticator, body } = opened(request, sessionKey);
  const sname = changes.sname ?? body.sname ?? ticketGrantingService(REALM);
  const srealm = changes.srealm ?? body.realm;
  const part = encPart(body.nonce, { ...changes, srealm }, sname);
  const subkey = authenticator.subkey === undefined ? undefined : keyOf(authenticator.subkey);
  const usage =
    subkey === undefined ? KeyUsage.TGS_REP_ENC_PART_SESSION : KeyUsage.TGS_REP_ENC_PART_SUBKEY;
  return encode(TgsRep, {
    pvno: PVNO,
    msgType: KRB_TGS_REP,
    crealm: changes.crealm ?? authenticator.crealm,
    cname: changes.cname ?? authenticator.cname,
    ticket: ticket(srealm, changes.ticketSname ?? sname, part),
    encPart: sealed(changes.replyKey ?? subkey ?? sessionKey, usage, part, (plain) =>
      encode(EncTgsRepPart, plain),
    ),
  });
}

/** PA-REQ-ENC-PA-REP's checksum over a request: RFC 6806 §11. */
export function requestChecksum(request: Uint8Array, replyKey: Key) {
  return { cksumtype: 16, checksum: checksum(replyKey, KeyUsage.AS_REQ, request) };
}

export const TILL = WINDOWS_TILL;
