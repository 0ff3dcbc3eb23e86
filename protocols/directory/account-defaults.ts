/** What a new account or group has besides what was asked for: MS-SAMR 3.1.1.8.1, 3.1.1.9.2. */
import { parseSid } from '../pac/sid.ts';
import { accountTypeOf } from './account.ts';
import type { Draft } from './directory.ts';
import type { Entry, Value } from './entry.ts';
import { number } from './entry.ts';
import { groupAccountType } from './groups.ts';
import { GroupType } from './membership.ts';
import type { WriteContext } from './modify.ts';
import { structuralClass } from './protection.ts';
import { superclasses } from './schema.ts';
import { nextRid } from './stamps.ts';
import { NEVER, UserAccountControl as Uac } from './user-account-control.ts';

/** The entry with a SID, an account name and the counters of an account that was never used. */
export function accountDefaults(entry: Entry, changes: Draft, at: WriteContext): Entry {
  const given = entry.attributes;
  const common: Record<string, readonly Value[]> = {
    objectSid: [parseSid(`${at.domain.sid}-${nextRid(changes)}`)],
    sAMAccountName: given.sAMAccountName ?? [generatedName(at)],
  };
  const chain = superclasses(structuralClass(entry));
  if (chain.includes('group')) return withGroupDefaults(entry, common);
  const computer = chain.includes('computer');
  const kind = computer ? Uac.WORKSTATION_TRUST_ACCOUNT : Uac.NORMAL_ACCOUNT;
  const control =
    given.userAccountControl === undefined
      ? kind | Uac.PASSWD_NOTREQD | Uac.ACCOUNTDISABLE
      : number(entry, 'userAccountControl') >>> 0;
  return {
    ...entry,
    attributes: {
      accountExpires: [String(NEVER)],
      badPasswordTime: ['0'],
      badPwdCount: ['0'],
      codePage: ['0'],
      countryCode: ['0'],
      lastLogoff: ['0'],
      lastLogon: ['0'],
      logonCount: ['0'],
      pwdLastSet: ['0'],
      ...(computer ? { localPolicyFlags: ['0'] } : {}),
      ...given,
      ...common,
      userAccountControl: [String(control | 0)],
      sAMAccountType: [String(accountTypeOf(control))],
    },
  };
}

function withGroupDefaults(entry: Entry, common: Record<string, readonly Value[]>): Entry {
  const type =
    entry.attributes.groupType === undefined
      ? GroupType.ACCOUNT | GroupType.SECURITY_ENABLED
      : number(entry, 'groupType');
  return {
    ...entry,
    attributes: {
      ...entry.attributes,
      ...common,
      groupType: [String(type | 0)],
      sAMAccountType: [String(groupAccountType(type >>> 0))],
    },
  };
}

/** `$ABC123-DEFGHIJKLMNO`: the form that Windows gives accounts that nobody named. */
function generatedName(at: Pick<WriteContext, 'random'>): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  const letters = Array.from(at.random(18), (octet) => alphabet[octet % alphabet.length]).join('');
  return `$${letters.slice(0, 6)}-${letters.slice(6)}`;
}
