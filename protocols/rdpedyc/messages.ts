/**
 * The PDUs of MS-RDPEDYC 2.2. An octet says what a PDU is, how wide its numbers are, and little of its
 * sender: requests and responses have the same `Cmd`, so whoever reads has to know who sent them.
 */

import type { Field } from '../../src/der/explain.ts';
import { attempt, type Decoded, explainRead } from '../../src/layout/codec.ts';
import { Reader } from '../../src/layout/reader.ts';
import { Writer } from '../../src/layout/writer.ts';
import { Cmd, HAS_PRIORITIES, NAME_MAX } from './constants.ts';

export type Side = 'client' | 'server';

/** PriorityCharge0 to PriorityCharge3. */
export type PriorityCharges = readonly [number, number, number, number];

export type Pdu =
  /** DYNVC_CAPS_VERSION1 (2.2.1.1.1). */
  | { readonly kind: 'capabilitiesRequest'; readonly version: 1 }
  /** DYNVC_CAPS_VERSION2 and 3 (2.2.1.1.2, 2.2.1.1.3). */
  | {
      readonly kind: 'prioritiesRequest';
      readonly version: number;
      readonly priorityCharges: PriorityCharges;
    }
  /** DYNVC_CAPS_RSP (2.2.1.2). */
  | { readonly kind: 'capabilitiesResponse'; readonly version: number }
  /** DYNVC_CREATE_REQ (2.2.2.1). */
  | {
      readonly kind: 'createRequest';
      readonly channelId: number;
      readonly priority: number;
      readonly channelName: string;
    }
  /** DYNVC_CREATE_RSP (2.2.2.2). */
  | {
      readonly kind: 'createResponse';
      readonly channelId: number;
      readonly creationStatus: number;
    }
  /** DYNVC_DATA_FIRST (2.2.3.1). `length`: of the whole message. */
  | {
      readonly kind: 'dataFirst';
      readonly channelId: number;
      readonly length: number;
      readonly data: Uint8Array;
    }
  /** DYNVC_DATA (2.2.3.2). */
  | { readonly kind: 'data'; readonly channelId: number; readonly data: Uint8Array }
  /** DYNVC_CLOSE (2.2.4). */
  | { readonly kind: 'close'; readonly channelId: number }
  /** What version 3 brings, and what nobody knows. */
  | { readonly kind: 'unknown'; readonly cmd: number };

/** What the standard calls a PDU. */
export const PDU_NAMES = {
  capabilitiesRequest: 'DYNVC_CAPS_VERSION1',
  prioritiesRequest: 'DYNVC_CAPS_VERSION2',
  capabilitiesResponse: 'DYNVC_CAPS_RSP',
  createRequest: 'DYNVC_CREATE_REQ',
  createResponse: 'DYNVC_CREATE_RSP',
  dataFirst: 'DYNVC_DATA_FIRST',
  data: 'DYNVC_DATA',
  close: 'DYNVC_CLOSE',
} as const;

type Known = Exclude<Pdu, { readonly kind: 'unknown' }>;

/** Octets for the channel, and what traces call them. */
export interface Message {
  readonly name: string;
  readonly message: Uint8Array;
}

/** @param name of a message that a data PDU is, or ends */
export function message(value: Known, name: string = PDU_NAMES[value.kind]): Message {
  return { name, message: pdu(value) };
}

/** `cbId` and `Len`: how wide a number is. */
function widthOf(value: number): 0 | 1 | 2 {
  if (value <= 0xff) return 0;
  return value <= 0xffff ? 1 : 2;
}

function writeNumber(writer: Writer, value: number): void {
  const width = widthOf(value);
  if (width === 0) writer.uint8(value);
  else if (width === 1) writer.uint16(value);
  else writer.uint32(value);
}

/** The octets of a PDU. */
export function pdu(value: Known): Uint8Array {
  const writer = new Writer();
  const header = (cmd: number, sp: number, cbId: number): void =>
    writer.uint8((cmd << 4) | (sp << 2) | cbId);
  if ('version' in value) {
    header(Cmd.CAPABILITY, 0, 0);
    writer.uint8(0);
    writer.uint16(value.version);
    if (value.kind === 'prioritiesRequest') {
      for (const charge of value.priorityCharges) writer.uint16(charge);
    }
    return writer.taken();
  }
  const { channelId } = value;
  const cbId = widthOf(channelId);
  switch (value.kind) {
    case 'createRequest':
      header(Cmd.CREATE, value.priority, cbId);
      writeNumber(writer, channelId);
      for (const letter of value.channelName) writer.uint8(letter.charCodeAt(0) & 0xff);
      writer.uint8(0);
      break;
    case 'createResponse':
      header(Cmd.CREATE, 0, cbId);
      writeNumber(writer, channelId);
      writer.uint32(value.creationStatus >>> 0);
      break;
    case 'dataFirst':
      header(Cmd.DATA_FIRST, widthOf(value.length), cbId);
      writeNumber(writer, channelId);
      writeNumber(writer, value.length);
      writer.octets(value.data);
      break;
    case 'data':
      header(Cmd.DATA, 0, cbId);
      writeNumber(writer, channelId);
      writer.octets(value.data);
      break;
    case 'close':
      header(Cmd.CLOSE, 0, cbId);
      writeNumber(writer, channelId);
      break;
  }
  return writer.taken();
}

/** @param from who sent it */
export function readPdu(bytes: Uint8Array, from: Side): Decoded<Pdu> {
  return attempt(() => {
    const reader = new Reader(bytes);
    return reader.within(bytes.length, () => read(reader, from));
  });
}

/** A PDU as rows for people. */
export function explainPdu(bytes: Uint8Array, from: Side, path = 'DYNVC'): Field[] {
  return explainRead('DYNVC', (reader) => read(reader, from), bytes, path);
}

const CMD_NAMES = new Map<number, string>(Object.entries(Cmd).map(([name, cmd]) => [cmd, name]));

interface Header {
  readonly cmd: number;
  readonly sp: number;
  readonly cbId: number;
}

function readHeader(reader: Reader): Header {
  const split = (octet: number): Header => ({
    cmd: octet >> 4,
    sp: (octet >> 2) & 3,
    cbId: octet & 3,
  });
  const octet = reader.member(
    'header',
    'cbId, Sp, Cmd',
    () => reader.uint8(),
    (value) => ({ value, name: CMD_NAMES.get(value >> 4) }),
  );
  return split(octet);
}

function readNumber(reader: Reader, name: string, width: number): number {
  return reader.member(
    name,
    `UINT${8 << width}`,
    () => {
      if (width === 0) return reader.uint8();
      if (width === 1) return reader.uint16();
      if (width === 2) return reader.uint32();
      return reader.fail('3 is no width of a number: expected 0, 1 or 2');
    },
    (value) => ({ value }),
  );
}

function readRest(reader: Reader): Uint8Array {
  return reader.member('Data', 'octets', () => reader.octets(reader.left));
}

function read(reader: Reader, from: Side): Pdu {
  const { cmd, sp, cbId } = readHeader(reader);
  if (cmd === Cmd.CAPABILITY) return readCapability(reader, from);
  if (cmd < Cmd.CREATE || cmd > Cmd.CLOSE) {
    reader.octets(reader.left);
    return { kind: 'unknown', cmd };
  }
  const channelId = readNumber(reader, 'ChannelId', cbId);
  switch (cmd) {
    case Cmd.CREATE:
      if (from === 'server') {
        return {
          kind: 'createRequest',
          channelId,
          priority: sp,
          channelName: readName(reader),
        };
      }
      return {
        kind: 'createResponse',
        channelId,
        creationStatus: readNumber(reader, 'CreationStatus', 2),
      };
    case Cmd.DATA_FIRST: {
      const length = readNumber(reader, 'Length', sp);
      return { kind: 'dataFirst', channelId, length, data: readRest(reader) };
    }
    case Cmd.DATA:
      return { kind: 'data', channelId, data: readRest(reader) };
    default:
      return { kind: 'close', channelId };
  }
}

function readCapability(reader: Reader, from: Side): Pdu {
  reader.octets(1);
  const version = readNumber(reader, 'Version', 1);
  if (version === 0) reader.fail('there is no version 0');
  if (from === 'client') return { kind: 'capabilitiesResponse', version };
  if (version < HAS_PRIORITIES) return { kind: 'capabilitiesRequest', version: 1 };
  const charge = (index: number): number => readNumber(reader, `PriorityCharge${index}`, 1);
  const priorityCharges = [charge(0), charge(1), charge(2), charge(3)] as const;
  // A version that nobody knows yet may say more.
  reader.octets(reader.left);
  return { kind: 'prioritiesRequest', version, priorityCharges };
}

function readName(reader: Reader): string {
  const text = (): string => {
    const octets = reader.octets(reader.left);
    const end = octets.indexOf(0);
    if (end < 0) reader.fail('a name without its NUL');
    if (end === 0 || end > NAME_MAX) reader.fail(`a name of ${end} characters`);
    return Array.from(octets.subarray(0, end), (octet) => String.fromCharCode(octet)).join('');
  };
  return reader.member('ChannelName', 'ANSI text', text, (value) => ({ value }));
}
