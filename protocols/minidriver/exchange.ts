/**
 * One command and its whole answer: long data as a chain (ISO/IEC 7816-4:2013 §5.3.3), answers fetched piece by
 * piece by GET RESPONSE (§7.6.1), as every card takes it that knows short lengths only.
 */
import { concat } from '../../src/bytes/bytes.ts';
import { type CommandApdu, commandOctets, readResponse } from '../iso7816/apdu.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { STATUS } from '../iso7816/status.ts';

/** A command that is not answered to the end. */
export interface Exchange {
  /** What goes out after what is out. */
  readonly left: readonly CommandApdu[];
  /** The last that went out. */
  readonly sent: CommandApdu;
  readonly data: Uint8Array;
}

export interface Begun {
  readonly exchange: Exchange;
  readonly command: Uint8Array;
}

export type Continued =
  | ({ readonly kind: 'continues' } & Begun)
  | { readonly kind: 'done'; readonly data: Uint8Array; readonly status: number };

const SHORT_MOST = 255;
const CHAINED = 0x10;
/** More than any object that is read here. */
const ANSWER_MOST = 0x10000;

export function begun(command: CommandApdu): Begun {
  const { data } = command;
  const commands: CommandApdu[] = [];
  for (let at = 0; data.length - at > SHORT_MOST; at += SHORT_MOST) {
    const { ne: _, ...header } = command;
    const part = data.subarray(at, at + SHORT_MOST);
    commands.push({ ...header, cla: command.cla | CHAINED, data: part });
  }
  commands.push({ ...command, data: data.subarray(commands.length * SHORT_MOST) });
  const [sent, ...left] = commands as [CommandApdu, ...CommandApdu[]];
  return out({ left, sent, data: new Uint8Array(0) });
}

function out(exchange: Exchange): Begun {
  return { exchange, command: commandOctets(exchange.sent) };
}

/** A card's response to the last command. */
export function continued({ left, sent, data: before }: Exchange, octets: Uint8Array): Continued {
  const response = readResponse(octets);
  if (response === undefined) return done(before, STATUS.noDiagnosis);
  const { status } = response;
  const data = concat(before, response.data);
  if (data.length > ANSWER_MOST) return done(before, STATUS.wrongLength);
  const [next, ...rest] = left;
  if (next !== undefined) {
    if (status !== STATUS.ok) return done(data, status);
    return { kind: 'continues', ...out({ left: rest, sent: next, data }) };
  }
  const kind = status >> 8;
  const ne = status & 0xff || 256;
  // 61xx: so much is left; 6Cxx: not as much is there as was asked for.
  if (kind === 0x61)
    return { kind: 'continues', ...out({ left, sent: getResponse(sent, ne), data }) };
  if (kind === 0x6c && sent.ne !== ne) {
    return { kind: 'continues', ...out({ left, sent: { ...sent, ne }, data }) };
  }
  return done(data, status);
}

function done(data: Uint8Array, status: number): Continued {
  return { kind: 'done', data, status };
}

function getResponse({ cla }: CommandApdu, ne: number): CommandApdu {
  return { cla, ins: INSTRUCTION.getResponse, p1: 0, p2: 0, data: new Uint8Array(0), ne };
}
