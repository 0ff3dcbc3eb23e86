/** SignedData with one signer, read and verified (RFC 5652 section 5). `sign.ts` makes it. */
import { equal } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { type Decoded, type Infer, tryDecode } from '../../src/der/codec.ts';
import { octetString, oid } from '../../src/der/primitives.ts';
import {
  type CertificateDigest,
  digestNameOf,
  EC_PUBLIC_KEY,
  RSA_ENCRYPTION,
  signatureName,
  signatureNameFor,
  signatureOid,
} from '../x509/algorithms.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Attribute } from '../x509/messages.ts';
import { CMS_ATTRIBUTE, CONTENT_TYPE } from './constants.ts';
import { type CertificateIdentifier, identified, readIdentifier } from './identifiers.ts';
import { ContentInfo, SignedData, type SignerInfo } from './messages.ts';

/** The only signer's part. */
export interface ReadSigner {
  readonly identifier: CertificateIdentifier;
  readonly digestAlgorithm: CertificateDigest;
  /** The signing core's name, which says the digest, too. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** SET OF Attribute under its universal tag: what is signed. */
  readonly signedAttributes?: Uint8Array;
  /** The signed attributes, if there are any. */
  readonly attributes: readonly Attribute[];
}

export interface ReadSignedData {
  readonly version: number;
  /** OID. */
  readonly contentType: string;
  /** The OCTET STRING's octets; the element itself where RFC 2315's content is something else. */
  readonly content?: Uint8Array;
  /** What is digested: the content, of RFC 2315's the octets behind tag and length. */
  readonly digested?: Uint8Array;
  /** X.509 certificates and what else was in their place, DER. */
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  /** Absent where nobody signed: messages that only carry certificates. */
  readonly signer?: ReadSigner;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

const INTEGER = 0x02;
const SET = 0x31;
const OCTET_STRING = 0x04;

/** Where the content of a well-formed element begins. */
function contentStart(der: Uint8Array): number {
  const length = der[1] as number;
  return 2 + (length < 0x80 ? 0 : length & 0x7f);
}

/**
 * The SignedData of a ContentInfo; or one without it, as Windows puts it into EnvelopedData (MS-PKCA
 * 2.2.4), which begins with its version.
 */
function decodeSignedData(der: Uint8Array): Decoded<Infer<typeof SignedData>> | string {
  if (der[contentStart(der)] === INTEGER) return tryDecode(SignedData, der);
  const info = tryDecode(ContentInfo, der);
  if (!info.ok) return info;
  return info.value.contentType === CONTENT_TYPE.signedData
    ? tryDecode(SignedData, info.value.content)
    : `the content is ${info.value.contentType}, not SignedData`;
}

/** A SignedData of at most one signer. Whether it verifies is {@link verifySignedData}'s to say. */
export function readSignedData(der: Uint8Array): Read<ReadSignedData> {
  const decoded = decodeSignedData(der);
  if (typeof decoded === 'string') return refused(decoded);
  if (!decoded.ok) return refused(decoded.error.message);
  const { encapContentInfo, certificates = [], crls = [], signerInfos, version } = decoded.value;
  if (signerInfos.length > 1) return refused(`${signerInfos.length} signers, expected one`);
  const [signerInfo] = signerInfos;
  const signer = signerInfo === undefined ? undefined : readSigner(signerInfo);
  if (signer?.ok === false) return signer;
  const { eContentType: contentType, eContent } = encapContentInfo;
  return {
    ok: true,
    value: {
      version,
      contentType,
      ...(eContent === undefined ? {} : contentOf(eContent)),
      certificates,
      crls,
      ...(signer === undefined ? {} : { signer: signer.value }),
    },
  };
}

function contentOf(element: Uint8Array): { content: Uint8Array; digested: Uint8Array } {
  const digested = element.subarray(contentStart(element));
  return { content: element[0] === OCTET_STRING ? digested : element, digested };
}

/**
 * The signature's name. Many write the key's algorithm in place of the signature's, so that the
 * digest algorithm beside it says the rest (RFC 3370 section 3.2).
 */
function signatureNameOf(algorithm: string, digestName: CertificateDigest): string {
  if (algorithm === RSA_ENCRYPTION) return signatureNameFor('rsa', digestName);
  if (algorithm === EC_PUBLIC_KEY) return signatureNameFor('ec', digestName);
  return signatureName(algorithm);
}

function readSigner(info: Infer<typeof SignerInfo>): Read<ReadSigner> {
  const digestAlgorithm = digestNameOf(info.digestAlgorithm.algorithm);
  if (digestAlgorithm === undefined) {
    return refused(`digest algorithm ${info.digestAlgorithm.algorithm} is not known`);
  }
  const signatureAlgorithm = signatureNameOf(info.signatureAlgorithm.algorithm, digestAlgorithm);
  const known = signatureOid(signatureAlgorithm);
  if (known === undefined) {
    return refused(`signature algorithm ${signatureAlgorithm} is not known`);
  }
  if (known.digest !== digestAlgorithm) {
    return refused(`${signatureAlgorithm} with the digest algorithm ${digestAlgorithm}`);
  }
  const { signedAttrs, signature } = info;
  const signedAttributes = signedAttrs?.raw.slice();
  // RFC 5652 section 5.4: signed under the universal tag, sent under [0].
  if (signedAttributes !== undefined) signedAttributes[0] = SET;
  return {
    ok: true,
    value: {
      identifier: readIdentifier(info.sid),
      digestAlgorithm,
      signatureAlgorithm,
      signature,
      ...(signedAttributes === undefined ? {} : { signedAttributes }),
      attributes: signedAttrs?.value ?? [],
    },
  };
}

/** The signer's certificate, where it was sent along. */
export function signerCertificate({
  signer,
  certificates,
}: ReadSignedData): Certificate | undefined {
  return signer && identified(signer.identifier, certificates);
}

export type Verified = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The only value of the attribute; undefined: the attribute is not there, null: not once. */
function onlyValue(attributes: readonly Attribute[], type: string): Uint8Array | null | undefined {
  const found = attributes.filter((attribute) => attribute.type === type);
  if (found.length === 0) return undefined;
  return found.length === 1 && found[0]?.values.length === 1
    ? (found[0].values[0] as Uint8Array)
    : null;
}

/**
 * RFC 5652 section 11: messageDigest has to be there and right. contentType has to be right where it
 * is; Windows takes messages without it (reference: Samba's PKINIT tests, run against Windows, send
 * another attribute in its place).
 */
function attributesObjection(read: ReadSignedData, signer: ReadSigner): string | undefined {
  const { attributes, digestAlgorithm } = signer;
  const contentType = onlyValue(attributes, CMS_ATTRIBUTE.contentType);
  if (contentType !== undefined) {
    const decoded = contentType && tryDecode(oid, contentType);
    if (decoded?.ok !== true || decoded.value !== read.contentType) {
      return `the attribute contentType is not ${read.contentType}`;
    }
  }
  const value = onlyValue(attributes, CMS_ATTRIBUTE.messageDigest);
  if (value === undefined) return 'the attribute messageDigest is missing';
  const claimed = value && tryDecode(octetString, value);
  const own = digest(digestAlgorithm, read.digested ?? new Uint8Array(0));
  return claimed?.ok === true && equal(claimed.value, own)
    ? undefined
    : 'the attribute messageDigest is not the digest of the content';
}

/**
 * Is it the signature of this key, over this content?
 * @param publicKey SubjectPublicKeyInfo, DER
 */
export function verifySignedData(read: ReadSignedData, publicKey: Uint8Array): Verified {
  const { signer, digested } = read;
  if (signer === undefined) return refused('nobody signed it');
  if (digested === undefined) return refused('the content is not in it');
  if (signer.signedAttributes !== undefined) {
    const objection = attributesObjection(read, signer);
    if (objection !== undefined) return refused(objection);
  }
  const octets = signer.signedAttributes ?? digested;
  return verifySignature(publicKey, signer.signatureAlgorithm, octets, signer.signature)
    ? { ok: true }
    : refused(`the signature (${signer.signatureAlgorithm}) is not that of the key`);
}

/** The certificates of a message that only carries them; undefined when it is none. */
export function certificatesOnly(der: Uint8Array): readonly Uint8Array[] | undefined {
  const read = readSignedData(der);
  return read.ok ? read.value.certificates : undefined;
}
