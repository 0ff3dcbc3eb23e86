/** The messages of a remote desktop: TPKT with what X.224, MCS and GCC carry, and fast-path PDUs. */
import { enumeration, tryDecode, uint32 } from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import type { Hints } from '../../src/trace/dissector.ts';
import { VIRTUAL_CHANNEL_PDU } from '../rdp/channels.ts';
import { AuthorizationResult, ChannelFlags, IO_CHANNEL, SERVER_USER } from '../rdp/constants.ts';
import { CLIENT_BLOCKS, SERVER_BLOCKS } from '../rdp/data-blocks.ts';
import { takeConferenceCreateRequest, takeConferenceCreateResponse } from '../rdp/gcc.ts';
import {
  type DomainPdu,
  readDomainPdu,
  takeConnectInitial,
  takeConnectResponse,
  takeDomainPdu,
} from '../rdp/mcs.ts';
import { takeConnectionConfirm, takeConnectionRequest, tpduOf } from '../rdp/x224.ts';
import { autoDetect, autoDetectName } from './auto-detect.ts';
import type { Contents, Inner } from './contents.ts';
import { devicePacket, devicePacketName, isDevicePacket } from './device-redirection.ts';
import { DYNAMIC, isDynamic } from './dynamic-channels.ts';
import { fastPathContents, fastPathName } from './fast-path.ts';
import {
  type Inside,
  innerAt,
  instead,
  laidOut,
  members,
  octetsAt,
  type Rows,
  rowAt,
} from './laid-out.ts';
import { shareData, shareName } from './share-pdus.ts';

type SendData = Extract<DomainPdu, { readonly data: Uint8Array }>;

const CHUNK = 'Virtual Channel PDU';
/** First and last: a message in one chunk. */
const WHOLE = ChannelFlags.CHANNEL_FLAG_FIRST | ChannelFlags.CHANNEL_FLAG_LAST;

const DOMAIN_NAMES: Readonly<Record<Exclude<DomainPdu['kind'], SendData['kind']>, string>> = {
  erectDomainRequest: 'MCS Erect Domain Request',
  disconnectProviderUltimatum: 'MCS Disconnect Provider Ultimatum',
  attachUserRequest: 'MCS Attach User Request',
  attachUserConfirm: 'MCS Attach User Confirm',
  channelJoinRequest: 'MCS Channel Join Request',
  channelJoinConfirm: 'MCS Channel Join Confirm',
};

const CONNECTION_REQUEST = 0xe0;
const CONNECTION_CONFIRM = 0xd0;
const BER_CONNECT = 0x7f;
const CONNECT_INITIAL = 0x65;
const CODE = 5;
const MCS = 7;

/** What traces call it; undefined: it is no message of a remote desktop, or none that has a name. */
export function remoteDesktopName(bytes: Uint8Array): string | undefined {
  if (tpduOf(bytes) === undefined) return fastPathName(bytes);
  const code = (bytes[CODE] ?? 0) & 0xf0;
  if (code === CONNECTION_REQUEST) return 'X.224 Connection Request';
  if (code === CONNECTION_CONFIRM) return 'X.224 Connection Confirm';
  if (bytes[MCS] === BER_CONNECT) {
    return bytes[MCS + 1] === CONNECT_INITIAL ? 'MCS Connect Initial' : 'MCS Connect Response';
  }
  const pdu = readDomainPdu(bytes);
  if (!pdu.ok) return undefined;
  return isSendData(pdu.value) ? dataName(pdu.value) : DOMAIN_NAMES[pdu.value.kind];
}

function isSendData(pdu: DomainPdu): pdu is SendData {
  return pdu.kind === 'sendDataRequest' || pdu.kind === 'sendDataIndication';
}

const fromOf = ({ kind }: SendData): 'client' | 'server' =>
  kind === 'sendDataRequest' ? 'client' : 'server';

function dataName(pdu: SendData): string | undefined {
  if (pdu.channelId === IO_CHANNEL) return shareName(pdu.data);
  const detects = autoDetectName(pdu.data);
  if (detects !== undefined) return detects;
  const chunk = tryDecode(VIRTUAL_CHANNEL_PDU, pdu.data);
  if (!chunk.ok) return undefined;
  const { flags, virtualChannelData } = chunk.value;
  const named = (flags & WHOLE) === WHOLE ? packetName(virtualChannelData, pdu) : undefined;
  return named ?? CHUNK;
}

function packetName(packet: Uint8Array, pdu: SendData): string | undefined {
  return isDevicePacket(packet) ? devicePacketName(packet, fromOf(pdu)) : undefined;
}

/** Undefined: the octets are no message of a remote desktop. */
export function remoteDesktopContents(bytes: Uint8Array, hints: Hints): Contents | undefined {
  if (tpduOf(bytes) === undefined) return fastPathContents(bytes);
  const code = (bytes[CODE] ?? 0) & 0xf0;
  if (code === CONNECTION_REQUEST) return connectionRequest;
  if (code === CONNECTION_CONFIRM) return connectionConfirm;
  if (bytes[MCS] === BER_CONNECT) {
    return bytes[MCS + 1] === CONNECT_INITIAL ? connectInitial : connectResponse;
  }
  // A completion's name says which call it answers: the trace's own word goes before what the octets say.
  return domain(hints.message ?? remoteDesktopName(bytes) ?? 'MCS PDU', hints.message);
}

/** Four octets that only a trace knows: nothing in them says what they are (MS-RDPBCGR 2.2.10.2). */
export const authorizationResult = members('Early User Authorization Result PDU', {
  authorizationResult: enumeration(uint32, 'UINT32', AuthorizationResult),
});

/** Layers below: the same in every message, and in the trace for whoever asks. */
const ASIDE =
  /\.(tpktHeader|x224Data|x224Crq|x224Ccf|(?:target|minimum|maximum|domain)Parameters)$/;

function packetOf(type: string, take: (reader: Reader) => unknown, inside?: Inside): Contents {
  return laidOut(type, take, inside, (row) =>
    ASIDE.test(row.path) ? { ...row, aside: true } : row,
  );
}

const connectionRequest = packetOf('X.224 Connection Request', takeConnectionRequest);
const connectionConfirm = packetOf('X.224 Connection Confirm', takeConnectionConfirm);

const clientBlocks = laidOut(
  'blocks',
  (reader) => CLIENT_BLOCKS.read(reader),
  (rows, keys) => {
    keys.channels.offered(valuesAt(rows, /\.channelDefArray\[\d+\]\.name$/).map(String));
    return [];
  },
);
const serverBlocks = laidOut(
  'blocks',
  (reader) => SERVER_BLOCKS.read(reader),
  (rows, keys) => {
    keys.channels.numbered(valuesAt(rows, /\.channelIdArray\[\d+\]$/).map(Number));
    return [];
  },
);

function valuesAt({ rows }: Rows, path: RegExp): readonly unknown[] {
  return rows.filter((row) => path.test(row.path)).map(({ value }) => value);
}

const createRequest = laidOut('ConferenceCreateRequest', takeConferenceCreateRequest, (rows) =>
  innerAt(rows, 'userData', clientBlocks, byKind),
);
const createResponse = laidOut('ConferenceCreateResponse', takeConferenceCreateResponse, (rows) =>
  innerAt(rows, 'userData', serverBlocks, byKind),
);
const connectInitial = packetOf('MCS Connect Initial', takeConnectInitial, (rows) =>
  innerAt(rows, 'userData', createRequest, instead('userData')),
);
const connectResponse = packetOf('MCS Connect Response', takeConnectResponse, (rows) =>
  innerAt(rows, 'userData', createResponse, instead('userData')),
);

/** Data blocks stand under their names. */
const byKind: Inner['put'] = (outer, value) => {
  delete outer.userData;
  for (const block of Object.values(value as object)) {
    for (const [name, content] of Object.entries(block as object)) {
      if (typeof content === 'object') outer[name] = content;
    }
  }
};

/** @param message what the trace calls it, if it does */
function domain(type: string, message: string | undefined): Contents {
  return packetOf(type, takeDomainPdu, (rows) => {
    const channelId = rowAt(rows, 'channelId')?.value;
    const data = octetsAt(rows, 'userData');
    if (typeof channelId !== 'number' || data === undefined) return [];
    const inner = dataContents(channelId, data, rows, message);
    return innerAt(rows, 'userData', inner, instead('userData'));
  });
}

function dataContents(
  channelId: number,
  data: Uint8Array,
  outer: Rows,
  message: string | undefined,
): Contents {
  if (channelId === IO_CHANNEL) return shareData;
  return autoDetectName(data) === undefined ? chunk(channelId, outer, message) : autoDetect;
}

const DATA = 'virtualChannelData';

/** A chunk: what it carries stands in it, or with the chunks before it. */
function chunk(channelId: number, outer: Rows, message: string | undefined): Contents {
  const from = rowAt(outer, 'initiator')?.value === SERVER_USER ? 'server' : 'client';
  return laidOut(
    CHUNK,
    (reader) => VIRTUAL_CHANNEL_PDU.read(reader),
    (rows, keys) => {
      const flags = Number(rowAt(rows, 'flags')?.value ?? 0) & WHOLE;
      const data = flags === WHOLE ? octetsAt(rows, DATA) : undefined;
      const whole = data ?? keys.channels.ended(`${channelId} ${from}`, rows.bytes);
      if (whole === undefined) return [];
      const inner = channelMessage(whole, from, message, keys.channels.channel(channelId));
      if (inner === undefined) return [];
      if (data !== undefined) return innerAt(rows, DATA, inner, instead(DATA));
      const octets = { plaintext: whole, key: 'the chunks before it' };
      return [{ path: DATA, contents: inner, octets, put: instead(DATA) }];
    },
  );
}

function channelMessage(
  bytes: Uint8Array,
  from: 'client' | 'server',
  message: string | undefined,
  channel: string | undefined,
): Contents | undefined {
  if (isDevicePacket(bytes)) return devicePacket(message);
  return isDynamic(message, channel) ? DYNAMIC[from] : undefined;
}
