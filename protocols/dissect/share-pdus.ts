/** What the I/O channel carries (MS-RDPBCGR 2.2.1.11 to 2.2.1.22, 2.2.8): share PDUs, Client Info, licensing. */
import { view } from '../../src/bytes/bytes.ts';
import { type Codec, readMember, rest, uint8, uint16 } from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import { struct } from '../../src/layout/structures.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import { CLIENT_INFO_PDU, TS_SECURITY_HEADER } from '../rdp/client-info.ts';
import { PduType, PduType2, SecurityFlags } from '../rdp/constants.ts';
import { LICENSE_PDU } from '../rdp/licensing.ts';
import { TS_UPDATE_BITMAP_DATA } from '../rdp/screen.ts';
import { INFO_DATA, TS_SAVE_SESSION_INFO } from '../rdp/session-info.ts';
import {
  DATA_PDUS,
  TS_CONFIRM_ACTIVE_PDU,
  TS_DEMAND_ACTIVE_PDU,
  TS_SHARECONTROLHEADER,
  TS_SHAREDATAHEADER,
} from '../rdp/share.ts';
import type { Contents } from './contents.ts';
import { innerAt, instead, laidOut, rowAt } from './laid-out.ts';

const CONTROL_HEADER = 6;
/** Where pduType2 stands, headers included. */
const TYPE_2 = 14;
const VERSION_1 = 0x10;
const COMPRESSED = 0x20;
const TYPE = 0x0f;
const UPDATETYPE_BITMAP = 1;

/** What MS-RDPBCGR calls data PDUs whose contents are not looked into. */
const OTHERS: Readonly<Record<number, string>> = {
  [PduType2.PDUTYPE2_UPDATE]: 'Update PDU',
  [PduType2.PDUTYPE2_POINTER]: 'Pointer Update PDU',
  [PduType2.PDUTYPE2_INPUT]: 'Input Event PDU',
  [PduType2.PDUTYPE2_REFRESH_RECT]: 'Refresh Rect PDU',
  [PduType2.PDUTYPE2_PLAY_SOUND]: 'Play Sound PDU',
  [PduType2.PDUTYPE2_SUPPRESS_OUTPUT]: 'Suppress Output PDU',
  [PduType2.PDUTYPE2_SHUTDOWN_REQUEST]: 'Shutdown Request PDU',
  [PduType2.PDUTYPE2_SHUTDOWN_DENIED]: 'Shutdown Request Denied PDU',
  [PduType2.PDUTYPE2_SAVE_SESSION_INFO]: 'Save Session Info PDU',
  [PduType2.PDUTYPE2_SET_KEYBOARD_INDICATORS]: 'Set Keyboard Indicators PDU',
  [PduType2.PDUTYPE2_BITMAPCACHE_PERSISTENT_LIST]: 'Persistent Key List PDU',
  [PduType2.PDUTYPE2_ARC_STATUS_PDU]: 'Auto-Reconnect Status PDU',
  [PduType2.PDUTYPE2_STATUS_INFO_PDU]: 'Status Info PDU',
  [PduType2.PDUTYPE2_MONITOR_LAYOUT_PDU]: 'Monitor Layout PDU',
};
const BODIES = DATA_PDUS as unknown as Readonly<
  Record<number, readonly [string, Codec<unknown>] | undefined>
>;
const INFO = INFO_DATA as unknown as Readonly<Record<number, Codec<unknown> | undefined>>;

/** Share PDUs say their length and version; what has a security header in front has neither. */
function isShare(data: Uint8Array): boolean {
  if (data.length < CONTROL_HEADER) return false;
  const numbers = view(data);
  const length = numbers.getUint16(0, true);
  return length <= data.length && (numbers.getUint16(2, true) & 0xf0) === VERSION_1;
}

/** What traces call the data of the I/O channel: by the first PDU in them. */
export function shareName(data: Uint8Array): string | undefined {
  if (data.length < 4) return undefined;
  const numbers = view(data);
  if (!isShare(data)) {
    const flags = numbers.getUint16(0, true);
    if ((flags & SecurityFlags.SEC_INFO_PKT) !== 0) return 'Client Info PDU';
    if ((flags & SecurityFlags.SEC_LICENSE_PKT) === 0) return undefined;
    return data[4] === 0xff ? 'License Error PDU' : 'License PDU';
  }
  switch (numbers.getUint16(2, true) & TYPE) {
    case PduType.PDUTYPE_DEMANDACTIVEPDU:
      return 'Demand Active PDU';
    case PduType.PDUTYPE_CONFIRMACTIVEPDU:
      return 'Confirm Active PDU';
    case PduType.PDUTYPE_DEACTIVATEALLPDU:
      return 'Deactivate All PDU';
    case PduType.PDUTYPE_SERVER_REDIR_PKT:
      return 'Server Redirection PDU';
    case PduType.PDUTYPE_DATAPDU: {
      const type = data[TYPE_2] ?? 0;
      return BODIES[type]?.[0] ?? OTHERS[type];
    }
    default:
      return undefined;
  }
}

function readShare(reader: Reader): void {
  const { totalLength, pduType } = readMember(reader, 'shareControlHeader', TS_SHARECONTROLHEADER);
  if (totalLength < CONTROL_HEADER) reader.fail(`totalLength is ${totalLength}, 6 at least`, 0);
  reader.within(totalLength - CONTROL_HEADER, () => readBody(reader, pduType & TYPE));
}

function readBody(reader: Reader, type: number): void {
  switch (type) {
    case PduType.PDUTYPE_DEMANDACTIVEPDU:
      TS_DEMAND_ACTIVE_PDU.read(reader);
      break;
    case PduType.PDUTYPE_CONFIRMACTIVEPDU:
      TS_CONFIRM_ACTIVE_PDU.read(reader);
      break;
    case PduType.PDUTYPE_DATAPDU:
      readData(reader);
      break;
    default:
      readMember(reader, 'body', rest);
  }
}

function readData(reader: Reader): void {
  const { pduType2, compressedType } = readMember(reader, 'shareDataHeader', TS_SHAREDATAHEADER);
  const body = BODIES[pduType2]?.[1];
  if ((compressedType & COMPRESSED) !== 0) readMember(reader, 'compressed', rest);
  else if (body !== undefined) body.read(reader);
  else if (pduType2 === PduType2.PDUTYPE2_SAVE_SESSION_INFO) TS_SAVE_SESSION_INFO.read(reader);
  else if (pduType2 === PduType2.PDUTYPE2_UPDATE && startsWith(reader, UPDATETYPE_BITMAP)) {
    TS_UPDATE_BITMAP_DATA.read(reader);
  } else readMember(reader, 'body', rest);
}

function startsWith({ bytes, at, left }: Reader, value: number): boolean {
  return left >= 2 && view(bytes).getUint16(at, true) === value;
}

const OTHER_LICENSE = struct('License PDU', {
  securityHeader: TS_SECURITY_HEADER,
  bMsgType: uint8,
  flags: uint8,
  wMsgSize: uint16,
  message: rest,
});

function read(reader: Reader): void {
  const { bytes } = reader;
  if (!isShare(bytes)) {
    const name = shareName(bytes);
    if (name === 'Client Info PDU') CLIENT_INFO_PDU.read(reader);
    else if (name === 'License Error PDU') LICENSE_PDU.read(reader);
    else if (name === 'License PDU') OTHER_LICENSE.read(reader);
    else readMember(reader, 'data', rest);
    return;
  }
  // One stands by itself in a message of its own, as a rule.
  if (view(bytes).getUint16(0, true) === bytes.length) {
    readShare(reader);
    return;
  }
  for (let index = 0; reader.left > 0; index++) {
    reader.member(index, 'share PDU', () => readShare(reader));
  }
}

/** Why a sign-in failed may be an NTSTATUS (MS-RDPBCGR 2.2.10.1.1.4.1.1). */
function sessionInfo(codec: Codec<unknown>): Contents {
  return laidOut(
    codec.type,
    (reader) => codec.read(reader),
    undefined,
    (row) => {
      const { path, value, name } = row;
      const isStatus = path.endsWith('.ErrorNotificationType') && name === undefined;
      return isStatus && typeof value === 'number' ? { ...row, name: statusName(value) } : row;
    },
  );
}

/** The data of the I/O channel. */
export const shareData: Contents = laidOut('data of the I/O channel', read, (rows) => {
  const infoType = rowAt(rows, 'infoType')?.value;
  const codec = typeof infoType === 'number' ? INFO[infoType] : undefined;
  if (codec === undefined) return [];
  return innerAt(rows, 'infoData', sessionInfo(codec), instead('infoData'));
});
