/**
 * A realm as the cast of a scenario makes it: accounts of the users, devices and servers that say they
 * belong to it, trusts that its domain controllers declare, passwords that follow from the seed. Every
 * actor asks here, so that the domain controller and a computer know the same password.
 */
import type { Scene } from '../../src/scenario/role.ts';
import type {
  DomainSeed,
  ObjectSeed,
  PopulationSeed,
  TrustSeed,
} from '../directory/domain-seed.ts';
import { DEFAULT_PKINIT_POLICY } from '../kdc/pkinit-policy.ts';
import { type Realm, realm } from '../kdc/realm.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { accountSid } from './account-identity.ts';
import { accountSeeds } from './account-seeds.ts';
import { controllerNames, members } from './cast-members.ts';
import { randomSecret, typablePassword } from './computer.ts';
import { domainPolicy } from './domain-policy.ts';
import { encTypesOf } from './encryption-types.ts';
import type { EntraConnectFields } from './entra-fields.ts';
import { entraKerberosAccounts, entraKerberosObjects } from './entra-kerberos-cast.ts';
import type { DomainControllerFields } from './fields.ts';
import { kdcIdentity } from './pki-certificates.ts';
import { publicKeyServicesSeed } from './pki-seed.ts';
import { pkinitPolicyOf } from './pkinit-fields.ts';
import { readOnlyAccounts, readOnlySeeds } from './read-only-seeds.ts';
import { realmNames } from './realm-names.ts';

/** The domain was made, and all passwords were set, a month before the story begins. */
const DOMAIN_AGE = 30 * 86_400_000;

/** A realm as the cast says it is when its domain is made. */
export interface RealmCast {
  /** Names and policy; the SID is the directory's once there is one. */
  readonly realm: Realm;
  readonly seed: DomainSeed;
  /** sAMAccountName of everybody whom the file names, and of krbtgt, in a fixed order. */
  readonly named: readonly string[];
}

/** The realm of a domain controller, as that domain controller sees it. */
export function realmCast(scene: Scene, name: string, config: DomainControllerFields): RealmCast {
  const { policy } = config;
  const names = realmNames(scene, name, config);
  const identity = kdcIdentity(scene, name, config);
  const shown = identity === undefined ? names : { ...names, pkinit: identity };
  const own = realm(shown, {
    pkinit: pkinitPolicyOf(config.pkinit, DEFAULT_PKINIT_POLICY),
    ...policyTimes(policy),
    ...(policy.supportedEncryptionTypes === undefined
      ? {}
      : { supportedEncryptionTypes: encTypesOf(policy.supportedEncryptionTypes) }),
    ...(policy.defaultDomainSupportedEncTypes === undefined
      ? {}
      : { defaultDomainSupportedEncTypes: encTypesOf(policy.defaultDomainSupportedEncTypes) }),
  });
  const controllers = members<DomainControllerFields>(scene, own.name, 'domain-controller');
  const seeds = accountSeeds(scene, own.name, name, controllers);
  const label = `domain/${own.name}`;
  const shared = controllers[0]?.[1] ?? config;
  const publicKeyServices = publicKeyServicesSeed(scene, own.name);
  return {
    realm: own,
    named: [
      ...seeds.named,
      ...readOnlyAccounts(scene, own.name),
      ...entraKerberosAccounts(scene, own.name),
    ],
    seed: {
      dnsName: own.name.toLowerCase(),
      netbios: own.flatName,
      sid: own.sid,
      now: scene.start - DOMAIN_AGE,
      random: (what) => scene.random(`${label}/${what}`),
      controller: {
        name: controllerNames(name, config).netbiosName,
        host: own.dnsHostName,
        ...seeds.controller,
      },
      krbtgt: randomSecret(scene, `krbtgt@${own.name}`),
      administrator: { password: administratorPassword(scene, own.name, shared) },
      policy: domainPolicy(shared.domainPolicy),
      accounts: seeds.accounts,
      groups: seeds.groups,
      readOnlyControllers: [
        ...readOnlySeeds(scene, own.name),
        ...entraKerberosObjects(scene, own.name),
      ],
      trusts: trustSeeds(scene, own),
      objects: registeredDevicesSeed(scene, own),
      ...(publicKeyServices === undefined ? {} : { publicKeyServices }),
      ...(config.population === undefined ? {} : { population: populationOf(config.population) }),
    },
  };
}

function populationOf({
  count,
  prefix,
  password,
}: NonNullable<DomainControllerFields['population']>): PopulationSeed {
  return { count, prefix, password: password.secret };
}

/** What the file says, or one that people can type and that keeps to the domain's policy. */
function administratorPassword(
  scene: Scene,
  realmName: string,
  config: DomainControllerFields,
): string {
  if (config.administratorPassword !== undefined) return config.administratorPassword.secret;
  return typablePassword(scene, `Administrator@${realmName}`, 10);
}

function policyTimes(policy: DomainControllerFields['policy']) {
  const { supportedEncryptionTypes: _, defaultDomainSupportedEncTypes: __, ...times } = policy;
  return times;
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
      partner: remote.name,
      flatName: remote.flatName,
      sid: remote.sid,
      direction,
      secret: randomSecret(scene, `trust between ${pair}`),
    });
  }
}

/** Where devices are written back to: made, and given to Entra Connect, by Initialize-ADSyncDeviceWriteback. */
function registeredDevicesSeed(scene: Scene, own: Realm): readonly ObjectSeed[] {
  const accounts = members<EntraConnectFields>(scene, own.name, 'entra-connect').flatMap(
    ([, { deviceWriteback, deviceContainer = deviceWriteback, account }]) =>
      deviceContainer ? [account] : [],
  );
  if (accounts.length === 0) return [];
  const delegatedTo = accounts.flatMap((account) => accountSid(scene, own.name, account) ?? []);
  return [{ dn: 'CN=RegisteredDevices', objectClass: 'msDS-DeviceContainer', delegatedTo }];
}
