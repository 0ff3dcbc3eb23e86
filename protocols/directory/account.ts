/** What MS-SAMR 3.1.1.8 and MS-ADTS 3.1.1.5.1.2 do to accounts and groups whenever they are written. */
import type { Directory, Draft } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, number, one, texts } from './entry.ts';
import { isDeleted } from './instance.ts';
import { GroupType, primaryGroup, sidForm } from './membership.ts';
import { structuralClass } from './protection.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { superclasses } from './schema.ts';
import type { SecurityContext } from './security/access.ts';
import { ldapFileTime } from './stamps.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';
import { withValues } from './values.ts';

export type RandomSource = (size: number) => Uint8Array;

export type Changed = { readonly ok: true; readonly entry: Entry } | Refusal;

/** sAMAccountType, MS-SAMR 2.2.1.9. */
export const AccountType = {
  DOMAIN: 0x00000000,
  GROUP: 0x10000000,
  NON_SECURITY_GROUP: 0x10000001,
  ALIAS: 0x20000000,
  NON_SECURITY_ALIAS: 0x20000001,
  USER: 0x30000000,
  MACHINE: 0x30000001,
  TRUST: 0x30000002,
} as const;

const ACCOUNT_KINDS =
  Uac.NORMAL_ACCOUNT |
  Uac.WORKSTATION_TRUST_ACCOUNT |
  Uac.SERVER_TRUST_ACCOUNT |
  Uac.INTERDOMAIN_TRUST_ACCOUNT;

/** Default primary groups by kind of account (MS-SAMR 3.1.1.8.1). */
const PRIMARY_GROUP: readonly (readonly [number, number])[] = [
  [Uac.PARTIAL_SECRETS_ACCOUNT, 521],
  [Uac.SERVER_TRUST_ACCOUNT, 516],
  [Uac.WORKSTATION_TRUST_ACCOUNT, 515],
  [Uac.NORMAL_ACCOUNT, 513],
];

export interface AccountContext {
  readonly directory: Directory;
  readonly domain: DomainInfo;
  readonly context: SecurityContext;
  readonly now: number;
}

/** The requester itself: the first SID of its token; the server writes as SYSTEM. */
export function requesterSid(context: SecurityContext): string {
  return context.sids.values().next().value ?? 'S-1-5-18';
}

/** Whether the object is a security principal: it has an account name and a SID. */
export function isPrincipal(className: string): boolean {
  const chain = superclasses(className);
  return chain.includes('user') || chain.includes('group') || className === 'inetOrgPerson';
}

/** The checks and the consequences of what was touched. `before` is undefined for a new object. */
export function accountChanged(
  before: Entry | undefined,
  entry: Entry,
  touched: ReadonlySet<string>,
  at: AccountContext,
  changes: Draft,
): Changed {
  const className = structuralClass(entry);
  if (!isPrincipal(className)) return { ok: true, entry };
  const unique = checkUnique(entry, touched, changes);
  if (unique !== undefined) return unique;
  if (className === 'group') return groupChanged(before, entry, touched, changes);
  let next = entry;
  if (touched.has('userAccountControl')) {
    const controlled = controlChanged(before, next, at);
    if (!controlled.ok) return controlled;
    next = controlled.entry;
  }
  if (touched.has('primaryGroupID') && before !== undefined) {
    const group = primaryGroup(changes, next);
    const member = group === undefined ? undefined : changes.entry(group);
    const reference = `<id=${entry.id}>`;
    const belongs =
      number(before, 'primaryGroupID') === number(next, 'primaryGroupID') ||
      member?.attributes.member?.includes(reference) === true;
    if (!belongs) {
      return refuse(
        ResultCode.unwillingToPerform,
        Win32.ERROR_MEMBER_NOT_IN_ALIAS,
        'primaryGroupID: the account is no member of that group',
      );
    }
  }
  return timesChanged(next, touched, at);
}

/** pwdLastSet and lockoutTime take few values, and mean something at once (MS-SAMR 3.1.1.8.8). */
function timesChanged(entry: Entry, touched: ReadonlySet<string>, at: AccountContext): Changed {
  let next = entry;
  if (touched.has('pwdLastSet') && at.context.system !== true) {
    const value = one(next, 'pwdLastSet');
    if (value !== '0' && value !== '-1') {
      return invalid('pwdLastSet', `${value} is neither 0 (must change) nor -1 (now)`);
    }
    if (value === '-1') next = withValues(next, 'pwdLastSet', [ldapFileTime(at.now)]);
  }
  if (touched.has('lockoutTime') && at.context.system !== true) {
    if (one(next, 'lockoutTime') !== '0') return invalid('lockoutTime', 'only 0 may be written');
    next = withValues(next, 'badPwdCount', ['0']);
  }
  return { ok: true, entry: next };
}

function invalid(name: string, why: string): Refusal {
  return refuse(ResultCode.unwillingToPerform, Win32.ERROR_INVALID_PARAMETER, `${name}: ${why}`);
}

/** userAccountControl: one kind of account, no state that is kept elsewhere (MS-SAMR 3.1.1.8.10). */
function controlChanged(before: Entry | undefined, entry: Entry, at: AccountContext): Changed {
  let control = number(entry, 'userAccountControl') >>> 0;
  if ((control & ACCOUNT_KINDS) === 0) control |= Uac.NORMAL_ACCOUNT;
  const kind = control & ACCOUNT_KINDS;
  if ((kind & (kind - 1)) !== 0) return invalid('userAccountControl', 'two kinds of account');
  if (kind === Uac.INTERDOMAIN_TRUST_ACCOUNT && at.context.system !== true) {
    return invalid('userAccountControl', 'trust accounts are made with the trust');
  }
  if ((control & Uac.PARTIAL_SECRETS_ACCOUNT) !== 0 && kind !== Uac.WORKSTATION_TRUST_ACCOUNT) {
    return invalid('userAccountControl', 'PARTIAL_SECRETS_ACCOUNT needs WORKSTATION_TRUST_ACCOUNT');
  }
  // Both are computed from other attributes (msDS-User-Account-Control-Computed).
  const unlocks = (number(before ?? entry, 'userAccountControl') & Uac.LOCKOUT) !== 0;
  control &= ~(Uac.LOCKOUT | Uac.PASSWORD_EXPIRED);
  let next = withValues(entry, 'userAccountControl', [String(control | 0)]);
  if (unlocks) next = withValues(next, 'lockoutTime', ['0']);
  next = withValues(next, 'sAMAccountType', [String(accountTypeOf(control))]);
  const computer = kind !== Uac.NORMAL_ACCOUNT;
  const changedKind =
    before === undefined || (number(before, 'userAccountControl') & ACCOUNT_KINDS) !== kind;
  if (computer && changedKind && at.context.system !== true) {
    next = withValues(next, 'isCriticalSystemObject', [
      kind === Uac.SERVER_TRUST_ACCOUNT || (control & Uac.PARTIAL_SECRETS_ACCOUNT) !== 0
        ? 'TRUE'
        : 'FALSE',
    ]);
  }
  if (changedKind || entry.attributes.primaryGroupID === undefined) {
    next = withValues(next, 'primaryGroupID', [String(defaultPrimaryGroup(control))]);
  }
  return { ok: true, entry: next };
}

export function accountTypeOf(control: number): number {
  if ((control & Uac.INTERDOMAIN_TRUST_ACCOUNT) !== 0) return AccountType.TRUST;
  const machine = Uac.WORKSTATION_TRUST_ACCOUNT | Uac.SERVER_TRUST_ACCOUNT;
  return (control & machine) !== 0 ? AccountType.MACHINE : AccountType.USER;
}

export function defaultPrimaryGroup(control: number): number {
  return PRIMARY_GROUP.find(([bit]) => (control & bit) !== 0)?.[1] ?? 513;
}

/** Whether another object has it: a tombstone, which keeps its account name, does not count. */
function isTaken(changes: Draft, name: string, value: string, entry: Entry): boolean {
  return changes.find(name, value).some((id) => {
    const other = id === entry.id ? undefined : changes.entry(id);
    return other !== undefined && !isDeleted(other);
  });
}

/** Account names and principal names stand for one object only (MS-ADTS 3.1.1.5.1.3). */
function checkUnique(
  entry: Entry,
  touched: ReadonlySet<string>,
  changes: Draft,
): Refusal | undefined {
  const name = one(entry, 'sAMAccountName');
  if (touched.has('sAMAccountName') && name !== undefined) {
    if (isTaken(changes, 'sAMAccountName', name, entry)) {
      return refuse(
        ResultCode.entryAlreadyExists,
        Win32.ERROR_USER_EXISTS,
        `sAMAccountName ${name} is taken`,
      );
    }
    if (/["/\\[\]:;|=,+*?<>]/.test(name) || /^[.\s]*$/.test(name) || name.length > 256) {
      return invalid('sAMAccountName', `"${name}" has a character that account names may not have`);
    }
  }
  const upn = one(entry, 'userPrincipalName');
  if (touched.has('userPrincipalName') && upn !== undefined) {
    if (isTaken(changes, 'userPrincipalName', upn, entry)) {
      return refuse(
        ResultCode.constraintViolation,
        Win32.ERROR_DS_UPN_VALUE_NOT_UNIQUE_IN_FOREST,
        `userPrincipalName ${upn} is taken`,
      );
    }
  }
  if (touched.has('servicePrincipalName')) {
    for (const spn of texts(entry, 'servicePrincipalName')) {
      if (isTaken(changes, 'servicePrincipalName', spn, entry)) {
        return refuse(
          ResultCode.constraintViolation,
          Win32.ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST,
          `servicePrincipalName ${spn} is taken`,
        );
      }
    }
  }
  return undefined;
}

const SCOPES = GroupType.ACCOUNT | GroupType.RESOURCE | GroupType.UNIVERSAL;

/** groupType and member (MS-SAMR 3.1.1.8.3, MS-ADTS 3.1.1.5.3.4). */
function groupChanged(
  before: Entry | undefined,
  entry: Entry,
  touched: ReadonlySet<string>,
  changes: Draft,
): Changed {
  let next = entry;
  const type = number(entry, 'groupType') >>> 0;
  if (touched.has('groupType')) {
    const scope = type & SCOPES;
    if (scope === 0 || (scope & (scope - 1)) !== 0) {
      return invalid('groupType', `${type} has not just one scope`);
    }
    const old = before === undefined ? type : number(before, 'groupType') >>> 0;
    const converts = (old & SCOPES) !== scope;
    // Global and domain local groups become each other by way of universal ones only.
    if (converts && scope !== GroupType.UNIVERSAL && (old & GroupType.UNIVERSAL) === 0) {
      return invalid('groupType', 'global and domain local groups are not converted directly');
    }
    next = withValues(next, 'sAMAccountType', [String(groupAccountType(type))]);
  }
  const old = new Set(before?.attributes.member ?? []);
  for (const value of entry.attributes.member ?? []) {
    if (old.has(value)) continue;
    const id = Number(/<id=(\d+)>/.exec(String(value))?.[1]);
    const refused = checkMember(next, type, changes.entry(id));
    if (refused !== undefined) return refused;
  }
  return { ok: true, entry: next };
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

/** The record with that SID. */
export function bySid(directory: Directory, sid: string): number | undefined {
  return directory.findForm('objectSid', sidForm(sid))[0];
}
