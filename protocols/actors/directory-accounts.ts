/**
 * The directory's accounts as the KDC asks for them: every look-up by an index of the store. What
 * was made of a record is kept for as long as the record is the same and nothing else changed what
 * it says, so that whatever hangs on an account (keys, encoded parts of answers) is made once.
 */
import type { Store } from '../../src/machine/store.ts';
import { backLinks, type Directory, directory } from '../directory/directory.ts';
import { domainInfo } from '../directory/domain.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import { type Entry, number } from '../directory/entry.ts';
import { PUBLIC_KEY_INDEX, publicKeyForm } from '../directory/key-credential-value.ts';
import { GroupType, groupsOf, sidForm } from '../directory/membership.ts';
import { sidText } from '../directory/names.ts';
import { USN_COUNTER } from '../directory/stamps.ts';
import type { Account, Accounts, GroupMembership } from '../kdc/accounts.ts';
import {
  accountFrom,
  isAccount,
  LOCAL,
  lockoutPolicyOf,
  membership,
  outsideOf,
  sameOutside,
} from './account-view.ts';
import { publicKeyServicesOf } from './directory-certificates.ts';
import { readOnlyControllersOf, trustsOf } from './directory-partners.ts';

/** What the actor asks besides: which record an account is. */
export interface DirectoryAccounts extends Accounts {
  readonly domain: DomainInfo;
  /** The record of the account with that SID; undefined where there is none. */
  recordOf(objectSid: string): number | undefined;
  /** An entry as an account, whether or not it is written yet. */
  read(entry: Entry): Account;
  /** The account that a record is; undefined where it is none. */
  account(id: number): Account | undefined;
}

/** Relative id of krbtgt (MS-DTYP 2.4.2.4). */
const KRBTGT_RID = 502;

/** How many accounts, and how many answers about resource groups, are kept. */
const KEPT = 4_096;

interface Kept {
  readonly revision: number;
  /** The account as it was made when the directory had this update sequence number. */
  usn: number;
  readonly account: Account;
}

/** Stores outlast steps, and a step must not keep what it is given: so what is derived hangs here. */
const known = new WeakMap<Store, DirectoryAccounts>();

/** @throws Error when there is no domain in the store: the actor makes one when it starts. */
export function directoryAccounts(store: Store): DirectoryAccounts {
  const made = known.get(store) ?? accountsOf(store);
  known.set(store, made);
  return made;
}

function accountsOf(store: Store): DirectoryAccounts {
  const base = directory(store);
  const domain = domainInfo(base);
  if (domain === undefined) throw new Error('there is no domain in the store');
  const kept = new Map<number, Kept>();
  const head = (): Entry | undefined => base.entry(domain.ids.domain);
  const account = (id: number): Account | undefined => {
    const revision = store.revision(id);
    const usn = store.counter(USN_COUNTER);
    const before = kept.get(id);
    if (before?.revision === revision && before.usn === usn) return before.account;
    const entry = base.entry(id);
    if (entry === undefined || !isAccount(entry)) return undefined;
    const outside = outsideOf(base, entry, domain, head());
    if (before?.revision === revision && sameOutside(before.account, outside)) {
      // Something else was written: the account is what it was.
      before.usn = usn;
      return before.account;
    }
    const next = accountFrom(entry, outside);
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
    kept.set(id, { revision, usn, account: next });
    return next;
  };
  const all = (index: string, value: string): readonly Account[] =>
    base.find(index, value).flatMap((id) => account(id) ?? []);
  const byKey = (publicKey: Uint8Array): Account | undefined =>
    base.findForm(PUBLIC_KEY_INDEX, publicKeyForm(publicKey)).flatMap((id) => account(id) ?? [])[0];
  const recordOf = (sid: string): number | undefined =>
    base.findForm('objectSid', sidForm(sid)).find((id) => account(id) !== undefined);
  const bySid = (sid: string): Account | undefined => {
    const id = recordOf(sid);
    return id === undefined ? undefined : account(id);
  };
  const { trusts, trust } = trustsOf(store, base, domain);
  return {
    domain,
    account,
    read: (entry) => accountFrom(entry, outsideOf(base, entry, domain, head())),
    recordOf,
    bySAMAccountName: (name) => all('sAMAccountName', name)[0],
    byUserPrincipalName: (name) => all('userPrincipalName', name)[0],
    byServicePrincipalName: (name) => all('servicePrincipalName', name),
    byAltSecurityIdentity: (value) => all('altSecurityIdentities', value)[0],
    byPublicKey: byKey,
    publicKeyServices: publicKeyServicesOf(store, base, domain),
    byObjectSid: bySid,
    krbtgt: (number) =>
      number === 0
        ? bySid(`${domain.sid}-${KRBTGT_RID}`)
        : all('msDS-SecondaryKrbTgtNumber', String(number))[0],
    readOnlyControllers: (number) => readOnlyControllersOf(base, number, account),
    tokenSids: (of) => {
      const entry = base.entry(recordOf(of.objectSid) ?? 0);
      const sids = entry === undefined ? [] : groupsOf(base, entry).map(({ sid }) => sid);
      return [of.objectSid, ...sids];
    },
    lockoutPolicy: () => lockoutPolicyOf(head()),
    trust,
    get trusts() {
      return trusts();
    },
    resourceGroups: resourceGroupsOf(store, base, domain),
  };
}

/** SE_GROUP_RESOURCE besides the others (MS-PAC 2.2.1). */
const RESOURCE_GROUP_ATTRIBUTES = 0x2000_0007;

/** Domain local groups that hold one of the SIDs, directly or through each other (MS-KILE 3.3.5.7.3). */
function resourceGroupsOf(store: Store, base: Directory, domain: DomainInfo) {
  let usn = -1;
  const answers = new Map<string, readonly GroupMembership[]>();
  return (sids: readonly string[]): readonly GroupMembership[] => {
    const now = store.counter(USN_COUNTER);
    if (now !== usn || answers.size >= KEPT) answers.clear();
    usn = now;
    const name = sids.join(' ');
    const before = answers.get(name);
    if (before !== undefined) return before;
    const queue = sids.flatMap((sid) => base.findForm('objectSid', sidForm(sid)));
    const seen = new Set(queue);
    const groups: GroupMembership[] = [];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      for (const above of backLinks(base, 'memberOf', id)) {
        if (seen.has(above)) continue;
        seen.add(above);
        const group = base.entry(above);
        const sid = group === undefined ? undefined : sidText(group);
        if (group === undefined || sid?.startsWith(`${domain.sid}-`) !== true) continue;
        const type = number(group, 'groupType') >>> 0;
        const local = (type & GroupType.SECURITY_ENABLED) !== 0 && (type & LOCAL) !== 0;
        if (!local) continue;
        groups.push(membership(sid, RESOURCE_GROUP_ATTRIBUTES));
        queue.push(above);
      }
    }
    answers.set(name, groups);
    return groups;
  };
}
