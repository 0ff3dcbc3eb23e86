/** What calls of MS-RDPEAR say of the user and their tickets. */
import { encode } from '../../src/der/codec.ts';
import { AuthorizationData, type PrincipalName } from '../kerberos/messages.ts';
import { type Asn1Data, asn1Data, type InternalName } from './messages.ts';

/** MS-RDPEAR 2.2.1.2.3. */
export function internalName({ nameType, nameString }: PrincipalName): InternalName {
  return { NameType: nameType & 0xffff, Names: nameString };
}

/** No authorization data, as Windows' hosts say it: FreeRDP's client does not look for a null pointer there. */
export const NO_AUTHORIZATION_DATA: Asn1Data = asn1Data(encode(AuthorizationData, []));
