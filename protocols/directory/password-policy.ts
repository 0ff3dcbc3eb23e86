/** What the domain asks of a new password: MS-SAMR 3.1.1.7.1 and 3.1.1.7.2. */
import { type Entry, number, one } from './entry.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';

/** pwdProperties bits, MS-SAMR 2.2.1.4. */
export const PasswordProperties = { DOMAIN_PASSWORD_COMPLEX: 0x01 } as const;

const MACHINES =
  Uac.WORKSTATION_TRUST_ACCOUNT | Uac.SERVER_TRUST_ACCOUNT | Uac.INTERDOMAIN_TRUST_ACCOUNT;

/** Too short, or of too few kinds of characters; undefined when neither. Holds for resets too. */
export function formObjection(
  password: string,
  account: Entry,
  domain: Entry | undefined,
): string | undefined {
  const least = domain === undefined ? 0 : number(domain, 'minPwdLength');
  if (password.length < least) return `${password.length} characters, at least ${least} are asked`;
  const properties = domain === undefined ? 0 : number(domain, 'pwdProperties');
  if ((properties & PasswordProperties.DOMAIN_PASSWORD_COMPLEX) === 0) return undefined;
  // Machine passwords are random: Windows does not look for kinds of characters in them.
  if ((number(account, 'userAccountControl') & MACHINES) !== 0) return undefined;
  return complexityObjection(password, account);
}

/** MS-SAMR 3.1.1.7.2: three of five kinds of characters, and not the account's names. */
function complexityObjection(password: string, account: Entry): string | undefined {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[^\p{L}\p{N}]/u, /[\p{Lo}\p{Lt}\p{Lm}]/u];
  const found = kinds.filter((kind) => kind.test(password)).length;
  if (found < 3) return `${found} kinds of characters, three are asked`;
  const lower = password.toLowerCase();
  const name = one(account, 'sAMAccountName')?.toLowerCase() ?? '';
  if (name.length >= 3 && lower.includes(name)) return 'it holds the account name';
  const words = (one(account, 'displayName') ?? '').toLowerCase().split(/[,.\-_ #\t]+/);
  const word = words.find((each) => each.length >= 3 && lower.includes(each));
  return word === undefined ? undefined : `it holds "${word}" of the display name`;
}

/** Changed again before minPwdAge went by. Whoever must change the password may, at any time. */
export function ageObjection(
  account: Entry,
  domain: Entry | undefined,
  now: bigint,
): string | undefined {
  const set = BigInt(one(account, 'pwdLastSet') ?? '0');
  const age = BigInt((domain === undefined ? undefined : one(domain, 'minPwdAge')) ?? '0');
  if (set === 0n || set - age <= now) return undefined;
  return `the password may be changed again in ${(set - age - now) / 10_000_000n} s`;
}

/** How many passwords, the current one included, may not come again. */
export function historyLength(domain: Entry | undefined): number {
  return domain === undefined ? 0 : number(domain, 'pwdHistoryLength');
}
