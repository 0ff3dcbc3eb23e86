/** The tickets of one logon session, as plain data: what a credentials cache file holds. */
import { CLOCK_SKEW } from './client.ts';
import type { Key } from './etypes.ts';
import type { AsRep, EncAsRepPart, HostAddress, PrincipalName } from './messages.ts';
import { sameNameIgnoringCase } from './names.ts';
import { ticketBytes } from './ticket.ts';

/** A ticket with what only its owner knows about it. Times in milliseconds since 1970. */
export interface Credential {
  readonly cname: PrincipalName;
  readonly crealm: string;
  readonly sname: PrincipalName;
  readonly srealm: string;
  /** The session key. */
  readonly key: Key;
  /** TicketFlags: RFC 4120 §5.3. */
  readonly flags: number;
  readonly authtime: number;
  readonly starttime: number;
  readonly endtime: number;
  readonly renewTill?: number;
  readonly caddr?: readonly HostAddress[];
  /** The Ticket, DER. */
  readonly ticket: Uint8Array;
  /** The ticket is encrypted in the session key of somebody's TGT: RFC 4120 §2.9.2. */
  readonly isSkey?: true;
}

/** What an AS-REP or a TGS-REP gives its owner, `key` being the session key of its opened part. */
export function credentialOf(
  reply: Pick<AsRep, 'cname' | 'crealm' | 'ticket'>,
  part: EncAsRepPart,
  key: Key,
): Credential {
  return {
    cname: reply.cname,
    crealm: reply.crealm,
    sname: part.sname,
    srealm: part.srealm,
    key,
    flags: part.flags,
    authtime: part.authtime,
    starttime: part.starttime ?? part.authtime,
    endtime: part.endtime,
    ...(part.renewTill === undefined ? {} : { renewTill: part.renewTill }),
    ...(part.caddr === undefined ? {} : { caddr: part.caddr }),
    ticket: ticketBytes(reply.ticket),
  };
}

/** Newest first; at most one credential for a service (and for U2U, one a kind). */
export type TicketCache = readonly Credential[];

/** With `credential` in front, in place of an older one for the same client and service. */
export function withCredential(cache: TicketCache, credential: Credential): TicketCache {
  return [credential, ...cache.filter((other) => !replaces(credential, other))];
}

function replaces(credential: Credential, other: Credential): boolean {
  return (
    credential.isSkey === other.isSkey &&
    sameRealm(credential.srealm, other.srealm) &&
    sameRealm(credential.crealm, other.crealm) &&
    sameNameIgnoringCase(credential.sname, other.sname) &&
    sameNameIgnoringCase(credential.cname, other.cname)
  );
}

/** The valid ticket for a service in any realm, `now` in milliseconds. */
export function serviceTicket(
  cache: TicketCache,
  sname: PrincipalName,
  now: number,
): Credential | undefined {
  return cache.find(
    (credential) =>
      credential.isSkey === undefined &&
      isValid(credential, now) &&
      sameNameIgnoringCase(credential.sname, sname),
  );
}

/** The ticket-granting ticket for a realm, expired or not: `krbtgt/REALM`, whoever issued it. */
export function ticketGrantingTicket(cache: TicketCache, realm: string): Credential | undefined {
  return cache.find((credential) => isTgtFor(credential.sname, realm));
}

/** Is this the name of the ticket-granting service of `realm`? RFC 4120 §7.3. */
export function isTgtFor(sname: PrincipalName, realm: string): boolean {
  const [service, instance] = sname.nameString;
  return (
    sname.nameString.length === 2 &&
    service?.toLowerCase() === 'krbtgt' &&
    instance !== undefined &&
    sameRealm(instance, realm)
  );
}

/** Has begun, as clocks may differ, and not ended; `now` in milliseconds. */
export function isValid(credential: Credential, now: number): boolean {
  return credential.starttime - CLOCK_SKEW <= now && now < credential.endtime;
}

/** Realms that differ only in case are the same in Active Directory: MS-KILE 3.1.5.7. */
export function sameRealm(a: string, b: string): boolean {
  return a === b || a.toUpperCase() === b.toUpperCase();
}
