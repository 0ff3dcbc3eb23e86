/** Commands and responses of a card: ISO/IEC 7816-4:2013 §5.1 (APDUs), short and extended lengths. */
import { concat } from '../../src/bytes/bytes.ts';

export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Nc octets, none to 65,535. */
  readonly data: Uint8Array;
  /** Ne, the most octets that are wanted: 1 to 65,536; absent: none. */
  readonly ne?: number;
}

export interface ResponseApdu {
  readonly data: Uint8Array;
  /** Status bytes SW1-SW2 as one number: 0x9000. */
  readonly status: number;
}

export type CommandRead =
  | { readonly ok: true; readonly command: CommandApdu }
  | { readonly ok: false; readonly reason: string };

const NO_OCTETS = new Uint8Array(0);
const HEADER = 4;
const SHORT_MOST = 256;
const EXTENDED_MOST = 65_536;

/** Cases 1 to 4 of §5.1; never throws. */
export function readCommand(octets: Uint8Array): CommandRead {
  const [cla, ins, p1, p2] = octets;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return { ok: false, reason: `a command of ${octets.length} octets has no header` };
  }
  const header = { cla, ins, p1, p2 };
  const body = octets.subarray(HEADER);
  const first = body[0];
  if (first === undefined) return { ok: true, command: { ...header, data: NO_OCTETS } };
  if (body.length === 1) {
    return { ok: true, command: { ...header, data: NO_OCTETS, ne: first || SHORT_MOST } };
  }
  const extended = first === 0 && body.length >= 3;
  return extended ? readExtended(header, body) : readShort(header, body, first);
}

type Header = Pick<CommandApdu, 'cla' | 'ins' | 'p1' | 'p2'>;

function readShort(header: Header, body: Uint8Array, nc: number): CommandRead {
  const rest = body.length - 1 - nc;
  if (nc === 0 || rest < 0 || rest > 1) return wrongLength(nc, body.length - 1);
  const data = body.slice(1, 1 + nc);
  if (rest === 0) return { ok: true, command: { ...header, data } };
  return { ok: true, command: { ...header, data, ne: (body[1 + nc] as number) || SHORT_MOST } };
}

function readExtended(header: Header, body: Uint8Array): CommandRead {
  const number = (at: number): number => ((body[at] as number) << 8) | (body[at + 1] as number);
  const nc = number(1);
  if (body.length === 3) {
    return { ok: true, command: { ...header, data: NO_OCTETS, ne: nc || EXTENDED_MOST } };
  }
  const rest = body.length - 3 - nc;
  if (nc === 0 || (rest !== 0 && rest !== 2)) return wrongLength(nc, body.length - 3);
  const data = body.slice(3, 3 + nc);
  if (rest === 0) return { ok: true, command: { ...header, data } };
  return { ok: true, command: { ...header, data, ne: number(3 + nc) || EXTENDED_MOST } };
}

function wrongLength(nc: number, there: number): CommandRead {
  return { ok: false, reason: `${nc} octets of data announced, ${there} octets follow` };
}

/** In the shortest form. @throws RangeError when data or Ne are too long for any form */
export function commandOctets({ cla, ins, p1, p2, data, ne }: CommandApdu): Uint8Array {
  const nc = data.length;
  if (nc >= EXTENDED_MOST || (ne ?? 1) < 1 || (ne ?? 1) > EXTENDED_MOST) {
    throw new RangeError(`no command has ${nc} octets of data and wants ${ne}`);
  }
  const extended = nc > 255 || (ne ?? 0) > SHORT_MOST;
  const header = new Uint8Array([cla, ins, p1, p2]);
  if (!extended) {
    const lc = nc === 0 ? [] : [nc];
    const le = ne === undefined ? [] : [ne & 0xff];
    return concat(header, new Uint8Array(lc), data, new Uint8Array(le));
  }
  const two = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
  const lc = nc === 0 ? [] : [0, ...two(nc)];
  const le = ne === undefined ? [] : nc === 0 ? [0, ...two(ne)] : two(ne);
  return concat(header, new Uint8Array(lc), data, new Uint8Array(le));
}

/** Undefined: shorter than a status. */
export function readResponse(octets: Uint8Array): ResponseApdu | undefined {
  const at = octets.length - 2;
  if (at < 0) return undefined;
  const status = ((octets[at] as number) << 8) | (octets[at + 1] as number);
  return { data: octets.slice(0, at), status };
}

export function responseOctets({ data, status }: ResponseApdu): Uint8Array {
  return concat(data, new Uint8Array([status >> 8, status & 0xff]));
}
