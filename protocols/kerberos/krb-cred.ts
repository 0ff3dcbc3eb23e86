/**
 * Tickets with their keys in one message: RFC 4120 §5.8.1. In a file (`.kirbi`) its part that would be
 * encrypted lies open, with encryption type 0, as programs for Windows hand tickets to one another. Between two
 * hosts it is encrypted under a session key that both have.
 */
import { decode, encode, tryDecode } from '../../src/der/codec.ts';
import type { Raw } from '../../src/der/raw.ts';
import { KeyUsage } from './constants.ts';
import { confounderLength, decrypt, encrypt, type Key } from './etypes.ts';
import { EncKrbCredPart, KrbCred, type KrbCredInfo, Ticket } from './messages.ts';
import type { Credential } from './ticket-cache.ts';

/** No encryption: RFC 3961 §6.3 reserves it, and RFC 4120 §5.8.1 lets a KRB-CRED go so. */
const ETYPE_NULL = 0;
const PVNO = 5;
const MSG_TYPE = 22;

/** @throws RangeError where a credential's ticket is none */
export function openKrbCred(credentials: readonly Credential[]): Uint8Array {
  return krbCred(credentials, { etype: ETYPE_NULL, cipher: encPart(credentials) });
}

/** The same under a session key. @throws RangeError where a credential's ticket is none */
export function sealedKrbCred(
  credentials: readonly Credential[],
  key: Key,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const { etype } = key;
  const confounder = random(confounderLength(etype));
  const cipher = encrypt(key, KeyUsage.KRB_CRED_ENC_PART, encPart(credentials), confounder);
  return krbCred(credentials, { etype, cipher });
}

function encPart(credentials: readonly Credential[]): Uint8Array {
  return encode(EncKrbCredPart, { ticketInfo: credentials.map(infoOf) });
}

function krbCred(credentials: readonly Credential[], sealed: KrbCred['encPart']): Uint8Array {
  return encode(KrbCred, {
    pvno: PVNO,
    msgType: MSG_TYPE,
    tickets: credentials.map(({ ticket }) => ({ raw: ticket, value: decode(Ticket, ticket) })),
    encPart: sealed,
  });
}

function infoOf(credential: Credential): KrbCredInfo {
  const { key, cname, crealm, sname, srealm, flags, renewTill, caddr } = credential;
  return {
    key: { keytype: key.etype, keyvalue: key.bytes },
    prealm: crealm,
    pname: cname,
    flags,
    authtime: credential.authtime,
    starttime: credential.starttime,
    endtime: credential.endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    srealm,
    sname,
    ...(caddr === undefined ? {} : { caddr }),
  };
}

/** What such a file holds; undefined: it is none, or its part is encrypted. */
export function readKrbCred(octets: Uint8Array): readonly Credential[] | undefined {
  const cred = tryDecode(KrbCred, octets);
  if (!cred.ok || cred.value.encPart.etype !== ETYPE_NULL) return undefined;
  return credentialsIn(cred.value, cred.value.encPart.cipher);
}

/** What one holds that is under a session key; undefined: it is none, or under another key. */
export function unsealedKrbCred(octets: Uint8Array, key: Key): readonly Credential[] | undefined {
  const cred = tryDecode(KrbCred, octets);
  if (!cred.ok || cred.value.encPart.etype !== key.etype) return undefined;
  const plain = decrypt(key, KeyUsage.KRB_CRED_ENC_PART, cred.value.encPart.cipher);
  return plain === undefined ? undefined : credentialsIn(cred.value, plain);
}

function credentialsIn({ tickets }: KrbCred, plain: Uint8Array) {
  const part = tryDecode(EncKrbCredPart, plain);
  if (!part.ok || part.value.ticketInfo.length !== tickets.length) return undefined;
  const credentials: Credential[] = [];
  for (const [i, ticket] of tickets.entries()) {
    const credential: Credential | undefined = credentialOf(
      part.value.ticketInfo[i] as KrbCredInfo,
      ticket,
    );
    if (credential === undefined) return undefined;
    credentials.push(credential);
  }
  return credentials;
}

/** All but the key may be left out on the way; a ticket without names and times is of no use. */
function credentialOf(info: KrbCredInfo, { raw, value: ticket }: Raw<Ticket>) {
  const { pname, prealm, sname = ticket.sname, srealm = ticket.realm, endtime } = info;
  const { authtime = info.starttime, starttime = info.authtime, renewTill, caddr } = info;
  if (pname === undefined || prealm === undefined || endtime === undefined) return undefined;
  if (authtime === undefined || starttime === undefined) return undefined;
  return {
    cname: pname,
    crealm: prealm,
    sname,
    srealm,
    key: { etype: info.key.keytype, bytes: info.key.keyvalue },
    flags: info.flags ?? 0,
    authtime,
    starttime,
    endtime,
    ...(renewTill === undefined ? {} : { renewTill }),
    ...(caddr === undefined ? {} : { caddr }),
    ticket: raw,
  };
}
