/**
 * SignedData with one signer, made (RFC 5652 section 5). Signing takes two calls, because the
 * signature is an effect of whoever has the key; what is kept between them is plain data.
 */
import { digest } from '../../src/crypto/digest.ts';
import { decode, encode } from '../../src/der/codec.ts';
import { octetString, oid } from '../../src/der/primitives.ts';
import {
  type CertificateDigest,
  DIGEST_OID,
  signatureAlgorithmIdentifier,
  signatureOid,
} from '../x509/algorithms.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Attribute } from '../x509/messages.ts';
import { CMS_ATTRIBUTE, CONTENT_TYPE } from './constants.ts';
import { type CertificateIdentifier, encodableIdentifier, identifierOf } from './identifiers.ts';
import { ContentInfo, SignedAttributes, SignedData } from './messages.ts';

export interface ToSign {
  /** OID: id-pkinit-authData and its like. */
  readonly contentType: string;
  readonly content: Uint8Array;
  /** DER, in the order in which they are to be sent: the signer's and those above it. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: Certificate | { readonly subjectKeyIdentifier: string };
  /** The signing core's name: `sha256WithRSAEncryption`, `ecdsa-with-SHA256`. */
  readonly algorithm: string;
  /** contentType and messageDigest, as RFC 5652 wants for all content but id-data. */
  readonly signedAttributes: boolean;
  /** Further signed attributes; they go with those. */
  readonly attributes?: readonly Attribute[];
}

/** Everything but the signature. */
export interface SignedDataDraft {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  readonly signer: CertificateIdentifier;
  readonly algorithm: string;
  /** SET OF Attribute, DER with its universal tag; absent: the content itself is signed. */
  readonly signedAttributes?: Uint8Array;
}

/** @throws RangeError for a signature algorithm that CMS does not have */
function digestOfAlgorithm(algorithm: string): CertificateDigest {
  const known = signatureOid(algorithm);
  if (known === undefined) throw new RangeError(`CMS has no signature algorithm "${algorithm}"`);
  return known.digest as CertificateDigest;
}

/**
 * What is to be signed, with `algorithm`, and the draft to be finished.
 * @throws RangeError for a signature algorithm that CMS does not have
 */
export function prepareSignedData(wanted: ToSign): {
  readonly toBeSigned: Uint8Array;
  readonly draft: SignedDataDraft;
} {
  const { contentType, content, certificates, signer, algorithm } = wanted;
  const name = digestOfAlgorithm(algorithm);
  const draft: SignedDataDraft = {
    contentType,
    content,
    certificates,
    signer:
      'der' in signer
        ? identifierOf(signer)
        : { kind: 'subjectKeyIdentifier', subjectKeyIdentifier: signer.subjectKeyIdentifier },
    algorithm,
  };
  if (!wanted.signedAttributes) return { toBeSigned: content, draft };
  const attributes: Attribute[] = [
    { type: CMS_ATTRIBUTE.contentType, values: [encode(oid, contentType)] },
    { type: CMS_ATTRIBUTE.messageDigest, values: [encode(octetString, digest(name, content))] },
    ...(wanted.attributes ?? []),
  ];
  const signedAttributes = encode(SignedAttributes, attributes);
  return { toBeSigned: signedAttributes, draft: { ...draft, signedAttributes } };
}

const CONTEXT_0 = 0xa0;

/** `[0]` in place of the universal tag of a SET OF (RFC 5652 section 5.4). */
function implicitlyTagged(set: Uint8Array): Uint8Array {
  const copy = set.slice();
  copy[0] = CONTEXT_0;
  return copy;
}

/** ContentInfo of the finished SignedData, DER. */
export function finishSignedData(draft: SignedDataDraft, signature: Uint8Array): Uint8Array {
  const { contentType, signedAttributes: attributes } = draft;
  const digestAlgorithm = { algorithm: DIGEST_OID[digestOfAlgorithm(draft.algorithm)] };
  const bySubjectKey = draft.signer.kind === 'subjectKeyIdentifier';
  const data = encode(SignedData, {
    // RFC 5652 section 5.1
    version: bySubjectKey || contentType !== CONTENT_TYPE.data ? 3 : 1,
    digestAlgorithms: [digestAlgorithm],
    encapContentInfo: {
      eContentType: contentType,
      eContent: encode(octetString, draft.content),
    },
    ...(draft.certificates.length === 0 ? {} : { certificates: draft.certificates }),
    signerInfos: [
      {
        version: bySubjectKey ? 3 : 1,
        sid: encodableIdentifier(draft.signer),
        digestAlgorithm,
        ...(attributes === undefined
          ? {}
          : {
              signedAttrs: {
                value: decode(SignedAttributes, attributes),
                raw: implicitlyTagged(attributes),
              },
            }),
        signatureAlgorithm: signatureAlgorithmIdentifier(draft.algorithm),
        signature,
      },
    ],
  });
  return encode(ContentInfo, { contentType: CONTENT_TYPE.signedData, content: data });
}

/** A SignedData without content and signer, which only carries certificates (RFC 5652 section 5.2). */
export function certificatesMessage(certificates: readonly Uint8Array[]): Uint8Array {
  const data = encode(SignedData, {
    version: 1,
    digestAlgorithms: [],
    encapContentInfo: { eContentType: CONTENT_TYPE.data },
    certificates,
    signerInfos: [],
  });
  return encode(ContentInfo, { contentType: CONTENT_TYPE.signedData, content: data });
}
