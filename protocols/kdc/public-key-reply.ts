/**
 * PA-PK-AS-REP: how the client learns the reply's key. RFC 4556 §3.2.3, RFC 8636 §6, MS-PKCA 2.2.4. The
 * domain controller's signature lies between {@link prepareReply} and {@link finishReply}; what is kept
 * meanwhile is plain data.
 */
import { encode } from '../../src/der/codec.ts';
import { CONTENT_TYPE } from '../cms/constants.ts';
import { sealEnvelopedData } from '../cms/enveloped-data.ts';
import { finishSignedData, prepareSignedData, type SignedDataDraft } from '../cms/sign.ts';
import { KeyUsage, PA_PK_AS_REP, PA_PK_AS_REP_OLD } from '../kerberos/constants.ts';
import {
  KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import {
  checksum,
  encryptionKey,
  type Key,
  keyLength,
  mandatoryChecksum,
  randomToKey,
} from '../kerberos/etypes.ts';
import type { PaData } from '../kerberos/messages.ts';
import { OID } from '../pkinit/constants.ts';
import { type Binding, kdfKey, octetString2Key } from '../pkinit/derivation.ts';
import { agreed, type OwnHalf, publicKeyBits } from '../pkinit/groups.ts';
import { KdcDhKeyInfo, ReplyKeyPack, ReplyKeyPackWin2k } from '../pkinit/messages.ts';
import { PaPkAsRep, PaPkAsRepWin2k } from '../pkinit/replies.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { type Refusal, refused } from './errors.ts';
import type { Offer, Wanted } from './offer.ts';
import type { KdcIdentity, PkinitPolicy } from './pkinit-policy.ts';
import type { Variant } from './proof.ts';

/** How the key comes about when the signature is there. */
type Secret =
  | {
      readonly by: 'agreement';
      readonly z: Uint8Array;
      readonly nonces?: { readonly client: Uint8Array; readonly server: Uint8Array };
      readonly kdf?: string;
    }
  | {
      readonly by: 'transport';
      readonly key: Key;
      readonly recipient: Certificate;
      readonly style: 'windows' | 'windowsContentInfo' | 'cms';
    };

/** A reply that lacks the domain controller's signature. */
export interface ReplyDraft {
  readonly kind: 'draft';
  readonly variant: Variant;
  readonly signed: SignedDataDraft;
  readonly secret: Secret;
  readonly etype: number;
}

export interface PreparedReply {
  readonly kind: 'prepared';
  readonly toBeSigned: Uint8Array;
  readonly draft: ReplyDraft;
}

/** The KDC's half of an agreement, and until when it serves others too. */
export interface KeptHalf {
  readonly half: OwnHalf;
  /** Milliseconds since 1970, whole seconds. */
  readonly until?: number;
}

/** What a reply is made for. */
export interface ReplyContext {
  readonly identity: KdcIdentity;
  readonly variant: Variant;
  readonly policy: PkinitPolicy;
  /** etype of the reply's key. */
  readonly etype: number;
  /** The whole AS-REQ as it came. */
  readonly asReq: Uint8Array;
  /** Absent with key transport. */
  readonly half?: KeptHalf;
  random(size: number): Uint8Array;
}

const NONCE = 32;

export function prepareReply(offer: Offer, context: ReplyContext): PreparedReply | Refusal {
  const { identity, variant } = context;
  const own = readCertificate(identity.certificate);
  if (!own.ok) {
    return refused(KRB_ERR_GENERIC, `event 29: the KDC's certificate is malformed: ${own.reason}`);
  }
  const made =
    offer.wanted.by === 'agreement'
      ? agreement(offer, offer.wanted, context)
      : transport(offer, offer.wanted, context);
  if (made.kind === 'refused') return made;
  const { contentType, content, secret } = made;
  const { toBeSigned, draft } = prepareSignedData({
    contentType,
    content,
    certificates: [identity.certificate, ...identity.chain],
    signer: own.value,
    algorithm: identity.algorithm,
    signedAttributes: true,
  });
  const { etype } = context;
  return {
    kind: 'prepared',
    toBeSigned,
    draft: { kind: 'draft', variant, signed: draft, secret, etype },
  };
}

interface Made {
  readonly kind: 'made';
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly secret: Secret;
}

function agreement(
  { nonce }: Offer,
  { peer, clientNonce, kdf }: Extract<Wanted, { readonly by: 'agreement' }>,
  { half, random }: ReplyContext,
): Made | Refusal {
  if (half === undefined) return refused(KRB_ERR_GENERIC, 'there is no half of an agreement');
  const z = agreed(half.half, peer.value);
  if (z === undefined) {
    return refused(
      KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
      `the client's public value is none of ${peer.group}`,
    );
  }
  const content = encode(KdcDhKeyInfo, {
    subjectPublicKey: publicKeyBits(half.half),
    nonce,
    // Windows sends none; a pair that serves others as well has an end (RFC 4556 §3.2.3).
    ...(half.until === undefined ? {} : { dhKeyExpiration: half.until }),
  });
  // RFC 4556 §3.2.3.1: a nonce where the pair serves others, and the client sent one. Heimdal insists.
  const nonces =
    clientNonce === undefined || half.until === undefined
      ? {}
      : { nonces: { client: clientNonce, server: random(NONCE) } };
  const secret: Secret = { by: 'agreement', z, ...nonces, ...(kdf === undefined ? {} : { kdf }) };
  return { kind: 'made', contentType: OID.dhKeyData, content, secret };
}

function transport(
  { nonce }: Offer,
  { recipient, anyCms }: Extract<Wanted, { readonly by: 'transport' }>,
  { etype, variant, policy, asReq, random }: ReplyContext,
): Made {
  const key = randomToKey(etype, random(keyLength(etype)));
  const replyKey = encryptionKey(key);
  const content =
    variant === 'win2k'
      ? encode(ReplyKeyPackWin2k, { replyKey, nonce: nonce | 0 })
      : encode(ReplyKeyPack, {
          replyKey,
          asChecksum: {
            cksumtype: mandatoryChecksum(etype),
            checksum: checksum(key, KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM, asReq),
          },
        });
  const windows = anyCms ? 'windowsContentInfo' : 'windows';
  const style = policy.rsaKeyTransport === 'cms' ? 'cms' : windows;
  const secret: Secret = { by: 'transport', key, recipient, style };
  return { kind: 'made', contentType: OID.rkeyData, content, secret };
}

export interface FinishedReply {
  readonly kind: 'finished';
  readonly padata: PaData;
  readonly replyKey: Key;
}

/** @param parties client and server, for key derivation functions that are bound to them */
export function finishReply(
  { variant, signed, secret, etype }: ReplyDraft,
  signature: Uint8Array,
  asReq: Uint8Array,
  parties: Pick<Binding, 'client' | 'server'>,
  random: (size: number) => Uint8Array,
): FinishedReply | Refusal {
  const signedData = finishSignedData(signed, signature);
  if (secret.by === 'transport') {
    const encKeyPack = enveloped(signedData, secret, random);
    if (encKeyPack === undefined) {
      return refused(KRB_ERR_GENERIC, 'the client’s key is no RSA key: nothing is encrypted to it');
    }
    const padataValue =
      variant === 'win2k'
        ? encode(PaPkAsRepWin2k, { encKeyPack })
        : encode(PaPkAsRep, { encKeyPack });
    return { kind: 'finished', padata: padataOf(variant, padataValue), replyKey: secret.key };
  }
  const { z, nonces, kdf } = secret;
  if (variant === 'win2k') {
    const padataValue = encode(PaPkAsRepWin2k, { dhSignedData: signedData });
    const replyKey = octetString2Key(etype, z);
    return { kind: 'finished', padata: padataOf(variant, padataValue), replyKey };
  }
  const padataValue = encode(PaPkAsRep, {
    dhInfo: {
      dhSignedData: signedData,
      ...(nonces === undefined ? {} : { serverDHNonce: nonces.server }),
      ...(kdf === undefined ? {} : { kdf: { kdfId: kdf } }),
    },
  });
  const binding: Binding = { ...parties, etype, asReq, pkAsRep: padataValue };
  const derived = kdf === undefined ? undefined : kdfKey(kdf, z, binding);
  const replyKey = derived ?? octetString2Key(etype, z, nonces);
  return { kind: 'finished', padata: padataOf(variant, padataValue), replyKey };
}

function padataOf(variant: Variant, padataValue: Uint8Array): PaData {
  return { padataType: variant === 'win2k' ? PA_PK_AS_REP_OLD : PA_PK_AS_REP, padataValue };
}

/**
 * MS-PKCA 2.2.4, as Samba's `raw_testcase.py` reads Windows: the plaintext lacks its outermost header.
 * What is left begins with an OID when the client listed no supportedCMSTypes, else with a version.
 */
function enveloped(
  signedData: Uint8Array,
  { recipient, style }: Extract<Secret, { readonly by: 'transport' }>,
  random: (size: number) => Uint8Array,
): Uint8Array | undefined {
  const inner = style === 'windowsContentInfo' ? signedData : contentOf(signedData);
  const content = style === 'cms' ? inner : withoutHeader(inner);
  return sealEnvelopedData({
    contentType: CONTENT_TYPE.signedData,
    content,
    recipient,
    contentEncryption: 'des-ede3-cbc',
    random,
  });
}

/** SignedData out of its ContentInfo: SEQUENCE, OID, [0]. */
function contentOf(contentInfo: Uint8Array): Uint8Array {
  const inside = withoutHeader(contentInfo);
  const afterOid = inside.subarray(2 + (inside[1] as number));
  return withoutHeader(afterOid);
}

/** An element's content. For octets that were just encoded. */
function withoutHeader(der: Uint8Array): Uint8Array {
  const length = der[1] as number;
  return der.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f));
}
