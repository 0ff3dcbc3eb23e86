/** The certificate templates of a realm, and what certificates say of them. */
import { view } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import {
  type CertificateTemplate,
  HELLO_LOGON_KEY,
  NameFlag,
} from '../enrollment/certificate-template.ts';
import { KEY_PURPOSE } from '../x509/constants.ts';
import type { Template } from '../x509/windows-extensions.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;

export const TEMPLATE_NAMES = [
  'KerberosAuthentication',
  'SmartcardLogon',
  'WHFBAuthentication',
  'WHFBEnrollmentAgent',
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** Known of Windows' own templates: the end of their OIDs. */
const DEFAULT_ENDS: Readonly<Partial<Record<TemplateName, string>>> = {
  KerberosAuthentication: '1.33',
};

const PRIVATE_KEY_WINBLUE = 0x5050080;

const common = {
  schemaVersion: 2,
  majorVersion: 100,
  minorVersion: 0,
  keyUsage: Uint8Array.of(0xa0),
  minimalKeySize: 2_048,
  raSignatures: 0,
  raApplicationPolicies: [],
  enrollmentFlags: 0,
  privateKeyFlags: 0,
  validity: YEAR,
  overlap: 42 * DAY,
} as const;

const LOGON = [KEY_PURPOSE.smartCardLogon, KEY_PURPOSE.clientAuthentication];

/** As the deployment guide has its administrator make them; the first two are Windows' own. */
const TEMPLATES: Readonly<Record<TemplateName, Omit<CertificateTemplate, 'oid' | 'cn'>>> = {
  KerberosAuthentication: {
    ...common,
    displayName: 'Kerberos Authentication',
    majorVersion: 110,
    purposes: [
      KEY_PURPOSE.clientAuthentication,
      KEY_PURPOSE.serverAuthentication,
      KEY_PURPOSE.smartCardLogon,
      KEY_PURPOSE.kdcAuthentication,
    ],
    nameFlags: NameFlag.SUBJECT_ALT_REQUIRE_DNS,
  },
  SmartcardLogon: {
    ...common,
    displayName: 'Smartcard Logon',
    schemaVersion: 1,
    majorVersion: 6,
    minorVersion: 1,
    purposes: LOGON,
    nameFlags: NameFlag.SUBJECT_REQUIRE_DIRECTORY_PATH + NameFlag.SUBJECT_ALT_REQUIRE_UPN,
  },
  WHFBAuthentication: {
    ...common,
    displayName: 'WHFB Authentication',
    schemaVersion: 4,
    purposes: LOGON,
    keyUsage: Uint8Array.of(0x80),
    raSignatures: 1,
    raApplicationPolicies: [KEY_PURPOSE.certificateRequestAgent],
    nameFlags: NameFlag.SUBJECT_REQUIRE_DIRECTORY_PATH + NameFlag.SUBJECT_ALT_REQUIRE_UPN,
    privateKeyFlags: PRIVATE_KEY_WINBLUE + HELLO_LOGON_KEY,
  },
  WHFBEnrollmentAgent: {
    ...common,
    displayName: 'WHFB Enrollment Agent',
    schemaVersion: 4,
    purposes: [KEY_PURPOSE.certificateRequestAgent],
    keyUsage: Uint8Array.of(0x80),
    nameFlags: NameFlag.ENROLLEE_SUPPLIES_SUBJECT,
  },
};

/** The arc that a forest draws for its templates when its first authority is set up. */
function forestArc(scene: Scene, realm: string): string {
  const numbers = view(scene.random(`template-oids/${realm.toUpperCase()}`)(24));
  const parts = [0, 4, 8, 12, 16, 20].map((at) => numbers.getUint32(at) % 16_777_216);
  return `1.3.6.1.4.1.311.21.8.${parts.join('.')}`;
}

function oidOf(scene: Scene, realm: string, name: TemplateName): string {
  const end = DEFAULT_ENDS[name];
  const arc = forestArc(scene, realm);
  if (end !== undefined) return `${arc}.${end}`;
  const numbers = view(scene.random(`template-oid/${realm.toUpperCase()}/${name}`)(8));
  return `${arc}.${numbers.getUint32(0) % 16_777_216}.${numbers.getUint32(4) % 16_777_216}`;
}

/** The templates that a realm with an authority has in its directory. */
export function certificateTemplates(scene: Scene, realm: string): readonly CertificateTemplate[] {
  return TEMPLATE_NAMES.map((cn) => ({ cn, oid: oidOf(scene, realm, cn), ...TEMPLATES[cn] }));
}

/** What a certificate that was made by the template says of it. */
export function templateOf(scene: Scene, realm: string, name: TemplateName): Template {
  const { schemaVersion, majorVersion, minorVersion } = TEMPLATES[name];
  if (schemaVersion === 1) return { name };
  return { oid: oidOf(scene, realm, name), majorVersion, minorVersion };
}
