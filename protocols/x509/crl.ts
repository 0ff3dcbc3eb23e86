/** Certificate revocation lists (RFC 5280 section 5): whole ones; deltas and indirect ones are refused. */
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { decode, encode, tryDecode } from '../../src/der/codec.ts';
import { bigInteger, enumerated } from '../../src/der/primitives.ts';
import { signatureAlgorithmIdentifier, signatureName } from './algorithms.ts';
import { type Certificate, serialText, timeOf } from './certificate.ts';
import { readCommonExtension } from './common-extensions.ts';
import { CRL_REASON, EXTENSION } from './constants.ts';
import { serialContent, timeValue } from './issue.ts';
import { authorityKeyIdentifier } from './library.ts';
import { CertificateList, type Extension, Name, TBSCertList } from './messages.ts';
import { type DistinguishedName, nameOf } from './names.ts';

const CRLReason = enumerated('CRLReason', CRL_REASON);

export interface Revocation {
  /** Hexadecimal, as certificates have it here. */
  readonly serialNumber: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** CRLReason; absent: unspecified. */
  readonly reason?: number;
}

export interface Crl {
  readonly der: Uint8Array;
  readonly sha256: string;
  readonly issuer: DistinguishedName;
  readonly authorityKeyIdentifier?: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** Absent where the list does not say; such a list stays current. */
  readonly nextUpdate?: number;
  readonly number?: bigint;
  /** By serial number. */
  readonly revoked: ReadonlyMap<string, Revocation>;
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
}

export interface CrlContent {
  readonly issuer: Certificate;
  readonly signatureAlgorithm: string;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** CRLNumber: grows with every list. */
  readonly number: number;
  readonly revoked: readonly Revocation[];
}

function serialOctets(text: string): Uint8Array {
  return serialContent(fromHex(text));
}

function entryExtensions(reason: number | undefined): readonly Extension[] {
  // RFC 5280 section 5.3.1: unspecified is not to be written.
  if (reason === undefined || reason === 0) return [];
  return [{ extnID: EXTENSION.reasonCode, critical: false, extnValue: encode(CRLReason, reason) }];
}

/** The TBSCertList, to be signed with the issuer's key. */
export function tbsCertList(content: CrlContent): Uint8Array {
  const { issuer, revoked } = content;
  const number = encode(bigInteger, BigInt(content.number));
  const entries = revoked.map(({ serialNumber, date, reason }) => {
    const extensions = entryExtensions(reason);
    return {
      userCertificate: serialOctets(serialNumber),
      revocationDate: timeValue(date),
      ...(extensions.length === 0 ? {} : { crlEntryExtensions: extensions }),
    };
  });
  const identifier = issuer.subjectKeyIdentifier;
  return encode(TBSCertList, {
    version: 1,
    signature: signatureAlgorithmIdentifier(content.signatureAlgorithm),
    issuer: { value: decode(Name, issuer.subject.der), raw: issuer.subject.der },
    thisUpdate: timeValue(content.thisUpdate),
    nextUpdate: timeValue(content.nextUpdate),
    // RFC 5280 section 5.1.2.6: absent when nothing is revoked.
    ...(entries.length === 0 ? {} : { revokedCertificates: entries }),
    crlExtensions: [
      ...(identifier === undefined ? [] : [authorityKeyIdentifier(identifier)]),
      { extnID: EXTENSION.crlNumber, critical: false, extnValue: number },
    ],
  });
}

/** The list of a TBSCertList and its signature. */
export function signedCrl(
  tbs: Uint8Array,
  signatureAlgorithm: string,
  signature: Uint8Array,
): Uint8Array {
  return encode(CertificateList, {
    tbsCertList: { value: decode(TBSCertList, tbs), raw: tbs },
    signatureAlgorithm: signatureAlgorithmIdentifier(signatureAlgorithm),
    signature: { unused: 0, bytes: signature },
  });
}

export type ReadCrl =
  | { readonly ok: true; readonly value: Crl }
  | { readonly ok: false; readonly reason: string };

/** A list of 100,000 entries has some 4 MB. */
const CRL_MAX = 1 << 23;

/** Lists read lately, by SHA-256; the oldest go first. */
const KEPT_MAX = 64;
const kept = new Map<string, Crl>();

/**
 * The fields of a list, for the same octets always the same object. Whether its signature is right is
 * the chain's matter.
 */
export function readCrl(der: Uint8Array): ReadCrl {
  if (der.length > CRL_MAX) return { ok: false, reason: `${der.length} octets are too many` };
  const sha256 = toHex(digest('sha256', der));
  const known = kept.get(sha256);
  if (known !== undefined) return { ok: true, value: known };
  const read = readAnew(der.slice(), sha256);
  if (read.ok) {
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(sha256, read.value);
  }
  return read;
}

function readAnew(der: Uint8Array, sha256: string): ReadCrl {
  const decoded = tryDecode(CertificateList, der, { maxSize: CRL_MAX });
  if (!decoded.ok) return { ok: false, reason: decoded.error.message };
  const { tbsCertList, signatureAlgorithm, signature } = decoded.value;
  const tbs = tbsCertList.value;
  if (tbs.signature.algorithm !== signatureAlgorithm.algorithm) {
    return { ok: false, reason: 'the signature algorithm inside is not the one outside' };
  }
  const extensions = readExtensions(tbs.crlExtensions ?? []);
  if (!extensions.ok) return extensions;
  const revoked = new Map<string, Revocation>();
  for (const entry of tbs.revokedCertificates ?? []) {
    const read = readEntry(entry.crlEntryExtensions ?? []);
    if (!read.ok) return read;
    const serialNumber = serialText(entry.userCertificate);
    const reason = read.reasonCode === undefined ? {} : { reason: read.reasonCode };
    revoked.set(serialNumber, { serialNumber, date: timeOf(entry.revocationDate), ...reason });
  }
  return {
    ok: true,
    value: {
      der,
      sha256,
      issuer: nameOf(tbs.issuer.value, tbs.issuer.raw),
      thisUpdate: timeOf(tbs.thisUpdate),
      ...(tbs.nextUpdate === undefined ? {} : { nextUpdate: timeOf(tbs.nextUpdate) }),
      revoked,
      tbs: tbsCertList.raw,
      signatureAlgorithm: signatureName(signatureAlgorithm.algorithm),
      signature: signature.bytes,
      ...extensions.value,
    },
  };
}

type ReadExtensions =
  | { readonly ok: true; readonly value: Pick<Crl, 'authorityKeyIdentifier' | 'number'> }
  | { readonly ok: false; readonly reason: string };

/** A critical extension may change what the list means (deltas, other issuers, parts of it). */
function readExtensions(extensions: readonly Extension[]): ReadExtensions {
  let value: Pick<Crl, 'authorityKeyIdentifier' | 'number'> = {};
  for (const extension of extensions) {
    if (extension.extnID === EXTENSION.crlNumber) {
      const read = tryDecode(bigInteger, extension.extnValue);
      if (!read.ok) return { ok: false, reason: `cRLNumber: ${read.error.message}` };
      value = { ...value, number: read.value };
    } else if (extension.extnID === EXTENSION.authorityKeyIdentifier) {
      const read = readCommonExtension(extension);
      if (!read.ok) return read;
      value = { ...value, ...read.value };
    } else if (extension.critical) {
      return { ok: false, reason: `critical extension ${extension.extnID} is not understood` };
    }
  }
  return { ok: true, value };
}

type ReadEntry =
  | { readonly ok: true; readonly reasonCode?: number }
  | { readonly ok: false; readonly reason: string };

function readEntry(extensions: readonly Extension[]): ReadEntry {
  let reasonCode: number | undefined;
  for (const { extnID, critical, extnValue } of extensions) {
    if (extnID === EXTENSION.reasonCode) {
      const read = tryDecode(CRLReason, extnValue);
      if (!read.ok) return { ok: false, reason: `reasonCode: ${read.error.message}` };
      reasonCode = read.value;
    } else if (critical) {
      return { ok: false, reason: `critical extension ${extnID} of an entry is not understood` };
    }
  }
  return { ok: true, ...(reasonCode === undefined ? {} : { reasonCode }) };
}
