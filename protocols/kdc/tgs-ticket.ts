/** Opening the ticket-granting tickets that clients present: whose key, and what does it hold. */
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
  const set =
    version === undefined
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
  const plain = decrypt(key, KeyUsage.TICKET, cipher);
  if (plain === undefined) {
    return refused(
      KRB_AP_ERR_BAD_INTEGRITY,
      `${what} does not decrypt with the ${etypeName(etype)} key of version ${set.kvno} of ` +
        `${formatName(ticket.sname, ticket.realm)}: altered, or sealed by somebody else`,
    );
  }
  return contents(plain, key, keys.issuer, what);
}

function contents(
  plain: Uint8Array,
  key: Key,
  issuer: Issuer,
  what: string,
): OpenedTicket | Refusal {
  const part = tryDecode(EncTicketPart, plain);
  if (!part.ok) return refused(KRB_AP_ERR_BAD_INTEGRITY, `inside ${what}: ${part.error.message}`);
  const sessionKey = keyOf(part.value.key);
  if (sessionKey === undefined) {
    return refused(KRB_AP_ERR_BAD_INTEGRITY, `${what} holds no usable session key`);
  }
  return { kind: 'opened', part: part.value, issuer, key, sessionKey };
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
    // The upper half of a read-only KDC's key version is its number (MS-KILE 3.1.5.8).
    const secondaryKrbTgtNumber = (ticket.encPart.kvno ?? 0) >>> 16;
    const krbtgt = accounts.krbtgt(secondaryKrbTgtNumber);
    if (krbtgt === undefined) {
      return refused(
        KDC_ERR_S_PRINCIPAL_UNKNOWN,
        `${what} names the read-only KDC ${secondaryKrbTgtNumber}, which ${realm.name} does not have`,
      );
    }
    return { kind: 'keys', issuer: { kind: 'own', secondaryKrbTgtNumber }, sets: krbtgt.keys };
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
