/**
 * The little of ASN.1's BER and aligned PER that T.125 and T.124 need on a connection of MS-RDPBCGR:
 * lengths and integers; what they are in is written out by hand, as the standard's own examples do.
 */
import { concat } from '../../src/bytes/bytes.ts';
import type { Reader } from '../../src/layout/reader.ts';

const LONG = 0x80;

/** BER: the shortest form (X.690 §8.1.3). */
export function berLength(length: number): Uint8Array {
  if (length < LONG) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  return Uint8Array.of(0x82, length >> 8, length & 0xff);
}

export function berElement(tag: readonly number[], content: Uint8Array): Uint8Array {
  return concat(Uint8Array.from(tag), berLength(content.length), content);
}

/** BER INTEGER of a number that is not negative. */
export function berInteger(value: number): Uint8Array {
  const octets: number[] = [value & 0xff];
  for (let rest = value >>> 8; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  if ((octets[0] as number) >= LONG) octets.unshift(0);
  return berElement([0x02], Uint8Array.from(octets));
}

/** Reads an element of this tag: `read` has to use its content up. */
export function readBer<T>(reader: Reader, tag: readonly number[], read: () => T): T {
  const at = reader.at;
  for (const octet of tag) {
    const got = reader.uint8();
    if (got !== octet) {
      reader.fail(`expected tag ${hexOf(tag)}, got octet ${hexOf([got])}`, at);
    }
  }
  return reader.within(readBerLength(reader), read);
}

function readBerLength(reader: Reader): number {
  const first = reader.uint8();
  if (first < LONG) return first;
  const size = first & 0x7f;
  if (size === 0 || size > 3) reader.fail(`a length in ${size} octets, at most 3 are taken`);
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + reader.uint8();
  return length;
}

/** A BER INTEGER or ENUMERATED of up to four octets. */
export function readBerNumber(reader: Reader, tag = 0x02): number {
  return readBer(reader, [tag], () => {
    const size = reader.left;
    if (size === 0 || size > 5) reader.fail(`a number of ${size} octets, 1 to 5 are taken`);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + reader.uint8();
    return value;
  });
}

/** PER length: one octet below 128, else two with the top bit set (X.691 §11.9). */
export function perLength(length: number): Uint8Array {
  if (length < LONG) return Uint8Array.of(length);
  if (length >= 0x4000) throw new RangeError(`${length} octets: PER would send them in fragments`);
  return Uint8Array.of(0x80 | (length >> 8), length & 0xff);
}

export function readPerLength(reader: Reader): number {
  const first = reader.uint8();
  if (first < LONG) return first;
  if ((first & 0x40) !== 0) reader.fail('a PER length in fragments is not taken', reader.at - 1);
  return ((first & 0x3f) << 8) | reader.uint8();
}

function hexOf(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
}
