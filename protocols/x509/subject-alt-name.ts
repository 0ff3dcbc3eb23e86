/**
 * SubjectAltName (RFC 5280 section 4.2.1.6), with the otherNames of Windows and of RFC 4556. The
 * names that nobody here knows are passed over.
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import { EXTENSION, OTHER_NAME } from './constants.ts';
import {
  type Extension,
  type GeneralName,
  GeneralNames,
  KRB5PrincipalName,
  UserPrincipalName,
} from './messages.ts';

/** A Kerberos principal in a certificate; `name` has its components joined by slashes. */
export interface KerberosName {
  readonly realm: string;
  readonly name: string;
  /** RFC 4120 section 6.2: 1 NT-PRINCIPAL, 2 NT-SRV-INST. */
  readonly nameType: number;
}

export interface SubjectAltName {
  readonly dns: readonly string[];
  readonly upn: readonly string[];
  readonly uri: readonly string[];
  readonly email: readonly string[];
  readonly kerberos: readonly KerberosName[];
}

export const NO_NAMES: SubjectAltName = { dns: [], upn: [], uri: [], email: [], kerberos: [] };

/** The names that a certificate is to have, those that are given. */
export type WantedNames = Partial<SubjectAltName> & {
  /** IP addresses, 4 or 16 octets. */
  readonly ip?: readonly Uint8Array[];
};

function otherName(typeId: string, value: Uint8Array): GeneralName {
  return { otherName: { typeId, value } };
}

function kerberosName({ realm, name, nameType }: KerberosName): GeneralName {
  const value = {
    realm,
    principalName: { 'name-type': nameType, 'name-string': name.split('/') },
  };
  return otherName(OTHER_NAME.kerberosPrincipalName, encode(KRB5PrincipalName, value));
}

/** The extension; not critical, since the subjects here are never empty. */
export function subjectAltName(names: WantedNames): Extension {
  const { dns = [], upn = [], uri = [], email = [], kerberos = [], ip = [] } = names;
  const value: GeneralName[] = [
    ...upn.map((text) => otherName(OTHER_NAME.userPrincipalName, encode(UserPrincipalName, text))),
    ...kerberos.map(kerberosName),
    ...dns.map((dNSName) => ({ dNSName })),
    ...ip.map((iPAddress) => ({ iPAddress })),
    ...email.map((rfc822Name) => ({ rfc822Name })),
    ...uri.map((uniformResourceIdentifier) => ({ uniformResourceIdentifier })),
  ];
  return {
    extnID: EXTENSION.subjectAltName,
    critical: false,
    extnValue: encode(GeneralNames, value),
  };
}

interface Collected {
  readonly dns: string[];
  readonly upn: string[];
  readonly uri: string[];
  readonly email: string[];
  readonly kerberos: KerberosName[];
}

/** One name; a known otherName with a value of another type is passed over like an unknown one. */
function collect(into: Collected, name: GeneralName): void {
  if ('dNSName' in name) into.dns.push(name.dNSName);
  else if ('rfc822Name' in name) into.email.push(name.rfc822Name);
  else if ('uniformResourceIdentifier' in name) into.uri.push(name.uniformResourceIdentifier);
  else if ('otherName' in name) {
    const { typeId, value } = name.otherName;
    if (typeId === OTHER_NAME.userPrincipalName) {
      const read = tryDecode(UserPrincipalName, value);
      if (read.ok) into.upn.push(read.value);
    } else if (typeId === OTHER_NAME.kerberosPrincipalName) {
      const read = tryDecode(KRB5PrincipalName, value);
      if (!read.ok) return;
      const { realm, principalName } = read.value;
      into.kerberos.push({
        realm,
        name: principalName['name-string'].join('/'),
        nameType: principalName['name-type'],
      });
    }
  }
}

export type ReadNames =
  | { readonly ok: true; readonly value: SubjectAltName }
  | { readonly ok: false; readonly reason: string };

/** The names of an extension's value. */
export function readSubjectAltName(extnValue: Uint8Array): ReadNames {
  const read = tryDecode(GeneralNames, extnValue);
  if (!read.ok) return { ok: false, reason: `subjectAltName: ${read.error.message}` };
  const names: Collected = { dns: [], upn: [], uri: [], email: [], kerberos: [] };
  for (const name of read.value) collect(names, name);
  return { ok: true, value: names };
}
