/**
 * May this account sign in, here and now? The checks of MS-KILE 3.3.5.6 in the order in which a domain
 * controller answers them. What it tells before the client has proved anything is part of its
 * behaviour: a disabled account is told to everybody, an expired password only to who knows it.
 */

import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { ADDRTYPE_NETBIOS } from '../kerberos/constants.ts';
import {
  KDC_ERR_CLIENT_REVOKED,
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_KEY_EXPIRED,
  KDC_ERR_NAME_EXP,
  KDC_ERR_POLICY,
} from '../kerberos/error-codes.ts';
import { etypeName } from '../kerberos/etypes.ts';
import type { HostAddress } from '../kerberos/messages.ts';
import {
  STATUS_ACCOUNT_DISABLED,
  STATUS_ACCOUNT_EXPIRED,
  STATUS_ACCOUNT_LOCKED_OUT,
  STATUS_INVALID_LOGON_HOURS,
  STATUS_INVALID_WORKSTATION,
  STATUS_PASSWORD_EXPIRED,
  STATUS_PASSWORD_MUST_CHANGE,
  STATUS_SMARTCARD_LOGON_REQUIRED,
} from '../kerberos/ntstatus.ts';
import { type Account, isProtectedUser, UserAccountControl } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { RC4 } from './etype-selection.ts';
import type { Policy } from './realm.ts';

/**
 * `identified`: the request names the account. `proving`: it brings a proof, not yet looked at.
 * `authenticated`: the proof holds.
 */
export type Moment = 'identified' | 'proving' | 'authenticated';

export interface SignIn {
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** For a ticket to kadmin/changepw: who may only change the password gets that far. */
  readonly toChangePassword: boolean;
  readonly addresses: readonly HostAddress[];
  /** How it was proved; absent before. */
  readonly proof?: { readonly by: 'password' | 'publicKey'; readonly etype: number };
}

interface AccountCheck {
  readonly name: string;
  moment(policy: Policy): Moment;
  /** MS-KILE 3.3.5.7.1: looked at again when a ticket-granting ticket has become old. */
  readonly again: boolean;
  refusal(account: Account, signIn: SignIn): Refusal | undefined;
}

/** The table: first come, first answered. */
const CHECKS: readonly AccountCheck[] = [
  {
    name: 'disabled',
    moment: () => 'identified',
    again: true,
    refusal: (account) =>
      has(account, UserAccountControl.ACCOUNTDISABLE)
        ? refused(KDC_ERR_CLIENT_REVOKED, `${account.sAMAccountName} is disabled`, {
            status: STATUS_ACCOUNT_DISABLED,
          })
        : undefined,
  },
  {
    name: 'locked out',
    moment: () => 'identified',
    again: true,
    refusal: ({ lockedOutUntil, sAMAccountName }, { now }) =>
      lockedOutUntil !== undefined && now < lockedOutUntil
        ? refused(
            KDC_ERR_CLIENT_REVOKED,
            `${sAMAccountName} is locked out ${until(lockedOutUntil)}`,
            {
              status: STATUS_ACCOUNT_LOCKED_OUT,
            },
          )
        : undefined,
  },
  {
    name: 'account expired',
    moment: () => 'identified',
    again: true,
    refusal: ({ accountExpires, sAMAccountName }, { now, policy }) => {
      if (accountExpires === undefined || now < accountExpires) return undefined;
      const revoked = policy.expiredAccountCode === 'KDC_ERR_CLIENT_REVOKED';
      const code = revoked ? KDC_ERR_CLIENT_REVOKED : KDC_ERR_NAME_EXP;
      return refused(code, `the account ${sAMAccountName} expired at ${time(accountExpires)}`, {
        status: STATUS_ACCOUNT_EXPIRED,
      });
    },
  },
  {
    // A wrong password outside the hours is answered with the hours, so this is before the proof.
    name: 'logon hours',
    moment: () => 'proving',
    again: true,
    refusal: ({ logonHours, sAMAccountName }, { now }) =>
      logonHours === undefined || inLogonHours(logonHours, now)
        ? undefined
        : refused(
            KDC_ERR_CLIENT_REVOKED,
            `${time(now)} is outside the logon hours of ${sAMAccountName}`,
            { status: STATUS_INVALID_LOGON_HOURS },
          ),
  },
  {
    name: 'smart card required',
    moment: () => 'authenticated',
    again: false,
    refusal: (account, { proof }) =>
      has(account, UserAccountControl.SMARTCARD_REQUIRED) && proof?.by === 'password'
        ? refused(
            KDC_ERR_POLICY,
            `${account.sAMAccountName} must sign in with a smart card or a Hello key, not a password`,
            { status: STATUS_SMARTCARD_LOGON_REQUIRED },
          )
        : undefined,
  },
  {
    name: 'password expired',
    moment: (policy) =>
      policy.expiredPasswordTold === 'beforePreauth' ? 'identified' : 'authenticated',
    again: false,
    refusal: (account, signIn) => expiredPassword(account, signIn),
  },
  {
    name: 'workstations',
    moment: () => 'authenticated',
    again: false,
    refusal: ({ userWorkstations, sAMAccountName }, { addresses }) => {
      const from = addresses.find((address) => address.addrType === ADDRTYPE_NETBIOS);
      if (userWorkstations === undefined || from === undefined) return undefined;
      const name = fromUtf8(from.address).trimEnd().toUpperCase();
      if (userWorkstations.some((allowed) => allowed.toUpperCase() === name)) return undefined;
      return refused(KDC_ERR_POLICY, `${sAMAccountName} may not sign in from ${name}`, {
        status: STATUS_INVALID_WORKSTATION,
      });
    },
  },
  {
    name: 'Protected Users',
    moment: () => 'authenticated',
    again: false,
    refusal: (account, { proof }) =>
      proof?.by === 'password' && proof.etype === RC4 && isProtectedUser(account)
        ? refused(
            KDC_ERR_ETYPE_NOSUPP,
            `${account.sAMAccountName} is in Protected Users, which may not use ${etypeName(RC4)}`,
          )
        : undefined,
  },
];

/** The first check of this moment that the account does not pass. */
export function accountRefusal(
  account: Account,
  moment: Moment,
  signIn: SignIn,
): Refusal | undefined {
  for (const check of CHECKS) {
    if (check.moment(signIn.policy) !== moment) continue;
    const refusal = check.refusal(account, signIn);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The first check that is made again for an old ticket-granting ticket and does not hold any more. */
export function accountRefusalSince(account: Account, signIn: SignIn): Refusal | undefined {
  for (const check of CHECKS) {
    const refusal = check.again ? check.refusal(account, signIn) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * The first check that an account does not pass which another KDC has authenticated, in a way and from
 * a place that are not known here.
 */
export function accountRefusalToday(account: Account, signIn: SignIn): Refusal | undefined {
  for (const { refusal } of CHECKS) {
    const found = refusal(account, signIn);
    if (found !== undefined) return found;
  }
  return undefined;
}

function expiredPassword(
  account: Account,
  { now, proof, toChangePassword }: SignIn,
): Refusal | undefined {
  if (toChangePassword || proof?.by === 'publicKey') return undefined;
  const { sAMAccountName, pwdLastSet, passwordExpires } = account;
  const { DONT_EXPIRE_PASSWD, SMARTCARD_REQUIRED } = UserAccountControl;
  if (pwdLastSet === 0 && !has(account, DONT_EXPIRE_PASSWD | SMARTCARD_REQUIRED)) {
    const cause = `${sAMAccountName} must change the password before the first sign-in`;
    return refused(KDC_ERR_KEY_EXPIRED, cause, { status: STATUS_PASSWORD_MUST_CHANGE });
  }
  if (passwordExpires === undefined || now < passwordExpires) return undefined;
  const cause = `the password of ${sAMAccountName} expired at ${time(passwordExpires)}`;
  return refused(KDC_ERR_KEY_EXPIRED, cause, { status: STATUS_PASSWORD_EXPIRED });
}

function has(account: Account, bits: number): boolean {
  return (account.userAccountControl & bits) !== 0;
}

/** logonHours (MS-ADA1): one bit an hour of the week, which starts on Sunday, in UTC. */
export function inLogonHours(logonHours: Uint8Array, now: number): boolean {
  const date = new Date(now);
  const hour = date.getUTCDay() * 24 + date.getUTCHours();
  return (((logonHours[hour >> 3] ?? 0) >> (hour & 7)) & 1) === 1;
}

function until(ms: number): string {
  return Number.isFinite(ms) ? `until ${time(ms)}` : 'until an administrator unlocks it';
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
