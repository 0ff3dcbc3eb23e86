/** The accounts and groups of a new domain: those that every domain has, and those of the seed. */
import { view } from '../../src/bytes/bytes.ts';
import { computerSalt, trustAccountSalt, userSalt } from '../kerberos/salts.ts';
import { accountTypeOf, defaultPrimaryGroup } from './account.ts';
import { type DomainBuilder, namesObjects, storedKeys } from './domain-builder.ts';
import { FIXED } from './domain-configuration.ts';
import { type Containers, ridPool } from './domain-containers.ts';
import type {
  AccountSeed,
  DomainSeed,
  GroupSeed,
  SecretSeed,
  SeedAttributes,
} from './domain-seed.ts';
import { reference, type StoredKeys } from './entry.ts';
import { groupAccountType } from './groups.ts';
import { superclasses } from './schema.ts';
import { ldapFileTime } from './stamps.ts';
import { NEVER, UserAccountControl as Uac } from './user-account-control.ts';
import { ADMIN_SD_HOLDER_DESCRIPTOR } from './well-known-descriptors.ts';
import {
  BUILTIN_GROUPS,
  DOMAIN_GROUPS,
  FOREIGN_PRINCIPALS,
  GROUP_TYPES,
  type GroupScope,
  type WellKnownGroup,
} from './well-known-principals.ts';

export interface AccountPlaces {
  readonly builder: DomainBuilder;
  readonly seed: DomainSeed;
  readonly containers: Containers;
  /** The record of a container below the domain; units that are not there are made. */
  readonly place: (dn: string) => number;
  /** Values that name other objects wait until all objects are there. */
  readonly later: (id: number, attributes: SeedAttributes) => void;
}

/** Administrator, Guest and krbtgt, and the groups of MS-DTYP 2.4.2.4. */
export function addWellKnownAccounts(places: AccountPlaces): void {
  const { builder, seed, containers, later } = places;
  const critical = { isCriticalSystemObject: true };
  for (const sid of FOREIGN_PRINCIPALS) {
    const parent = containers.foreignSecurityPrincipals;
    builder.add({ parent, name: sid, objectClass: 'foreignSecurityPrincipal', sid });
  }
  addAccount(places, {
    sAMAccountName: 'Administrator',
    rid: 500,
    secret: seed.administrator ?? randomSecret(places, 'Administrator'),
    attributes: {
      ...critical,
      adminCount: 1,
      userAccountControl: Uac.NORMAL_ACCOUNT | Uac.DONT_EXPIRE_PASSWORD,
      description: 'Built-in account that administers the domain',
    },
  });
  addAccount(places, {
    sAMAccountName: 'Guest',
    rid: 501,
    attributes: {
      ...critical,
      primaryGroupID: 514,
      pwdLastSet: 0,
      userAccountControl:
        Uac.NORMAL_ACCOUNT | Uac.ACCOUNTDISABLE | Uac.PASSWD_NOTREQD | Uac.DONT_EXPIRE_PASSWORD,
      description: 'Built-in account for guests',
    },
  });
  addAccount(places, {
    sAMAccountName: 'krbtgt',
    rid: 502,
    secret: seed.krbtgt ?? randomSecret(places, 'krbtgt'),
    attributes: {
      ...critical,
      adminCount: 1,
      showInAdvancedViewOnly: true,
      userAccountControl: Uac.NORMAL_ACCOUNT | Uac.ACCOUNTDISABLE,
      servicePrincipalName: 'kadmin/changepw',
      description: 'Key distribution center service account',
    },
  });
  for (const group of DOMAIN_GROUPS) wellKnownGroup(group, containers.users, seed.sid);
  for (const group of BUILTIN_GROUPS) wellKnownGroup(group, containers.builtin, 'S-1-5-32');

  function wellKnownGroup(group: WellKnownGroup, parent: number, authority: string): void {
    const id = builder.add({
      parent,
      name: group.name,
      objectClass: 'group',
      sid: `${authority}-${group.rid}`,
      ...(group.protected === true ? { descriptor: ADMIN_SD_HOLDER_DESCRIPTOR } : {}),
      attributes: {
        ...groupAttributes(group.name, group.scope),
        ...critical,
        description: group.description,
        ...(group.protected === true ? { adminCount: 1 } : {}),
        ...(group.scope === 'builtin' ? { systemFlags: FIXED } : {}),
      },
    });
    if (group.members !== undefined) later(id, { member: group.members });
  }
}

function groupAttributes(sAMAccountName: string, scope: GroupScope): SeedAttributes {
  const groupType = GROUP_TYPES[scope];
  return { sAMAccountName, groupType, sAMAccountType: groupAccountType(groupType >>> 0) };
}

export function addGroup(places: AccountPlaces, group: GroupSeed): number {
  const { builder, seed, containers, place, later } = places;
  const { name, scope = 'global', attributes = {} } = group;
  const id = builder.add({
    parent: group.container === undefined ? containers.users : place(group.container),
    name,
    objectClass: 'group',
    sid: `${seed.sid}-${builder.rid(group.rid)}`,
    attributes: { ...groupAttributes(name, scope), ...plain(attributes) },
  });
  later(id, named(attributes));
  if (group.members !== undefined) later(id, { member: group.members });
  memberOf(places, id, group.memberOf);
  return id;
}

function memberOf({ later }: AccountPlaces, id: number, groups: readonly string[] = []): void {
  for (const group of groups) later(id, { memberOf: group });
}

/** An account of the seed, or of every domain. */
export function addAccount(places: AccountPlaces, account: AccountSeed): number {
  const { builder, seed, later } = places;
  const { sAMAccountName, attributes = {} } = account;
  const machine = sAMAccountName.endsWith('$');
  const objectClass = account.objectClass ?? (machine ? 'computer' : 'user');
  const isComputer = superclasses(objectClass).includes('computer');
  const control = Number(
    attributes.userAccountControl ??
      (isComputer ? Uac.WORKSTATION_TRUST_ACCOUNT : Uac.NORMAL_ACCOUNT),
  );
  const name = account.cn ?? sAMAccountName.replace(/\$$/, '');
  const secrets = secretsOf(seed, account, control);
  const id = builder.add({
    parent: parentOf(places, account, isComputer, control),
    name,
    objectClass,
    sid: `${seed.sid}-${builder.rid(account.rid)}`,
    ...(attributes.adminCount === 1 ? { descriptor: ADMIN_SD_HOLDER_DESCRIPTOR } : {}),
    attributes: {
      ...accountAttributes(sAMAccountName, control),
      pwdLastSet: secrets === undefined ? 0 : ldapFileTime(builder.now),
      ...(isComputer ? { isCriticalSystemObject: false, localPolicyFlags: 0 } : {}),
      ...plain(attributes),
    },
    ...(secrets === undefined ? {} : { secrets }),
  });
  later(id, named(attributes));
  memberOf(places, id, account.memberOf);
  return id;
}

/** What MS-SAMR 3.1.1.8 and MS-ADTS 3.1.1.5.2.4 give to every account. */
export function accountAttributes(sAMAccountName: string, control: number): SeedAttributes {
  return {
    sAMAccountName,
    userAccountControl: control | 0,
    sAMAccountType: accountTypeOf(control),
    primaryGroupID: defaultPrimaryGroup(control),
    accountExpires: NEVER,
    badPasswordTime: 0,
    badPwdCount: 0,
    codePage: 0,
    countryCode: 0,
    lastLogoff: 0,
    lastLogon: 0,
    logonCount: 0,
  };
}

function parentOf(
  { containers, place }: AccountPlaces,
  account: AccountSeed,
  isComputer: boolean,
  control: number,
): number {
  if (account.container !== undefined) return place(account.container);
  if (account.objectClass?.endsWith('ManagedServiceAccount')) {
    return containers.managedServiceAccounts;
  }
  if ((control & (Uac.SERVER_TRUST_ACCOUNT | Uac.PARTIAL_SECRETS_ACCOUNT)) !== 0) {
    return containers.domainControllers;
  }
  return isComputer ? containers.computers : containers.users;
}

function secretsOf(
  seed: DomainSeed,
  account: AccountSeed,
  control: number,
): readonly StoredKeys[] | undefined {
  if (account.secret === undefined) return undefined;
  return [storedKeys(account.secret, saltOf(seed.dnsName, account, control))];
}

/** The salt of keys that are made now (MS-KILE 3.1.1.2). */
function saltOf(realm: string, account: AccountSeed, control: number): string {
  const { sAMAccountName } = account;
  if ((control & Uac.INTERDOMAIN_TRUST_ACCOUNT) !== 0) {
    return trustAccountSalt(realm, sAMAccountName.replace(/\$$/, ''));
  }
  if ((control & (Uac.SERVER_TRUST_ACCOUNT | Uac.WORKSTATION_TRUST_ACCOUNT)) !== 0) {
    return computerSalt(realm, sAMAccountName);
  }
  const upn = account.attributes?.userPrincipalName;
  return userSalt(realm, sAMAccountName, typeof upn === 'string' ? upn : undefined);
}

/**
 * A password that nobody knows: 120 random UTF-16 units, as Windows makes them. An account that the
 * seed gives no secret has this one; who plays it in a scenario draws it by the same label.
 */
export function randomSecret({ seed }: AccountPlaces, name: string): SecretSeed {
  const units = view(seed.random(`password/${name}@${seed.dnsName.toUpperCase()}`)(240));
  let password = '';
  for (let at = 0; at < 240; at += 2) password += String.fromCharCode(units.getUint16(at));
  return { password };
}

function plain(attributes: SeedAttributes): SeedAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !namesObjects(name)));
}

function named(attributes: SeedAttributes): SeedAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => namesObjects(name)));
}

/** The writable domain controller that the domain is made on. */
export function addController(places: AccountPlaces, ntdsGuid: string): number {
  const { builder, seed } = places;
  const { name, host, rid = 1_000, secret, attributes } = seed.controller;
  const domain = seed.dnsName;
  const id = addAccount(places, {
    sAMAccountName: `${name}$`,
    rid,
    secret: secret ?? randomSecret(places, `${name}$`),
    attributes: {
      userAccountControl: Uac.SERVER_TRUST_ACCOUNT | Uac.TRUSTED_FOR_DELEGATION,
      dNSHostName: host,
      operatingSystem: 'Windows Server 2016 Standard',
      operatingSystemVersion: '10.0 (14393)',
      isCriticalSystemObject: true,
      'msDS-SupportedEncryptionTypes': 0x1c,
      servicePrincipalName: [
        ...['HOST', 'RestrictedKrbHost', 'ldap'].flatMap((service) => [
          `${service}/${name}`,
          `${service}/${host}`,
        ]),
        ...['HOST', 'ldap'].flatMap((service) => [
          `${service}/${host}/${seed.netbios}`,
          `${service}/${host}/${domain}`,
          `${service}/${name}/${seed.netbios}`,
        ]),
        `ldap/${ntdsGuid}._msdcs.${domain}`,
        `E3514235-4B06-11D1-AB04-00C04FC2DCD2/${ntdsGuid}/${domain}`,
        `GC/${host}/${domain}`,
        `DNS/${host}`,
      ],
      ...attributes,
    },
  });
  const first = 1_100;
  const allocated = ridPool(first, first + 499);
  const ridSet = builder.add({
    parent: id,
    name: 'RID Set',
    objectClass: 'rIDSet',
    attributes: {
      rIDAllocationPool: allocated,
      rIDPreviousAllocationPool: allocated,
      rIDUsedPool: 0,
      rIDNextRID: first,
    },
  });
  builder.set(id, { rIDSetReferences: reference(ridSet) });
  return id;
}
