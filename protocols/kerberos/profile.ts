/** What RFC 3961 section 3 asks of an encryption type, and of a key opened with it. */

export interface Profile {
  readonly etype: number;
  /** The name of the IANA registry "Kerberos Encryption Type Numbers". */
  readonly name: string;
  /** Octets of a key; the seed of random-to-key has as many for every type here. */
  readonly keyLength: number;
  readonly confounderLength: number;
  /** Octets that a ciphertext has more than its plaintext. */
  readonly overhead: number;
  /** The checksum type that this encryption type must offer, and its octets. */
  readonly checksumType: number;
  readonly checksumLength: number;
  /** PBKDF2 iterations where no parameters are sent; absent: the type takes no parameters. */
  readonly iterations?: number;
  open(key: Uint8Array): Mechanism;
  /** The protocol key of a password; `iterations` is passed over by types that have none. */
  stringToKey(password: string, salt: Uint8Array, iterations: number): Uint8Array;
}

/** One key at work. Keys derived from it are kept, by usage. */
export interface Mechanism {
  /** @param confounder as many random octets as the profile asks for */
  encrypt(usage: number, plaintext: Uint8Array, confounder: Uint8Array): Uint8Array;
  /** Undefined: too short, or the integrity check failed. */
  decrypt(usage: number, ciphertext: Uint8Array): Uint8Array | undefined;
  checksum(usage: number, data: Uint8Array): Uint8Array;
  prf(data: Uint8Array): Uint8Array;
}

/** The last octet of the constants that keys are derived with (RFC 3961 section 5.3). */
export const KE = 0xaa;
export const KI = 0x55;
export const KC = 0x99;

const LONGEST = 16384;
const scratch = new Uint8Array(LONGEST);

/** Confounder and plaintext in one piece, until the next call. */
export function joined(confounder: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const size = confounder.length + plaintext.length;
  const out = size <= LONGEST ? scratch.subarray(0, size) : new Uint8Array(size);
  out.set(confounder);
  out.set(plaintext, confounder.length);
  return out;
}

/**
 * The value for a usage, made when first asked for. A key sees a handful of usages, never chosen by
 * a peer: looking through a list is faster than making a Map for each new session key.
 */
export function perUsage<T>(make: (usage: number) => T): (usage: number) => T {
  const usages: number[] = [];
  const values: T[] = [];
  return (usage) => {
    for (let i = 0; i < usages.length; i++) if (usages[i] === usage) return values[i] as T;
    const value = make(usage);
    usages.push(usage);
    values.push(value);
    return value;
  };
}
