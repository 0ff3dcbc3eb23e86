/**
 * The messages of PKINIT in the order of RFC 4556 appendix A, then RFC 8636 and MS-PKCA. The module has
 * EXPLICIT tags; fields that it tags IMPLICIT say so. What is hashed or signed is kept as it came.
 */
import type { Infer } from '../../src/der/codec.ts';
import {
  bigInteger,
  bitString,
  int32,
  integerBetween,
  octetString,
  oid,
  uint32,
} from '../../src/der/primitives.ts';
import { any } from '../../src/der/raw.ts';
import {
  alias,
  bare,
  bareOptional,
  field,
  implicit,
  optional,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { generalizedTime } from '../../src/der/time.ts';
import { Checksum, EncryptionKey, PrincipalName, Realm } from '../kerberos/messages.ts';
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from '../x509/messages.ts';

const microseconds = integerBetween('Microseconds', 0, 999_999);

/** RFC 4556 §3.2.1 */
export type ExternalPrincipalIdentifier = Infer<typeof ExternalPrincipalIdentifier>;
export const ExternalPrincipalIdentifier = sequence(
  'ExternalPrincipalIdentifier',
  {
    subjectName: bareOptional(implicit(0, octetString)),
    issuerAndSerialNumber: bareOptional(implicit(1, octetString)),
    subjectKeyIdentifier: bareOptional(implicit(2, octetString)),
  },
  { extensible: true },
);

/** RFC 4556 §3.2.1; `signedAuthPack` and `kdcPkId` are IMPLICIT. */
export type PaPkAsReq = Infer<typeof PaPkAsReq>;
export const PaPkAsReq = sequence(
  'PA-PK-AS-REQ',
  {
    signedAuthPack: bare(implicit(0, octetString)),
    trustedCertifiers: optional(1, sequenceOf(ExternalPrincipalIdentifier, { max: 64 })),
    kdcPkId: bareOptional(implicit(2, octetString)),
  },
  { extensible: true },
);

/** MS-PKCA 2.2.3 */
export type PaChecksum2 = Infer<typeof PaChecksum2>;
export const PaChecksum2 = sequence('PAChecksum2', {
  checksum: field(0, octetString),
  algorithmIdentifier: field(1, AlgorithmIdentifier),
});

/** RFC 4556 §3.2.1 with `freshnessToken` of RFC 8070 §4 and `paChecksum2` of MS-PKCA 2.2.3. */
export type PkAuthenticator = Infer<typeof PkAuthenticator>;
export const PkAuthenticator = sequence(
  'PKAuthenticator',
  {
    cusec: field(0, microseconds),
    ctime: field(1, generalizedTime),
    nonce: field(2, uint32),
    paChecksum: optional(3, octetString),
    freshnessToken: optional(4, octetString),
    paChecksum2: optional(5, PaChecksum2),
  },
  { extensible: true },
);

/** RFC 8636 §6 */
export type KdfAlgorithmId = Infer<typeof KdfAlgorithmId>;
export const KdfAlgorithmId = sequence(
  'KDFAlgorithmId',
  { kdfId: field(0, oid) },
  { extensible: true },
);

/** RFC 4556 §3.2.1 with `supportedKDFs` of RFC 8636 §6 */
export type AuthPack = Infer<typeof AuthPack>;
export const AuthPack = sequence(
  'AuthPack',
  {
    pkAuthenticator: field(0, PkAuthenticator),
    clientPublicValue: optional(1, SubjectPublicKeyInfo),
    supportedCMSTypes: optional(2, sequenceOf(AlgorithmIdentifier, { max: 64 })),
    clientDHNonce: optional(3, octetString),
    supportedKDFs: optional(4, sequenceOf(KdfAlgorithmId, { max: 64 })),
  },
  { extensible: true },
);

/** RFC 3279 §2.3.3: parameters of dhpublicnumber. RFC 4556 §3.2.1 wants q; PKCS #3 style has none. */
export type DomainParameters = Infer<typeof DomainParameters>;
export const DomainParameters = sequence(
  'DomainParameters',
  {
    p: bare(bigInteger),
    g: bare(bigInteger),
    q: bareOptional(bigInteger),
    j: bareOptional(any),
    validationParms: bareOptional(any),
  },
  { extensible: true },
);

/** RFC 4556 §3.2.2, in the SAN of certificates. */
export type Krb5PrincipalName = Infer<typeof Krb5PrincipalName>;
export const Krb5PrincipalName = sequence('KRB5PrincipalName', {
  realm: field(0, Realm),
  principalName: field(1, PrincipalName),
});

/** RFC 4556 §3.2.2: e-data of several errors. */
export const AdInitialVerifiedCas = alias(
  'AD-INITIAL-VERIFIED-CAS',
  sequenceOf(ExternalPrincipalIdentifier),
);

/** RFC 4556 §3.2.3; `dhSignedData` is IMPLICIT, `kdf` is RFC 8636 §6. */
export type DhRepInfo = Infer<typeof DhRepInfo>;
export const DhRepInfo = sequence(
  'DHRepInfo',
  {
    dhSignedData: bare(implicit(0, octetString)),
    serverDHNonce: optional(1, octetString),
    kdf: optional(2, KdfAlgorithmId),
  },
  { extensible: true },
);

/** RFC 4556 §3.2.3 */
export type KdcDhKeyInfo = Infer<typeof KdcDhKeyInfo>;
export const KdcDhKeyInfo = sequence(
  'KDCDHKeyInfo',
  {
    subjectPublicKey: field(0, bitString),
    nonce: field(1, uint32),
    dhKeyExpiration: optional(2, generalizedTime),
  },
  { extensible: true },
);

/** RFC 4556 §3.2.3 */
export type ReplyKeyPack = Infer<typeof ReplyKeyPack>;
export const ReplyKeyPack = sequence(
  'ReplyKeyPack',
  { replyKey: field(0, EncryptionKey), asChecksum: field(1, Checksum) },
  { extensible: true },
);

/** RFC 4556 §3.1.3 and its data for errors: TD-TRUSTED-CERTIFIERS, TD-INVALID-CERTIFICATES. */
export const TdTrustedCertifiers = alias(
  'TD-TRUSTED-CERTIFIERS',
  sequenceOf(ExternalPrincipalIdentifier),
);
export const TdInvalidCertificates = alias(
  'TD-INVALID-CERTIFICATES',
  sequenceOf(ExternalPrincipalIdentifier),
);
/** RFC 4556 §3.2.3: groups that the KDC takes, best first. */
export const TdDhParameters = alias(
  'TD-DH-PARAMETERS',
  sequenceOf(AlgorithmIdentifier, { max: 64 }),
);
/** RFC 8636 §4, §5: digests that the KDC takes, best first. */
export const TdCmsDigestAlgorithms = alias(
  'TD-CMS-DIGEST-ALGORITHMS-DATA',
  sequenceOf(AlgorithmIdentifier, { max: 64 }),
);

/** RFC 8636 §6: what a key derivation is bound to. */
export const OtherInfo = sequence('OtherInfo', {
  algorithmID: bare(AlgorithmIdentifier),
  partyUInfo: field(0, octetString),
  partyVInfo: field(1, octetString),
  suppPubInfo: optional(2, octetString),
  suppPrivInfo: optional(3, octetString),
});

/** RFC 8636 §6 */
export const PkinitSuppPubInfo = sequence('PkinitSuppPubInfo', {
  enctype: field(0, int32),
  asREQ: field(1, octetString),
  pkAsRep: field(2, octetString),
});

/** MS-PKCA 2.2.3 and draft 9 of RFC 4556: Windows 2000's authenticator names the KDC and has no checksum. */
export const PkAuthenticatorWin2k = sequence('PKAuthenticator-Win2k', {
  kdcName: field(0, PrincipalName),
  kdcRealm: field(1, Realm),
  cusec: field(2, microseconds),
  ctime: field(3, generalizedTime),
  nonce: field(4, int32),
});
export type AuthPackWin2k = Infer<typeof AuthPackWin2k>;
export const AuthPackWin2k = sequence(
  'AuthPack-Win2k',
  {
    pkAuthenticator: field(0, PkAuthenticatorWin2k),
    clientPublicValue: optional(1, SubjectPublicKeyInfo),
  },
  { extensible: true },
);
export type PaPkAsReqWin2k = Infer<typeof PaPkAsReqWin2k>;
export const PaPkAsReqWin2k = sequence(
  'PA-PK-AS-REQ-Win2k',
  {
    signedAuthPack: bare(implicit(0, octetString)),
    trustedCertifiers: optional(2, sequenceOf(any, { max: 64 })),
    kdcCert: bareOptional(implicit(3, octetString)),
    encryptionCert: bareOptional(implicit(4, octetString)),
  },
  { extensible: true },
);
export const ReplyKeyPackWin2k = sequence(
  'ReplyKeyPack-Win2k',
  { replyKey: field(0, EncryptionKey), nonce: field(1, int32) },
  { extensible: true },
);
