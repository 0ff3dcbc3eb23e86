/**
 * The structures of MS-RDPEAR 2.2.1.2 in the order of the IDL: what a host asks the client's Kerberos to
 * do with keys that only the client has.
 */
import type { Infer } from '../../src/ndr/codec.ts';
import {
  conformantOctets,
  enumeration,
  int32,
  int64,
  namedLong,
  rpcUnicodeStringRoomy,
  uint16,
  uint32,
} from '../../src/ndr/primitives.ts';
import {
  conformantArray,
  count,
  nonNull,
  pointer,
  struct,
  tag,
  union,
} from '../../src/ndr/structures.ts';
import { CallId, Status } from './constants.ts';

const bytes = pointer(conformantOctets);
const callId = enumeration('RemoteGuardCallId', CallId);
const status = namedLong('NTSTATUS', Status);

/** MS-RDPEAR 2.2.1.2.1. `Pdu` says nothing. */
export type Asn1Data = Infer<typeof KERB_ASN1_DATA>;
export const KERB_ASN1_DATA = struct('KERB_ASN1_DATA', {
  Pdu: uint32,
  Length: count('Asn1Buffer'),
  Asn1Buffer: bytes,
});

/** MS-RDPEAR 2.2.1.2.2. */
export const KERB_RPC_OCTET_STRING = struct('KERB_RPC_OCTET_STRING', {
  length: count('value'),
  value: bytes,
});

/** MS-RDPEAR 2.2.1.2.3. */
export type InternalName = Infer<typeof KERB_RPC_INTERNAL_NAME>;
export const KERB_RPC_INTERNAL_NAME = struct('KERB_RPC_INTERNAL_NAME', {
  NameType: uint16,
  NameCount: count('Names', uint16),
  Names: pointer(conformantArray(rpcUnicodeStringRoomy)),
});

/**
 * MS-RDPEAR 2.2.1.2.8: whatever the client made of a key. Windows marshals the `void *` as a number, with
 * nothing behind it.
 */
export type OpaqueKey = Infer<typeof KERB_RPC_ENCRYPTION_KEY>;
export const KERB_RPC_ENCRYPTION_KEY = struct('KERB_RPC_ENCRYPTION_KEY', {
  reserved1: uint32,
  /** The encryption type. */
  reserved2: int32,
  reserved3: KERB_RPC_OCTET_STRING,
});

const key = nonNull(KERB_RPC_ENCRYPTION_KEY);
const optionalKey = pointer(KERB_RPC_ENCRYPTION_KEY);
const data = nonNull(KERB_ASN1_DATA);
const optionalData = pointer(KERB_ASN1_DATA);

/** MS-RDPEAR 2.2.1.2.9: a call of the host. */
export type Input = Infer<typeof KerbCredIsoRemoteInput>;
export const KerbCredIsoRemoteInput = struct('KerbCredIsoRemoteInput', {
  CallId: tag('Call', callId),
  Call: union('KerbCredIsoRemoteInput', callId, {
    [CallId.RemoteCallKerbNegotiateVersion]: struct('NegotiateVersion', {
      MaxSupportedVersion: uint32,
    }),
    [CallId.RemoteCallKerbCreateApReqAuthenticator]: struct('CreateApReqAuthenticator', {
      EncryptionKey: key,
      SequenceNumber: uint32,
      ClientName: nonNull(KERB_RPC_INTERNAL_NAME),
      ClientRealm: nonNull(rpcUnicodeStringRoomy),
      /** Ticks of 100 ns by which the KDC's clock is ahead. */
      SkewTime: nonNull(int64),
      SubKey: optionalKey,
      AuthData: optionalData,
      GssChecksum: optionalData,
      KeyUsage: uint32,
    }),
    [CallId.RemoteCallKerbDecryptApReply]: struct('DecryptApReply', {
      EncryptedReply: data,
      Key: key,
    }),
    [CallId.RemoteCallKerbUnpackKdcReplyBody]: struct('UnpackKdcReplyBody', {
      EncryptedData: data,
      Key: key,
      StrengthenKey: optionalKey,
      Pdu: uint32,
      KeyUsage: uint32,
    }),
    [CallId.RemoteCallKerbComputeTgsChecksum]: struct('ComputeTgsChecksum', {
      RequestBody: data,
      Key: key,
      ChecksumType: uint32,
    }),
    [CallId.RemoteCallKerbBuildEncryptedAuthData]: struct('BuildEncryptedAuthData', {
      KeyUsage: uint32,
      Key: key,
      PlainAuthData: data,
    }),
    [CallId.RemoteCallKerbPackApReply]: struct('PackApReply', {
      Reply: data,
      ReplyBody: data,
      SessionKey: key,
    }),
  }),
});

/** MS-RDPEAR 2.2.1.2.10: what the client answers. */
export type Output = Infer<typeof KerbCredIsoRemoteOutput>;
export const KerbCredIsoRemoteOutput = struct('KerbCredIsoRemoteOutput', {
  CallId: tag('Call', callId),
  Status: status,
  Call: union('KerbCredIsoRemoteOutput', callId, {
    [CallId.RemoteCallKerbNegotiateVersion]: struct('NegotiateVersion', { VersionToUse: uint32 }),
    [CallId.RemoteCallKerbCreateApReqAuthenticator]: struct('CreateApReqAuthenticator', {
      /** A FILETIME. */
      AuthenticatorTime: int64,
      Authenticator: KERB_ASN1_DATA,
      KerbProtocolError: int32,
    }),
    [CallId.RemoteCallKerbDecryptApReply]: struct('DecryptApReply', { ApReply: KERB_ASN1_DATA }),
    [CallId.RemoteCallKerbUnpackKdcReplyBody]: struct('UnpackKdcReplyBody', {
      KerbProtocolError: int32,
      ReplyBody: KERB_ASN1_DATA,
    }),
    [CallId.RemoteCallKerbComputeTgsChecksum]: struct('ComputeTgsChecksum', {
      Checksum: KERB_ASN1_DATA,
    }),
    [CallId.RemoteCallKerbBuildEncryptedAuthData]: struct('BuildEncryptedAuthData', {
      EncryptedAuthData: KERB_ASN1_DATA,
    }),
    [CallId.RemoteCallKerbPackApReply]: struct('PackApReply', {
      PackedReplySize: count('PackedReply'),
      PackedReply: bytes,
    }),
  }),
});

export type Call = Input['Call'];
export type Answer = Output['Call'];
/** The arm of a call, and of its answer. */
export type CallOf<T extends Call['tag']> = Extract<Call, { readonly tag: T }>['value'];
export type AnswerOf<T extends Call['tag']> = Extract<Answer, { readonly tag: T }>['value'];

/** Octets that are DER. */
export function asn1Data(Asn1Buffer: Uint8Array | null): Asn1Data {
  return { Pdu: 0, Asn1Buffer };
}
