/** The domain's naming context without its accounts: MS-ADTS 6.1.1.4. */
import type { DomainBuilder } from './domain-builder.ts';
import { FIXED, WINDOWS_2016 } from './domain-configuration.ts';
import type { DomainSeed, SeedAttributes } from './domain-seed.ts';
import { reference } from './entry.ts';
import { InstanceType } from './instance.ts';
import { ldapFileTime } from './stamps.ts';
import {
  ADMIN_SD_HOLDER_DESCRIPTOR,
  BUILTIN_DESCRIPTOR,
  COMPUTERS_DESCRIPTOR,
  DELETED_OBJECTS_DESCRIPTOR,
  DOMAIN_CONTROLLERS_DESCRIPTOR,
  DOMAIN_DESCRIPTOR,
  USERS_DESCRIPTOR,
} from './well-known-descriptors.ts';

/** Password and lockout policy of a new domain (MS-SAMR 3.1.1.14); durations in -100 ns. */
const DEFAULT_POLICY: SeedAttributes = {
  forceLogoff: '-9223372036854775808',
  lockoutDuration: '-18000000000', // 30 minutes
  lockOutObservationWindow: '-18000000000',
  lockoutThreshold: 0,
  maxPwdAge: '-36288000000000', // 42 days
  minPwdAge: '-864000000000', // one day
  minPwdLength: 7,
  pwdProperties: 1, // DOMAIN_PASSWORD_COMPLEX
  pwdHistoryLength: 24,
};

export function addDomainHead(builder: DomainBuilder, seed: DomainSeed, above: number): number {
  const [label = seed.netbios] = seed.dnsName.split('.');
  return builder.add({
    parent: above,
    name: label,
    objectClass: 'domainDNS',
    sid: seed.sid,
    descriptor: DOMAIN_DESCRIPTOR,
    instanceType: InstanceType.NC_HEAD | InstanceType.WRITE,
    attributes: {
      ...DEFAULT_POLICY,
      creationTime: ldapFileTime(seed.now),
      gPLink: `[LDAP://CN=${DOMAIN_POLICY},CN=Policies,CN=System,${dnText(seed)};0]`,
      isCriticalSystemObject: true,
      modifiedCount: 1,
      modifiedCountAtLastProm: 0,
      'msDS-AllUsersTrustQuota': 1000,
      'msDS-Behavior-Version': seed.functionalLevel ?? WINDOWS_2016,
      'ms-DS-MachineAccountQuota': 10,
      'msDS-ExpirePasswordsOnSmartCardOnlyAccounts': true,
      'msDS-NcType': 0,
      'msDS-PerUserTrustQuota': 1,
      'msDS-PerUserTrustTombstonesQuota': 10,
      nextRid: 1000,
      nTMixedDomain: 0,
      serverState: 1,
      systemFlags: FIXED,
      uASCompat: 1,
      ...seed.policy,
    },
  });
}

const DOMAIN_POLICY = '{31B2F340-016D-11D2-945F-00C04FB984F9}';
const CONTROLLERS_POLICY = '{6AC1786C-016F-11D2-945F-00C04FB984F9}';

function dnText(seed: DomainSeed): string {
  return seed.dnsName
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

/** Containers that the KDC, the tools and the rest of the domain look up by place. */
export interface Containers {
  readonly users: number;
  readonly computers: number;
  readonly domainControllers: number;
  readonly builtin: number;
  readonly system: number;
  readonly adminSdHolder: number;
  readonly deletedObjects: number;
  readonly foreignSecurityPrincipals: number;
  readonly managedServiceAccounts: number;
  readonly infrastructure: number;
  readonly ridManager: number;
  readonly policies: number;
}

/** GUIDs of wellKnownObjects and otherWellKnownObjects (MS-ADTS 6.1.1.4). */
export const WellKnownGuid = {
  USERS: 'A9D1CA15768811D1ADED00C04FD8D5CD',
  COMPUTERS: 'AA312825768811D1ADED00C04FD8D5CD',
  SYSTEMS: 'AB1D30F3768811D1ADED00C04FD8D5CD',
  DOMAIN_CONTROLLERS: 'A361B2FFFFD211D1AA4B00C04FD7D83A',
  INFRASTRUCTURE: '2FBAC1870ADE11D297C400C04FD8D5CD',
  DELETED_OBJECTS: '18E2EA80684F11D2B9AA00C04F79F805',
  LOSTANDFOUND: 'AB8153B7768811D1ADED00C04FD8D5CD',
  FOREIGNSECURITYPRINCIPALS: '22B70C67D56E4EFB91E9300FCA3DC1AA',
  PROGRAM_DATA: '09460C08AE1E4A4EA0F64AEE7DAA1E5A',
  MICROSOFT_PROGRAM_DATA: 'F4BE92A4C777485E878E9421D53087DB',
  NTDS_QUOTAS: '6227F0AF1FC2410D8E3BB10615BB5B0F',
  MANAGED_SERVICE_ACCOUNTS: '1EB93889E40C45DF9F0C64D23BBB6237',
  KEYS: '683A24E2E8164BD3AF86AC3C2CF3F981',
} as const;

export function addContainers(
  builder: DomainBuilder,
  seed: DomainSeed,
  domain: number,
  configuration: number,
): Containers {
  const add = (
    name: string,
    objectClass: string,
    attributes: SeedAttributes = {},
    descriptor?: string,
    parent = domain,
  ): number =>
    builder.add({
      parent,
      name,
      objectClass,
      attributes,
      ...(descriptor === undefined ? {} : { descriptor }),
    });
  const quota = { ...FIXED_OBJECT, 'msDS-TombstoneQuotaFactor': 100 };
  const builtin = add('Builtin', 'builtinDomain', { ...SHOWN, ...BUILTIN }, BUILTIN_DESCRIPTOR);
  const computers = add('Computers', 'container', SHOWN, COMPUTERS_DESCRIPTOR);
  const gPLink = `[LDAP://CN=${CONTROLLERS_POLICY},CN=Policies,CN=System,${dnText(seed)};0]`;
  const domainControllers = add(
    'Domain Controllers',
    'organizationalUnit',
    { ...SHOWN, gPLink },
    DOMAIN_CONTROLLERS_DESCRIPTOR,
  );
  const foreignSecurityPrincipals = add('ForeignSecurityPrincipals', 'container', SHOWN);
  const users = add('Users', 'container', SHOWN, USERS_DESCRIPTOR);
  const lost = add('LostAndFound', 'lostAndFound', FIXED_OBJECT);
  const infrastructure = add('Infrastructure', 'infrastructureUpdate', FIXED_OBJECT);
  const gone = { ...FIXED_OBJECT, isDeleted: true };
  const deletedObjects = add('Deleted Objects', 'container', gone, DELETED_OBJECTS_DESCRIPTOR);
  const quotas = add('NTDS Quotas', 'msDS-QuotaContainer', quota);
  const programs = add('Program Data', 'container');
  const microsoft = add('Microsoft', 'container', {}, undefined, programs);
  const managedServiceAccounts = add('Managed Service Accounts', 'container', VISIBLE);
  const keys = add('Keys', 'container', VISIBLE);
  add('TPM Devices', 'msTPM-InformationObjectsContainer');
  const system = add('System', 'container', FIXED_OBJECT);
  const below = addSystem(builder, seed, system);
  setWellKnown(builder, domain, [
    [WellKnownGuid.NTDS_QUOTAS, quotas],
    [WellKnownGuid.MICROSOFT_PROGRAM_DATA, microsoft],
    [WellKnownGuid.PROGRAM_DATA, programs],
    [WellKnownGuid.FOREIGNSECURITYPRINCIPALS, foreignSecurityPrincipals],
    [WellKnownGuid.DELETED_OBJECTS, deletedObjects],
    [WellKnownGuid.INFRASTRUCTURE, infrastructure],
    [WellKnownGuid.LOSTANDFOUND, lost],
    [WellKnownGuid.SYSTEMS, system],
    [WellKnownGuid.DOMAIN_CONTROLLERS, domainControllers],
    [WellKnownGuid.COMPUTERS, computers],
    [WellKnownGuid.USERS, users],
  ]);
  builder.set(domain, {
    otherWellKnownObjects: [
      `B:32:${WellKnownGuid.KEYS}:${reference(keys)}`,
      `B:32:${WellKnownGuid.MANAGED_SERVICE_ACCOUNTS}:${reference(managedServiceAccounts)}`,
    ],
    rIDManagerReference: reference(below.ridManager),
    subRefs: reference(configuration),
  });
  return {
    users,
    computers,
    domainControllers,
    builtin,
    system,
    deletedObjects,
    foreignSecurityPrincipals,
    managedServiceAccounts,
    infrastructure,
    ...below,
  };
}

function setWellKnown(
  builder: DomainBuilder,
  domain: number,
  named: readonly (readonly [string, number])[],
): void {
  builder.set(domain, {
    wellKnownObjects: named.map(([guid, id]) => `B:32:${guid}:${reference(id)}`),
  });
}

const FIXED_OBJECT: SeedAttributes = { systemFlags: FIXED, isCriticalSystemObject: true };
const VISIBLE: SeedAttributes = { showInAdvancedViewOnly: false };
const SHOWN: SeedAttributes = { ...FIXED_OBJECT, ...VISIBLE };

function addSystem(
  builder: DomainBuilder,
  seed: DomainSeed,
  parent: number,
): Pick<Containers, 'adminSdHolder' | 'ridManager' | 'policies'> {
  const add = (name: string, objectClass: string, attributes = FIXED_OBJECT): number =>
    builder.add({ parent, name, objectClass, attributes });
  const adminSdHolder = builder.add({
    parent,
    name: 'AdminSDHolder',
    objectClass: 'container',
    descriptor: ADMIN_SD_HOLDER_DESCRIPTOR,
    attributes: FIXED_OBJECT,
  });
  add('Password Settings Container', 'msDS-PasswordSettingsContainer');
  add('Server', 'samServer');
  const rIDAvailablePool = ridPool(1_600, 0x3fffffff);
  const ridManager = add('RID Manager$', 'rIDManager', { ...FIXED_OBJECT, rIDAvailablePool });
  const policies = add('Policies', 'container');
  addPolicies(builder, seed, policies);
  return { adminSdHolder, ridManager, policies };
}

/** A range of RIDs as one number (MS-ADTS 6.1.5.3): the last above, the first below. */
export function ridPool(first: number, last: number): bigint {
  return (BigInt(last) << 32n) | BigInt(first);
}

const BUILTIN: SeedAttributes = {
  forceLogoff: '-9223372036854775808',
  lockoutDuration: '-18000000000',
  lockOutObservationWindow: '-18000000000',
  lockoutThreshold: 0,
  maxPwdAge: '-37108517437440',
  minPwdAge: 0,
  minPwdLength: 0,
  modifiedCount: 1,
  modifiedCountAtLastProm: 0,
  nextRid: 1000,
  pwdHistoryLength: 0,
  pwdProperties: 0,
  serverState: 1,
  uASCompat: 1,
  objectSid: new Uint8Array([1, 1, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0]), // S-1-5-32
};

function addPolicies(builder: DomainBuilder, seed: DomainSeed, parent: number): void {
  for (const [name, displayName] of [
    [DOMAIN_POLICY, 'Default Domain Policy'],
    [CONTROLLERS_POLICY, 'Default Domain Controllers Policy'],
  ] as const) {
    const policy = builder.add({
      parent,
      name,
      objectClass: 'groupPolicyContainer',
      attributes: {
        displayName,
        flags: 0,
        versionNumber: 1,
        gPCFunctionalityVersion: 2,
        gPCFileSysPath: `\\\\${seed.dnsName}\\sysvol\\${seed.dnsName}\\Policies\\${name}`,
        systemFlags: FIXED,
        isCriticalSystemObject: true,
      },
    });
    for (const part of ['Machine', 'User']) {
      builder.add({ parent: policy, name: part, objectClass: 'container' });
    }
  }
}
