/** The order in which a peer's tokens come: RFC 2743 §1.2.3, RFC 4121 §4.2.3. Plain data. */

/** `early`: some before it have not come (GSS_S_GAP_TOKEN); `late`: it fills such a gap. */
export type Order = 'next' | 'early' | 'late' | 'duplicate' | 'old';

/** Numbers behind the highest one that are remembered. */
const WINDOW = 64n;

export interface Arrivals {
  /** One above the highest number that came; the peer's first number before any did. */
  readonly next: bigint;
  /** Bit n: number `next - 1 - n` came. */
  readonly seen: bigint;
}

/** @param first the number that the peer's first token has; nothing below it is ever taken */
export function arrivalsFrom(first: number): Arrivals {
  return { next: BigInt(first), seen: (1n << WINDOW) - 1n };
}

/** Notes a number. What is duplicate or old changes nothing. */
export function arrived(
  arrivals: Arrivals,
  seq: bigint,
): { readonly arrivals: Arrivals; readonly order: Order } {
  const ahead = BigInt.asIntN(64, seq - arrivals.next);
  if (ahead >= 0n) {
    const shift = ahead + 1n;
    const seen = shift >= WINDOW ? 0n : BigInt.asUintN(Number(WINDOW), arrivals.seen << shift);
    const next = BigInt.asUintN(64, seq + 1n);
    return { arrivals: { next, seen: seen | 1n }, order: ahead === 0n ? 'next' : 'early' };
  }
  const behind = -ahead - 1n;
  if (behind >= WINDOW) return { arrivals, order: 'old' };
  const bit = 1n << behind;
  if ((arrivals.seen & bit) !== 0n) return { arrivals, order: 'duplicate' };
  return { arrivals: { ...arrivals, seen: arrivals.seen | bit }, order: 'late' };
}
