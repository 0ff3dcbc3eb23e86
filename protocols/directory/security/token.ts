/**
 * Whose rights count: the SIDs that an authenticated account brings to an access check. What a
 * domain controller's logon makes of a directory account (MS-DTYP 2.5.2 token, MS-PAC 4.1.2.2), and
 * of the SIDs in a ticket's PAC: both get the groups of this domain that only its controllers know.
 */
import { backLinks, type Directory } from '../directory.ts';
import type { DomainInfo } from '../domain-info.ts';
import { type Entry, number } from '../entry.ts';
import { GroupType, groupsOf, sidForm } from '../membership.ts';
import { sidText } from '../names.ts';
import { UserAccountControl } from '../user-account-control.ts';
import type { SecurityContext } from './access.ts';

/** Well-known SIDs of tokens, MS-DTYP 2.4.2.4. */
export const WellKnownSid = {
  EVERYONE: 'S-1-1-0',
  NETWORK: 'S-1-5-2',
  ANONYMOUS: 'S-1-5-7',
  ENTERPRISE_DOMAIN_CONTROLLERS: 'S-1-5-9',
  AUTHENTICATED_USERS: 'S-1-5-11',
  THIS_ORGANIZATION: 'S-1-5-15',
  LOCAL_SYSTEM: 'S-1-5-18',
  AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY: 'S-1-18-1',
  SERVICE_ASSERTED_IDENTITY: 'S-1-18-2',
} as const;

/** Relative identifiers that decide what a token holds (MS-DTYP 2.4.2.4). */
const GUEST = 501;
const ENTERPRISE_READONLY_DOMAIN_CONTROLLERS = 498;

/** The server itself: no check applies. */
export const SYSTEM_CONTEXT: SecurityContext = {
  sids: new Set([WellKnownSid.LOCAL_SYSTEM, WellKnownSid.EVERYONE]),
  system: true,
};

/**
 * Nobody. Everyone is not in it: since Windows Server 2003 only the policy EveryoneIncludesAnonymous
 * brings that back.
 */
export const ANONYMOUS_CONTEXT: SecurityContext = {
  sids: new Set([WellKnownSid.ANONYMOUS, WellKnownSid.NETWORK]),
};

/** What a ticket's PAC says of its client. */
export interface Authenticated {
  readonly sid: string;
  /** Groups, resource groups and extra SIDs. */
  readonly groups: readonly string[];
}

/** An account of this directory that proved who it is, by a password or by its key. */
export function accountContext(
  directory: Directory,
  domain: DomainInfo,
  account: Entry,
): SecurityContext {
  const sids = new Set<string>([sidText(account) ?? WellKnownSid.ANONYMOUS]);
  for (const { sid } of groupsOf(directory, account)) sids.add(sid);
  const control = number(account, 'userAccountControl');
  if ((control & UserAccountControl.SERVER_TRUST_ACCOUNT) !== 0) {
    sids.add(WellKnownSid.ENTERPRISE_DOMAIN_CONTROLLERS);
  }
  if ((control & UserAccountControl.PARTIAL_SECRETS_ACCOUNT) !== 0) {
    sids.add(`${domain.sid}-${ENTERPRISE_READONLY_DOMAIN_CONTROLLERS}`);
  }
  sids.add(WellKnownSid.AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY);
  return networkContext(directory, domain, sids);
}

/** The client of a ticket, of this domain or of one that it trusts. */
export function ticketContext(
  directory: Directory,
  domain: DomainInfo,
  { sid, groups }: Authenticated,
): SecurityContext {
  return networkContext(directory, domain, new Set([sid, ...groups]));
}

function networkContext(
  directory: Directory,
  domain: DomainInfo,
  sids: Set<string>,
): SecurityContext {
  sids.add(WellKnownSid.EVERYONE).add(WellKnownSid.NETWORK).add(WellKnownSid.THIS_ORGANIZATION);
  // Authenticated Users are all but the guest (MS-DTYP 2.4.2.4).
  if (!sids.has(`${domain.sid}-${GUEST}`)) sids.add(WellKnownSid.AUTHENTICATED_USERS);
  addLocalGroups(directory, sids);
  return { sids };
}

/**
 * Domain local and built-in groups of every SID, foreign ones included: Authenticated Users is a
 * member of Pre-Windows 2000 Compatible Access, and Domain Admins of Administrators. Global and
 * universal groups are what the account's own domain says they are.
 */
function addLocalGroups(directory: Directory, sids: Set<string>): void {
  const local = GroupType.RESOURCE | GroupType.BUILTIN_LOCAL;
  // A set's iteration comes to what was added meanwhile: groups in groups. A well-known SID has two
  // objects, one of the configuration and one that is a member of groups.
  for (const sid of sids) {
    for (const member of directory.findForm('objectSid', sidForm(sid))) {
      for (const id of backLinks(directory, 'memberOf', member)) {
        const group = directory.entry(id);
        const groupSid = group === undefined ? undefined : sidText(group);
        if (group === undefined || groupSid === undefined) continue;
        const type = number(group, 'groupType') >>> 0;
        const counts = (type & GroupType.SECURITY_ENABLED) !== 0 && (type & local) !== 0;
        if (counts) sids.add(groupSid);
      }
    }
  }
}
