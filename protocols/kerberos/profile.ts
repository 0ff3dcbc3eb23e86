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

/** The value for a usage, made when first asked for. Usages are few and never chosen by a peer. */
export function perUsage<T>(make: (usage: number) => T): (usage: number) => T {
  const made = new Map<number, T>();
  return (usage) => {
    let value = made.get(usage);
    if (value === undefined) {
      value = make(usage);
      made.set(usage, value);
    }
    return value;
  };
}
