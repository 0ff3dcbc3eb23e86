/** A tenant as it is when the story begins: users and devices of the cast that were synchronised before. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { KeyRecord } from '../../src/machine/actor.ts';
import type { Scene } from '../../src/scenario/role.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import { GLOBAL_ADMINISTRATOR, type KerberosDomain } from '../entra/kerberos-domain.ts';
import { CLOUD_REALM } from '../entra/kerberos-tickets.ts';
import { passwordHash } from '../entra/password-hash.ts';
import { AES256 } from '../entra/prt-messages.ts';
import type {
  SynchronizedComputer,
  Tenant,
  TenantDevice,
  TenantKey,
  TenantUser,
} from '../entra/tenant.ts';
import { nameInTenant } from '../entra/tenant-domains.ts';
import { SYNCHRONIZATION_ROLE } from '../entra/token.ts';
import { type Key, key } from '../kerberos/etypes.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { randomUuid } from '../oauth/random-uuid.ts';
import type { TrustOctets } from '../x509/trust.ts';
import { accountIdentity, accountSid } from './account-identity.ts';
import { members } from './cast-members.ts';
import { computerNames, typablePassword } from './computer.ts';
import { computerIdentity } from './computer-identity.ts';
import { deviceIdentity, deviceIdOf } from './device-identity.ts';
import type { EntraConnectFields, EntraTenantFields } from './entra-fields.ts';
import { entraKerberosOf } from './entra-kerberos-cast.ts';
import type { DeviceFields, UserConfig } from './fields.ts';
import { keysOnDevice } from './hello-keys.ts';
import { publicKeyServices } from './pki-cast.ts';
import { registeredSecurityKeys } from './security-keys-cast.ts';

/** Devices and keys were registered so long before the story begins. */
const REGISTERED_BEFORE = 7 * 86_400_000;

/** The key that a tenant signs tokens and receipts with. */
export function tenantKey(scene: Scene, actor: string): { key: string; publicKey: Uint8Array } {
  const key = `${actor}/tokens`;
  return { key, publicKey: scene.key(key, 'RSA-2048') };
}

/** The key of Entra's own realm, which its ticket-granting tickets are under. */
export function cloudKeyOf(scene: Scene, actor: string): Key {
  return key(AES256, scene.random(`cloud krbtgt/${actor}`)(32));
}

/** For exports: so that the tickets open. */
export function cloudKeyRecord({ etype, bytes }: Key): KeyRecord {
  const principal = `krbtgt/${CLOUD_REALM}@${CLOUD_REALM}`;
  return { principal, kvno: 1, etype, key: toHex(bytes) };
}

/** Public keys of the tenants that have a realm's users: whose receipts AD FS may trust. */
export function tenantPublicKeys(scene: Scene, realm: string): readonly Uint8Array[] {
  return members<EntraTenantFields>(scene, realm.toUpperCase(), 'entra-tenant').map(
    ([actor]) => tenantKey(scene, actor).publicKey,
  );
}

/** The authorities of a realm, as an administrator uploads them. */
export function userAuthorities(scene: Scene, realm: string): TrustOctets {
  const { roots, intermediates } = publicKeyServices(scene, realm);
  return { roots, intermediates, revocationLists: [], revocation: 'off' };
}

/** The account in the tenant that Entra Connect signs in with. */
export interface CloudAccount {
  readonly username: string;
  readonly password: string;
}

export function connectAccount(scene: Scene, actor: string, realm: string): CloudAccount {
  const username = `Sync_${actor.toUpperCase()}@${realm.toLowerCase()}`;
  return { username, password: typablePassword(scene, username) };
}

/** What the tenant calls the actors of the cast. */
export interface TenantNames {
  /** userPrincipalName by actor. */
  readonly users: Readonly<Record<string, string>>;
  /** Device identifier by actor. */
  readonly devices: Readonly<Record<string, string>>;
}

export function tenantNames(scene: Scene, config: EntraTenantFields): TenantNames {
  const { realm } = config;
  const domains = domainsOf(config);
  const users = members<UserConfig>(scene, realm.toUpperCase(), 'user').flatMap(([name]) => {
    const identity = accountIdentity(scene, name);
    return identity === undefined ? [] : [[name, nameInTenant(domains, identity.upn)] as const];
  });
  const devices = members<DeviceFields>(scene, realm.toUpperCase(), 'device').flatMap(
    ([name, config]) => {
      const identity = deviceIdentity(scene, name, config);
      return identity === undefined ? [] : [[name, identity.deviceId] as const];
    },
  );
  return { users: Object.fromEntries(users), devices: Object.fromEntries(devices) };
}

/** `corp.onmicrosoft.com` of CORP.EXAMPLE: the name that the tenant was opened with. */
function initialDomainOf(realm: string): string {
  return `${(realm.split('.')[0] as string).toLowerCase()}.onmicrosoft.com`;
}

function domainsOf({ realm, domains }: EntraTenantFields) {
  return {
    domains: Object.entries(domains).map(([name, domain]) => ({
      name: name.toLowerCase(),
      ...domain,
    })),
    initialDomain: initialDomainOf(realm),
  };
}

export function initialTenant(scene: Scene, actor: string, config: EntraTenantFields): Tenant {
  const { realm } = config;
  return {
    users: [
      ...usersOf(scene, config),
      ...connectUsers(scene, actor),
      administratorUser(scene, config),
    ],
    devices: members<DeviceFields>(scene, realm.toUpperCase(), 'device').flatMap(
      ([name, fields]) => deviceOf(scene, name, fields) ?? [],
    ),
    keys: keysOf(scene, config),
    computers: computersOf(scene, realm),
    ...domainsOf(config),
    licence: config.licence,
    kerberosDomains: kerberosDomainsOf(scene, realm),
    securityKeys: registeredSecurityKeys(scene, realm),
  };
}

/** Members of the domain that a cycle has brought, and that have not registered themselves yet. */
function computersOf(scene: Scene, realm: string): readonly SynchronizedComputer[] {
  return members<DeviceFields>(scene, realm.toUpperCase(), 'device').flatMap(([name, fields]) => {
    const own = fields.synchronized ? computerIdentity(scene, name, fields) : undefined;
    if (own === undefined) return [];
    const { sid, publicKey } = own;
    return [{ deviceId: deviceIdOf(scene, name, fields), sid, publicKey }];
  });
}

function usersOf(scene: Scene, config: EntraTenantFields): readonly TenantUser[] {
  const { realm, users } = config;
  const domains = domainsOf(config);
  return members<UserConfig>(scene, realm.toUpperCase(), 'user').flatMap(([name, fields]) => {
    const identity = accountIdentity(scene, name);
    if (identity === undefined) return [];
    return [
      {
        userPrincipalName: nameInTenant(domains, identity.upn),
        onPremisesSecurityIdentifier: identity.sid,
        onPremisesSamAccountName: identity.sAMAccountName,
        accountEnabled: !fields.userAccountControl.includes('ACCOUNTDISABLE'),
        passwordHash: passwordHash(fields.password.secret),
        mfa: users[name]?.mfa ?? 'satisfied',
      },
    ];
  });
}

/** Set-AzureADKerberosServer was run before the story: the tenant has the domain's key. */
function kerberosDomainsOf(scene: Scene, realm: string): readonly KerberosDomain[] {
  const seed = entraKerberosOf(scene, realm);
  if (seed === undefined) return [];
  const { realm: _, key, ...domain } = seed;
  return [{ ...domain, key: key.bytes }];
}

/** Who runs cmdlets against the tenant: in the cloud only, as Microsoft advises of administrators. */
export function cloudAdministrator(scene: Scene, realm: string): CloudAccount {
  const username = `admin@${initialDomainOf(realm)}`;
  return { username, password: typablePassword(scene, username) };
}

function administratorUser(scene: Scene, { realm }: EntraTenantFields): TenantUser {
  const { username, password } = cloudAdministrator(scene, realm);
  return {
    userPrincipalName: username,
    accountEnabled: true,
    passwordHash: passwordHash(password),
    mfa: 'satisfied',
    roles: [GLOBAL_ADMINISTRATOR],
  };
}

function connectUsers(scene: Scene, tenant: string): readonly TenantUser[] {
  return Object.entries(scene.actors).flatMap(([name, member]): TenantUser[] => {
    if (member.role !== 'entra-connect') return [];
    const config = member.config as EntraConnectFields;
    if (config.tenant !== tenant) return [];
    const { username, password } = connectAccount(scene, name, config.realm);
    return [
      {
        userPrincipalName: username,
        accountEnabled: true,
        passwordHash: passwordHash(password),
        mfa: 'failed',
        roles: [SYNCHRONIZATION_ROLE],
      },
    ];
  });
}

function deviceOf(scene: Scene, name: string, config: DeviceFields): TenantDevice | undefined {
  const identity = deviceIdentity(scene, name, config);
  if (identity === undefined) return undefined;
  const { sAMAccountName, dnsHostName } = computerNames(name, config);
  const ownerSid = accountSid(scene, config.realm, sAMAccountName);
  return {
    deviceId: identity.deviceId,
    displayName: (dnsHostName.split('.')[0] as string).toUpperCase(),
    accountEnabled: true,
    publicKey: identity.certificate.publicKey,
    thumbprint: identity.certificate.sha1,
    transportKey: identity.transportPublicKey,
    registered: scene.start - REGISTERED_BEFORE,
    ...(ownerSid === undefined ? {} : { ownerSid }),
  };
}

/** Hello keys that are on devices already, whatever the trust, whether a cycle has brought them to AD or not. */
function keysOf(scene: Scene, config: EntraTenantFields): readonly TenantKey[] {
  const { realm } = config;
  const domains = domainsOf(config);
  return members<DeviceFields>(scene, realm.toUpperCase(), 'device').flatMap(([name, config]) => {
    const device = deviceIdentity(scene, name, config);
    if (device === undefined) return [];
    return [...keysOnDevice(scene, name, config)].flatMap(([user, held]): TenantKey[] => {
      const owner = scene.actors[user]?.config as UserConfig | undefined;
      const identity = accountIdentity(scene, user);
      const inRealm = owner !== undefined && sameRealm(owner.realm, realm);
      if (identity === undefined || !inRealm) return [];
      return [
        {
          kid: randomUuid(scene.random(`kid/${held.key}`)(16)),
          userPrincipalName: nameInTenant(domains, identity.upn),
          deviceId: device.deviceId,
          keyMaterial: bcryptPublicBlob(held.publicKey),
          created: scene.start - REGISTERED_BEFORE,
        },
      ];
    });
  });
}
