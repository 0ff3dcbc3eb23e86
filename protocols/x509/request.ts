/** Certification requests (RFC 2986), with the attributes that Active Directory's CAs look at. */
import { verifySignature } from '../../src/crypto/verify.ts';
import { decode, encode, tryDecode } from '../../src/der/codec.ts';
import { signatureAlgorithmIdentifier, signatureName } from './algorithms.ts';
import { REQUEST_ATTRIBUTE } from './constants.ts';
import {
  type Attribute,
  CertificationRequest,
  CertificationRequestInfo,
  EnrollmentNameValuePair,
  type Extension,
  Extensions,
  Name,
  SubjectPublicKeyInfo,
} from './messages.ts';
import { type DistinguishedName, nameOf } from './names.ts';

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

export interface RequestContent {
  readonly subject: DistinguishedName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** extensionRequest. */
  readonly extensions?: readonly Extension[];
  /** `CertificateTemplate` and others (MS-WCCE 2.2.2.7.10). */
  readonly nameValues?: readonly NameValue[];
}

export interface CertificateRequest {
  readonly der: Uint8Array;
  readonly subject: DistinguishedName;
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly nameValues: readonly NameValue[];
  /** All attributes, those above included. */
  readonly attributes: readonly Attribute[];
  readonly signatureAlgorithm: string;
}

export type ReadRequest =
  | { readonly ok: true; readonly value: CertificateRequest }
  | { readonly ok: false; readonly reason: string };

/** The octets that the key of the request signs. */
export function certificationRequestInfo(content: RequestContent): Uint8Array {
  const { subject, publicKey, extensions = [], nameValues = [] } = content;
  const attributes: Attribute[] = nameValues.map((pair) => ({
    type: REQUEST_ATTRIBUTE.enrollmentNameValuePair,
    values: [encode(EnrollmentNameValuePair, pair)],
  }));
  if (extensions.length > 0) {
    const values = [encode(Extensions, extensions)];
    attributes.push({ type: REQUEST_ATTRIBUTE.extensionRequest, values });
  }
  return encode(CertificationRequestInfo, {
    version: 0,
    subject: { value: decode(Name, subject.der), raw: subject.der },
    subjectPKInfo: { value: decode(SubjectPublicKeyInfo, publicKey), raw: publicKey },
    attributes,
  });
}

/** The request of a CertificationRequestInfo and its signature. */
export function signedRequest(
  info: Uint8Array,
  signatureAlgorithm: string,
  signature: Uint8Array,
): Uint8Array {
  return encode(CertificationRequest, {
    certificationRequestInfo: { value: decode(CertificationRequestInfo, info), raw: info },
    signatureAlgorithm: signatureAlgorithmIdentifier(signatureAlgorithm),
    signature: { unused: 0, bytes: signature },
  });
}

/** A request whose signature is that of its own key: proof that who asks holds the key. */
export function readRequest(der: Uint8Array): ReadRequest {
  const decoded = tryDecode(CertificationRequest, der);
  if (!decoded.ok) return { ok: false, reason: decoded.error.message };
  const { certificationRequestInfo: info, signature } = decoded.value;
  const { subject, subjectPKInfo, attributes } = info.value;
  const signatureAlgorithm = signatureName(decoded.value.signatureAlgorithm.algorithm);
  if (!verifySignature(subjectPKInfo.raw, signatureAlgorithm, info.raw, signature.bytes)) {
    return { ok: false, reason: 'the signature is not that of the key in the request' };
  }
  const requested = attributes.filter(({ type }) => type === REQUEST_ATTRIBUTE.extensionRequest);
  const extensions: Extension[] = [];
  for (const value of requested.flatMap(({ values }) => values)) {
    const read = tryDecode(Extensions, value);
    if (!read.ok) return { ok: false, reason: `extensionRequest: ${read.error.message}` };
    extensions.push(...read.value);
  }
  const pairs = attributes.filter(({ type }) => type === REQUEST_ATTRIBUTE.enrollmentNameValuePair);
  const nameValues: NameValue[] = [];
  for (const value of pairs.flatMap(({ values }) => values)) {
    const read = tryDecode(EnrollmentNameValuePair, value);
    if (!read.ok) return { ok: false, reason: `name-value pair: ${read.error.message}` };
    nameValues.push(read.value);
  }
  return {
    ok: true,
    value: {
      der,
      subject: nameOf(subject.value, subject.raw),
      publicKey: subjectPKInfo.raw,
      extensions,
      nameValues,
      attributes,
      signatureAlgorithm,
    },
  };
}
