/**
 * Times in KEYCREDENTIALLINK_BLOB, which has three of them: FILETIME where the source is Active
 * Directory, .NET's DateTime.ToBinary where it is Entra ID, bare ticks in the oldest blobs. Each is
 * 8 octets, little-endian; MS-ADTS 2.2.20.6 has the first alone, the others are what is found.
 */
import { view } from '../../src/bytes/bytes.ts';

/** 1601-01-01 and 0001-01-01 to 1970-01-01, in 100 ns. */
const FILE_TIME_EPOCH = 116_444_736_000_000_000n;
const TICKS_EPOCH = 621_355_968_000_000_000n;
const PER_MILLISECOND = 10_000n;
const PER_DAY = 864_000_000_000n;

/** The two highest bits of DateTime.ToBinary: whether the ticks are of UTC, of a place, or of neither. */
export const DateTimeKind = { UNSPECIFIED: 0n, UTC: 1n, LOCAL: 2n, LOCAL_AMBIGUOUS: 3n } as const;

/** How a time stands in a blob. */
export type TimeEncoding = 'fileTime' | 'binary' | 'ticks';

/** Undefined: never, or no moment that a date can have. */
export type KeyTime = number | undefined;

/**
 * Milliseconds since 1970. Entra ID writes `0x4000` and a few hours where there was no sign-in yet:
 * the first day of the calendar is never.
 * @param bytes 8 octets
 */
export function readKeyTime(bytes: Uint8Array, encoding: TimeEncoding): KeyTime {
  if (bytes.length !== 8) return undefined;
  const raw = view(bytes).getBigUint64(0, true);
  if (encoding === 'fileTime') {
    return raw === 0n ? undefined : milliseconds(raw - FILE_TIME_EPOCH);
  }
  const ticks = encoding === 'ticks' ? raw : ticksOf(raw);
  return ticks < PER_DAY ? undefined : milliseconds(ticks - TICKS_EPOCH);
}

/** The ticks of a place's time are kept as those of UTC; before the calendar's start they wrap around. */
function ticksOf(raw: bigint): bigint {
  const ticks = raw & ((1n << 62n) - 1n);
  const local = raw >> 62n >= DateTimeKind.LOCAL;
  return local && ticks > (1n << 62n) - PER_DAY ? ticks - (1n << 62n) : ticks;
}

/** Dates of JavaScript end at 8.64e15 ms. */
function milliseconds(hundreds: bigint): KeyTime {
  const time = Number(hundreds / PER_MILLISECOND);
  return Math.abs(time) > 8.64e15 ? undefined : time;
}

/**
 * The other way round; never is FILETIME 0, and of DateTime the first tick.
 * @param kind what the ticks are said to be of; they are UTC's in every case
 */
export function keyTime(
  time: KeyTime,
  encoding: TimeEncoding,
  kind: bigint = DateTimeKind.UTC,
): Uint8Array {
  const octets = new Uint8Array(8);
  const hundreds = time === undefined ? undefined : BigInt(Math.floor(time)) * PER_MILLISECOND;
  const flags = encoding === 'binary' ? kind << 62n : 0n;
  const epoch = encoding === 'fileTime' ? FILE_TIME_EPOCH : TICKS_EPOCH;
  const value = hundreds === undefined ? 0n : hundreds + epoch;
  view(octets).setBigUint64(0, flags | value, true);
  return octets;
}
