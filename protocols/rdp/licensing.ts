/** Licensing as short as it can be: the server says that the client is a valid one (MS-RDPBCGR 2.2.1.12). */
import {
  encode,
  enumeration,
  rest,
  tryDecode,
  uint8,
  uint16,
  uint32,
} from '../../src/layout/codec.ts';
import { lengthOf, struct } from '../../src/layout/structures.ts';
import { TS_SECURITY_HEADER } from './client-info.ts';
import { SecurityFlags } from './constants.ts';

/** MS-RDPELE 2.2.2. */
const MessageType = {
  LICENSE_REQUEST: 0x01,
  PLATFORM_CHALLENGE: 0x02,
  NEW_LICENSE: 0x03,
  UPGRADE_LICENSE: 0x04,
  LICENSE_INFO: 0x12,
  NEW_LICENSE_REQUEST: 0x13,
  PLATFORM_CHALLENGE_RESPONSE: 0x15,
  ERROR_ALERT: 0xff,
} as const;

/** MS-RDPBCGR 2.2.1.12.1.3. */
const ErrorCode = {
  ERR_INVALID_SERVER_CERTIFICATE: 1,
  ERR_NO_LICENSE: 2,
  ERR_INVALID_MAC: 3,
  ERR_INVALID_SCOPE: 4,
  ERR_NO_LICENSE_SERVER: 6,
  STATUS_VALID_CLIENT: 7,
  ERR_INVALID_CLIENT: 8,
  ERR_INVALID_PRODUCTID: 11,
  ERR_INVALID_MESSAGE_LEN: 12,
} as const;

const StateTransition = {
  ST_TOTAL_ABORT: 1,
  ST_NO_TRANSITION: 2,
  ST_RESET_PHASE_TO_START: 3,
  ST_RESEND_LAST_MESSAGE: 4,
} as const;

const BB_ERROR_BLOB = 4;
const PREAMBLE_VERSION_3_0 = 3;
const HEADER = 4;

const LICENSE_ERROR_MESSAGE = struct('LICENSE_ERROR_MESSAGE', {
  dwErrorCode: enumeration(uint32, 'UINT32', ErrorCode),
  dwStateTransition: enumeration(uint32, 'UINT32', StateTransition),
  wBlobType: uint16,
  wBlobLen: lengthOf('blob'),
  blob: rest,
});

export const LICENSE_PDU = struct('License PDU', {
  securityHeader: TS_SECURITY_HEADER,
  bMsgType: enumeration(uint8, 'UINT8', MessageType),
  flags: uint8,
  wMsgSize: lengthOf('message', uint16, HEADER),
  message: LICENSE_ERROR_MESSAGE,
});

/** The same while nobody knows which message it is. */
const ANY_LICENSE_PDU = struct('License PDU', {
  securityHeader: TS_SECURITY_HEADER,
  bMsgType: enumeration(uint8, 'UINT8', MessageType),
  flags: uint8,
  wMsgSize: lengthOf('message', uint16, HEADER),
  message: rest,
});

function errorPdu(dwErrorCode: number): Uint8Array {
  return encode(LICENSE_PDU, {
    securityHeader: { flags: SecurityFlags.SEC_LICENSE_PKT, flagsHi: 0 },
    bMsgType: MessageType.ERROR_ALERT,
    flags: PREAMBLE_VERSION_3_0,
    message: {
      dwErrorCode,
      dwStateTransition: StateTransition.ST_NO_TRANSITION,
      wBlobType: BB_ERROR_BLOB,
      blob: new Uint8Array(0),
    },
  });
}

/** "License Error PDU - Valid Client". */
export function validClient(): Uint8Array {
  return errorPdu(ErrorCode.STATUS_VALID_CLIENT);
}

/** A client's answer to a request for a licence that it does not have (MS-RDPELE 2.2.2.7). */
export function noLicense(): Uint8Array {
  return errorPdu(ErrorCode.ERR_NO_LICENSE);
}

export type Licensing =
  /** The server takes the client without a licence. */
  | { readonly kind: 'valid' }
  | { readonly kind: 'requested' }
  /** `reason`: what it wants instead. */
  | { readonly kind: 'refused'; readonly reason: string };

export function readLicense(data: Uint8Array): Licensing {
  const any = tryDecode(ANY_LICENSE_PDU, data);
  if (!any.ok) return refused(any.error.message);
  const { bMsgType } = any.value;
  if (bMsgType === MessageType.LICENSE_REQUEST) return { kind: 'requested' };
  if (bMsgType !== MessageType.ERROR_ALERT) return refused(`message type ${bMsgType}`);
  const read = tryDecode(LICENSE_PDU, data);
  if (!read.ok) return refused(read.error.message);
  const { dwErrorCode } = read.value.message;
  return dwErrorCode === ErrorCode.STATUS_VALID_CLIENT
    ? { kind: 'valid' }
    : refused(`error ${dwErrorCode}`);
}

function refused(reason: string): Licensing {
  return { kind: 'refused', reason: `no licence that is taken: ${reason}` };
}
