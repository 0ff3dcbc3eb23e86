/** Names of Kerberos as MS-RDPEAR has them. */
import type { PrincipalName } from '../kerberos/messages.ts';
import type { InternalName } from './messages.ts';

/** MS-RDPEAR 2.2.1.2.3. */
export function internalName({ nameType, nameString }: PrincipalName): InternalName {
  return { NameType: nameType & 0xffff, Names: nameString };
}
