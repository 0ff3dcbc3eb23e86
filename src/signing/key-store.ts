/** Private keys by name. They are kept as PKCS#8, which can be sent to a worker or written to disk. */

export interface SigningKey {
  readonly name: string;
  /** PrivateKeyInfo (RFC 5208), DER. */
  readonly pkcs8: Uint8Array;
}

export interface KeyStore {
  /** Takes a key, in place of one of that name. */
  put(name: string, pkcs8: Uint8Array): void;
  find(name: string): SigningKey | undefined;
  /** Forgets a key, if there is one of that name. */
  remove(name: string): void;
  names(): readonly string[];
}

export function keyStore(): KeyStore {
  const keys = new Map<string, SigningKey>();
  return {
    put: (name, pkcs8) => void keys.set(name, { name, pkcs8 }),
    find: (name) => keys.get(name),
    remove: (name) => void keys.delete(name),
    names: () => [...keys.keys()],
  };
}
