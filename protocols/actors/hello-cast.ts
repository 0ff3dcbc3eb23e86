/** What of Windows Hello is on a device when the story begins: containers, their keys and certificates. */
import type { CastMember, Scene } from '../../src/scenario/role.ts';
import type { StoredCertificate } from '../hello/certificate-store.ts';
import { keyReference } from '../hello/certificate-store.ts';
import {
  type Container,
  type ContainerSettings,
  containerName,
  newContainer,
  settingsFrom,
} from '../hello/container.ts';
import { isInDomain, isKnownToEntra } from '../hello/gestures.ts';
import { pinVerifier, SALT_LENGTH } from '../hello/pin.ts';
import { effectivePolicy } from '../hello/policy-sources.ts';
import { protectionFor } from '../hello/providers.ts';
import { selfSigned, selfSignedDraft, signatureAlgorithmOf } from '../hello/self-signed.ts';
import { accountIdentity } from './account-identity.ts';
import type { AdFsFields } from './ad-fs-fields.ts';
import { members } from './cast-members.ts';
import { computerIdentity } from './computer-identity.ts';
import type { HelloConfig } from './device-hello.ts';
import {
  deviceIdentity,
  deviceIdOf,
  randomGuid,
  TENANT_ROLE,
  tenantIdOf,
} from './device-identity.ts';
import { NOTHING_KEPT } from './device-store.ts';
import type { EntraTenantFields } from './entra-fields.ts';
import type { DeviceFields } from './fields.ts';
import { limitsOf } from './hello-fields.ts';
import { type CastHelloKey, keysOnDevice } from './hello-keys.ts';
import { kdcTrustOf, listSourcesOf } from './kdc-trust-cast.ts';
import { helloHeld } from './pki-certificates.ts';
import { pkinitOptionsOf } from './pkinit-client-fields.ts';
import { policySourcesOf } from './policy-fields.ts';
import { adFsHost } from './service-accounts.ts';

/** Containers were made so long before the story begins. */
const CONTAINER_AGE = 7 * 86_400_000;

export function helloConfig(scene: Scene, name: string, config: DeviceFields): HelloConfig {
  const policies = policySourcesOf(config);
  const tenantId = tenantIdOf(scene);
  const keys = keysOnDevice(scene, name, config);
  const containers = Array.from(keys, ([user, key]) => {
    const policy = effectivePolicy(policies, user);
    return containerOf(scene, user, key, {
      tenantId,
      // A container that is there has something that protects it, whatever policy says today.
      protection: protectionFor(policy, config.tpm) ?? 'software',
      ...settingsFrom(policy),
    });
  });
  return {
    join: config.join,
    tpm: config.tpm,
    policies,
    limits: limitsOf(config.gestureLimits),
    tenantId,
    deviceId: deviceIdOf(scene, name, config),
    kdcTrust: kdcTrustOf(scene, config, isInDomain(config.join)),
    listSources: listSourcesOf(scene, config.realm),
    pkinit: pkinitOptionsOf(config.pkinit),
    ...tenantOf(scene, name, config),
    ...joinsOf(scene, name, config),
    ...federationOf(scene, name, config),
    initial: {
      ...NOTHING_KEPT,
      containers: Object.fromEntries(containers.map((made) => [made.settings.user, made])),
      certificates: containers.flatMap((made) =>
        certificatesOf(scene, made, keys.get(made.settings.user) as CastHelloKey),
      ),
      keys: containers.length,
    },
  };
}

/** Only who has a tenant to ask needs the keys of a registered device. */
function tenantOf(scene: Scene, name: string, config: DeviceFields): Pick<HelloConfig, 'tenant'> {
  const actor = tenantActor(scene);
  if (actor === undefined) return {};
  const identity = deviceIdentity(scene, name, config);
  if (identity === undefined) return {};
  const { key, certificate, transportKey } = identity;
  return { tenant: { actor, device: { key, certificate: certificate.der }, transportKey } };
}

function tenantActor(scene: Scene): string | undefined {
  return Object.keys(scene.actors).find((other) => scene.actors[other]?.role === TENANT_ROLE);
}

/** Who is registered already joins nothing. */
function joinsOf(scene: Scene, name: string, config: DeviceFields): Pick<HelloConfig, 'joins'> {
  const tenant = tenantActor(scene);
  if (tenant === undefined || isKnownToEntra(config.join)) return {};
  const { joinNeedsMfa: needsMfa } = (scene.actors[tenant] as CastMember)
    .config as EntraTenantFields;
  if (config.join === 'none') return { joins: { tenant, needsMfa } };
  const own = computerIdentity(scene, name, config);
  if (own === undefined) return { joins: { tenant, needsMfa } };
  const { sid, key } = own;
  return { joins: { tenant, needsMfa, computer: { sid, key } } };
}

function federationOf(
  scene: Scene,
  name: string,
  config: DeviceFields,
): Pick<HelloConfig, 'federation'> {
  const [first] = members<AdFsFields>(scene, config.realm.toUpperCase(), 'ad-fs');
  const identity = first === undefined ? undefined : deviceIdentity(scene, name, config);
  if (first === undefined || identity === undefined) return {};
  const [actor, fields] = first;
  const { key, certificate, transportKey } = identity;
  const device = { key, certificate: certificate.der };
  return { federation: { actor, host: adFsHost(actor, fields), device, transportKey } };
}

type Common = Pick<
  ContainerSettings,
  'tenantId' | 'protection' | 'pinPolicy' | 'enumeratedForAllUsers'
>;

function containerOf(
  scene: Scene,
  user: string,
  { device, key, publicKey, trust, container }: CastHelloKey,
  common: Common,
): Container {
  const account = accountIdentity(scene, user);
  const random = scene.random(`hello/${user}@${device}`);
  const settings: ContainerSettings = {
    ...common,
    user,
    sid: account?.sid ?? '',
    guid: randomGuid(random(16)),
    upn: account?.upn ?? user,
    trust,
    algorithm: container.key,
    created: scene.start - CONTAINER_AGE,
  };
  const pin = pinVerifier(container.pin.secret, random(SALT_LENGTH));
  return newContainer(settings, { name: key, publicKey }, pin, container.biometrics);
}

/** The one that the key gave itself (key trust), and the one that an authority gave it. */
function certificatesOf(
  scene: Scene,
  container: Container,
  castKey: CastHelloKey,
): readonly StoredCertificate[] {
  const { settings, key } = container;
  const { user, trust } = settings;
  const issued = helloHeld(scene, user, castKey);
  const certificates = [
    ...(trust === 'key' ? [ownCertificate(scene, container)] : []),
    ...(issued === undefined ? [] : [issued.certificate.der]),
  ];
  const privateKey = keyReference('passport', containerName(settings), key);
  const [own, ...chain] =
    issued === undefined ? certificates : [issued.certificate.der, ...issued.chain];
  if (own !== undefined) scene.identity({ name: user, key, certificates: [own, ...chain] });
  return certificates.map((certificate) => ({ user, certificate, privateKey }));
}

function ownCertificate(scene: Scene, container: Container): Uint8Array {
  const { settings, key } = container;
  const draft = selfSignedDraft(container, scene.random(`hello/serial/${key}`)(16));
  const signature = scene.sign(key, signatureAlgorithmOf(settings.algorithm), draft);
  return selfSigned(container, draft, signature);
}
