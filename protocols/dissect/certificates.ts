/** X.509: certificates, revocation lists and requests, down to the values of their extensions. */
import { type PublicKeyKind, publicKeyKind } from '../../src/crypto/public-key.ts';
import { type Codec, encode } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { bare, sequence } from '../../src/der/structures.ts';
import { RSA_ENCRYPTION } from '../x509/algorithms.ts';
import { type Certificate as CertificateFields, readCertificate } from '../x509/certificate.ts';
import { EXTENSION, KEY_USAGE, OTHER_NAME } from '../x509/constants.ts';
import * as x509 from '../x509/messages.ts';
import { readName } from '../x509/names.ts';
import type { SubjectAltName } from '../x509/subject-alt-name.ts';
import { type Contents, der, type Inner } from './contents.ts';
import { oidName } from './naming.ts';

/** Numbers that nobody reads as decimals. */
export const bigNumber: Codec<Uint8Array> = { ...octetString, type: 'INTEGER', tag: 0x02 };

/** RFC 8017 §A.1.1 */
const RSAPublicKey = sequence('RSAPublicKey', {
  modulus: bare(bigNumber),
  publicExponent: bare(bigNumber),
});
const rsaPublicKey = der(RSAPublicKey);

/** Values that are for the tree only: the certificate's JSON is made from all of them. */
const shown = (path: string, contents: Contents, octets: Uint8Array): Inner => ({
  path,
  contents,
  octets,
  put() {},
});

/** What an otherName's value is, by its type. */
const OTHER_NAMES: ReadonlyMap<string, Contents> = new Map([
  [
    OTHER_NAME.kerberosPrincipalName,
    der(x509.KRB5PrincipalName, {
      json: ({ realm, principalName }) => `${principalName['name-string'].join('/')}@${realm}`,
    }),
  ],
  [OTHER_NAME.userPrincipalName, der(x509.UserPrincipalName)],
]);

function otherNames(names: readonly x509.GeneralName[], path: string): readonly Inner[] {
  return names.flatMap((name, i) => {
    if (!('otherName' in name)) return [];
    const { typeId, value } = name.otherName;
    const contents = OTHER_NAMES.get(typeId);
    return contents === undefined ? [] : [shown(`${path}[${i}].otherName.value`, contents, value)];
  });
}

const generalNames = der(x509.GeneralNames, { inside: (names) => otherNames(names, '') });

const codecs: readonly (readonly [string, Codec<never>])[] = [
  [EXTENSION.subjectKeyIdentifier, x509.SubjectKeyIdentifier as Codec<never>],
  [EXTENSION.keyUsage, x509.KeyUsage as Codec<never>],
  [EXTENSION.basicConstraints, x509.BasicConstraints as Codec<never>],
  [EXTENSION.certificatePolicies, x509.CertificatePolicies as Codec<never>],
  [EXTENSION.crlDistributionPoints, x509.CRLDistributionPoints as Codec<never>],
  [EXTENSION.authorityKeyIdentifier, x509.AuthorityKeyIdentifier as Codec<never>],
  [EXTENSION.extendedKeyUsage, x509.ExtKeyUsageSyntax as Codec<never>],
  [EXTENSION.certificateTemplateName, x509.CertificateTemplateName as Codec<never>],
  [EXTENSION.certificateTemplate, x509.CertificateTemplate as Codec<never>],
  [EXTENSION.applicationPolicies, x509.CertificatePolicies as Codec<never>],
  [EXTENSION.ntdsCaSecurity, x509.NtdsCaSecurity as Codec<never>],
];

/** What an extension's value is, by its identifier. */
const EXTENSIONS: ReadonlyMap<string, Contents> = new Map<string, Contents>([
  ...codecs.map(([oid, codec]) => [oid, der(codec)] as const),
  [EXTENSION.subjectAltName, generalNames],
]);

function extensionInners(
  extensions: readonly x509.Extension[] | undefined,
  path: string,
): readonly Inner[] {
  return (extensions ?? []).flatMap(({ extnID, extnValue }, i) => {
    const contents = EXTENSIONS.get(extnID);
    return contents === undefined ? [] : [shown(`${path}[${i}].extnValue`, contents, extnValue)];
  });
}

/** The key in the BIT STRING of a SubjectPublicKeyInfo that stands at `path`. */
export function publicKeyInner(
  { algorithm, subjectPublicKey }: SubjectPublicKeyInfo,
  path: string,
): readonly Inner[] {
  if (algorithm.algorithm !== RSA_ENCRYPTION) return [];
  const at = path === '' ? 'subjectPublicKey' : `${path}.subjectPublicKey`;
  return [shown(at, rsaPublicKey, subjectPublicKey.bytes)];
}

interface SubjectPublicKeyInfo {
  readonly algorithm: x509.AlgorithmIdentifier;
  readonly subjectPublicKey: { readonly bytes: Uint8Array };
}

/** `RSA 2048`, `P-256` */
export function keyText(kind: PublicKeyKind | undefined): string | undefined {
  if (kind === undefined) return undefined;
  return kind.type === 'rsa' ? `RSA ${kind.bits}` : kind.curve;
}

const isoTime = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

function namesJson({ kerberos, ...names }: SubjectAltName): Record<string, readonly string[]> {
  const principals = kerberos.map(({ name, realm }) => `${name}@${realm}`);
  const all = Object.entries({ ...names, kerberos: principals });
  return Object.fromEntries(all.filter(([, list]) => list.length > 0));
}

/** A certificate's fields as people name them; what it does not have is absent. */
export function certificateJson(certificate: CertificateFields): Record<string, unknown> {
  const { subject, issuer, serialNumber, keyUsage, extendedKeyUsage, sid, template } = certificate;
  return {
    subject: subject.text,
    issuer: issuer.text,
    serialNumber,
    notBefore: isoTime(certificate.notBefore),
    notAfter: isoTime(certificate.notAfter),
    publicKey: keyText(publicKeyKind(certificate.publicKey)),
    signatureAlgorithm: certificate.signatureAlgorithm,
    sha1: certificate.sha1,
    ...(keyUsage === undefined
      ? {}
      : {
          keyUsage: Object.entries(KEY_USAGE).flatMap(([name, bit]) =>
            (keyUsage & bit) === 0 ? [] : [name],
          ),
        }),
    ...(extendedKeyUsage && {
      extendedKeyUsage: extendedKeyUsage.map((oid) => oidName(oid) ?? oid),
    }),
    subjectAltName: namesJson(certificate.subjectAltName),
    ...(certificate.basicConstraints && { basicConstraints: certificate.basicConstraints }),
    ...(certificate.crlDistributionPoints.length > 0 && {
      crlDistributionPoints: certificate.crlDistributionPoints,
    }),
    ...(sid === undefined ? {} : { sid }),
    ...(template && { template }),
  };
}

const certificateCodec = der(x509.Certificate, {
  inside: ({ tbsCertificate: { value: tbs } }) => [
    ...publicKeyInner(tbs.subjectPublicKeyInfo.value, 'tbsCertificate.subjectPublicKeyInfo'),
    ...extensionInners(tbs.extensions, 'tbsCertificate.extensions'),
  ],
});

/** A certificate. Its JSON is what {@link certificateJson} says of it. */
export const certificate: Contents = {
  ...certificateCodec,
  read(bytes) {
    const read = certificateCodec.read(bytes);
    return read && { value: { decoded: read.value, bytes } };
  },
  inside: (value, keys) =>
    certificateCodec.inside((value as { readonly decoded: unknown }).decoded, keys),
  json: (value) => {
    const { decoded, bytes } = value as { readonly decoded: unknown; readonly bytes: Uint8Array };
    const read = readCertificate(bytes);
    return read.ok ? certificateJson(read.value) : certificateCodec.json(decoded);
  },
};

export const certificateList = der(x509.CertificateList, {
  inside: ({ tbsCertList: { value: tbs } }) => [
    ...extensionInners(tbs.crlExtensions, 'tbsCertList.crlExtensions'),
    ...(tbs.revokedCertificates ?? []).flatMap(({ crlEntryExtensions }, i) =>
      extensionInners(
        crlEntryExtensions,
        `tbsCertList.revokedCertificates[${i}].crlEntryExtensions`,
      ),
    ),
  ],
});

export const certificationRequest = der(x509.CertificationRequest, {
  inside: ({ certificationRequestInfo: { value: info } }) =>
    publicKeyInner(info.subjectPKInfo.value, 'certificationRequestInfo.subjectPKInfo'),
});

const subjectPublicKeyInfo = der(x509.SubjectPublicKeyInfo, {
  inside: (info) => publicKeyInner(info, ''),
});

/** A name by itself, as TD-TRUSTED-CERTIFIERS has it in an OCTET STRING. */
export const name: Contents = der(x509.Name, {
  json: (value) => readName(encode(x509.Name, value))?.text,
});

/** Structures that files hold, each too peculiar to be taken for another. */
export const FILES: readonly Contents[] = [certificate, certificateList, certificationRequest];

export const X509: readonly Contents[] = [
  ...FILES,
  subjectPublicKeyInfo,
  name,
  generalNames,
  rsaPublicKey,
];
