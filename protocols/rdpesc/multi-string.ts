/** Texts one after another, each with its NUL, and one more NUL at the end (MS-RDPESC 2.2.2.5). */
import { fromUtf16le, utf16le } from '../../src/bytes/bytes.ts';

export function multiString(texts: readonly string[], wide: boolean): Uint8Array {
  const whole = `${texts.map((text) => `${text}\0`).join('')}\0`;
  return wide ? utf16le(whole) : Uint8Array.from(whole, (letter) => letter.charCodeAt(0) & 0xff);
}

export function textsOf(octets: Uint8Array, wide: boolean): readonly string[] {
  const whole = wide
    ? fromUtf16le(octets.subarray(0, octets.length & ~1))
    : Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
  return whole.split('\0').filter((text) => text !== '');
}
