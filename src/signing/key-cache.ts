/** Seeded keys on disk: an RSA key takes a hundred milliseconds to find and one to read. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyPair, keyPairOf } from '../crypto/key-pair.ts';

/**
 * The key pair that `make` makes, from `folder` when it was made before. `id` must say all that the
 * key depends on: kind, seed, label. A file that holds no key is made anew. A folder that cannot
 * be written only costs time: the key is the same.
 */
export function cachedKeyPair(folder: string, id: string, make: () => KeyPair): KeyPair {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  const file = join(folder, `${name}.p8`);
  const found = readKeyPair(file);
  if (found !== undefined) return found;
  const made = make();
  try {
    mkdirSync(folder, { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, made.pkcs8, { mode: 0o600 });
    renameSync(partial, file); // whole or not at all, whoever else writes it
  } catch {
    // made again next time
  }
  return made;
}

function readKeyPair(file: string): KeyPair | undefined {
  try {
    return keyPairOf(new Uint8Array(readFileSync(file)));
  } catch {
    return undefined; // not there, or cut short by a full disk
  }
}
