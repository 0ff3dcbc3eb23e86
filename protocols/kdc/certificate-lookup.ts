/** Whom a certificate means when the request's name does not say: MS-PKCA 3.1.5.2.1, explicit mapping alone. */
import { tryDecode } from '../../src/der/codec.ts';
import { readSignedData, signerCertificate } from '../cms/signed-data.ts';
import { PA_PK_AS_REQ } from '../kerberos/constants.ts';
import type { PaData } from '../kerberos/messages.ts';
import { PaPkAsReq } from '../pkinit/messages.ts';
import type { Account, Accounts } from './accounts.ts';
import { mappingValues } from './explicit-mapping.ts';

/**
 * The account whose altSecurityIdentities names the signer's certificate: for clients that give the
 * certificate's subject as their name (NT-X500-PRINCIPAL). That the key really signed is looked at later.
 */
export function accountOfCertificate(
  padata: readonly PaData[],
  accounts: Accounts,
): Account | undefined {
  const value = padata.find(({ padataType }) => padataType === PA_PK_AS_REQ)?.padataValue;
  const request = value === undefined ? undefined : tryDecode(PaPkAsReq, value);
  if (request?.ok !== true) return undefined;
  const signed = readSignedData(request.value.signedAuthPack);
  const certificate = signed.ok ? signerCertificate(signed.value) : undefined;
  if (certificate === undefined) return undefined;
  for (const mapping of mappingValues(certificate)) {
    const account = accounts.byAltSecurityIdentity(mapping);
    if (account !== undefined) return account;
  }
  return undefined;
}
