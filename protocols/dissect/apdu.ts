/** Commands to a card and its responses: ISO/IEC 7816-4 with what GIDS and PIV make of it. */
import { equal, fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import * as gids from '../gids/constants.ts';
import { type CommandApdu, readCommand, readResponse } from '../iso7816/apdu.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { statusMeaning } from '../iso7816/status.ts';
import { contentOf, readObjects } from '../iso7816/tlv.ts';
import * as piv from '../piv/constants.ts';
import { type Contents, type PlainRow, plain } from './contents.ts';

/** ISO/IEC 7816-4:2013 table 4, 7816-8:2016. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [INSTRUCTION.verify, 'VERIFY'],
  [INSTRUCTION.manageSecurityEnvironment, 'MANAGE SECURITY ENVIRONMENT'],
  [INSTRUCTION.performSecurityOperation, 'PERFORM SECURITY OPERATION'],
  [INSTRUCTION.generalAuthenticate, 'GENERAL AUTHENTICATE'],
  [INSTRUCTION.internalAuthenticate, 'INTERNAL AUTHENTICATE'],
  [INSTRUCTION.select, 'SELECT'],
  [INSTRUCTION.getResponse, 'GET RESPONSE'],
  [INSTRUCTION.getData, 'GET DATA'],
]);

/** What a command has to have between its header and Ne: where its data begin, and where they end. */
function dataOf(octets: Uint8Array, { data }: CommandApdu): readonly [start: number, end: number] {
  if (data.length === 0) return [4, 4];
  const extended = octets[4] === 0 && octets.length > 7;
  const start = extended ? 7 : 5;
  return [start, start + data.length];
}

const digits = (value: number, octets: number): string =>
  value
    .toString(16)
    .toUpperCase()
    .padStart(2 * octets, '0');

function named(table: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.entries(table).find(([, known]) => known === value)?.[0];
}

const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [0x9e9a, 'compute digital signature'],
  [0x8086, 'decipher'],
]);
const APPLICATION_PIN = 0x80;
const PIV_FILE = 0x3fff;

/** What P1 and P2 ask for. */
function parameters({ ins, p1, p2 }: CommandApdu): string | undefined {
  const both = (p1 << 8) | p2;
  switch (ins) {
    case INSTRUCTION.verify:
      return p2 === APPLICATION_PIN ? 'PIN' : undefined;
    case INSTRUCTION.select:
      return p1 === 4 ? 'by application identifier' : undefined;
    case INSTRUCTION.manageSecurityEnvironment:
      return named(gids.TEMPLATE, p2);
    case INSTRUCTION.performSecurityOperation:
      return OPERATIONS.get(both);
    case INSTRUCTION.getData:
      return `file ${digits(both, 2)}`;
    default:
      return undefined;
  }
}

/** What the data are. */
function meaning({ ins, p1, p2, data }: CommandApdu): string | undefined {
  if (data.length === 0) return undefined;
  switch (ins) {
    case INSTRUCTION.select:
      return applicationOf(data);
    case INSTRUCTION.verify:
      return fromUtf8(data.filter((octet) => octet !== 0xff));
    case INSTRUCTION.getData:
      return objectOf((p1 << 8) | p2, data);
    case INSTRUCTION.manageSecurityEnvironment: {
      const objects = readObjects(data);
      const [algorithm] = contentOf(objects, 0x80) ?? [];
      const [key] = contentOf(objects, 0x84) ?? contentOf(objects, 0x83) ?? [];
      if (algorithm === undefined || key === undefined) return undefined;
      return `algorithm ${digits(algorithm, 1)}, key ${digits(key, 1)}`;
    }
    default:
      return undefined;
  }
}

function applicationOf(aid: Uint8Array): string | undefined {
  const isOf = (known: Uint8Array, least: number): boolean =>
    equal(aid.subarray(0, least), known.subarray(0, least));
  if (isOf(gids.GIDS_AID, gids.GIDS_AID_LEAST)) return 'GIDS';
  return isOf(piv.PIV_AID, piv.PIV_AID_LEAST) ? 'PIV' : undefined;
}

/** Objects are named by file on a GIDS card; PIV's all stand in one, with tags of their own. */
function objectOf(file: number, data: Uint8Array): string | undefined {
  const [first] = readObjects(data) ?? [];
  if (first === undefined) return undefined;
  const tag = first.value.reduce((number, octet) => number * 256 + octet, 0);
  if (first.tag === 0x70) return 'public key';
  if (first.tag !== 0x5c || first.value.length > 3) return undefined;
  const known = file === PIV_FILE ? named(piv.OBJECT, tag) : undefined;
  const name =
    known ??
    (file === gids.FILE.card && tag === gids.OBJECT.cardId ? 'cardId' : gidsObject(file, tag));
  return name === undefined ? `object ${toHex(first.value).toUpperCase()}` : name;
}

/** DF20 is the card's identifier in one file, and the map of keys in the other. */
function gidsObject(file: number, tag: number): string | undefined {
  const objects = Object.entries(gids.OBJECT).filter(([, known]) => known === tag);
  return objects.find(([name]) => name !== 'cardId' || file === gids.FILE.card)?.[0];
}

function commandRows(octets: Uint8Array): readonly PlainRow[] | undefined {
  const read = readCommand(octets);
  if (!read.ok) return undefined;
  const { command } = read;
  const [start, end] = dataOf(octets, command);
  const rows: PlainRow[] = [
    ['CLA', 'octet', 0, 1, digits(command.cla, 1)],
    ['INS', 'octet', 1, 2, digits(command.ins, 1), NAMES.get(command.ins)],
    ['P1', 'octet', 2, 3, digits(command.p1, 1)],
    ['P2', 'octet', 3, 4, digits(command.p2, 1), parameters(command)],
  ];
  if (command.data.length > 0) {
    rows.push(['Lc', 'length', 4, start, command.data.length]);
    rows.push(['data', 'octets', start, end, toHex(command.data), meaning(command)]);
  }
  if (command.ne !== undefined) rows.push(['Le', 'length', end, octets.length, command.ne]);
  return rows;
}

/** A command, as `Transmit` carries it. */
export const commandApdu: Contents = plain('C-APDU', commandRows, (octets) => {
  const read = readCommand(octets);
  if (!read.ok) return undefined;
  const { command } = read;
  const p = parameters(command);
  const means = meaning(command);
  return {
    cla: digits(command.cla, 1),
    ins: NAMES.get(command.ins) ?? digits(command.ins, 1),
    p1: digits(command.p1, 1),
    p2: digits(command.p2, 1),
    ...(p === undefined ? {} : { parameters: p }),
    ...(command.data.length === 0 ? {} : { data: toHex(command.data) }),
    ...(means === undefined ? {} : { means }),
    ...(command.ne === undefined ? {} : { le: command.ne }),
  };
});

/** A response: what the card has to say, and its status. */
export const responseApdu: Contents = plain(
  'R-APDU',
  (octets) => {
    const read = readResponse(octets);
    if (read === undefined) return undefined;
    const end = read.data.length;
    const status = digits(read.status, 2);
    const sw: PlainRow = ['SW', 'status', end, end + 2, status, statusMeaning(read.status)];
    return end === 0 ? [sw] : [['data', 'octets', 0, end, toHex(read.data)], sw];
  },
  (octets) => {
    const read = readResponse(octets);
    if (read === undefined) return undefined;
    const { data, status } = read;
    return {
      ...(data.length === 0 ? {} : { data: toHex(data) }),
      sw: digits(status, 2),
      means: statusMeaning(status),
    };
  },
);
