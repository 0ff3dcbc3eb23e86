/** CMS (RFC 5652) as PKINIT uses it: what was signed, by whom, and the certificates that came along. */
import { tryDecode } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { CONTENT_TYPE } from '../cms/constants.ts';
import { readIdentifier } from '../cms/identifiers.ts';
import * as cms from '../cms/messages.ts';
import { CertificationRequest } from '../x509/messages.ts';
import { readName } from '../x509/names.ts';
import { certificate, certificateList, certificationRequest } from './certificates.ts';
import { type Contents, der, type Fields, generic, type Inner } from './contents.ts';
import { oidName } from './naming.ts';

/** Contents by eContentType: the protocols above say what theirs are. */
export type ContentTypes = ReadonlyMap<string, Contents>;

const OCTET_STRING = octetString.tag;

/** The content of an OCTET STRING, or the element itself where it is something else (RFC 2315 §7). */
function contentOf(element: Uint8Array): Uint8Array {
  if (element[0] !== OCTET_STRING) return element;
  const first = element[1] as number;
  return element.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

/** id-data says nothing of what it is: an agent signs PKCS #10 under it (MS-WCCE 1.3.2.4). */
function dataContents(octets: Uint8Array): Contents {
  return tryDecode(CertificationRequest, octets).ok ? certificationRequest : generic;
}

/** Appends to a list of the outer value. */
const into =
  (list: string): Inner['put'] =>
  (outer, value) => {
    outer[list] = [...((outer[list] as readonly unknown[] | undefined) ?? []), value];
  };

function signedData(types: ContentTypes): Contents {
  return der(cms.SignedData, {
    // Certificates, lists and the content are put in as what they are.
    json: ({ encapContentInfo, signerInfos, digestAlgorithms }) => ({
      eContentType: named(encapContentInfo.eContentType),
      digestAlgorithms: digestAlgorithms.map(({ algorithm }) => named(algorithm)),
      signerInfos: signerInfos.map((info) => ({
        ...signerJson(info.sid),
        digestAlgorithm: named(info.digestAlgorithm.algorithm),
        signatureAlgorithm: named(info.signatureAlgorithm.algorithm),
        ...(info.signedAttrs === undefined
          ? {}
          : { signedAttrs: info.signedAttrs.value.map(({ type }) => named(type)) }),
      })),
    }),
    inside: ({ encapContentInfo: { eContentType, eContent }, certificates = [], crls = [] }) => [
      ...(eContent === undefined
        ? []
        : [
            {
              path: 'encapContentInfo.eContent',
              contents: types.get(eContentType) ?? dataContents(contentOf(eContent)),
              octets: contentOf(eContent),
              put: (outer: Fields, value: unknown) => {
                outer.eContent = value;
              },
            },
          ]),
      ...certificates.map((octets, i) => ({
        path: `certificates[${i}]`,
        contents: certificate,
        octets,
        put: into('certificates'),
      })),
      ...crls.map((octets, i) => ({
        path: `crls[${i}]`,
        contents: certificateList,
        octets,
        put: into('crls'),
      })),
    ],
  });
}

const named = (oid: string): string => oidName(oid) ?? oid;

function signerJson(sid: cms.SignerIdentifier): Fields {
  const identifier = readIdentifier(sid);
  if (identifier.kind === 'subjectKeyIdentifier') {
    return { subjectKeyIdentifier: identifier.subjectKeyIdentifier };
  }
  return {
    issuer: readName(identifier.issuer)?.text,
    serialNumber: identifier.serialNumber,
  };
}

const envelopedData: Contents = der(cms.EnvelopedData, {
  json: ({
    recipientInfos,
    encryptedContentInfo: { contentType, contentEncryptionAlgorithm },
  }) => ({
    contentType: named(contentType),
    contentEncryptionAlgorithm: named(contentEncryptionAlgorithm.algorithm),
    recipientInfos: recipientInfos.map((info) =>
      'ktri' in info
        ? {
            ...signerJson(info.ktri.rid),
            keyEncryptionAlgorithm: named(info.ktri.keyEncryptionAlgorithm.algorithm),
          }
        : Object.keys(info)[0],
    ),
  }),
});

/** A ContentInfo; its JSON is that of what it holds. */
export function contentInfo(types: ContentTypes): Contents {
  const signed = signedData(types);
  const held = new Map([
    [CONTENT_TYPE.signedData as string, signed],
    [CONTENT_TYPE.envelopedData as string, envelopedData],
  ]);
  return der(cms.ContentInfo, {
    json: ({ contentType }) => ({ contentType: named(contentType) }),
    inside: ({ contentType, content }) => {
      const contents = held.get(contentType);
      return contents === undefined
        ? []
        : [{ path: 'content', contents, octets: content, put: Object.assign }];
    },
  });
}

export const CMS: readonly Contents[] = [envelopedData];
