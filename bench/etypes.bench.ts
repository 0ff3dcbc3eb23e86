/** Encryption and checksums of RFC 3961's types, keys old and new; node:crypto's usual calls beside. */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { cf2, checksum, decrypt, ETYPES, encrypt, key, prf } from '../protocols/kerberos/etypes.ts';
import { equal } from '../src/bytes/bytes.ts';
import { aesCts } from '../src/crypto/aes-cts.ts';
import { hmacKey } from '../src/crypto/digest.ts';
import { pooledRandom, seededRandom } from '../src/crypto/random.ts';
import type { Bench } from './suite.ts';

export const name = 'etypes';

/** An authenticator or timestamp, a ticket without PAC, a ticket with PAC. */
const SIZES = [64, 256, 1088] as const;
const octets = seededRandom(1, 'bench/etypes');

export function suite(bench: Bench): void {
  buildingBlocks(bench);
  for (const { etype, name: type, keyLength, confounderLength } of ETYPES) {
    const k = key(etype, octets(keyLength));
    const confounder = octets(confounderLength);
    const session = octets(keyLength);
    for (const size of SIZES) {
      const plaintext = octets(size);
      const ciphertext = encrypt(k, 2, plaintext, confounder);
      if (!equal(decrypt(k, 2, ciphertext) ?? new Uint8Array(0), plaintext)) {
        throw new Error(`${type} does not decrypt what it encrypts`);
      }
      bench.add(`${type} encrypt ${size}`, () => encrypt(k, 2, plaintext, confounder));
      bench.add(`${type} decrypt ${size}`, () => decrypt(k, 2, ciphertext));
      bench.add(`${type} checksum ${size}`, () => checksum(k, 17, plaintext));
    }
    const authenticator = encrypt(key(etype, session), 7, octets(150), confounder);
    const reply = octets(256);
    bench.add(`${type} new session key: decrypt 150, checksum 200, encrypt 256`, () => {
      const fresh = key(etype, session);
      decrypt(fresh, 7, authenticator);
      checksum(fresh, 6, reply);
      return encrypt(fresh, 8, reply, confounder);
    });
    bench.add(`${type} PRF`, () => prf(k, session));
    bench.add(`${type} CF2`, () => cf2(k, k, 'subkeyarmor', 'ticketarmor'));
  }
}

function buildingBlocks(bench: Bench): void {
  const iv = new Uint8Array(16);
  const k = octets(32);
  for (const size of SIZES) {
    const data = octets(size);
    const kept = hmacKey('sha1', k);
    const kept384 = hmacKey('sha384', k);
    const cts = aesCts(k);
    const out = new Uint8Array(size);
    bench.add(`HMAC-SHA1 createHmac ${size}`, () => createHmac('sha1', k).update(data).digest(), {
      yardstick: size === 64,
    });
    bench.add(`HMAC-SHA1 kept key ${size}`, () => kept(data));
    bench.add(`HMAC-SHA384 createHmac ${size}`, () =>
      createHmac('sha384', k).update(data).digest(),
    );
    bench.add(`HMAC-SHA384 kept key ${size}`, () => kept384(data));
    bench.add(`AES-256-CBC createCipheriv ${size}`, () =>
      createCipheriv('aes-256-cbc', k, iv).setAutoPadding(false).update(data),
    );
    bench.add(`AES-256-CTS kept cipher ${size}`, () => cts.encrypt(data, out, 0));
    bench.add(`encrypt-and-MAC by createCipheriv and createHmac ${size}`, () => {
      const cipher = createCipheriv('aes-256-cbc', k, iv).setAutoPadding(false).update(data);
      return Buffer.concat([cipher, createHmac('sha1', k).update(data).digest().subarray(0, 12)]);
    });
  }
  const pooled = pooledRandom();
  bench.add('32 random octets, randomBytes', () => randomBytes(32));
  bench.add('32 random octets, pooled', () => pooled(32));
  bench.add('32 random octets, a new seeded stream', () => seededRandom(1, 'a')(32));
}
