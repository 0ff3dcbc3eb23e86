/** Who a ticket's client is, by its PAC: what Windows makes an access token of (MS-PAC 2.5, MS-KILE 3.4.5.3). */
import { decode } from '../../src/der/codec.ts';
import type { Authorization } from '../kerberos/ap-server.ts';
import { errorName, KRB_AP_ERR_MODIFIED } from '../kerberos/error-codes.ts';
import type { Key } from '../kerberos/etypes.ts';
import { type EncTicketPart, Ticket } from '../kerberos/messages.ts';
import { openTicket, type ServiceKey } from '../kerberos/ticket.ts';
import { pacOf } from '../pac/authorization-data.ts';
import { LogonInfo, UpnDnsInfo } from '../pac/buffers.ts';
import { PacType } from '../pac/constants.ts';
import type { GroupMembership, KerbValidationInfo } from '../pac/messages.ts';
import { pacBuffer, readPac } from '../pac/pactype.ts';
import { sidIn } from '../pac/sid.ts';
import { verifyPac } from '../pac/signatures.ts';

export interface Identity {
  /** `CORP\alice` */
  readonly name: string;
  readonly sid: string;
  /** SIDs of all groups, in the PAC's order: of the domain, of others, resource groups. */
  readonly groups: readonly string[];
  /** userPrincipalName, or the one that the account has without saying so. */
  readonly upn?: string;
}

/**
 * Believes a PAC whose server signature is made with our own key. Whether the KDC signed it too only the
 * KDC can tell (MS-APDS 3.2.5.1); a member that runs as a service of the system does not ask.
 */
export function authorize(part: EncTicketPart, key: Key): Authorization<Identity> {
  const octets = part.authorizationData === undefined ? undefined : pacOf(part.authorizationData);
  if (octets === undefined) return denied('the ticket has no PAC');
  const pac = readPac(octets);
  if (!pac.ok) return denied(`the PAC is malformed: ${pac.error.message}`);
  const { server } = verifyPac(pac.value, { serverKey: key });
  if (server !== 'ok') return denied(`the PAC's server signature is ${server}`);
  const buffer = pacBuffer(pac.value, PacType.LOGON_INFO);
  if (buffer === undefined) return denied('the PAC has no LOGON_INFO');
  const info = LogonInfo.tryDecode(buffer);
  if (!info.ok) return denied(`LOGON_INFO is malformed: ${info.error.message}`);
  const identity = identityOf(info.value, upnIn(pac.value));
  if (identity === undefined) return denied('LOGON_INFO has no LogonDomainId');
  return { kind: 'granted', identity };
}

/** The same for a ticket for ourselves, which no AP-REQ carries: Windows' interactive logon. */
export function identityOfTicket(
  ticket: Uint8Array,
  keys: readonly ServiceKey[],
): Authorization<Identity> {
  const opened = openTicket(decode(Ticket, ticket), keys);
  if (opened.kind === 'opened') return authorize(opened.part, opened.key);
  const { errorCode, reason } = opened;
  return { kind: 'denied', errorCode, reason: `${errorName(errorCode)}: ${reason}` };
}

/** MS-PAC 2.10; a KDC may leave the buffer out. */
function upnIn(pac: Parameters<typeof pacBuffer>[0]): string | undefined {
  const buffer = pacBuffer(pac, PacType.UPN_DNS_INFO);
  const info = buffer === undefined ? undefined : UpnDnsInfo.tryDecode(buffer);
  return info?.ok ? info.value.Upn : undefined;
}

function identityOf(info: KerbValidationInfo, upn: string | undefined): Identity | undefined {
  const { LogonDomainId: domain, ResourceGroupDomainSid: resource } = info;
  if (domain === null) return undefined;
  return {
    name: `${info.LogonDomainName}\\${info.EffectiveName}`,
    sid: sidIn(domain, info.UserId),
    groups: [
      ...groupSids(domain, info.GroupIds),
      ...(info.ExtraSids ?? []).flatMap(({ Sid }) => (Sid === null ? [] : [Sid])),
      ...(resource === null ? [] : groupSids(resource, info.ResourceGroupIds)),
    ],
    ...(upn === undefined ? {} : { upn }),
  };
}

function groupSids(domain: string, groups: readonly GroupMembership[] | null): readonly string[] {
  return (groups ?? []).map(({ RelativeId }) => sidIn(domain, RelativeId));
}

function denied(reason: string): Authorization<Identity> {
  return { kind: 'denied', errorCode: KRB_AP_ERR_MODIFIED, reason };
}
