/**
 * The kinds of certificates that Windows Hello for Business meets. Extensions come in the order in
 * which Active Directory's certificate services write them.
 */
import { ATTRIBUTE, KEY_PURPOSE, KEY_USAGE } from './constants.ts';
import type { CertificateProfile } from './issue.ts';
import { basicConstraints, extendedKeyUsage, keyUsage } from './library.ts';
import type { Extension } from './messages.ts';
import { type DistinguishedName, nameFrom } from './names.ts';
import { type KerberosName, subjectAltName, type WantedNames } from './subject-alt-name.ts';
import {
  applicationPolicies,
  securityIdentifier,
  type Template,
  templateName,
  templateOid,
} from './windows-extensions.ts';

const SIGNATURE_AND_ENCIPHERMENT = KEY_USAGE.digitalSignature | KEY_USAGE.keyEncipherment;
/** RFC 4120 section 6.2. */
const NT_PRINCIPAL = 1;
const NT_SRV_INST = 2;

/** `CN=<commonName>` alone. */
export function commonName(value: string): DistinguishedName {
  return nameFrom([[{ type: ATTRIBUTE.commonName, value }]]);
}

/** The KDC's principal in its certificate (RFC 4556 section 3.2.4): `krbtgt/REALM@REALM`. */
export function kdcName(realm: string): KerberosName {
  return { realm, name: `krbtgt/${realm}`, nameType: NT_SRV_INST };
}

/** A client's principal in its certificate (RFC 4556 section 3.2.2). */
export function clientName(realm: string, name: string): KerberosName {
  return { realm, name, nameType: NT_PRINCIPAL };
}

/** The SID as a SAN URI, for certificates whose subject the requester supplies. */
export function sidUri(sid: string): string {
  return `tag:microsoft.com,2022-09-14:sid:${sid}`;
}

/** The template's extension and, with version 2, the application policies that come with it. */
function templateExtensions(
  template: Template | undefined,
  purposes: readonly string[],
): readonly Extension[] {
  if (template?.oid !== undefined) {
    const { oid, majorVersion, minorVersion } = template;
    return [templateOid(oid, majorVersion, minorVersion), applicationPolicies(purposes)];
  }
  return template?.name === undefined ? [] : [templateName(template.name)];
}

interface Body {
  readonly subject: DistinguishedName;
  readonly usage: number;
  readonly purposes: readonly string[];
  readonly template?: Template | undefined;
  readonly names?: WantedNames;
  readonly sid?: string | undefined;
}

/** An end entity's certificate of AD CS. */
function endEntity({ subject, usage, purposes, template, names, sid }: Body): CertificateProfile {
  const hasNames = Object.values(names ?? {}).some((list) => list.length > 0);
  return {
    subject,
    extensions: [
      ...templateExtensions(template, purposes),
      extendedKeyUsage(purposes),
      keyUsage(usage),
      ...(names === undefined || !hasNames ? [] : [subjectAltName(names)]),
      ...(sid === undefined ? [] : [securityIdentifier(sid)]),
    ],
  };
}

/** A root or an issuing CA; `pathLength` CAs may be below it. */
export function certificateAuthority(wanted: {
  readonly subject: DistinguishedName;
  readonly pathLength?: number;
}): CertificateProfile {
  const { subject, pathLength } = wanted;
  return {
    subject,
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature | KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign),
      basicConstraints({ ca: true, ...(pathLength === undefined ? {} : { pathLength }) }),
    ],
  };
}

export interface DomainControllerNames {
  /** `dc1.corp.example` */
  readonly dnsHostName: string;
  /** The domain's DNS name; its upper case is the realm. */
  readonly domain: string;
  /** `CORP` */
  readonly netbios: string;
  readonly template?: Template;
}

/**
 * The template "Kerberos Authentication" (reference: the deployment guide's certificate template for
 * domain controllers): host, domain and flat name in the SAN. id-pkinit-san is not in Windows'
 * certificates; it is here because MIT's and Heimdal's clients look for it.
 */
export function kerberosAuthentication(dc: DomainControllerNames): CertificateProfile {
  return endEntity({
    subject: commonName(dc.dnsHostName),
    usage: SIGNATURE_AND_ENCIPHERMENT,
    purposes: [
      KEY_PURPOSE.clientAuthentication,
      KEY_PURPOSE.serverAuthentication,
      KEY_PURPOSE.smartCardLogon,
      KEY_PURPOSE.kdcAuthentication,
    ],
    template: dc.template,
    names: {
      dns: [dc.dnsHostName, dc.domain, dc.netbios],
      kerberos: [kdcName(dc.domain.toUpperCase())],
    },
  });
}

/** The old template "Domain Controller": version 1, the host's name only, no KDC Authentication. */
export function domainController({ dnsHostName }: { readonly dnsHostName: string }) {
  return endEntity({
    subject: commonName(dnsHostName),
    usage: SIGNATURE_AND_ENCIPHERMENT,
    purposes: [KEY_PURPOSE.clientAuthentication, KEY_PURPOSE.serverAuthentication],
    template: { name: 'DomainController' },
    names: { dns: [dnsHostName] },
  });
}

export interface LogonNames {
  readonly subject: DistinguishedName;
  /** Absent: no UPN in the SAN. */
  readonly upn?: string;
  /** Absent: no SID extension (CT_FLAG_NO_SECURITY_EXTENSION). */
  readonly sid?: string;
  /** Further names in the SAN. */
  readonly names?: WantedNames;
  readonly template?: Template;
}

function logon(wanted: LogonNames, usage: number): CertificateProfile {
  const { subject, upn, sid, names = {}, template } = wanted;
  return endEntity({
    subject,
    usage,
    purposes: [KEY_PURPOSE.smartCardLogon, KEY_PURPOSE.clientAuthentication],
    template,
    names: { ...names, upn: [...(upn === undefined ? [] : [upn]), ...(names.upn ?? [])] },
    sid,
  });
}

/** The template "Smartcard Logon". */
export function smartcardLogon(wanted: LogonNames): CertificateProfile {
  return logon(wanted, SIGNATURE_AND_ENCIPHERMENT);
}

/** The template that the deployment guide calls WHFBAuthentication: a Hello key only signs. */
export function helloLogon(wanted: LogonNames): CertificateProfile {
  return logon(wanted, KEY_USAGE.digitalSignature);
}

/** What Hello's key container is called, and the subject of the certificate it signs itself. */
export function helloContainer(names: {
  readonly sid: string;
  /** Names the key; a GUID. */
  readonly keyId: string;
  readonly tenantId: string;
  readonly upn: string;
}): string {
  return `${names.sid}/${names.keyId}/login.windows.net/${names.tenantId}/${names.upn}`;
}

/**
 * The certificate that a Hello key signs itself, for key trust: its subject is the container. Which
 * extensions Windows writes beside the key purpose is not published; the KDC looks at the key alone.
 */
export function helloSelfSigned(names: Parameters<typeof helloContainer>[0]): CertificateProfile {
  return {
    subject: commonName(helloContainer(names)),
    extensions: [
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage([KEY_PURPOSE.smartCardLogon]),
    ],
  };
}

/** A device's certificate from its registration: the device's identifier is the common name. */
export function device({ deviceId }: { readonly deviceId: string }): CertificateProfile {
  return endEntity({
    subject: commonName(deviceId),
    usage: SIGNATURE_AND_ENCIPHERMENT,
    purposes: [KEY_PURPOSE.clientAuthentication],
  });
}

/** The registration authority's certificate: its signature lets it ask in others' names. */
export function enrollmentAgent(wanted: {
  readonly subject: DistinguishedName;
  readonly template?: Template;
}): CertificateProfile {
  return endEntity({
    subject: wanted.subject,
    usage: KEY_USAGE.digitalSignature,
    purposes: [KEY_PURPOSE.certificateRequestAgent],
    template: wanted.template,
  });
}

/** A web server's certificate: AD FS and whoever else is reached by TLS. */
export function webServer(wanted: {
  readonly dnsNames: readonly [string, ...string[]];
  /** Addresses by which clients reach it without a name. */
  readonly ip?: readonly Uint8Array[];
}) {
  const { dnsNames, ip = [] } = wanted;
  return endEntity({
    subject: commonName(dnsNames[0]),
    usage: SIGNATURE_AND_ENCIPHERMENT,
    purposes: [KEY_PURPOSE.serverAuthentication],
    names: { dns: dnsNames, ip },
  });
}
