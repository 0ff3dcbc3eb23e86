/**
 * Kerberos user-to-user in GSS-API tokens, as Windows speaks it: draft-swift-win2k-krb-user2user. The
 * service sends its own ticket-granting ticket, and the client's ticket is under that one's session key.
 */
import { hex } from '../../src/bytes/bytes.ts';
import { encode, type Infer, tryDecode } from '../../src/der/codec.ts';
import { int32 } from '../../src/der/primitives.ts';
import { raw } from '../../src/der/raw.ts';
import { field, optional, sequence } from '../../src/der/structures.ts';
import { generalString } from '../../src/der/text.ts';
import { framed, openFrame } from '../kerberos/gss.ts';
import { PrincipalName, Ticket } from '../kerberos/messages.ts';
import { rawTicket } from '../kerberos/ticket.ts';

/** 1.2.840.113554.1.2.2.3, with tag and length. */
const MECHANISM = hex`06 0a 2a 86 48 86 f7 12 01 02 02 03`;

const TOKEN_IDS = {
  'AP-REQ': 0x0100,
  'AP-REP': 0x0200,
  'KRB-ERROR': 0x0300,
  'TGT-REQ': 0x0400,
  'TGT-REP': 0x0401,
} as const;

export type UserToUserMessage = keyof typeof TOKEN_IDS;

const PVNO = 5;
export const KRB_TGT_REQ = 16;
export const KRB_TGT_REP = 17;

export type TgtReq = Infer<typeof TgtReq>;
export const TgtReq = sequence('TGT-REQ', {
  pvno: field(0, int32),
  msgType: field(1, int32),
  serverName: optional(2, PrincipalName),
  realm: optional(3, generalString),
});

export type TgtRep = Infer<typeof TgtRep>;
export const TgtRep = sequence('TGT-REP', {
  pvno: field(0, int32),
  msgType: field(1, int32),
  ticket: field(2, raw(Ticket)),
});

export function userToUserToken(message: UserToUserMessage, bytes: Uint8Array): Uint8Array {
  return framed(MECHANISM, TOKEN_IDS[message], bytes);
}

export type UserToUserOpening =
  | { readonly ok: true; readonly message: UserToUserMessage; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** Undefined: the token is of another mechanism. */
export function openUserToUser(token: Uint8Array): UserToUserOpening | undefined {
  const opened = openFrame(token, MECHANISM);
  if (opened === undefined || !opened.ok) return opened;
  for (const [message, known] of Object.entries(TOKEN_IDS)) {
    if (known !== opened.id) continue;
    return { ok: true, message: message as UserToUserMessage, bytes: opened.bytes };
  }
  return { ok: false, reason: `TOK_ID ${opened.id.toString(16).padStart(4, '0')} is not known` };
}

/** The client's first token: whose ticket-granting ticket it asks for. */
export function tgtReqToken(serverName: PrincipalName, realm?: string): Uint8Array {
  const named = { pvno: PVNO, msgType: KRB_TGT_REQ, serverName };
  const request = realm === undefined ? named : { ...named, realm };
  return userToUserToken('TGT-REQ', encode(TgtReq, request));
}

/** The service's answer. @throws DecodeError if `ticket` is no Ticket */
export function tgtRepToken(ticket: Uint8Array): Uint8Array {
  const reply = { pvno: PVNO, msgType: KRB_TGT_REP, ticket: rawTicket(ticket) };
  return userToUserToken('TGT-REP', encode(TgtRep, reply));
}

/** The service's ticket-granting ticket in a TGT-REP; a reason where it is none. */
export function ticketInTgtRep(bytes: Uint8Array): Uint8Array | string {
  const read = tryDecode(TgtRep, bytes);
  if (!read.ok) return read.error.message;
  const { msgType, ticket } = read.value;
  return msgType === KRB_TGT_REP ? ticket.raw : `msg-type ${msgType} instead of ${KRB_TGT_REP}`;
}
