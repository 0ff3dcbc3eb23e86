/** Hello keys that are there when the story begins: asked for by the device that has them and by the directory. */
import type { Scene } from '../../src/scenario/role.ts';
import { type Trust, trustOf } from '../hello/policy.ts';
import { effectivePolicy } from '../hello/policy-sources.ts';
import type { DeviceFields } from './fields.ts';
import type { HelloContainerFields } from './hello-fields.ts';
import { policySourcesOf } from './policy-fields.ts';

export interface CastHelloKey {
  readonly device: string;
  /** What the signing core calls it. */
  readonly key: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly trust: Trust;
  readonly container: HelloContainerFields;
}

/** The name of the Hello key that was the `count`th to be made on a device. */
export function helloKeyName(device: string, user: string, count: number): string {
  return `${device}/hello/${user}/${count}`;
}

/** The keys on one device, by user, in the order of the file. */
export function keysOnDevice(
  scene: Scene,
  device: string,
  config: DeviceFields,
): ReadonlyMap<string, CastHelloKey> {
  const policies = policySourcesOf(config);
  return new Map(
    Object.entries(config.hello).map(([user, container], i): [string, CastHelloKey] => {
      const key = helloKeyName(device, user, i + 1);
      const publicKey = scene.key(key, container.key);
      const certified = container.certificate === undefined ? undefined : 'certificate';
      const trust = container.trust ?? certified ?? trustOf(effectivePolicy(policies, user));
      return [user, { device, key, publicKey, trust, container }];
    }),
  );
}

/** A user's keys on all devices that Active Directory knows when the story begins. */
export function registeredKeys(scene: Scene, user: string): readonly CastHelloKey[] {
  return Object.entries(scene.actors).flatMap(([device, member]) => {
    if (member.role !== 'device') return [];
    const found = keysOnDevice(scene, device, member.config as DeviceFields).get(user);
    return found?.trust === 'key' && found.container.registered ? [found] : [];
  });
}
