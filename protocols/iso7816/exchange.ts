/**
 * Long commands and long answers, as every application of a card has them: command chaining (ISO/IEC
 * 7816-4:2013 §5.3.3) and GET RESPONSE (§7.6.1).
 */
import { concat, equal } from '../../src/bytes/bytes.ts';
import { type CommandApdu, type ResponseApdu, readCommand } from './apdu.ts';
import { STATUS } from './status.ts';

/** What of a chain came, and what of an answer has not gone. */
export interface Exchange {
  readonly chain?: { readonly header: Uint8Array; readonly data: Uint8Array };
  readonly rest?: Uint8Array;
}

export const NO_EXCHANGE: Exchange = {};

/** All that is sent to a card here is smaller: a key of 4096 bits with room for what stands around it. */
const MOST_CHAINED = 4096;
const CHAINED = 0x10;
const CHANNEL = 0x03;
const GET_RESPONSE = 0xc0;
const NO_OCTETS = new Uint8Array(0);
const SHORT_MOST = 256;

export type Taken =
  /** A whole command; its class has no bit of chaining any more. */
  | { readonly kind: 'command'; readonly exchange: Exchange; readonly command: CommandApdu }
  /** Answered without any application. */
  | { readonly kind: 'answered'; readonly exchange: Exchange; readonly response: ResponseApdu };

/** @param octets one APDU as it came */
export function take(exchange: Exchange, octets: Uint8Array): Taken {
  const read = readCommand(octets);
  if (!read.ok) return refused(STATUS.wrongLength);
  const { command } = read;
  const { cla, ins, data } = command;
  // §5.4.1: interindustry classes without secure messaging, on the basic channel.
  if ((cla & ~(CHAINED | CHANNEL)) !== 0) return refused(STATUS.class);
  if ((cla & CHANNEL) !== 0) return refused(STATUS.channelNotSupported);
  if (ins === GET_RESPONSE && cla === 0) return further(exchange, command);
  const { chain } = exchange;
  const header = octets.slice(1, 4);
  if (chain !== undefined && !equal(chain.header, header)) {
    // What follows is another command: the chain is given up, as if it had not begun.
    return cla === CHAINED ? begun(header, data) : whole(command, data);
  }
  const joined = chain === undefined ? data : concat(chain.data, data);
  if (joined.length > MOST_CHAINED) return refused(STATUS.wrongLength);
  return cla === CHAINED ? begun(header, joined) : whole(command, joined);
}

function refused(status: number): Taken {
  return { kind: 'answered', exchange: NO_EXCHANGE, response: { data: NO_OCTETS, status } };
}

function begun(header: Uint8Array, data: Uint8Array): Taken {
  const response = { data: NO_OCTETS, status: STATUS.ok };
  return { kind: 'answered', exchange: { chain: { header, data } }, response };
}

function whole(command: CommandApdu, data: Uint8Array): Taken {
  return { kind: 'command', exchange: NO_EXCHANGE, command: { ...command, data } };
}

function further({ rest }: Exchange, { ne = SHORT_MOST, data, p1, p2 }: CommandApdu): Taken {
  if (rest === undefined) return refused(STATUS.conditions);
  if (data.length > 0) return refused(STATUS.wrongLength);
  if (p1 !== 0 || p2 !== 0) return refused(STATUS.wrongParameters);
  return { kind: 'answered', ...give(rest, STATUS.ok, ne) };
}

export interface Given {
  readonly exchange: Exchange;
  readonly response: ResponseApdu;
}

/**
 * As much of an answer as was asked for; 61xx says that there is more, and how much of it (00: 256 octets
 * or more).
 * @param ne of the command; absent: it wanted no data, so that all of them wait for GET RESPONSE
 */
export function give(data: Uint8Array, status: number, ne: number | undefined): Given {
  const most = ne ?? 0;
  if (status !== STATUS.ok || data.length <= most) {
    return {
      exchange: NO_EXCHANGE,
      response: { data: status === STATUS.ok ? data : NO_OCTETS, status },
    };
  }
  const rest = data.slice(most);
  const left = 0x6100 | (rest.length >= SHORT_MOST ? 0 : rest.length);
  return { exchange: { rest }, response: { data: data.slice(0, most), status: left } };
}
