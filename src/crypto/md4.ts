/**
 * MD4 (RFC 1320): the NT hash of a password (MS-NLMP 3.3.1) and RFC 4757's keys. OpenSSL 3 offers it
 * only through its legacy provider, which Node does not load.
 */
export function md4(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor((data.length + 8) / 64) + 1) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 8, (data.length * 8) >>> 0, true);
  words.setUint32(padded.length - 4, Math.floor(data.length / 0x20000000), true);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  const x = new Int32Array(16);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) x[i] = words.getInt32(at + 4 * i, true);
    compress(state, x);
  }
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, state[i] as number, true);
  return out;
}

/** The order of the words and the shifts of each round (section 3.4). */
const ROUNDS = [
  { order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], shifts: [3, 7, 11, 19], add: 0 },
  {
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
    add: 0x5a827999,
  },
  {
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
    add: 0x6ed9eba1,
  },
] as const;

function compress(state: Int32Array, x: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (const [round, { order, shifts, add }] of ROUNDS.entries()) {
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(round, b, c, d) + (x[word] as number) + add) | 0;
      const shift = shifts[step % 4] as number;
      a = d;
      d = c;
      c = b;
      b = (sum << shift) | (sum >>> (32 - shift));
    }
  }
  const sums = [a, b, c, d];
  for (let i = 0; i < 4; i++) state[i] = ((state[i] as number) + (sums[i] as number)) | 0;
}

/** F, G and H of section 3.4. */
function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & y) | (x & z) | (y & z);
  return x ^ y ^ z;
}
