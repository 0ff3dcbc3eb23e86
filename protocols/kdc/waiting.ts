/** Answers that lack their signature yet: PKINIT's, which this KDC's key signs outside of the machine. */
import { equal } from '../../src/bytes/bytes.ts';
import { KDC_ERR_SVC_UNAVAILABLE } from '../kerberos/error-codes.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import type { PendingReply } from './as-public-key.ts';
import { type Refusal, refused } from './errors.ts';

/** By the id of the signature that each waits for. */
export type Waiting<E> = Readonly<
  Record<
    string,
    {
      readonly event: E;
      readonly sname: PrincipalName | undefined;
      readonly pending: PendingReply;
    }
  >
>;

/**
 * Answers that may wait for a signature at once: what a second signs, about. Beyond it clients are
 * told so, and try the next KDC; nobody who waits is given up.
 */
const MOST_WAITING = 256;

/** The refusal of one more (RFC 4120 §7.5.9), if there are too many. */
export function noRoom(waiting: Waiting<unknown>): Refusal | undefined {
  if (Object.keys(waiting).length < MOST_WAITING) return undefined;
  return refused(
    KDC_ERR_SVC_UNAVAILABLE,
    `${MOST_WAITING} answers wait for this KDC's signature, and there is no room for another`,
  );
}

interface Sent {
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** Is the answer to that very request, from there, being signed? */
export function isWaiting(waiting: Waiting<Sent>, { from, bytes }: Sent): boolean {
  return Object.values(waiting).some(
    ({ event }) => event.from === from && equal(event.bytes, bytes),
  );
}
