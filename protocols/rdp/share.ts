/** Share PDUs (MS-RDPBCGR 2.2.8.1.1.1): activation, finalisation, notifications. */
import { concat } from '../../src/bytes/bytes.ts';
import {
  attempt,
  type Decoded,
  decode,
  encode,
  enumeration,
  type Infer,
  padding,
  rest,
  uint8,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import { LayoutError } from '../../src/layout/reader.ts';
import { array, countOf, lengthOf, struct } from '../../src/layout/structures.ts';
import { type CapabilitySet, TS_CAPS_SET } from './capabilities.ts';
import { ControlAction, ErrorInfo, PduType, PduType2 } from './constants.ts';

/** Of the sender's channel in pduSource: the server's is its I/O channel's neighbour. */
export const SERVER_CHANNEL = 1002;
const VERSION_1 = 0x10;
const CONTROL_HEADER = 6;
const DATA_HEADER = 18;
/** uncompressedLength counts from pduType2 on. */
const FROM_TYPE = 4;
const STREAM_LOW = 1;

const capabilitySets = {
  lengthSourceDescriptor: lengthOf('sourceDescriptor'),
  /** Counts numberCapabilities and its padding too. */
  lengthCombinedCapabilities: uint16,
  sourceDescriptor: rest,
  numberCapabilities: countOf('capabilitySets'),
  pad2Octets: padding(2),
  capabilitySets: array(TS_CAPS_SET),
} as const;

/** MS-RDPBCGR 2.2.1.13.1.1. */
export const TS_DEMAND_ACTIVE_PDU = struct('TS_DEMAND_ACTIVE_PDU', {
  shareId: uint32,
  ...capabilitySets,
  sessionId: uint32,
});

/** MS-RDPBCGR 2.2.1.13.2.1. */
export const TS_CONFIRM_ACTIVE_PDU = struct('TS_CONFIRM_ACTIVE_PDU', {
  shareId: uint32,
  originatorId: uint16,
  ...capabilitySets,
});

/** MS-RDPBCGR 2.2.1.14.1. */
const TS_SYNCHRONIZE_PDU = struct('TS_SYNCHRONIZE_PDU', {
  messageType: uint16,
  targetUser: uint16,
});

/** MS-RDPBCGR 2.2.1.15.1. */
const TS_CONTROL_PDU = struct('TS_CONTROL_PDU', {
  action: enumeration(uint16, 'UINT16', ControlAction),
  grantId: uint16,
  controlId: uint32,
});

/** MS-RDPBCGR 2.2.1.18.1, 2.2.1.22.1. */
const TS_FONT_LIST_PDU = struct('TS_FONT_LIST_PDU', {
  numberFonts: uint16,
  totalNumFonts: uint16,
  listFlags: uint16,
  entrySize: uint16,
});

/** MS-RDPBCGR 2.2.5.1.1. */
const TS_SET_ERROR_INFO_PDU = struct('TS_SET_ERROR_INFO_PDU', {
  errorInfo: enumeration(uint32, 'UINT32', ErrorInfo),
});

const typed = enumeration(
  uint16,
  'UINT16',
  Object.fromEntries(Object.entries(PduType).map(([name, type]) => [name, type | VERSION_1])),
);

/** MS-RDPBCGR 2.2.8.1.1.1.1. */
export const TS_SHARECONTROLHEADER = struct('TS_SHARECONTROLHEADER', {
  totalLength: uint16,
  /** The version stands in its upper bits. */
  pduType: typed,
  pduSource: uint16,
});

/** MS-RDPBCGR 2.2.8.1.1.1.2, behind the control header. */
export const TS_SHAREDATAHEADER = struct('TS_SHAREDATAHEADER', {
  shareId: uint32,
  pad1: padding(1),
  streamId: uint8,
  uncompressedLength: uint16,
  pduType2: enumeration(uint8, 'UINT8', PduType2),
  compressedType: uint8,
  compressedLength: uint16,
});

export type SharePdu =
  | {
      readonly kind: 'demandActive';
      readonly source: number;
      readonly body: Infer<typeof TS_DEMAND_ACTIVE_PDU>;
    }
  | {
      readonly kind: 'confirmActive';
      readonly source: number;
      readonly body: Infer<typeof TS_CONFIRM_ACTIVE_PDU>;
    }
  | { readonly kind: 'deactivateAll'; readonly source: number; readonly body: Uint8Array }
  | {
      readonly kind: 'data';
      readonly source: number;
      readonly shareId: number;
      readonly pduType2: number;
      readonly body: Uint8Array;
    }
  /** Of another type: redirection and what later versions may bring. */
  | { readonly kind: 'other'; readonly pduType: number; readonly body: Uint8Array };

function sharePdu(pduType: number, source: number, body: Uint8Array): Uint8Array {
  const header = {
    totalLength: CONTROL_HEADER + body.length,
    pduType: pduType | VERSION_1,
    pduSource: source,
  };
  return concat(encode(TS_SHARECONTROLHEADER, header), body);
}

/** A data PDU of the low stream, uncompressed. */
export function dataPdu(
  shareId: number,
  source: number,
  pduType2: number,
  body: Uint8Array,
): Uint8Array {
  const header = encode(TS_SHAREDATAHEADER, {
    shareId,
    streamId: STREAM_LOW,
    uncompressedLength: body.length + FROM_TYPE,
    pduType2,
    compressedType: 0,
    compressedLength: 0,
  });
  return sharePdu(PduType.PDUTYPE_DATAPDU, source, concat(header, body));
}

/** "RDP" and a zero: what Windows calls itself here. */
const DESCRIPTOR = Uint8Array.of(0x52, 0x44, 0x50, 0);

function combinedLength(sets: readonly CapabilitySet[]): number {
  return encode(array(TS_CAPS_SET), sets).length + 4;
}

export function demandActive(shareId: number, sets: readonly CapabilitySet[]): Uint8Array {
  const body = encode(TS_DEMAND_ACTIVE_PDU, {
    shareId,
    sourceDescriptor: DESCRIPTOR,
    lengthCombinedCapabilities: combinedLength(sets),
    capabilitySets: sets,
    sessionId: 0,
  });
  return sharePdu(PduType.PDUTYPE_DEMANDACTIVEPDU, SERVER_CHANNEL, body);
}

export function confirmActive(
  shareId: number,
  source: number,
  sets: readonly CapabilitySet[],
): Uint8Array {
  const body = encode(TS_CONFIRM_ACTIVE_PDU, {
    shareId,
    originatorId: SERVER_CHANNEL,
    sourceDescriptor: DESCRIPTOR,
    lengthCombinedCapabilities: combinedLength(sets),
    capabilitySets: sets,
  });
  return sharePdu(PduType.PDUTYPE_CONFIRMACTIVEPDU, source, body);
}

/** The share PDUs in the data of the I/O channel: several may follow one another. */
export function readSharePdus(data: Uint8Array): Decoded<readonly SharePdu[]> {
  return attempt(() => {
    const pdus: SharePdu[] = [];
    let at = 0;
    while (at < data.length) {
      const header = decode(TS_SHARECONTROLHEADER, data.subarray(at, at + CONTROL_HEADER));
      const end = at + header.totalLength;
      if (header.totalLength < CONTROL_HEADER || end > data.length) {
        throw new LayoutError('totalLength', at, `${header.totalLength}, of ${data.length - at}`);
      }
      pdus.push(readBody(header, data.subarray(at + CONTROL_HEADER, end)));
      at = end;
    }
    return pdus;
  });
}

function readBody(
  { pduType, pduSource: source }: Infer<typeof TS_SHARECONTROLHEADER>,
  body: Uint8Array,
): SharePdu {
  switch (pduType & 0x0f) {
    case PduType.PDUTYPE_DEMANDACTIVEPDU:
      return { kind: 'demandActive', source, body: decode(TS_DEMAND_ACTIVE_PDU, body) };
    case PduType.PDUTYPE_CONFIRMACTIVEPDU:
      return { kind: 'confirmActive', source, body: decode(TS_CONFIRM_ACTIVE_PDU, body) };
    case PduType.PDUTYPE_DEACTIVATEALLPDU:
      return { kind: 'deactivateAll', source, body: body.slice() };
    case PduType.PDUTYPE_DATAPDU: {
      const size = DATA_HEADER - CONTROL_HEADER;
      const header = decode(TS_SHAREDATAHEADER, body.subarray(0, size));
      const { shareId, pduType2, compressedType } = header;
      if ((compressedType & 0x20) !== 0) {
        throw new LayoutError('compressedType', 0, 'compressed data, which was not agreed on');
      }
      return { kind: 'data', source, shareId, pduType2, body: body.slice(size) };
    }
    default:
      return { kind: 'other', pduType: pduType & 0x0f, body: body.slice() };
  }
}

/** Bodies of data PDUs that one structure says; what traces call the PDU. */
export const DATA_PDUS = {
  [PduType2.PDUTYPE2_SYNCHRONIZE]: ['Synchronize PDU', TS_SYNCHRONIZE_PDU],
  [PduType2.PDUTYPE2_CONTROL]: ['Control PDU', TS_CONTROL_PDU],
  [PduType2.PDUTYPE2_FONTLIST]: ['Font List PDU', TS_FONT_LIST_PDU],
  [PduType2.PDUTYPE2_FONTMAP]: ['Font Map PDU', TS_FONT_LIST_PDU],
  [PduType2.PDUTYPE2_SET_ERROR_INFO_PDU]: ['Set Error Info PDU', TS_SET_ERROR_INFO_PDU],
} as const;

export function control(action: number, grantId = 0, controlId = 0): Uint8Array {
  return encode(TS_CONTROL_PDU, { action, grantId, controlId });
}

export function readControl(body: Uint8Array): Decoded<Infer<typeof TS_CONTROL_PDU>> {
  return attempt(() => decode(TS_CONTROL_PDU, body));
}

const SYNCMSGTYPE_SYNC = 1;

export function synchronize(targetUser: number): Uint8Array {
  return encode(TS_SYNCHRONIZE_PDU, { messageType: SYNCMSGTYPE_SYNC, targetUser });
}

const LIST_FIRST_AND_LAST = 3;
const FONT_ENTRY = 50;
const FONT_MAP_ENTRY = 4;

export function fontList(): Uint8Array {
  const list = { numberFonts: 0, totalNumFonts: 0, listFlags: LIST_FIRST_AND_LAST };
  return encode(TS_FONT_LIST_PDU, { ...list, entrySize: FONT_ENTRY });
}

export function fontMap(): Uint8Array {
  const map = { numberFonts: 0, totalNumFonts: 0, listFlags: LIST_FIRST_AND_LAST };
  return encode(TS_FONT_LIST_PDU, { ...map, entrySize: FONT_MAP_ENTRY });
}

export function setErrorInfo(errorInfo: number): Uint8Array {
  return encode(TS_SET_ERROR_INFO_PDU, { errorInfo });
}

export function readErrorInfo(body: Uint8Array): Decoded<Infer<typeof TS_SET_ERROR_INFO_PDU>> {
  return attempt(() => decode(TS_SET_ERROR_INFO_PDU, body));
}
