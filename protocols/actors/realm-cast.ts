/**
 * A realm as the cast of a scenario makes it: accounts of the users, devices and servers that say they
 * belong to it, trusts that its domain controllers declare, passwords that follow from the seed. Every
 * actor asks here, so that the domain controller and a computer know the same password.
 */
import { view } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import { UserAccountControl } from '../kdc/accounts.ts';
import {
  type AccountSeed,
  accountsFrom,
  type GroupSeed,
  type MemoryAccounts,
  type SecretSeed,
  type TrustSeed,
  wellKnownGroup,
} from '../kdc/memory-accounts.ts';
import { type Realm, realm } from '../kdc/realm.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { computerNames, hostNames, KVNO, randomSecret } from './computer.ts';
import {
  type AccountConfig,
  type ComputerConfig,
  type DomainControllerFields,
  encTypesOf,
  type FileServerFields,
  type ServiceAccount,
  type UserConfig,
} from './fields.ts';

/** The members of one role in a realm, in the order of the file. */
function members<C extends { readonly realm: string }>(
  scene: Scene,
  realmName: string,
  role: string,
): readonly (readonly [string, C])[] {
  return Object.entries(scene.actors).flatMap(([name, member]) => {
    if (member.role !== role) return [];
    const config = member.config as C;
    return sameRealm(config.realm, realmName) ? [[name, config] as const] : [];
  });
}

/** The actors that are domain controllers of a realm. */
export function domainControllers(scene: Scene, realmName: string): readonly string[] {
  return members(scene, realmName, 'domain-controller').map(([name]) => name);
}

/** All passwords were set a month before the story begins. */
const PASSWORD_AGE = 30 * 86_400_000;

/** A realm with everything that its KDC knows. */
export interface RealmCast {
  readonly realm: Realm;
  readonly accounts: MemoryAccounts;
}

/** The realm of a domain controller, as that domain controller sees it. */
export function realmCast(scene: Scene, name: string, config: DomainControllerFields): RealmCast {
  const { policy } = config;
  const names = realmNames(scene, name, config);
  const own = realm(names, {
    ...policyTimes(policy),
    ...(policy.supportedEncryptionTypes === undefined
      ? {}
      : { supportedEncryptionTypes: encTypesOf(policy.supportedEncryptionTypes) }),
    ...(policy.defaultDomainSupportedEncTypes === undefined
      ? {}
      : { defaultDomainSupportedEncTypes: encTypesOf(policy.defaultDomainSupportedEncTypes) }),
  });
  const pwdLastSet = scene.start - PASSWORD_AGE;
  return {
    realm: own,
    accounts: accountsFrom(
      accountSeeds(scene, own).map((seed) => ({ pwdLastSet, ...seed })),
      own,
      trustSeeds(scene, own),
    ),
  };
}

function policyTimes(policy: DomainControllerFields['policy']) {
  const { supportedEncryptionTypes: _, defaultDomainSupportedEncTypes: __, ...times } = policy;
  return times;
}

function realmNames(
  scene: Scene,
  name: string,
  config: DomainControllerFields,
): Omit<Realm, 'policy'> {
  const realmName = config.realm.toUpperCase();
  const first = members<DomainControllerFields>(scene, realmName, 'domain-controller')[0];
  const shared = first?.[1] ?? config;
  const [label = realmName] = realmName.split('.');
  const numbers = view(scene.random(`sid/${realmName}`)(12));
  const sid = [0, 4, 8].map((at) => numbers.getUint32(at, true)).join('-');
  return {
    name: realmName,
    flatName: shared.netbios ?? label.slice(0, 15),
    sid: shared.sid ?? `S-1-5-21-${sid}`,
    dnsHostName: config.host ?? `${name}.${realmName}`,
  };
}

/** The first RIDs that AD gives to what administrators make; 1000 is the first domain controller. */
const FIRST_CONTROLLER_RID = 1_000;
const FIRST_RID = 1_103;
const KRBTGT_RID = 502;

function accountSeeds(scene: Scene, own: Realm): readonly AccountSeed[] {
  const controllers = members<DomainControllerFields>(scene, own.name, 'domain-controller');
  const users = members<UserConfig>(scene, own.name, 'user');
  const devices = members<ComputerConfig>(scene, own.name, 'device');
  const servers = members<FileServerFields>(scene, own.name, 'file-server');
  const services = controllers.flatMap(([, config]) => Object.entries(config.accounts));
  const customGroups = controllers.flatMap(([, config]) => Object.entries(config.groups));
  const rids = ridSource([
    ...[...users, ...devices, ...servers, ...services].flatMap(([, { rid }]) => rid ?? []),
    ...customGroups.flatMap(([, { rid }]) => rid ?? []),
  ]);
  const groups = new Map(
    customGroups.map(([name, { scope, rid }]): [string, GroupSeed] => [
      name.toLowerCase(),
      { name, scope, rid: rid ?? rids() },
    ]),
  );
  const group = (name: string): GroupSeed => {
    const found = groups.get(name.toLowerCase()) ?? wellKnownGroup(name);
    if (found !== undefined) return found;
    // A group that only its member names: it exists because somebody is in it.
    const made: GroupSeed = { name, rid: rids() };
    groups.set(name.toLowerCase(), made);
    return made;
  };
  const secretOf = (name: string): SecretSeed => randomSecret(scene, `${name}@${own.name}`);
  return [
    { sAMAccountName: 'krbtgt', rid: KRBTGT_RID, kvno: KVNO, secret: secretOf('krbtgt') },
    ...controllers.map(([name, config], i) => controllerSeed(name, config, i, secretOf)),
    ...users.map(([name, config]) => userSeed(name, config, rids, group)),
    ...[...devices, ...servers].map(([name, config]): AccountSeed => {
      const names = computerNames(name, config);
      return {
        ...accountSeed(config, UserAccountControl.WORKSTATION_TRUST_ACCOUNT, group),
        sAMAccountName: names.sAMAccountName,
        rid: config.rid ?? rids(),
        secret: secretOf(names.sAMAccountName),
        servicePrincipalName: [
          ...hostNames(names),
          ...('spn' in config ? [(config as FileServerFields).spn] : []),
        ],
      };
    }),
    ...services.map(([name, config]) => serviceSeed(name, config, rids, group, secretOf)),
  ];
}

function controllerSeed(
  name: string,
  config: DomainControllerFields,
  index: number,
  secretOf: (name: string) => SecretSeed,
): AccountSeed {
  const realmName = config.realm.toLowerCase();
  const names = computerNames(name, {
    realm: config.realm,
    ...(config.host === undefined ? {} : { dnsHostName: config.host }),
  });
  const { sAMAccountName, dnsHostName, netbiosName } = names;
  return {
    sAMAccountName,
    rid: FIRST_CONTROLLER_RID + index,
    secret: secretOf(sAMAccountName),
    userAccountControl:
      UserAccountControl.SERVER_TRUST_ACCOUNT | UserAccountControl.TRUSTED_FOR_DELEGATION,
    servicePrincipalName: [
      ...hostNames(names),
      `ldap/${netbiosName}`,
      `ldap/${dnsHostName}`,
      `ldap/${dnsHostName}/${realmName}`,
      `GC/${dnsHostName}/${realmName}`,
      `DNS/${dnsHostName}`,
    ],
  };
}

function userSeed(
  name: string,
  config: UserConfig,
  rids: () => number,
  group: (name: string) => GroupSeed,
): AccountSeed {
  const { sAMAccountName = name, password } = config;
  return {
    ...accountSeed(config, UserAccountControl.NORMAL_ACCOUNT, group),
    ...personal(config),
    sAMAccountName,
    rid: config.rid ?? rids(),
    secret: { kind: 'password', password: password.secret },
  };
}

function serviceSeed(
  name: string,
  config: ServiceAccount,
  rids: () => number,
  group: (name: string) => GroupSeed,
  secretOf: (name: string) => SecretSeed,
): AccountSeed {
  const { password, servicePrincipalName } = config;
  const control = name.endsWith('$')
    ? UserAccountControl.WORKSTATION_TRUST_ACCOUNT
    : UserAccountControl.NORMAL_ACCOUNT;
  return {
    ...accountSeed(config, control, group),
    ...personal(config),
    sAMAccountName: name,
    rid: config.rid ?? rids(),
    servicePrincipalName,
    secret:
      password === undefined ? secretOf(name) : { kind: 'password', password: password.secret },
  };
}

type Personal = 'userPrincipalName' | 'displayName' | 'passwordExpires' | 'accountExpires';

function personal(config: ServiceAccount | UserConfig): Pick<AccountSeed, Personal> {
  const { userPrincipalName, displayName, passwordExpires, accountExpires } = config;
  return {
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(passwordExpires === undefined ? {} : { passwordExpires }),
    ...(accountExpires === undefined ? {} : { accountExpires }),
  };
}

/** The part of an account that is the same for all kinds. */
function accountSeed(
  config: AccountConfig,
  control: number,
  group: (name: string) => GroupSeed,
): Pick<AccountSeed, 'userAccountControl' | 'groups' | 'kvno' | 'msDSSupportedEncryptionTypes'> {
  const { kvno = KVNO, groups, userAccountControl, supportedEncryptionTypes } = config;
  return {
    kvno,
    groups: groups.map(group),
    userAccountControl: userAccountControl.reduce(
      (bits, name) => bits | UserAccountControl[name],
      control,
    ),
    ...(supportedEncryptionTypes === undefined
      ? {}
      : { msDSSupportedEncryptionTypes: encTypesOf(supportedEncryptionTypes) }),
  };
}

/** RIDs in order, without those that the file gives. */
function ridSource(taken: readonly number[]): () => number {
  const used = new Set(taken);
  let next = FIRST_RID;
  return () => {
    while (used.has(next)) next++;
    return next++;
  };
}

const OPPOSITE = {
  inbound: 'outbound',
  outbound: 'inbound',
  bidirectional: 'bidirectional',
} as const;

/** Trusts that our domain controllers declare, and those that others declare with us. */
function trustSeeds(scene: Scene, own: Realm): readonly TrustSeed[] {
  const seeds = new Map<string, TrustSeed>();
  for (const [name, member] of Object.entries(scene.actors)) {
    if (member.role !== 'domain-controller') continue;
    const config = member.config as DomainControllerFields;
    for (const { with: other, direction } of config.trusts) {
      const partner = scene.actors[other]?.config as DomainControllerFields;
      if (sameRealm(config.realm, own.name)) {
        add(realmNames(scene, other, partner), direction);
      } else if (sameRealm(partner.realm, own.name)) {
        add(realmNames(scene, name, config), OPPOSITE[direction]);
      }
    }
  }
  return [...seeds.values()];

  function add(remote: Omit<Realm, 'policy'>, direction: TrustSeed['direction']): void {
    const pair = [own.name, remote.name].sort().join(' and ');
    seeds.set(remote.name, {
      realm: remote.name,
      flatName: remote.flatName,
      securityIdentifier: remote.sid,
      direction,
      secret: randomSecret(scene, `trust between ${pair}`),
    });
  }
}
