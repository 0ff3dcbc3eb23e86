/** Groups whenever they are written: MS-SAMR 3.1.1.8.2, 3.1.1.8.3, MS-ADTS 3.1.1.5.3.4. */
import { AccountType, type Changed, invalid } from './account-forms.ts';
import type { Draft } from './directory.ts';
import { type Entry, number, reference, referred } from './entry.ts';
import { GroupType, primaryGroup } from './membership.ts';
import { sidText } from './names.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { stamped } from './stamps.ts';
import { withValues } from './values.ts';

const SCOPES = GroupType.ACCOUNT | GroupType.RESOURCE | GroupType.UNIVERSAL;

/** groupType and member of a group that is new or changed. */
export function groupChanged(
  before: Entry | undefined,
  entry: Entry,
  touched: ReadonlySet<string>,
  changes: Draft,
): Changed {
  let next = entry;
  const type = number(entry, 'groupType') >>> 0;
  if (touched.has('groupType')) {
    const refused = checkType(before, type);
    if (refused !== undefined) return refused;
    next = withValues(next, 'sAMAccountType', [String(groupAccountType(type))]);
  }
  const old = new Set(before?.attributes.member ?? []);
  for (const value of entry.attributes.member ?? []) {
    if (old.has(value)) continue;
    const refused = checkMember(next, type, changes.entry(referred(value) ?? -1));
    if (refused !== undefined) return refused;
  }
  return { ok: true, entry: next };
}

function checkType(before: Entry | undefined, type: number): Refusal | undefined {
  const scope = type & SCOPES;
  if (scope === 0 || (scope & (scope - 1)) !== 0) {
    return invalid('groupType', `${type} has not just one scope`);
  }
  const old = before === undefined ? type : number(before, 'groupType') >>> 0;
  if (((old | type) & GroupType.BUILTIN_LOCAL) !== 0) {
    return invalid('groupType', 'that of built-in groups stays');
  }
  // Global and domain local groups become each other by way of universal ones only.
  const converts = (old & SCOPES) !== scope;
  if (converts && scope !== GroupType.UNIVERSAL && (old & GroupType.UNIVERSAL) === 0) {
    return invalid('groupType', 'global and domain local groups are not converted directly');
  }
  return undefined;
}

export function groupAccountType(type: number): number {
  const security = (type & GroupType.SECURITY_ENABLED) !== 0;
  if ((type & GroupType.RESOURCE) !== 0) {
    return security ? AccountType.ALIAS : AccountType.NON_SECURITY_ALIAS;
  }
  return security ? AccountType.GROUP : AccountType.NON_SECURITY_GROUP;
}

function checkMember(group: Entry, type: number, member: Entry | undefined): Refusal | undefined {
  if (member === undefined) return undefined;
  if (member.id === group.id) return invalid('member', 'a group in itself');
  const primary = number(member, 'primaryGroupID', -1);
  if (primary >= 0 && sidText(group)?.endsWith(`-${primary}`) === true) {
    return refuse(
      ResultCode.entryAlreadyExists,
      Win32.ERROR_MEMBER_IN_ALIAS,
      'member: it is the primary group of that account',
    );
  }
  const memberType = number(member, 'groupType') >>> 0;
  if (memberType === 0) return undefined; // accounts, contacts: any group takes them
  const nests =
    (type & GroupType.RESOURCE) !== 0 ||
    ((type & GroupType.UNIVERSAL) !== 0 && (memberType & GroupType.RESOURCE) === 0) ||
    ((type & GroupType.ACCOUNT) !== 0 && (memberType & GroupType.ACCOUNT) !== 0);
  if (nests) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    nestingError(type, memberType),
    'member: a group of that scope may not be nested in this one',
  );
}

function nestingError(type: number, memberType: number): number {
  if ((type & GroupType.UNIVERSAL) !== 0) return Win32.ERROR_DS_UNIVERSAL_CANT_HAVE_LOCAL_MEMBER;
  return (memberType & GroupType.RESOURCE) !== 0
    ? Win32.ERROR_DS_GLOBAL_CANT_HAVE_LOCAL_MEMBER
    : Win32.ERROR_DS_GLOBAL_CANT_HAVE_UNIVERSAL_MEMBER;
}

/**
 * Another primary group: the account must be its member, is no longer in its list, and comes into
 * that of the old one (MS-SAMR 3.1.1.8.2).
 */
export function primaryGroupChanged(
  before: Entry,
  entry: Entry,
  now: number,
  changes: Draft,
): Refusal | undefined {
  if (number(before, 'primaryGroupID') === number(entry, 'primaryGroupID')) return undefined;
  const self = reference(entry.id);
  const group = changes.entry(primaryGroup(changes, entry) ?? -1);
  const members = group?.attributes.member ?? [];
  if (group === undefined || !members.includes(self)) {
    return refuse(
      ResultCode.unwillingToPerform,
      Win32.ERROR_MEMBER_NOT_IN_ALIAS,
      'primaryGroupID: the account is no member of that group',
    );
  }
  const touched = new Set(['member']);
  const without = withValues(
    group,
    'member',
    members.filter((value) => value !== self),
  );
  changes.put(stamped(changes, without, touched, now));
  const old = changes.entry(primaryGroup(changes, before) ?? -1);
  if (old === undefined) return undefined;
  const joined = withValues(old, 'member', [...(old.attributes.member ?? []), self]);
  changes.put(stamped(changes, joined, touched, now));
  return undefined;
}
