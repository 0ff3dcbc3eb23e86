/**
 * Microsoft Entra Kerberos: the partial ticket-granting ticket for a domain of Active Directory, and the
 * ticket-granting ticket for Entra's own realm. Both come as whole AS-REPs in the answer that brings a
 * primary refresh token. What is Entra's own choice and not published is an option.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/der/codec.ts';
import type { KeyRecord } from '../../src/machine/actor.ts';
import { NOT_TRANSITED } from '../kdc/as-reply.ts';
import { issuePartialTgt, type PartialPac } from '../kdc/partial-tgt.ts';
import { sealTicket, wholeSeconds } from '../kdc/ticket.ts';
import {
  KeyUsage,
  KRB_AS_REP,
  LR_NONE,
  NT_ENTERPRISE,
  NT_PRINCIPAL,
  NT_SRV_INST,
  PVNO,
  TicketFlags,
} from '../kerberos/constants.ts';
import { confounderLength, encrypt, encryptionKey, type Key, key } from '../kerberos/etypes.ts';
import { type AsRep, EncAsRepPart, type PrincipalName, type Ticket } from '../kerberos/messages.ts';
import { formatName, principal } from '../kerberos/names.ts';
import type { KerberosDomain } from './kerberos-domain.ts';
import { AES256, CLIENT_KEY_SIZE, sealTgt, type TgtError, tgtErrorText } from './prt-messages.ts';
import type { Tenant, TenantUser } from './tenant.ts';

export const CLOUD_REALM = 'KERBEROS.MICROSOFTONLINE.COM';

/** Points that are not published about Entra's tickets (all unverified), with what is taken here. */
export interface TicketOptions {
  /** Groups of LOGON_INFO: the primary group alone, no group, or no LOGON_INFO at all. */
  readonly logonInfo: 'primaryGroup' | 'noGroups' | 'absent';
  /** How long a ticket lasts, and until when it can be renewed; milliseconds. */
  readonly lifetime: number;
  readonly renewTill: number;
  /** cname of the partial ticket. */
  readonly name: 'sAMAccountName' | 'userPrincipalName';
  /** What stands in the place of a ticket that cannot be issued. */
  readonly missing: 'absent' | 'told';
  /** Whether `tgt_cloud` is issued at all. */
  readonly cloud: boolean;
}

export const TICKET_OPTIONS: TicketOptions = {
  logonInfo: 'primaryGroup',
  lifetime: 10 * 3_600_000,
  renewTill: 7 * 86_400_000,
  name: 'sAMAccountName',
  missing: 'absent',
  cloud: true,
};

interface Chance {
  readonly now: number;
  readonly random: (size: number) => Uint8Array;
}

export interface Tickets {
  readonly tgtAd?: string;
  readonly tgtCloud?: string;
  /** Why `tgt_ad` is missing. */
  readonly cause?: string;
  /** What the AS-REPs open with, for exports and the viewer. */
  readonly keys: readonly KeyRecord[];
}

const DOMAIN_USERS = 513;

/** Both tickets for a user. @param cloudKey of Entra's own realm */
export function ticketsFor(
  tenant: Tenant,
  user: TenantUser,
  sessionKey: Uint8Array,
  cloudKey: Key,
  options: TicketOptions,
  chance: Chance,
): Tickets {
  const cloud = options.cloud ? cloudTgt(user, cloudKey, options, chance) : undefined;
  const tgtCloud = cloud === undefined ? {} : { tgtCloud: sealed(cloud, sessionKey, chance) };
  const cloudKeys = cloud === undefined ? [] : [keyRecord(cloud)];
  const found = domainOf(tenant, user);
  if ('domain' in found) {
    const issued = partialTgt(user, found.domain, found.sid, options, chance);
    const keys = [keyRecord(issued), ...cloudKeys];
    return { tgtAd: sealed(issued, sessionKey, chance), ...tgtCloud, keys };
  }
  const told = options.missing === 'told' ? { tgtAd: tgtErrorText(found.error) } : {};
  return { ...told, ...tgtCloud, cause: found.error.error, keys: cloudKeys };
}

/** Unverified: numbers of such errors. */
const NOT_SYNCHRONIZED = 1;
const NO_KERBEROS_DOMAIN = 2;

function domainOf(
  { kerberosDomains = [] }: Tenant,
  { userPrincipalName, onPremisesSecurityIdentifier: sid }: TenantUser,
): { readonly domain: KerberosDomain; readonly sid: string } | { readonly error: TgtError } {
  if (sid === undefined) {
    const error = `${userPrincipalName} is of no domain: there is no onPremisesSecurityIdentifier`;
    return { error: { error, errorCode: NOT_SYNCHRONIZED } };
  }
  const of = sid.slice(0, sid.lastIndexOf('-'));
  const domain = kerberosDomains.find(({ domainSid }) => domainSid === of);
  if (domain !== undefined) return { domain, sid };
  const error = `Microsoft Entra Kerberos is not set up for the domain of ${userPrincipalName}`;
  return { error: { error, errorCode: NO_KERBEROS_DOMAIN } };
}

/** An AS-REP, and what its part is encrypted with. */
interface Issued {
  readonly asRep: AsRep;
  readonly clientKey: Uint8Array;
}

function keyRecord({ asRep, clientKey }: Issued): KeyRecord {
  const principal = formatName(asRep.cname, asRep.crealm);
  return { principal, kvno: 0, etype: AES256, key: toHex(clientKey), exchange: 'PRT' };
}

function sealed({ asRep, clientKey }: Issued, sessionKey: Uint8Array, { random }: Chance): string {
  return sealTgt(asRep, clientKey, sessionKey, random);
}

function pacOf({ logonInfo }: TicketOptions): PartialPac {
  const content: PartialPac = { request: 'asked', requestor: true };
  if (logonInfo === 'absent') return content;
  const inPrimaryGroup = logonInfo === 'primaryGroup';
  return { ...content, logonInfo: { primaryGroupID: DOMAIN_USERS, inPrimaryGroup } };
}

function partialTgt(
  user: TenantUser,
  domain: KerberosDomain,
  objectSid: string,
  options: TicketOptions,
  { now, random }: Chance,
): Issued {
  const { userPrincipalName, onPremisesSamAccountName } = user;
  const sAMAccountName = onPremisesSamAccountName ?? (userPrincipalName.split('@')[0] as string);
  const realm = domain.domainDnsName.toUpperCase();
  const cname =
    options.name === 'sAMAccountName'
      ? principal(NT_PRINCIPAL, sAMAccountName)
      : principal(NT_ENTERPRISE, userPrincipalName);
  const sessionKey = key(AES256, random(CLIENT_KEY_SIZE));
  const times = timesOf(options, now);
  const ticket = issuePartialTgt(
    {
      realm,
      secondaryKrbTgtNumber: domain.secondaryKrbTgtNumber,
      kvno: domain.keyVersion,
      key: key(AES256, domain.key),
    },
    {
      client: { sAMAccountName, objectSid, domain: domain.netBiosName },
      cname,
      content: pacOf(options),
      sessionKey,
      authtime: times.authtime,
      endtime: times.endtime,
      renewTill: times.renewTill,
    },
    random,
  );
  return reply(ticket, realm, cname, sessionKey, times, random);
}

/** Its PAC is for Entra's own services and not published: there is none in it. */
function cloudTgt(
  { userPrincipalName }: TenantUser,
  cloudKey: Key,
  options: TicketOptions,
  { now, random }: Chance,
): Issued {
  const cname = principal(NT_ENTERPRISE, userPrincipalName);
  const sessionKey = key(AES256, random(CLIENT_KEY_SIZE));
  const times = timesOf(options, now);
  const part = {
    flags: FLAGS,
    key: encryptionKey(sessionKey),
    crealm: CLOUD_REALM,
    cname,
    transited: NOT_TRANSITED,
    authtime: times.authtime,
    starttime: times.authtime,
    endtime: times.endtime,
    renewTill: times.renewTill,
  };
  const confounder = random(confounderLength(AES256));
  const sname = principal(NT_SRV_INST, 'krbtgt', CLOUD_REALM);
  const ticket = sealTicket(CLOUD_REALM, sname, part, cloudKey, 1, confounder);
  return reply(ticket, CLOUD_REALM, cname, sessionKey, times, random);
}

const { forwardable, initial, preAuthent, renewable } = TicketFlags;
const FLAGS = forwardable | initial | preAuthent | renewable;

interface Times {
  readonly authtime: number;
  readonly endtime: number;
  readonly renewTill: number;
}

function timesOf({ lifetime, renewTill }: TicketOptions, now: number): Times {
  const authtime = wholeSeconds(now);
  return { authtime, endtime: authtime + lifetime, renewTill: authtime + renewTill };
}

function reply(
  ticket: Ticket,
  realm: string,
  cname: PrincipalName,
  sessionKey: Key,
  { authtime, endtime, renewTill }: Times,
  random: Chance['random'],
): Issued {
  const clientKey = random(CLIENT_KEY_SIZE);
  const part = encode(EncAsRepPart, {
    key: encryptionKey(sessionKey),
    lastReq: [{ lrType: LR_NONE, lrValue: authtime }],
    // No AS-REQ was sent, so there is no nonce to give back.
    nonce: 0,
    flags: FLAGS,
    authtime,
    starttime: authtime,
    endtime,
    renewTill,
    srealm: realm,
    sname: ticket.sname,
  });
  const confounder = random(confounderLength(AES256));
  const cipher = encrypt(key(AES256, clientKey), KeyUsage.AS_REP_ENC_PART, part, confounder);
  const encPart = { etype: AES256, cipher };
  const asRep: AsRep = { pvno: PVNO, msgType: KRB_AS_REP, crealm: realm, cname, ticket, encPart };
  return { asRep, clientKey };
}
