/** Service for User: MS-SFU 2.2. */
import type { Infer } from '../../src/der/codec.ts';
import { flags32, octetString, uint32 } from '../../src/der/primitives.ts';
import { raw } from '../../src/der/raw.ts';
import { alias, field, optional, sequence } from '../../src/der/structures.ts';
import { generalString } from '../../src/der/text.ts';
import { S4uOptions } from './constants.ts';
import { Checksum, PrincipalName, Realm } from './messages.ts';

/** MS-SFU 2.2.1 */
export type PaForUser = Infer<typeof PaForUser>;
export const PaForUser = sequence('PA-FOR-USER', {
  userName: field(0, PrincipalName),
  userRealm: field(1, Realm),
  cksum: field(2, Checksum),
  authPackage: field(3, alias('KerberosString', generalString)),
});

/** MS-SFU 2.2.2 */
export type S4uUserId = Infer<typeof S4uUserId>;
export const S4uUserId = sequence('S4UUserID', {
  nonce: field(0, uint32), // of the req-body
  cname: optional(1, PrincipalName),
  crealm: field(2, Realm),
  subjectCertificate: optional(3, octetString),
  options: optional(4, flags32('S4UUserID options', S4uOptions)),
});

/** MS-SFU 2.2.2 */
export type PaS4uX509User = Infer<typeof PaS4uX509User>;
export const PaS4uX509User = sequence('PA-S4U-X509-USER', {
  userId: field(0, raw(S4uUserId)), // the checksum covers it
  checksum: field(1, Checksum),
});
