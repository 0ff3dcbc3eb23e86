/** Calls of the smart card service and their returns (MS-RDPESC), with the APDUs that Transmit carries. */
import { octets as octetsOf } from '../../src/layout/codec.ts';
import {
  ACCESS_STARTED_EVENT,
  CALL_NAMES,
  type CallName,
  callCodec,
  callName,
  callNamed,
  isWide,
  returnCodec,
  returnName,
} from '../rdpesc/calls.ts';
import { Long_Return } from '../rdpesc/messages.ts';
import { textsOf } from '../rdpesc/multi-string.ts';
import { commandApdu, responseApdu } from './apdu.ts';
import { type Contents, type Inner, plain, under } from './contents.ts';
import { innerAt, members, type Rows, serialized } from './laid-out.ts';

const ACCESS_STARTED = 'AccessStartedEvent';

/** Several texts, each with its NUL. */
function multiString(wide: boolean): Contents {
  const texts = (bytes: Uint8Array): readonly string[] => textsOf(bytes, wide);
  return plain(
    'multi-string',
    (bytes) => [['texts', wide ? 'UTF-16LE' : 'text', 0, bytes.length, texts(bytes).join(', ')]],
    texts,
  );
}

const MULTI_STRINGS = ['msz', 'mszReaderNames', 'mszGroups', 'mszCards'];

/** What stands in the octets that calls and returns point to. */
function inside(rows: Rows, wide: boolean): readonly Inner[] {
  return [
    ...innerAt(rows, 'pbSendBuffer.*', commandApdu, under('command')),
    ...innerAt(rows, 'pbRecvBuffer.*', responseApdu, under('response')),
    ...MULTI_STRINGS.flatMap((name) => innerAt(rows, `${name}.*`, multiString(wide), under(name))),
  ];
}

const CALLS: ReadonlyMap<CallName, Contents> = new Map(
  CALL_NAMES.map((name) => [
    name,
    serialized(callName(name), callCodec(name) as never, (rows) => inside(rows, isWide(name))),
  ]),
);
const RETURNS: ReadonlyMap<string, Contents> = new Map([
  ...CALL_NAMES.map((name): [string, Contents] => [
    name,
    serialized(returnName(name), returnCodec(name) as never, (rows) => inside(rows, isWide(name))),
  ]),
  [ACCESS_STARTED, serialized(returnName(ACCESS_STARTED), Long_Return as never)],
]);
/** Four octets that mean nothing. */
const accessStarted = members(callName(ACCESS_STARTED), { Unused: octetsOf(4) });

/** The call that a control code asks for, by its name here and in traces. */
export function callByCode(ioControlCode: number): string | undefined {
  return ioControlCode === ACCESS_STARTED_EVENT ? ACCESS_STARTED : callNamed(ioControlCode);
}

export function callContents(call: string): Contents | undefined {
  return call === ACCESS_STARTED ? accessStarted : CALLS.get(call as CallName);
}

export function returnContents(call: string): Contents | undefined {
  return RETURNS.get(call);
}

/** `Transmit_Return`: Transmit. */
export function callReturning(message: string): string | undefined {
  const call = message.replace(/_Return$/, '');
  return call !== message && RETURNS.has(call) ? call : undefined;
}

/** All calls and returns by themselves. */
export const SMART_CARD_CALLS: readonly Contents[] = [...CALLS.values(), ...RETURNS.values()];
