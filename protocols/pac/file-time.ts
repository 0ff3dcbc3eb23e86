/** FILETIME (MS-DTYP 2.3.3): 100 ns since 1601-01-01T00:00:00Z, as `bigint`. */

const EPOCH_DIFFERENCE_MS = 11_644_473_600_000n;
const TICKS_PER_MS = 10_000n;

/** A time that never comes (MS-PAC 2.5). */
export const NEVER = 0x7fffffffffffffffn;
/** A time that was never set. */
export const UNSET = 0n;

/** @param ms milliseconds since 1970-01-01T00:00:00Z */
export function fileTimeOf(ms: number): bigint {
  return (BigInt(Math.trunc(ms)) + EPOCH_DIFFERENCE_MS) * TICKS_PER_MS;
}

/** Milliseconds since 1970-01-01T00:00:00Z, cut to whole ones; {@link NEVER} is Infinity. */
export function msOfFileTime(fileTime: bigint): number {
  if (fileTime >= NEVER) return Number.POSITIVE_INFINITY;
  return Number(fileTime / TICKS_PER_MS - EPOCH_DIFFERENCE_MS);
}

/** `2024-01-01T00:00:00.000Z`, `never`, `unset`. */
export function fileTimeText(fileTime: bigint): string {
  if (fileTime >= NEVER) return 'never';
  if (fileTime === UNSET) return 'unset';
  return new Date(msOfFileTime(fileTime)).toISOString();
}
