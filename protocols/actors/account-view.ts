/** What an entry says as an account, in the form in which the KDC reads it. */
import { fromHex } from '../../src/bytes/bytes.ts';
import type { Directory } from '../directory/directory.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import {
  type Entry,
  KEPT_PASSWORDS,
  number,
  octets,
  one,
  type StoredKeys,
  texts,
} from '../directory/entry.ts';
import { isDeleted } from '../directory/instance.ts';
import { signInKey } from '../directory/key-credential-value.ts';
import { GroupType, groupsOf } from '../directory/membership.ts';
import { sidText } from '../directory/names.ts';
import { NEVER, passwordExpiry, passwordRotation } from '../directory/user-account-control.ts';
import {
  type Account,
  type GroupMembership,
  type KeySet,
  type LockoutPolicy,
  NO_LOCKOUT,
  type SidAndAttributes,
} from '../kdc/accounts.ts';
import { KEY_ETYPES, passwordKey } from '../kdc/long-term-keys.ts';
import { type Key, key } from '../kerberos/etypes.ts';
import { formatSid } from '../pac/sid.ts';

/** SE_GROUP_MANDATORY, _ENABLED_BY_DEFAULT, _ENABLED (MS-PAC 2.2.1). */
const GROUP_ATTRIBUTES = 0x7;

/** Groups have names and SIDs too, and a deleted object keeps them. */
export function isAccount(entry: Entry): boolean {
  return (
    entry.attributes.userAccountControl !== undefined &&
    entry.attributes.objectSid !== undefined &&
    !isDeleted(entry)
  );
}

/** What an account owes to other records. */
export interface Outside {
  readonly groups: readonly GroupMembership[];
  readonly passwordExpires?: number;
  readonly passwordRotates?: number;
  readonly lockedOutUntil?: number;
}

/** Scopes that stand in service tickets only. */
export const LOCAL = GroupType.RESOURCE | GroupType.BUILTIN_LOCAL;

export function outsideOf(
  base: Directory,
  entry: Entry,
  domain: DomainInfo,
  head: Entry | undefined,
): Outside {
  const own = `${domain.sid}-`;
  const groups = groupsOf(base, entry)
    .filter(({ type, sid }) => (type & LOCAL) === 0 && sid.startsWith(own))
    .map(({ sid }) => membership(sid, GROUP_ATTRIBUTES));
  const expiry = passwordExpiry(entry, head);
  const rotation = passwordRotation(entry, head);
  const locked = lockedOutUntil(entry, head);
  return {
    groups,
    ...(expiry === NEVER || expiry === 0n ? {} : { passwordExpires: unixTime(expiry) }),
    ...(rotation === undefined || rotation === NEVER
      ? {}
      : { passwordRotates: rotation === 0n ? 0 : unixTime(rotation) }),
    ...(locked === undefined ? {} : { lockedOutUntil: locked }),
  };
}

export function membership(sid: string, attributes: number): GroupMembership {
  return { relativeId: Number(sid.slice(sid.lastIndexOf('-') + 1)), attributes };
}

export function sameOutside(account: Account, outside: Outside): boolean {
  return (
    account.passwordExpires === outside.passwordExpires &&
    account.passwordRotates === outside.passwordRotates &&
    account.lockedOutUntil === outside.lockedOutUntil &&
    account.groups.length === outside.groups.length &&
    account.groups.every((group, i) => group.relativeId === outside.groups[i]?.relativeId)
  );
}

/** DOMAIN_LOCKOUT_ADMINS of pwdProperties (MS-SAMR 2.2.1.4). */
const LOCKOUT_ADMINS = 0x8;

export function lockoutPolicyOf(head: Entry | undefined): LockoutPolicy {
  if (head === undefined) return NO_LOCKOUT;
  const window = BigInt(one(head, 'lockOutObservationWindow') ?? '0');
  return {
    lockoutThreshold: number(head, 'lockoutThreshold'),
    lockOutObservationWindow: Number(-window / 10_000n),
    lockoutDuration: lockoutDuration(head),
    lockoutAdmins: (number(head, 'pwdProperties') & LOCKOUT_ADMINS) !== 0,
  };
}

/** Milliseconds of a negative number of 100 ns; none and the smallest number: for ever. */
function lockoutDuration(head: Entry): number {
  const duration = BigInt(one(head, 'lockoutDuration') ?? '0');
  const endless = duration === 0n || duration === -NEVER - 1n;
  return endless ? Number.POSITIVE_INFINITY : Number(-duration / 10_000n);
}

/** When a lockout ends (MS-SAMR 3.1.1.8.8): lockoutTime and the domain's lockoutDuration. */
function lockedOutUntil(entry: Entry, head: Entry | undefined): number | undefined {
  const since = timeOf(entry, 'lockoutTime');
  if (since === undefined) return undefined;
  return since + (head === undefined ? Number.POSITIVE_INFINITY : lockoutDuration(head));
}

/** 1601-01-01 to 1970-01-01 in 100 ns. */
const FILE_TIME_EPOCH = 116_444_736_000_000_000n;

/** Milliseconds since 1970 of a FILETIME. */
function unixTime(fileTime: bigint): number {
  return Number((fileTime - FILE_TIME_EPOCH) / 10_000n);
}

/** A time attribute of an account: 0 and the largest number both mean none. */
function timeOf(entry: Entry, name: string): number | undefined {
  const value = BigInt(one(entry, name) ?? '0');
  return value === 0n || value === NEVER ? undefined : unixTime(value);
}

export function accountFrom(entry: Entry, outside: Outside): Account {
  const rodcNumber = one(entry, 'msDS-SecondaryKrbTgtNumber');
  const encTypes = one(entry, 'msDS-SupportedEncryptionTypes');
  const hours = octets(entry, 'logonHours');
  const accountExpires = timeOf(entry, 'accountExpires');
  const lastLogon = timeOf(entry, 'lastLogon');
  const lastLogonTimestamp = timeOf(entry, 'lastLogonTimestamp');
  const badPasswordTime = timeOf(entry, 'badPasswordTime');
  const keys = (entry.secrets ?? []).slice(0, KEPT_PASSWORDS).map(keySet);
  return {
    sAMAccountName: one(entry, 'sAMAccountName') ?? '',
    objectSid: sidText(entry) ?? '',
    primaryGroupID: number(entry, 'primaryGroupID'),
    extraSids: sidHistory(entry),
    userAccountControl: number(entry, 'userAccountControl'),
    servicePrincipalName: texts(entry, 'servicePrincipalName'),
    keys,
    pwdLastSet: timeOf(entry, 'pwdLastSet') ?? 0,
    ...outside,
    ...(encTypes === undefined ? {} : { msDSSupportedEncryptionTypes: Number(encTypes) }),
    ...(rodcNumber === undefined ? {} : { msDSSecondaryKrbTgtNumber: Number(rodcNumber) }),
    ...(accountExpires === undefined ? {} : { accountExpires }),
    ...(lastLogon === undefined ? {} : { lastLogon }),
    ...(lastLogonTimestamp === undefined ? {} : { lastLogonTimestamp }),
    ...(badPasswordTime === undefined ? {} : { badPasswordTime }),
    ...(hours === undefined ? {} : { logonHours: hours }),
    ...workstations(entry),
    logonCount: number(entry, 'logonCount'),
    badPwdCount: number(entry, 'badPwdCount'),
    ...textsOf(entry),
    ...publicKeySide(entry),
  };
}

/** What matters when the account signs in by public key. */
function publicKeySide(
  entry: Entry,
): Pick<Account, 'altSecurityIdentities' | 'keyCredentials' | 'whenCreated'> {
  const identities = texts(entry, 'altSecurityIdentities');
  const keys = texts(entry, 'msDS-KeyCredentialLink').flatMap((v) => signInKey(v)?.key ?? []);
  const created = generalizedTime(one(entry, 'whenCreated'));
  return {
    ...(identities.length === 0 ? {} : { altSecurityIdentities: identities }),
    ...(keys.length === 0 ? {} : { keyCredentials: keys }),
    ...(created === undefined ? {} : { whenCreated: created }),
  };
}

/** Milliseconds since 1970 of `20260302080000.0Z`. */
function generalizedTime(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 1, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const TEXTS = [
  'userPrincipalName',
  'displayName',
  'scriptPath',
  'profilePath',
  'homeDirectory',
  'homeDrive',
  'dNSHostName',
] as const;

function textsOf(entry: Entry): Partial<Record<(typeof TEXTS)[number], string>> {
  const found: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    const value = one(entry, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** NetBIOS names with commas between them (MS-ADTS 2.446); an empty text is no limit. */
function workstations(entry: Entry): Pick<Account, 'userWorkstations'> {
  const names = (one(entry, 'userWorkstations') ?? '').split(',').filter((name) => name !== '');
  return names.length === 0 ? {} : { userWorkstations: names };
}

function sidHistory(entry: Entry): readonly SidAndAttributes[] {
  return (entry.attributes.sIDHistory ?? []).flatMap((value) =>
    value instanceof Uint8Array ? [{ sid: formatSid(value), attributes: GROUP_ATTRIBUTES }] : [],
  );
}

/** The keys of one password; those of a password are made when they are first looked at. */
export function keySet({ kvno, salt, keys, password }: StoredKeys): KeySet {
  if (keys !== undefined) {
    const stored = storedKeys(keys);
    return password === undefined ? { kvno, keys: stored } : { kvno, salt, keys: stored };
  }
  let made: readonly Key[] | undefined;
  return {
    kvno,
    salt,
    get keys() {
      made ??= KEY_ETYPES.map((etype) => passwordKey(etype, password ?? '', salt));
      return made;
    },
  };
}

/** Keys that came as they are: one object for each, so that what is derived from it stays. */
const storedKeyObjects = new Map<string, Key>();
const MOST_STORED_KEYS = 4_096;

function storedKeys(keys: Readonly<Record<string, string>>): readonly Key[] {
  return Object.entries(keys)
    .sort(([a], [b]) => rank(Number(a)) - rank(Number(b)))
    .map(([etype, hex]) => {
      const name = `${etype} ${hex}`;
      const before = storedKeyObjects.get(name);
      if (before !== undefined) return before;
      const made = key(Number(etype), fromHex(hex));
      if (storedKeyObjects.size >= MOST_STORED_KEYS) storedKeyObjects.clear();
      storedKeyObjects.set(name, made);
      return made;
    });
}

/** Strongest first, as for passwords; others behind. */
function rank(etype: number): number {
  const at = KEY_ETYPES.indexOf(etype);
  return at < 0 ? KEY_ETYPES.length : at;
}
