/** Tickets between their octets and their contents: RFC 4120 §5.3, §3.2.3. */
import { decode, encode, tryDecode } from '../../src/der/codec.ts';
import type { Raw } from '../../src/der/raw.ts';
import { KeyUsage } from './constants.ts';
import { KRB_AP_ERR_BADKEYVER, KRB_AP_ERR_MODIFIED, KRB_AP_ERR_NOKEY } from './error-codes.ts';
import { decrypt, type Key } from './etypes.ts';
import { EncTicketPart, Ticket } from './messages.ts';

/** A ticket that we hold, to be sent on octet for octet. @throws DecodeError if it is no Ticket. */
export function rawTicket(der: Uint8Array): Raw<Ticket> {
  return { value: decode(Ticket, der), raw: der };
}

/** The octets of a ticket that came inside a reply. */
export function ticketBytes(ticket: Ticket): Uint8Array {
  return encode(Ticket, ticket);
}

/** A service's long-term key with its version. */
export interface ServiceKey {
  readonly kvno: number;
  readonly key: Key;
}

export type TicketOpening =
  | { readonly kind: 'opened'; readonly part: EncTicketPart; readonly key: Key }
  /** `errorCode`: what the service answers. */
  | { readonly kind: 'refused'; readonly errorCode: number; readonly reason: string };

/**
 * Opens a ticket with the service's keys. Where RFC 4120 §3.2.3 says KRB_AP_ERR_BAD_INTEGRITY, Windows
 * answers KRB_AP_ERR_MODIFIED (MS-KILE 3.4.5), and so does this.
 */
export function openTicket(ticket: Ticket, keys: readonly ServiceKey[]): TicketOpening {
  const { etype, kvno, cipher } = ticket.encPart;
  const ofType = keys.filter((candidate) => candidate.key.etype === etype);
  if (ofType.length === 0) {
    return { kind: 'refused', errorCode: KRB_AP_ERR_NOKEY, reason: `no key of etype ${etype}` };
  }
  const candidates = kvno === undefined ? ofType : ofType.filter((known) => known.kvno === kvno);
  if (candidates.length === 0) {
    const known = ofType.map((candidate) => candidate.kvno).join(', ');
    return {
      kind: 'refused',
      errorCode: KRB_AP_ERR_BADKEYVER,
      reason: `no key of version ${kvno}, only ${known}`,
    };
  }
  for (const { key } of candidates) {
    const plain = decrypt(key, KeyUsage.TICKET, cipher);
    if (plain === undefined) continue;
    const part = tryDecode(EncTicketPart, plain);
    if (part.ok) return { kind: 'opened', part: part.value, key };
    return { kind: 'refused', errorCode: KRB_AP_ERR_MODIFIED, reason: part.error.message };
  }
  return {
    kind: 'refused',
    errorCode: KRB_AP_ERR_MODIFIED,
    reason: 'the ticket does not open with our key',
  };
}
