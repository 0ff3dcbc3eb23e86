/** Diffie-Hellman over the MODP groups that PKINIT names: RFC 2409 §6.2 (2), RFC 3526 §3 (14) and §5 (16). */
import { createDiffieHellman, type DiffieHellman, getDiffieHellman } from 'node:crypto';
import { compare, fromHex } from '../bytes/bytes.ts';
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

/**
 * The Second Oakley Group's prime. Node has it, too, but looks at any prime that OpenSSL 3 has no name
 * for as if it were new, at each call.
 */
const OAKLEY_2 =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74' +
  '020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437' +
  '4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed' +
  'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff';

/**
 * Octets of a private exponent: twice the strength of the group (SP 800-56A section 5.6.1.1.1), which
 * RFC 7919 appendix A puts at 225 bits for 2,048 and 325 for 4,096. Each bit costs a squaring, and
 * nobody gains by the rest of the 2,047.
 */
const SECRETS: Readonly<Record<ModpName, number>> = { 'modp-2': 32, 'modp-14': 32, 'modp-16': 42 };

export const MODP_NAMES = Object.keys(SECRETS) as readonly ModpName[];

interface Ready {
  readonly group: ModpGroup;
  /** p - 2, the largest value that a peer may send. */
  readonly most: Uint8Array;
  dh?: DiffieHellman;
}

const made = new Map<ModpName, Ready>();

function ready(name: ModpName): Ready {
  let found = made.get(name);
  if (found === undefined) {
    const p = primeOf(name);
    const size = p.length;
    const prime = integerOf(p);
    const q = octetsOf((prime - 1n) / 2n, size);
    const group = { name, bits: 8 * size, size, p, g: new Uint8Array([2]), q };
    found = { group, most: octetsOf(prime - 2n, size) };
    made.set(name, found);
  }
  return found;
}

function primeOf(name: ModpName): Uint8Array {
  if (name === 'modp-2') return fromHex(OAKLEY_2);
  return plain(getDiffieHellman(name === 'modp-14' ? 'modp14' : 'modp16').getPrime());
}

export function modpGroup(name: ModpName): ModpGroup {
  return ready(name).group;
}

/** A private exponent. @param random as `Env` has it */
export function modpSecret(name: ModpName, random: (size: number) => Uint8Array): Uint8Array {
  for (;;) {
    const secret = random(SECRETS[name]);
    if (secret.some((octet) => octet !== 0)) return secret;
  }
}

/**
 * One object a group, given each secret anew. In group 2 that is some 300 times as fast as an object for
 * each agreement (bench `agree`), because making one tests the prime; in the others 1.1 times.
 * `crypto.diffieHellman` with KeyObjects takes 8 times as long in group 14 (same bench): its private
 * exponents are as long as the prime.
 */
function keptObject(name: ModpName): DiffieHellman {
  const found = ready(name);
  found.dh ??= createDiffieHellman(found.group.p, found.group.g);
  return found.dh;
}

/** g^secret mod p, `size` octets. @param secret most significant octet first, not 0 */
export function modpPublic(name: ModpName, secret: Uint8Array): Uint8Array {
  const dh = keptObject(name);
  dh.setPrivateKey(secret);
  return padded(plain(dh.generateKeys()), ready(name).group.size);
}

/**
 * peer^secret mod p, `size` octets: leading zeros count (RFC 4556 §3.2.3.1). Undefined unless the peer's
 * value lies in 2 .. p - 2 (RFC 2631 §2.1.5; p - 1 is of order 2).
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
  const dh = keptObject(name);
  dh.setPrivateKey(secret);
  try {
    return padded(plain(dh.computeSecret(value)), group.size);
  } catch {
    return undefined; // OpenSSL's own opinion of the value: newer ones want it to be a square
  }
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
