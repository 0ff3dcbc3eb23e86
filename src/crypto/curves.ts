/** The curves of FIPS 186-5 that certificates and Hello keys use. */

export type CurveName = 'P-256' | 'P-384' | 'P-521';

export interface Curve {
  readonly name: CurveName;
  /** OpenSSL's name. */
  readonly openssl: string;
  /** Order of the base point (SP 800-186 section 3.2.1), and its bits. */
  readonly order: bigint;
  readonly bits: number;
  /** Octets of a coordinate and of the order. */
  readonly size: number;
}

export const CURVES: Readonly<Record<CurveName, Curve>> = {
  'P-256': {
    name: 'P-256',
    openssl: 'prime256v1',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    bits: 256,
    size: 32,
  },
  'P-384': {
    name: 'P-384',
    openssl: 'secp384r1',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    bits: 384,
    size: 48,
  },
  'P-521': {
    name: 'P-521',
    openssl: 'secp521r1',
    order:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    bits: 521,
    size: 66,
  },
};

export function curveByOpensslName(name: string | undefined): Curve | undefined {
  return Object.values(CURVES).find((curve) => curve.openssl === name);
}
