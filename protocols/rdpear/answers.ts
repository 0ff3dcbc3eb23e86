/** What the client does with its keys for a host (MS-RDPEAR 2.2.2.1, 3.1.5), one function a call. */
import { type Codec, encode, tryDecode } from '../../src/der/codec.ts';
import type { ClientEnv } from '../kerberos/client.ts';
import {
  CKSUMTYPE_RSA_MD5,
  KeyUsage,
  KRB_AP_REP,
  PA_KERB_KEY_LIST_REP,
  PVNO,
} from '../kerberos/constants.ts';
import { KRB_AP_ERR_MODIFIED } from '../kerberos/error-codes.ts';
import {
  checksum,
  confounderLength,
  decrypt,
  encrypt,
  encryptionKey,
  type Key,
  keyOf,
  mandatoryChecksum,
} from '../kerberos/etypes.ts';
import {
  ApRep,
  Authenticator,
  AuthorizationData,
  Checksum,
  EncApRepPart,
  EncAsRepPart,
  EncryptedData,
  EncTgsRepPart,
  KdcReqBody,
} from '../kerberos/messages.ts';
import { CallId, Status, VERSION } from './constants.ts';
import {
  type Answer,
  type AnswerOf,
  type Asn1Data,
  asn1Data,
  type Call,
  type CallOf,
  type Output,
} from './messages.ts';
import { type KnownKeys, knownKey, sealedKey, subkeyOf } from './opaque-keys.ts';

/** What answers are made with. */
export interface Desk {
  readonly known: KnownKeys;
  /** Under which keys go to the host. */
  readonly channel: Key;
  readonly env: ClientEnv;
}

const { STATUS_SUCCESS, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER } = Status;
const { STATUS_DECRYPTION_FAILED } = Status;
const {
  RemoteCallKerbNegotiateVersion: NEGOTIATE_VERSION,
  RemoteCallKerbCreateApReqAuthenticator: CREATE_AP_REQ_AUTHENTICATOR,
  RemoteCallKerbDecryptApReply: DECRYPT_AP_REPLY,
  RemoteCallKerbUnpackKdcReplyBody: UNPACK_KDC_REPLY_BODY,
  RemoteCallKerbComputeTgsChecksum: COMPUTE_TGS_CHECKSUM,
  RemoteCallKerbBuildEncryptedAuthData: BUILD_ENCRYPTED_AUTH_DATA,
  RemoteCallKerbPackApReply: PACK_AP_REPLY,
} = CallId;

/** An answer with nothing in it: its structure has to be there all the same. */
const NOTHING: { readonly [T in Call['tag']]: AnswerOf<T> } = {
  [NEGOTIATE_VERSION]: { VersionToUse: VERSION },
  [CREATE_AP_REQ_AUTHENTICATOR]: {
    AuthenticatorTime: 0n,
    Authenticator: asn1Data(null),
    KerbProtocolError: 0,
  },
  [DECRYPT_AP_REPLY]: { ApReply: asn1Data(null) },
  [UNPACK_KDC_REPLY_BODY]: { KerbProtocolError: 0, ReplyBody: asn1Data(null) },
  [COMPUTE_TGS_CHECKSUM]: { Checksum: asn1Data(null) },
  [BUILD_ENCRYPTED_AUTH_DATA]: { EncryptedAuthData: asn1Data(null) },
  [PACK_AP_REPLY]: { PackedReply: null },
};

/** Either what a call asks for, or a status that is none of success. */
type Made<T extends Call['tag']> = AnswerOf<T> | number;

export function answer(desk: Desk, call: Call): Output {
  const made = madeFor(desk, call);
  const failed = typeof made === 'number';
  return {
    Status: failed ? made : STATUS_SUCCESS,
    Call: { tag: call.tag, value: failed ? NOTHING[call.tag] : made } as Answer,
  };
}

function madeFor(desk: Desk, call: Call): Made<Call['tag']> {
  switch (call.tag) {
    case NEGOTIATE_VERSION:
      return { VersionToUse: VERSION };
    case CREATE_AP_REQ_AUTHENTICATOR:
      return authenticator(desk, call.value);
    case DECRYPT_AP_REPLY:
      return apReply(desk, call.value);
    case UNPACK_KDC_REPLY_BODY:
      return kdcReplyBody(desk, call.value);
    case COMPUTE_TGS_CHECKSUM:
      return tgsChecksum(desk, call.value);
    case BUILD_ENCRYPTED_AUTH_DATA:
      return encryptedAuthData(desk, call.value);
    case PACK_AP_REPLY:
      return packedApReply(desk, call.value);
  }
}

/** The value in a KERB_ASN1_DATA; undefined: there is none, or it is none of these. */
function valueIn<T>(codec: Codec<T>, { Asn1Buffer }: Asn1Data): T | undefined {
  if (Asn1Buffer === null) return undefined;
  const read = tryDecode(codec, Asn1Buffer);
  return read.ok ? read.value : undefined;
}

function sealed({ env }: Desk, key: Key, usage: number, plain: Uint8Array): EncryptedData {
  const confounder = env.random(confounderLength(key.etype));
  return { etype: key.etype, cipher: encrypt(key, usage, plain, confounder) };
}

/**
 * MS-RDPEAR 2.2.2.1.7. A checksum without a key is what Windows' hosts ask for: the authenticator, which
 * holds it, is encrypted.
 */
function tgsChecksum(
  { known, channel }: Desk,
  { RequestBody, Key: sent, ChecksumType }: CallOf<typeof COMPUTE_TGS_CHECKSUM>,
): Made<typeof COMPUTE_TGS_CHECKSUM> {
  const key = knownKey(known, channel, sent);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const cksumtype = ChecksumType | 0;
  const takes = cksumtype === CKSUMTYPE_RSA_MD5 || cksumtype === mandatoryChecksum(key.etype);
  // Nothing but a request is signed: the same key usage covers nothing else.
  if (!takes || valueIn(KdcReqBody, RequestBody) === undefined) return STATUS_INVALID_PARAMETER;
  const body = RequestBody.Asn1Buffer as Uint8Array;
  const made = checksum(key, KeyUsage.TGS_REQ_AUTHENTICATOR_CHECKSUM, body, cksumtype);
  return { Checksum: asn1Data(encode(Checksum, { cksumtype, checksum: made })) };
}

/** Authenticators of what a ticket is shown in. The standard's table has 3 and 8 in their place, those of replies. */
const AUTHENTICATORS: readonly number[] = [
  KeyUsage.TGS_REQ_AUTHENTICATOR,
  KeyUsage.AP_REQ_AUTHENTICATOR,
];

/** Microseconds from 1601 to 1970. */
const EPOCH_DIFFERENCE = 11_644_473_600_000_000n;
const TICKS_PER_MICROSECOND = 10n;
/** A clock that is further away is no clock: a century. */
const SKEW_MAX = 3_155_760_000_000_000n;

/** UTF-16 that no text of Kerberos is. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** MS-RDPEAR 2.2.2.1.4. */
function authenticator(
  desk: Desk,
  call: CallOf<typeof CREATE_AP_REQ_AUTHENTICATOR>,
): Made<typeof CREATE_AP_REQ_AUTHENTICATOR> {
  const { known, channel, env } = desk;
  const key = knownKey(known, channel, call.EncryptionKey);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const subkey = call.SubKey === null ? undefined : subkeyOf(known, channel, call.SubKey);
  const cksum = call.GssChecksum === null ? undefined : valueIn(Checksum, call.GssChecksum);
  const authData = call.AuthData === null ? [] : valueIn(AuthorizationData, call.AuthData);
  const skew = call.SkewTime / TICKS_PER_MICROSECOND;
  const stamp = env.stamp + env.offset + Number(skew);
  const names = [call.ClientRealm, ...(call.ClientName.Names ?? [])];
  const wrong =
    !AUTHENTICATORS.includes(call.KeyUsage) ||
    // The reply to such a request would come under a key of the host's: it would see the next key.
    (call.KeyUsage === KeyUsage.TGS_REQ_AUTHENTICATOR && subkey !== undefined) ||
    (subkey === undefined && call.SubKey !== null) ||
    (cksum === undefined && call.GssChecksum !== null) ||
    authData === undefined ||
    names.some((name) => LONE_SURROGATE.test(name)) ||
    skew > SKEW_MAX ||
    stamp < 0;
  if (wrong) return STATUS_INVALID_PARAMETER;
  const plain = encode(Authenticator, {
    authenticatorVno: PVNO,
    crealm: call.ClientRealm,
    cname: { nameType: call.ClientName.NameType, nameString: call.ClientName.Names ?? [] },
    ...(cksum === undefined ? {} : { cksum }),
    cusec: stamp % 1_000_000,
    ctime: Math.floor(stamp / 1_000_000) * 1_000,
    ...(subkey === undefined ? {} : { subkey: encryptionKey(subkey) }),
    seqNumber: call.SequenceNumber,
    ...(authData.length === 0 ? {} : { authorizationData: authData }),
  });
  return {
    AuthenticatorTime: (BigInt(stamp) + EPOCH_DIFFERENCE) * TICKS_PER_MICROSECOND,
    Authenticator: asn1Data(encode(EncryptedData, sealed(desk, key, call.KeyUsage, plain))),
    KerbProtocolError: 0,
  };
}

/** MS-RDPEAR 2.2.2.1.5. The subkey in it is the host's: it protects what the host says to the service. */
function apReply(
  { known, channel }: Desk,
  { EncryptedReply, Key: sent }: CallOf<typeof DECRYPT_AP_REPLY>,
): Made<typeof DECRYPT_AP_REPLY> {
  const key = knownKey(known, channel, sent);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const data = valueIn(EncryptedData, EncryptedReply);
  if (data === undefined) return STATUS_INVALID_PARAMETER;
  const plain =
    data.etype === key.etype ? decrypt(key, KeyUsage.AP_REP_ENC_PART, data.cipher) : undefined;
  return plain === undefined ? STATUS_DECRYPTION_FAILED : { ApReply: asn1Data(plain) };
}

const REPLIES: readonly number[] = [KeyUsage.AS_REP_ENC_PART, KeyUsage.TGS_REP_ENC_PART_SESSION];

/** MS-RDPEAR 2.2.2.1.6. The session key in it stays here: the host gets it sealed. */
function kdcReplyBody(
  desk: Desk,
  call: CallOf<typeof UNPACK_KDC_REPLY_BODY>,
): Made<typeof UNPACK_KDC_REPLY_BODY> {
  const key = knownKey(desk.known, desk.channel, call.Key);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const data = valueIn(EncryptedData, call.EncryptedData);
  if (data === undefined || call.StrengthenKey !== null || !REPLIES.includes(call.KeyUsage)) {
    return STATUS_INVALID_PARAMETER;
  }
  const plain = data.etype === key.etype ? decrypt(key, call.KeyUsage, data.cipher) : undefined;
  const body = plain === undefined ? undefined : withoutKeys(desk, plain);
  return body === undefined
    ? { KerbProtocolError: KRB_AP_ERR_MODIFIED, ReplyBody: asn1Data(null) }
    : { KerbProtocolError: 0, ReplyBody: asn1Data(body) };
}

/** The same reply with the key sealed, and without the long-term keys that a KDC may give to who asks for them. */
function withoutKeys({ channel, env }: Desk, plain: Uint8Array): Uint8Array | undefined {
  for (const codec of [EncTgsRepPart, EncAsRepPart]) {
    const read = tryDecode(codec, plain);
    if (!read.ok) continue;
    const { encryptedPaData, ...part } = read.value;
    const key = keyOf(part.key);
    if (key === undefined) return undefined;
    const keyvalue = sealedKey(channel, key, (size) => env.random(size));
    const left = encryptedPaData?.filter(({ padataType }) => padataType !== PA_KERB_KEY_LIST_REP);
    return encode(codec, {
      ...part,
      key: { keytype: key.etype, keyvalue },
      ...(left === undefined ? {} : { encryptedPaData: left }),
    });
  }
  return undefined;
}

/** Authorization data in a request (RFC 4120 §7.5.1): what a KDC takes into the ticket. */
const AUTH_DATA: readonly number[] = [
  KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION,
  KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SUBKEY,
];

/** MS-RDPEAR 2.2.2.1.8. */
function encryptedAuthData(
  desk: Desk,
  { KeyUsage: usage, Key: sent, PlainAuthData }: CallOf<typeof BUILD_ENCRYPTED_AUTH_DATA>,
): Made<typeof BUILD_ENCRYPTED_AUTH_DATA> {
  const key = knownKey(desk.known, desk.channel, sent);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const plain = PlainAuthData.Asn1Buffer;
  const readable = valueIn(AuthorizationData, PlainAuthData) !== undefined;
  if (!AUTH_DATA.includes(usage) || !readable || plain === null) return STATUS_INVALID_PARAMETER;
  return { EncryptedAuthData: asn1Data(encode(EncryptedData, sealed(desk, key, usage, plain))) };
}

/** MS-RDPEAR 2.2.2.1.9: the enc-part of `Reply` is whatever it is; `ReplyBody` goes into its place. */
function packedApReply(
  desk: Desk,
  { ReplyBody, SessionKey }: CallOf<typeof PACK_AP_REPLY>,
): Made<typeof PACK_AP_REPLY> {
  const key = knownKey(desk.known, desk.channel, SessionKey);
  if (key === undefined) return STATUS_INVALID_HANDLE;
  const plain = ReplyBody.Asn1Buffer;
  if (plain === null || valueIn(EncApRepPart, ReplyBody) === undefined) {
    return STATUS_INVALID_PARAMETER;
  }
  const encPart = sealed(desk, key, KeyUsage.AP_REP_ENC_PART, plain);
  return { PackedReply: encode(ApRep, { pvno: PVNO, msgType: KRB_AP_REP, encPart }) };
}
