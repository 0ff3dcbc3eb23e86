/**
 * PKINIT (RFC 4556, RFC 8636, MS-PKCA): what stands in its padata, in the CMS inside them, and in the
 * e-data of its errors.
 */
import { any } from '../../src/der/raw.ts';
import { bare, bareOptional, sequence } from '../../src/der/structures.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { IssuerAndSerialNumber } from '../cms/messages.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import { EncryptedData, PaEncTsEnc } from '../kerberos/messages.ts';
import { OID } from '../pkinit/constants.ts';
import { readGroup } from '../pkinit/groups.ts';
import * as m from '../pkinit/messages.ts';
import { PaPkAsRep, PaPkAsRepWin2k } from '../pkinit/replies.ts';
import { serialText } from '../x509/certificate.ts';
import { type AlgorithmIdentifier, SubjectKeyIdentifier } from '../x509/messages.ts';
import { readName } from '../x509/names.ts';
import { bigNumber, name } from './certificates.ts';
import { contentInfo } from './cms.ts';
import { type Contents, der, type Fields, type Inner, merging, under } from './contents.ts';
import { oidName } from './naming.ts';
import { readable } from './readable.ts';

/** `modp-14`, `P-256`; absent for groups that nobody named. */
function groupOf(algorithm: AlgorithmIdentifier): string | undefined {
  const read = readGroup(algorithm);
  return read.ok ? read.group : undefined;
}

/** The numbers as octets, which is how people compare groups. */
const numbers = der(
  sequence('DomainParameters', {
    p: bare(bigNumber),
    g: bare(bigNumber),
    q: bareOptional(bigNumber),
    j: bareOptional(any),
    validationParms: bareOptional(any),
  }),
);
const domainParameters: Contents = {
  ...numbers,
  rows(bytes, path) {
    const group = groupOf({ algorithm: OID.dhPublicNumber, parameters: bytes });
    const [first, ...rest] = numbers.rows(bytes, path);
    if (first === undefined || group === undefined) return numbers.rows(bytes, path);
    return [{ ...first, name: group }, ...rest];
  },
};

/** RFC 3279 §2.3.3; a point of a curve is no INTEGER. */
const dhPublicKey = der({ ...bigNumber, type: 'DHPublicKey' });

/** The parameters of a public value's algorithm, at the row `path` of the AlgorithmIdentifier. */
function parametersInner(
  { algorithm, parameters }: AlgorithmIdentifier,
  path: string,
): readonly Inner[] {
  const isDh = algorithm === OID.dhPublicNumber || algorithm === OID.dhKeyAgreement;
  if (!isDh || parameters === undefined) return [];
  return [{ path: `${path}.parameters`, contents: domainParameters, octets: parameters, put() {} }];
}

interface PublicValue {
  readonly algorithm: AlgorithmIdentifier;
  readonly subjectPublicKey: { readonly bytes: Uint8Array };
}

function publicValueInners(info: PublicValue | undefined): readonly Inner[] {
  if (info === undefined) return [];
  const key = info.subjectPublicKey.bytes;
  return [
    ...parametersInner(info.algorithm, 'clientPublicValue.algorithm'),
    { path: 'clientPublicValue.subjectPublicKey', contents: dhPublicKey, octets: key, put() {} },
  ];
}

/** JSON of an AuthPack: its public value is the group's name, beside what the fields say. */
function authPackJson(fields: unknown, info: PublicValue | undefined): unknown {
  if (info === undefined) return fields;
  const { algorithm } = info.algorithm;
  const group = groupOf(info.algorithm);
  const clientPublicValue = { algorithm: oidName(algorithm) ?? algorithm, ...(group && { group }) };
  return { ...(fields as Fields), clientPublicValue };
}

/** Octets of 0 in front of Windows' token. */
const FRESHNESS_HEADER = 2;

const freshnessTime = der(PaEncTsEnc);

const sealedFreshness = der(EncryptedData, {
  inside: (data) => [
    {
      path: 'cipher',
      contents: freshnessTime,
      octets: { data, usages: { longTerm: KeyUsage.AS_FRESHNESS } },
      put: merging(),
    },
  ],
});

/** Windows' token (RFC 8070 leaves it to the KDC): two octets of 0, then a time under krbtgt's key. */
export const freshnessToken: Contents = {
  type: 'freshness token',
  read(bytes) {
    if (bytes[0] !== 0 || bytes[1] !== 0) return undefined;
    return sealedFreshness.read(bytes.subarray(FRESHNESS_HEADER)) && { value: bytes };
  },
  rows: (bytes, path): readonly DissectedField[] => [
    { path, type: 'freshness token', start: 0, end: bytes.length },
    { path: `${path}.header`, type: 'octets', start: 0, end: 2, value: '0000' },
    { path: `${path}.token`, type: 'octets', start: 2, end: bytes.length },
  ],
  json: () => ({}),
  inside: (value) => [
    {
      path: 'token',
      contents: sealedFreshness,
      octets: (value as Uint8Array).subarray(FRESHNESS_HEADER),
      put: Object.assign,
    },
  ],
  keys: () => [],
};

const authPack = der(m.AuthPack, {
  json: (pack) => authPackJson(readable(m.AuthPack, pack), pack.clientPublicValue),
  inside: ({ pkAuthenticator, clientPublicValue }) => [
    ...publicValueInners(clientPublicValue),
    ...(pkAuthenticator.freshnessToken === undefined
      ? []
      : [
          {
            path: 'pkAuthenticator.freshnessToken',
            contents: freshnessToken,
            octets: pkAuthenticator.freshnessToken,
            put: under('pkAuthenticator', 'freshnessToken'),
          },
        ]),
  ],
});

const authPackWin2k = der(m.AuthPackWin2k, {
  json: (pack) => authPackJson(readable(m.AuthPackWin2k, pack), pack.clientPublicValue),
  inside: ({ clientPublicValue }) => publicValueInners(clientPublicValue),
});

const kdcDhKeyInfo = der(m.KdcDhKeyInfo, {
  inside: ({ subjectPublicKey: { bytes } }) => [
    { path: 'subjectPublicKey', contents: dhPublicKey, octets: bytes, put() {} },
  ],
});
const replyKeyPack = der(m.ReplyKeyPack);
const replyKeyPackWin2k = der(m.ReplyKeyPackWin2k);

const signed = contentInfo(
  new Map([
    [OID.authData, authPack],
    [OID.dhKeyData, kdcDhKeyInfo],
    [OID.rkeyData, replyKeyPack],
  ]),
);
/** Draft 9's contents have id-data or id-pkinit-authData; in either case they are its own types. */
const signedWin2k = contentInfo(
  new Map([
    ['1.2.840.113549.1.7.1', authPackWin2k],
    [OID.authData, authPackWin2k],
    [OID.dhKeyData, kdcDhKeyInfo],
    [OID.rkeyData, replyKeyPackWin2k],
  ]),
);

const inCms = (path: readonly [...string[], string], contents: Contents, octets: Uint8Array) => ({
  path: path.join('.'),
  contents,
  octets,
  put: under(...path),
});

const issuerAndSerial = der(IssuerAndSerialNumber, {
  json: ({ issuer, serialNumber }) => ({
    issuer: readName(issuer.raw)?.text,
    serialNumber: serialText(serialNumber),
  }),
});
const keyIdentifier = der(SubjectKeyIdentifier);

/** Who is meant: the three forms of RFC 4556 §3.2.1, all DER in OCTET STRINGs. */
const PRINCIPAL_FORMS = [
  ['subjectName', name],
  ['issuerAndSerialNumber', issuerAndSerial],
  ['subjectKeyIdentifier', keyIdentifier],
] as const;

function principalInners(
  list: readonly m.ExternalPrincipalIdentifier[],
  path: string,
  put: (i: number, field: string) => Inner['put'],
): readonly Inner[] {
  return list.flatMap((one, i) =>
    PRINCIPAL_FORMS.flatMap(([field, contents]): readonly Inner[] => {
      const octets = one[field];
      if (octets === undefined) return [];
      return [{ path: `${path}[${i}].${field}`, contents, octets, put: put(i, field) }];
    }),
  );
}

const externalPrincipals = (codec: typeof m.TdTrustedCertifiers): Contents =>
  der(codec, {
    json: (list) => list.map((one) => readable(m.ExternalPrincipalIdentifier, one)),
    inside: (list) => principalInners(list, '', (i, field) => under(i, field)),
  });

export const trustedCertifiers = externalPrincipals(m.TdTrustedCertifiers);
export const invalidCertificates = externalPrincipals(m.TdInvalidCertificates);

/** Groups by name, best first. */
export const dhParameters = der(m.TdDhParameters, {
  json: (list) => list.map((one) => groupOf(one) ?? oidName(one.algorithm) ?? one.algorithm),
  inside: (list) => list.flatMap((one, i) => parametersInner(one, `[${i}]`)),
});

export const cmsDigestAlgorithms = der(m.TdCmsDigestAlgorithms, {
  json: (list) => list.map(({ algorithm }) => oidName(algorithm) ?? algorithm),
});

export const paPkAsReq = der(m.PaPkAsReq, {
  inside: ({ signedAuthPack, trustedCertifiers: trusted = [] }) => [
    inCms(['signedAuthPack'], signed, signedAuthPack),
    ...principalInners(trusted, 'trustedCertifiers', (i, field) =>
      under('trustedCertifiers', i, field),
    ),
  ],
});

export const paPkAsReqWin2k = der(m.PaPkAsReqWin2k, {
  inside: ({ signedAuthPack }) => [inCms(['signedAuthPack'], signedWin2k, signedAuthPack)],
});

export const paPkAsRep = der(PaPkAsRep, {
  inside: (reply) => [
    'dhInfo' in reply
      ? inCms(['dhInfo', 'dhSignedData'], signed, reply.dhInfo.dhSignedData)
      : inCms(['encKeyPack'], signed, reply.encKeyPack),
  ],
});

export const paPkAsRepWin2k = der(PaPkAsRepWin2k, {
  inside: (reply) => [
    'dhSignedData' in reply
      ? inCms(['dhSignedData'], signedWin2k, reply.dhSignedData)
      : inCms(['encKeyPack'], signedWin2k, reply.encKeyPack),
  ],
});

/** Every type by itself; a ContentInfo says by its own octets what it is. */
export const PKINIT: readonly Contents[] = [
  paPkAsReqWin2k,
  paPkAsRepWin2k,
  authPackWin2k,
  replyKeyPackWin2k,
  paPkAsReq,
  paPkAsRep,
  authPack,
  kdcDhKeyInfo,
  replyKeyPack,
  domainParameters,
  freshnessToken,
  trustedCertifiers,
  invalidCertificates,
  dhParameters,
  cmsDigestAlgorithms,
  signed,
];

export const cmsFile = signed;
