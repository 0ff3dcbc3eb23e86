/**
 * The credentials of Remote Credential Guard (MS-CSSP 2.2.1.2.3): a ticket for the host, which says who its client
 * is, and a ticket-granting ticket whose session key stays where it is.
 */
import { digest } from '../../src/crypto/digest.ts';
import { tryDecode } from '../../src/der/codec.ts';
import {
  type Credentials,
  readTicketLogon,
  type TicketLogon,
  ticketLogon,
} from '../credssp/credentials.ts';
import type { Acceptor } from '../kerberos/ap-server.ts';
import { TicketFlags } from '../kerberos/constants.ts';
import { errorName } from '../kerberos/error-codes.ts';
import { keyOf } from '../kerberos/etypes.ts';
import { readKrbCred, sealedKrbCred, unsealedKrbCred } from '../kerberos/krb-cred.ts';
import { type EncTicketPart, Ticket } from '../kerberos/messages.ts';
import { formatName, sameNameIgnoringCase } from '../kerberos/names.ts';
import { openTicket } from '../kerberos/ticket.ts';
import { type Credential, sameRealm } from '../kerberos/ticket-cache.ts';

/** The security package of the tickets. */
const KERBEROS = 'Kerberos';

const HANDLE_LENGTH = 16;

/**
 * What stands in the place of the ticket-granting ticket's session key (MS-RDPEAR 2.2.1.2.8): octets that name the
 * key to the client and say nothing of it. Whoever has the ticket can make them.
 */
export function keyHandle({ ticket }: Pick<Credential, 'ticket'>): Uint8Array {
  return digest('sha256', ticket).subarray(0, HANDLE_LENGTH);
}

/** @param hostTicket for the host itself, under its long-term key */
export function guardedCredentials(
  tgt: Credential,
  hostTicket: Credential,
  random: (length: number) => Uint8Array,
): Credentials {
  const keyless = { ...tgt, key: { etype: tgt.key.etype, bytes: keyHandle(tgt) } };
  const tickets: TicketLogon = {
    flags: 0,
    serviceTicket: hostTicket.ticket,
    ticketGrantingTicket: sealedKrbCred([keyless], hostTicket.key, random),
  };
  const logonCred = { packageName: KERBEROS, credBuffer: ticketLogon(tickets) };
  return { kind: 'remoteGuard', logonCred, supplementalCreds: [] };
}

/** Who signs in so, and what the host may ask the client about later. */
export type Guarded<I> =
  | {
      readonly kind: 'granted';
      readonly identity: I;
      /** Its key is whatever the client has put there: no key of Kerberos. */
      readonly tgt: Credential;
    }
  | { readonly kind: 'denied'; readonly reason: string };

/** The host's side: the ticket opens with its own key, and its session key opens the rest. */
export function guardedLogon<I>(
  acceptor: Omit<Acceptor<I>, 'replays'>,
  credentials: Extract<Credentials, { readonly kind: 'remoteGuard' }>,
  now: number,
): Guarded<I> {
  const { packageName, credBuffer } = credentials.logonCred;
  if (packageName !== KERBEROS) {
    return denied(`credentials of the package ${packageName}, not of ${KERBEROS}`);
  }
  const logon = readTicketLogon(credBuffer);
  const ticket = logon && tryDecode(Ticket, logon.serviceTicket);
  if (logon === undefined || ticket?.ok !== true) {
    return denied('the credentials are no KERB_TICKET_LOGON with a ticket in it');
  }
  const { sname, realm } = ticket.value;
  const isOurs = acceptor.names.some((name) => sameNameIgnoringCase(name, sname));
  if (!isOurs || !sameRealm(realm, acceptor.realm)) {
    return denied(`the ticket is for ${formatName(sname, realm)}`);
  }
  const opened = openTicket(ticket.value, acceptor.keys);
  if (opened.kind === 'refused') {
    return denied(`${errorName(opened.errorCode)}: ${opened.reason}`);
  }
  const late = untimely(opened.part, acceptor.clockSkew, now);
  if (late !== undefined) return denied(late);
  const tgt = ticketGrantingTicketIn(logon, opened.part);
  if (tgt === undefined) {
    return denied('no ticket-granting ticket in a KRB-CRED that opens with the session key');
  }
  const authorization = acceptor.authorize(opened.part, opened.key);
  return authorization.kind === 'granted'
    ? { kind: 'granted', identity: authorization.identity, tgt }
    : denied(authorization.reason);
}

function denied<I>(reason: string): Guarded<I> {
  return { kind: 'denied', reason: `Remote Credential Guard: ${reason}` };
}

function untimely(
  { starttime, authtime, endtime, flags }: EncTicketPart,
  clockSkew: number,
  now: number,
): string | undefined {
  if ((starttime ?? authtime) - now > clockSkew || (flags & TicketFlags.invalid) !== 0) {
    return 'the ticket is not yet valid';
  }
  return now - endtime > clockSkew ? 'the ticket has expired' : undefined;
}

/** FreeRDP 3.10 leaves the KRB-CRED open (RFC 4120 §5.8.1): what is around it is sealed. */
function ticketGrantingTicketIn(
  { ticketGrantingTicket }: TicketLogon,
  { key }: EncTicketPart,
): Credential | undefined {
  const sessionKey = keyOf(key);
  const sealed = sessionKey && unsealedKrbCred(ticketGrantingTicket, sessionKey);
  const credentials = sealed ?? readKrbCred(ticketGrantingTicket);
  return credentials?.find(({ sname }) => sname.nameString[0] === 'krbtgt');
}
