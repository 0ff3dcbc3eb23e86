/**
 * What Windows' `klist` prints of a logon session: the tickets, the ticket-granting ticket in full, the
 * sessions of a computer. Learn, "klist"; the layout as captures of the tool show it. Times are the
 * device's own, whose zone is UTC here; unlike Windows, session keys are shown.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { TicketFlags } from './constants.ts';
import { Ticket } from './messages.ts';
import type { Credential, TicketCache } from './ticket-cache.ts';

/** A ticket, and where the session has it from. */
export interface KlistTicket {
  readonly credential: Credential;
  /** CacheFlags: the ntsecapi constants `KERB_TICKET_CACHE_...`; 1: the primary ticket. */
  readonly cacheFlags: number;
  /** DNS name of the KDC, `TicketSuppliedAtLogon` for what came with a token; empty: nobody was called. */
  readonly kdcCalled: string;
}

/** Low part of the locally unique identifier of a logon session; the high part is 0. */
export type LogonId = number;

/** LocalSystem's: the computer's own tickets are there. */
export const SYSTEM_LOGON: LogonId = 0x3e7;

/** `0:0x3e7` */
export function formatLogonId(id: LogonId): string {
  return `0:0x${id.toString(16)}`;
}

/** The first lines: whose prompt it is, and which session was asked for, where that is another. */
export function logonLines(current: LogonId, targeted: LogonId = current): readonly string[] {
  const lines = ['', `Current LogonId is ${formatLogonId(current)}`];
  return targeted === current
    ? lines
    : [...lines, `Targeted LogonId is ${formatLogonId(targeted)}`];
}

/** `klist`, `klist tickets`. */
export function ticketsText(first: readonly string[], tickets: readonly KlistTicket[]): string {
  const blocks = tickets.flatMap((ticket, i) => ['', ...ticketLines(ticket, i)]);
  return `${[...first, '', `Cached Tickets: (${tickets.length})`, ...blocks].join('\n')}\n`;
}

function ticketLines({ credential, cacheFlags, kdcCalled }: KlistTicket, index: number) {
  const { cname, crealm, sname, srealm, flags, starttime, endtime, renewTill, key } = credential;
  return [
    `#${index}>\tClient: ${cname.nameString.join('/')} @ ${crealm}`,
    `Server: ${sname.nameString.join('/')} @ ${srealm}`,
    `KerbTicket Encryption Type: ${klistEtype(ticketEtype(credential))}`,
    `Ticket Flags ${ticketFlags(flags)}`,
    `Start Time: ${klistTime(starttime)}`,
    `End Time:   ${klistTime(endtime)}`,
    `Renew Time: ${renewTill === undefined ? '0' : klistTime(renewTill)}`,
    `Session Key Type: ${klistEtype(key.etype)}`,
    `Cache Flags: ${cacheFlagsText(cacheFlags)}`,
    `Kdc Called: ${kdcCalled}`,
  ].map((line, i) => (i === 0 ? line : `\t${line}`));
}

/** `klist tgt`. @param timeSkew milliseconds by which the KDC's clock is ahead */
export function tgtText(
  first: readonly string[],
  tgt: Credential | undefined,
  timeSkew: number,
): string {
  if (tgt === undefined) return `${[...first, '', NO_TGT].join('\n')}\n`;
  const { ticket, key, flags, starttime, endtime, renewTill } = tgt;
  const service = tgt.sname.nameString[0] ?? '';
  const bytes = toHex(key.bytes).replace(/..(?!$)/g, '$& ');
  const lines: readonly (readonly [string, string])[] = [
    ['ServiceName', service],
    ['TargetName (SPN)', service],
    ['ClientName', tgt.cname.nameString.join('/')],
    ['DomainName', tgt.srealm],
    ['TargetDomainName', tgt.sname.nameString[1] ?? tgt.srealm],
    ['AltTargetDomainName', tgt.sname.nameString[1] ?? tgt.srealm],
    ['Ticket Flags', ticketFlags(flags)],
    ['Session Key', `KeyType 0x${key.etype.toString(16)} - ${klistEtype(key.etype)}`],
    ['', `KeyLength ${key.bytes.length} - ${bytes}`],
    ['StartTime', klistTime(starttime)],
    ['EndTime', klistTime(endtime)],
    ['RenewUntil', renewTill === undefined ? '0' : klistTime(renewTill)],
    ['TimeSkew', skewText(timeSkew)],
    ['EncodedTicket', `(size: ${ticket.length})`],
  ];
  const fields = lines.map(([label, value]) => `${label.padEnd(19)}: ${value}`);
  return `${[...first, '', 'Cached TGT:', '', ...fields, ...dump(ticket)].join('\n')}\n`;
}

/** SEC_E_NO_CREDENTIALS, as LSA answers where a session has no ticket-granting ticket. */
const NO_TGT =
  'klist failed with 0x8009030e/-2146893042: No credentials are available in the security package';

/** ` - 0:05 minute(s)` */
function skewText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const rest = String(seconds % 60).padStart(2, '0');
  return ` ${ms < 0 ? '-' : '+'} ${Math.floor(seconds / 60)}:${rest} minute(s)`;
}

const ROW = 16;

/** Sixteen octets a line: offset, hexadecimal in two halves, printable ASCII. */
function dump(octets: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let offset = 0; offset < octets.length; offset += ROW) {
    const row = octets.subarray(offset, offset + ROW);
    const hex = Array.from(row, (octet) => octet.toString(16).padStart(2, '0'));
    const halves = [hex.slice(0, ROW / 2), hex.slice(ROW / 2)].map((half) => half.join(' '));
    const text = Array.from(row, (octet) =>
      octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.',
    );
    const at = offset.toString(16).padStart(4, '0');
    lines.push(
      `${at}  ${halves
        .filter((half) => half !== '')
        .join(':')
        .padEnd(47)}  ${text.join('')}`,
    );
  }
  return lines;
}

/** A line of `klist sessions`. */
export interface KlistSession {
  readonly logonId: LogonId;
  /** Of the terminal: 0 for services, 1 for who sits there. */
  readonly session: number;
  /** `CORP\alice` */
  readonly account: string;
  /** `Negotiate:Interactive`; the system's own has no logon type: `Negotiate:(0)`. */
  readonly package: string;
}

export function sessionsText(current: LogonId, sessions: readonly KlistSession[]): string {
  const lines = sessions.map(
    ({ logonId, session, account, package: by }, i) =>
      `[${i}] Session ${session} ${formatLogonId(logonId)} ${account} ${by}`,
  );
  return `${[...logonLines(current), ...lines].join('\n')}\n`;
}

/** Ticket-granting tickets first, then services, the newest first: LSA keeps two lists. */
export function klistOrder(cache: TicketCache): TicketCache {
  const granting = cache.filter(isGranting);
  return [...granting, ...cache.filter((credential) => !isGranting(credential))];
}

function isGranting({ sname }: Credential): boolean {
  return sname.nameString[0]?.toLowerCase() === 'krbtgt';
}

/** Bits by the tool's names, in its order. */
const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [TicketFlags.forwardable, 'forwardable'],
  [TicketFlags.forwarded, 'forwarded'],
  [TicketFlags.proxiable, 'proxiable'],
  [TicketFlags.proxy, 'proxy'],
  [TicketFlags.mayPostdate, 'may_postdate'],
  [TicketFlags.postdated, 'postdated'],
  [TicketFlags.invalid, 'invalid'],
  [TicketFlags.renewable, 'renewable'],
  [TicketFlags.initial, 'initial'],
  [TicketFlags.preAuthent, 'pre_authent'],
  [TicketFlags.hwAuthent, 'hw_authent'],
  [TicketFlags.okAsDelegate, 'ok_as_delegate'],
  // RFC 6806's enc-pa-rep has the bit that Windows calls by the draft's name.
  [TicketFlags.encPaRep, 'name_canonicalize'],
];

/** `0x40e10000 -> forwardable renewable initial pre_authent name_canonicalize` */
function ticketFlags(flags: number): string {
  return named(flags, FLAG_NAMES);
}

const CACHE_FLAGS: readonly (readonly [number, string])[] = [
  [0x1, 'PRIMARY'],
  [0x2, 'DELEGATION'],
  [0x4, 'S4U'],
  [0x8, 'ASC'],
  [0x10, 'ENC-IN-SKEY'],
  [0x20, 'X509'],
  [0x40, 'FAST'],
  [0x80, 'COMPOUND'],
  [0x100, 'HUB-PRIMARY'],
  [0x200, 'DISABLE-TGT-DELEGATION'],
];

/** `0x1 -> PRIMARY`; what has no name stands as its number: `0x400 -> 0x400`. */
function cacheFlagsText(flags: number): string {
  if (flags === 0) return '0';
  const known = CACHE_FLAGS.reduce((bits, [bit]) => bits | bit, 0);
  const rest = flags & ~known;
  const other: readonly (readonly [number, string])[] =
    rest === 0 ? [] : [[rest, `0x${rest.toString(16)}`]];
  return named(flags, [...CACHE_FLAGS, ...other]);
}

function named(flags: number, names: readonly (readonly [number, string])[]): string {
  const set = names.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return [`0x${(flags >>> 0).toString(16)} ->`, ...set].join(' ');
}

const ETYPE_NAMES: Readonly<Record<number, string>> = {
  3: 'Kerberos DES-CBC-MD5',
  17: 'AES-128-CTS-HMAC-SHA1-96',
  18: 'AES-256-CTS-HMAC-SHA1-96',
  19: 'AES-128-CTS-HMAC-SHA256-128',
  20: 'AES-256-CTS-HMAC-SHA384-192',
  23: 'RSADSI RC4-HMAC(NT)',
  24: 'RSADSI RC4-HMAC(NT)',
};

/** What is no type of Windows' by its number, as the cloud's: `Unknown (-1)`. */
function klistEtype(etype: number): string {
  return ETYPE_NAMES[etype] ?? `Unknown (${etype})`;
}

function ticketEtype({ ticket }: Credential): number {
  const read = tryDecode(Ticket, ticket);
  return read.ok ? read.value.encPart.etype : -1;
}

/** `3/2/2026 8:00:00 (local)` */
export function klistTime(ms: number): string {
  const at = new Date(ms);
  const [hours, minutes, seconds] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  const clock = [minutes, seconds].map((part) => String(part).padStart(2, '0'));
  const day = `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()}`;
  return `${day} ${hours}:${clock.join(':')} (local)`;
}
