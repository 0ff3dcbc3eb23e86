/**
 * The extensions that Active Directory's certificate services add (MS-WCCE 2.2.2.7.7): template,
 * application policies, the account's SID.
 */
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { EXTENSION, OTHER_NAME } from './constants.ts';
import {
  CertificatePolicies,
  CertificateTemplate,
  CertificateTemplateName,
  type Extension,
  NtdsCaSecurity,
} from './messages.ts';

/** What a certificate was issued from: `name` is version 1's extension, `oid` version 2's. */
export interface Template {
  readonly name?: string;
  readonly oid?: string;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
}

export interface WindowsExtensions {
  readonly template?: Template;
  /** OIDs of the application policies. */
  readonly applicationPolicies?: readonly string[];
  readonly sid?: string;
}

function extension(extnID: string, extnValue: Uint8Array): Extension {
  return { extnID, critical: false, extnValue };
}

/** MS-WCCE 2.2.2.7.7.1: `DomainController`. */
export function templateName(name: string): Extension {
  return extension(EXTENSION.certificateTemplateName, encode(CertificateTemplateName, name));
}

/** MS-WCCE 2.2.2.7.7.2. */
export function templateOid(oid: string, majorVersion = 100, minorVersion = 0): Extension {
  const value = {
    templateID: oid,
    templateMajorVersion: majorVersion,
    templateMinorVersion: minorVersion,
  };
  return extension(EXTENSION.certificateTemplate, encode(CertificateTemplate, value));
}

/** MS-WCCE 2.2.2.7.7.3: key purposes in the form of policies. */
export function applicationPolicies(purposes: readonly string[]): Extension {
  const value = purposes.map((policyIdentifier) => ({ policyIdentifier }));
  return extension(EXTENSION.applicationPolicies, encode(CertificatePolicies, value));
}

/** MS-WCCE 2.2.2.7.7.4: the SID's text, in ASCII. */
export function securityIdentifier(sid: string): Extension {
  const value = encode(octetString, utf8(sid));
  const names = [{ otherName: { typeId: OTHER_NAME.objectSid, value } }];
  return extension(EXTENSION.ntdsCaSecurity, encode(NtdsCaSecurity, names));
}

function readSid(extnValue: Uint8Array): string | undefined {
  const read = tryDecode(NtdsCaSecurity, extnValue);
  if (!read.ok) return undefined;
  for (const name of read.value) {
    if (!('otherName' in name) || name.otherName.typeId !== OTHER_NAME.objectSid) continue;
    const text = tryDecode(octetString, name.otherName.value);
    if (text.ok && /^S-1-\d/.test(fromUtf8(text.value))) return fromUtf8(text.value);
  }
  return undefined;
}

function readTemplate(extnValue: Uint8Array): Template | undefined {
  const read = tryDecode(CertificateTemplate, extnValue);
  if (!read.ok) return undefined;
  const { templateID: oid, templateMajorVersion, templateMinorVersion } = read.value;
  return {
    oid,
    ...(templateMajorVersion === undefined ? {} : { majorVersion: templateMajorVersion }),
    ...(templateMinorVersion === undefined ? {} : { minorVersion: templateMinorVersion }),
  };
}

/** What one of these extensions says; `{}` for all others, undefined when its value is malformed. */
export function readWindowsExtension({
  extnID,
  extnValue,
}: Extension): WindowsExtensions | undefined {
  switch (extnID) {
    case EXTENSION.certificateTemplateName: {
      const read = tryDecode(CertificateTemplateName, extnValue);
      return read.ok ? { template: { name: read.value } } : undefined;
    }
    case EXTENSION.certificateTemplate: {
      const template = readTemplate(extnValue);
      return template && { template };
    }
    case EXTENSION.applicationPolicies: {
      const read = tryDecode(CertificatePolicies, extnValue);
      if (!read.ok) return undefined;
      return { applicationPolicies: read.value.map(({ policyIdentifier }) => policyIdentifier) };
    }
    case EXTENSION.ntdsCaSecurity: {
      const sid = readSid(extnValue);
      return sid === undefined ? undefined : { sid };
    }
    default:
      return {};
  }
}
