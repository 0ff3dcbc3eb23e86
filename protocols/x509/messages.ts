/**
 * The types of RFC 5280 (Explicit and Implicit modules of 1988) and RFC 2986, in their order. What
 * is signed or compared as octets is kept beside its value ({@link raw}).
 */

import { choice } from '../../src/der/choice.ts';
import type { Codec, Infer } from '../../src/der/codec.ts';
import {
  bigInteger,
  bitString,
  boolean,
  int32,
  integerBetween,
  octetString,
  oid,
} from '../../src/der/primitives.ts';
import { any, raw } from '../../src/der/raw.ts';
import {
  alias,
  bare,
  bareDefaulted,
  bareOptional,
  defaulted,
  explicit,
  field,
  implicit,
  optional,
  sequence,
  sequenceOf,
  setOf,
} from '../../src/der/structures.ts';
import { bmpString, generalString, ia5String, utf8String } from '../../src/der/text.ts';
import { generalizedTime, utcTime } from '../../src/der/time.ts';

/** Far above what certificates have, so that a hostile one ends early. */
const EXTENSIONS_MAX = 64;
const RDNS_MAX = 64;
const NAMES_MAX = 256;

/** RFC 5280 §4.1.1.2 */
export const AlgorithmIdentifier = sequence('AlgorithmIdentifier', {
  algorithm: bare(oid),
  parameters: bareOptional(any),
});
export type AlgorithmIdentifier = Infer<typeof AlgorithmIdentifier>;

/** RFC 5280 §4.1.2.4 */
export const AttributeTypeAndValue = sequence('AttributeTypeAndValue', {
  type: bare(oid),
  value: bare(any),
});
export const RelativeDistinguishedName = alias(
  'RelativeDistinguishedName',
  setOf(AttributeTypeAndValue, { max: 16 }),
);
export const Name = alias('Name', sequenceOf(RelativeDistinguishedName, { max: RDNS_MAX }));

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
export const Time = choice('Time', { utcTime, generalTime: generalizedTime });
export type Time = Infer<typeof Time>;

/**
 * RFC 5280 §4.1.2.2: the content octets of an INTEGER as they stand, because serial numbers are
 * compared and printed, never computed with.
 */
export const CertificateSerialNumber: Codec<Uint8Array> = {
  ...octetString,
  type: 'CertificateSerialNumber',
  tag: 0x02,
  read(reader, end) {
    const start = reader.pos;
    bigInteger.read(reader, end);
    reader.pos = start;
    if (end - start > 64) reader.fail('a serial number of more than 64 octets', start);
    return octetString.read(reader, end);
  },
};

/** RFC 5280 §4.1.2.7 */
export const SubjectPublicKeyInfo = sequence('SubjectPublicKeyInfo', {
  algorithm: bare(AlgorithmIdentifier),
  subjectPublicKey: bare(bitString),
});

/** RFC 5280 §4.2 */
export const Extension = sequence('Extension', {
  extnID: bare(oid),
  critical: bareDefaulted(boolean, false),
  extnValue: bare(octetString),
});
export type Extension = Infer<typeof Extension>;
export const Extensions = alias('Extensions', sequenceOf(Extension, { max: EXTENSIONS_MAX }));

/** RFC 5280 §4.1 */
export const TBSCertificate = sequence('TBSCertificate', {
  version: defaulted(0, integerBetween('Version', 0, 2), 0),
  serialNumber: bare(CertificateSerialNumber),
  signature: bare(AlgorithmIdentifier),
  issuer: bare(raw(Name)),
  validity: bare(sequence('Validity', { notBefore: bare(Time), notAfter: bare(Time) })),
  subject: bare(raw(Name)),
  subjectPublicKeyInfo: bare(raw(SubjectPublicKeyInfo)),
  issuerUniqueID: bareOptional(implicit(1, bitString)),
  subjectUniqueID: bareOptional(implicit(2, bitString)),
  extensions: optional(3, Extensions),
});
export const Certificate = sequence('Certificate', {
  tbsCertificate: bare(raw(TBSCertificate)),
  signatureAlgorithm: bare(AlgorithmIdentifier),
  signature: bare(bitString),
});

/** RFC 5280 §5.1 */
export const TBSCertList = sequence('TBSCertList', {
  version: bareOptional(integerBetween('Version', 1, 1)),
  signature: bare(AlgorithmIdentifier),
  issuer: bare(raw(Name)),
  thisUpdate: bare(Time),
  nextUpdate: bareOptional(Time),
  revokedCertificates: bareOptional(
    sequenceOf(
      sequence('RevokedCertificate', {
        userCertificate: bare(CertificateSerialNumber),
        revocationDate: bare(Time),
        crlEntryExtensions: bareOptional(Extensions),
      }),
    ),
  ),
  crlExtensions: optional(0, Extensions),
});
export const CertificateList = sequence('CertificateList', {
  tbsCertList: bare(raw(TBSCertList)),
  signatureAlgorithm: bare(AlgorithmIdentifier),
  signature: bare(bitString),
});

/** RFC 4120 §5.2.2 in RFC 4556 §3.2.2 */
export const KRB5PrincipalName = sequence('KRB5PrincipalName', {
  realm: field(0, generalString),
  principalName: field(
    1,
    sequence('PrincipalName', {
      'name-type': field(0, int32),
      'name-string': field(1, sequenceOf(generalString, { max: 32 })),
    }),
  ),
});
export type KRB5PrincipalName = Infer<typeof KRB5PrincipalName>;

/** RFC 5280 §4.2.1.6; the value is any type, told by the OID. */
export const OtherName = sequence('OtherName', { typeId: bare(oid), value: field(0, any) });

/** RFC 5280 §4.2.1.6. Name is a CHOICE, so its tag is EXPLICIT (X.680 §31.2.7). */
export const GeneralName = choice('GeneralName', {
  otherName: implicit(0, OtherName),
  rfc822Name: implicit(1, ia5String),
  dNSName: implicit(2, ia5String),
  x400Address: implicit(3, sequence('ORAddress', {}, { extensible: true })),
  directoryName: explicit(4, raw(Name)),
  ediPartyName: implicit(5, sequence('EDIPartyName', {}, { extensible: true })),
  uniformResourceIdentifier: implicit(6, ia5String),
  iPAddress: implicit(7, octetString),
  registeredID: implicit(8, oid),
});
export type GeneralName = Infer<typeof GeneralName>;
export const GeneralNames = alias('GeneralNames', sequenceOf(GeneralName, { max: NAMES_MAX }));

/** RFC 5280 §4.2.1.1 */
export const AuthorityKeyIdentifier = sequence('AuthorityKeyIdentifier', {
  keyIdentifier: bareOptional(implicit(0, octetString)),
  authorityCertIssuer: bareOptional(implicit(1, GeneralNames)),
  authorityCertSerialNumber: bareOptional(implicit(2, CertificateSerialNumber)),
});

/** RFC 5280 §4.2.1.2 */
export const SubjectKeyIdentifier = alias('SubjectKeyIdentifier', octetString);

/** RFC 5280 §4.2.1.3 */
export const KeyUsage = alias('KeyUsage', bitString);

/** RFC 5280 §4.2.1.4; MS-WCCE 2.2.2.7.7.3 puts key purposes into the same form. */
export const CertificatePolicies = alias(
  'CertificatePolicies',
  sequenceOf(
    sequence('PolicyInformation', {
      policyIdentifier: bare(oid),
      policyQualifiers: bareOptional(sequenceOf(any)),
    }),
    { max: NAMES_MAX },
  ),
);

/** RFC 5280 §4.2.1.9 */
export const BasicConstraints = sequence('BasicConstraints', {
  cA: bareDefaulted(boolean, false),
  pathLenConstraint: bareOptional(integerBetween('INTEGER', 0, 0x7fffffff)),
});

/** RFC 5280 §4.2.1.12 */
export const ExtKeyUsageSyntax = alias('ExtKeyUsageSyntax', sequenceOf(oid, { max: NAMES_MAX }));

/** RFC 5280 §4.2.1.13 */
export const CRLDistributionPoints = alias(
  'CRLDistributionPoints',
  sequenceOf(
    sequence('DistributionPoint', {
      distributionPoint: optional(
        0,
        choice('DistributionPointName', {
          fullName: implicit(0, GeneralNames),
          nameRelativeToCRLIssuer: implicit(1, RelativeDistinguishedName),
        }),
      ),
      reasons: bareOptional(implicit(1, bitString)),
      cRLIssuer: bareOptional(implicit(2, GeneralNames)),
    }),
    { max: EXTENSIONS_MAX },
  ),
);

/** MS-WCCE 2.2.2.7.7.1 */
export const CertificateTemplateName = bmpString;

/** MS-WCCE 2.2.2.7.7.2 */
export const CertificateTemplate = sequence('CertificateTemplateOID', {
  templateID: bare(oid),
  templateMajorVersion: bareOptional(integerBetween('TemplateVersion', 0, 0xffffffff)),
  templateMinorVersion: bareOptional(integerBetween('TemplateVersion', 0, 0xffffffff)),
});

/**
 * MS-WCCE 2.2.2.7.7.4: a GeneralNames with one otherName, whose value is the SID's text in an
 * OCTET STRING.
 */
export const NtdsCaSecurity = alias('NTDSCASecurityExt', GeneralNames);

/** UPN as an otherName's value. */
export const UserPrincipalName = alias('UserPrincipalName', utf8String);

/** MS-WCCE 2.2.2.7.10 */
export const EnrollmentNameValuePair = sequence('EnrollmentNameValuePair', {
  name: bare(bmpString),
  value: bare(bmpString),
});

/** RFC 2986 §4.1 */
export const Attribute = sequence('Attribute', { type: bare(oid), values: bare(setOf(any)) });
export type Attribute = Infer<typeof Attribute>;
export const CertificationRequestInfo = sequence('CertificationRequestInfo', {
  version: bare(integerBetween('Version', 0, 0)),
  subject: bare(raw(Name)),
  subjectPKInfo: bare(raw(SubjectPublicKeyInfo)),
  attributes: bare(implicit(0, setOf(Attribute, { max: 64 }))),
});
/** RFC 2986 §4.2 */
export const CertificationRequest = sequence('CertificationRequest', {
  certificationRequestInfo: bare(raw(CertificationRequestInfo)),
  signatureAlgorithm: bare(AlgorithmIdentifier),
  signature: bare(bitString),
});
