/** The values of PA-DATA by their type (registry "Kerberos Pre-authentication and Typed Data"). */
import { view } from '../../src/bytes/bytes.ts';
import * as types from '../kerberos/constants.ts';
import * as fast from '../kerberos/fast-messages.ts';
import * as messages from '../kerberos/messages.ts';
import { PaForUser, PaS4uX509User } from '../kerberos/s4u-messages.ts';
import {
  type Contents,
  der,
  type Fields,
  generic,
  type Inner,
  merging,
  plain,
} from './contents.ts';
import * as pkinit from './pkinit.ts';
import { padataName } from './readable.ts';

/** Where padata stand decides what some of their types hold, and whose keys open them. */
export interface PadataPlace {
  readonly side: 'request' | 'reply';
  /** `name@REALM` of the client, where the message says it. */
  readonly client?: string;
  /** The messages that padata can hold: they hold padata themselves. */
  readonly library: Library;
}
export interface Library {
  /** The AP-REQ of PA-TGS-REQ: RFC 4120 §5.2.7.1 gives its parts key usages of their own. */
  readonly tgsApReq: Contents;
  /** The AP-REQ of FAST armor. */
  readonly apReq: Contents;
  readonly krbError: Contents;
  /** What stands inside a KDC-REQ-BODY. */
  reqBodyInners(body: messages.KdcReqBody, path: string): readonly Inner[];
}

const { KeyUsage } = types;

/** msDS-SupportedEncryptionTypes (MS-KILE 2.2.7), little-endian. */
const SUPPORTED_ENCTYPES = {
  'DES-CBC-CRC': 0x1,
  'DES-CBC-MD5': 0x2,
  'RC4-HMAC': 0x4,
  'AES128-CTS-HMAC-SHA1-96': 0x8,
  'AES256-CTS-HMAC-SHA1-96': 0x10,
  'AES256-CTS-HMAC-SHA1-96-SK': 0x20,
  'FAST-supported': 0x10000,
  'Compound-identity-supported': 0x20000,
  'Claims-supported': 0x40000,
  'Resource-SID-compression-disabled': 0x80000,
} as const;

function enctypeNames(bytes: Uint8Array): string[] {
  const value = view(bytes).getUint32(0, true);
  return Object.entries(SUPPORTED_ENCTYPES).flatMap(([name, bit]) =>
    (value & bit) === 0 ? [] : [name],
  );
}

const supportedEnctypes = plain(
  'PA-SUPPORTED-ENCTYPES',
  (bytes) => {
    if (bytes.length !== 4) return undefined;
    const value = view(bytes).getUint32(0, true);
    return [['enctypes', 'ULONG', 0, 4, value, enctypeNames(bytes).join(' ')]];
  },
  enctypeNames,
);

const timestamp = der(messages.PaEncTsEnc);

/** EncryptedData of a time: PA-ENC-TIMESTAMP under the client's key. */
const encTimestamp = (client: string | undefined): Contents =>
  der(messages.EncryptedData, {
    inside: (data) => [
      {
        path: 'cipher',
        contents: timestamp,
        octets: {
          data,
          usages: { longTerm: KeyUsage.PA_ENC_TIMESTAMP },
          ...(client === undefined ? {} : { principal: client }),
        },
        put: merging(),
      },
    ],
  });

function fastRequest({ library, ...place }: PadataPlace): Contents {
  const inner = der(fast.KrbFastReq, {
    inside: ({ padata, reqBody }) => [
      ...padataInners(padata, 'padata', { ...place, library }),
      ...library.reqBodyInners(reqBody.value, 'reqBody'),
    ],
  });
  return der(fast.PaFxFastRequest, {
    inside: ({ armoredData: { armor, encFastReq } }) => [
      ...(armor?.armorType === types.FX_FAST_ARMOR_AP_REQUEST
        ? [
            {
              path: 'armoredData.armor.armorValue',
              contents: library.apReq,
              octets: armor.armorValue,
              put: merging('armoredData', 'armor'),
            },
          ]
        : []),
      {
        path: 'armoredData.encFastReq.cipher',
        contents: inner,
        octets: { data: encFastReq, usages: { armor: KeyUsage.FAST_ENC } },
        put: merging('armoredData', 'encFastReq'),
      },
    ],
  });
}

function fastReply(place: PadataPlace): Contents {
  const client = place.client === undefined ? {} : { client: place.client };
  const inner = der(fast.KrbFastResponse, {
    inside: ({ padata }) => padataInners(padata, 'padata', place),
    keys: ({ strengthenKey }) =>
      strengthenKey === undefined
        ? []
        : [{ key: strengthenKey, kind: 'strengthen', name: 'strengthen-key', ...client }],
  });
  return der(fast.PaFxFastReply, {
    inside: ({ armoredData: { encFastRep } }) => [
      {
        path: 'armoredData.encFastRep.cipher',
        contents: inner,
        octets: { data: encFastRep, usages: { armor: KeyUsage.FAST_REP } },
        put: merging('armoredData', 'encFastRep'),
      },
    ],
  });
}

const FIXED: ReadonlyMap<number, Contents> = new Map<number, Contents>([
  [types.PA_ETYPE_INFO, der(messages.EtypeInfo)],
  [types.PA_ETYPE_INFO2, der(messages.EtypeInfo2)],
  [types.PA_SVR_REFERRAL_INFO, der(messages.PaSvrReferralInfo)],
  [types.PA_PAC_REQUEST, der(messages.KerbPaPacRequest)],
  [types.PA_FOR_USER, der(PaForUser)],
  [types.PA_S4U_X509_USER, der(PaS4uX509User)],
  [types.PA_REQ_ENC_PA_REP, der(messages.Checksum)],
  [types.PA_ENCRYPTED_CHALLENGE, der(messages.EncryptedData)],
  [types.PA_KERB_KEY_LIST_REQ, der(messages.KerbKeyListReq)],
  [types.PA_KERB_KEY_LIST_REP, der(messages.KerbKeyListRep)],
  [types.PA_SUPPORTED_ENCTYPES, supportedEnctypes],
  [types.PA_PAC_OPTIONS, der(messages.PaPacOptions)],
  [types.PA_PK_AS_REQ_OLD, pkinit.paPkAsReqWin2k],
  [types.PA_PK_AS_REQ, pkinit.paPkAsReq],
  [types.PA_PK_AS_REP, pkinit.paPkAsRep],
  [types.PA_AS_FRESHNESS, pkinit.freshnessToken],
  // MIT's KDC sends the data of errors as PA-DATA; their numbers are from the same registry.
  [types.TD_TRUSTED_CERTIFIERS, pkinit.trustedCertifiers],
  [types.TD_INVALID_CERTIFICATES, pkinit.invalidCertificates],
  [types.TD_DH_PARAMETERS, pkinit.dhParameters],
  [types.TD_CMS_DIGEST_ALGORITHMS, pkinit.cmsDigestAlgorithms],
]);

function contentsOf(padataType: number, place: PadataPlace): Contents {
  switch (padataType) {
    case types.PA_TGS_REQ:
      return place.library.tgsApReq;
    case types.PA_ENC_TIMESTAMP:
      return encTimestamp(place.client);
    case types.PA_FX_FAST:
      return place.side === 'request' ? fastRequest(place) : fastReply(place);
    case types.PA_PK_AS_REP_OLD:
      // Windows 2000's requests have the number that draft 9 gives replies (MS-PKCA 2.2.3).
      return place.side === 'request' ? pkinit.paPkAsReqWin2k : pkinit.paPkAsRepWin2k;
    case types.PA_FX_ERROR:
      return place.library.krbError;
    default:
      return FIXED.get(padataType) ?? generic;
  }
}

/** One value that stands at the row `path`. */
export function padataValueInner(
  padataType: number,
  octets: Uint8Array,
  path: string,
  place: PadataPlace,
  put: Inner['put'],
): Inner {
  return { path, contents: contentsOf(padataType, place), octets, put };
}

/**
 * Values of the padata that stand at `path`. Their JSON comes under `padataValue` by the type's name,
 * because the list itself is one of names.
 */
export function padataInners(
  padata: readonly messages.PaData[] | undefined,
  path: string,
  place: PadataPlace,
): readonly Inner[] {
  return (padata ?? []).flatMap(({ padataType, padataValue }, i): readonly Inner[] => {
    // Empty values announce that a type is spoken.
    if (padataValue.length === 0) return [];
    const name = padataName(padataType);
    const put = (outer: Fields, value: unknown): void => {
      outer.padataValue ??= {};
      (outer.padataValue as Fields)[name] ??= value;
      const { pac } = (value ?? {}) as { readonly pac?: unknown };
      if (pac !== undefined && padataType === types.PA_TGS_REQ) outer.pac = pac;
    };
    const at = `${path}[${i}].padataValue`;
    return [padataValueInner(padataType, padataValue, at, place, put)];
  });
}
