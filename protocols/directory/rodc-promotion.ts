/** LDAP_SERVER_RODC_DCPROMO_OID: the krbtgt account of a read-only controller. MS-ADTS 3.1.1.3.4.1.23. */
import type { Draft } from './directory.ts';
import type { Entry } from './entry.ts';
import type { WriteContext } from './modify.ts';
import { randomPassword, withSecret } from './password.ts';
import { structuralClass } from './protection.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';

/** msDS-SecondaryKrbTgtNumber takes the upper half of a key version: 1 to 65535. */
const NUMBERS = 65_535;

/**
 * A user becomes `krbtgt` with a number that no other account has: disabled, its password random
 * and never expiring.
 */
export function rodcAccount(entry: Entry, changes: Draft, at: WriteContext): Entry | Refusal {
  if (structuralClass(entry) !== 'user') {
    return refuse(
      ResultCode.unwillingToPerform,
      Win32.ERROR_INVALID_PARAMETER,
      'the RODC promotion control is for objects of class user',
    );
  }
  const drawn = at.random(2);
  const start = (((drawn[0] as number) << 8) | (drawn[1] as number)) % NUMBERS;
  for (let step = 0; step < NUMBERS; step++) {
    const number = String(((start + step) % NUMBERS) + 1);
    const name = `krbtgt${number}`;
    const taken =
      changes.find('msDS-SecondaryKrbTgtNumber', number).length > 0 ||
      changes.find('sAMAccountName', name).length > 0;
    if (taken) continue;
    const control = Uac.NORMAL_ACCOUNT | Uac.ACCOUNTDISABLE | Uac.DONT_EXPIRE_PASSWORD;
    const account: Entry = {
      ...entry,
      attributes: {
        ...entry.attributes,
        sAMAccountName: [name],
        userAccountControl: [String(control)],
        'msDS-SecondaryKrbTgtNumber': [number],
        isCriticalSystemObject: ['TRUE'],
      },
    };
    return withSecret(account, randomPassword(at), 0, at);
  }
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_DS_NO_MORE_RIDS,
    'every number from 1 to 65535 is taken',
  );
}
