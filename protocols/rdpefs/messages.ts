/** MS-RDPEFS 2.2: what is said on the channel `rdpdr`. */
import {
  enumeration,
  flags,
  type Infer,
  padding,
  rest,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import {
  array,
  block,
  countOf,
  fixedAscii,
  lengthOf,
  optional,
  struct,
} from '../../src/layout/structures.ts';

export const CHANNEL = 'rdpdr';

/** MS-RDPEFS 2.2.1.1, the component of the core. */
export const RDPDR_CTYP_CORE = 0x4472;

/** MS-RDPEFS 2.2.1.1. */
export const PacketId = {
  PAKID_CORE_SERVER_ANNOUNCE: 0x496e,
  PAKID_CORE_CLIENTID_CONFIRM: 0x4343,
  PAKID_CORE_CLIENT_NAME: 0x434e,
  PAKID_CORE_DEVICELIST_ANNOUNCE: 0x4441,
  PAKID_CORE_DEVICE_REPLY: 0x6472,
  PAKID_CORE_DEVICE_IOREQUEST: 0x4952,
  PAKID_CORE_DEVICE_IOCOMPLETION: 0x4943,
  PAKID_CORE_SERVER_CAPABILITY: 0x5350,
  PAKID_CORE_CLIENT_CAPABILITY: 0x4350,
  PAKID_CORE_DEVICELIST_REMOVE: 0x444d,
  PAKID_CORE_USER_LOGGEDON: 0x554c,
} as const;

/** MS-RDPEFS 2.2.1.3. */
export const DeviceType = {
  RDPDR_DTYP_SERIAL: 1,
  RDPDR_DTYP_PARALLEL: 2,
  RDPDR_DTYP_PRINT: 4,
  RDPDR_DTYP_FILESYSTEM: 8,
  RDPDR_DTYP_SMARTCARD: 0x20,
} as const;

/** MS-RDPEFS 2.2.2.7.1. */
export const ExtendedPdu = {
  RDPDR_DEVICE_REMOVE_PDUS: 1,
  RDPDR_CLIENT_DISPLAY_NAME_PDU: 2,
  RDPDR_USER_LOGGEDON_PDU: 4,
} as const;

export const IRP_MJ_DEVICE_CONTROL = 0x0e;

/** MS-RDPEFS 1.7: the version that Windows says, and from which on a client keeps the server's number. */
export const VERSION_MAJOR = 1;
export const VERSION_MINOR = 13;
export const KEEPS_CLIENT_ID = 12;

/** MS-RDPEFS 2.2.1.1. */
export const RDPDR_HEADER = struct('RDPDR_HEADER', {
  Component: uint16,
  PacketId: enumeration(uint16, 'UINT16', PacketId),
});
export const HEADER_LENGTH = 4;

/** MS-RDPEFS 2.2.2.2, 2.2.2.3, 2.2.2.6. */
export const ANNOUNCE = struct('announce', {
  VersionMajor: uint16,
  VersionMinor: uint16,
  ClientId: uint32,
});

/** MS-RDPEFS 2.2.2.4; texts of code pages are read as octets. */
export const CLIENT_NAME = struct('DR_CORE_CLIENT_NAME_REQ', {
  UnicodeFlag: uint32,
  CodePage: uint32,
  ComputerNameLen: lengthOf('ComputerName', uint32),
  ComputerName: rest,
});

/** MS-RDPEFS 2.2.2.7.1, behind CAPABILITY_HEADER's version. */
const GENERAL_CAPS_SET = struct('GENERAL_CAPS_SET', {
  Version: uint32,
  osType: uint32,
  osVersion: uint32,
  protocolMajorVersion: uint16,
  protocolMinorVersion: uint16,
  ioCode1: uint32,
  ioCode2: uint32,
  extendedPDU: flags(uint32, 'UINT32', ExtendedPdu),
  extraFlags1: uint32,
  extraFlags2: uint32,
  /** From version 2 on: how many devices are there before a sign-in. */
  SpecialTypeDeviceCap: optional(uint32),
});
const VERSION_ALONE = struct('CAPABILITY_HEADER', { Version: uint32 });

export type Capability = Infer<typeof CAPABILITY_SET>;
/** MS-RDPEFS 2.2.1.2. */
const CAPABILITY_SET = block('CAPABILITY_HEADER', {
  CAP_GENERAL_TYPE: [1, GENERAL_CAPS_SET],
  CAP_PRINTER_TYPE: [2, VERSION_ALONE],
  CAP_PORT_TYPE: [3, VERSION_ALONE],
  CAP_DRIVE_TYPE: [4, VERSION_ALONE],
  CAP_SMARTCARD_TYPE: [5, VERSION_ALONE],
});

/** MS-RDPEFS 2.2.2.7, 2.2.2.8. */
export const CAPABILITIES = struct('DR_CORE_CAPABILITY', {
  numCapabilities: countOf('CapabilityMessage', uint16),
  Padding: padding(2),
  CapabilityMessage: array(CAPABILITY_SET),
});

/** MS-RDPEFS 2.2.1.3. */
export type DeviceAnnounce = Infer<typeof DEVICE_ANNOUNCE>;
const DEVICE_ANNOUNCE = struct('DEVICE_ANNOUNCE', {
  DeviceType: enumeration(uint32, 'UINT32', DeviceType),
  DeviceId: uint32,
  PreferredDosName: fixedAscii(8),
  DeviceDataLength: lengthOf('DeviceData', uint32),
  DeviceData: rest,
});

/** MS-RDPEFS 2.2.2.9. */
export const DEVICE_LIST = struct('DR_CORE_DEVICELIST_ANNOUNCE_REQ', {
  DeviceCount: countOf('DeviceList', uint32),
  DeviceList: array(DEVICE_ANNOUNCE),
});

/** MS-RDPEFS 2.2.3.2. */
export const DEVICE_LIST_REMOVE = struct('DR_DEVICELIST_REMOVE', {
  DeviceCount: countOf('DeviceIds', uint32),
  DeviceIds: array(uint32),
});

/** MS-RDPEFS 2.2.2.1. */
export const DEVICE_REPLY = struct('DR_CORE_DEVICE_ANNOUNCE_RSP', {
  DeviceId: uint32,
  ResultCode: uint32,
});

/** MS-RDPEFS 2.2.1.4 with 2.2.1.4.5, DR_CONTROL_REQ. */
export const CONTROL_REQUEST = struct('DR_CONTROL_REQ', {
  DeviceId: uint32,
  FileId: uint32,
  CompletionId: uint32,
  MajorFunction: uint32,
  MinorFunction: uint32,
  OutputBufferLength: uint32,
  InputBufferLength: lengthOf('InputBuffer', uint32),
  IoControlCode: uint32,
  Padding: padding(20),
  InputBuffer: rest,
});

/** MS-RDPEFS 2.2.1.4 alone: any request begins with it. */
export const DEVICE_IO_REQUEST = struct('DR_DEVICE_IOREQUEST', {
  DeviceId: uint32,
  FileId: uint32,
  CompletionId: uint32,
  MajorFunction: uint32,
  MinorFunction: uint32,
  parameters: rest,
});

/** MS-RDPEFS 2.2.1.5 with 2.2.1.5.5, DR_CONTROL_RSP. */
export const CONTROL_RESPONSE = struct('DR_CONTROL_RSP', {
  DeviceId: uint32,
  CompletionId: uint32,
  IoStatus: uint32,
  OutputBufferLength: lengthOf('OutputBuffer', uint32),
  OutputBuffer: rest,
});
