/** The accounts and groups of a realm's cast, as its directory is made of them. */
import type { Scene } from '../../src/scenario/role.ts';
import type { AccountSeed, GroupSeed, SeedAttributes } from '../directory/domain-seed.ts';
import { ldapFileTime } from '../directory/stamps.ts';
import { BUILTIN_GROUPS, DOMAIN_GROUPS } from '../directory/well-known-principals.ts';
import { foldName, UserAccountControl } from '../kdc/accounts.ts';
import { attributeValues } from './attribute-values.ts';
import { controllerNames, members } from './cast-members.ts';
import { computerNames, hostNames, KVNO, randomSecret } from './computer.ts';
import { DEFAULT_MAX_PASSWORD_AGE } from './domain-policy.ts';
import { encTypesOf } from './encryption-types.ts';
import type {
  AccountConfig,
  ComputerConfig,
  DeviceFields,
  DomainControllerFields,
  FileServerFields,
  ServiceAccount,
  UserConfig,
} from './fields.ts';
import { keyCredentials } from './key-credentials-cast.ts';
import { serviceIdentities } from './service-accounts.ts';

/** The first RIDs that AD gives to what administrators make; 1000 is the first domain controller. */
const FIRST_CONTROLLER_RID = 1_000;
const FIRST_RID = 1_103;

export interface CastSeeds {
  /** The controller whose directory this is. */
  readonly controller: Pick<AccountSeed, 'rid' | 'secret'>;
  readonly accounts: readonly AccountSeed[];
  readonly groups: readonly GroupSeed[];
  readonly named: readonly string[];
}

type Controllers = readonly (readonly [string, DomainControllerFields])[];

/** @param name the domain controller whose directory is made */
export function accountSeeds(
  scene: Scene,
  realmName: string,
  name: string,
  controllers: Controllers,
): CastSeeds {
  const users = members<UserConfig>(scene, realmName, 'user');
  const devices = members<DeviceFields>(scene, realmName, 'device').filter(
    ([, { join }]) => join !== 'none',
  );
  const servers = members<FileServerFields>(scene, realmName, 'file-server');
  const desktops = members<ComputerConfig>(scene, realmName, 'rdp-host');
  const services = controllers.flatMap(([, config]) => Object.entries(config.accounts));
  const customGroups = controllers.flatMap(([, config]) => Object.entries(config.groups));
  const rids = ridSource([
    ...[...users, ...devices, ...servers, ...desktops, ...services].flatMap(
      ([, { rid }]) => rid ?? [],
    ),
    ...customGroups.flatMap(([, { rid }]) => rid ?? []),
  ]);
  const groups = groupSource(customGroups, rids);
  const secretOf = (account: string) => randomSecret(scene, `${account}@${realmName}`);
  const maxPwdAge = controllers[0]?.[1].domainPolicy.maxPwdAge ?? DEFAULT_MAX_PASSWORD_AGE;
  const personOf = (config: UserConfig | ServiceAccount) => personal(config, maxPwdAge);
  const others = controllers.filter(([other]) => other !== name);
  const made: readonly AccountSeed[] = [
    ...others.map(([other, config]) => controllerSeed(scene, other, config, controllers)),
    ...users.map(([actor, config]): AccountSeed => {
      const sAMAccountName = config.sAMAccountName ?? actor;
      const password = config.password.secret;
      const keys = keyCredentials(scene, actor, sAMAccountName);
      return accountSeed(sAMAccountName, config, { password }, rids, groups.named, {
        ...personOf(config),
        ...(keys.length === 0 ? {} : { 'msDS-KeyCredentialLink': keys }),
      });
    }),
    ...[...devices, ...servers, ...desktops].map(([actor, config]): AccountSeed => {
      const names = computerNames(actor, config);
      const { sAMAccountName, netbiosName, dnsHostName } = names;
      const spn =
        'spn' in config
          ? [(config as FileServerFields).spn]
          : 'remoteDesktopUsers' in config
            ? [`TERMSRV/${netbiosName}`, `TERMSRV/${dnsHostName}`]
            : [];
      return accountSeed(sAMAccountName, config, secretOf(sAMAccountName), rids, groups.named, {
        dNSHostName: dnsHostName,
        servicePrincipalName: [...hostNames(names), ...spn],
      });
    }),
    ...services.map(([account, config]): AccountSeed => {
      const { password, servicePrincipalName } = config;
      const secret = password === undefined ? secretOf(account) : { password: password.secret };
      return accountSeed(account, config, secret, rids, groups.named, {
        ...personOf(config),
        ...(servicePrincipalName.length === 0 ? {} : { servicePrincipalName }),
      });
    }),
    ...serviceIdentities(scene, realmName).map(
      ({ sAMAccountName, password, groups: memberOf, attributes }): AccountSeed => ({
        sAMAccountName,
        rid: rids(),
        secret: { password, kvno: KVNO },
        memberOf: memberOf.map(groups.named),
        attributes,
      }),
    ),
  ];
  return {
    controller: controllerSecret(scene, name, controllers),
    accounts: made,
    groups: groups.all(),
    named: [
      'krbtgt',
      ...controllers.map(([actor, config]) => controllerNames(actor, config).sAMAccountName),
      ...made.slice(others.length).map(({ sAMAccountName }) => sAMAccountName),
    ],
  };
}

function controllerSecret(
  scene: Scene,
  name: string,
  controllers: Controllers,
): Pick<AccountSeed, 'rid' | 'secret'> {
  const index = controllers.findIndex(([other]) => other === name);
  const [, config] = controllers[index] as Controllers[number];
  const { sAMAccountName } = controllerNames(name, config);
  return {
    rid: FIRST_CONTROLLER_RID + index,
    secret: randomSecret(scene, `${sAMAccountName}@${config.realm.toUpperCase()}`),
  };
}

/** Another domain controller of the realm: an account here, with a directory of its own. */
function controllerSeed(
  scene: Scene,
  name: string,
  config: DomainControllerFields,
  controllers: Controllers,
): AccountSeed {
  const names = controllerNames(name, config);
  const { SERVER_TRUST_ACCOUNT, TRUSTED_FOR_DELEGATION } = UserAccountControl;
  return {
    sAMAccountName: names.sAMAccountName,
    ...controllerSecret(scene, name, controllers),
    attributes: {
      userAccountControl: SERVER_TRUST_ACCOUNT | TRUSTED_FOR_DELEGATION,
      dNSHostName: names.dnsHostName,
      servicePrincipalName: [
        ...hostNames(names),
        `ldap/${names.netbiosName}`,
        `ldap/${names.dnsHostName}`,
        `ldap/${names.dnsHostName}/${config.realm.toLowerCase()}`,
        `GC/${names.dnsHostName}/${config.realm.toLowerCase()}`,
        `DNS/${names.dnsHostName}`,
      ],
    },
  };
}

/** An account that the file names. @param more attributes that its kind of account has */
function accountSeed(
  sAMAccountName: string,
  config: AccountConfig,
  secret: { readonly password?: string },
  rids: () => number,
  group: (name: string) => string,
  more: SeedAttributes,
): AccountSeed {
  const { kvno = KVNO, salt, userAccountControl, supportedEncryptionTypes } = config;
  const control = sAMAccountName.endsWith('$')
    ? UserAccountControl.WORKSTATION_TRUST_ACCOUNT
    : UserAccountControl.NORMAL_ACCOUNT;
  return {
    sAMAccountName,
    rid: config.rid ?? rids(),
    secret: { ...secret, kvno, ...(salt === undefined ? {} : { salt }) },
    memberOf: config.groups.map(group),
    ...(config.container === undefined ? {} : { container: config.container }),
    attributes: {
      userAccountControl: userAccountControl.reduce<number>(
        (bits, name) => bits | UserAccountControl[name],
        control,
      ),
      ...(supportedEncryptionTypes === undefined
        ? {}
        : { 'msDS-SupportedEncryptionTypes': encTypesOf(supportedEncryptionTypes) }),
      ...more,
      ...attributeValues(config.attributes),
    },
  };
}

/** A password that expires then was set so long before. */
function personal(config: ServiceAccount | UserConfig, maxPwdAge: number): SeedAttributes {
  const { userPrincipalName, displayName, passwordExpires, accountExpires } = config;
  return {
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(passwordExpires === undefined
      ? {}
      : { pwdLastSet: ldapFileTime(passwordExpires - maxPwdAge) }),
    ...(accountExpires === undefined ? {} : { accountExpires: ldapFileTime(accountExpires) }),
  };
}

/** Groups that the file declares, those that a new domain has, and those that only a member names. */
function groupSource(
  declared: readonly (readonly [string, DomainControllerFields['groups'][string]])[],
  rids: () => number,
): { named(name: string): string; all(): readonly GroupSeed[] } {
  const folded = (name: string): string => foldName(name);
  const there = new Set([...DOMAIN_GROUPS, ...BUILTIN_GROUPS].map(({ name }) => folded(name)));
  const groups = new Map(
    declared.map(([name, { scope, rid, memberOf, container }]): [string, GroupSeed] => [
      folded(name),
      {
        name,
        scope,
        rid: rid ?? rids(),
        ...(memberOf.length === 0 ? {} : { memberOf }),
        ...(container === undefined ? {} : { container }),
      },
    ]),
  );
  const named = (name: string): string => {
    if (!there.has(folded(name)) && !groups.has(folded(name))) {
      groups.set(folded(name), { name, rid: rids() });
    }
    return name;
  };
  for (const [, { memberOf }] of declared) for (const name of memberOf) named(name);
  return { named, all: () => [...groups.values()] };
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
