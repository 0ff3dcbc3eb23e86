/** AV_PAIR lists (MS-NLMP 2.2.2.1): what a server says of itself, and what a client adds to it. */
import { concat, fromUtf16le, utf16le, view } from '../../src/bytes/bytes.ts';
import { AvId } from './constants.ts';

export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

export type AvPairsRead =
  | { readonly ok: true; readonly pairs: readonly AvPair[] }
  | { readonly ok: false; readonly reason: string };

/** Pairs that nobody needs more of. */
const PAIRS_MAX = 64;

/** With MsvAvEOL behind them. */
export function avPairs(pairs: readonly AvPair[]): Uint8Array {
  return concat(...[...pairs, { id: AvId.MsvAvEOL, value: new Uint8Array(0) }].map(written));
}

function written({ id, value }: AvPair): Uint8Array {
  const out = new Uint8Array(4 + value.length);
  const numbers = view(out);
  numbers.setUint16(0, id, true);
  numbers.setUint16(2, value.length, true);
  out.set(value, 4);
  return out;
}

/** Up to MsvAvEOL, which has to be there; what stands behind it is passed over, as peers pad. */
export function readAvPairs(bytes: Uint8Array): AvPairsRead {
  const pairs: AvPair[] = [];
  const numbers = view(bytes);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = numbers.getUint16(at, true);
    const length = numbers.getUint16(at + 2, true);
    if (id === AvId.MsvAvEOL) return { ok: true, pairs };
    if (at + 4 + length > bytes.length) {
      return { ok: false, reason: `AV_PAIR ${id} announces ${length} octets, too many` };
    }
    if (pairs.length === PAIRS_MAX) return { ok: false, reason: 'too many AV_PAIRs' };
    pairs.push({ id, value: bytes.slice(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return { ok: false, reason: 'the list of AV_PAIRs has no MsvAvEOL' };
}

export function avPair(pairs: readonly AvPair[], id: number): Uint8Array | undefined {
  return pairs.find((pair) => pair.id === id)?.value;
}

export function avText(pairs: readonly AvPair[], id: number): string | undefined {
  const value = avPair(pairs, id);
  return value === undefined ? undefined : fromUtf16le(value);
}

export function textPair(id: number, text: string): AvPair {
  return { id, value: utf16le(text) };
}

/** The value of MsvAvFlags; 0 without one. */
export function avFlags(pairs: readonly AvPair[]): number {
  const value = avPair(pairs, AvId.MsvAvFlags);
  return value?.length === 4 ? view(value).getUint32(0, true) : 0;
}

/** The same list with this pair: in the place of one of its kind, or at the end. */
export function withAvPair(pairs: readonly AvPair[], pair: AvPair): readonly AvPair[] {
  return pairs.some(({ id }) => id === pair.id)
    ? pairs.map((other) => (other.id === pair.id ? pair : other))
    : [...pairs, pair];
}
