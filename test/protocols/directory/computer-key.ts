/** Blobs of msDS-KeyCredentialLink as computers write them on themselves (MS-ADTS 2.2.20). */
import { concat, fromHex } from '../../../src/bytes/bytes.ts';

/** One entry of a blob: length (little-endian), identifier, value in hexadecimal. */
export function field(identifier: number, value: string): Uint8Array {
  const octets = fromHex(value);
  return concat(new Uint8Array([octets.length & 255, octets.length >> 8, identifier]), octets);
}

export const VERSION = fromHex('00020000');

/** What a computer writes on itself: KeyID, KeyHash, KeyMaterial, NGC, AD, creation time. */
export function computerKey(more: readonly Uint8Array[] = [], usage = '01', source = '00') {
  return concat(
    VERSION,
    field(1, '11'.repeat(32)),
    field(2, '22'.repeat(32)),
    field(3, '3082010a'),
    field(4, usage),
    field(5, source),
    ...more,
    field(9, '417bd66e6603d401'),
  );
}
