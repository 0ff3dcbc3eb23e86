/** What carries Kerberos elsewhere or beside it: the HTTPS proxy, and changing passwords. */
import type { Infer } from '../../src/der/codec.ts';
import { int32, octetString } from '../../src/der/primitives.ts';
import { field, optional, sequence } from '../../src/der/structures.ts';
import { PrincipalName, Realm } from './messages.ts';

/** MS-KKDCP 2.2.2. `kerbMessage` begins with the four octets of length that TCP has. */
export type KdcProxyMessage = Infer<typeof KdcProxyMessage>;
export const KdcProxyMessage = sequence('KDC-PROXY-MESSAGE', {
  kerbMessage: field(0, octetString),
  targetDomain: optional(1, Realm),
  dclocatorHint: optional(2, int32),
});

/** RFC 3244 §2 */
export type ChangePasswdData = Infer<typeof ChangePasswdData>;
export const ChangePasswdData = sequence('ChangePasswdData', {
  newpasswd: field(0, octetString),
  targname: optional(1, PrincipalName),
  targrealm: optional(2, Realm),
});
