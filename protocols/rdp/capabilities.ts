/** Capability sets (MS-RDPBCGR 2.2.7), as far as a session with plain bitmaps needs them. */
import { flags, type Infer, octets, rest, uint8, uint16, uint32 } from '../../src/layout/codec.ts';
import { block, optional, struct } from '../../src/layout/structures.ts';

/** MS-RDPBCGR 2.2.7.1.1. */
const ExtraFlags = {
  FASTPATH_OUTPUT_SUPPORTED: 0x0001,
  LONG_CREDENTIALS_SUPPORTED: 0x0004,
  AUTORECONNECT_SUPPORTED: 0x0008,
  ENC_SALTED_CHECKSUM: 0x0010,
  NO_BITMAP_COMPRESSION_HDR: 0x0400,
} as const;

const TS_GENERAL_CAPABILITYSET = struct('TS_GENERAL_CAPABILITYSET', {
  osMajorType: uint16,
  osMinorType: uint16,
  protocolVersion: uint16,
  pad2octetsA: uint16,
  generalCompressionTypes: uint16,
  extraFlags: flags(uint16, 'UINT16', ExtraFlags),
  updateCapabilityFlag: uint16,
  remoteUnshareFlag: uint16,
  generalCompressionLevel: uint16,
  refreshRectSupport: uint8,
  suppressOutputSupport: uint8,
});

const TS_BITMAP_CAPABILITYSET = struct('TS_BITMAP_CAPABILITYSET', {
  preferredBitsPerPixel: uint16,
  receive1BitPerPixel: uint16,
  receive4BitsPerPixel: uint16,
  receive8BitsPerPixel: uint16,
  desktopWidth: uint16,
  desktopHeight: uint16,
  pad2octets: uint16,
  desktopResizeFlag: uint16,
  bitmapCompressionFlag: uint16,
  highColorFlags: uint8,
  drawingFlags: uint8,
  multipleRectangleSupport: uint16,
  pad2octetsB: uint16,
});

const TS_ORDER_CAPABILITYSET = struct('TS_ORDER_CAPABILITYSET', {
  terminalDescriptor: octets(16),
  pad4octetsA: uint32,
  desktopSaveXGranularity: uint16,
  desktopSaveYGranularity: uint16,
  pad2octetsA: uint16,
  maximumOrderLevel: uint16,
  numberFonts: uint16,
  orderFlags: uint16,
  orderSupport: octets(32),
  textFlags: uint16,
  orderSupportExFlags: uint16,
  pad4octetsB: uint32,
  desktopSaveSize: uint32,
  pad2octetsC: uint16,
  pad2octetsD: uint16,
  textANSICodePage: uint16,
  pad2octetsE: uint16,
});

const TS_POINTER_CAPABILITYSET = struct('TS_POINTER_CAPABILITYSET', {
  colorPointerFlag: uint16,
  colorPointerCacheSize: uint16,
  pointerCacheSize: optional(uint16),
});

const TS_SHARE_CAPABILITYSET = struct('TS_SHARE_CAPABILITYSET', {
  nodeID: uint16,
  pad2octets: uint16,
});

const TS_INPUT_CAPABILITYSET = struct('TS_INPUT_CAPABILITYSET', {
  inputFlags: uint16,
  pad2octetsA: uint16,
  keyboardLayout: uint32,
  keyboardType: uint32,
  keyboardSubType: uint32,
  keyboardFunctionKey: uint32,
  imeFileName: octets(64),
});

/** 2.2.7.2.5; xrdp sends it without anything in it. */
const TS_FONT_CAPABILITYSET = struct('TS_FONT_CAPABILITYSET', {
  fontSupportFlags: optional(uint16),
  pad2octets: optional(uint16),
});

const TS_VIRTUALCHANNEL_CAPABILITYSET = struct('TS_VIRTUALCHANNEL_CAPABILITYSET', {
  flags: uint32,
  VCChunkSize: optional(uint32),
});

const OPAQUE = struct('capability data', { octets: rest });

export type CapabilitySet = Infer<typeof TS_CAPS_SET>;
export const TS_CAPS_SET = block('TS_CAPS_SET', {
  CAPSTYPE_GENERAL: [1, TS_GENERAL_CAPABILITYSET],
  CAPSTYPE_BITMAP: [2, TS_BITMAP_CAPABILITYSET],
  CAPSTYPE_ORDER: [3, TS_ORDER_CAPABILITYSET],
  CAPSTYPE_BITMAPCACHE: [4, OPAQUE],
  CAPSTYPE_CONTROL: [5, OPAQUE],
  CAPSTYPE_ACTIVATION: [7, OPAQUE],
  CAPSTYPE_POINTER: [8, TS_POINTER_CAPABILITYSET],
  CAPSTYPE_SHARE: [9, TS_SHARE_CAPABILITYSET],
  CAPSTYPE_COLORCACHE: [10, OPAQUE],
  CAPSTYPE_SOUND: [12, OPAQUE],
  CAPSTYPE_INPUT: [13, TS_INPUT_CAPABILITYSET],
  CAPSTYPE_FONT: [14, TS_FONT_CAPABILITYSET],
  CAPSTYPE_BRUSH: [15, OPAQUE],
  CAPSTYPE_GLYPHCACHE: [16, OPAQUE],
  CAPSTYPE_OFFSCREENCACHE: [17, OPAQUE],
  CAPSTYPE_BITMAPCACHE_HOSTSUPPORT: [18, OPAQUE],
  CAPSTYPE_BITMAPCACHE_REV2: [19, OPAQUE],
  CAPSTYPE_VIRTUALCHANNEL: [20, TS_VIRTUALCHANNEL_CAPABILITYSET],
  CAPSTYPE_DRAWNINEGRIDCACHE: [21, OPAQUE],
  CAPSTYPE_DRAWGDIPLUS: [22, OPAQUE],
  CAPSTYPE_RAIL: [23, OPAQUE],
  CAPSTYPE_WINDOW: [24, OPAQUE],
  CAPSETTYPE_COMPDESK: [25, OPAQUE],
  CAPSETTYPE_MULTIFRAGMENTUPDATE: [26, OPAQUE],
  CAPSETTYPE_LARGE_POINTER: [27, OPAQUE],
  CAPSETTYPE_SURFACE_COMMANDS: [28, OPAQUE],
  CAPSETTYPE_BITMAP_CODECS: [29, OPAQUE],
  CAPSSETTYPE_FRAME_ACKNOWLEDGE: [30, OPAQUE],
});

/** MS-RDPBCGR 2.2.7.1.10: without the member in its set. */
export const CHUNK_SIZE = 1_600;

export interface Desktop {
  readonly width: number;
  readonly height: number;
  /** 15, 16, 24 or 32. */
  readonly bitsPerPixel: number;
}

const OSMAJORTYPE_WINDOWS = 1;
const OSMINORTYPE_WINDOWS_NT = 3;
const PROTOCOL_VERSION = 0x0200;

function general(extraFlags: number): CapabilitySet {
  return {
    kind: 'CAPSTYPE_GENERAL',
    value: {
      osMajorType: OSMAJORTYPE_WINDOWS,
      osMinorType: OSMINORTYPE_WINDOWS_NT,
      protocolVersion: PROTOCOL_VERSION,
      pad2octetsA: 0,
      generalCompressionTypes: 0,
      extraFlags,
      updateCapabilityFlag: 0,
      remoteUnshareFlag: 0,
      generalCompressionLevel: 0,
      refreshRectSupport: 0,
      suppressOutputSupport: 0,
    },
  };
}

function bitmap({ width, height, bitsPerPixel }: Desktop): CapabilitySet {
  return {
    kind: 'CAPSTYPE_BITMAP',
    value: {
      preferredBitsPerPixel: bitsPerPixel,
      receive1BitPerPixel: 1,
      receive4BitsPerPixel: 1,
      receive8BitsPerPixel: 1,
      desktopWidth: width,
      desktopHeight: height,
      pad2octets: 0,
      desktopResizeFlag: 1,
      bitmapCompressionFlag: 1,
      highColorFlags: 0,
      drawingFlags: 0,
      multipleRectangleSupport: 1,
      pad2octetsB: 0,
    },
  };
}

/** NEGOTIATEORDERSUPPORT and ZEROBOUNDSDELTASSUPPORT are required; no order is taken besides. */
const ORDER_FLAGS = 0x0022;
const SAVE_SIZE = 230_400;

const order: CapabilitySet = {
  kind: 'CAPSTYPE_ORDER',
  value: {
    terminalDescriptor: new Uint8Array(16),
    pad4octetsA: 0,
    desktopSaveXGranularity: 1,
    desktopSaveYGranularity: 20,
    pad2octetsA: 0,
    maximumOrderLevel: 1,
    numberFonts: 0,
    orderFlags: ORDER_FLAGS,
    orderSupport: new Uint8Array(32),
    textFlags: 0,
    orderSupportExFlags: 0,
    pad4octetsB: 0,
    desktopSaveSize: SAVE_SIZE,
    pad2octetsC: 0,
    pad2octetsD: 0,
    textANSICodePage: 0,
    pad2octetsE: 0,
  },
};

/** Scan codes, extended mice, fast-path input, Unicode, fast-path input 2. */
const INPUT_FLAGS = 0x0035;

const input: CapabilitySet = {
  kind: 'CAPSTYPE_INPUT',
  value: {
    inputFlags: INPUT_FLAGS,
    pad2octetsA: 0,
    keyboardLayout: 0,
    keyboardType: 0,
    keyboardSubType: 0,
    keyboardFunctionKey: 0,
    imeFileName: new Uint8Array(64),
  },
};

const pointer: CapabilitySet = {
  kind: 'CAPSTYPE_POINTER',
  value: { colorPointerFlag: 1, colorPointerCacheSize: 25, pointerCacheSize: 25 },
};

function share(nodeID: number): CapabilitySet {
  return { kind: 'CAPSTYPE_SHARE', value: { nodeID, pad2octets: 0 } };
}

const channels: CapabilitySet = {
  kind: 'CAPSTYPE_VIRTUALCHANNEL',
  value: { flags: 0, VCChunkSize: CHUNK_SIZE },
};

/**
 * A server's sets: those that every client takes. FreeRDP 2 ends a connection at any that a server has
 * no business to send (bitmap caches, glyphs, fonts).
 */
export function serverCapabilities(desktop: Desktop, node: number): readonly CapabilitySet[] {
  const { FASTPATH_OUTPUT_SUPPORTED, LONG_CREDENTIALS_SUPPORTED, NO_BITMAP_COMPRESSION_HDR } =
    ExtraFlags;
  const flagsOf =
    FASTPATH_OUTPUT_SUPPORTED | LONG_CREDENTIALS_SUPPORTED | NO_BITMAP_COMPRESSION_HDR;
  return [share(node), general(flagsOf), bitmap(desktop), order, pointer, input, channels];
}

export function clientCapabilities(desktop: Desktop): readonly CapabilitySet[] {
  const { FASTPATH_OUTPUT_SUPPORTED, LONG_CREDENTIALS_SUPPORTED, NO_BITMAP_COMPRESSION_HDR } =
    ExtraFlags;
  return [
    // Pictures of either path are read over; FreeRDP's servers take nobody without the fast one.
    general(FASTPATH_OUTPUT_SUPPORTED | LONG_CREDENTIALS_SUPPORTED | NO_BITMAP_COMPRESSION_HDR),
    bitmap(desktop),
    order,
    pointer,
    input,
    share(0),
    { kind: 'CAPSTYPE_FONT', value: { fontSupportFlags: 1, pad2octets: 0 } },
    channels,
  ];
}
