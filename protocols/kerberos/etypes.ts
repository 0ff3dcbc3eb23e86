/**
 * Encryption and checksums of Kerberos (RFC 3961): keys, what is done with them, and the table of the
 * types that there are. Each type is a {@link Profile} in a file of its own.
 */
import { concat, equalSecret, toHex, utf8 } from '../../src/bytes/bytes.ts';
import { aes128Sha1, aes256Sha1 } from './aes-sha1.ts';
import { aes128Sha256, aes256Sha384 } from './aes-sha2.ts';
import { ANY_KEY, UNKEYED } from './checksums.ts';
import type { Mechanism, Profile } from './profile.ts';
import { rc4Hmac } from './rc4-hmac.ts';
import { iterations, objection } from './string-to-key.ts';

/** The types that work here, strongest first as MS-KILE 3.1.5.2 prefers; then those of RFC 8009. */
export const ETYPES: readonly Profile[] = [
  aes256Sha1,
  aes128Sha1,
  aes256Sha384,
  aes128Sha256,
  rc4Hmac,
];

/** Types that only their name is known of: clients list them, nobody here speaks them. */
const NAMES: readonly (readonly [number, string])[] = [
  [1, 'des-cbc-crc'],
  [2, 'des-cbc-md4'],
  [3, 'des-cbc-md5'],
  [9, 'dsaWithSHA1-CmsOID'],
  [10, 'md5WithRSAEncryption-CmsOID'],
  [11, 'sha1WithRSAEncryption-CmsOID'],
  [12, 'rc2CBC-EnvOID'],
  [13, 'rsaEncryption-EnvOID'],
  [14, 'rsaES-OAEP-ENV-OID'],
  [15, 'des-ede3-cbc-Env-OID'],
  [16, 'des3-cbc-sha1-kd'],
  [24, 'rc4-hmac-exp'],
  [25, 'camellia128-cts-cmac'],
  [26, 'camellia256-cts-cmac'],
  [-128, 'rc4-md4'],
  [-133, 'rc4-hmac-old'],
  [-135, 'rc4-hmac-old-exp'],
];

const profiles = new Map(ETYPES.map((profile) => [profile.etype, profile]));
const byChecksum = new Map(ETYPES.map((profile) => [profile.checksumType, profile]));
const names = new Map([...NAMES, ...ETYPES.map(({ etype, name }) => [etype, name] as const)]);
const numbers = new Map([...names].map(([etype, name]) => [name, etype]));

/** A key of one encryption type. Make one per long-term key and keep it: derived keys hang on it. */
export interface Key {
  readonly etype: number;
  readonly bytes: Uint8Array;
}

/** Identity is the point: the mechanism behind a key holds its derived keys and ciphers. */
class OpenedKey implements Key {
  readonly etype: number;
  readonly bytes: Uint8Array;
  readonly #profile: Profile;
  #mechanism: Mechanism | undefined;

  constructor(profile: Profile, bytes: Uint8Array) {
    this.etype = profile.etype;
    this.bytes = bytes;
    this.#profile = profile;
  }

  static is(key: Key): key is OpenedKey {
    return #mechanism in key;
  }

  open(): Mechanism {
    this.#mechanism ??= this.#profile.open(this.bytes);
    return this.#mechanism;
  }
}

/** Keys that came as plain data (a state read back from a trace). */
const opened = new WeakMap<Key, Mechanism>();

function mechanism(k: Key): Mechanism {
  if (OpenedKey.is(k)) return k.open();
  let found = opened.get(k);
  if (found === undefined) {
    found = profile(k.etype).open(k.bytes);
    opened.set(k, found);
  }
  return found;
}

/** @throws RangeError for types that are not in {@link ETYPES}: ask {@link supported} first. */
function profile(etype: number): Profile {
  const found = profiles.get(etype);
  if (found === undefined) {
    throw new RangeError(
      `etype ${etype} (${etypeName(etype)}) is not one of ${[...profiles.keys()]}`,
    );
  }
  return found;
}

/** @throws RangeError when the type is not supported or wants another number of octets. */
export function key(etype: number, bytes: Uint8Array): Key {
  const type = profile(etype);
  if (bytes.length !== type.keyLength) {
    throw new RangeError(`a key of ${type.name} has ${type.keyLength} octets, not ${bytes.length}`);
  }
  return new OpenedKey(type, bytes);
}

/** The key of an EncryptionKey that a peer sent; undefined when it does not hold together. */
export function keyOf(sent: {
  readonly keytype: number;
  readonly keyvalue: Uint8Array;
}): Key | undefined {
  const type = profiles.get(sent.keytype);
  if (type?.keyLength !== sent.keyvalue.length) return undefined;
  return new OpenedKey(type, sent.keyvalue.slice()); // the message may lie in a larger buffer
}

/** RFC 4120 section 5.2.9 */
export function encryptionKey(k: Key): {
  readonly keytype: number;
  readonly keyvalue: Uint8Array;
} {
  return { keytype: k.etype, keyvalue: k.bytes };
}

/** random-to-key: every type here takes the random octets as they are. */
export function randomToKey(etype: number, bytes: Uint8Array): Key {
  return key(etype, bytes);
}

/** May keys of this type be made here? */
export function supported(etype: number): boolean {
  return profiles.has(etype);
}

/** Octets of a key, and of the random octets that make one. */
export function keyLength(etype: number): number {
  return profile(etype).keyLength;
}

export function confounderLength(etype: number): number {
  return profile(etype).confounderLength;
}

/** The checksum type that goes with an encryption type. */
export function mandatoryChecksum(etype: number): number {
  return profile(etype).checksumType;
}

/** `aes256-cts-hmac-sha1-96`; `etype 99` for numbers without a name. */
export function etypeName(etype: number): string {
  return names.get(etype) ?? `etype ${etype}`;
}

export function etypeByName(name: string): number | undefined {
  return numbers.get(name);
}

/** `hmac-sha1-96-aes256`; `cksumtype 99` for numbers without a name. */
export function checksumName(cksumtype: number): string {
  return (
    CHECKSUM_NAMES.get(cksumtype) ??
    UNKEYED.get(cksumtype)?.name ??
    ANY_KEY.get(cksumtype)?.name ??
    `cksumtype ${cksumtype}`
  );
}

const CHECKSUM_NAMES = new Map([
  [12, 'hmac-sha1-des3-kd'],
  [15, 'hmac-sha1-96-aes128'],
  [16, 'hmac-sha1-96-aes256'],
  [19, 'hmac-sha256-128-aes128'],
  [20, 'hmac-sha384-192-aes256'],
  [0x8003, 'gss-checksum'], // RFC 4121 section 4.1.1: not a checksum at all
]);

/**
 * The EncryptedData.cipher of `plaintext`.
 * @param usage key usage number (RFC 4120 section 7.5.1)
 * @param confounder random, {@link confounderLength} octets
 */
export function encrypt(
  k: Key,
  usage: number,
  plaintext: Uint8Array,
  confounder: Uint8Array,
): Uint8Array {
  const wanted = profile(k.etype).confounderLength;
  if (confounder.length !== wanted) {
    throw new RangeError(`the confounder has ${confounder.length} octets, not ${wanted}`);
  }
  return mechanism(k).encrypt(usage, plaintext, confounder);
}

/** The plaintext, or undefined when the integrity check fails: wrong key, usage or octets. */
export function decrypt(k: Key, usage: number, ciphertext: Uint8Array): Uint8Array | undefined {
  return mechanism(k).decrypt(usage, ciphertext);
}

/**
 * The checksum of `data`; with a type that needs no key, the key and the usage are passed over.
 * @throws RangeError when the checksum type does not go with the key.
 */
export function checksum(
  k: Key,
  usage: number,
  data: Uint8Array,
  cksumtype: number = mandatoryChecksum(k.etype),
): Uint8Array {
  const computed = compute(cksumtype, k, usage, data);
  if (typeof computed === 'string') {
    throw new RangeError(`${checksumName(cksumtype)} under ${etypeName(k.etype)}: ${computed}`);
  }
  return computed;
}

/**
 * `unknown-type`: no such checksum type here (KDC_ERR_SUMTYPE_NOSUPP). `wrong-key`: the type wants a
 * key of another encryption type, or one at all (KRB_AP_ERR_INAPP_CKSUM). `wrong`: KRB_AP_ERR_MODIFIED.
 */
export type ChecksumOutcome = 'ok' | 'wrong' | 'wrong-key' | 'unknown-type';

/** Compares in constant time. Types without a key can be `ok`: see {@link checksumKeyed}. */
export function verifyChecksum(
  cksumtype: number,
  k: Key | undefined,
  usage: number,
  data: Uint8Array,
  expected: Uint8Array,
): ChecksumOutcome {
  const computed = compute(cksumtype, k, usage, data);
  if (typeof computed === 'string') return computed;
  return equalSecret(computed, expected) ? 'ok' : 'wrong';
}

/** Is a key needed to make such a checksum? Unkeyed ones prove nothing about who made them. */
export function checksumKeyed(cksumtype: number): boolean {
  return byChecksum.has(cksumtype) || ANY_KEY.has(cksumtype);
}

function compute(
  cksumtype: number,
  k: Key | undefined,
  usage: number,
  data: Uint8Array,
): Uint8Array | 'wrong-key' | 'unknown-type' {
  if (k !== undefined && profiles.get(k.etype)?.checksumType === cksumtype) {
    return mechanism(k).checksum(usage, data);
  }
  const anyKey = ANY_KEY.get(cksumtype);
  if (anyKey !== undefined) {
    return k === undefined ? 'wrong-key' : anyKey.compute(k.bytes, usage, data);
  }
  const unkeyed = UNKEYED.get(cksumtype);
  if (unkeyed !== undefined) return unkeyed.compute(data);
  return byChecksum.has(cksumtype) ? 'wrong-key' : 'unknown-type';
}

/** The pseudo-random function of the key's type; its length is the type's own. */
export function prf(k: Key, data: Uint8Array): Uint8Array {
  return mechanism(k).prf(data);
}

/** PRF+ of RFC 6113 section 5.1: `size` octets. */
export function prfPlus(k: Key, data: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let made = 0;
  for (let count = 1; made < size; count++) {
    if (count > 255) throw new RangeError(`PRF+ counts to 255, too few for ${size} octets`);
    const part = prf(k, concat(new Uint8Array([count]), data));
    parts.push(part);
    made += part.length;
  }
  return concat(...parts).subarray(0, size);
}

/** KRB-FX-CF2 of RFC 6113 section 5.1: a key of the first key's type. Peppers are ASCII text. */
export function cf2(k1: Key, k2: Key, pepper1: string, pepper2: string): Key {
  const size = keyLength(k1.etype);
  const out = prfPlus(k1, utf8(pepper1), size).slice();
  const other = prfPlus(k2, utf8(pepper2), size);
  for (let i = 0; i < size; i++) out[i] = (out[i] as number) ^ (other[i] as number);
  return randomToKey(k1.etype, out);
}

/**
 * The key of a password. Ill-formed UTF-16, which machine passwords have, becomes U+FFFD (MS-KILE
 * 3.1.1.2).
 * @param params s2kparams of ETYPE-INFO2; ask {@link paramsObjection} about those of a peer
 * @throws RangeError for unsupported types and parameters that cannot be followed.
 */
export function stringToKey(
  etype: number,
  password: string,
  salt: string | Uint8Array,
  params?: Uint8Array,
): Key {
  const type = profile(etype);
  const counted = iterations(type, params);
  if (!counted.ok) throw new RangeError(counted.reason);
  const octets = typeof salt === 'string' ? utf8(salt) : salt;
  const name = `${etype} ${counted.iterations} ${toHex(octets)} ${password}`;
  let made = ofPasswords.get(name);
  if (made === undefined) {
    made = new OpenedKey(type, type.stringToKey(password, octets, counted.iterations));
    if (ofPasswords.size >= MOST_KEPT) ofPasswords.clear();
    ofPasswords.set(name, made);
  }
  return made;
}

/**
 * Keys by all that they were made of. Client and KDC of one world ask for the same, and so do all
 * worlds of a sweep over seeds, while PBKDF2 takes milliseconds.
 */
const ofPasswords = new Map<string, Key>();
const MOST_KEPT = 1024;

/**
 * Why not to make a key with s2kparams that came over the network: they cannot be followed, would
 * take too long, or ask for fewer iterations than usual. Undefined: go on.
 */
export function paramsObjection(etype: number, params: Uint8Array | undefined): string | undefined {
  return objection(profile(etype), params);
}
