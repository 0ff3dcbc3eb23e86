/**
 * T.125 (MCS) as MS-RDPBCGR 2.2.1.3 to 2.2.1.9 uses it: the connection in BER, everything after it in
 * aligned PER, each in a data TPDU.
 */
import { concat, uint32be } from '../../src/bytes/bytes.ts';
import { attempt, type Decoded, readMember, rest, uint8 } from '../../src/layout/codec.ts';
import { Reader } from '../../src/layout/reader.ts';
import { MCS_BASE, SERVER_USER } from './constants.ts';
import { berElement, berInteger, perLength, readBer, readBerNumber, readPerLength } from './per.ts';
import { dataTpdu, takeDataHeader } from './x224.ts';

const CONNECT_INITIAL = [0x7f, 0x65];
const CONNECT_RESPONSE = [0x7f, 0x66];
const OCTET_STRING = [0x04];
const BOOLEAN = [0x01];
const SEQUENCE = [0x30];
const ENUMERATED = 0x0a;

/** T.125 DomainParameters, in their order. */
export type DomainParameters = readonly [
  maxChannelIds: number,
  maxUserIds: number,
  maxTokenIds: number,
  numPriorities: number,
  minThroughput: number,
  maxHeight: number,
  maxMCSPDUsize: number,
  protocolVersion: number,
];

const TARGET: DomainParameters = [34, 2, 0, 1, 0, 1, 65_535, 2];
const MINIMUM: DomainParameters = [1, 1, 1, 1, 0, 1, 1_056, 2];
const MAXIMUM: DomainParameters = [65_535, 64_535, 65_535, 1, 0, 1, 65_535, 2];
/** As in MS-RDPBCGR 4.1.4. */
const ANSWERED: DomainParameters = [34, 3, 0, 1, 0, 1, 65_528, 2];

function parameters(of: DomainParameters): Uint8Array {
  return berElement(SEQUENCE, concat(...of.map(berInteger)));
}

const PARAMETERS = [
  'maxChannelIds',
  'maxUserIds',
  'maxTokenIds',
  'numPriorities',
  'minThroughput',
  'maxHeight',
  'maxMCSPDUsize',
  'protocolVersion',
];

function readParameters(reader: Reader, name: string): DomainParameters {
  return reader.member(name, 'DomainParameters', () =>
    readBer(
      reader,
      SEQUENCE,
      () => PARAMETERS.map((one) => number(reader, one)) as unknown as DomainParameters,
    ),
  );
}

const shown = (value: number | string) => ({ value });

function number(reader: Reader, name: string, tag?: number): number {
  const type = tag === undefined ? 'INTEGER' : 'ENUMERATED';
  return reader.member(name, type, () => readBerNumber(reader, tag), shown);
}

/** What GCC has to say. */
function readUserData(reader: Reader): Uint8Array {
  return readBer(reader, OCTET_STRING, () => readMember(reader, 'userData', rest));
}

/** @param userData the GCC Conference Create Request; the whole packet comes back */
export function connectInitial(userData: Uint8Array): Uint8Array {
  const selector = berElement(OCTET_STRING, Uint8Array.of(1));
  const upward = berElement(BOOLEAN, Uint8Array.of(0xff));
  const content = concat(
    selector,
    selector,
    upward,
    ...[TARGET, MINIMUM, MAXIMUM].map(parameters),
    berElement(OCTET_STRING, userData),
  );
  return dataTpdu(berElement(CONNECT_INITIAL, content));
}

export interface ConnectInitial {
  readonly target: DomainParameters;
  readonly userData: Uint8Array;
}

/** The whole packet: the reader is behind it then. */
export function takeConnectInitial(reader: Reader): ConnectInitial {
  takeDataHeader(reader);
  return readBer(reader, CONNECT_INITIAL, () => {
    for (const name of ['callingDomainSelector', 'calledDomainSelector']) {
      const octets = (): Uint8Array => reader.octets(reader.left);
      reader.member(name, 'OCTET STRING', () => readBer(reader, OCTET_STRING, octets));
    }
    reader.member('upwardFlag', 'BOOLEAN', () => readBer(reader, BOOLEAN, () => reader.uint8()));
    const target = readParameters(reader, 'targetParameters');
    for (const name of ['minimumParameters', 'maximumParameters']) readParameters(reader, name);
    return { target, userData: readUserData(reader) };
  });
}

export function readConnectInitial(packet: Uint8Array): Decoded<ConnectInitial> {
  return attempt(() => takeConnectInitial(new Reader(packet)));
}

export function connectResponse(userData: Uint8Array): Uint8Array {
  const content = concat(
    berElement([ENUMERATED], Uint8Array.of(0)),
    berInteger(0),
    parameters(ANSWERED),
    berElement(OCTET_STRING, userData),
  );
  return dataTpdu(berElement(CONNECT_RESPONSE, content));
}

export interface ConnectResponse {
  /** T.125's: 0 is rt-successful. */
  readonly result: number;
  readonly userData: Uint8Array;
}

/** The whole packet: the reader is behind it then. */
export function takeConnectResponse(reader: Reader): ConnectResponse {
  takeDataHeader(reader);
  return readBer(reader, CONNECT_RESPONSE, () => {
    const result = number(reader, 'result', ENUMERATED);
    number(reader, 'calledConnectId');
    readParameters(reader, 'domainParameters');
    return { result, userData: readUserData(reader) };
  });
}

export function readConnectResponse(packet: Uint8Array): Decoded<ConnectResponse> {
  return attempt(() => takeConnectResponse(new Reader(packet)));
}

/** DomainMCSPDU: the choice's number, in the upper six bits of the first octet. */
const Choice = {
  erectDomainRequest: 1,
  disconnectProviderUltimatum: 8,
  attachUserRequest: 10,
  attachUserConfirm: 11,
  channelJoinRequest: 14,
  channelJoinConfirm: 15,
  sendDataRequest: 25,
  sendDataIndication: 26,
} as const;

/** What either side sends once MCS is connected; ids are whole numbers from 1001 on. */
export type DomainPdu =
  | { readonly kind: 'erectDomainRequest' }
  | { readonly kind: 'disconnectProviderUltimatum'; readonly reason: number }
  | { readonly kind: 'attachUserRequest' }
  | { readonly kind: 'attachUserConfirm'; readonly result: number; readonly initiator: number }
  | {
      readonly kind: 'channelJoinRequest';
      readonly initiator: number;
      readonly channelId: number;
    }
  | {
      readonly kind: 'channelJoinConfirm';
      readonly result: number;
      readonly initiator: number;
      readonly requested: number;
      /** Absent when the request was refused. */
      readonly channelId?: number;
    }
  | {
      readonly kind: 'sendDataRequest' | 'sendDataIndication';
      readonly initiator: number;
      readonly channelId: number;
      readonly data: Uint8Array;
    };

/** T.125 Result: rt-successful, rt-no-such-channel. */
export const McsResult = { successful: 0, noSuchChannel: 14 } as const;
/** T.125 Reason: rn-user-requested. */
export const USER_REQUESTED = 3;

/** High priority, begin and end in one segment. */
const WHOLE = 0x70;

function uint16(value: number): Uint8Array {
  return uint32be(value).subarray(2);
}

/** The whole packet. */
export function domainPdu(pdu: DomainPdu): Uint8Array {
  const first = Choice[pdu.kind] << 2;
  switch (pdu.kind) {
    case 'erectDomainRequest':
      return dataTpdu(Uint8Array.of(first, 1, 0, 1, 0));
    case 'attachUserRequest':
      return dataTpdu(Uint8Array.of(first));
    case 'disconnectProviderUltimatum':
      // The reason's three bits begin in the octet of the choice.
      return dataTpdu(Uint8Array.of(first | (pdu.reason >> 1), (pdu.reason & 1) << 7));
    case 'attachUserConfirm': {
      // The initiator is optional: the lowest bit but one says that it is there.
      const initiator = uint16(pdu.initiator - MCS_BASE);
      return dataTpdu(concat(Uint8Array.of(first | 2, pdu.result), initiator));
    }
    case 'channelJoinRequest':
      return dataTpdu(
        concat(Uint8Array.of(first), uint16(pdu.initiator - MCS_BASE), uint16(pdu.channelId)),
      );
    case 'channelJoinConfirm': {
      const { result, initiator, requested, channelId } = pdu;
      const joined = channelId === undefined ? [] : [uint16(channelId)];
      const has = channelId === undefined ? 0 : 2;
      return dataTpdu(
        concat(
          Uint8Array.of(first | has, result),
          uint16(initiator - MCS_BASE),
          uint16(requested),
          ...joined,
        ),
      );
    }
    case 'sendDataRequest':
    case 'sendDataIndication': {
      const { initiator, channelId, data } = pdu;
      return dataTpdu(
        concat(
          Uint8Array.of(first),
          uint16(initiator - MCS_BASE),
          uint16(channelId),
          Uint8Array.of(WHOLE),
          perLength(data.length),
          data,
        ),
      );
    }
  }
}

/** Data from the server for a channel: the server's user is the one that sends. */
export function indication(channelId: number, data: Uint8Array): Uint8Array {
  return domainPdu({ kind: 'sendDataIndication', initiator: SERVER_USER, channelId, data });
}

const BY_CHOICE: ReadonlyMap<number, DomainPdu['kind']> = new Map(
  Object.entries(Choice).map(([kind, number]) => [number, kind as DomainPdu['kind']]),
);

/** The whole packet: the reader is behind it then. */
export function takeDomainPdu(reader: Reader): DomainPdu {
  takeDataHeader(reader);
  const at = reader.at;
  const kindOf = (first: number) => BY_CHOICE.get(first >> 2);
  const first = reader.member(
    'choice',
    'DomainMCSPDU',
    () => reader.uint8(),
    (value) => ({ value: value >> 2, name: kindOf(value) }),
  );
  const kind = kindOf(first);
  if (kind === undefined) return reader.fail(`DomainMCSPDU ${first >> 2} is not taken here`, at);
  const pdu = readChoice(reader, kind, first);
  if (reader.left > 0) reader.fail(`${reader.left} octets are left over`);
  return pdu;
}

export function readDomainPdu(packet: Uint8Array): Decoded<DomainPdu> {
  return attempt(() => takeDomainPdu(new Reader(packet)));
}

function readChoice(reader: Reader, kind: DomainPdu['kind'], first: number): DomainPdu {
  const own = (name: string, read: () => number): number =>
    reader.member(name, 'INTEGER', read, shown);
  const user = (): number => own('initiator', () => reader.uint16(false) + MCS_BASE);
  const channel = (name: string): number => own(name, () => reader.uint16(false));
  switch (kind) {
    case 'erectDomainRequest': {
      for (const name of ['subHeight', 'subInterval']) {
        reader.member(name, 'INTEGER', () => reader.octets(readPerLength(reader)));
      }
      return { kind };
    }
    case 'attachUserRequest':
      return { kind };
    case 'disconnectProviderUltimatum':
      return { kind, reason: own('reason', () => ((first & 3) << 1) | (reader.uint8() >> 7)) };
    case 'attachUserConfirm': {
      const result = readMember(reader, 'result', uint8);
      return { kind, result, initiator: (first & 2) === 0 ? 0 : user() };
    }
    case 'channelJoinRequest':
      return { kind, initiator: user(), channelId: channel('channelId') };
    case 'channelJoinConfirm': {
      const confirm = {
        kind,
        result: readMember(reader, 'result', uint8),
        initiator: user(),
        requested: channel('requested'),
      } as const;
      return (first & 2) === 0 ? confirm : { ...confirm, channelId: channel('channelId') };
    }
    case 'sendDataRequest':
    case 'sendDataIndication': {
      const initiator = user();
      const channelId = channel('channelId');
      readMember(reader, 'dataPriorityAndSegmentation', uint8); // any are taken
      const length = own('length', () => readPerLength(reader));
      if (length !== reader.left) reader.fail(`${length} octets of data, ${reader.left} follow`);
      return { kind, initiator, channelId, data: readMember(reader, 'userData', rest) };
    }
  }
}
