/**
 * The part of `serve --export` for a tenant on sockets: who the devices of the cast are to it, with their
 * keys and the Hello keys on them, so that other programs can ask in their names.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deviceIdentity, tenantIdOf } from '../../protocols/actors/device-identity.ts';
import type { DeviceFields } from '../../protocols/actors/fields.ts';
import { keysOnDevice } from '../../protocols/actors/hello-keys.ts';
import { bcryptPublicBlob } from '../../protocols/directory/key-material.ts';
import { pem } from '../../protocols/x509/pem.ts';
import { toBase64 } from '../bytes/base64.ts';
import { digest } from '../crypto/digest.ts';
import type { Scene } from '../scenario/role.ts';
import type { KeyStore } from '../signing/key-store.ts';
import { writeWhole } from '../trace/run-folder.ts';

/** A registered device as it was before the story. */
interface ExportedDevice {
  readonly name: string;
  readonly deviceId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Names of private keys. */
  readonly key: string;
  readonly transportKey: string;
  readonly hello: readonly { readonly user: string; readonly key: string; readonly kid: string }[];
}

function devicesOf(scene: Scene): readonly ExportedDevice[] {
  return Object.entries(scene.actors).flatMap(([name, { role, config }]): ExportedDevice[] => {
    if (role !== 'device') return [];
    const fields = config as DeviceFields;
    const identity = deviceIdentity(scene, name, fields);
    if (identity === undefined) return [];
    const { deviceId, certificate, key, transportKey } = identity;
    const hello = Array.from(keysOnDevice(scene, name, fields), ([user, known]) => ({
      user,
      key: known.key,
      kid: toBase64(digest('sha256', bcryptPublicBlob(known.publicKey))),
    }));
    return [{ name, deviceId, certificate: certificate.der, key, transportKey, hello }];
  });
}

/** For nobody else: there are keys in most of them. */
const PRIVATE = 0o600;

/**
 * `entra/tenant.json`, and a folder a device: `device.pem`, `device.key`, `transport.key`,
 * `hello-alice.key` (PKCS #8).
 * @param url where the tenant listens
 * @throws the system's error when a file cannot be written
 */
export function writeEntra(folder: string, url: string, scene: Scene, keys: KeyStore): void {
  const devices = devicesOf(scene);
  const own = join(folder, 'entra');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const tenant = {
    url,
    tenantId: tenantIdOf(scene),
    devices: devices.map(({ name, deviceId, hello }) => ({
      name,
      deviceId,
      hello: hello.map(({ user, kid }) => ({ user, kid })),
    })),
  };
  writeWhole(join(own, 'tenant.json'), `${JSON.stringify(tenant, null, 2)}\n`, PRIVATE);
  for (const { name, certificate, key, transportKey, hello } of devices) {
    const place = join(own, name);
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeWhole(join(place, 'device.pem'), pem('CERTIFICATE', certificate), PRIVATE);
    writeKey(join(place, 'device.key'), keys, key);
    writeKey(join(place, 'transport.key'), keys, transportKey);
    for (const one of hello) writeKey(join(place, `hello-${one.user}.key`), keys, one.key);
  }
}

function writeKey(file: string, keys: KeyStore, name: string): void {
  const found = keys.find(name);
  if (found === undefined) throw new RangeError(`there is no key ${name}`);
  writeWhole(file, pem('PRIVATE KEY', found.pkcs8), PRIVATE);
}
