/** Packets of the channel `rdpdr`: a header, and the body that its PacketId has. */
import { concat, fromUtf16le, utf16le } from '../../src/bytes/bytes.ts';
import {
  attempt,
  type Codec,
  type Decoded,
  decode,
  encode,
  type Infer,
} from '../../src/layout/codec.ts';
import { LayoutError } from '../../src/layout/reader.ts';
import {
  ANNOUNCE,
  CAPABILITIES,
  type Capability,
  CLIENT_NAME,
  CONTROL_REQUEST,
  CONTROL_RESPONSE,
  DEVICE_IO_REQUEST,
  DEVICE_LIST,
  DEVICE_LIST_REMOVE,
  DEVICE_REPLY,
  type DeviceAnnounce,
  HEADER_LENGTH,
  IRP_MJ_DEVICE_CONTROL,
  PacketId,
  RDPDR_CTYP_CORE,
  RDPDR_HEADER,
} from './messages.ts';

type Announce = Infer<typeof ANNOUNCE>;

export type Packet =
  | ({ readonly kind: 'serverAnnounce' } & Announce)
  /** From the client its reply, from the server its confirmation. */
  | ({ readonly kind: 'clientIdConfirm' } & Announce)
  | { readonly kind: 'clientName'; readonly computerName: string }
  | { readonly kind: 'serverCapability'; readonly capabilities: readonly Capability[] }
  | { readonly kind: 'clientCapability'; readonly capabilities: readonly Capability[] }
  | { readonly kind: 'deviceList'; readonly devices: readonly DeviceAnnounce[] }
  | { readonly kind: 'deviceListRemove'; readonly deviceIds: readonly number[] }
  | { readonly kind: 'deviceReply'; readonly deviceId: number; readonly resultCode: number }
  | { readonly kind: 'userLoggedOn' }
  | ({ readonly kind: 'controlRequest' } & Infer<typeof CONTROL_REQUEST>)
  /** A request of a file or a printer: no smart card has an answer to it. */
  | { readonly kind: 'otherRequest'; readonly deviceId: number; readonly completionId: number }
  | ({ readonly kind: 'completion' } & Infer<typeof CONTROL_RESPONSE>)
  | { readonly kind: 'unknown'; readonly component: number; readonly packetId: number };

const IDS = {
  serverAnnounce: PacketId.PAKID_CORE_SERVER_ANNOUNCE,
  clientIdConfirm: PacketId.PAKID_CORE_CLIENTID_CONFIRM,
  clientName: PacketId.PAKID_CORE_CLIENT_NAME,
  serverCapability: PacketId.PAKID_CORE_SERVER_CAPABILITY,
  clientCapability: PacketId.PAKID_CORE_CLIENT_CAPABILITY,
  deviceList: PacketId.PAKID_CORE_DEVICELIST_ANNOUNCE,
  deviceListRemove: PacketId.PAKID_CORE_DEVICELIST_REMOVE,
  deviceReply: PacketId.PAKID_CORE_DEVICE_REPLY,
  userLoggedOn: PacketId.PAKID_CORE_USER_LOGGEDON,
  controlRequest: PacketId.PAKID_CORE_DEVICE_IOREQUEST,
  completion: PacketId.PAKID_CORE_DEVICE_IOCOMPLETION,
} as const;

/** What MS-RDPEFS 2.2.2 and 2.2.3 call packets; both sides send one with PAKID_CORE_CLIENTID_CONFIRM. */
const NAMES = {
  serverAnnounce: 'Server Announce Request',
  clientIdConfirm: 'Client Announce Reply',
  clientName: 'Client Name Request',
  serverCapability: 'Server Core Capability Request',
  clientCapability: 'Client Core Capability Response',
  deviceList: 'Client Device List Announce Request',
  deviceListRemove: 'Client Drive Device List Remove',
  deviceReply: 'Server Device Announce Response',
  userLoggedOn: 'Server User Logged On',
  controlRequest: 'Device Control Request',
  completion: 'Device Control Response',
} as const;
const SERVER_CLIENT_ID_CONFIRM = 'Server Client ID Confirm';

/** All of them, for traces. */
export const PACKET_NAMES: readonly string[] = [...Object.values(NAMES), SERVER_CLIENT_ID_CONFIRM];

/** A message of the channel: octets, and what traces call them. */
export interface Message {
  readonly name: string;
  readonly message: Uint8Array;
}

/** What a packet is called; undefined: it is none of these. */
export function packetName(kind: Packet['kind'], from: 'client' | 'server'): string | undefined {
  if (from === 'server' && kind === 'clientIdConfirm') return SERVER_CLIENT_ID_CONFIRM;
  return (NAMES as Readonly<Record<string, string>>)[kind];
}

/** @param from who sends it @param name what a control request or its response is about */
export function message(
  value: Written,
  from: 'client' | 'server',
  name: string = packetName(value.kind, from) as string,
): Message {
  return { name, message: packet(value) };
}

type Written = Exclude<Packet, { readonly kind: 'unknown' | 'otherRequest' }>;

/** The octets of a packet. */
export function packet(value: Written): Uint8Array {
  const header = encode(RDPDR_HEADER, { Component: RDPDR_CTYP_CORE, PacketId: IDS[value.kind] });
  return concat(header, bodyOf(value));
}

function bodyOf(value: Written): Uint8Array {
  switch (value.kind) {
    case 'serverAnnounce':
    case 'clientIdConfirm':
      return encode(ANNOUNCE, value);
    case 'clientName': {
      const ComputerName = utf16le(`${value.computerName}\0`);
      return encode(CLIENT_NAME, { UnicodeFlag: 1, CodePage: 0, ComputerName });
    }
    case 'serverCapability':
    case 'clientCapability':
      return encode(CAPABILITIES, { CapabilityMessage: value.capabilities });
    case 'deviceList':
      return encode(DEVICE_LIST, { DeviceList: value.devices });
    case 'deviceListRemove':
      return encode(DEVICE_LIST_REMOVE, { DeviceIds: value.deviceIds });
    case 'deviceReply':
      return encode(DEVICE_REPLY, { DeviceId: value.deviceId, ResultCode: value.resultCode });
    case 'userLoggedOn':
      return new Uint8Array(0);
    case 'controlRequest':
      return encode(CONTROL_REQUEST, value);
    case 'completion':
      return encode(CONTROL_RESPONSE, value);
  }
}

export function readPacket(bytes: Uint8Array): Decoded<Packet> {
  return attempt((): Packet => {
    const header = decode(RDPDR_HEADER, bytes.subarray(0, HEADER_LENGTH));
    const body = bytes.subarray(HEADER_LENGTH);
    const read = <T>(codec: Codec<T>): T => decode(codec, body);
    const { Component: component, PacketId: packetId } = header;
    if (component !== RDPDR_CTYP_CORE) return { kind: 'unknown', component, packetId };
    switch (packetId) {
      case IDS.serverAnnounce:
        return { kind: 'serverAnnounce', ...read(ANNOUNCE) };
      case IDS.clientIdConfirm:
        return { kind: 'clientIdConfirm', ...read(ANNOUNCE) };
      case IDS.clientName:
        return { kind: 'clientName', computerName: nameOf(read(CLIENT_NAME)) };
      case IDS.serverCapability:
      case IDS.clientCapability: {
        const kind = packetId === IDS.serverCapability ? 'serverCapability' : 'clientCapability';
        return { kind, capabilities: read(CAPABILITIES).CapabilityMessage };
      }
      case IDS.deviceList:
        return { kind: 'deviceList', devices: read(DEVICE_LIST).DeviceList };
      case IDS.deviceListRemove:
        return { kind: 'deviceListRemove', deviceIds: read(DEVICE_LIST_REMOVE).DeviceIds };
      case IDS.deviceReply: {
        const { DeviceId: deviceId, ResultCode: resultCode } = read(DEVICE_REPLY);
        return { kind: 'deviceReply', deviceId, resultCode };
      }
      case IDS.userLoggedOn:
        return { kind: 'userLoggedOn' };
      case IDS.controlRequest:
        return request(read(DEVICE_IO_REQUEST), body);
      case IDS.completion:
        return { kind: 'completion', ...read(CONTROL_RESPONSE) };
      default:
        return { kind: 'unknown', component, packetId };
    }
  });
}

function request(
  { MajorFunction, DeviceId: deviceId, CompletionId }: Infer<typeof DEVICE_IO_REQUEST>,
  body: Uint8Array,
): Packet {
  if (MajorFunction !== IRP_MJ_DEVICE_CONTROL) {
    return { kind: 'otherRequest', deviceId, completionId: CompletionId };
  }
  return { kind: 'controlRequest', ...decode(CONTROL_REQUEST, body) };
}

function nameOf({ UnicodeFlag, ComputerName }: Infer<typeof CLIENT_NAME>): string {
  if ((UnicodeFlag & 1) === 0) {
    return Array.from(ComputerName, (octet) => String.fromCharCode(octet))
      .join('')
      .replace(/\0.*$/s, '');
  }
  if (ComputerName.length % 2 !== 0) throw new LayoutError('ComputerName', 0, 'no UTF-16');
  return fromUtf16le(ComputerName).replace(/\0.*$/s, '');
}
