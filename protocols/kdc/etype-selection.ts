/**
 * Which encryption types a ticket, a session and a client use. The three are chosen apart: the
 * ticket's by the KDC for the account that will open it, whatever the client lists; the session's
 * by the client's order among what the account supports; the client's among its own keys
 * (MS-KILE 3.3.5.6, 3.3.5.7).
 */
import type { Key } from '../kerberos/etypes.ts';
import {
  type Account,
  EncTypes,
  isDomainController,
  isProtectedUser,
  type KeySet,
  UserAccountControl,
} from './accounts.ts';
import type { Policy } from './realm.ts';

export const AES256 = 18;
export const AES128 = 17;
export const RC4 = 23;

const { AES256_CTS_HMAC_SHA1_96, AES128_CTS_HMAC_SHA1_96, AES256_CTS_HMAC_SHA1_96_SK, RC4_HMAC } =
  EncTypes;

/** Strongest first: the KDC's order for tickets. */
const BITS: readonly (readonly [etype: number, bit: number])[] = [
  [AES256, AES256_CTS_HMAC_SHA1_96],
  [AES128, AES128_CTS_HMAC_SHA1_96],
  [RC4, RC4_HMAC],
];
const ENCRYPTION_BITS = 0x3f;
/** What the ticket-granting service of a Windows realm says of itself: all types, no features. */
export const KRBTGT_ENC_TYPES = 0x1f;

/** Does the domain controller speak this type at all? */
export function isAllowed(policy: Policy, etype: number): boolean {
  const row = BITS.find(([known]) => known === etype);
  return row !== undefined && (policy.supportedEncryptionTypes & row[1]) !== 0;
}

/**
 * msDS-SupportedEncryptionTypes as the KDC takes it. Absent or 0 is the domain's default. Domain
 * controllers and krbtgt support what the domain does, whatever the attribute says.
 */
export function supportedEncTypes(
  policy: Policy,
  target: Pick<Account, 'msDSSupportedEncryptionTypes'>,
): number {
  return target.msDSSupportedEncryptionTypes || policy.defaultDomainSupportedEncTypes;
}

export function accountEncTypes(policy: Policy, account: Account): number {
  const bits = supportedEncTypes(policy, account);
  if (!isDomainController(account)) return bits;
  return (bits & ~ENCRYPTION_BITS) | KRBTGT_ENC_TYPES;
}

/** The key that a ticket is sealed with: the strongest that its account has and supports. */
export function ticketKey(policy: Policy, encTypes: number, keys: KeySet): Key | undefined {
  const usable = encTypes & policy.supportedEncryptionTypes;
  for (const [etype, bit] of BITS) {
    if ((usable & bit) === 0) continue;
    const key = keys.keys.find((candidate) => candidate.etype === etype);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The session key's type: the first in the client's list that the target supports. */
export function sessionEtype(
  policy: Policy,
  encTypes: number,
  offered: readonly number[],
): number | undefined {
  // AES session keys for services whose tickets stay RC4 (KB5021131).
  const aes = AES256_CTS_HMAC_SHA1_96 | AES128_CTS_HMAC_SHA1_96;
  const widened = (encTypes & AES256_CTS_HMAC_SHA1_96_SK) === 0 ? encTypes : encTypes | aes;
  const usable = widened & policy.supportedEncryptionTypes;
  return offered.find((etype) => BITS.some(([known, bit]) => known === etype && usable & bit));
}

/** May the client's own key of this type be used? */
export function isClientEtype(policy: Policy, account: Account, etype: number): boolean {
  if ((account.userAccountControl & UserAccountControl.USE_DES_KEY_ONLY) !== 0) return false;
  if (etype === RC4 && isProtectedUser(account)) return false;
  return isAllowed(policy, etype);
}

/** The client's current keys that the request offers and policy lets through, strongest first. */
export function clientKeys(
  policy: Policy,
  account: Account,
  offered: readonly number[],
): readonly Key[] {
  const current = account.keys[0]?.keys ?? [];
  return BITS.flatMap(([etype]) => {
    if (!offered.includes(etype) || !isClientEtype(policy, account, etype)) return [];
    return current.filter((candidate) => candidate.etype === etype);
  });
}
