/**
 * Octets without their own allocation. V8 keeps arrays of up to 64 octets on its heap; a longer one
 * has memory of its own, which costs more than enciphering what goes into it (0.3 us against 0.03).
 */

const SLAB = 16384;
const LONGEST = 2048;
/** What V8 allocates as fast itself. */
const SHORT = 64;

let slab = new ArrayBuffer(SLAB);
let used = 0;

/**
 * `size` octets, all zero, that nobody else has: a view into a larger buffer, so its `byteOffset`
 * counts. Keep small parts for long as copies, else they keep the whole slab.
 */
export function octets(size: number): Uint8Array {
  if (size <= SHORT || size > LONGEST) return new Uint8Array(size);
  if (used + size > SLAB) {
    slab = new ArrayBuffer(SLAB);
    used = 0;
  }
  const out = new Uint8Array(slab, used, size);
  used += (size + 7) & ~7;
  return out;
}
