/**
 * n-fold (RFC 3961 section 5.1): stretches or shrinks `input` to `size` octets such that every octet
 * in has about the same weight in the result.
 *
 * Copies of the input, each rotated right by 13 bits more than the one before, fill the least common
 * multiple of both lengths; slices of `size` octets are added in one's complement.
 */
export function nFold(input: Uint8Array, size: number): Uint8Array {
  const { length } = input;
  if (length === 0 || size === 0) throw new RangeError('n-fold needs at least one octet');
  const total = (length / gcd(length, size)) * size;
  const sums = new Array<number>(size).fill(0);
  for (let at = 0; at < total; at++) {
    const rotation = 13 * Math.floor(at / length);
    sums[at % size] = (sums[at % size] as number) + octetRotated(input, at % length, rotation);
  }
  let carry = 0;
  do {
    for (let i = size - 1; i >= 0; i--) {
      const sum = (sums[i] as number) + carry;
      sums[i] = sum & 0xff;
      carry = sum >> 8;
    }
  } while (carry !== 0); // end-around
  return Uint8Array.from(sums);
}

/** Octet `index` of the whole input rotated right by `bits`. */
function octetRotated(input: Uint8Array, index: number, bits: number): number {
  const { length } = input;
  const octets = Math.floor(bits / 8);
  const shift = bits % 8;
  const right = input[modulo(index - octets, length)] as number;
  const left = input[modulo(index - octets - 1, length)] as number;
  return (((left << 8) | right) >> shift) & 0xff;
}

function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
