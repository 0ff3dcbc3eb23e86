/**
 * Security identifiers (MS-DTYP 2.4.2): text `S-1-5-21-1-2-3-1105`, and the packet form: revision,
 * count, authority (big-endian), subauthorities (little-endian).
 */
import { view } from '../../src/bytes/bytes.ts';

/** What a SID is made of; `IdentifierAuthority` is a number below 2^48. */
export interface SidParts {
  readonly IdentifierAuthority: number;
  readonly SubAuthority: readonly number[];
}

/** MS-DTYP 2.4.2.2: at most 15. */
export const SUB_AUTHORITIES_MAX = 15;
const HEADER_LENGTH = 8;

/** @throws RangeError that says what is wrong with the text. */
export function sidParts(text: string): SidParts {
  const match = /^S-1-(0x[0-9a-f]{1,12}|\d{1,15})((?:-\d{1,10})+)$/i.exec(text);
  if (match === null)
    throw new RangeError(`expected a SID like S-1-5-21-1-2-3-1105, got "${text}"`);
  const IdentifierAuthority = Number(match[1]);
  const SubAuthority = (match[2] as string).slice(1).split('-').map(Number);
  if (IdentifierAuthority >= 2 ** 48) throw new RangeError(`authority over 2^48 in SID "${text}"`);
  if (SubAuthority.length > SUB_AUTHORITIES_MAX) {
    throw new RangeError(`more than ${SUB_AUTHORITIES_MAX} subauthorities in SID "${text}"`);
  }
  const large = SubAuthority.find((part) => part >= 2 ** 32);
  if (large !== undefined) throw new RangeError(`subauthority ${large} over 2^32 in SID "${text}"`);
  return { IdentifierAuthority, SubAuthority };
}

/** MS-DTYP 2.4.2.1: authorities of 2^32 and more are written in hexadecimal. */
export function sidText({ IdentifierAuthority, SubAuthority }: SidParts): string {
  const authority =
    IdentifierAuthority < 2 ** 32
      ? String(IdentifierAuthority)
      : `0x${IdentifierAuthority.toString(16).padStart(12, '0')}`;
  return ['S-1', authority, ...SubAuthority].join('-');
}

/** The packet form. @throws RangeError when the text is no SID. */
export function parseSid(text: string): Uint8Array {
  const { IdentifierAuthority, SubAuthority } = sidParts(text);
  const out = new Uint8Array(HEADER_LENGTH + 4 * SubAuthority.length);
  const numbers = view(out);
  out[0] = 1;
  out[1] = SubAuthority.length;
  numbers.setUint16(2, Math.floor(IdentifierAuthority / 2 ** 32));
  numbers.setUint32(4, IdentifierAuthority % 2 ** 32);
  SubAuthority.forEach((part, i) => {
    numbers.setUint32(HEADER_LENGTH + 4 * i, part, true);
  });
  return out;
}

/** The text of a packet form; undefined when the octets are no SID or more than one. */
export function sidOf(bytes: Uint8Array): string | undefined {
  const count = bytes[1];
  if (bytes[0] !== 1 || count === undefined || count > SUB_AUTHORITIES_MAX) return undefined;
  if (bytes.length !== HEADER_LENGTH + 4 * count) return undefined;
  const numbers = view(bytes);
  const IdentifierAuthority = numbers.getUint16(2) * 2 ** 32 + numbers.getUint32(4);
  const SubAuthority = Array.from({ length: count }, (_, i) =>
    numbers.getUint32(HEADER_LENGTH + 4 * i, true),
  );
  return sidText({ IdentifierAuthority, SubAuthority });
}

/** The text of a packet form. @throws RangeError where {@link sidOf} would be undefined. */
export function formatSid(bytes: Uint8Array): string {
  const text = sidOf(bytes);
  if (text === undefined) throw new RangeError(`${bytes.length} octets are not one SID`);
  return text;
}

/** Octets of the packet form that begins at `start`; undefined when it does not end in `bytes`. */
export function sidLength(bytes: Uint8Array, start: number): number | undefined {
  const length = HEADER_LENGTH + 4 * (bytes[start + 1] ?? Number.NaN);
  return start + length <= bytes.length ? length : undefined;
}

/** Domain and relative identifier of an account's or group's SID. @throws RangeError */
export function splitSid(sid: string): { readonly domain: string; readonly rid: number } {
  const dash = sid.lastIndexOf('-');
  const rid = Number(sid.slice(dash + 1));
  if (!/^S-1-\d+-.+-\d+$/.test(sid)) throw new RangeError(`"${sid}" has no relative identifier`);
  return { domain: sid.slice(0, dash), rid };
}

/** The SID of the account or group `rid` of a domain. */
export function sidIn(domain: string, rid: number): string {
  return `${domain}-${rid}`;
}
