/**
 * The domain names of a tenant: which user principal names its users may have, and who checks their
 * passwords. A suffix that was not verified counts for nothing: Entra puts its own in its place.
 */
import type { Tenant } from './tenant.ts';

/** A custom domain name, as an administrator sees it. */
export interface TenantDomain {
  /** Lower case. */
  readonly name: string;
  /** Its owner has shown, by a record in DNS, that it is theirs. */
  readonly verified: boolean;
  /** Managed: Entra has the hashes; federated: AD FS is asked. */
  readonly authentication: 'managed' | 'federated';
}

/** Lower case; empty when there is no suffix. */
function suffixOf(userPrincipalName: string): string {
  return userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase();
}

/**
 * The name that a user of Active Directory has in the tenant. Domains that nobody spoke of count as
 * verified.
 */
export function nameInTenant(
  { domains = [], initialDomain }: Pick<Tenant, 'domains' | 'initialDomain'>,
  userPrincipalName: string,
): string {
  const suffix = suffixOf(userPrincipalName);
  const domain = domains.find(({ name }) => name === suffix);
  if (initialDomain === undefined || domain?.verified !== false) return userPrincipalName;
  const prefix = userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@'));
  return `${prefix}@${initialDomain}`;
}

/** Whether the passwords of a user are for AD FS alone to check. */
export function isFederated({ domains = [] }: Tenant, userPrincipalName: string): boolean {
  const suffix = suffixOf(userPrincipalName);
  return domains.some(
    ({ name, verified, authentication }) =>
      name === suffix && verified && authentication === 'federated',
  );
}

/** Why a password is not taken there: WS-Trust, by which AD FS would be asked, is not simulated. */
export function federated(username: string): string {
  return `the domain of ${username} is federated: AD FS would have to check the password`;
}
