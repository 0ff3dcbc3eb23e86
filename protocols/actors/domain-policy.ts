/** What a scenario file may say of the domain's own attributes: passwords and lockout (MS-SAMR 3.1.1.14). */
import { duration, flag, type Infer, integer, object, optional } from '../../src/schema/schema.ts';
import type { SeedAttributes } from '../directory/domain-seed.ts';

/** maxPwdAge of a new domain, in milliseconds. */
export const DEFAULT_MAX_PASSWORD_AGE = 42 * 86_400_000;

export const domainPolicyFields = object({
  maxPwdAge: optional(duration('How long a password lasts (42d)')),
  minPwdAge: optional(duration('How long a password stays before it may be changed (1d)')),
  minPwdLength: optional(integer('Characters of a password at least (7)', { max: 127 })),
  pwdHistoryLength: optional(integer('How many passwords do not come again (24)', { max: 1024 })),
  complexPasswords: optional(flag('Passwords need three kinds of characters (true)')),
  expireSmartCardPasswords: optional(
    flag('Who must use a smart card gets a new random password when it is too old (true)'),
  ),
  lockoutThreshold: optional(
    integer('Failed attempts until an account is locked out; 0: never (0)', { max: 999 }),
  ),
  lockoutDuration: optional(duration('How long it stays so; 0s: until it is unlocked (30m)')),
  lockOutObservationWindow: optional(
    duration('After how long without a failure counting begins again (30m)'),
  ),
});

export type DomainPolicyFields = Infer<typeof domainPolicyFields>;

/** DOMAIN_PASSWORD_COMPLEX, MS-SAMR 2.2.1.4. */
const COMPLEX = 1;

/** The domain's attributes; durations are negative numbers of 100 ns. */
export function domainPolicy(fields: DomainPolicyFields): SeedAttributes {
  const { complexPasswords, expireSmartCardPasswords, ...others } = fields;
  const { minPwdLength, pwdHistoryLength, lockoutThreshold, ...durations } = others;
  const numbers = { minPwdLength, pwdHistoryLength, lockoutThreshold };
  return {
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    ...(complexPasswords === undefined ? {} : { pwdProperties: complexPasswords ? COMPLEX : 0 }),
    ...(expireSmartCardPasswords === undefined
      ? {}
      : { 'msDS-ExpirePasswordsOnSmartCardOnlyAccounts': expireSmartCardPasswords }),
    ...Object.fromEntries(
      Object.entries(durations).map(([name, ms]) => [name, String(BigInt(ms) * -10_000n)]),
    ),
  };
}
