/**
 * aes128-cts-hmac-sha256-128 (19) and aes256-cts-hmac-sha384-192 (20): RFC 8009. The MAC is over the
 * initial vector and the ciphertext. Windows does not offer them (MS-KILE 3.1.5.2); MIT and Heimdal do.
 */
import { concat, equalSecret, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { BLOCK } from '../../src/crypto/aes.ts';
import { type AesCts, aesCts } from '../../src/crypto/aes-cts.ts';
import { type DigestName, type HmacKey, hmacKey, pbkdf2 } from '../../src/crypto/digest.ts';
import { octets } from '../../src/crypto/slab.ts';
import { joined, KC, KE, KI, type Mechanism, type Profile, perUsage } from './profile.ts';

const ZERO = new Uint8Array(BLOCK);

interface Parameters {
  readonly digest: DigestName;
  readonly keyLength: number;
  /** Octets of the MAC, of Ki and of Kc. */
  readonly mac: number;
  readonly prf: number;
}

export const aes128Sha256 = profile(19, 'aes128-cts-hmac-sha256-128', {
  digest: 'sha256',
  keyLength: 16,
  mac: 16,
  prf: 32,
});
export const aes256Sha384 = profile(20, 'aes256-cts-hmac-sha384-192', {
  digest: 'sha384',
  keyLength: 32,
  mac: 24,
  prf: 48,
});

function profile(etype: number, name: string, parameters: Parameters): Profile {
  const { digest, keyLength, mac } = parameters;
  return {
    etype,
    name,
    keyLength,
    confounderLength: BLOCK,
    overhead: BLOCK + mac,
    checksumType: etype, // RFC 8009 section 6 chose equal numbers
    checksumLength: mac,
    iterations: 32768,
    open: (key) => open(key, parameters),
    stringToKey(password, salt, iterations) {
      const saltp = concat(utf8(name), new Uint8Array(1), salt);
      const tkey = pbkdf2(digest, utf8(password), saltp, iterations, keyLength);
      return kdf(hmacKey(digest, tkey), utf8('kerberos'), keyLength);
    },
  };
}

/** KDF-HMAC-SHA2 of section 3; the result is never longer than one digest, so one block is all. */
function kdf(key: HmacKey, label: Uint8Array, size: number, context?: Uint8Array): Uint8Array {
  const none = new Uint8Array(0);
  const input = concat(uint32be(1), label, new Uint8Array(1), context ?? none, uint32be(8 * size));
  return key(input, size);
}

const label = (usage: number, kind: number) => concat(uint32be(usage), new Uint8Array([kind]));

interface EncryptionKeys {
  readonly ke: AesCts;
  readonly ki: HmacKey;
}

function open(key: Uint8Array, { digest, keyLength, mac, prf }: Parameters): Mechanism {
  const base = hmacKey(digest, key);
  const encryption = perUsage(
    (usage): EncryptionKeys => ({
      ke: aesCts(kdf(base, label(usage, KE), keyLength)),
      ki: hmacKey(digest, kdf(base, label(usage, KI), mac)),
    }),
  );
  const kc = perUsage((usage) => hmacKey(digest, kdf(base, label(usage, KC), mac)));

  return {
    encrypt(usage, plaintext, confounder) {
      const { ke, ki } = encryption(usage);
      const p = joined(confounder, plaintext);
      // The MAC's input is the initial vector, all zero, and then the ciphertext.
      const input = octets(BLOCK + p.length + mac);
      const end = BLOCK + p.length;
      ke.encrypt(p, input, BLOCK);
      input.set(ki(input.subarray(0, end), mac), end);
      return input.subarray(BLOCK);
    },
    decrypt(usage, ciphertext) {
      const size = ciphertext.length - mac;
      if (size < BLOCK) return undefined;
      const { ke, ki } = encryption(usage);
      const c = ciphertext.subarray(0, size);
      if (!equalSecret(ki(joined(ZERO, c), mac), ciphertext.subarray(size))) return undefined;
      const p = octets(size);
      ke.decrypt(c, p);
      return p.subarray(BLOCK);
    },
    checksum: (usage, data) => kc(usage)(data, mac),
    prf: (data) => kdf(base, utf8('prf'), prf, data),
  };
}
