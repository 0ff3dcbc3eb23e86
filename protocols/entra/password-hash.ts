/** What password hash synchronisation brings to a tenant: here the NT hash itself, in hexadecimal. */
import { toHex, utf16le } from '../../src/bytes/bytes.ts';
import { md4 } from '../../src/crypto/md4.ts';

/** Entra keeps a hash of the NT hash; who has either can check a password alike. */
export function passwordHash(password: string): string {
  return toHex(md4(utf16le(password)));
}
