/**
 * What an enterprise authority decides about a request (MS-WCCE 3.2.2.6.2.1.4): may the agent ask, does
 * the request fit its template, what does the certificate say of the account. Refusals have the codes
 * of MS-ERREF.
 */
import { publicKeyKind } from '../../src/crypto/public-key.ts';
import type { Certificate } from '../x509/certificate.ts';
import { buildChain } from '../x509/chain.ts';
import type { CertificateProfile } from '../x509/issue.ts';
import { extendedKeyUsage, keyUsage } from '../x509/library.ts';
import type { Extension } from '../x509/messages.ts';
import { type DistinguishedName, distinguishedName } from '../x509/names.ts';
import { commonName } from '../x509/profiles.ts';
import { subjectAltName } from '../x509/subject-alt-name.ts';
import { hasKeyPurpose, type TrustStore } from '../x509/trust.ts';
import {
  applicationPolicies,
  securityIdentifier,
  templateName,
  templateOid,
} from '../x509/windows-extensions.ts';
import { type CertificateTemplate, EnrollmentFlag, NameFlag } from './certificate-template.ts';

/** HRESULTs with which requests are denied. */
export const Denial = {
  CRYPT_E_REVOKED: 0x80092010,
  CERT_E_UNTRUSTEDROOT: 0x800b0109,
  CERTSRV_E_BAD_REQUESTSUBJECT: 0x80094001,
  CERTSRV_E_ENROLL_DENIED: 0x80094011,
  CERTSRV_E_UNSUPPORTED_CERT_TYPE: 0x80094800,
  CERTSRV_E_SIGNATURE_POLICY_REQUIRED: 0x80094809,
  CERTSRV_E_SIGNATURE_COUNT: 0x8009480a,
  CERTSRV_E_SUBJECT_UPN_REQUIRED: 0x8009480d,
  CERTSRV_E_KEY_LENGTH: 0x80094811,
} as const;
export type DenialName = keyof typeof Denial;

export interface Denied {
  readonly name: DenialName;
  readonly reason: string;
}

/** `... (CERTSRV_E_KEY_LENGTH, 0x80094811)`, as administrators find it. */
export function denialText({ name, reason }: Denied): string {
  return `${reason} (${name}, 0x${Denial[name].toString(16)})`;
}

/** The account that a certificate is for, as the directory has it. */
export interface Requester {
  readonly distinguishedName: string;
  readonly cn: string;
  readonly objectSid: string;
  readonly userPrincipalName?: string;
  readonly mail?: string;
  readonly dNSHostName?: string;
  readonly disabled: boolean;
}

/** May the signer ask for others? One signature is all that a request has here. */
export function agentDenial(
  agent: Certificate,
  given: readonly Certificate[],
  template: CertificateTemplate,
  trust: TrustStore,
  now: number,
): Denied | undefined {
  if (template.raSignatures > 1) {
    return {
      name: 'CERTSRV_E_SIGNATURE_COUNT',
      reason: `${template.cn} wants ${template.raSignatures} authorised signatures, one is there`,
    };
  }
  const chain = buildChain(agent, given, trust, now);
  if (!chain.ok) {
    const name = chain.problem === 'revoked' ? 'CRYPT_E_REVOKED' : 'CERT_E_UNTRUSTEDROOT';
    return { name, reason: `the agent’s certificate: ${chain.text}` };
  }
  const missing = template.raApplicationPolicies.find(
    (policy) => agent.extendedKeyUsage === undefined || !hasKeyPurpose(agent, policy),
  );
  if (missing !== undefined) {
    const reason = `${agent.subject.text} has not the key purpose ${missing} that ${template.cn} wants of who signs`;
    return { name: 'CERTSRV_E_SIGNATURE_POLICY_REQUIRED', reason };
  }
  return undefined;
}

/** Bits of an RSA key, or of an elliptic curve. */
const CURVE_BITS: Readonly<Record<string, number>> = { 'P-256': 256, 'P-384': 384, 'P-521': 521 };

/** Does the request's key fit? Keys on curves have their own scale, which templates for RSA do not mean. */
export function keyDenial(
  publicKey: Uint8Array,
  { cn, minimalKeySize }: CertificateTemplate,
): Denied | undefined {
  const kind = publicKeyKind(publicKey);
  const bits = kind?.type === 'rsa' ? kind.bits : CURVE_BITS[kind?.curve ?? ''];
  if (kind?.type === 'rsa' && kind.bits >= minimalKeySize) return undefined;
  const reason = `${cn} wants an RSA key of ${minimalKeySize} bits, not ${kind?.type ?? 'no key'} of ${bits ?? 0}`;
  return { name: 'CERTSRV_E_KEY_LENGTH', reason };
}

export type Decided =
  | { readonly ok: true; readonly profile: CertificateProfile }
  | { readonly ok: false; readonly denied: Denied };

function denied(name: DenialName, reason: string): Decided {
  return { ok: false, denied: { name, reason } };
}

/** What the certificate says, built from the directory (CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT is not set). */
export function decided(template: CertificateTemplate, requester: Requester): Decided {
  const { nameFlags, enrollmentFlags, purposes, cn } = template;
  const has = (flag: number): boolean => Math.floor(nameFlags / flag) % 2 === 1;
  if (requester.disabled) {
    return denied('CERTSRV_E_ENROLL_DENIED', `${requester.distinguishedName} is disabled`);
  }
  if (has(NameFlag.ENROLLEE_SUPPLIES_SUBJECT)) {
    const reason = `${cn} takes its subject from the request, which nobody may ask for here`;
    return denied('CERTSRV_E_ENROLL_DENIED', reason);
  }
  if ((enrollmentFlags & EnrollmentFlag.PEND_ALL_REQUESTS) !== 0) {
    return denied('CERTSRV_E_ENROLL_DENIED', `${cn} waits for an administrator, who is not here`);
  }
  const { userPrincipalName, mail, dNSHostName, objectSid } = requester;
  if (has(NameFlag.SUBJECT_ALT_REQUIRE_UPN) && userPrincipalName === undefined) {
    const reason = `${requester.distinguishedName} has no userPrincipalName`;
    return denied('CERTSRV_E_SUBJECT_UPN_REQUIRED', reason);
  }
  const listed = (flag: number, value: string | undefined): readonly string[] =>
    has(flag) && value !== undefined ? [value] : [];
  const names = {
    upn: listed(NameFlag.SUBJECT_ALT_REQUIRE_UPN, userPrincipalName),
    email: listed(NameFlag.SUBJECT_ALT_REQUIRE_EMAIL, mail),
    dns: listed(NameFlag.SUBJECT_ALT_REQUIRE_DNS, dNSHostName),
  };
  const named = Object.values(names).some((list) => list.length > 0);
  const sid = (enrollmentFlags & EnrollmentFlag.NO_SECURITY_EXTENSION) === 0;
  const extensions: readonly Extension[] = [
    ...templateExtensions(template),
    extendedKeyUsage(purposes),
    keyUsage(usageBits(template.keyUsage)),
    ...(named ? [subjectAltName(names)] : []),
    ...(sid ? [securityIdentifier(objectSid)] : []),
  ];
  return { ok: true, profile: { subject: subjectOf(template, requester), extensions } };
}

function subjectOf(
  { nameFlags }: CertificateTemplate,
  { distinguishedName: dn, cn }: Requester,
): DistinguishedName {
  return nameFlags >= NameFlag.SUBJECT_REQUIRE_DIRECTORY_PATH
    ? distinguishedName(dn)
    : commonName(cn);
}

function templateExtensions(template: CertificateTemplate): readonly Extension[] {
  const { schemaVersion, cn, oid, majorVersion, minorVersion, purposes } = template;
  return schemaVersion === 1
    ? [templateName(cn)]
    : [templateOid(oid, majorVersion, minorVersion), applicationPolicies(purposes)];
}

/** pKIKeyUsage has the octets of the BIT STRING, first bit first. */
function usageBits(octets: Uint8Array): number {
  let bits = 0;
  for (let n = 0; n < 8 * octets.length; n++) {
    const octet = octets[n >> 3] as number;
    if ((octet >> (7 - (n & 7))) & 1) bits |= 1 << n;
  }
  return bits;
}

/** AD CS lets certificates begin ten minutes before they are made, for clocks that are behind. */
const EARLIER = 10 * 60_000;

/** From when to when: no longer than the authority itself. */
export function validityOf(
  { validity }: CertificateTemplate,
  authority: Certificate,
  now: number,
): { readonly notBefore: number; readonly notAfter: number } {
  const notBefore = now - EARLIER;
  return { notBefore, notAfter: Math.min(notBefore + validity, authority.notAfter) };
}
