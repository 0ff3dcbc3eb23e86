/** What every write leaves on the object: MS-ADTS 3.1.1.1.9, 3.1.1.5.1.1 (uSNChanged, whenChanged). */
import type { Draft } from './directory.ts';
import type { Entry } from './entry.ts';

/** The counter behind highestCommittedUSN. */
export const USN_COUNTER = 'usn';

/** The counter that relative identifiers are taken from: the last one that was given. */
export const RID_COUNTER = 'rid';

/** Relative identifiers below are those of built-in accounts and groups (MS-SAMR 2.2.1.14). */
const FIRST_RID = 1000;

/** A relative identifier that no account of the domain ever had. */
export function nextRid(changes: Draft): number {
  const rid = Math.max(changes.counter(RID_COUNTER) + 1, FIRST_RID);
  changes.setCounter(RID_COUNTER, rid);
  return rid;
}

/** `20260302080000.0Z`. */
export function ldapTime(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/[-:T]/g, '')}.0Z`;
}

/** FILETIME of a moment, as LDAP's large integers carry it. */
export function ldapFileTime(now: number): string {
  return String(BigInt(Math.floor(now)) * 10_000n + 116_444_736_000_000_000n);
}

/** The next update sequence number of the draft. */
export function nextUsn(changes: Draft): number {
  const usn = changes.counter(USN_COUNTER) + 1;
  changes.setCounter(USN_COUNTER, usn);
  return usn;
}

/** The entry with new uSNChanged and whenChanged, and the stamps of what was touched. */
export function stamped(
  changes: Draft,
  entry: Entry,
  touched: ReadonlySet<string>,
  now: number,
): Entry {
  const usn = String(nextUsn(changes));
  const seconds = Math.floor(now / 1000);
  const stamps: Record<string, readonly [number, number]> = { ...entry.stamps };
  for (const name of touched) stamps[name] = [(stamps[name]?.[0] ?? 0) + 1, seconds];
  return {
    ...entry,
    attributes: { ...entry.attributes, uSNChanged: [usn], whenChanged: [ldapTime(now)] },
    stamps,
  };
}
