/** Fast-path PDUs (MS-RDPBCGR 2.2.8.1.2, 2.2.9.1.2): input of a client, updates of a server. */
import {
  enumeration,
  explainRead,
  readMember,
  rest,
  uint8,
  uint16,
} from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import type { Contents } from './contents.ts';
import { laidOut } from './laid-out.ts';

const INPUT = 'Fast-Path Input Event PDU';
const UPDATE = 'Fast-Path Update PDU';

const LONG_FORM = 0x80;
const shown = (value: number) => ({ value });

/** The length counts header and itself, and has one octet or two. */
function readLength(reader: Reader): void {
  const at = reader.at;
  const length = reader.member(
    'length',
    'length',
    () => {
      const first = reader.uint8();
      return first < LONG_FORM ? first : ((first & 0x7f) << 8) | reader.uint8();
    },
    shown,
  );
  if (length !== reader.bytes.length) {
    reader.fail(`a length of ${length}, ${reader.bytes.length} octets are there`, at);
  }
}

/** 2.2.8.1.2.2: events by their code, with the octets behind the event's header. */
const EVENTS: Readonly<Record<number, readonly [name: string, octets: number]>> = {
  0: ['FASTPATH_INPUT_EVENT_SCANCODE', 1],
  1: ['FASTPATH_INPUT_EVENT_MOUSE', 6],
  2: ['FASTPATH_INPUT_EVENT_MOUSEX', 6],
  3: ['FASTPATH_INPUT_EVENT_SYNC', 0],
  4: ['FASTPATH_INPUT_EVENT_UNICODE', 2],
  5: ['FASTPATH_INPUT_EVENT_RELMOUSE', 6],
  6: ['FASTPATH_INPUT_EVENT_QOE_TIMESTAMP', 4],
};

function readInput(reader: Reader): void {
  const header = readMember(reader, 'fpInputHeader', uint8);
  readLength(reader);
  const few = (header >> 2) & 0xf;
  const count = few === 0 ? readMember(reader, 'numEvents', uint8) : few;
  for (let index = 0; index < count; index++) {
    reader.member(`fpInputEvents[${index}]`, 'TS_FP_INPUT_EVENT', () => readEvent(reader));
  }
}

function readEvent(reader: Reader): void {
  const event = reader.member(
    'eventHeader',
    'UINT8',
    () => reader.uint8(),
    (value) => ({ value, name: EVENTS[value >> 5]?.[0] }),
  );
  const length = EVENTS[event >> 5]?.[1] ?? reader.fail(`no event has the code ${event >> 5}`);
  if (length > 0) reader.member('event', 'octets', () => reader.octets(length));
}

/** 2.2.9.1.2.1 */
const UpdateCode = {
  FASTPATH_UPDATETYPE_ORDERS: 0,
  FASTPATH_UPDATETYPE_BITMAP: 1,
  FASTPATH_UPDATETYPE_PALETTE: 2,
  FASTPATH_UPDATETYPE_SYNCHRONIZE: 3,
  FASTPATH_UPDATETYPE_SURFCMDS: 4,
  FASTPATH_UPDATETYPE_PTR_NULL: 5,
  FASTPATH_UPDATETYPE_PTR_DEFAULT: 6,
  FASTPATH_UPDATETYPE_PTR_POSITION: 8,
  FASTPATH_UPDATETYPE_COLOR: 9,
  FASTPATH_UPDATETYPE_CACHED: 10,
  FASTPATH_UPDATETYPE_POINTER: 11,
  FASTPATH_UPDATETYPE_LARGE_POINTER: 12,
} as const;
const updateCode = enumeration(uint8, 'updateCode', UpdateCode);
const COMPRESSION = 0x80;

function readUpdates(reader: Reader): void {
  readMember(reader, 'fpOutputHeader', uint8);
  readLength(reader);
  for (let index = 0; reader.left > 0; index++) {
    reader.member(`fpOutputUpdates[${index}]`, 'TS_FP_UPDATE', () => {
      const header = reader.member(
        'updateHeader',
        'UINT8',
        () => reader.uint8(),
        (value) => ({ ...updateCode.show?.(value & 0xf), value }),
      );
      if ((header & COMPRESSION) !== 0) readMember(reader, 'compressionFlags', uint8);
      const size = readMember(reader, 'size', uint16);
      reader.within(size, () => readMember(reader, 'updateData', rest));
    });
  }
}

const input = laidOut(INPUT, readInput);
const update = laidOut(UPDATE, readUpdates);

/** The action bits; a PDU that is encrypted has others. */
const ACTION = 0xc3;

function fits(type: string, read: (reader: Reader) => void, bytes: Uint8Array): boolean {
  return explainRead(type, read, bytes).at(-1)?.type !== 'error';
}

/** Undefined: the octets are none. Updates have no number in their header, input has one. */
export function fastPathContents(bytes: Uint8Array): Contents | undefined {
  const [header] = bytes;
  if (header === undefined || bytes.length < 3 || (header & ACTION) !== 0) return undefined;
  if (header === 0 && fits(UPDATE, readUpdates, bytes)) return update;
  return fits(INPUT, readInput, bytes) ? input : undefined;
}

export function fastPathName(bytes: Uint8Array): string | undefined {
  return fastPathContents(bytes)?.type;
}
