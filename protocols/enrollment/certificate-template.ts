/**
 * Certificate templates (MS-CRTD): objects of the class pKICertificateTemplate by which an enterprise
 * authority decides what it issues to whom. Read from and written as LDAP attributes.
 */
import { fromUtf8, view } from '../../src/bytes/bytes.ts';

/** msPKI-Certificate-Name-Flag, MS-CRTD 2.27, those that are acted on. */
export const NameFlag = {
  ENROLLEE_SUPPLIES_SUBJECT: 0x1,
  SUBJECT_ALT_REQUIRE_UPN: 0x2000000,
  SUBJECT_ALT_REQUIRE_EMAIL: 0x4000000,
  SUBJECT_ALT_REQUIRE_DNS: 0x8000000,
  SUBJECT_REQUIRE_COMMON_NAME: 0x40000000,
  SUBJECT_REQUIRE_DIRECTORY_PATH: 0x80000000,
} as const;

/** msPKI-Enrollment-Flag, MS-CRTD 2.26, those that are acted on. */
export const EnrollmentFlag = {
  PEND_ALL_REQUESTS: 0x2,
  NO_SECURITY_EXTENSION: 0x80000,
} as const;

/** msPKI-Private-Key-Flag, MS-CRTD 2.29: the template is for keys of Windows Hello. */
export const HELLO_LOGON_KEY = 0x200000;

export interface CertificateTemplate {
  /** Common name: what requests name. */
  readonly cn: string;
  readonly displayName: string;
  readonly schemaVersion: number;
  /** msPKI-Cert-Template-OID. */
  readonly oid: string;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Key purposes, OIDs. */
  readonly purposes: readonly string[];
  /** The octets of the KeyUsage bits. */
  readonly keyUsage: Uint8Array;
  readonly minimalKeySize: number;
  /** How many authorised signatures a request needs, and with what purposes. */
  readonly raSignatures: number;
  readonly raApplicationPolicies: readonly string[];
  readonly nameFlags: number;
  readonly enrollmentFlags: number;
  readonly privateKeyFlags: number;
  /** Milliseconds. */
  readonly validity: number;
  readonly overlap: number;
}

export const TEMPLATE_ATTRIBUTES = [
  'cn',
  'displayName',
  'revision',
  'pKIKeyUsage',
  'pKIExtendedKeyUsage',
  'pKIExpirationPeriod',
  'pKIOverlapPeriod',
  'msPKI-Template-Schema-Version',
  'msPKI-Template-Minor-Revision',
  'msPKI-Cert-Template-OID',
  'msPKI-Minimal-Key-Size',
  'msPKI-RA-Signature',
  'msPKI-RA-Application-Policies',
  'msPKI-Certificate-Name-Flag',
  'msPKI-Enrollment-Flag',
  'msPKI-Private-Key-Flag',
] as const;

type Octets = Readonly<Record<string, readonly Uint8Array[]>>;

/** A template as LDAP shows it; undefined when something that every template has is missing. */
export function readTemplate(attributes: Octets): CertificateTemplate | undefined {
  const text = (name: string): string | undefined => {
    const value = attributes[name]?.[0];
    return value === undefined ? undefined : fromUtf8(value);
  };
  const number = (name: string): number => Number(text(name) ?? 0) >>> 0;
  const texts = (name: string): readonly string[] => (attributes[name] ?? []).map(fromUtf8);
  const cn = text('cn');
  const oid = text('msPKI-Cert-Template-OID');
  const keyUsage = attributes.pKIKeyUsage?.[0];
  const validity = interval(attributes.pKIExpirationPeriod?.[0]);
  if (cn === undefined || oid === undefined) return undefined;
  if (keyUsage === undefined || validity === undefined) return undefined;
  const schemaVersion = number('msPKI-Template-Schema-Version');
  return {
    cn,
    oid,
    keyUsage,
    validity,
    schemaVersion,
    displayName: text('displayName') ?? cn,
    majorVersion: number('revision'),
    minorVersion: number('msPKI-Template-Minor-Revision'),
    purposes: texts('pKIExtendedKeyUsage'),
    minimalKeySize: number('msPKI-Minimal-Key-Size'),
    raSignatures: number('msPKI-RA-Signature'),
    raApplicationPolicies: policies(texts('msPKI-RA-Application-Policies')),
    nameFlags: number('msPKI-Certificate-Name-Flag'),
    enrollmentFlags: number('msPKI-Enrollment-Flag'),
    privateKeyFlags: number('msPKI-Private-Key-Flag'),
    overlap: interval(attributes.pKIOverlapPeriod?.[0]) ?? 0,
  };
}

const RA_POLICIES = 'msPKI-RA-Application-Policies';

/**
 * Up to schema version 2 the values are OIDs; later ones are one text of triples name, type, value
 * with backticks between them (MS-CRTD 2.23).
 */
function policies(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => {
    if (!value.includes('`')) return [value];
    const parts = value.split('`');
    return parts.flatMap((part, at) =>
      part === RA_POLICIES && at % 3 === 0 ? (parts[at + 2] ?? '').split(',') : [],
    );
  });
}

function policyText(oids: readonly string[]): string {
  const rows = [
    ['msPKI-Asymmetric-Algorithm', 'PZPWSTR', 'RSA'],
    ['msPKI-Hash-Algorithm', 'PZPWSTR', 'SHA256'],
    ['msPKI-Key-Usage', 'DWORD', '16777215'],
    [RA_POLICIES, 'PZPWSTR', oids.join(',')],
    ['msPKI-Symmetric-Algorithm', 'PZPWSTR', '3DES'],
    ['msPKI-Symmetric-Key-Length', 'DWORD', '168'],
  ];
  return rows.map((row) => `${row.join('`')}\``).join('');
}

/** A period as a FILETIME below zero, in eight octets, little-endian; milliseconds. */
function interval(octets: Uint8Array | undefined): number | undefined {
  if (octets?.length !== 8) return undefined;
  const units = view(octets).getBigInt64(0, true);
  return units < 0n ? Number(-units / 10_000n) : undefined;
}

function intervalOctets(ms: number): Uint8Array {
  const octets = new Uint8Array(8);
  view(octets).setBigInt64(0, BigInt(ms) * -10_000n, true);
  return octets;
}

/** Integers of LDAP are signed. */
function signed(bits: number): string {
  return String(bits | 0);
}

/** What its object in the directory holds, for a domain that is made with it. */
export function templateAttributes(
  template: CertificateTemplate,
): Readonly<Record<string, string | Uint8Array | readonly string[]>> {
  const { schemaVersion, raApplicationPolicies } = template;
  return {
    displayName: template.displayName,
    flags: '131642',
    revision: String(template.majorVersion),
    pKIDefaultKeySpec: '1',
    pKIMaxIssuingDepth: '0',
    pKICriticalExtensions: ['2.5.29.15'],
    pKIKeyUsage: template.keyUsage,
    pKIExtendedKeyUsage: template.purposes,
    pKIExpirationPeriod: intervalOctets(template.validity),
    pKIOverlapPeriod: intervalOctets(template.overlap),
    'msPKI-Template-Schema-Version': String(schemaVersion),
    'msPKI-Template-Minor-Revision': String(template.minorVersion),
    'msPKI-Cert-Template-OID': template.oid,
    'msPKI-Certificate-Application-Policy': template.purposes,
    'msPKI-Minimal-Key-Size': String(template.minimalKeySize),
    'msPKI-RA-Signature': String(template.raSignatures),
    ...(raApplicationPolicies.length === 0
      ? {}
      : {
          [RA_POLICIES]:
            schemaVersion > 2 ? policyText(raApplicationPolicies) : raApplicationPolicies,
        }),
    'msPKI-Certificate-Name-Flag': signed(template.nameFlags),
    'msPKI-Enrollment-Flag': signed(template.enrollmentFlags),
    'msPKI-Private-Key-Flag': signed(template.privateKeyFlags),
  };
}
