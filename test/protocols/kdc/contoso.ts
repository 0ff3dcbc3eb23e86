/**
 * CONTOSO.COM, and a client of it that does as it is told, wrong things included: requests are put
 * together here from the message schemas, not by the client machines.
 */
import * as assert from 'uvu/assert';
import type { AccountChange, KdcEnv, LockoutPolicy } from '../../../protocols/kdc/accounts.ts';
import { type Effect, type Event, ready, type State, step } from '../../../protocols/kdc/kdc.ts';
import { type Policy, type Realm, realm } from '../../../protocols/kdc/realm.ts';
import {
  KdcOptions,
  KeyUsage,
  KRB_AP_REQ,
  KRB_AS_REQ,
  KRB_TGS_REQ,
  NT_PRINCIPAL,
  NT_SRV_INST,
  PA_ENC_TIMESTAMP,
  PA_TGS_REQ,
} from '../../../protocols/kerberos/constants.ts';
import {
  checksum,
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  key,
  mandatoryChecksum,
  stringToKey,
} from '../../../protocols/kerberos/etypes.ts';
import {
  ApReq,
  AsRep,
  AsReq,
  Authenticator,
  type Checksum,
  EncAsRepPart,
  type EncKdcRepPart,
  EncryptedData,
  EncTgsRepPart,
  EncTicketPart,
  type KdcRep,
  KdcReqBody,
  KrbError,
  type PaData,
  PaEncTsEnc,
  type PrincipalName,
  TgsRep,
  TgsReq,
  Ticket,
} from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  type AccountSeed,
  accountsFrom,
  type MemoryAccounts,
  randomKeys,
  type TrustSeed,
} from './listed-accounts.ts';

export const NOW = Date.UTC(2024, 0, 1);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const PASSWORD = 'Passw0rd!';
export const FORWARDABLE_RENEWABLE = KdcOptions.forwardable | KdcOptions.renewable;
/** As Windows asks: 40810010. */
export const WINDOWS_AS = 0x40810010;

const chance = seededRandom(1, 'contoso');
export const KRBTGT_KEYS = randomKeys(chance);
export const FILES_KEYS = randomKeys(chance);
const DC_KEYS = randomKeys(chance);
export const ALICE_KEY = stringToKey(18, PASSWORD, 'CONTOSO.COMalice');
export const ALICE_RC4_KEY = stringToKey(23, PASSWORD, '');

export const KRBTGT: AccountSeed = {
  sAMAccountName: 'krbtgt',
  rid: 502,
  secret: { kind: 'keys', keys: KRBTGT_KEYS },
  servicePrincipalName: ['kadmin/changepw'],
};
export const ALICE: AccountSeed = {
  sAMAccountName: 'alice',
  rid: 1105,
  secret: { kind: 'password', password: PASSWORD },
  displayName: 'Alice Example',
  userPrincipalName: 'alice@contoso.com',
  pwdLastSet: NOW,
  lastLogon: NOW,
  logonCount: 1,
};
export const BOB: AccountSeed = {
  sAMAccountName: 'bob',
  rid: 1106,
  secret: { kind: 'password', password: 'Secret2!' },
};
export const FILES: AccountSeed = {
  sAMAccountName: 'FILES$',
  rid: 1201,
  secret: { kind: 'keys', keys: FILES_KEYS },
  servicePrincipalName: ['HOST/files.contoso.com', 'HOST/FILES', 'nfs/files.contoso.com'],
};
export const DC1: AccountSeed = {
  sAMAccountName: 'DC1$',
  rid: 1000,
  secret: { kind: 'keys', keys: DC_KEYS },
  userAccountControl: 0x2000 | 0x80000,
  servicePrincipalName: ['HOST/dc1.contoso.com', 'ldap/dc1.contoso.com/contoso.com'],
};
export const SEEDS: readonly AccountSeed[] = [KRBTGT, DC1, ALICE, BOB, FILES];

export interface World {
  readonly realm: Realm;
  readonly accounts: MemoryAccounts;
  readonly state: State;
}

/** @param changed instead of the seed of the same name, or besides */
export function contoso(
  changed: readonly AccountSeed[] = [],
  policy: { readonly [P in keyof Policy]?: Policy[P] } = {},
  trusts: readonly TrustSeed[] = [],
  lockout?: LockoutPolicy,
): World {
  const names = new Set(changed.map((seed) => seed.sAMAccountName));
  const seeds = [...SEEDS.filter((seed) => !names.has(seed.sAMAccountName)), ...changed];
  const own = realm(
    {
      name: 'CONTOSO.COM',
      flatName: 'CONTOSO',
      sid: 'S-1-5-21-1-2-3',
      dnsHostName: 'dc1.contoso.com',
    },
    policy,
  );
  return { realm: own, accounts: accountsFrom(seeds, own, trusts, lockout), state: ready(own) };
}

export function envOf(world: World, now = NOW): () => KdcEnv {
  return () => ({ now, random: seededRandom(2, `kdc ${now}`), accounts: world.accounts });
}

export function received(bytes: Uint8Array, transport: 'udp' | 'tcp' = 'tcp'): Event {
  return { kind: 'received', transport, from: '10.0.0.7', fromPort: 40_000, bytes };
}

/** One request to a KDC that has seen nothing before. */
export function answer(world: World, bytes: Uint8Array, now = NOW): readonly Effect[] {
  return step(world.state, received(bytes), envOf(world, now)()).effects;
}

export function replyOf(effects: readonly Effect[]): Extract<Effect, { kind: 'reply' }> {
  const [first] = effects.filter((effect) => effect.kind !== 'account');
  if (first?.kind !== 'reply') throw new Error(`expected a reply, got ${first?.kind}`);
  return first;
}

/** What the directory is to write. */
export function changeOf(effects: readonly Effect[]): AccountChange | undefined {
  return effects.flatMap((effect) => (effect.kind === 'account' ? [effect.change] : []))[0];
}

export function causeOf(effects: readonly Effect[]): string {
  return effects.flatMap((effect) => (effect.kind === 'note' ? [effect.text] : [])).join('\n');
}

/** The KRB-ERROR that a request is answered with. */
export function errorOf(effects: readonly Effect[]): KrbError {
  const { message, bytes } = replyOf(effects);
  assert.is(message, 'KRB-ERROR', 'the request was granted');
  return decode(KrbError, bytes);
}

/** The code that a request is refused with; 0 when it is granted. */
export function codeOf(effects: readonly Effect[]): number {
  const { message, bytes } = replyOf(effects);
  return message === 'KRB-ERROR' ? decode(KrbError, bytes).errorCode : 0;
}

export const ALICE_NAME = principal(NT_PRINCIPAL, 'alice');
export const TGS_NAME = principal(NT_SRV_INST, 'krbtgt', 'CONTOSO.COM');
export const FILES_NAME = principal(NT_SRV_INST, 'cifs', 'files.contoso.com');

type Body = Partial<KdcReqBody>;

export interface AsWish extends Body {
  readonly padata?: readonly PaData[];
  readonly pvno?: number;
  readonly msgType?: number;
  /** Fields to leave out of the body. */
  readonly without?: readonly (keyof KdcReqBody)[];
}

function bodyOf(defaults: KdcReqBody, { padata, pvno, msgType, without = [], ...body }: AsWish) {
  const merged: Record<string, unknown> = { ...defaults, ...body };
  for (const field of without) delete merged[field];
  return encode(KdcReqBody, merged as unknown as KdcReqBody);
}

export function asReq(wish: AsWish = {}): Uint8Array {
  const raw = bodyOf(
    {
      kdcOptions: FORWARDABLE_RENEWABLE | KdcOptions.canonicalize,
      cname: ALICE_NAME,
      realm: 'CONTOSO.COM',
      sname: TGS_NAME,
      till: NOW + DAY,
      rtime: NOW + 30 * DAY,
      nonce: 0x12345678,
      etype: [18, 17, 23],
    },
    wish,
  );
  return encode(AsReq, {
    pvno: wish.pvno ?? 5,
    msgType: wish.msgType ?? KRB_AS_REQ,
    ...(wish.padata === undefined ? {} : { padata: wish.padata }),
    reqBody: { value: decode(KdcReqBody, raw), raw },
  });
}

export function timestamp(longTerm: Key = ALICE_KEY, at = NOW, pausec = 0): PaData {
  const plain = encode(PaEncTsEnc, { patimestamp: at, pausec });
  const confounder = new Uint8Array(confounderLength(longTerm.etype)).fill(7);
  const cipher = encrypt(longTerm, KeyUsage.PA_ENC_TIMESTAMP, plain, confounder);
  return {
    padataType: PA_ENC_TIMESTAMP,
    padataValue: encode(EncryptedData, { etype: longTerm.etype, cipher }),
  };
}

/** An AS-REQ that proves itself. */
export function provedAsReq({
  longTerm = ALICE_KEY,
  at = NOW,
  padata = [],
  ...wish
}: AsWish & { readonly longTerm?: Key; readonly at?: number } = {}): Uint8Array {
  return asReq({ ...wish, padata: [timestamp(longTerm, at), ...padata] });
}

/** What a client holds after a reply. */
export interface Held {
  readonly reply: KdcRep;
  readonly part: EncKdcRepPart;
  readonly ticket: Uint8Array;
  readonly session: Key;
  readonly cname: PrincipalName;
  readonly crealm: string;
}

function held(reply: KdcRep, part: EncKdcRepPart): Held {
  return {
    reply,
    part,
    ticket: encode(Ticket, reply.ticket),
    session: key(part.key.keytype, part.key.keyvalue),
    cname: reply.cname,
    crealm: reply.crealm,
  };
}

export function openAsRep(effects: readonly Effect[], replyKey: Key = ALICE_KEY): Held {
  const { message, bytes } = replyOf(effects);
  assert.is(message, 'AS-REP', causeOf(effects));
  const reply = decode(AsRep, bytes);
  const plain = decrypt(replyKey, KeyUsage.AS_REP_ENC_PART, reply.encPart.cipher);
  assert.ok(plain, 'the AS-REP opens with the reply key');
  return held(reply, decode(EncAsRepPart, plain as Uint8Array));
}

/** Alice's ticket-granting ticket, or what the wish makes of it. */
export function signIn(
  world: World,
  { now = NOW, ...wish }: Parameters<typeof provedAsReq>[0] & { readonly now?: number } = {},
): Held {
  const request = provedAsReq({ at: now, till: now + DAY, rtime: now + 30 * DAY, ...wish });
  return openAsRep(answer(world, request, now), wish.longTerm);
}

export interface TgsWish extends AsWish {
  readonly now?: number;
  readonly ctime?: number;
  readonly cusec?: number;
  readonly subkey?: Key;
  /** Absent: the session key's own; 'none': no checksum. */
  readonly cksumtype?: number | 'none';
  /** Instead of a checksum that is made. */
  readonly cksum?: Checksum;
  /** Instead of what the ticket says. */
  readonly as?: { readonly cname: PrincipalName; readonly crealm: string };
  /** Seals the authenticator instead of the session key. */
  readonly sealedWith?: Key;
  /** The body's octets, whatever they are. */
  readonly reqBody?: Uint8Array;
  /** The checksum covers this instead. */
  readonly covered?: Uint8Array;
}

/** Only the octets are written. */
const NO_VALUE = {} as KdcReqBody;

function tgsReqBody(now: number, wish: AsWish): Uint8Array {
  return bodyOf(
    {
      kdcOptions: FORWARDABLE_RENEWABLE | KdcOptions.canonicalize,
      realm: 'CONTOSO.COM',
      sname: FILES_NAME,
      till: now + DAY,
      nonce: 0x11223344,
      etype: [18, 17, 23],
    },
    wish,
  );
}

export function tgsReq(tgt: Held, wish: TgsWish = {}): Uint8Array {
  const {
    now = NOW,
    ctime,
    cusec,
    subkey,
    cksumtype,
    cksum,
    as,
    sealedWith,
    covered,
    reqBody,
    ...body
  } = wish;
  const raw = reqBody ?? tgsReqBody(now, body);
  const type = cksumtype ?? mandatoryChecksum(tgt.session.etype);
  const usage = KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM;
  const made = (of: number): Checksum => ({
    cksumtype: of,
    checksum: checksum(tgt.session, usage, covered ?? raw, of),
  });
  const authenticator = encode(Authenticator, {
    authenticatorVno: 5,
    crealm: as?.crealm ?? tgt.crealm,
    cname: as?.cname ?? tgt.cname,
    ...(type === 'none' ? {} : { cksum: cksum ?? made(type) }),
    cusec: cusec ?? 0,
    ctime: ctime ?? now,
    ...(subkey === undefined ? {} : { subkey: encryptionKey(subkey) }),
    seqNumber: 1,
  });
  const sealing = sealedWith ?? tgt.session;
  const confounder = new Uint8Array(confounderLength(sealing.etype)).fill(9);
  const apReq = encode(ApReq, {
    pvno: 5,
    msgType: KRB_AP_REQ,
    apOptions: 0,
    ticket: { value: decode(Ticket, tgt.ticket), raw: tgt.ticket },
    authenticator: {
      etype: sealing.etype,
      cipher: encrypt(sealing, KeyUsage.TGS_REQ_AUTHENTICATOR, authenticator, confounder),
    },
  });
  return encode(TgsReq, {
    pvno: body.pvno ?? 5,
    msgType: body.msgType ?? KRB_TGS_REQ,
    padata: [{ padataType: PA_TGS_REQ, padataValue: apReq }, ...(body.padata ?? [])],
    reqBody: { value: NO_VALUE, raw },
  });
}

export function openTgsRep(effects: readonly Effect[], tgt: Held, subkey?: Key): Held {
  const { message, bytes } = replyOf(effects);
  assert.is(message, 'TGS-REP', causeOf(effects));
  const reply = decode(TgsRep, bytes);
  const usage =
    subkey === undefined ? KeyUsage.TGS_REP_ENC_PART_SESSION : KeyUsage.TGS_REP_ENC_PART_SUBKEY;
  const plain = decrypt(subkey ?? tgt.session, usage, reply.encPart.cipher);
  assert.ok(plain, 'the TGS-REP opens');
  return held(reply, decode(EncTgsRepPart, plain as Uint8Array));
}

/** A service ticket, or whatever the wish asks for. */
export function ticketFor(world: World, tgt: Held, wish: TgsWish = {}): Held {
  return openTgsRep(answer(world, tgsReq(tgt, wish), wish.now), tgt, wish.subkey);
}

/** What the ticket's service sees. */
export function contents({ reply }: Held, keys: readonly Key[]): EncTicketPart {
  const { etype, cipher } = reply.ticket.encPart;
  const longTerm = keys.find((candidate) => candidate.etype === etype);
  assert.ok(longTerm, `a key of etype ${etype}`);
  const plain = decrypt(longTerm as Key, KeyUsage.TICKET, cipher);
  assert.ok(plain, 'the ticket opens');
  return decode(EncTicketPart, plain as Uint8Array);
}

/** A ticket sealed by us, its contents changed: what a forger with the key could make. */
export function resealed(
  source: Held,
  keys: readonly Key[],
  change: (part: EncTicketPart) => EncTicketPart,
): Held {
  const part = change(contents(source, keys));
  const { encPart } = source.reply.ticket;
  const longTerm = keys.find((candidate) => candidate.etype === encPart.etype) as Key;
  const confounder = new Uint8Array(confounderLength(longTerm.etype)).fill(3);
  const cipher = encrypt(longTerm, KeyUsage.TICKET, encode(EncTicketPart, part), confounder);
  const ticket = { ...source.reply.ticket, encPart: { ...encPart, cipher } };
  return {
    ...source,
    reply: { ...source.reply, ticket },
    ticket: encode(Ticket, ticket),
    cname: part.cname,
    crealm: part.crealm,
  };
}
