/**
 * RC4, for the legacy payloads that still carry it (RFC 4757 Kerberos, MS-NLMP sealing). OpenSSL 3
 * offers it only through its legacy provider, which Node does not load.
 */
export function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  return rc4Stream(rc4Begun(key), data).data;
}

/** Where a key stream stands. Plain data: what follows is a state of its own. */
export interface Rc4State {
  /** The permutation, 256 octets. */
  readonly s: Uint8Array;
  readonly i: number;
  readonly j: number;
}

/** The key schedule. @throws RangeError when the key is empty */
export function rc4Begun(key: Uint8Array): Rc4State {
  if (key.length === 0) throw new RangeError('RC4 needs a key of at least one octet');
  const s = new Uint8Array(256);
  for (let i = 0; i < 256; i++) s[i] = i;
  for (let i = 0, j = 0; i < 256; i++) {
    const a = s[i] as number;
    j = (j + a + (key[i % key.length] as number)) & 0xff;
    s[i] = s[j] as number;
    s[j] = a;
  }
  return { s, i: 0, j: 0 };
}

/** The next octets of the stream over `data`. */
export function rc4Stream(
  state: Rc4State,
  data: Uint8Array,
): { readonly state: Rc4State; readonly data: Uint8Array } {
  const s = state.s.slice();
  let { i, j } = state;
  const out = new Uint8Array(data.length);
  for (let n = 0; n < data.length; n++) {
    i = (i + 1) & 0xff;
    const a = s[i] as number;
    j = (j + a) & 0xff;
    const b = s[j] as number;
    s[i] = b;
    s[j] = a;
    out[n] = (data[n] as number) ^ (s[(a + b) & 0xff] as number);
  }
  return { state: { s, i, j }, data: out };
}
