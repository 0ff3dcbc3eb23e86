/** Streams of RFC 1950 that come from outside. */
import { inflateSync } from 'node:zlib';

/**
 * Undefined: no such stream, or one that gives more than `most` octets.
 * @param most octets
 */
export function inflated(stream: Uint8Array, most: number): Uint8Array | undefined {
  try {
    const octets = inflateSync(stream, { maxOutputLength: most });
    return new Uint8Array(octets.buffer, octets.byteOffset, octets.length).slice();
  } catch {
    return undefined; // node says why in prose; whoever asks has a code of their own
  }
}
