/** Where new key pairs come from: a seed, so that a run can be repeated, or chance. */

import { generateKeyPairSync } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { plain } from '../crypto/digest.ts';
import { ecKeyPair, type KeyPair, rsaKeyPair } from '../crypto/key-pair.ts';
import { cachedKeyPair } from './key-cache.ts';

/** As `KeyAlgorithm` of the machine's effects has them. */
export type KeyKind = `RSA-${number}` | 'P-256' | 'P-384' | 'P-521';

/** The key pair of that name; the same name need not give the same pair twice. */
export type KeyMaker = (name: string, kind: KeyKind) => KeyPair;

/** Made in this process: a sweep builds the same cast hundreds of times. */
const made = new Map<string, KeyPair>();
const MOST_MADE = 4096;

/** Seeded keys of this user, kept between runs: `$XDG_CACHE_HOME/kerblab/keys`. */
export function keyFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kerblab', 'keys');
}

/** Keys that follow from seed, name and kind alone. */
export function seededKeys(seed: number | string, folder: string = keyFolder()): KeyMaker {
  return (name, kind) => {
    const id = `${seed}\n${kind}\n${name}`;
    let pair = made.get(id);
    if (pair === undefined) {
      const make = (): KeyPair =>
        isCurve(kind) ? ecKeyPair(seed, name, kind) : rsaKeyPair(seed, name, bitsOf(kind));
      // Keys on curves are found at once.
      pair = isCurve(kind) ? make() : cachedKeyPair(folder, id, make);
      if (made.size >= MOST_MADE) made.clear();
      made.set(id, pair);
    }
    return pair;
  };
}

/** Keys that nobody can make again, for servers that real clients trust. */
export function chanceKeys(): KeyMaker {
  return (_, kind) => {
    const { privateKey, publicKey } = isCurve(kind)
      ? generateKeyPairSync('ec', { namedCurve: kind })
      : generateKeyPairSync('rsa', { modulusLength: bitsOf(kind) });
    return {
      pkcs8: plain(privateKey.export({ format: 'der', type: 'pkcs8' })),
      spki: plain(publicKey.export({ format: 'der', type: 'spki' })),
    };
  };
}

type CurveKind = Exclude<KeyKind, `RSA-${number}`>;

function isCurve(kind: KeyKind): kind is CurveKind {
  return kind.startsWith('P-');
}

function bitsOf(kind: KeyKind): number {
  return Number(kind.slice('RSA-'.length));
}
