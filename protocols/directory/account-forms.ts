/** What the rules for accounts and for groups have in common. */
import type { Entry } from './entry.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';

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

/** A value that the security accounts database does not take. */
export function invalid(name: string, why: string): Refusal {
  return refuse(ResultCode.unwillingToPerform, Win32.ERROR_INVALID_PARAMETER, `${name}: ${why}`);
}
