/** Diffie-Hellman over the MODP groups that PKINIT names: RFC 2409 §6.2 (2), RFC 3526 §3 (14) and §5 (16). */
import { createDiffieHellman, getDiffieHellman } from 'node:crypto';
import { compare } from '../bytes/bytes.ts';
import { plain } from './digest.ts';
import { integerOf, octetsOf } from './integer.ts';

export type ModpName = 'modp-2' | 'modp-14' | 'modp-16';

export interface ModpGroup {
  readonly name: ModpName;
  readonly bits: number;
  /** Octets of the prime, of public values and of shared secrets. */
  readonly size: number;
  /** All three most significant octet first; p and q fill `size`, g is one octet. */
  readonly p: Uint8Array;
  readonly g: Uint8Array;
  /** (p - 1) / 2: the order of the squares, of which g = 2 makes them all. */
  readonly q: Uint8Array;
}

/** Node's names for them. */
const NODE: Readonly<Record<ModpName, string>> = {
  'modp-2': 'modp2',
  'modp-14': 'modp14',
  'modp-16': 'modp16',
};

export const MODP_NAMES = Object.keys(NODE) as readonly ModpName[];

interface Ready {
  readonly group: ModpGroup;
  /** p - 2, the largest value that a peer may send. */
  readonly most: Uint8Array;
}

const made = new Map<ModpName, Ready>();

function ready(name: ModpName): Ready {
  let found = made.get(name);
  if (found === undefined) {
    const p = plain(getDiffieHellman(NODE[name]).getPrime());
    const size = p.length;
    const prime = integerOf(p);
    const group: ModpGroup = {
      name,
      bits: 8 * size,
      size,
      p,
      g: new Uint8Array([2]),
      q: octetsOf((prime - 1n) / 2n, size),
    };
    found = { group, most: octetsOf(prime - 2n, size) };
    made.set(name, found);
  }
  return found;
}

export function modpGroup(name: ModpName): ModpGroup {
  return ready(name).group;
}

/**
 * Octets of a private exponent: 256 random bits are twice the strength of any of these groups (SP
 * 800-56A section 5.6.1.1.1 asks for 224 bits in group 14), and each bit costs a squaring.
 */
export const MODP_SECRET_SIZE = 40;

/** g^secret mod p, `size` octets. @param secret most significant octet first, not 0 */
export function modpPublic(name: ModpName, secret: Uint8Array): Uint8Array {
  const { group } = ready(name);
  const dh = createDiffieHellman(Buffer.from(group.p), Buffer.from(group.g));
  dh.setPrivateKey(secret);
  return padded(plain(dh.generateKeys()), group.size);
}

/**
 * peer^secret mod p, `size` octets: leading zeros count (RFC 4556 §3.2.3.1). Undefined unless the peer's
 * value lies in 2 .. p - 2 (RFC 2631 §2.1.5).
 */
export function modpShared(
  name: ModpName,
  secret: Uint8Array,
  peer: Uint8Array,
): Uint8Array | undefined {
  const { group, most } = ready(name);
  const value = trimmed(peer);
  if (value.length > group.size || isBelowTwo(value)) return undefined;
  if (compare(padded(value, group.size), most) > 0) return undefined;
  const dh = createDiffieHellman(Buffer.from(group.p), Buffer.from(group.g));
  dh.setPrivateKey(secret);
  return padded(plain(dh.computeSecret(value)), group.size);
}

function isBelowTwo(value: Uint8Array): boolean {
  return value.length === 0 || (value.length === 1 && (value[0] as number) < 2);
}

function trimmed(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length && octets[start] === 0) start++;
  return octets.subarray(start);
}

function padded(octets: Uint8Array, size: number): Uint8Array {
  if (octets.length === size) return octets;
  const out = new Uint8Array(size);
  out.set(octets, size - octets.length);
  return out;
}
