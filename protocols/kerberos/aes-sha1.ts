/**
 * aes128-cts-hmac-sha1-96 (17) and aes256-cts-hmac-sha1-96 (18): RFC 3962 over the simplified
 * profile of RFC 3961 section 5.3. The MAC is over the plaintext.
 */
import { concat, equalSecret, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { type AesCbc, aesCbc, BLOCK } from '../../src/crypto/aes.ts';
import { type AesCts, aesCts } from '../../src/crypto/aes-cts.ts';
import { digest, type HmacKey, hmacKey, pbkdf2 } from '../../src/crypto/digest.ts';
import { nFold } from '../../src/crypto/n-fold.ts';
import { octets } from '../../src/crypto/slab.ts';
import { joined, KC, KE, KI, type Mechanism, type Profile, perUsage } from './profile.ts';

const MAC = 12;

const PRF = padded(nFold(utf8('prf'), BLOCK));
const KERBEROS = padded(nFold(utf8('kerberos'), BLOCK));

/**
 * Of the n-folded constants of RFC 3961 section 5.3, and a block of zeros behind each: they depend on
 * no key.
 */
const constants = perUsage((usage) => {
  const folded = (kind: number) => nFold(concat(uint32be(usage), new Uint8Array([kind])), BLOCK);
  return { ke: padded(folded(KE)), ki: padded(folded(KI)), kc: padded(folded(KC)) };
});

function padded(block: Uint8Array): Uint8Array {
  return concat(block, new Uint8Array(BLOCK));
}

export const aes128Sha1 = profile(17, 'aes128-cts-hmac-sha1-96', 16, 15);
export const aes256Sha1 = profile(18, 'aes256-cts-hmac-sha1-96', 32, 16);

function profile(etype: number, name: string, keyLength: number, checksumType: number): Profile {
  return {
    etype,
    name,
    keyLength,
    confounderLength: BLOCK,
    overhead: BLOCK + MAC,
    checksumType,
    checksumLength: MAC,
    iterations: 4096,
    open,
    stringToKey(password, salt, iterations) {
      const tkey = pbkdf2('sha1', utf8(password), salt, iterations, keyLength);
      return dk(aesCbc(tkey), keyLength, KERBEROS);
    },
  };
}

/**
 * DK of RFC 3961 section 5.1 for AES, whose random-to-key is the identity: the blocks E(n), E(E(n)).
 * That is CBC over n and a block of zeros.
 */
function dk(base: AesCbc, keyLength: number, constant: Uint8Array): Uint8Array {
  return base.encrypt(constant.subarray(0, keyLength)).slice(0, keyLength);
}

interface EncryptionKeys {
  readonly ke: AesCts;
  readonly ki: HmacKey;
}

function open(key: Uint8Array): Mechanism {
  const base = aesCbc(key);
  const derive = (constant: Uint8Array) => dk(base, key.length, constant);
  const encryption = perUsage((usage): EncryptionKeys => {
    const { ke, ki } = constants(usage);
    return { ke: aesCts(derive(ke)), ki: hmacKey('sha1', derive(ki)) };
  });
  const kc = perUsage((usage) => hmacKey('sha1', derive(constants(usage).kc)));
  let kp: AesCbc | undefined;

  return {
    encrypt(usage, plaintext, confounder) {
      const { ke, ki } = encryption(usage);
      const p = joined(confounder, plaintext);
      const out = octets(p.length + MAC);
      ke.encrypt(p, out, 0);
      out.set(ki(p, MAC), p.length);
      return out;
    },
    decrypt(usage, ciphertext) {
      const size = ciphertext.length - MAC;
      if (size < BLOCK) return undefined;
      const { ke, ki } = encryption(usage);
      const p = octets(size);
      ke.decrypt(ciphertext.subarray(0, size), p);
      return equalSecret(ki(p, MAC), ciphertext.subarray(size)) ? p.subarray(BLOCK) : undefined;
    },
    checksum: (usage, data) => kc(usage)(data, MAC),
    // RFC 3962 section 3: the hash is cut to whole blocks; one block under DK(key, "prf").
    prf(data) {
      kp ??= aesCbc(derive(PRF));
      return kp.encrypt(digest('sha1', data).subarray(0, BLOCK)).slice(0, BLOCK);
    },
  };
}
