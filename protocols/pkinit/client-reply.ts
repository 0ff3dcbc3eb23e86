/**
 * PA-PK-AS-REP as a client reads it: that a KDC of the realm signed it, that it answers this request, and
 * the key of the reply. RFC 4556 §3.2.4, RFC 8636 §6, MS-PKCA 2.2.4, 3.1.5.1.
 */
import { concat } from '../../src/bytes/bytes.ts';
import { type Codec, tryDecode } from '../../src/der/codec.ts';
import { openEnvelopedData, readEnvelopedData } from '../cms/enveloped-data.ts';
import { identifies } from '../cms/identifiers.ts';
import { readSignedData, signerCertificate, verifySignedData } from '../cms/signed-data.ts';
import type { Check, Failure } from '../kerberos/client.ts';
import { KeyUsage, PA_PK_AS_REP, PA_PK_AS_REP_OLD } from '../kerberos/constants.ts';
import { keyOf, supported, verifyChecksum } from '../kerberos/etypes.ts';
import type { AsRep } from '../kerberos/messages.ts';
import { ticketGrantingService } from '../kerberos/names.ts';
import type { ReplyContext, ReplyKey } from '../kerberos/preauth.ts';
import { readCertificate, readCertificates } from '../x509/certificate.ts';
import type { PkinitState } from './client-state.ts';
import { OID } from './constants.ts';
import { kdfKey, octetString2Key } from './derivation.ts';
import { agreed, peerValue } from './groups.ts';
import { kdcObjection, untrustedKdc } from './kdc-trust.ts';
import { type DhRepInfo, KdcDhKeyInfo, ReplyKeyPack, ReplyKeyPackWin2k } from './messages.ts';
import { PaPkAsRep, PaPkAsRepWin2k } from './replies.ts';

type Found = ReplyKey<PkinitState>;

/** The reply as both variants have it. */
type Answer =
  | { readonly kind: 'agreement'; readonly dhInfo: DhRepInfo; readonly octets: Uint8Array }
  | { readonly kind: 'transport'; readonly encKeyPack: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

export function keyOfReply(state: PkinitState, reply: AsRep, context: ReplyContext): Found {
  const answer = answerIn(state, reply);
  switch (answer.kind) {
    case 'failed':
      return answer;
    case 'agreement':
      return agreement(state, answer.dhInfo, answer.octets, reply, context);
    case 'transport':
      return transported(state, answer.encKeyPack);
  }
}

function answerIn({ options }: PkinitState, { padata = [] }: AsRep): Answer {
  const win2k = options.variant === 'win2k';
  const type = win2k ? PA_PK_AS_REP_OLD : PA_PK_AS_REP;
  const octets = padata.find(({ padataType }) => padataType === type)?.padataValue;
  if (octets === undefined) {
    const reason = `the AS-REP has no ${win2k ? 'PA-PK-AS-REP of Windows 2000' : 'PA-PK-AS-REP'}`;
    return { kind: 'failed', failure: untrustedKdc('signature', `${reason}: nobody signed it`) };
  }
  if (win2k) {
    const read = tryDecode(PaPkAsRepWin2k, octets);
    if (!read.ok) return malformed(read.error.message);
    return 'encKeyPack' in read.value
      ? { kind: 'transport', ...read.value }
      : { kind: 'agreement', dhInfo: read.value, octets };
  }
  const read = tryDecode(PaPkAsRep, octets);
  if (!read.ok) return malformed(read.error.message);
  return 'encKeyPack' in read.value
    ? { kind: 'transport', ...read.value }
    : { kind: 'agreement', dhInfo: read.value.dhInfo, octets };
}

function agreement(
  state: PkinitState,
  { dhSignedData, serverDHNonce, kdf }: DhRepInfo,
  octets: Uint8Array,
  reply: AsRep,
  context: ReplyContext,
): Found {
  const { half, clientNonce, options } = state;
  if (half === undefined) return malformed('an agreement, where we offered none');
  const signed = signedByKdc(state, dhSignedData, OID.dhKeyData, context);
  if (signed.kind === 'failed') return signed;
  const read = tryDecode(KdcDhKeyInfo, signed.content);
  if (!read.ok) return malformed(`KDCDHKeyInfo: ${read.error.message}`);
  const { nonce, subjectPublicKey, dhKeyExpiration } = read.value;
  if (nonce !== context.nonce) return untrusted('nonce', `${context.nonce}`, `${nonce}`);
  if (dhKeyExpiration !== undefined && dhKeyExpiration < Math.floor(context.stamp / 1_000)) {
    return malformed(`the KDC's key pair ended at ${new Date(dhKeyExpiration).toISOString()}`);
  }
  const peer = peerValue(half.group, subjectPublicKey);
  const z = peer === undefined ? undefined : agreed(half, peer);
  if (z === undefined) return malformed(`the KDC's public value is none of ${half.group}`);
  const { etype } = reply.encPart;
  if (!supported(etype)) return { kind: 'failed', failure: { kind: 'noKey', etype } };
  const done = withKdc(state, signed.certificate);
  if (kdf !== undefined) {
    const key = options.kdfs.includes(kdf.kdfId)
      ? kdfKey(kdf.kdfId, z, { ...parties(context), etype, asReq: context.sent, pkAsRep: octets })
      : undefined;
    if (key === undefined)
      return malformed(`the KDC derives by ${kdf.kdfId}, which was not offered`);
    return { kind: 'key', key, state: done };
  }
  const nonces =
    clientNonce === undefined || serverDHNonce === undefined
      ? undefined
      : { client: clientNonce, server: serverDHNonce };
  return { kind: 'key', key: octetString2Key(etype, z, nonces), state: done };
}

/** RFC 8636 §3.1.1: the names as the request has them. */
function parties({ realm, cname, body }: ReplyContext) {
  return {
    client: { realm, name: cname },
    server: { realm, name: body.sname ?? ticketGrantingService(realm) },
  };
}

function transported(state: PkinitState, encKeyPack: Uint8Array): Found {
  if (state.half !== undefined) return malformed('key transport, where we offered an agreement');
  const read = readEnvelopedData(encKeyPack);
  if (!read.ok) return malformed(`encKeyPack: ${read.reason}`);
  const own = readCertificate(state.identity.certificate);
  const { recipients } = read.value;
  const named = own.ok
    ? recipients.find(({ identifier }) => identifies(identifier, own.value))
    : undefined;
  // Who is the only recipient need not be named: some write the identifier in another form.
  const recipient = named ?? recipients[0];
  if (recipient === undefined) return malformed('encKeyPack is for nobody');
  const { key } = state.identity;
  return {
    kind: 'decrypt',
    state,
    key,
    algorithm: 'RSAES-PKCS1-v1_5',
    data: recipient.encryptedKey,
  };
}

/** The rest of key transport, with the key of the content. */
export function keyOfTransport(
  state: PkinitState,
  contentKey: Uint8Array | undefined,
  reply: AsRep,
  context: ReplyContext,
): Found {
  const answer = answerIn(state, reply);
  if (answer.kind !== 'transport') return malformed('no key was to be decrypted');
  const read = readEnvelopedData(answer.encKeyPack);
  if (!read.ok) return malformed(`encKeyPack: ${read.reason}`);
  if (contentKey === undefined) return malformed('encKeyPack is not encrypted to our key');
  const plain = openEnvelopedData(read.value, contentKey);
  if (plain === undefined) return malformed('encKeyPack does not open with the key in it');
  const signed = signedByKdc(state, withHeader(plain), OID.rkeyData, context);
  if (signed.kind === 'failed') return signed;
  const pack = replyKeyIn(state, signed.content, context);
  if (pack.kind === 'failed') return pack;
  return { ...pack, state: withKdc(state, signed.certificate) };
}

function replyKeyIn(state: PkinitState, content: Uint8Array, context: ReplyContext): Found {
  const win2k = state.options.variant === 'win2k';
  const codec: Codec<{
    readonly replyKey: { readonly keytype: number; readonly keyvalue: Uint8Array };
    readonly nonce?: number;
    readonly asChecksum?: { readonly cksumtype: number; readonly checksum: Uint8Array };
  }> = win2k ? ReplyKeyPackWin2k : ReplyKeyPack;
  const read = tryDecode(codec, content);
  if (!read.ok) return malformed(`ReplyKeyPack: ${read.error.message}`);
  const { replyKey, nonce, asChecksum } = read.value;
  const key = keyOf(replyKey);
  if (key === undefined) {
    return { kind: 'failed', failure: { kind: 'noKey', etype: replyKey.keytype } };
  }
  if (nonce !== undefined && nonce !== (context.nonce | 0)) {
    return untrusted('nonce', `${context.nonce}`, `${nonce}`);
  }
  if (asChecksum !== undefined) {
    const { cksumtype, checksum } = asChecksum;
    const usage = KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM;
    const verdict = verifyChecksum(cksumtype, key, usage, context.sent, checksum);
    if (verdict !== 'ok') return untrusted('asChecksum', 'one over our AS-REQ', verdict);
  }
  return { kind: 'key', key, state };
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OBJECT_IDENTIFIER = 0x06;

/**
 * PKCS #7 1.5 encrypts contents without their tag and length, and so do Windows and MIT: what is left
 * begins with SignedData's version or with ContentInfo's OID (MS-PKCA 2.2.4).
 */
function withHeader(plain: Uint8Array): Uint8Array {
  if (plain[0] !== INTEGER && plain[0] !== OBJECT_IDENTIFIER) return plain;
  const { length } = plain;
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 0xff);
  const size = length < 0x80 ? [length] : [0x80 | digits.length, ...digits];
  return concat(Uint8Array.of(SEQUENCE, ...size), plain);
}

type Signed =
  | { readonly kind: 'signed'; readonly content: Uint8Array; readonly certificate: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Signed by a KDC of the realm that was asked. */
function signedByKdc(
  { trust }: PkinitState,
  octets: Uint8Array,
  contentType: string,
  { realm, stamp }: ReplyContext,
): Signed {
  const read = readSignedData(octets);
  if (!read.ok) return malformed(`SignedData: ${read.reason}`);
  const { content, certificates: sent } = read.value;
  if (read.value.contentType !== contentType || content === undefined) {
    return untrusted('eContentType', contentType, read.value.contentType);
  }
  const certificate = signerCertificate(read.value);
  if (certificate === undefined) {
    const failure = untrustedKdc('certificate', 'its certificate is not in the reply');
    return { kind: 'failed', failure };
  }
  const verified = verifySignedData(read.value, certificate.publicKey);
  if (!verified.ok) {
    return { kind: 'failed', failure: untrustedKdc('signature', verified.reason) };
  }
  const now = Math.floor(stamp / 1_000);
  const given = readCertificates(sent).filter((one) => one !== certificate);
  const objection = kdcObjection(certificate, given, trust, realm, now);
  if (objection !== undefined) return { kind: 'failed', failure: objection };
  return { kind: 'signed', content, certificate: certificate.der };
}

/** What served the exchange is done with. */
function withKdc(state: PkinitState, kdcCertificate: Uint8Array): PkinitState {
  const { half: _, clientNonce: __, ...rest } = state;
  return { ...rest, kdcCertificate };
}

function malformed(reason: string): { readonly kind: 'failed'; readonly failure: Failure } {
  return { kind: 'failed', failure: { kind: 'malformed', reason } };
}

function untrusted(
  check: Check,
  expected: string,
  got: string,
): { readonly kind: 'failed'; readonly failure: Failure } {
  return { kind: 'failed', failure: { kind: 'untrusted', check, expected, got } };
}
