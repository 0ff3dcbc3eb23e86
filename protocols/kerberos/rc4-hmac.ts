/**
 * rc4-hmac (23): RFC 4757. Off by default in the KDC's policy; tickets and PACs of older domains
 * carry it still.
 */
import { concat, equalSecret, uint32le, utf8, utf16le } from '../../src/bytes/bytes.ts';
import { digest, type HmacKey, hmac, hmacKey } from '../../src/crypto/digest.ts';
import { md4 } from '../../src/crypto/md4.ts';
import { rc4 } from '../../src/crypto/rc4.ts';
import { joined, type Mechanism, type Profile, perUsage } from './profile.ts';

const CONFOUNDER = 8;
const MAC = 16;
const SIGNATURE_KEY = utf8('signaturekey\0');

export const rc4Hmac: Profile = {
  etype: 23,
  name: 'rc4-hmac',
  keyLength: 16,
  confounderLength: CONFOUNDER,
  overhead: MAC + CONFOUNDER,
  checksumType: -138,
  checksumLength: MAC,
  open,
  stringToKey: (password) => md4(utf16le(password)),
};

/**
 * The message type T of RFC 4757 section 3 for a key usage. The section also maps 9 to 8, which its
 * erratum 1618 takes back and no implementation did: 9 stays 9.
 */
function messageType(usage: number): Uint8Array {
  return uint32le(usage === 3 ? 8 : usage === 23 ? 13 : usage);
}

function open(key: Uint8Array): Mechanism {
  const base = hmacKey('md5', key);
  let ks: HmacKey | undefined;
  const k1 = perUsage((usage): HmacKey => hmacKey('md5', base(messageType(usage))));

  const decrypt = (usage: number, ciphertext: Uint8Array): Uint8Array | undefined => {
    const mac = ciphertext.subarray(0, MAC);
    const mk = k1(usage);
    const p = rc4(mk(mac), ciphertext.subarray(MAC));
    return equalSecret(mk(p), mac) ? p.subarray(CONFOUNDER) : undefined;
  };

  return {
    encrypt(usage, plaintext, confounder) {
      const p = joined(confounder, plaintext);
      const mk = k1(usage);
      const mac = mk(p);
      return concat(mac, rc4(mk(mac), p));
    },
    decrypt(usage, ciphertext) {
      if (ciphertext.length < MAC + CONFOUNDER) return undefined;
      // A peer may have followed the text of RFC 4757 before its erratum: 9 sent as 8.
      return decrypt(usage, ciphertext) ?? (usage === 9 ? decrypt(8, ciphertext) : undefined);
    },
    checksum(usage, data) {
      ks ??= hmacKey('md5', base(SIGNATURE_KEY));
      return ks(hashed(usage, data));
    },
    prf: (data) => hmac('sha1', key, data),
  };
}

/** HMAC-MD5, checksum type -138 (section 4). Keys of any type serve (MS-SFU 2.2.1 does so). */
export function hmacMd5(key: Uint8Array, usage: number, data: Uint8Array): Uint8Array {
  return hmac('md5', hmac('md5', key, SIGNATURE_KEY), hashed(usage, data));
}

/** MD5-HMAC, checksum type -137: the same without a key of its own for signatures. */
export function md5Hmac(key: Uint8Array, usage: number, data: Uint8Array): Uint8Array {
  return hmac('md5', key, hashed(usage, data));
}

function hashed(usage: number, data: Uint8Array): Uint8Array {
  return digest('md5', joined(messageType(usage), data));
}
