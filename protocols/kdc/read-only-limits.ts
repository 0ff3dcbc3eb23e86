/** What this realm's policy leaves of a ticket that a read-only KDC issued, whatever that allowed. */
import { TicketFlags } from '../kerberos/constants.ts';
import type { EncTicketPart } from '../kerberos/messages.ts';
import { isProtectedUser } from './accounts.ts';
import { mayDelegate } from './as-reply.ts';
import type { Realm } from './realm.ts';
import type { Bearer } from './tgs-pac.ts';

/** Milliseconds. */
export interface Limits {
  /** How long a ticket issued on this one lasts at most; Infinity: as long as it. */
  readonly ticketAge: number;
  /** Until when it can be renewed; absent: not at all. */
  readonly renewTill?: number;
}

/** A writable KDC's tickets keep what they were issued with. */
export function limitsOf(
  { policy }: Realm,
  { renewTill, authtime }: EncTicketPart,
  { readOnlyKdc, account }: Bearer,
): Limits {
  const { maxTicketAge, maxRenewAge, protectedUsersTicketAge } = policy;
  if (readOnlyKdc === undefined) {
    const ticketAge = Number.POSITIVE_INFINITY;
    return renewTill === undefined ? { ticketAge } : { ticketAge, renewTill };
  }
  const most =
    account !== undefined && isProtectedUser(account)
      ? protectedUsersTicketAge
      : Number.POSITIVE_INFINITY;
  const ticketAge = Math.min(maxTicketAge, most);
  const renewAge = Math.min(maxRenewAge, most);
  return renewTill === undefined
    ? { ticketAge }
    : { ticketAge, renewTill: Math.min(renewTill, authtime + renewAge) };
}

/** Flags that a read-only KDC may have set and the account forbids: MS-KILE 3.3.5.1. */
export function barredFlags({ account, readOnlyKdc }: Bearer): number {
  if (readOnlyKdc === undefined || account === undefined || mayDelegate(account)) return 0;
  return TicketFlags.forwardable | TicketFlags.proxiable;
}
