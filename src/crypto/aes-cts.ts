/**
 * AES in CBC mode with ciphertext stealing, as Kerberos has it (RFC 3962 section 5; CBC-CS3 of the
 * addendum to SP 800-38A): the initial vector is zero, the last two blocks are always exchanged, then
 * the last is cut to the message's length; one block alone is plain CBC.
 */
import { aesCbc, BLOCK, copy, xor } from './aes.ts';

/** Messages have 16 octets or more: a confounder at least. */
export interface AesCts {
  /** Writes as many octets as `plaintext` has into `out`, from `at` on. */
  encrypt(plaintext: Uint8Array, out: Uint8Array, at: number): void;
  /** Writes as many octets as `ciphertext` has to the start of `out`. */
  decrypt(ciphertext: Uint8Array, out: Uint8Array): void;
}

const LONGEST = 16384;
const scratch = new Uint8Array(LONGEST);
const stolen = new Uint8Array(BLOCK);

export function aesCts(key: Uint8Array): AesCts {
  const cbc = aesCbc(key);
  return {
    encrypt(plaintext, out, at) {
      const { length } = plaintext;
      if (length < BLOCK)
        throw new RangeError(`a message of ${length} octets is too short for CTS`);
      const last = lastBlock(length);
      const padded = whole(last + BLOCK);
      padded.set(plaintext);
      padded.fill(0, length);
      const c = cbc.encrypt(padded);
      if (last === 0) {
        copy(c, 0, out, at, BLOCK);
        return;
      }
      const end = last - BLOCK;
      if (end > 0) out.set(start(c, end), at);
      copy(c, last, out, at + end, BLOCK);
      copy(c, end, out, at + last, length - last);
    },

    decrypt(c, out) {
      const { length } = c;
      if (length < BLOCK)
        throw new RangeError(`a message of ${length} octets is too short for CTS`);
      const last = lastBlock(length);
      if (last === 0) {
        copy(cbc.decrypt(c), 0, out, 0, BLOCK);
        return;
      }
      // On the wire stand C1 .. Cn-2, Cn, and what is left of Cn-1: all but the last at once.
      const end = last - BLOCK; // where Cn stands, and where Pn-1 will
      const p = cbc.decrypt(c.subarray(0, last));
      if (end > 0) out.set(start(p, end));
      // D(Cn) is Cn-1 XOR (Pn, zeros): its tail is what was cut off Cn-1.
      copy(p, end, stolen, 0, BLOCK);
      if (end > 0) xor(stolen, 0, c, end - BLOCK);
      for (let i = 0; i < length - last; i++) {
        const octet = c[last + i] as number;
        out[last + i] = (stolen[i] as number) ^ octet;
        stolen[i] = octet;
      }
      copy(cbc.decrypt(stolen), 0, out, end, BLOCK);
      if (end > 0) xor(out, end, c, end - BLOCK);
    },
  };
}

/** Where the last block starts, whole or not. */
function lastBlock(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK - BLOCK;
}

/** The first octets of what may be a Buffer, whose own `subarray` takes several times as long. */
function start(octets: Uint8Array, size: number): Uint8Array {
  return new Uint8Array(octets.buffer, octets.byteOffset, size);
}

function whole(size: number): Uint8Array {
  return size <= LONGEST ? scratch.subarray(0, size) : new Uint8Array(size);
}
