/**
 * EnvelopedData to RSA keys (RFC 5652 section 6). Opening takes two calls, because the private key's
 * operation is an effect of whoever has it.
 */
import {
  CBC_CIPHERS,
  type CbcCipher,
  cbcDecryptPadded,
  cbcEncrypt,
} from '../../src/crypto/block-modes.ts';
import { rsaEncrypt } from '../../src/crypto/rsa.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { RSA_ENCRYPTION } from '../x509/algorithms.ts';
import type { Certificate } from '../x509/certificate.ts';
import { CONTENT_ENCRYPTION, CONTENT_TYPE, type ContentEncryption } from './constants.ts';
import {
  type CertificateIdentifier,
  encodableIdentifier,
  identifierOf,
  readIdentifier,
} from './identifiers.ts';
import { ContentInfo, EnvelopedData } from './messages.ts';
import type { Read } from './signed-data.ts';

/** The names of `src/crypto`. */
const CIPHERS: Readonly<Record<ContentEncryption, CbcCipher>> = {
  'des-ede3-cbc': 'des-ede3-cbc',
  'aes128-cbc': 'aes-128-cbc',
  'aes256-cbc': 'aes-256-cbc',
};

const ENCRYPTION_NAMES = new Map<string, ContentEncryption>(
  (Object.keys(CONTENT_ENCRYPTION) as ContentEncryption[]).map((name) => [
    CONTENT_ENCRYPTION[name],
    name,
  ]),
);

const NULL = Uint8Array.of(0x05, 0x00);

export interface ToSeal {
  /** OID. */
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Whose key is an RSA key. */
  readonly recipient: Certificate;
  readonly contentEncryption: ContentEncryption;
  /** Octets of chance: for content key, IV and padding. */
  readonly random: (size: number) => Uint8Array;
}

/** Odd parity in each octet (FIPS 46-3), which some implementations insist on. */
function withParity(key: Uint8Array): Uint8Array {
  return key.map((octet) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (octet >> bit) & 1;
    return (octet & 0xfe) | (ones & 1 ? 0 : 1);
  });
}

/** ContentInfo of the EnvelopedData; undefined when the recipient's key is no RSA key or too short. */
export function sealEnvelopedData(wanted: ToSeal): Uint8Array | undefined {
  const { recipient, contentEncryption, random } = wanted;
  const cipher = CIPHERS[contentEncryption];
  const { key: keySize, block } = CBC_CIPHERS[cipher];
  const drawn = random(keySize);
  const key = contentEncryption === 'des-ede3-cbc' ? withParity(drawn) : drawn;
  const iv = random(block);
  const encryptedKey = rsaEncrypt('RSAES-PKCS1-v1_5', recipient.publicKey, key, random);
  if (encryptedKey === undefined) return undefined;
  const data = encode(EnvelopedData, {
    version: 0,
    recipientInfos: [
      {
        ktri: {
          version: 0,
          rid: encodableIdentifier(identifierOf(recipient)),
          keyEncryptionAlgorithm: { algorithm: RSA_ENCRYPTION, parameters: NULL },
          encryptedKey,
        },
      },
    ],
    encryptedContentInfo: {
      contentType: wanted.contentType,
      contentEncryptionAlgorithm: {
        algorithm: CONTENT_ENCRYPTION[contentEncryption],
        parameters: encode(octetString, iv),
      },
      encryptedContent: cbcEncrypt(cipher, key, iv, wanted.content),
    },
  });
  return encode(ContentInfo, { contentType: CONTENT_TYPE.envelopedData, content: data });
}

export interface ReadRecipient {
  readonly identifier: CertificateIdentifier;
  /** To be decrypted with RSAES-PKCS1-v1_5. */
  readonly encryptedKey: Uint8Array;
}

/** Plain data: a machine keeps it while the key is being decrypted. */
export interface ReadEnvelopedData {
  /** OID. */
  readonly contentType: string;
  /** Those with RSA keys, at least one. */
  readonly recipients: readonly ReadRecipient[];
  readonly contentEncryption: ContentEncryption;
  readonly iv: Uint8Array;
  readonly encryptedContent: Uint8Array;
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** A ContentInfo with EnvelopedData for at least one RSA key. */
export function readEnvelopedData(der: Uint8Array): Read<ReadEnvelopedData> {
  const info = tryDecode(ContentInfo, der);
  if (!info.ok) return refused(info.error.message);
  if (info.value.contentType !== CONTENT_TYPE.envelopedData) {
    return refused(`the content is ${info.value.contentType}, not EnvelopedData`);
  }
  const decoded = tryDecode(EnvelopedData, info.value.content);
  if (!decoded.ok) return refused(decoded.error.message);
  const { recipientInfos, encryptedContentInfo } = decoded.value;
  const recipients = recipientInfos.flatMap((recipient) =>
    'ktri' in recipient && recipient.ktri.keyEncryptionAlgorithm.algorithm === RSA_ENCRYPTION
      ? [
          {
            identifier: readIdentifier(recipient.ktri.rid),
            encryptedKey: recipient.ktri.encryptedKey,
          },
        ]
      : [],
  );
  if (recipients.length === 0) return refused('no recipient with RSAES-PKCS1-v1_5');
  const { contentType, contentEncryptionAlgorithm, encryptedContent } = encryptedContentInfo;
  const { algorithm, parameters } = contentEncryptionAlgorithm;
  const contentEncryption = ENCRYPTION_NAMES.get(algorithm);
  if (contentEncryption === undefined)
    return refused(`content encryption ${algorithm} is not known`);
  if (encryptedContent === undefined) return refused('the encrypted content is not in it');
  const iv = parameters && tryDecode(octetString, parameters);
  if (iv?.ok !== true || iv.value.length !== CBC_CIPHERS[CIPHERS[contentEncryption]].block) {
    return refused('the parameter of the content encryption is no IV');
  }
  return {
    ok: true,
    value: { contentType, recipients, contentEncryption, iv: iv.value, encryptedContent },
  };
}

/**
 * The plaintext; undefined when the key has another length than the cipher's, or the padding is none.
 * The padding is as many octets as the last one says; the others are not looked at, because Windows'
 * readers do not either (reference: Samba's tests pass over them).
 */
export function openEnvelopedData(
  read: ReadEnvelopedData,
  contentEncryptionKey: Uint8Array,
): Uint8Array | undefined {
  const cipher = CIPHERS[read.contentEncryption];
  const padded = cbcDecryptPadded(cipher, contentEncryptionKey, read.iv, read.encryptedContent);
  const last = padded?.at(-1);
  if (
    padded === undefined ||
    last === undefined ||
    last === 0 ||
    last > CBC_CIPHERS[cipher].block
  ) {
    return undefined;
  }
  return padded.subarray(0, padded.length - last);
}
