/**
 * aes128-cts-hmac-sha1-96 (17) and aes256-cts-hmac-sha1-96 (18): RFC 3962 over the simplified
 * profile of RFC 3961 section 5.3. The MAC is over the plaintext.
 */
import { concat, equalSecret, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { type AesCts, aesBlocks, aesCts } from '../../src/crypto/aes.ts';
import { digest, type HmacKey, hmacKey, pbkdf2 } from '../../src/crypto/digest.ts';
import { nFold } from '../../src/crypto/n-fold.ts';
import { KC, KE, KI, type Mechanism, type Profile, perUsage } from './profile.ts';

const BLOCK = 16;
const MAC = 12;

const PRF = nFold(utf8('prf'), BLOCK);
const KERBEROS = nFold(utf8('kerberos'), BLOCK);

const folded = (usage: number, kind: number) =>
  nFold(concat(uint32be(usage), new Uint8Array([kind])), BLOCK);
/** The n-folded constants of Ke and of Ki, side by side; and of Kc. They depend on no key. */
const encryptionConstants = perUsage((usage) => concat(folded(usage, KE), folded(usage, KI)));
const checksumConstant = perUsage((usage) => folded(usage, KC));

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
      return dk(aesBlocks(tkey), keyLength, KERBEROS)[0] as Uint8Array;
    },
  };
}

/**
 * DK of RFC 3961 section 5.1 for AES (whose random-to-key is the identity): as many blocks
 * E(n), E(E(n)) ... as the key is long. Several constants go through each call together.
 */
function dk(
  encipher: (blocks: Uint8Array) => Uint8Array,
  keyLength: number,
  constants: Uint8Array,
): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let at = 0; at < constants.length; at += BLOCK) keys.push(new Uint8Array(keyLength));
  let blocks = constants;
  for (let at = 0; at < keyLength; at += BLOCK) {
    blocks = encipher(blocks);
    for (const [i, key] of keys.entries()) key.set(blocks.subarray(i * BLOCK, (i + 1) * BLOCK), at);
  }
  return keys;
}

interface EncryptionKeys {
  readonly ke: AesCts;
  readonly ki: HmacKey;
}

function open(key: Uint8Array): Mechanism {
  let blocks: ((blocks: Uint8Array) => Uint8Array) | undefined;
  const derive = (constants: Uint8Array) => {
    blocks ??= aesBlocks(key);
    return dk(blocks, key.length, constants) as [Uint8Array, Uint8Array];
  };
  const encryption = perUsage((usage): EncryptionKeys => {
    const [ke, ki] = derive(encryptionConstants(usage));
    return { ke: aesCts(ke), ki: hmacKey('sha1', ki) };
  });
  const kc = perUsage((usage) => hmacKey('sha1', derive(checksumConstant(usage))[0]));

  return {
    encrypt(usage, plaintext, confounder) {
      const { ke, ki } = encryption(usage);
      const p = concat(confounder, plaintext);
      const out = new Uint8Array(p.length + MAC);
      ke.encrypt(p, out, 0);
      out.set(ki(p, MAC), p.length);
      return out;
    },
    decrypt(usage, ciphertext) {
      const size = ciphertext.length - MAC;
      if (size < BLOCK) return undefined;
      const { ke, ki } = encryption(usage);
      const p = ke.decrypt(ciphertext.subarray(0, size));
      return equalSecret(ki(p, MAC), ciphertext.subarray(size)) ? p.subarray(BLOCK) : undefined;
    },
    checksum: (usage, data) => kc(usage)(data, MAC),
    // RFC 3962 section 3: the hash is cut to whole blocks; one block under DK(key, "prf").
    prf(data) {
      const [kp] = derive(PRF);
      const out = new Uint8Array(BLOCK);
      out.set(aesBlocks(kp)(digest('sha1', data).subarray(0, BLOCK)));
      return out;
    },
  };
}
