/** Opening the ticket-granting tickets that clients present: whose key, and what does it hold. */
import { equal, view } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import {
  KDC_ERR_S_PRINCIPAL_UNKNOWN,
  KRB_AP_ERR_BAD_INTEGRITY,
  KRB_AP_ERR_BADKEYVER,
  KRB_AP_ERR_NOT_US,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import { decrypt, etypeName, type Key, keyOf } from '../kerberos/etypes.ts';
import { EncTicketPart, type Ticket } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { STATUS_INSUFFICIENT_RESOURCES } from '../kerberos/ntstatus.ts';
import type { Accounts, KeySet, Trust } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { isAllowed } from './etype-selection.ts';
import { krbtgtRealm } from './lookup.ts';
import { namesRealm, type Realm } from './realm.ts';

/** Who sealed the ticket: a KDC of this realm (0: a writable one), or one of a trusted realm. */
export type Issuer =
  | { readonly kind: 'own'; readonly secondaryKrbTgtNumber: number }
  | { readonly kind: 'trusted'; readonly trust: Trust };

export interface OpenedTicket {
  readonly kind: 'opened';
  readonly part: EncTicketPart;
  readonly issuer: Issuer;
  /** The long-term key that it was sealed with, which made the PAC's server signature. */
  readonly key: Key;
  readonly sessionKey: Key;
}

interface TicketKeys {
  readonly kind: 'keys';
  readonly issuer: Issuer;
  readonly sets: readonly KeySet[];
}

/** @param what names the ticket in the texts: `the ticket-granting ticket` */
export function openTgt(
  realm: Realm,
  accounts: Accounts,
  ticket: Ticket,
  what: string,
): OpenedTicket | Refusal {
  const keys = keysFor(realm, accounts, ticket, what);
  if (keys.kind === 'refused') return keys;
  const { etype, kvno, cipher } = ticket.encPart;
  const version = kvno === undefined ? undefined : kvno & 0xffff;
  // Tools write 0 for the version of a read-only KDC's key that they do not know, and are understood.
  const set =
    version === undefined || version === 0
      ? keys.sets[0]
      : keys.sets.find((candidate) => (candidate.kvno & 0xffff) === version);
  if (set === undefined) {
    const known = keys.sets.map((candidate) => candidate.kvno).join(', ');
    return refused(KRB_AP_ERR_BADKEYVER, `${what} is of key version ${version}, known: ${known}`);
  }
  const key = set.keys.find((candidate) => candidate.etype === etype);
  if (key === undefined || !isAllowed(realm.policy, etype)) {
    return refused(
      KRB_ERR_GENERIC,
      `${what} is sealed with ${etypeName(etype)}, which krbtgt's keys of version ${set.kvno} ${
        key === undefined ? 'do not include' : 'may not be used for'
      }`,
      { status: STATUS_INSUFFICIENT_RESOURCES },
    );
  }
  const { issuer } = keys;
  const before = recalled(key, cipher);
  if (before !== undefined) return { kind: 'opened', ...before, issuer, key };
  const plain = decrypt(key, KeyUsage.TICKET, cipher);
  if (plain === undefined) {
    return refused(
      KRB_AP_ERR_BAD_INTEGRITY,
      `${what} does not decrypt with the ${etypeName(etype)} key of version ${set.kvno} of ` +
        `${formatName(ticket.sname, ticket.realm)}: altered, or sealed by somebody else`,
    );
  }
  const read = contents(plain, what);
  if (read.kind === 'refused') return read;
  const { part, sessionKey } = read;
  keep(key, { cipher, part, sessionKey });
  return { kind: 'opened', part, sessionKey, issuer, key };
}

/** A ticket that was opened before, by the octets it came in. */
interface Kept {
  readonly cipher: Uint8Array;
  readonly part: EncTicketPart;
  readonly sessionKey: Key;
}

/**
 * Tickets opened lately, by their key: a client asks for many tickets with one ticket-granting
 * ticket, and opening it again gives the same again. A TGS exchange takes 0.7 of the time so (bench
 * `kdc`: rows `TGS` and `TGS, first with its ticket`). None is kept that did not open, so no
 * stranger fills this.
 */
const kept = new WeakMap<Key, Map<number, Kept>>();
const MOST_KEPT = 2_048;

/** Four octets of the MAC, which are as good as random. */
function place(cipher: Uint8Array): number {
  return view(cipher).getUint32(cipher.length - 4);
}

function recalled(key: Key, cipher: Uint8Array): Omit<Kept, 'cipher'> | undefined {
  if (cipher.length < 4) return undefined;
  const found = kept.get(key)?.get(place(cipher));
  if (found === undefined || !equal(found.cipher, cipher)) return undefined;
  return { part: found.part, sessionKey: found.sessionKey };
}

function keep(key: Key, { cipher, part, sessionKey }: Kept): void {
  let ofKey = kept.get(key);
  if (ofKey === undefined) {
    ofKey = new Map();
    kept.set(key, ofKey);
  }
  if (ofKey.size >= MOST_KEPT) ofKey.delete(ofKey.keys().next().value as number);
  // A copy: what came is a view of the whole request.
  ofKey.set(place(cipher), { cipher: cipher.slice(), part, sessionKey });
}

type Contents = { readonly kind: 'contents' } & Omit<Kept, 'cipher'>;

function contents(plain: Uint8Array, what: string): Contents | Refusal {
  const read = tryDecode(EncTicketPart, plain);
  if (!read.ok) return refused(KRB_AP_ERR_BAD_INTEGRITY, `inside ${what}: ${read.error.message}`);
  const part = read.value;
  const sessionKey = keyOf(part.key);
  if (sessionKey === undefined) {
    return refused(KRB_AP_ERR_BAD_INTEGRITY, `${what} holds no usable session key`);
  }
  return { kind: 'contents', part, sessionKey };
}

/**
 * The read-only KDC that sealed a ticket-granting ticket: its number is the upper half of the key
 * version (MS-KILE 3.1.5.8). 0: a writable one.
 */
export function issuerNumber({ encPart }: Ticket): number {
  return (encPart.kvno ?? 0) >>> 16;
}

/** Tickets for this realm's ticket-granting service, from this realm or a trusted one. */
function keysFor(
  realm: Realm,
  accounts: Accounts,
  ticket: Ticket,
  what: string,
): TicketKeys | Refusal {
  const shown = formatName(ticket.sname, ticket.realm);
  const instance = krbtgtRealm(ticket.sname);
  if (instance === undefined || !(instance === '' || namesRealm(realm, instance))) {
    return refused(
      KRB_AP_ERR_NOT_US,
      `${what} is for ${shown}, not for the ticket-granting service of ${realm.name}`,
    );
  }
  if (namesRealm(realm, ticket.realm)) {
    const secondaryKrbTgtNumber = issuerNumber(ticket);
    const krbtgt = accounts.krbtgt(secondaryKrbTgtNumber);
    if (krbtgt === undefined) {
      return refused(
        KDC_ERR_S_PRINCIPAL_UNKNOWN,
        `${what} names the read-only KDC ${secondaryKrbTgtNumber}, which ${realm.name} does not have`,
      );
    }
    const sets = krbtgt.keys.slice(0, 1 + realm.policy.previousKrbtgtKeys);
    return { kind: 'keys', issuer: { kind: 'own', secondaryKrbTgtNumber }, sets };
  }
  const trust = accounts.trust(ticket.realm);
  if (trust?.trustAuthOutgoing === undefined) {
    return refused(
      KRB_AP_ERR_NOT_US,
      `${what} was issued by ${ticket.realm}, which ${realm.name} does not trust`,
    );
  }
  return { kind: 'keys', issuer: { kind: 'trusted', trust }, sets: trust.trustAuthOutgoing };
}
