/** What a device is to Entra: its id, its tenant. */
import type { Scene } from '../../src/scenario/role.ts';
import { formatGuid } from '../directory/dn.ts';
import type { DeviceFields } from './fields.ts';

export function deviceIdOf(scene: Scene, name: string, { deviceId }: DeviceFields): string {
  return deviceId?.toLowerCase() ?? randomGuid(scene.random(`device/${name}`)(16));
}

/** The tenant that the cast has; in a cast without one, a number that follows from the seed. */
export function tenantIdOf(scene: Scene): string {
  for (const { role, config } of Object.values(scene.actors)) {
    const tenantId = (config as { readonly tenantId?: unknown }).tenantId;
    if (role === 'entra-tenant' && typeof tenantId === 'string') return tenantId.toLowerCase();
  }
  return randomGuid(scene.random('tenant')(16));
}

/** RFC 9562 version 4. */
export function randomGuid(octets: Uint8Array): string {
  const guid = Uint8Array.from(octets);
  guid[7] = ((guid[7] as number) & 0x0f) | 0x40;
  guid[8] = ((guid[8] as number) & 0x3f) | 0x80;
  return formatGuid(guid);
}
