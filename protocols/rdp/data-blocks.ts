/** The user data blocks of GCC: MS-RDPBCGR 2.2.1.3 (client) and 2.2.1.4 (server). */
import {
  type Decoded,
  encode,
  enumeration,
  flags,
  type Infer,
  octets,
  padding,
  rest,
  tryDecode,
  uint8,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import {
  array,
  block,
  countOf,
  fixedAscii,
  fixedUnicode,
  optional,
  struct,
} from '../../src/layout/structures.ts';
import {
  ChannelOption,
  ClientCapability,
  ClusterFlags,
  Protocol,
  ServerCapability,
} from './constants.ts';

/** MS-RDPBCGR 2.2.1.3.2, 2.2.1.4.2. */
export const Version = {
  RDP_4: 0x00080001,
  RDP_5: 0x00080004,
  RDP_10_0: 0x00080005,
  RDP_10_12: 0x00080011,
} as const;

/** MS-RDPBCGR 2.2.1.3.2; what follows imeFileName is there as far as the client knows it. */
export type ClientCore = Infer<typeof TS_UD_CS_CORE>;
export const TS_UD_CS_CORE = struct('TS_UD_CS_CORE', {
  version: enumeration(uint32, 'UINT32', Version),
  desktopWidth: uint16,
  desktopHeight: uint16,
  colorDepth: uint16,
  SASSequence: uint16,
  keyboardLayout: uint32,
  clientBuild: uint32,
  clientName: fixedUnicode(32),
  keyboardType: uint32,
  keyboardSubType: uint32,
  keyboardFunctionKey: uint32,
  imeFileName: fixedUnicode(64),
  postBeta2ColorDepth: optional(uint16),
  clientProductId: optional(uint16),
  serialNumber: optional(uint32),
  highColorDepth: optional(uint16),
  supportedColorDepths: optional(uint16),
  earlyCapabilityFlags: optional(flags(uint16, 'UINT16', ClientCapability)),
  clientDigProductId: optional(fixedUnicode(64)),
  connectionType: optional(uint8),
  pad1octet: optional(padding(1)),
  serverSelectedProtocol: optional(enumeration(uint32, 'UINT32', Protocol)),
  desktopPhysicalWidth: optional(uint32),
  desktopPhysicalHeight: optional(uint32),
  desktopOrientation: optional(uint16),
  desktopScaleFactor: optional(uint32),
  deviceScaleFactor: optional(uint32),
  // Later versions of the standard add members at the end.
  more: optional(rest),
});

/** MS-RDPBCGR 2.2.1.3.3: nothing of it counts where TLS protects the connection. */
const TS_UD_CS_SEC = struct('TS_UD_CS_SEC', {
  encryptionMethods: uint32,
  extEncryptionMethods: uint32,
});

/** MS-RDPBCGR 2.2.1.3.4.1. */
export type ChannelDefinition = Infer<typeof CHANNEL_DEF>;
export const CHANNEL_DEF = struct('CHANNEL_DEF', {
  name: fixedAscii(8),
  options: flags(uint32, 'UINT32', ChannelOption),
});

/** MS-RDPBCGR 2.2.1.3.4. */
const TS_UD_CS_NET = struct('TS_UD_CS_NET', {
  channelCount: countOf('channelDefArray', uint32),
  channelDefArray: array(CHANNEL_DEF),
});

/** MS-RDPBCGR 2.2.1.3.5. */
const TS_UD_CS_CLUSTER = struct('TS_UD_CS_CLUSTER', {
  Flags: flags(uint32, 'UINT32', ClusterFlags),
  RedirectedSessionID: uint32,
});

const TS_MONITOR_DEF = struct('TS_MONITOR_DEF', {
  left: uint32,
  top: uint32,
  right: uint32,
  bottom: uint32,
  flags: uint32,
});

/** MS-RDPBCGR 2.2.1.3.6. */
const TS_UD_CS_MONITOR = struct('TS_UD_CS_MONITOR', {
  flags: uint32,
  monitorCount: countOf('monitorDefArray', uint32),
  monitorDefArray: array(TS_MONITOR_DEF),
});

const FLAGS_ALONE = struct('flags', { flags: uint32 });

export type ClientBlock = Infer<typeof CLIENT_BLOCK>;
export const CLIENT_BLOCK = block('TS_UD_HEADER', {
  CS_CORE: [0xc001, TS_UD_CS_CORE],
  CS_SECURITY: [0xc002, TS_UD_CS_SEC],
  CS_NET: [0xc003, TS_UD_CS_NET],
  CS_CLUSTER: [0xc004, TS_UD_CS_CLUSTER],
  CS_MONITOR: [0xc005, TS_UD_CS_MONITOR],
  CS_MCS_MSGCHANNEL: [0xc006, FLAGS_ALONE],
  CS_MULTITRANSPORT: [0xc00a, FLAGS_ALONE],
});
export const CLIENT_BLOCKS = array(CLIENT_BLOCK);

/** MS-RDPBCGR 2.2.1.4.2. */
const TS_UD_SC_CORE = struct('TS_UD_SC_CORE', {
  version: enumeration(uint32, 'UINT32', Version),
  clientRequestedProtocols: optional(flags(uint32, 'UINT32', Protocol)),
  earlyCapabilityFlags: optional(flags(uint32, 'UINT32', ServerCapability)),
});

/** MS-RDPBCGR 2.2.1.4.3: method and level none under TLS, and nothing behind them. */
const TS_UD_SC_SEC1 = struct('TS_UD_SC_SEC1', {
  encryptionMethod: uint32,
  encryptionLevel: uint32,
  more: optional(rest),
});

/** MS-RDPBCGR 2.2.1.4.4; an odd number of channels is filled up to four octets. */
const TS_UD_SC_NET = struct('TS_UD_SC_NET', {
  MCSChannelId: uint16,
  channelCount: countOf('channelIdArray', uint16),
  channelIdArray: array(uint16),
  pad: optional(octets(2)),
});

const CHANNEL_ALONE = struct('MCSChannelID', { MCSChannelID: uint16 });

export type ServerBlock = Infer<typeof SERVER_BLOCK>;
export const SERVER_BLOCK = block('TS_UD_HEADER', {
  SC_CORE: [0x0c01, TS_UD_SC_CORE],
  SC_SECURITY: [0x0c02, TS_UD_SC_SEC1],
  SC_NET: [0x0c03, TS_UD_SC_NET],
  SC_MCS_MSGCHANNEL: [0x0c04, CHANNEL_ALONE],
  SC_MULTITRANSPORT: [0x0c08, FLAGS_ALONE],
});
export const SERVER_BLOCKS = array(SERVER_BLOCK);

/** MS-RDPBCGR 2.2.1.3.4: so many static channels at most. */
export const CHANNELS_MAX = 31;

/** What a client says of itself. */
export interface ClientData {
  readonly core: ClientCore;
  readonly channels: readonly ChannelDefinition[];
  /** Absent: no CS_CLUSTER. */
  readonly cluster?: { readonly Flags: number; readonly RedirectedSessionID: number };
  /** It asks for a message channel. */
  readonly messageChannel: boolean;
  readonly multitransport: boolean;
}

export function encodeClientData(data: ClientData): Uint8Array {
  const { core, channels, cluster, messageChannel, multitransport } = data;
  const blocks: ClientBlock[] = [
    { kind: 'CS_CORE', value: core },
    ...(cluster === undefined ? [] : [{ kind: 'CS_CLUSTER', value: cluster } as const]),
    { kind: 'CS_SECURITY', value: { encryptionMethods: 0, extEncryptionMethods: 0 } },
    { kind: 'CS_NET', value: { channelDefArray: channels } },
  ];
  if (messageChannel) blocks.push({ kind: 'CS_MCS_MSGCHANNEL', value: { flags: 0 } });
  if (multitransport) blocks.push({ kind: 'CS_MULTITRANSPORT', value: { flags: 0 } });
  return encode(CLIENT_BLOCKS, blocks);
}

export type ReadClientData =
  | { readonly ok: true; readonly value: ClientData }
  | { readonly ok: false; readonly reason: string };

export function readClientData(bytes: Uint8Array): ReadClientData {
  const read = tryDecode(CLIENT_BLOCKS, bytes);
  if (!read.ok) return { ok: false, reason: read.error.message };
  let data: Omit<ClientData, 'core'> = {
    channels: [],
    messageChannel: false,
    multitransport: false,
  };
  let core: ClientCore | undefined;
  for (const one of read.value) {
    switch (one.kind) {
      case 'CS_CORE':
        core = one.value;
        break;
      case 'CS_NET':
        data = { ...data, channels: one.value.channelDefArray };
        break;
      case 'CS_CLUSTER':
        data = { ...data, cluster: one.value };
        break;
      case 'CS_MCS_MSGCHANNEL':
        data = { ...data, messageChannel: true };
        break;
      case 'CS_MULTITRANSPORT':
        data = { ...data, multitransport: true };
    }
  }
  if (core === undefined) return { ok: false, reason: 'CS_CORE is missing' };
  if (data.channels.length > CHANNELS_MAX) {
    return { ok: false, reason: `${data.channels.length} channels, at most ${CHANNELS_MAX}` };
  }
  return { ok: true, value: { ...data, core } };
}

/** What a server answers. */
export interface ServerData {
  readonly version: number;
  readonly clientRequestedProtocols: number;
  readonly earlyCapabilityFlags: number;
  readonly ioChannel: number;
  /** As many as the client asked for, in their order. */
  readonly channelIds: readonly number[];
  readonly messageChannel?: number;
}

export function encodeServerData(data: ServerData): Uint8Array {
  const { version, clientRequestedProtocols, earlyCapabilityFlags } = data;
  const { ioChannel, channelIds, messageChannel } = data;
  const odd = channelIds.length % 2 === 1 ? { pad: new Uint8Array(2) } : {};
  const blocks: ServerBlock[] = [
    { kind: 'SC_CORE', value: { version, clientRequestedProtocols, earlyCapabilityFlags } },
    { kind: 'SC_NET', value: { MCSChannelId: ioChannel, channelIdArray: channelIds, ...odd } },
    { kind: 'SC_SECURITY', value: { encryptionMethod: 0, encryptionLevel: 0 } },
  ];
  if (messageChannel !== undefined) {
    blocks.push({ kind: 'SC_MCS_MSGCHANNEL', value: { MCSChannelID: messageChannel } });
  }
  return encode(SERVER_BLOCKS, blocks);
}

export function readServerData(bytes: Uint8Array): Decoded<readonly ServerBlock[]> {
  return tryDecode(SERVER_BLOCKS, bytes);
}
