/** The tickets that an actor was given in a run, for files that other programs take tickets from. */
import { CLOUD_REALM } from '../../protocols/entra/kerberos-tickets.ts';
import {
  AsRep,
  EncKdcRepPartAny,
  type KdcRep,
  type PrincipalName,
  TgsRep,
  Ticket,
} from '../../protocols/kerberos/messages.ts';
import { type Credential, credentialOf, sameRealm } from '../../protocols/kerberos/ticket-cache.ts';
import { type Codec, tryDecode } from '../der/codec.ts';
import type { Credential as Filed } from '../trace/ccache.ts';
import type { DissectedField, Dissector } from '../trace/dissector.ts';
import { hintsOf, keyringOf, messageOf } from '../trace/hints.ts';
import type { PrincipalParts } from '../trace/principal.ts';
import { principalText } from '../trace/principal.ts';
import type { Run } from '../trace/read.ts';
import { type PrtGiven, prtsGiven, ticketIn } from './prt-given.ts';

/**
 * A ticket-granting ticket of a writable KDC, one of a read-only KDC or of Entra, which a writable one
 * exchanges, one of the cloud's realm; or a ticket for a service.
 */
export type TicketKind = 'full' | 'partial' | 'cloud' | 'service';

/** One ticket, who was given it, and to which client it belongs. */
export interface Given {
  readonly actor: string;
  /** `alice@CORP.EXAMPLE` */
  readonly client: string;
  readonly kind: TicketKind;
  readonly credential: Credential;
}

const REPLIES: Readonly<Record<string, Codec<KdcRep>>> = { 'AS-REP': AsRep, 'TGS-REP': TgsRep };

/**
 * The tickets of all AS-REPs and TGS-REPs that could be opened, and those that came with primary refresh
 * tokens, in order; of several for the same service the last, because it is the one that a client would use.
 */
export function ticketsGiven(run: Run, dissector: Dissector): readonly Given[] {
  const keyring = keyringOf(run.records, run.octets, dissector);
  const given = new Map<string, Given>();
  const tokens = prtsGiven(run);
  for (const { seq, actor, event } of run.records) {
    for (const credential of withToken(tokens.get(seq))) addGiven(given, actor, credential);
    const codec = REPLIES[event.message ?? ''];
    const bytes = event.kind === 'received' ? messageOf(event, run.octets) : undefined;
    if (codec === undefined || bytes === undefined) continue;
    const credential = opened(codec, bytes, dissector.fields(bytes, hintsOf(event), keyring));
    if (credential === undefined) continue;
    addGiven(given, actor, credential);
  }
  return [...given.values()];
}

/** What came with a primary refresh token. */
function withToken(token: PrtGiven | undefined): readonly Credential[] {
  if (token === undefined) return [];
  return (['tgt_ad', 'tgt_cloud'] as const).flatMap((name) => {
    const ticket = ticketIn(token, name);
    return ticket?.kind === 'ticket' ? [ticket.credential] : [];
  });
}

function addGiven(given: Map<string, Given>, actor: string, credential: Credential): void {
  const client = principalText(partsOf(credential.crealm, credential.cname));
  const kind = kindOf(credential);
  const key = `${actor} ${client} ${serverOf(credential)} ${kind}`;
  given.delete(key);
  given.set(key, { actor, client, kind, credential });
}

function opened(
  codec: Codec<KdcRep>,
  bytes: Uint8Array,
  fields: readonly DissectedField[],
): Credential | undefined {
  const reply = tryDecode(codec, bytes);
  if (!reply.ok) return undefined;
  for (const { opened: field } of fields) {
    const part = field === undefined ? undefined : tryDecode(EncKdcRepPartAny, field.bytes);
    if (part?.ok !== true) continue;
    const { keytype, keyvalue } = part.value.key;
    return credentialOf(reply.value, part.value, { etype: keytype, bytes: keyvalue });
  }
  return undefined;
}

function kindOf({ sname, srealm, ticket }: Credential): TicketKind {
  if (sname.nameString[0]?.toLowerCase() !== 'krbtgt') return 'service';
  if (sameRealm(srealm, CLOUD_REALM)) return 'cloud';
  const read = tryDecode(Ticket, ticket);
  // MS-KILE 3.1.5.8: the number of a read-only KDC stands in the upper half.
  const number = read.ok ? (read.value.encPart.kvno ?? 0) >>> 16 : 0;
  return number === 0 ? 'full' : 'partial';
}

/** `cifs/files.corp.example@CORP.EXAMPLE` */
export function serverOf({ sname, srealm }: Credential): string {
  return principalText(partsOf(srealm, sname));
}

/** The form of a credentials cache. */
export function filed(credential: Credential): Filed {
  const { cname, crealm, sname, srealm, renewTill } = credential;
  return {
    client: partsOf(crealm, cname),
    server: partsOf(srealm, sname),
    key: credential.key,
    authtime: seconds(credential.authtime),
    starttime: seconds(credential.starttime),
    endtime: seconds(credential.endtime),
    renewTill: renewTill === undefined ? 0 : seconds(renewTill),
    isSkey: credential.isSkey === true,
    ticketFlags: credential.flags,
    addresses: credential.caddr ?? [],
    authdata: [],
    ticket: credential.ticket,
    secondTicket: new Uint8Array(0),
  };
}

function partsOf(realm: string, { nameType, nameString }: PrincipalName): PrincipalParts {
  return { nameType, realm, components: nameString };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
