/**
 * aes128-cts-hmac-sha256-128 (19) and aes256-cts-hmac-sha384-192 (20): RFC 8009. The MAC is over the
 * initial vector and the ciphertext. Windows does not offer them (MS-KILE 3.1.5.2); MIT and Heimdal do.
 */
import { concat, equalSecret, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { BLOCK } from '../../src/crypto/aes.ts';
import { type AesCts, aesCts } from '../../src/crypto/aes-cts.ts';
import { type DigestName, type HmacKey, hmac, hmacKey, pbkdf2 } from '../../src/crypto/digest.ts';
import { octets } from '../../src/crypto/slab.ts';
import { joined, KC, KE, KI, type Mechanism, type Profile, perUsage } from './profile.ts';

const NONE = new Uint8Array(0);
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
  const derivations = inputs(parameters);
  return {
    etype,
    name,
    keyLength,
    confounderLength: BLOCK,
    overhead: BLOCK + mac,
    checksumType: etype, // RFC 8009 section 6 chose equal numbers
    checksumLength: mac,
    iterations: 32768,
    open: (key) => open(key, parameters, derivations),
    stringToKey(password, salt, iterations) {
      const saltp = concat(utf8(name), new Uint8Array(1), salt);
      const tkey = pbkdf2(digest, utf8(password), saltp, iterations, keyLength);
      return hmac(digest, tkey, input(utf8('kerberos'), keyLength)).subarray(0, keyLength);
    },
  };
}

/**
 * What KDF-HMAC-SHA2 of section 3 puts under the key to derive `size` octets: they are never more
 * than one digest, so the counter is always 1.
 */
function input(label: Uint8Array, size: number, context: Uint8Array = NONE): Uint8Array {
  return concat(uint32be(1), label, new Uint8Array(1), context, uint32be(8 * size));
}

/** The inputs for a usage (section 5), which depend on no key. */
function inputs({ keyLength, mac }: Parameters) {
  return perUsage((usage) => {
    const label = (kind: number) => concat(uint32be(usage), new Uint8Array([kind]));
    return {
      ke: input(label(KE), keyLength),
      ki: input(label(KI), mac),
      kc: input(label(KC), mac),
    };
  });
}

interface EncryptionKeys {
  readonly ke: AesCts;
  readonly ki: HmacKey;
}

function open(
  key: Uint8Array,
  { digest, keyLength, mac, prf }: Parameters,
  derivations: ReturnType<typeof inputs>,
): Mechanism {
  const base = hmacKey(digest, key);
  const encryption = perUsage((usage): EncryptionKeys => {
    const { ke, ki } = derivations(usage);
    return { ke: aesCts(base(ke, keyLength)), ki: hmacKey(digest, base(ki, mac)) };
  });
  const kc = perUsage((usage) => hmacKey(digest, base(derivations(usage).kc, mac)));

  return {
    encrypt(usage, plaintext, confounder) {
      const { ke, ki } = encryption(usage);
      const p = joined(confounder, plaintext);
      // The MAC's input is the initial vector, all zero, and then the ciphertext.
      const out = octets(BLOCK + p.length + mac);
      const end = BLOCK + p.length;
      ke.encrypt(p, out, BLOCK);
      out.set(ki(out.subarray(0, end), mac), end);
      return out.subarray(BLOCK);
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
    prf: (data) => base(input(utf8('prf'), prf, data), prf),
  };
}
