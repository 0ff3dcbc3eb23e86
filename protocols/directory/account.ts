/** What MS-SAMR 3.1.1.8 and MS-ADTS 3.1.1.5.1.2 do to accounts and groups whenever they are written. */

import { AccountType, type Changed, invalid } from './account-forms.ts';
import { controlRights } from './account-rights.ts';
import type { Directory, Draft } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, number, one, texts } from './entry.ts';
import { groupChanged, primaryGroupChanged } from './groups.ts';
import { isDeleted } from './instance.ts';
import { sidForm } from './membership.ts';
import { structuralClass } from './protection.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { superclasses } from './schema.ts';
import type { SecurityContext } from './security/access.ts';
import { ldapFileTime } from './stamps.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';
import { withValues } from './values.ts';

export type RandomSource = (size: number) => Uint8Array;

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
    const refused = primaryGroupChanged(before, next, at.now, changes);
    if (refused !== undefined) return refused;
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
  const gained = control & ~(before === undefined ? 0 : number(before, 'userAccountControl'));
  const denied = before === undefined ? undefined : controlRights(gained, at);
  if (denied !== undefined) return denied;
  // Both are computed from other attributes (msDS-User-Account-Control-Computed).
  control &= ~(Uac.LOCKOUT | Uac.PASSWORD_EXPIRED);
  let next = withValues(entry, 'userAccountControl', [String(control | 0)]);
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
      return refuse(
        ResultCode.other,
        Win32.ERROR_INVALID_ACCOUNT_NAME,
        `sAMAccountName "${name}" has a character that account names may not have`,
      );
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

/** The record with that SID. */
export function bySid(directory: Directory, sid: string): number | undefined {
  return directory.findForm('objectSid', sidForm(sid))[0];
}
