/**
 * AES (FIPS 197) in plain code, for the few blocks of a short message or a derived key: a call of
 * node:crypto costs as much as 12 blocks here, and making a cipher object as much as 10 more
 * (bench `etypes`, rows `AES-256-...`). `aes.ts` chooses.
 *
 * Table lookups depend on the key, so the time does too, as in every AES without AES instructions:
 * a simulated realm has no secrets worth that attack.
 */

/** Tables of SubBytes and MixColumns together, one for each row of the state; and their inverses. */
const S = new Int32Array(256);
const INVERSE_S = new Int32Array(256);
const T = rows();
const D = rows();

function rows(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const row = () => new Int32Array(256);
  return [row(), row(), row(), row()];
}

/** For one type of array only: with octets among the tables each block took 1.7 times as long. */
const at = (table: Int32Array, index: number): number => table[index] as number;

/** Doubles in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (section 4.2.1). */
const double = (a: number): number => ((a << 1) ^ (a & 0x80 ? 0x1b : 0)) & 0xff;
const rotate8 = (word: number): number => (word >>> 8) | (word << 24);

/** The S-box (section 5.1.1): inverses by walking the powers of 3 up and of 1/3 down. */
function fillTables(): void {
  let power = 1;
  let inverse = 1;
  do {
    power ^= double(power);
    inverse ^= inverse << 1; // times 0xf6, the inverse of 3
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 0xff;
    if (inverse & 0x80) inverse ^= 0x09;
    const spread = inverse * 0x101;
    const affine = (inverse ^ (spread >> 7) ^ (spread >> 6) ^ (spread >> 5) ^ (spread >> 4)) & 0xff;
    S[power] = affine ^ 0x63;
  } while (power !== 1);
  S[0] = 0x63;
  for (let i = 0; i < 256; i++) INVERSE_S[at(S, i)] = i;
  for (let i = 0; i < 256; i++) {
    const s = at(S, i);
    const s2 = double(s);
    let forth = (s2 << 24) | (s << 16) | (s << 8) | (s2 ^ s);
    const v = at(INVERSE_S, i);
    const v2 = double(v);
    const v4 = double(v2);
    const v8 = double(v4);
    let back = ((v8 ^ v4 ^ v2) << 24) | ((v8 ^ v) << 16) | ((v8 ^ v4 ^ v) << 8) | (v8 ^ v2 ^ v);
    for (let row = 0; row < 4; row++) {
      (T[row] as Int32Array)[i] = forth;
      (D[row] as Int32Array)[i] = back;
      forth = rotate8(forth);
      back = rotate8(back);
    }
  }
}
fillTables();

/** SubWord of section 5.2. */
const substituted = (w: number): number =>
  (at(S, w >>> 24) << 24) |
  (at(S, (w >>> 16) & 0xff) << 16) |
  (at(S, (w >>> 8) & 0xff) << 8) |
  at(S, w & 0xff);

/** Room for schedules in advance: an Int32Array of its own costs more than what is put into it. */
const ROOM = 64 * 60;
let room = new Int32Array(ROOM);
let taken = 0;

function words(count: number): Int32Array {
  if (taken + count > ROOM) {
    room = new Int32Array(ROOM);
    taken = 0;
  }
  const out = room.subarray(taken, taken + count);
  taken += count;
  return out;
}

/** KeyExpansion of section 5.2: four words a round, and four before the first. */
export function encryptionSchedule(key: Uint8Array): Int32Array {
  const nk = key.length / 4;
  const w = words(4 * (nk + 7));
  for (let i = 0; i < key.length; i++) {
    w[i >> 2] = (at(w, i >> 2) << 8) | (key[i] as number);
  }
  let constant = 1;
  let before = at(w, nk - 1);
  for (let i = nk, phase = 0; i < w.length; i++) {
    if (phase === 0) {
      before = substituted((before << 8) | (before >>> 24)) ^ (constant << 24);
      constant = double(constant);
    } else if (nk > 6 && phase === 4) {
      before = substituted(before);
    }
    before ^= at(w, i - nk);
    w[i] = before;
    phase = phase === nk - 1 ? 0 : phase + 1;
  }
  return w;
}

/** The schedule of the equivalent inverse cipher (section 5.3.5), from that of the cipher. */
export function decryptionSchedule(schedule: Int32Array): Int32Array {
  const { length } = schedule;
  const w = words(length);
  for (let i = 0; i < length; i += 4) {
    const from = length - 4 - i;
    for (let j = 0; j < 4; j++) {
      const word = at(schedule, from + j);
      w[i + j] =
        i === 0 || from === 0
          ? word
          : at(D[0], at(S, word >>> 24)) ^
            at(D[1], at(S, (word >>> 16) & 0xff)) ^
            at(D[2], at(S, (word >>> 8) & 0xff)) ^
            at(D[3], at(S, word & 0xff));
    }
  }
  return w;
}

/** Enciphers blocks in place, chained as CBC has it, from an initial vector of zero on. */
export function encryptCbc(w: Int32Array, data: DataView, blocks: number): void {
  const [t0, t1, t2, t3] = T;
  const last = w.length - 4;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let o = 0; o < 16 * blocks; o += 16) {
    a ^= data.getInt32(o) ^ at(w, 0);
    b ^= data.getInt32(o + 4) ^ at(w, 1);
    c ^= data.getInt32(o + 8) ^ at(w, 2);
    d ^= data.getInt32(o + 12) ^ at(w, 3);
    for (let k = 4; k < last; k += 4) {
      const e =
        at(t0, a >>> 24) ^ at(t1, (b >>> 16) & 255) ^ at(t2, (c >>> 8) & 255) ^ at(t3, d & 255);
      const f =
        at(t0, b >>> 24) ^ at(t1, (c >>> 16) & 255) ^ at(t2, (d >>> 8) & 255) ^ at(t3, a & 255);
      const g =
        at(t0, c >>> 24) ^ at(t1, (d >>> 16) & 255) ^ at(t2, (a >>> 8) & 255) ^ at(t3, b & 255);
      const h =
        at(t0, d >>> 24) ^ at(t1, (a >>> 16) & 255) ^ at(t2, (b >>> 8) & 255) ^ at(t3, c & 255);
      a = e ^ at(w, k);
      b = f ^ at(w, k + 1);
      c = g ^ at(w, k + 2);
      d = h ^ at(w, k + 3);
    }
    const e = mixed(S, a, b, c, d) ^ at(w, last);
    const f = mixed(S, b, c, d, a) ^ at(w, last + 1);
    const g = mixed(S, c, d, a, b) ^ at(w, last + 2);
    d = mixed(S, d, a, b, c) ^ at(w, last + 3);
    a = e;
    b = f;
    c = g;
    data.setInt32(o, a);
    data.setInt32(o + 4, b);
    data.setInt32(o + 8, c);
    data.setInt32(o + 12, d);
  }
}

/** Deciphers blocks in place, the last one first, so that each finds the one that it was chained to. */
export function decryptCbc(w: Int32Array, data: DataView, blocks: number): void {
  const [t0, t1, t2, t3] = D;
  const last = w.length - 4;
  for (let o = 16 * (blocks - 1); o >= 0; o -= 16) {
    let a = data.getInt32(o) ^ at(w, 0);
    let b = data.getInt32(o + 4) ^ at(w, 1);
    let c = data.getInt32(o + 8) ^ at(w, 2);
    let d = data.getInt32(o + 12) ^ at(w, 3);
    for (let k = 4; k < last; k += 4) {
      const e =
        at(t0, a >>> 24) ^ at(t1, (d >>> 16) & 255) ^ at(t2, (c >>> 8) & 255) ^ at(t3, b & 255);
      const f =
        at(t0, b >>> 24) ^ at(t1, (a >>> 16) & 255) ^ at(t2, (d >>> 8) & 255) ^ at(t3, c & 255);
      const g =
        at(t0, c >>> 24) ^ at(t1, (b >>> 16) & 255) ^ at(t2, (a >>> 8) & 255) ^ at(t3, d & 255);
      const h =
        at(t0, d >>> 24) ^ at(t1, (c >>> 16) & 255) ^ at(t2, (b >>> 8) & 255) ^ at(t3, a & 255);
      a = e ^ at(w, k);
      b = f ^ at(w, k + 1);
      c = g ^ at(w, k + 2);
      d = h ^ at(w, k + 3);
    }
    const before = o - 16;
    const chained = (i: number) => (o === 0 ? 0 : data.getInt32(before + i));
    data.setInt32(o, mixed(INVERSE_S, a, d, c, b) ^ at(w, last) ^ chained(0));
    data.setInt32(o + 4, mixed(INVERSE_S, b, a, d, c) ^ at(w, last + 1) ^ chained(4));
    data.setInt32(o + 8, mixed(INVERSE_S, c, b, a, d) ^ at(w, last + 2) ^ chained(8));
    data.setInt32(o + 12, mixed(INVERSE_S, d, c, b, a) ^ at(w, last + 3) ^ chained(12));
  }
}

/** A column of the last round, which has no MixColumns: one octet of each word, by the S-box. */
const mixed = (s: Int32Array, a: number, b: number, c: number, d: number): number =>
  (at(s, a >>> 24) << 24) |
  (at(s, (b >>> 16) & 0xff) << 16) |
  (at(s, (c >>> 8) & 0xff) << 8) |
  at(s, d & 0xff);
