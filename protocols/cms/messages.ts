/** The types of RFC 5652, as far as one signer and recipients with RSA keys need them. */
import { choice } from '../../src/der/choice.ts';
import type { Codec, Infer } from '../../src/der/codec.ts';
import { integerBetween, octetString, oid } from '../../src/der/primitives.ts';
import { any, raw } from '../../src/der/raw.ts';
import {
  alias,
  bare,
  bareOptional,
  explicit,
  field,
  implicit,
  optional,
  sequence,
  setOf,
} from '../../src/der/structures.ts';
import { AlgorithmIdentifier, Attribute, CertificateSerialNumber, Name } from '../x509/messages.ts';

const CERTIFICATES_MAX = 64;
const SIGNERS_MAX = 4;
const RECIPIENTS_MAX = 16;

/** RFC 5652 §10.2.5 */
const CMSVersion = integerBetween('CMSVersion', 0, 5);

/**
 * SET OF as most encoders leave it: DER's order is asked of what is signed only, while Windows and
 * OpenSSL keep certificates in the order in which they were added. Written in the order given.
 */
function unorderedSetOf<T>(codec: Codec<T>, max: number): Codec<readonly T[]> {
  const list = setOf(codec, { max });
  return {
    ...list,
    shape: { kind: 'list', of: codec, max, sorted: false },
    write(writer, values) {
      for (let i = values.length; i-- > 0; ) writer.element(codec, values[i] as T);
    },
    read(reader, end) {
      const values: T[] = [];
      while (reader.pos < end) {
        if (values.length >= max) reader.fail(`more than ${max} elements`);
        values.push(reader.element(codec, end));
      }
      return values;
    },
  };
}

/** RFC 5652 §3 */
export const ContentInfo = sequence('ContentInfo', {
  contentType: bare(oid),
  content: field(0, any),
});

/** RFC 5652 §10.2.4 */
export const IssuerAndSerialNumber = sequence('IssuerAndSerialNumber', {
  issuer: bare(raw(Name)),
  serialNumber: bare(CertificateSerialNumber),
});

/**
 * RFC 5652 §5.3; RecipientIdentifier of §6.2.1 is the same. Heimdal 7 tags the key identifier
 * EXPLICIT, in requests and replies: that is read, and never written.
 */
export const SignerIdentifier = choice('SignerIdentifier', {
  issuerAndSerialNumber: IssuerAndSerialNumber,
  subjectKeyIdentifier: implicit(0, octetString),
  heimdalSubjectKeyIdentifier: explicit(0, octetString),
});
export type SignerIdentifier = Infer<typeof SignerIdentifier>;

/** RFC 5652 §5.3: the SET OF that is signed is this one under its universal tag. */
export const SignedAttributes = alias('SignedAttributes', setOf(Attribute, { max: 64 }));

/** RFC 5652 §5.3 */
export const SignerInfo = sequence('SignerInfo', {
  version: bare(CMSVersion),
  sid: bare(SignerIdentifier),
  digestAlgorithm: bare(AlgorithmIdentifier),
  signedAttrs: bareOptional(raw(implicit(0, SignedAttributes))),
  signatureAlgorithm: bare(AlgorithmIdentifier),
  signature: bare(octetString),
  unsignedAttrs: bareOptional(implicit(1, unorderedSetOf(Attribute, 64))),
});

/**
 * RFC 5652 §5.2. The content is an OCTET STRING there and ANY in RFC 2315 §7, which Windows still
 * writes for PKINIT's RSA mode: the element is kept as it is.
 */
export const EncapsulatedContentInfo = sequence('EncapsulatedContentInfo', {
  eContentType: bare(oid),
  eContent: optional(0, any),
});

/** RFC 5652 §5.1; certificates and lists of other kinds than X.509's are kept as they are, too. */
export const SignedData = sequence('SignedData', {
  version: bare(CMSVersion),
  digestAlgorithms: bare(unorderedSetOf(AlgorithmIdentifier, 16)),
  encapContentInfo: bare(EncapsulatedContentInfo),
  certificates: bareOptional(implicit(0, unorderedSetOf(any, CERTIFICATES_MAX))),
  crls: bareOptional(implicit(1, unorderedSetOf(any, CERTIFICATES_MAX))),
  signerInfos: bare(unorderedSetOf(SignerInfo, SIGNERS_MAX)),
});

/** RFC 5652 §6.2.1 */
export const KeyTransRecipientInfo = sequence('KeyTransRecipientInfo', {
  version: bare(CMSVersion),
  rid: bare(SignerIdentifier),
  keyEncryptionAlgorithm: bare(AlgorithmIdentifier),
  encryptedKey: bare(octetString),
});

/** RFC 5652 §6.2: the others begin with context tags and are kept as they are. */
export const RecipientInfo = choice('RecipientInfo', {
  ktri: KeyTransRecipientInfo,
  kari: implicit(1, sequence('KeyAgreeRecipientInfo', {}, { extensible: true })),
  kekri: implicit(2, sequence('KEKRecipientInfo', {}, { extensible: true })),
  pwri: implicit(3, sequence('PasswordRecipientInfo', {}, { extensible: true })),
  ori: implicit(4, sequence('OtherRecipientInfo', {}, { extensible: true })),
});

/** RFC 5652 §6.1 */
export const EncryptedContentInfo = sequence('EncryptedContentInfo', {
  contentType: bare(oid),
  contentEncryptionAlgorithm: bare(AlgorithmIdentifier),
  encryptedContent: bareOptional(implicit(0, octetString)),
});

/** RFC 5652 §6.1 */
export const EnvelopedData = sequence('EnvelopedData', {
  version: bare(CMSVersion),
  originatorInfo: bareOptional(implicit(0, sequence('OriginatorInfo', {}, { extensible: true }))),
  recipientInfos: bare(unorderedSetOf(RecipientInfo, RECIPIENTS_MAX)),
  encryptedContentInfo: bare(EncryptedContentInfo),
  unprotectedAttrs: bareOptional(implicit(1, unorderedSetOf(Attribute, 64))),
});
