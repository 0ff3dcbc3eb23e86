/** Network characteristics detection on the message channel (MS-RDPBCGR 2.2.14): looked at, not spoken here. */
import { view } from '../../src/bytes/bytes.ts';
import { enumeration, rest, uint8, uint16 } from '../../src/layout/codec.ts';
import { optional, struct } from '../../src/layout/structures.ts';
import type { Contents } from './contents.ts';
import { laidOut } from './laid-out.ts';

/** MS-RDPBCGR 2.2.8.1.1.2.1. */
const SEC_AUTODETECT_REQ = 0x1000;
const SEC_AUTODETECT_RSP = 0x2000;
const TYPE_ID_AUTODETECT_REQUEST = 0;
const TYPE_ID_AUTODETECT_RESPONSE = 1;
/** Security header, headerLength. */
const TYPE_ID = 5;

const AUTO_DETECT = struct('auto-detect', {
  flags: enumeration(uint16, 'UINT16', { SEC_AUTODETECT_REQ, SEC_AUTODETECT_RSP }),
  flagsHi: uint16,
  headerLength: uint8,
  headerTypeId: enumeration(uint8, 'UINT8', {
    TYPE_ID_AUTODETECT_REQUEST,
    TYPE_ID_AUTODETECT_RESPONSE,
  }),
  sequenceNumber: uint16,
  requestOrResponseType: uint16,
  payload: optional(rest),
});

export const autoDetect: Contents = laidOut('auto-detect', (reader) => AUTO_DETECT.read(reader));

/** Undefined: it is none; nothing but this tells it from a chunk of a virtual channel. */
export function autoDetectName(data: Uint8Array): string | undefined {
  if (data.length < AUTO_DETECT.least) return undefined;
  const flags = view(data).getUint32(0, true);
  if (flags === SEC_AUTODETECT_REQ && data[TYPE_ID] === TYPE_ID_AUTODETECT_REQUEST) {
    return 'Auto-Detect Request PDU';
  }
  const isResponse = flags === SEC_AUTODETECT_RSP && data[TYPE_ID] === TYPE_ID_AUTODETECT_RESPONSE;
  return isResponse ? 'Auto-Detect Response PDU' : undefined;
}
