/** The extensions of RFC 5280 section 4.2.1 that chains and protocols ask for, read. */
import { toHex } from '../../src/bytes/bytes.ts';
import { type Codec, type Infer, tryDecode } from '../../src/der/codec.ts';
import type { Bits } from '../../src/der/primitives.ts';
import { EXTENSION } from './constants.ts';
import {
  AuthorityKeyIdentifier,
  BasicConstraints as BasicConstraintsCodec,
  CertificatePolicies,
  CRLDistributionPoints,
  type Extension,
  ExtKeyUsageSyntax,
  KeyUsage,
  SubjectKeyIdentifier,
} from './messages.ts';

export interface BasicConstraints {
  readonly ca: boolean;
  /** CA certificates that may follow below, the leaf not counted. */
  readonly pathLength?: number;
}

/** What a certificate says in these extensions, those that are there. */
export interface CommonExtensions {
  readonly basicConstraints?: BasicConstraints;
  /** Bits of `KEY_USAGE`. */
  readonly keyUsage?: number;
  /** OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  /** Hexadecimal, lower case. */
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  /** URIs of the full names. */
  readonly crlDistributionPoints?: readonly string[];
  /** OIDs. */
  readonly certificatePolicies?: readonly string[];
}

export type ReadCommon =
  | { readonly ok: true; readonly value: CommonExtensions }
  | { readonly ok: false; readonly reason: string };

type Reading = (extnValue: Uint8Array) => ReadCommon;

function reading<T>(codec: Codec<T>, fields: (value: T) => CommonExtensions): Reading {
  return (extnValue) => {
    const read = tryDecode(codec, extnValue);
    return read.ok
      ? { ok: true, value: fields(read.value) }
      : { ok: false, reason: `${codec.type}: ${read.error.message}` };
  };
}

/** Bit n of a BIT STRING as 1 << n; bits from 31 on are passed over. */
function flagsOf({ bytes }: Bits): number {
  let flags = 0;
  for (let n = 0; n < Math.min(31, 8 * bytes.length); n++) {
    if ((bytes[n >> 3] as number) & (0x80 >> (n & 7))) flags |= 1 << n;
  }
  return flags;
}

function urisOf(points: Infer<typeof CRLDistributionPoints>): readonly string[] {
  return points.flatMap(({ distributionPoint }) =>
    distributionPoint === undefined || !('fullName' in distributionPoint)
      ? []
      : distributionPoint.fullName.flatMap((name) =>
          'uniformResourceIdentifier' in name ? [name.uniformResourceIdentifier] : [],
        ),
  );
}

const READINGS: Readonly<Record<string, Reading>> = {
  [EXTENSION.basicConstraints]: reading(BasicConstraintsCodec, ({ cA, pathLenConstraint }) => ({
    basicConstraints: {
      ca: cA,
      ...(pathLenConstraint === undefined ? {} : { pathLength: pathLenConstraint }),
    },
  })),
  [EXTENSION.keyUsage]: reading(KeyUsage, (bits) => ({ keyUsage: flagsOf(bits) })),
  [EXTENSION.extendedKeyUsage]: reading(ExtKeyUsageSyntax, (extendedKeyUsage) => ({
    extendedKeyUsage,
  })),
  [EXTENSION.subjectKeyIdentifier]: reading(SubjectKeyIdentifier, (octets) => ({
    subjectKeyIdentifier: toHex(octets),
  })),
  [EXTENSION.authorityKeyIdentifier]: reading(AuthorityKeyIdentifier, ({ keyIdentifier }) =>
    keyIdentifier === undefined ? {} : { authorityKeyIdentifier: toHex(keyIdentifier) },
  ),
  [EXTENSION.crlDistributionPoints]: reading(CRLDistributionPoints, (points) => ({
    crlDistributionPoints: urisOf(points),
  })),
  [EXTENSION.certificatePolicies]: reading(CertificatePolicies, (policies) => ({
    certificatePolicies: policies.map(({ policyIdentifier }) => policyIdentifier),
  })),
};

/** What an extension says; `{}` for those that are not common ones. */
export function readCommonExtension({ extnID, extnValue }: Extension): ReadCommon {
  return READINGS[extnID]?.(extnValue) ?? { ok: true, value: {} };
}
