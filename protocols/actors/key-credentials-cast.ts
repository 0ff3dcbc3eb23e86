/** Values of msDS-KeyCredentialLink that are there when the story begins: Hello keys that were synchronised. */
import type { Scene } from '../../src/scenario/role.ts';
import { parseGuid } from '../directory/dn.ts';
import { KeySource, KeyUsage, newKeyCredential } from '../directory/key-credential.ts';
import { dnBinaryText } from '../directory/key-credential-value.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import { deviceIdOf } from './device-identity.ts';
import type { DeviceFields } from './fields.ts';
import { registeredKeys } from './hello-keys.ts';

/** As Entra Connect writes them, a day after the containers were made. */
const REGISTERED_BEFORE = 6 * 86_400_000;

/** @param sAMAccountName of the account, which the values name */
export function keyCredentials(
  scene: Scene,
  user: string,
  sAMAccountName: string,
): readonly string[] {
  return registeredKeys(scene, user).map(({ device, publicKey }) => {
    const config = scene.actors[device]?.config as DeviceFields;
    const deviceId = parseGuid(deviceIdOf(scene, device, config)) as Uint8Array;
    const blob = newKeyCredential({
      keyMaterial: bcryptPublicBlob(publicKey),
      usage: KeyUsage.NGC,
      source: KeySource.AZURE_AD,
      deviceId,
      customKeyInformation: new Uint8Array([1, 0]),
      lastLogon: 'never',
      creationTime: scene.start - REGISTERED_BEFORE,
    });
    return dnBinaryText(blob, sAMAccountName);
  });
}
