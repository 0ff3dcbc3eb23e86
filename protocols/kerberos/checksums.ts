/** The checksum types that need no key of their own type: registry "Kerberos Checksum Type Numbers". */
import { crc32 } from '../../src/crypto/crc32.ts';
import { digest } from '../../src/crypto/digest.ts';
import { md4 } from '../../src/crypto/md4.ts';
import { hmacMd5, md5Hmac } from './rc4-hmac.ts';

export interface UnkeyedChecksum {
  readonly name: string;
  readonly compute: (data: Uint8Array) => Uint8Array;
}

const sha1 = (data: Uint8Array) => digest('sha1', data);

/** Anyone can make these: they protect only under other protection (RFC 3961 section 4). */
export const UNKEYED: ReadonlyMap<number, UnkeyedChecksum> = new Map([
  [1, { name: 'crc32', compute: crc32 }],
  [2, { name: 'rsa-md4', compute: md4 }],
  [7, { name: 'rsa-md5', compute: (data: Uint8Array) => digest('md5', data) }],
  [9, { name: 'nist-sha', compute: sha1 }], // as in MIT, before 14 was assigned
  [14, { name: 'sha1', compute: sha1 }],
  [-131, { name: 'sha1-old', compute: sha1 }],
]);

export interface AnyKeyChecksum {
  readonly name: string;
  readonly compute: (key: Uint8Array, usage: number, data: Uint8Array) => Uint8Array;
}

/** Keyed with the octets of a key of any type: MS-SFU signs PA-FOR-USER so, under AES keys too. */
export const ANY_KEY: ReadonlyMap<number, AnyKeyChecksum> = new Map([
  [-138, { name: 'hmac-md5', compute: hmacMd5 }],
  [-137, { name: 'md5-hmac', compute: md5Hmac }],
]);
