/**
 * What a PAC takes over from the one in the ticket-granting ticket (MS-KILE 3.3.5.7): all that is
 * about the client, and for services the domain local groups besides.
 */
import { equal } from '../../src/bytes/bytes.ts';
import { LogonInfo } from '../pac/buffers.ts';
import { PacType, UserFlags } from '../pac/constants.ts';
import type { KerbValidationInfo } from '../pac/messages.ts';
import type { Pac, PacBuffer } from '../pac/pactype.ts';
import { type Account, type Accounts, EncTypes, type GroupMembership } from './accounts.ts';
import type { Realm } from './realm.ts';

/** Buffers that a service ticket takes over; credentials, attributes and requestor stay in the TGT. */
const FOR_SERVICES: ReadonlySet<number> = new Set([
  PacType.LOGON_INFO,
  PacType.CLIENT_INFO,
  PacType.DELEGATION_INFO,
  PacType.UPN_DNS_INFO,
  PacType.CLIENT_CLAIMS_INFO,
  PacType.DEVICE_INFO,
  PacType.DEVICE_CLAIMS_INFO,
]);
/** Those that a renewed, forwarded or referral ticket takes over: MS-PAC 2.14, 2.15. */
const FOR_TGTS: ReadonlySet<number> = new Set([
  ...FOR_SERVICES,
  PacType.ATTRIBUTES_INFO,
  PacType.REQUESTOR_SID,
  PacType.REQUESTOR_GUID,
]);

/** A service in this domain, as far as a PAC for it is concerned. */
export interface PacService {
  readonly realm: Realm;
  readonly accounts: Accounts;
  /** {@link EncTypes} of the service's account. */
  readonly encTypes: number;
  /** The client's account, when it is one of this domain. */
  readonly client?: Account;
}

/** The buffers for a renewed, forwarded or referral ticket-granting ticket. */
export function buffersForTgt(pac: Pac): readonly PacBuffer[] {
  return pac.buffers.filter(({ ulType }) => FOR_TGTS.has(ulType));
}

/**
 * The buffers for a service ticket. The client's domain local groups come in (MS-KILE 3.3.5.7.3),
 * compressed unless the service's account says otherwise.
 */
export function buffersForService(pac: Pac, service: PacService): readonly PacBuffer[] {
  return pac.buffers
    .filter(({ ulType }) => FOR_SERVICES.has(ulType))
    .map((buffer) =>
      buffer.ulType === PacType.LOGON_INFO
        ? { ulType: buffer.ulType, bytes: withResourceGroups(buffer.bytes, service) }
        : buffer,
    );
}

/** LOGON_INFO of a client as its last ticket had it, and what became of it for services. */
interface Inherited {
  readonly from: Uint8Array;
  readonly sids: readonly string[];
  readonly info: KerbValidationInfo;
  /** By groups added and whether they are compressed. */
  readonly made: Map<string, Uint8Array>;
}

/** Tickets for many services are asked for with one ticket-granting ticket. */
const inherited = new WeakMap<Account, Inherited>();
const MOST_MADE = 4;

function withResourceGroups(logonInfo: Uint8Array, service: PacService): Uint8Array {
  const { accounts, realm, encTypes, client } = service;
  const read = inheritedFrom(logonInfo, client);
  if (read === undefined) return logonInfo;
  const groups = distinct(accounts.resourceGroups(read.sids));
  if (groups.length === 0) return logonInfo;
  const compressed = (encTypes & EncTypes.RESOURCE_SID_COMPRESSION_DISABLED) === 0;
  const id = `${compressed} ${groups.map((group) => `${group.relativeId}:${group.attributes}`)}`;
  let made = read.made.get(id);
  if (made === undefined) {
    const added = compressed ? compressedGroups : fullGroups;
    made = LogonInfo.encode(added(read.info, realm, groups));
    if (read.made.size >= MOST_MADE) read.made.clear();
    read.made.set(id, made);
  }
  return made;
}

function inheritedFrom(logonInfo: Uint8Array, client: Account | undefined): Inherited | undefined {
  const known = client === undefined ? undefined : inherited.get(client);
  if (known !== undefined && equal(known.from, logonInfo)) return known;
  const read = LogonInfo.tryDecode(logonInfo);
  if (!read.ok) return undefined;
  // A copy: what came is a view of a whole ticket.
  const fresh: Inherited = {
    from: logonInfo.slice(),
    sids: sidsOf(read.value),
    info: read.value,
    made: new Map(),
  };
  if (client !== undefined) inherited.set(client, fresh);
  return fresh;
}

function compressedGroups(
  info: KerbValidationInfo,
  realm: Realm,
  groups: readonly GroupMembership[],
): KerbValidationInfo {
  return {
    ...info,
    UserFlags: info.UserFlags | UserFlags.LOGON_RESOURCE_GROUPS,
    ResourceGroupDomainSid: realm.sid,
    ResourceGroupIds: groups.map((group) => ({
      RelativeId: group.relativeId,
      Attributes: group.attributes,
    })),
  };
}

function fullGroups(
  info: KerbValidationInfo,
  realm: Realm,
  groups: readonly GroupMembership[],
): KerbValidationInfo {
  const added = groups.map((group) => ({
    Sid: `${realm.sid}-${group.relativeId}`,
    Attributes: group.attributes,
  }));
  return {
    ...info,
    UserFlags: info.UserFlags | UserFlags.LOGON_EXTRA_SIDS,
    ExtraSids: [...(info.ExtraSids ?? []), ...added],
  };
}

function distinct(groups: readonly GroupMembership[]): readonly GroupMembership[] {
  return [...new Map(groups.map((group) => [group.relativeId, group])).values()];
}

/** The user and all groups that LOGON_INFO names. */
export function sidsOf(info: KerbValidationInfo): readonly string[] {
  const domain = info.LogonDomainId;
  const relative = [info.UserId, ...(info.GroupIds ?? []).map((group) => group.RelativeId)];
  const extra = (info.ExtraSids ?? []).map(({ Sid }) => Sid);
  return domain === null ? extra : [...relative.map((rid) => `${domain}-${rid}`), ...extra];
}
