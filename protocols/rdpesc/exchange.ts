/** Calls and returns as the octets that requests and completions of the device carry. */
import { decode, encode, NdrError } from '../../src/ndr/codec.ts';
import {
  ACCESS_STARTED_EVENT,
  type CallName,
  type CallOf,
  callCodec,
  callNamed,
  controlCode,
  type ReturnOf,
  returnCodec,
} from './calls.ts';
import { Long_Return } from './messages.ts';

/** A call with its name, as the one who answers it sees it. */
export type Call = {
  readonly [N in CallName]: { readonly name: N; readonly call: CallOf<N> };
}[CallName];

export type Asked =
  | { readonly kind: 'call'; readonly of: Call }
  | { readonly kind: 'accessStartedEvent' }
  /** MS-RDPESC 3.1.4: a control code that is none is dropped without an answer. */
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string };

export function callOctets<N extends CallName>(
  name: N,
  call: CallOf<N>,
): { readonly ioControlCode: number; readonly input: Uint8Array } {
  return { ioControlCode: controlCode(name), input: encode(callCodec(name), call) };
}

export function readCall(ioControlCode: number, input: Uint8Array): Asked {
  if (ioControlCode === ACCESS_STARTED_EVENT) return { kind: 'accessStartedEvent' };
  const name = callNamed(ioControlCode);
  if (name === undefined) return { kind: 'none' };
  try {
    return { kind: 'call', of: { name, call: decode(callCodec(name), input) } as Call };
  } catch (error) {
    if (!(error instanceof NdrError)) throw error;
    return { kind: 'malformed', reason: `${name}: ${error.message}` };
  }
}

export function returnOctets<N extends CallName>(name: N, value: ReturnOf<N>): Uint8Array {
  return encode(returnCodec(name), value);
}

/** @throws never: what is no such return is a reason. */
export function readReturn<N extends CallName>(
  name: N,
  output: Uint8Array,
):
  | { readonly ok: true; readonly value: ReturnOf<N> }
  | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: decode(returnCodec(name), output) };
  } catch (error) {
    if (!(error instanceof NdrError)) throw error;
    return { ok: false, reason: `${name}: ${error.message}` };
  }
}

/** What AccessStartedEvent is answered with. */
export function longReturn(ReturnCode: number): Uint8Array {
  return encode(Long_Return, { ReturnCode });
}
