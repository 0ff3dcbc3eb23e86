/** The answer to reset (ISO/IEC 7816-3:2006 §8): its historical bytes and whether its check byte is right. */

export interface AnswerToReset {
  /** T of the protocols that the card offers, in the card's order; none named means T=0. */
  readonly protocols: readonly number[];
  /** §8.1.1 of ISO/IEC 7816-4. */
  readonly historical: Uint8Array;
}

const DIRECT = 0x3b;
const INVERSE = 0x3f;

/** Undefined: cut short, too long, or the check byte is wrong. */
export function readAtr(octets: Uint8Array): AnswerToReset | undefined {
  const [ts, t0] = octets;
  if ((ts !== DIRECT && ts !== INVERSE) || t0 === undefined) return undefined;
  const protocols: number[] = [];
  let at = 2;
  for (let indicator = t0 >> 4; indicator !== 0; ) {
    const count = bitsOf(indicator & 7);
    const hasNext = (indicator & 8) !== 0;
    const next = hasNext ? octets[at + count] : 0;
    if (next === undefined) return undefined;
    at += count + (hasNext ? 1 : 0);
    if (hasNext) protocols.push(next & 0xf);
    indicator = next >> 4;
  }
  const end = at + (t0 & 0xf);
  const checked = protocols.some((protocol) => protocol !== 0);
  if (octets.length !== end + (checked ? 1 : 0)) return undefined;
  if (checked && octets.subarray(1).reduce((sum, octet) => sum ^ octet, 0) !== 0) return undefined;
  return { protocols, historical: octets.slice(at, end) };
}

function bitsOf(value: number): number {
  return (value & 1) + ((value >> 1) & 1) + ((value >> 2) & 1);
}
