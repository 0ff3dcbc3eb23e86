/**
 * TPKT (T.123 §8) and the TPDUs of X.224 class 0 that MS-RDPBCGR uses: connection request and confirm
 * with the negotiation of security, and data.
 */
import { concat, fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import {
  attempt,
  type Decoded,
  encode,
  enumeration,
  flags,
  octets,
  padding,
  readMember,
  uint8,
  uint16be,
  uint32,
} from '../../src/layout/codec.ts';
import { Reader } from '../../src/layout/reader.ts';
import { struct } from '../../src/layout/structures.ts';
import { FailureCode, Protocol, RequestFlags, ResponseFlags } from './constants.ts';

export const TPKT_HEADER = 4;
const TPKT_VERSION = 3;

const TPDU = { CR: 0xe0, CC: 0xd0, DT: 0xf0, DR: 0x80 } as const;
const END_OF_TSDU = 0x80;

const protocols = (type: string) => flags(uint32, type, Protocol);

/** MS-RDPBCGR 2.2.1.1.1, behind its type and length. */
const RDP_NEG_REQ = struct('RDP_NEG_REQ', {
  flags: flags(uint8, 'UINT8', RequestFlags),
  length: uint8,
  pad: padding(1),
  requestedProtocols: protocols('UINT32'),
});

/** MS-RDPBCGR 2.2.1.1.2, behind its type. */
const CORRELATION = struct('RDP_NEG_CORRELATION_INFO', {
  flags: uint8,
  length: uint8,
  pad: padding(1),
  correlationId: octets(16),
  reserved: padding(16),
});

export interface NegotiationRequest {
  readonly flags: number;
  readonly requestedProtocols: number;
  readonly correlationId?: Uint8Array;
}

/** X.224 Connection Request (MS-RDPBCGR 2.2.1.1). */
export interface ConnectionRequest {
  /** `Cookie: mstshash=alice`, or a load balancer's routing token, without CR LF. */
  readonly cookie?: string;
  /** Absent: a client of before negotiation; standard RDP security is meant. */
  readonly negotiation?: NegotiationRequest;
}

/** MS-RDPBCGR 2.2.1.2.1. */
export const RDP_NEG_RSP = struct('RDP_NEG_RSP', {
  flags: flags(uint8, 'UINT8', ResponseFlags),
  length: uint8,
  pad: padding(1),
  selectedProtocol: enumeration(uint32, 'UINT32', Protocol),
});

/** MS-RDPBCGR 2.2.1.2.2. */
export const RDP_NEG_FAILURE = struct('RDP_NEG_FAILURE', {
  flags: uint8,
  length: uint8,
  pad: padding(1),
  failureCode: enumeration(uint32, 'UINT32', FailureCode),
});

/** X.224 Connection Confirm (MS-RDPBCGR 2.2.1.2). */
export type ConnectionConfirm =
  | { readonly kind: 'selected'; readonly flags: number; readonly selectedProtocol: number }
  | { readonly kind: 'failure'; readonly failureCode: number }
  /** No negotiation data: the client had sent none. */
  | { readonly kind: 'none' };

const NEGOTIATION = { request: 1, response: 2, failure: 3, correlation: 6 } as const;
const NEGOTIATION_LENGTH = 8;

const TPDU_HEADER = struct('X.224 TPDU', {
  lengthIndicator: uint8,
  code: enumeration(uint8, 'code', TPDU),
  destinationReference: uint16be,
  sourceReference: uint16be,
  classOption: uint8,
});
const TPDU_HEADER_LENGTH = 7;

const TPKT = struct('TPKT', { version: uint8, reserved: uint8, length: uint16be });

/** A message behind TPKT's header. */
export function tpkt(tpdu: Uint8Array): Uint8Array {
  const length = TPKT_HEADER + tpdu.length;
  return concat(Uint8Array.of(TPKT_VERSION, 0, length >> 8, length & 0xff), tpdu);
}

/** What TPKT carries; undefined when the octets are no whole TPKT. */
export function tpduOf(packet: Uint8Array): Uint8Array | undefined {
  const [version, , high, low] = packet;
  if (version !== TPKT_VERSION || high === undefined || low === undefined) return undefined;
  return ((high << 8) | low) === packet.length ? packet.subarray(TPKT_HEADER) : undefined;
}

function connectionTpdu(code: number, source: number, variable: Uint8Array): Uint8Array {
  const header = {
    lengthIndicator: TPDU_HEADER_LENGTH - 1 + variable.length,
    code,
    destinationReference: 0,
    sourceReference: source,
    classOption: 0,
  };
  return tpkt(concat(encode(TPDU_HEADER, header), variable));
}

/** The whole packet, TPKT included. */
export function connectionRequest({ cookie, negotiation }: ConnectionRequest): Uint8Array {
  const parts: Uint8Array[] = [];
  if (cookie !== undefined) parts.push(utf8(`${cookie}\r\n`));
  if (negotiation !== undefined) {
    const { requestedProtocols, correlationId } = negotiation;
    const { CORRELATION_INFO_PRESENT } = RequestFlags;
    const present = correlationId === undefined ? 0 : CORRELATION_INFO_PRESENT;
    const own = (negotiation.flags & ~CORRELATION_INFO_PRESENT) | present;
    const body = { flags: own, length: NEGOTIATION_LENGTH, requestedProtocols };
    parts.push(Uint8Array.of(NEGOTIATION.request), encode(RDP_NEG_REQ, body));
    if (correlationId !== undefined) {
      const info = { flags: 0, length: 36, correlationId };
      parts.push(Uint8Array.of(NEGOTIATION.correlation), encode(CORRELATION, info));
    }
  }
  return connectionTpdu(TPDU.CR, 0, concat(...parts));
}

/** What Windows puts as its reference; clients do not look at it. */
const SERVER_REFERENCE = 0x1234;

export function connectionConfirm(confirm: ConnectionConfirm): Uint8Array {
  return connectionTpdu(TPDU.CC, SERVER_REFERENCE, confirmBody(confirm));
}

function confirmBody(confirm: ConnectionConfirm): Uint8Array {
  const length = NEGOTIATION_LENGTH;
  switch (confirm.kind) {
    case 'none':
      return new Uint8Array(0);
    case 'selected': {
      const { flags: own, selectedProtocol } = confirm;
      const body = encode(RDP_NEG_RSP, { flags: own, length, selectedProtocol });
      return concat(Uint8Array.of(NEGOTIATION.response), body);
    }
    case 'failure': {
      const body = encode(RDP_NEG_FAILURE, { flags: 0, length, failureCode: confirm.failureCode });
      return concat(Uint8Array.of(NEGOTIATION.failure), body);
    }
  }
}

/** The variable part of a connection TPDU of the wanted code, checked as far as MS-RDPBCGR 3.3.5.3.1 says. */
function openTpdu(reader: Reader, name: string, code: number): void {
  const tpdu = openTpkt(reader);
  const header = readMember(reader, name, TPDU_HEADER);
  if ((header.code & 0xf0) !== code) {
    reader.fail(`expected TPDU ${code.toString(16)}, got ${header.code.toString(16)}`, 5);
  }
  if (header.lengthIndicator !== tpdu.length - 1) {
    reader.fail(`length indicator ${header.lengthIndicator}, ${tpdu.length - 1} octets follow`, 4);
  }
  if (header.classOption >> 4 !== 0) {
    reader.fail(`class ${header.classOption >> 4}, expected class 0`, 10);
  }
}

function openTpkt(reader: Reader): Uint8Array {
  const tpdu = tpduOf(reader.bytes);
  if (tpdu === undefined) return reader.fail('no whole TPKT');
  readMember(reader, 'tpktHeader', TPKT);
  return tpdu;
}

const NEGOTIATION_TYPE = enumeration(uint8, 'UINT8', {
  TYPE_RDP_NEG_REQ: NEGOTIATION.request,
  TYPE_RDP_NEG_RSP: NEGOTIATION.response,
  TYPE_RDP_NEG_FAILURE: NEGOTIATION.failure,
  TYPE_RDP_CORRELATION_INFO: NEGOTIATION.correlation,
});

/** X.224 Connection Request: the reader is behind it then. */
export function takeConnectionRequest(reader: Reader): ConnectionRequest {
  openTpdu(reader, 'x224Crq', TPDU.CR);
  const cookie = cookieOf(reader);
  const known = cookie === undefined ? {} : { cookie };
  if (reader.left === 0) return known;
  const { flags: own, requestedProtocols } = reader.member('rdpNegReq', RDP_NEG_REQ.type, () => {
    const type = readMember(reader, 'type', NEGOTIATION_TYPE);
    if (type !== NEGOTIATION.request) reader.fail(`expected RDP_NEG_REQ, got type ${type}`);
    const read = RDP_NEG_REQ.read(reader);
    if (read.length !== NEGOTIATION_LENGTH) {
      reader.fail(`RDP_NEG_REQ of ${read.length} octets, expected 8`);
    }
    return read;
  });
  const negotiation = { flags: own, requestedProtocols };
  if ((own & RequestFlags.CORRELATION_INFO_PRESENT) === 0 || reader.left === 0) {
    return { ...known, negotiation };
  }
  const { correlationId } = reader.member('rdpCorrelationInfo', CORRELATION.type, () => {
    if (readMember(reader, 'type', NEGOTIATION_TYPE) !== NEGOTIATION.correlation) {
      reader.fail('expected RDP_NEG_CORRELATION_INFO');
    }
    return CORRELATION.read(reader);
  });
  return { ...known, negotiation: { ...negotiation, correlationId } };
}

/** Text that ends with CR LF in front of the negotiation. */
function cookieOf(reader: Reader): string | undefined {
  const from = reader.at;
  for (let at = from; at + 1 < reader.end; at++) {
    if (reader.bytes[at] !== 0x0d || reader.bytes[at + 1] !== 0x0a) continue;
    const text = (): string => fromUtf8(reader.octets(at + 2 - from).subarray(0, -2));
    return reader.member('cookie', 'text', text, (value) => ({ value }));
  }
  return undefined;
}

export function readConnectionRequest(packet: Uint8Array): Decoded<ConnectionRequest> {
  return attempt(() => takeConnectionRequest(new Reader(packet)));
}

/** X.224 Connection Confirm: the reader is behind it then. */
export function takeConnectionConfirm(reader: Reader): ConnectionConfirm {
  openTpdu(reader, 'x224Ccf', TPDU.CC);
  if (reader.left === 0) return { kind: 'none' };
  return reader.member('rdpNegData', 'RDP_NEG_RSP or RDP_NEG_FAILURE', () => {
    const type = readMember(reader, 'type', NEGOTIATION_TYPE);
    if (type === NEGOTIATION.response) {
      const { flags: own, selectedProtocol } = RDP_NEG_RSP.read(reader);
      return { kind: 'selected', flags: own, selectedProtocol };
    }
    if (type !== NEGOTIATION.failure) reader.fail(`neither response nor failure: type ${type}`);
    return { kind: 'failure', failureCode: RDP_NEG_FAILURE.read(reader).failureCode };
  });
}

export function readConnectionConfirm(packet: Uint8Array): Decoded<ConnectionConfirm> {
  return attempt(() => takeConnectionConfirm(new Reader(packet)));
}

const DATA_TPDU = struct('X.224 Data', {
  lengthIndicator: uint8,
  code: enumeration(uint8, 'code', TPDU),
  eot: uint8,
});

/** TPKT and the header of a data TPDU: the reader is behind them then. */
export function takeDataHeader(reader: Reader): void {
  if (dataOf(reader.bytes) === undefined) reader.fail('no X.224 data TPDU');
  openTpkt(reader);
  readMember(reader, 'x224Data', DATA_TPDU);
}

/** Data TPDU with its TPKT. */
export function dataTpdu(data: Uint8Array): Uint8Array {
  return tpkt(concat(Uint8Array.of(2, TPDU.DT, END_OF_TSDU), data));
}

/** What a Data TPDU carries; undefined when the packet is none. */
export function dataOf(packet: Uint8Array): Uint8Array | undefined {
  const tpdu = tpduOf(packet);
  if (tpdu === undefined || tpdu[0] !== 2 || tpdu[1] !== TPDU.DT || tpdu[2] !== END_OF_TSDU) {
    return undefined;
  }
  return tpdu.subarray(3);
}
