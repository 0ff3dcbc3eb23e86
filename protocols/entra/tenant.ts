/** What a tenant of Entra knows: users, devices, their keys. Plain data; each change gives a new tenant. */
import { toBase64 } from '../../src/bytes/base64.ts';
import type { JoinKind } from './device-registration-messages.ts';
import type { KerberosDomain } from './kerberos-domain.ts';
import type { IssuedTokens } from './prt-sessions.ts';
import { nameInTenant, type TenantDomain } from './tenant-domains.ts';

/** What becomes of a demand for multi-factor authentication. */
export type MfaOutcome = 'satisfied' | 'failed' | 'timeout';

export interface TenantUser {
  readonly userPrincipalName: string;
  /** objectSid in Active Directory; absent on users that are in the cloud only. */
  readonly onPremisesSecurityIdentifier?: string;
  /** Base 64 of objectGUID, since a cycle brought it. */
  readonly onPremisesImmutableId?: string;
  readonly onPremisesSamAccountName?: string;
  readonly accountEnabled: boolean;
  /** What password hash synchronisation brought: {@link passwordHash}. */
  readonly passwordHash?: string;
  readonly mfa: MfaOutcome;
  /** signInSessionsValidFromDateTime: whatever was proven before counts no more; milliseconds since 1970. */
  readonly sessionsValidFrom?: number;
  /** Directory roles, by their templates' identifiers. */
  readonly roles?: readonly string[];
}

export interface TenantDevice {
  readonly deviceId: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  /** SubjectPublicKeyInfo of the device certificate, DER. */
  readonly publicKey: Uint8Array;
  /** SHA-1 of the device certificate, hexadecimal. */
  readonly thumbprint: string;
  /** SubjectPublicKeyInfo of the transport key, DER. */
  readonly transportKey: Uint8Array;
  /** When it was registered, milliseconds since 1970. */
  readonly registered: number;
  /** objectSid of who registered it, and of the computer in Active Directory. */
  readonly ownerSid?: string;
  /** Joined to Entra, to both directories, or known only; absent: as the cast has it. */
  readonly trustType?: JoinKind;
  /** userPrincipalName of who joined it. */
  readonly owner?: string;
}

/** A computer as Entra Connect brings it: it may register itself as the device of that identifier. */
export interface SynchronizedComputer {
  /** objectGUID. */
  readonly deviceId: string;
  readonly sid: string;
  /** Of userCertificate, SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** A Hello key. */
export interface TenantKey {
  readonly kid: string;
  readonly userPrincipalName: string;
  readonly deviceId: string;
  /** BCRYPT_RSAPUBLIC_BLOB. */
  readonly keyMaterial: Uint8Array;
  readonly created: number;
}

/** A FIDO2 security key that a user has registered. */
export interface SecurityKey {
  /** Base 64 URL of the credential's identifier. */
  readonly credentialId: string;
  readonly userPrincipalName: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** Microsoft Entra ID Free, P1, P2. */
export type Licence = 'none' | 'P1' | 'P2';

export interface Tenant {
  readonly users: readonly TenantUser[];
  readonly devices: readonly TenantDevice[];
  readonly keys: readonly TenantKey[];
  /** What Entra issues tickets with, by domain of Active Directory. Absent: nobody has set it up. */
  readonly kerberosDomains?: readonly KerberosDomain[];
  /** FIDO2 security keys of its users. */
  readonly securityKeys?: readonly SecurityKey[];
  /** Custom domain names that something is known of; absent: none, and every suffix counts as verified. */
  readonly domains?: readonly TenantDomain[];
  /** What stands behind the @ where a suffix was not verified: `corp.onmicrosoft.com`. */
  readonly initialDomain?: string;
  /** What the tenant has bought; absent: P1, as any that has devices written back. */
  readonly licence?: Licence;
  /** Nonces and primary refresh tokens; absent: none was given away. */
  readonly issued?: IssuedTokens;
  /** Computers that have not registered themselves yet, and those that have. */
  readonly computers?: readonly SynchronizedComputer[];
}

/** Names compare without case. */
export function userNamed(tenant: Tenant, name: string): TenantUser | undefined {
  const wanted = name.toLowerCase();
  return tenant.users.find((user) => user.userPrincipalName.toLowerCase() === wanted);
}

/** @param domainDnsName `corp.example`; upper case counts for nothing */
export function kerberosDomainOf(
  { kerberosDomains = [] }: Tenant,
  domainDnsName: string,
): KerberosDomain | undefined {
  const wanted = domainDnsName.toLowerCase();
  return kerberosDomains.find((domain) => domain.domainDnsName.toLowerCase() === wanted);
}

export function deviceWithId(tenant: Tenant, deviceId: string): TenantDevice | undefined {
  const wanted = deviceId.toLowerCase();
  return tenant.devices.find((device) => device.deviceId.toLowerCase() === wanted);
}

/** A device as it has just been registered; what was there under its identifier is gone, with its keys. */
export function withDevice(tenant: Tenant, device: TenantDevice): Tenant {
  const isOther = ({ deviceId }: { readonly deviceId: string }) => deviceId !== device.deviceId;
  return {
    ...tenant,
    devices: [...tenant.devices.filter(isOther), device],
    keys: tenant.keys.filter(isOther),
  };
}

/** A user has one key on a device: another takes its place. */
export function withKey(tenant: Tenant, key: TenantKey): Tenant {
  const others = tenant.keys.filter((known) => !samePlace(known, key));
  return { ...tenant, keys: [...others, key] };
}

function samePlace(a: TenantKey, b: TenantKey): boolean {
  return (
    a.userPrincipalName.toLowerCase() === b.userPrincipalName.toLowerCase() &&
    a.deviceId === b.deviceId
  );
}

/** Removes the keys of a user, on one device or on all; how many there were. */
export function withoutKeys(
  tenant: Tenant,
  userPrincipalName: string,
  deviceId?: string,
): { readonly tenant: Tenant; readonly removed: number } {
  const wanted = userPrincipalName.toLowerCase();
  const keys = tenant.keys.filter(
    (key) =>
      key.userPrincipalName.toLowerCase() !== wanted ||
      (deviceId !== undefined && key.deviceId !== deviceId),
  );
  return { tenant: { ...tenant, keys }, removed: tenant.keys.length - keys.length };
}

/** A user as a cycle brings it from Active Directory. */
export interface ExportedUser {
  readonly userPrincipalName: string;
  readonly onPremisesSecurityIdentifier: string;
  readonly onPremisesImmutableId: string;
  readonly onPremisesSamAccountName: string;
  readonly accountEnabled: boolean;
}

/**
 * Users are matched by objectGUID, else by SID (those that were there before the story). A name that
 * somebody else has is refused.
 */
export function withExported(
  tenant: Tenant,
  exported: readonly ExportedUser[],
): { readonly tenant: Tenant; readonly refused: readonly string[] } {
  const users = [...tenant.users];
  const refused: string[] = [];
  let { keys } = tenant;
  for (const brought of exported) {
    const userPrincipalName = nameInTenant(tenant, brought.userPrincipalName);
    const one = { ...brought, userPrincipalName };
    const at = users.findIndex(
      (user) =>
        user.onPremisesImmutableId === one.onPremisesImmutableId ||
        user.onPremisesSecurityIdentifier === one.onPremisesSecurityIdentifier,
    );
    const name = one.userPrincipalName.toLowerCase();
    const other = users.findIndex((user) => user.userPrincipalName.toLowerCase() === name);
    if (other >= 0 && other !== at) refused.push(one.userPrincipalName);
    else if (at < 0) users.push({ ...one, mfa: 'satisfied' });
    else {
      const known = users[at] as TenantUser;
      users[at] = { ...known, ...one };
      keys = keys.map((key) =>
        key.userPrincipalName === known.userPrincipalName
          ? { ...key, userPrincipalName: one.userPrincipalName }
          : key,
      );
    }
  }
  return { tenant: { ...tenant, users, keys }, refused };
}

/** What the device object in Active Directory is found by (MS-DVRJ 2.3.3). @param publicKeyDigest SHA-256 */
export function alternativeSecurityId(thumbprint: string, publicKeyDigest: Uint8Array): string {
  return `X509:<SHA1-TP-PUBKEY>${thumbprint.toUpperCase()}+${toBase64(publicKeyDigest)}`;
}
