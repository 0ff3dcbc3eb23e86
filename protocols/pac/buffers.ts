/**
 * The buffers of a PAC by ulType (MS-PAC 2.4): what is in them, their octets, and rows with offsets.
 * Half of them are NDR (`messages.ts`), the others plain little-endian structures.
 */
import { fromUtf16le, toHex, utf16le, view } from '../../src/bytes/bytes.ts';
import { NdrError, type Reader } from '../../src/ndr/codec.ts';
import { checksumName, ETYPES, etypeName } from '../kerberos/etypes.ts';
import { PacAttributes, PacType, UpnDnsFlags } from './constants.ts';
import { fileTimeText } from './file-time.ts';
import { type BufferCodec, type Member, ndr, plain } from './layout.ts';
import {
  ClaimsSetMetadata,
  KerbValidationInfo,
  PacDeviceInfo,
  S4uDelegationInfo,
} from './messages.ts';
import { parseSid, sidLength, sidOf } from './sid.ts';

const bitNames =
  (bits: Readonly<Record<string, number>>) =>
  (value: number): string | undefined => {
    const names = Object.entries(bits).filter(([, bit]) => (value & bit) !== 0);
    return names.length === 0 ? undefined : names.map(([name]) => name).join(' ');
  };

const uint16 = (reader: Reader) => reader.uint16();
const uint32 = (reader: Reader) => reader.uint32();
const int32 = (reader: Reader) => reader.uint32() | 0;
const rest = (reader: Reader) => reader.octets(reader.end - reader.at);

/** MS-PAC 2.7. `ClientId` is the FILETIME of the TGT's authtime. */
export interface PacClientInfo {
  readonly ClientId: bigint;
  readonly Name: string;
}
const CLIENT_INFO_HEADER = 10;
export const PacClientInfo = plain<PacClientInfo>(
  'PAC_CLIENT_INFO',
  ({ ClientId, Name }) => {
    const out = new Uint8Array(CLIENT_INFO_HEADER + 2 * Name.length);
    const numbers = view(out);
    numbers.setBigUint64(0, ClientId, true);
    numbers.setUint16(8, 2 * Name.length, true);
    out.set(utf16le(Name), CLIENT_INFO_HEADER);
    return out;
  },
  (member) => {
    const ClientId = member('ClientId', 'FILETIME', (r) => r.uint64(4), fileTimeText);
    const NameLength = member('NameLength', 'USHORT', uint16);
    if (NameLength % 2 !== 0) throw new NdrError('NameLength', 8, `${NameLength} is odd`);
    const Name = member('Name', 'WCHAR[]', (r) => r.utf16le(NameLength / 2));
    return { ClientId, Name };
  },
);

/** MS-PAC 2.8. Buffers 6, 7, 16 and 19. */
export interface PacSignatureData {
  /** A checksum type of RFC 3961: -138, 15, 16 ... */
  readonly SignatureType: number;
  readonly Signature: Uint8Array;
  /** On signatures by a read-only KDC: the number of its krbtgt account. */
  readonly RODCIdentifier?: number;
}

/** Octets of a signature, by checksum type. */
const SIGNATURE_LENGTHS: ReadonlyMap<number, number> = new Map(
  ETYPES.map((profile) => [profile.checksumType, profile.checksumLength]),
);

/** Octets of a signature of this type; undefined where the type is not known. */
export function signatureLength(SignatureType: number): number | undefined {
  return SIGNATURE_LENGTHS.get(SignatureType);
}

export const PacSignatureData = plain<PacSignatureData>(
  'PAC_SIGNATURE_DATA',
  ({ SignatureType, Signature, RODCIdentifier }) => {
    const identifier = RODCIdentifier === undefined ? 0 : 2;
    const out = new Uint8Array(4 + Signature.length + identifier);
    const numbers = view(out);
    numbers.setInt32(0, SignatureType, true);
    out.set(Signature, 4);
    if (RODCIdentifier !== undefined) {
      numbers.setUint16(4 + Signature.length, RODCIdentifier, true);
    }
    return out;
  },
  (member, reader) => {
    const SignatureType = member('SignatureType', 'ULONG', int32, checksumName);
    const left = reader.end - reader.at;
    const length = SIGNATURE_LENGTHS.get(SignatureType) ?? left;
    const Signature = member('Signature', 'UCHAR[]', (r) => r.octets(length));
    if (left === length) return { SignatureType, Signature };
    if (left !== length + 2) reader.fail(`${left - length} octets follow the signature`);
    return {
      SignatureType,
      Signature,
      RODCIdentifier: member('RODCIdentifier', 'USHORT', uint16),
    };
  },
);

/** MS-PAC 2.10. `SamName` and `Sid` come together, with their bit in `Flags`. */
export interface UpnDnsInfo {
  readonly Upn: string;
  /** The realm. */
  readonly DnsDomainName: string;
  /** {@link UpnDnsFlags}; HAS_SAM_NAME_AND_SID follows from `SamName` when written. */
  readonly Flags: number;
  readonly SamName?: string;
  readonly Sid?: string;
}

function encodeUpnDnsInfo(value: UpnDnsInfo): Uint8Array {
  const parts = [utf16le(value.Upn), utf16le(value.DnsDomainName)];
  const extended = value.SamName !== undefined && value.Sid !== undefined;
  if (extended) parts.push(utf16le(value.SamName), parseSid(value.Sid));
  // Windows puts each part on a boundary of 8 and counts the padding in cbBufferSize.
  const offsets: number[] = [];
  let at = extended ? 24 : 16;
  for (const part of parts) {
    offsets.push(at);
    at += (part.length + 7) & ~7;
  }
  const out = new Uint8Array(at);
  const numbers = view(out);
  const S = UpnDnsFlags.HAS_SAM_NAME_AND_SID;
  numbers.setUint32(8, extended ? value.Flags | S : value.Flags & ~S, true);
  parts.forEach((part, i) => {
    const place = i < 2 ? 4 * i : 4 * i + 4;
    numbers.setUint16(place, part.length, true);
    numbers.setUint16(place + 2, offsets[i] as number, true);
    out.set(part, offsets[i] as number);
  });
  return out;
}

function readUpnDnsInfo(member: Member, reader: Reader): UpnDnsInfo {
  const upn = [member('UpnLength', 'USHORT', uint16), member('UpnOffset', 'USHORT', uint16)];
  const dns = [
    member('DnsDomainNameLength', 'USHORT', uint16),
    member('DnsDomainNameOffset', 'USHORT', uint16),
  ];
  const Flags = member('Flags', 'ULONG', uint32, bitNames(UpnDnsFlags));
  const part = <T>(
    name: string,
    type: string,
    place: readonly number[],
    as: (octets: Uint8Array) => T,
  ): T => {
    const [length, offset] = place as [number, number];
    const there = offset + length <= reader.end;
    if (there) reader.at = offset;
    return member(name, type, (r) => {
      if (!there) r.fail(`${length} octets at ${offset} are not in a buffer of ${r.end}`);
      return as(r.octets(length));
    });
  };
  const text = (name: string, place: readonly number[]): string =>
    part(name, 'WCHAR[]', place, fromUtf16le);
  if ((Flags & UpnDnsFlags.HAS_SAM_NAME_AND_SID) === 0) {
    return { Upn: text('Upn', upn), DnsDomainName: text('DnsDomainName', dns), Flags };
  }
  const sam = [
    member('SamNameLength', 'USHORT', uint16),
    member('SamNameOffset', 'USHORT', uint16),
  ];
  const sid = [member('SidLength', 'USHORT', uint16), member('SidOffset', 'USHORT', uint16)];
  return {
    Upn: text('Upn', upn),
    DnsDomainName: text('DnsDomainName', dns),
    Flags,
    SamName: text('SamName', sam),
    Sid: part('Sid', 'SID', sid, (octets) => sidOf(octets) ?? reader.fail('no SID')),
  };
}
export const UpnDnsInfo = plain<UpnDnsInfo>('UPN_DNS_INFO', encodeUpnDnsInfo, readUpnDnsInfo);

/** MS-PAC 2.14. `FlagsLength` counts bits; `Flags` holds 32 of them an element. */
export interface PacAttributesInfo {
  readonly FlagsLength: number;
  readonly Flags: readonly number[];
}
export const PacAttributesInfo = plain<PacAttributesInfo>(
  'PAC_ATTRIBUTES_INFO',
  ({ FlagsLength, Flags }) => {
    const out = new Uint8Array(4 + 4 * Flags.length);
    const numbers = view(out);
    numbers.setUint32(0, FlagsLength, true);
    Flags.forEach((flags, i) => {
      numbers.setUint32(4 + 4 * i, flags, true);
    });
    return out;
  },
  (member, reader) => {
    const FlagsLength = member('FlagsLength', 'ULONG', uint32);
    const count = reader.room(Math.ceil(FlagsLength / 32), 4);
    const Flags = Array.from({ length: count }, (_, i) =>
      member(`Flags[${i}]`, 'ULONG', uint32, i === 0 ? bitNames(PacAttributes) : undefined),
    );
    return { FlagsLength, Flags };
  },
);

/** MS-PAC 2.15: the client's SID as text. */
export const PacRequestorSid = plain<string>('PAC_REQUESTOR_SID', parseSid, (member, reader) => {
  const length = sidLength(reader.bytes, 0) ?? reader.bytes.length;
  return member('Sid', 'SID', (r) => sidOf(r.octets(length)) ?? r.fail('no SID', 0));
});

/** MS-PAC 2.16: objectGUID as text, `00112233-4455-6677-8899-aabbccddeeff`. */
export const PacRequestorGuid = plain<string>('PAC_REQUESTOR_GUID', parseGuid, (member) =>
  member('Guid', 'GUID', (r) => formatGuid(r.octets(16))),
);

/** MS-DTYP 2.3.4: three little-endian numbers, then octets. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

function formatGuid(bytes: Uint8Array): string {
  const digits = toHex(Uint8Array.from(GUID_ORDER, (at) => bytes[at] as number));
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function parseGuid(text: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new RangeError(`expected a GUID, got "${text}"`);
  }
  const digits = text.replaceAll('-', '');
  return Uint8Array.from(GUID_ORDER, (at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** MS-PAC 2.6.1. `SerializedData` is PAC_CREDENTIAL_DATA, encrypted under the AS reply key. */
export interface PacCredentialInfo {
  readonly Version: number;
  readonly EncryptionType: number;
  readonly SerializedData: Uint8Array;
}
export const PacCredentialInfo = plain<PacCredentialInfo>(
  'PAC_CREDENTIAL_INFO',
  ({ Version, EncryptionType, SerializedData }) => {
    const out = new Uint8Array(8 + SerializedData.length);
    const numbers = view(out);
    numbers.setUint32(0, Version, true);
    numbers.setUint32(4, EncryptionType, true);
    out.set(SerializedData, 8);
    return out;
  },
  (member) => ({
    Version: member('Version', 'ULONG', uint32),
    EncryptionType: member('EncryptionType', 'ULONG', int32, etypeName),
    SerializedData: member('SerializedData', 'UCHAR[]', rest),
  }),
);

export const LogonInfo = ndr(KerbValidationInfo);
export const DelegationInfo = ndr(S4uDelegationInfo);
export const DeviceInfo = ndr(PacDeviceInfo);
export const ClaimsInfo = ndr(ClaimsSetMetadata);

/** Every buffer type of MS-PAC 2.4 with its codec. */
export const BUFFERS: ReadonlyMap<number, BufferCodec<unknown>> = new Map<
  number,
  BufferCodec<unknown>
>([
  [PacType.LOGON_INFO, LogonInfo],
  [PacType.CREDENTIALS_INFO, PacCredentialInfo],
  [PacType.SERVER_CHECKSUM, PacSignatureData],
  [PacType.KDC_CHECKSUM, PacSignatureData],
  [PacType.CLIENT_INFO, PacClientInfo],
  [PacType.DELEGATION_INFO, DelegationInfo],
  [PacType.UPN_DNS_INFO, UpnDnsInfo],
  [PacType.CLIENT_CLAIMS_INFO, ClaimsInfo],
  [PacType.DEVICE_INFO, DeviceInfo],
  [PacType.DEVICE_CLAIMS_INFO, ClaimsInfo],
  [PacType.TICKET_CHECKSUM, PacSignatureData],
  [PacType.ATTRIBUTES_INFO, PacAttributesInfo],
  [PacType.REQUESTOR_SID, PacRequestorSid],
  [PacType.FULL_CHECKSUM, PacSignatureData],
  [PacType.REQUESTOR_GUID, PacRequestorGuid],
]);
