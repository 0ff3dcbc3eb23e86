/** msDS-SecondaryKrbTgtNumber of the cast's read-only domain controllers: 1 to 65535, one for each. */
import { view } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import type { ReadOnlyControllerFields } from './read-only-fields.ts';

/** What the file says, or what follows from the seed. */
export function secondaryKrbTgtNumber(
  scene: Scene,
  name: string,
  { realm, number }: ReadOnlyControllerFields,
): number {
  return number ?? drawnKrbTgtNumber(scene, name, realm.toUpperCase());
}

/** @param realmName in capitals */
export function drawnKrbTgtNumber(scene: Scene, name: string, realmName: string): number {
  const drawn = scene.random(`msDS-SecondaryKrbTgtNumber/${name}@${realmName}`)(2);
  return (view(drawn).getUint16(0) % 65_535) + 1;
}
