/** What a device is to Entra: its id, its tenant, and since its registration two keys and a certificate. */
import type { Scene } from '../../src/scenario/role.ts';
import { formatGuid } from '../directory/dn.ts';
import { DEVICE_SIGNATURE, deviceCertificateDraft } from '../entra/device-registration-service.ts';
import { isKnownToEntra } from '../hello/gestures.ts';
import type { Certificate } from '../x509/certificate.ts';
import { signedCertificate } from '../x509/issue.ts';
import type { DeviceFields } from './fields.ts';
import { certificateOf, serialNumber } from './pki-cast.ts';

export function deviceIdOf(scene: Scene, name: string, { deviceId }: DeviceFields): string {
  return deviceId?.toLowerCase() ?? randomGuid(scene.random(`device/${name}`)(16));
}

export const TENANT_ROLE = 'entra-tenant';

/** The tenant that the cast has; in a cast without one, a number that follows from the seed. */
export function tenantIdOf(scene: Scene): string {
  for (const { role, config } of Object.values(scene.actors)) {
    const tenantId = (config as { readonly tenantId?: unknown }).tenantId;
    if (role === TENANT_ROLE && typeof tenantId === 'string') return tenantId.toLowerCase();
  }
  return randomGuid(scene.random('tenant')(16));
}

export interface DeviceIdentity {
  readonly deviceId: string;
  readonly tenantId: string;
  /** Subject `CN=<deviceId>`, issued by the tenant's MS-Organization-Access. */
  readonly certificate: Certificate;
  /** The certificate's key in the signing core. */
  readonly key: string;
  /** What session keys are encrypted to; its public half, SubjectPublicKeyInfo, DER. */
  readonly transportKey: string;
  readonly transportPublicKey: Uint8Array;
}

/** The issuer's key in the signing core. */
export const DEVICE_ISSUER_KEY = 'entra/MS-Organization-Access';

/** Registered so long before the story begins. */
const REGISTERED_BEFORE = 30 * 86_400_000;

const kept = new WeakMap<Scene, Map<string, DeviceIdentity>>();

/** A device as its registration left it; undefined: it is joined to the domain alone, or to nothing. */
export function deviceIdentity(
  scene: Scene,
  name: string,
  config: DeviceFields,
): DeviceIdentity | undefined {
  if (!isKnownToEntra(config.join)) return undefined;
  const known = kept.get(scene) ?? new Map<string, DeviceIdentity>();
  kept.set(scene, known);
  const found = known.get(name) ?? registered(scene, name, config);
  known.set(name, found);
  return found;
}

function registered(scene: Scene, name: string, config: DeviceFields): DeviceIdentity {
  const deviceId = deviceIdOf(scene, name, config);
  const key = `${name}/device`;
  const transportKey = `${name}/transport`;
  scene.key(DEVICE_ISSUER_KEY, 'RSA-2048');
  const publicKey = scene.key(key, 'RSA-2048');
  const serial = serialNumber(scene, key);
  const tbs = deviceCertificateDraft(deviceId, publicKey, serial, scene.start - REGISTERED_BEFORE);
  const signature = scene.sign(DEVICE_ISSUER_KEY, DEVICE_SIGNATURE, tbs);
  return {
    deviceId,
    tenantId: tenantIdOf(scene),
    certificate: certificateOf(signedCertificate(tbs, DEVICE_SIGNATURE, signature)),
    key,
    transportKey,
    transportPublicKey: scene.key(transportKey, 'RSA-2048'),
  };
}

/** RFC 9562 version 4, in the text form of Windows' GUIDs. */
export function randomGuid(octets: Uint8Array): string {
  const guid = Uint8Array.from(octets);
  guid[7] = ((guid[7] as number) & 0x0f) | 0x40;
  guid[8] = ((guid[8] as number) & 0x3f) | 0x80;
  return formatGuid(guid);
}
