/** From an AP exchange to per-message protection: which key, which numbers (RFC 4121 §2, §4.1.1). */
import type { Context } from '../kerberos/ap-client.ts';
import { GssFlags } from '../kerberos/gss.ts';
import { arrivalsFrom } from './arrivals.ts';
import type { SecurityLayer } from './per-message.ts';

/**
 * The layer of one side. Without mutual authentication the acceptor has said no number of its own:
 * it counts from the initiator's, as MIT's library does on both sides.
 *
 * @param gssFlags the initiator's; absent: replays and order are looked at
 */
export function securityLayer(
  context: Context,
  side: SecurityLayer['side'],
  gssFlags: number = GssFlags.sequence,
): SecurityLayer {
  const peer = context.peerSeqNumber ?? (side === 'initiator' ? context.seqNumber : 0);
  const own = side === 'acceptor' && context.acceptorSubkey !== true ? peer : context.seqNumber;
  return {
    key: context.key,
    side,
    acceptorSubkey: context.acceptorSubkey === true,
    sendSeq: BigInt(own),
    arrivals: arrivalsFrom(peer),
    ...((gssFlags & (GssFlags.sequence | GssFlags.replay)) === 0 ? { unordered: true } : {}),
  };
}
