/**
 * What an attempt to sign in leaves behind at the account: bad passwords are counted until they lock
 * it, a good one sets the count back (MS-SAMR 3.1.1.5; MS-ADA1, MS-ADA2: badPwdCount,
 * badPasswordTime, lockoutTime, lastLogon, lastLogonTimestamp, logonCount). Everything is reckoned
 * here; the directory only writes it down.
 */
import type { Account, AccountAttributes, AccountChange, KdcEnv } from './accounts.ts';

type At = Pick<KdcEnv, 'now' | 'accounts'>;

/** The built-in Administrator (MS-DTYP 2.4.2.4). */
const ADMINISTRATOR_RID = '-500';

/**
 * A proof that did not hold. Former passwords are no guesses and do not count, as long as the
 * account keeps them: the two before the current one.
 */
export function badPassword(account: Account, former: boolean, env: At): AccountChange | undefined {
  if (former) return undefined;
  const policy = env.accounts.lockoutPolicy(account);
  const { now } = env;
  const { badPasswordTime = 0, badPwdCount = 0, objectSid, sAMAccountName } = account;
  const within = now - badPasswordTime < policy.lockOutObservationWindow;
  // A lockout that has run out begins a new count.
  const before = within && account.lockedOutUntil === undefined ? badPwdCount : 0;
  const count = before + 1;
  const spared = objectSid.endsWith(ADMINISTRATOR_RID) && !policy.lockoutAdmins;
  const locks = policy.lockoutThreshold > 0 && count >= policy.lockoutThreshold && !spared;
  const attributes: AccountAttributes = { badPwdCount: count, badPasswordTime: now };
  return {
    objectSid,
    sAMAccountName,
    why: locks ? 'lockedOut' : 'badPassword',
    attributes: locks
      ? { ...attributes, lockoutTime: now }
      : account.lockedOutUntil === undefined
        ? attributes
        : { ...attributes, lockoutTime: 0 },
  };
}

const DAY = 86_400_000;
/** msDS-LogonTimeSyncInterval, 14 days; domain controllers take up to five off by chance. */
const SYNC_INTERVAL = 14 * DAY;

/** A sign-in that succeeded. */
export function signedIn(account: Account, { now }: At): AccountChange {
  const { objectSid, sAMAccountName, badPwdCount = 0, logonCount = 0 } = account;
  const { lastLogonTimestamp } = account;
  const stale = lastLogonTimestamp === undefined || now - lastLogonTimestamp >= SYNC_INTERVAL;
  return {
    objectSid,
    sAMAccountName,
    why: 'signedIn',
    attributes: {
      lastLogon: now,
      logonCount: Math.min(logonCount + 1, MOST_LOGONS),
      ...(stale ? { lastLogonTimestamp: now } : {}),
      ...(badPwdCount === 0 ? {} : { badPwdCount: 0 }),
      ...(account.lockedOutUntil === undefined ? {} : { lockoutTime: 0 }),
    },
  };
}

/** logonCount stays here once it is reached. */
const MOST_LOGONS = 65_535;
