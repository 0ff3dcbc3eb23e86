/** RFC 1950 streams of stored blocks (RFC 1951 §3.2.4): whoever inflates them gets the octets back. */
import { concat, uint32be } from '../../src/bytes/bytes.ts';

/** CM 8 with a window of 32 KiB, and check bits. */
const HEADER = new Uint8Array([0x78, 0x01]);
const MOST_STORED = 0xffff;

/**
 * Nothing is made smaller: the card is not short of room, and a certificate hardly shrinks.
 */
export function zlibStored(octets: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < octets.length; at += MOST_STORED) {
    const block = octets.subarray(at, at + MOST_STORED);
    const { length } = block;
    const last = at + MOST_STORED >= octets.length ? 1 : 0;
    const header = [last, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff];
    blocks.push(new Uint8Array(header), block);
  }
  return concat(HEADER, ...blocks, uint32be(adler32(octets)));
}

const MODULUS = 65_521;

function adler32(octets: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const octet of octets) {
    a = (a + octet) % MODULUS;
    b = (b + a) % MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}
