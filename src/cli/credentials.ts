/** The tickets that an actor was given in a run, for credential caches. */
import {
  AsRep,
  EncKdcRepPartAny,
  type KdcRep,
  TgsRep,
  Ticket,
} from '../../protocols/kerberos/messages.ts';
import { type Codec, encode, tryDecode } from '../der/codec.ts';
import type { Credential } from '../trace/ccache.ts';
import type { DissectedField, Dissector } from '../trace/dissector.ts';
import { hintsOf, keyringOf, messageOf } from '../trace/hints.ts';
import type { PrincipalParts } from '../trace/principal.ts';
import { principalText } from '../trace/principal.ts';
import type { Run } from '../trace/read.ts';

/** One ticket, who was given it, and to which client it belongs. */
export interface Given {
  readonly actor: string;
  /** `alice@CORP.EXAMPLE` */
  readonly client: string;
  readonly credential: Credential;
}

const REPLIES: Readonly<Record<string, Codec<KdcRep>>> = { 'AS-REP': AsRep, 'TGS-REP': TgsRep };

/**
 * The tickets of all AS-REPs and TGS-REPs that could be opened, in order; of several for the same
 * service the last, because it is the one that a client would use.
 */
export function ticketsGiven(run: Run, dissector: Dissector): readonly Given[] {
  const keyring = keyringOf(run.records, run.octets, dissector);
  const given = new Map<string, Given>();
  for (const { actor, event } of run.records) {
    const codec = REPLIES[event.message ?? ''];
    const bytes = event.kind === 'received' ? messageOf(event, run.octets) : undefined;
    if (codec === undefined || bytes === undefined) continue;
    const credential = credentialOf(codec, bytes, dissector.fields(bytes, hintsOf(event), keyring));
    if (credential === undefined) continue;
    const client = principalText(credential.client);
    const key = `${actor} ${client} ${principalText(credential.server)}`;
    given.delete(key);
    given.set(key, { actor, client, credential });
  }
  return [...given.values()];
}

function credentialOf(
  codec: Codec<KdcRep>,
  bytes: Uint8Array,
  fields: readonly DissectedField[],
): Credential | undefined {
  const reply = tryDecode(codec, bytes);
  if (!reply.ok) return undefined;
  for (const { opened } of fields) {
    const part = opened === undefined ? undefined : tryDecode(EncKdcRepPartAny, opened.bytes);
    if (part?.ok !== true) continue;
    const { crealm, cname, ticket } = reply.value;
    const { key, flags, authtime, starttime, endtime, renewTill, srealm, sname, caddr } =
      part.value;
    return {
      client: partsOf(crealm, cname),
      server: partsOf(srealm, sname),
      key: { etype: key.keytype, bytes: key.keyvalue },
      authtime: seconds(authtime),
      starttime: seconds(starttime ?? authtime),
      endtime: seconds(endtime),
      renewTill: renewTill === undefined ? 0 : seconds(renewTill),
      isSkey: false,
      ticketFlags: flags,
      addresses: caddr ?? [],
      authdata: [],
      ticket: encode(Ticket, ticket),
      secondTicket: new Uint8Array(0),
    };
  }
  return undefined;
}

function partsOf(
  realm: string,
  name: { readonly nameType: number; readonly nameString: readonly string[] },
): PrincipalParts {
  return { nameType: name.nameType, realm, components: name.nameString };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
