/** Certificates as others use them: every field read once, and kept by the octets' hash. */
import { toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { tryDecode } from '../../src/der/codec.ts';
import { signatureName } from './algorithms.ts';
import { type CommonExtensions, readCommonExtension } from './common-extensions.ts';
import { EXTENSION } from './constants.ts';
import { Certificate as CertificateCodec, type Extension, type Time } from './messages.ts';
import { type DistinguishedName, nameOf } from './names.ts';
import { NO_NAMES, readSubjectAltName, type SubjectAltName } from './subject-alt-name.ts';
import {
  readWindowsExtension,
  type Template,
  type WindowsExtensions,
} from './windows-extensions.ts';

export interface Certificate extends CommonExtensions {
  readonly der: Uint8Array;
  /** Hexadecimal, lower case: certutil's Cert Hash. */
  readonly sha1: string;
  readonly sha256: string;
  /** Hexadecimal, lower case, most significant octet first, without the sign's zero: as certutil prints it. */
  readonly serialNumber: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** The octets that are signed. */
  readonly tbs: Uint8Array;
  /** The signing core's name, or the OID of an algorithm that it does not have. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly subjectAltName: SubjectAltName;
  readonly crlDistributionPoints: readonly string[];
  readonly certificatePolicies: readonly string[];
  /** OIDs of the application policies; absent without that extension. */
  readonly applicationPolicies?: readonly string[];
  /** The account's SID (szOID_NTDS_CA_SECURITY_EXT). */
  readonly sid?: string;
  readonly template?: Template;
  /** OIDs of extensions that are critical and mean nothing here: such a certificate is in no chain. */
  readonly unknownCritical: readonly string[];
}

export type ReadCertificate =
  | { readonly ok: true; readonly value: Certificate }
  | { readonly ok: false; readonly reason: string };

/** Octets: larger ones are refused unread. Post-quantum signatures would fit. */
const CERTIFICATE_MAX = 1 << 16;

/** Certificates read lately, by SHA-256. The oldest go first; some 10 KiB each. */
const KEPT_MAX = 4096;
const kept = new Map<string, Certificate>();

/** Extensions that a chain may have marked critical. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.basicConstraints,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.certificatePolicies,
  EXTENSION.crlDistributionPoints,
  EXTENSION.applicationPolicies,
  EXTENSION.certificateTemplate,
  EXTENSION.certificateTemplateName,
  EXTENSION.ntdsCaSecurity,
]);

/** Milliseconds since 1970. */
export function timeOf(time: Time): number {
  return 'utcTime' in time ? time.utcTime : time.generalTime;
}

/** The digits of a serial number's content octets. */
export function serialText(content: Uint8Array): string {
  const digits = toHex(content);
  return digits.length > 2 && digits.startsWith('00') ? digits.slice(2) : digits;
}

/**
 * A certificate's fields, for the same octets always the same object. Strict DER; an extension that
 * is known and malformed makes the whole certificate malformed, as does one that comes twice
 * (RFC 5280 section 4.2). Whether the signature is right is the chain's matter.
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  if (der.length > CERTIFICATE_MAX) {
    return { ok: false, reason: `${der.length} octets are too many for a certificate` };
  }
  const sha256 = toHex(digest('sha256', der));
  const known = kept.get(sha256);
  if (known !== undefined) return { ok: true, value: known };
  // The caller's octets may be a view into a message, which would be kept with it.
  const read = readAnew(der.slice(), sha256);
  if (read.ok) {
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(sha256, read.value);
  }
  return read;
}

/** Those that can be read: an administrator, or a peer, may write anything among them. */
export function readCertificates(ders: readonly Uint8Array[]): readonly Certificate[] {
  return ders.flatMap((der) => {
    const read = readCertificate(der);
    return read.ok ? [read.value] : [];
  });
}

function readAnew(der: Uint8Array, sha256: string): ReadCertificate {
  const decoded = tryDecode(CertificateCodec, der, { maxSize: CERTIFICATE_MAX });
  if (!decoded.ok) return { ok: false, reason: decoded.error.message };
  const { tbsCertificate, signatureAlgorithm, signature } = decoded.value;
  const tbs = tbsCertificate.value;
  if (tbs.signature.algorithm !== signatureAlgorithm.algorithm) {
    return { ok: false, reason: 'the signature algorithm inside is not the one outside' };
  }
  if (signature.unused !== 0) return { ok: false, reason: 'the signature is no whole octets' };
  const extensions = readExtensions(tbs.extensions ?? []);
  if (!extensions.ok) return extensions;
  return {
    ok: true,
    value: {
      der,
      sha1: toHex(digest('sha1', der)),
      sha256,
      serialNumber: serialText(tbs.serialNumber),
      issuer: nameOf(tbs.issuer.value, tbs.issuer.raw),
      subject: nameOf(tbs.subject.value, tbs.subject.raw),
      notBefore: timeOf(tbs.validity.notBefore),
      notAfter: timeOf(tbs.validity.notAfter),
      publicKey: tbs.subjectPublicKeyInfo.raw,
      tbs: tbsCertificate.raw,
      signatureAlgorithm: signatureName(signatureAlgorithm.algorithm),
      signature: signature.bytes,
      ...extensions.value,
    },
  };
}

type ExtensionFields = CommonExtensions &
  WindowsExtensions &
  Pick<
    Certificate,
    'subjectAltName' | 'crlDistributionPoints' | 'certificatePolicies' | 'unknownCritical'
  >;

function readExtensions(
  extensions: readonly Extension[],
):
  | { readonly ok: true; readonly value: ExtensionFields }
  | { readonly ok: false; readonly reason: string } {
  const seen = new Set<string>();
  let value: ExtensionFields = {
    subjectAltName: NO_NAMES,
    crlDistributionPoints: [],
    certificatePolicies: [],
    unknownCritical: [],
  };
  for (const extension of extensions) {
    const { extnID, critical } = extension;
    if (seen.has(extnID)) return { ok: false, reason: `extension ${extnID} comes twice` };
    seen.add(extnID);
    if (extnID === EXTENSION.subjectAltName) {
      const names = readSubjectAltName(extension.extnValue);
      if (!names.ok) return names;
      value = { ...value, subjectAltName: names.value };
      continue;
    }
    const common = readCommonExtension(extension);
    if (!common.ok) return common;
    const windows = readWindowsExtension(extension);
    if (windows === undefined) return { ok: false, reason: `extension ${extnID} is malformed` };
    const template = { ...value.template, ...windows.template };
    value = {
      ...value,
      ...common.value,
      ...windows,
      ...(Object.keys(template).length === 0 ? {} : { template }),
    };
    if (critical && !UNDERSTOOD.has(extnID)) {
      value = { ...value, unknownCritical: [...value.unknownCritical, extnID] };
    }
  }
  return { ok: true, value };
}
