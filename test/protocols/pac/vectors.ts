/** Octets of `test/vectors` that the tests of this folder share. */
import { readFileSync } from 'node:fs';
import { fromHex } from '../../../src/bytes/bytes.ts';
import { root } from '../../root.ts';

export function vector(path: string): Uint8Array {
  return fromHex(readFileSync(root('test/vectors', `${path}.hex`), 'utf8'));
}
