/**
 * PCP_KEY_BLOB_WIN8, what the Platform Crypto Provider of Windows exports of a TPM 2.0 key: a header and
 * a TPM2B_PUBLIC (Trusted Platform Module Library, Part 2, 12.2.5). Of it only the public key is read.
 */
import { concat, view } from '../../src/bytes/bytes.ts';
import type { CurveName } from '../../src/crypto/curves.ts';

/** TPM_ALG_ID. */
const TpmAlgorithm = { RSA: 0x0001, NULL: 0x0010, RSAES: 0x0015, ECDAA: 0x001a, ECC: 0x0023 };

/** TPM_ECC_CURVE. */
const CURVES: Readonly<Record<number, readonly [CurveName, size: number]>> = {
  3: ['P-256', 32],
  4: ['P-384', 48],
  5: ['P-521', 66],
};

/** 0 in the exponent's place means this one. */
const USUAL_EXPONENT = 0x1_0001;

export interface KeyMakers {
  rsa(modulus: Uint8Array, exponent: Uint8Array): Uint8Array | undefined;
  /** @param xy both coordinates, one after the other */
  ec(curve: CurveName, xy: Uint8Array): Uint8Array | undefined;
}

/** Header, little-endian: `PCPM`, cbHeader, pcpType (2: TPM 2.0), flags, cbPublic, sizes of the rest. */
export function tpmPublicKey(bytes: Uint8Array, make: KeyMakers): Uint8Array | undefined {
  if (bytes.length < 20) return undefined;
  const numbers = view(bytes);
  const header = numbers.getUint32(4, true);
  const type = numbers.getUint32(8, true);
  const size = numbers.getUint32(16, true);
  if (type !== 2 || header < 20 || header + size > bytes.length) return undefined;
  const from = reader(bytes.subarray(header, header + size));
  try {
    const area = reader(from.sized());
    return publicArea(area, make);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface BigEndianReader {
  /** @throws RangeError when the octets end */
  u16(): number;
  u32(): number;
  /** A TPM2B: a size of 2 octets, and so many. */
  sized(): Uint8Array;
}

function reader(bytes: Uint8Array): BigEndianReader {
  const numbers = view(bytes);
  let at = 0;
  const advance = (size: number): number => {
    const start = at;
    at += size;
    return start;
  };
  const u16 = (): number => numbers.getUint16(advance(2), false);
  return {
    u16,
    u32: () => numbers.getUint32(advance(4), false),
    sized: () => {
      const size = u16();
      const start = advance(size);
      if (at > bytes.length) throw new RangeError('the octets end within');
      return bytes.subarray(start, at);
    },
  };
}

/** TPMT_PUBLIC: type, nameAlg, objectAttributes, authPolicy, parameters, unique. */
function publicArea(from: BigEndianReader, make: KeyMakers): Uint8Array | undefined {
  const type = from.u16();
  from.u16();
  from.u32();
  from.sized();
  // TPMT_SYM_DEF_OBJECT has key bits and mode unless it is none.
  if (from.u16() !== TpmAlgorithm.NULL) from.u32();
  skipScheme(from);
  if (type === TpmAlgorithm.RSA) {
    from.u16();
    const exponent = from.u32() || USUAL_EXPONENT;
    return make.rsa(from.sized(), shortest(exponent));
  }
  if (type !== TpmAlgorithm.ECC) return undefined;
  const curve = CURVES[from.u16()];
  if (from.u16() !== TpmAlgorithm.NULL) from.u16();
  const [x, y] = [from.sized(), from.sized()];
  if (curve === undefined) return undefined;
  const [name, size] = curve;
  if (x.length > size || y.length > size) return undefined;
  const padded = (octets: Uint8Array) => concat(new Uint8Array(size - octets.length), octets);
  return make.ec(name, concat(padded(x), padded(y)));
}

/** TPMT_RSA_SCHEME or TPMT_ECC_SCHEME: most carry the digest they use. */
function skipScheme(from: BigEndianReader): void {
  const scheme = from.u16();
  if (scheme === TpmAlgorithm.NULL || scheme === TpmAlgorithm.RSAES) return;
  from.u16();
  if (scheme === TpmAlgorithm.ECDAA) from.u16();
}

function shortest(value: number): Uint8Array {
  const octets = new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
  return octets.subarray(octets.findIndex((octet) => octet !== 0));
}
