/** Who the cmdlets of Entra Kerberos may sign in as: administrators of the realm's tenant, and its users. */
import type { Scene } from '../../src/scenario/role.ts';
import { accountIdentity } from './account-identity.ts';
import { members } from './cast-members.ts';
import { TENANT_ROLE, tenantIdOf } from './device-identity.ts';
import type { EntraTenantFields } from './entra-fields.ts';
import type { UserConfig } from './fields.ts';
import type { Cloud } from './kerberos-server-cmdlets.ts';
import { type CloudAccount, cloudAdministrator } from './tenant-cast.ts';

/** Undefined: the cast has no tenant of the realm's users. */
export function cloudOf(scene: Scene, realm: string): Cloud | undefined {
  const realmName = realm.toUpperCase();
  const [tenant] = members<EntraTenantFields>(scene, realmName, TENANT_ROLE);
  if (tenant === undefined) return undefined;
  const [actor, config] = tenant;
  const people = members<UserConfig>(scene, realmName, 'user').flatMap(
    ([name, { password }]): readonly CloudAccount[] => {
      const identity = accountIdentity(scene, name);
      return identity === undefined ? [] : [{ username: identity.upn, password: password.secret }];
    },
  );
  const accounts = [cloudAdministrator(scene, config.realm), ...people];
  return { tenant: actor, tenantId: tenantIdOf(scene), accounts };
}
