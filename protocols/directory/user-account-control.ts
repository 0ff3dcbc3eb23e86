/** userAccountControl: MS-ADTS 2.2.16, and what hangs on it. */
import { type Entry, number, one } from './entry.ts';

export const UserAccountControl = {
  ACCOUNTDISABLE: 0x00000002,
  HOMEDIR_REQUIRED: 0x00000008,
  LOCKOUT: 0x00000010,
  PASSWD_NOTREQD: 0x00000020,
  PASSWD_CANT_CHANGE: 0x00000040,
  ENCRYPTED_TEXT_PASSWORD_ALLOWED: 0x00000080,
  NORMAL_ACCOUNT: 0x00000200,
  INTERDOMAIN_TRUST_ACCOUNT: 0x00000800,
  WORKSTATION_TRUST_ACCOUNT: 0x00001000,
  SERVER_TRUST_ACCOUNT: 0x00002000,
  DONT_EXPIRE_PASSWORD: 0x00010000,
  SMARTCARD_REQUIRED: 0x00040000,
  TRUSTED_FOR_DELEGATION: 0x00080000,
  NOT_DELEGATED: 0x00100000,
  USE_DES_KEY_ONLY: 0x00200000,
  DONT_REQUIRE_PREAUTH: 0x00400000,
  PASSWORD_EXPIRED: 0x00800000,
  TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION: 0x01000000,
  NO_AUTH_DATA_REQUIRED: 0x02000000,
  PARTIAL_SECRETS_ACCOUNT: 0x04000000,
} as const;

/** 0x7FFFFFFFFFFFFFFF: never. */
export const NEVER = 9_223_372_036_854_775_807n;

const NEVER_EXPIRES =
  UserAccountControl.DONT_EXPIRE_PASSWORD |
  UserAccountControl.SMARTCARD_REQUIRED |
  UserAccountControl.WORKSTATION_TRUST_ACCOUNT |
  UserAccountControl.SERVER_TRUST_ACCOUNT |
  UserAccountControl.INTERDOMAIN_TRUST_ACCOUNT;

/** When the password expires, as a FILETIME; 0: it must be changed now (MS-ADTS 3.1.1.4.5.38). */
export function passwordExpiry(entry: Entry, domain: Entry | undefined): bigint {
  if ((number(entry, 'userAccountControl') & NEVER_EXPIRES) !== 0) return NEVER;
  return passwordAge(entry, domain);
}

/** Functional level of a domain (MS-ADTS 6.1.4.4) from which on random passwords are replaced. */
const WINDOWS_2016 = 7;

/**
 * When the random password of an account that must use a smart card is to be replaced by another one, as a
 * FILETIME; undefined: the account is none, its password never expires,
 * msDS-ExpirePasswordsOnSmartCardOnlyAccounts is not set, or the domain's level too low for it.
 */
export function passwordRotation(entry: Entry, domain: Entry | undefined): bigint | undefined {
  const kept = number(entry, 'userAccountControl') & NEVER_EXPIRES;
  if (kept !== UserAccountControl.SMARTCARD_REQUIRED || domain === undefined) return undefined;
  const rotates = one(domain, 'msDS-ExpirePasswordsOnSmartCardOnlyAccounts') === 'TRUE';
  const level = number(domain, 'msDS-Behavior-Version');
  return rotates && level >= WINDOWS_2016 ? passwordAge(entry, domain) : undefined;
}

function passwordAge(entry: Entry, domain: Entry | undefined): bigint {
  const set = BigInt(one(entry, 'pwdLastSet') ?? '0');
  if (set === 0n) return 0n;
  // A negative duration in 100 ns; 0 and the smallest number both mean that nothing expires.
  const age = BigInt((domain === undefined ? undefined : one(domain, 'maxPwdAge')) ?? '0');
  if (age === 0n || age === -NEVER - 1n) return NEVER;
  return set - age;
}

/** Locked out and not yet free again by itself: lockoutTime and the domain's lockoutDuration. */
export function lockedOut(entry: Entry, domain: Entry | undefined, now: bigint): boolean {
  const since = BigInt(one(entry, 'lockoutTime') ?? '0');
  if (since === 0n) return false;
  const head = domain === undefined ? undefined : one(domain, 'lockoutDuration');
  const duration = BigInt(head ?? '0');
  // A negative duration in 100 ns; 0 and the smallest number: until somebody unlocks the account.
  return duration === 0n || duration === -NEVER - 1n || since - duration > now;
}
