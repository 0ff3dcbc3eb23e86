/**
 * Accounts made of a list: what a test needs that is about the KDC and not about the directory. Every
 * look-up is one map's.
 */

import {
  type Account,
  type Accounts,
  foldName,
  type GroupMembership,
  type KeySet,
  type LockoutPolicy,
  NO_LOCKOUT,
  type PublicKeyServices,
  type ReadOnlyController,
  type Trust,
  UserAccountControl,
} from '../../../protocols/kdc/accounts.ts';
import {
  isKrbtgt,
  KEY_ETYPES,
  krbtgtNumber,
  passwordKey,
} from '../../../protocols/kdc/long-term-keys.ts';
import type { Realm } from '../../../protocols/kdc/realm.ts';
import { type Key, key, keyLength } from '../../../protocols/kerberos/etypes.ts';
import {
  computerSalt,
  trustAccountSalt,
  trustSalt,
  userSalt,
} from '../../../protocols/kerberos/salts.ts';
import { equal } from '../../../src/bytes/bytes.ts';

/** Keys come from a password with Active Directory's salts, or are given as they are. */
export type SecretSeed =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'keys'; readonly keys: readonly Key[] };

export interface GroupSeed {
  readonly name: string;
  readonly rid: number;
  /** Domain local groups stand in service tickets only. Absent: global. */
  readonly scope?: 'global' | 'universal' | 'domainLocal';
}

/** What is worth saying of an account; the rest is as a new account in Active Directory has it. */
export interface AccountSeed
  extends Partial<
    Omit<Account, 'sAMAccountName' | 'objectSid' | 'groups' | 'keys' | 'primaryGroupID'>
  > {
  readonly sAMAccountName: string;
  /** Last part of objectSid. */
  readonly rid: number;
  readonly secret: SecretSeed;
  /** Absent: 2, as accounts have whose password was set when they were made. */
  readonly kvno?: number;
  /** `Kerberos:alice@MIT.EXAMPLE` */
  readonly altSecurityIdentities?: readonly string[];
  /** Besides the primary group. */
  readonly groups?: readonly GroupSeed[];
  /** Of the computer of a read-only domain controller. */
  readonly readOnlyController?: ReadOnlyControllerSeed;
  /** Absent: by the kind of account, Domain Users (513), Computers (515), Controllers (516). */
  readonly primaryGroupID?: number;
}

/** A password replication policy; accounts and groups by RID, those of other domains by SID. */
export interface ReadOnlyControllerSeed {
  /** msDS-KrbTgtLink: msDS-SecondaryKrbTgtNumber of the krbtgt account. */
  readonly krbtgt: number;
  readonly revealOnDemand: readonly (number | string)[];
  readonly neverReveal: readonly (number | string)[];
  readonly revealed?: readonly (number | string)[];
}

export interface TrustSeed {
  /** DNS name of the other realm. */
  readonly realm: string;
  readonly flatName: string;
  readonly securityIdentifier: string;
  /** As seen from here: `inbound`, our users go there; `outbound`, theirs come here. */
  readonly direction: 'inbound' | 'outbound' | 'bidirectional';
  readonly secret: SecretSeed;
  readonly trustAttributes?: number;
  readonly msDSSupportedEncryptionTypes?: number;
  readonly kvno?: number;
}

export interface MemoryAccounts extends Accounts {
  readonly all: readonly Account[];
}

/** SE_GROUP_MANDATORY, _ENABLED_BY_DEFAULT, _ENABLED; and SE_GROUP_RESOURCE (MS-PAC 2.2.1). */
const GROUP_ATTRIBUTES = 0x7;
const RESOURCE_GROUP_ATTRIBUTES = 0x2000_0007;

/** Groups that every domain has (MS-DTYP 2.4.2.4). */
const WELL_KNOWN: readonly GroupSeed[] = [
  { name: 'Domain Admins', rid: 512 },
  { name: 'Domain Users', rid: 513 },
  { name: 'Domain Guests', rid: 514 },
  { name: 'Domain Computers', rid: 515 },
  { name: 'Domain Controllers', rid: 516 },
  { name: 'Schema Admins', rid: 518, scope: 'universal' },
  { name: 'Enterprise Admins', rid: 519, scope: 'universal' },
  { name: 'Group Policy Creator Owners', rid: 520 },
  { name: 'Read-only Domain Controllers', rid: 521 },
  { name: 'Cloneable Domain Controllers', rid: 522 },
  { name: 'Protected Users', rid: 525 },
  { name: 'Key Admins', rid: 526 },
  { name: 'Enterprise Key Admins', rid: 527, scope: 'universal' },
  { name: 'Cert Publishers', rid: 517, scope: 'domainLocal' },
  { name: 'RAS and IAS Servers', rid: 553, scope: 'domainLocal' },
  { name: 'Allowed RODC Password Replication Group', rid: 571, scope: 'domainLocal' },
  { name: 'Denied RODC Password Replication Group', rid: 572, scope: 'domainLocal' },
];

export function wellKnownGroup(name: string): GroupSeed | undefined {
  const folded = foldName(name);
  return WELL_KNOWN.find((group) => foldName(group.name) === folded);
}

/** Keys of an account whose password nobody knows. @param random octets, as `env.random` gives */
export function randomKeys(random: (size: number) => Uint8Array): readonly Key[] {
  return KEY_ETYPES.map((etype) => key(etype, random(keyLength(etype))));
}

const NO_PUBLIC_KEY_SERVICES: PublicKeyServices = {
  roots: [],
  ntAuth: [],
  intermediates: [],
  revocationLists: [],
};

export function accountsFrom(
  seeds: readonly AccountSeed[],
  realm: Realm,
  trustSeeds: readonly TrustSeed[] = [],
  lockout: LockoutPolicy = NO_LOCKOUT,
): MemoryAccounts {
  const all = seeds.map((seed) => account(seed, realm));
  const trusts = trustSeeds.map((seed) => trust(seed, realm));
  const one = (keyOf: (found: Account) => string | undefined) => {
    const index = new Map<string, Account>();
    for (const found of all) {
      const name = keyOf(found);
      if (name !== undefined && !index.has(foldName(name))) index.set(foldName(name), found);
    }
    return (name: string) => index.get(foldName(name));
  };
  const spns = new Map<string, Account[]>();
  const identities = new Map<string, Account>();
  for (const found of all) {
    for (const name of found.servicePrincipalName) {
      spns.set(foldName(name), [...(spns.get(foldName(name)) ?? []), found]);
    }
  }
  seeds.forEach(({ altSecurityIdentities = [] }, i) => {
    for (const value of altSecurityIdentities) identities.set(foldName(value), all[i] as Account);
  });
  const krbtgts = new Map(all.filter(isKrbtgt).map((found) => [krbtgtNumber(found), found]));
  const trustNames = new Map(
    trusts.flatMap((found) => [[found.realm, found] as const, [found.flatName, found] as const]),
  );
  const locals = domainLocalGroups(seeds, realm);
  const resourceGroups = (sids: readonly string[]) => sids.flatMap((sid) => locals.get(sid) ?? []);
  const readOnly = readOnlyControllers(seeds, all, realm);
  return {
    all,
    trusts,
    bySAMAccountName: one((found) => found.sAMAccountName),
    byUserPrincipalName: one((found) => found.userPrincipalName),
    byServicePrincipalName: (name) => spns.get(foldName(name)) ?? [],
    byAltSecurityIdentity: (value) => identities.get(foldName(value)),
    byPublicKey: (publicKey) =>
      all.find((found) => found.keyCredentials?.some((key) => equal(key.publicKey, publicKey))),
    publicKeyServices: () => NO_PUBLIC_KEY_SERVICES,
    byObjectSid: one((found) => found.objectSid),
    krbtgt: (number) => krbtgts.get(number),
    lockoutPolicy: () => lockout,
    trust: (name) => trustNames.get(name.toUpperCase()),
    resourceGroups,
    readOnlyControllers: (number) => readOnly.get(number) ?? [],
    tokenSids: (found) => {
      const sids = [
        found.objectSid,
        ...found.groups.map((group) => `${realm.sid}-${group.relativeId}`),
        ...found.extraSids.map(({ sid }) => sid),
      ];
      return [...sids, ...resourceGroups(sids).map((group) => `${realm.sid}-${group.relativeId}`)];
    },
  };
}

function account(seed: AccountSeed, realm: Realm): Account {
  const { rid, secret, kvno = 2, groups = [], readOnlyController: _, ...rest } = seed;
  const userAccountControl = seed.userAccountControl ?? usualControl(seed.sAMAccountName);
  const primaryGroupID = seed.primaryGroupID ?? usualPrimaryGroup(userAccountControl);
  const rids = [
    primaryGroupID,
    ...groups.filter((group) => group.scope !== 'domainLocal').map((group) => group.rid),
  ];
  return {
    pwdLastSet: 1, // set, and so long ago that it says nothing
    servicePrincipalName: [],
    extraSids: [],
    ...rest,
    userAccountControl,
    primaryGroupID,
    objectSid: `${realm.sid}-${rid}`,
    groups: [...new Set(rids)].map((relativeId) => ({ relativeId, attributes: GROUP_ATTRIBUTES })),
    keys: [keySet(kvno, secret, saltOf(seed, realm, userAccountControl))],
  };
}

function usualControl(sAMAccountName: string): number {
  const { NORMAL_ACCOUNT, WORKSTATION_TRUST_ACCOUNT, ACCOUNTDISABLE } = UserAccountControl;
  if (sAMAccountName.toLowerCase() === 'krbtgt') return NORMAL_ACCOUNT | ACCOUNTDISABLE;
  return sAMAccountName.endsWith('$') ? WORKSTATION_TRUST_ACCOUNT : NORMAL_ACCOUNT;
}

function usualPrimaryGroup(userAccountControl: number): number {
  const { PARTIAL_SECRETS_ACCOUNT, SERVER_TRUST_ACCOUNT, WORKSTATION_TRUST_ACCOUNT } =
    UserAccountControl;
  if ((userAccountControl & PARTIAL_SECRETS_ACCOUNT) !== 0) return 521;
  if ((userAccountControl & SERVER_TRUST_ACCOUNT) !== 0) return 516;
  return (userAccountControl & WORKSTATION_TRUST_ACCOUNT) !== 0 ? 515 : 513;
}

function saltOf(seed: AccountSeed, realm: Realm, userAccountControl: number): string {
  const { INTERDOMAIN_TRUST_ACCOUNT, SERVER_TRUST_ACCOUNT, WORKSTATION_TRUST_ACCOUNT } =
    UserAccountControl;
  if ((userAccountControl & INTERDOMAIN_TRUST_ACCOUNT) !== 0) {
    return trustAccountSalt(realm.name, seed.sAMAccountName.replace(/\$$/, ''));
  }
  if ((userAccountControl & (SERVER_TRUST_ACCOUNT | WORKSTATION_TRUST_ACCOUNT)) !== 0) {
    return computerSalt(realm.name, seed.sAMAccountName);
  }
  return userSalt(realm.name, seed.sAMAccountName, seed.userPrincipalName);
}

function trust(seed: TrustSeed, realm: Realm): Trust {
  const { direction, secret, kvno = 1, realm: name, flatName, trustAttributes, ...rest } = seed;
  const remote = name.toUpperCase();
  return {
    ...rest,
    realm: remote,
    flatName: flatName.toUpperCase(),
    trustAttributes: trustAttributes ?? 0,
    ...(direction === 'outbound'
      ? {}
      : { trustAuthIncoming: [keySet(kvno, secret, trustSalt(realm.name, remote))] }),
    ...(direction === 'inbound'
      ? {}
      : { trustAuthOutgoing: [keySet(kvno, secret, trustSalt(remote, realm.name))] }),
  };
}

function keySet(kvno: number, secret: SecretSeed, salt: string): KeySet {
  if (secret.kind === 'keys') return { kvno, keys: secret.keys };
  return { kvno, salt, keys: KEY_ETYPES.map((etype) => passwordKey(etype, secret.password, salt)) };
}

/** Domain local groups by the SID of each member. */
function domainLocalGroups(
  seeds: readonly AccountSeed[],
  realm: Realm,
): ReadonlyMap<string, readonly GroupMembership[]> {
  const byMember = new Map<string, readonly GroupMembership[]>();
  for (const { rid, groups = [] } of seeds) {
    const local = groups.filter((group) => group.scope === 'domainLocal');
    if (local.length === 0) continue;
    byMember.set(
      `${realm.sid}-${rid}`,
      local.map((group) => ({ relativeId: group.rid, attributes: RESOURCE_GROUP_ATTRIBUTES })),
    );
  }
  return byMember;
}

/** By msDS-SecondaryKrbTgtNumber of the krbtgt account that they are linked to. */
function readOnlyControllers(
  seeds: readonly AccountSeed[],
  all: readonly Account[],
  realm: Realm,
): ReadonlyMap<number, readonly ReadOnlyController[]> {
  const byNumber = new Map<number, readonly ReadOnlyController[]>();
  const sids = (list: readonly (number | string)[]) =>
    list.map((one) => (typeof one === 'number' ? `${realm.sid}-${one}` : one));
  seeds.forEach(({ readOnlyController }, i) => {
    if (readOnlyController === undefined) return;
    const { krbtgt, neverReveal, revealOnDemand, revealed = [] } = readOnlyController;
    const found: ReadOnlyController = {
      computer: all[i] as Account,
      neverReveal: sids(neverReveal),
      revealOnDemand: sids(revealOnDemand),
      revealed: sids(revealed),
    };
    byNumber.set(krbtgt, [...(byNumber.get(krbtgt) ?? []), found]);
  });
  return byNumber;
}
