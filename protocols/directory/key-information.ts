/** CUSTOM_KEY_INFORMATION, what a key credential says of how its key was made: MS-ADTS 2.2.20.4. */
import { concat } from '../../src/bytes/bytes.ts';

/** CustomKeyInfoFlags. */
export const CustomKeyFlag = {
  /** Reserved by MS-ADTS; set where the key was attested. */
  ATTESTATION: 0x01,
  /** The key was made without a second factor. */
  MFA_NOT_USED: 0x02,
} as const;

export const VolumeType = { NONE: 0, OSV: 1, FDV: 2, RDV: 3 } as const;
export const KeyStrength = { UNKNOWN: 0, WEAK: 1, NORMAL: 2 } as const;

export interface CustomKeyInformation {
  /** 1. */
  readonly version: number;
  /** {@link CustomKeyFlag} */
  readonly flags: number;
  /** {@link VolumeType}; from here on the long form, which ends anywhere. */
  readonly volumeType?: number;
  readonly supportsNotification?: number;
  readonly fekKeyVersion?: number;
  /** {@link KeyStrength} */
  readonly keyStrength?: number;
  /** 10 octets, of which Entra ID writes fewer. */
  readonly reserved?: Uint8Array;
  /** EncodedExtendedCKI: CBOR. */
  readonly extended?: readonly { readonly version: number; readonly cbor: Uint8Array }[];
  /** What follows and is no EncodedExtendedCKI. */
  readonly rest?: Uint8Array;
}

const RESERVED = 10;

/** Field by field until the octets end, as real ones do after 2, 4, 5, 6 or 15. Undefined: less than 2. */
export function readCustomKeyInformation(bytes: Uint8Array): CustomKeyInformation | undefined {
  const [version, flags, volumeType, supportsNotification, fekKeyVersion, keyStrength] = bytes;
  if (version === undefined || flags === undefined) return undefined;
  const reserved = bytes.slice(6, 6 + RESERVED);
  const { extended, rest } = readExtended(bytes.subarray(6 + RESERVED));
  return {
    version,
    flags,
    ...(volumeType === undefined ? {} : { volumeType }),
    ...(supportsNotification === undefined ? {} : { supportsNotification }),
    ...(fekKeyVersion === undefined ? {} : { fekKeyVersion }),
    ...(keyStrength === undefined ? {} : { keyStrength }),
    ...(reserved.length === 0 ? {} : { reserved }),
    ...(extended.length === 0 ? {} : { extended }),
    ...(rest.length === 0 ? {} : { rest }),
  };
}

function readExtended(bytes: Uint8Array) {
  const extended: { version: number; cbor: Uint8Array }[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const [version = 0, size = 0] = bytes.subarray(at, at + 2);
    if (at + 2 + size > bytes.length) break;
    extended.push({ version, cbor: bytes.slice(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return { extended, rest: bytes.slice(at) };
}

/** The octets up to the first field that is absent: a form that ends early has nothing behind its end. */
export function customKeyInformation(information: CustomKeyInformation): Uint8Array {
  const { version, flags, volumeType, supportsNotification, fekKeyVersion, keyStrength } =
    information;
  const octets = [version, flags, volumeType, supportsNotification, fekKeyVersion, keyStrength];
  const end = octets.indexOf(undefined);
  const head = Uint8Array.from((end < 0 ? octets : octets.slice(0, end)) as number[]);
  if (end >= 0) return head;
  const { reserved = new Uint8Array(0), extended = [], rest = new Uint8Array(0) } = information;
  const parts = extended.map((each) =>
    concat(new Uint8Array([each.version, each.cbor.length]), each.cbor),
  );
  return concat(head, reserved, ...parts, rest);
}
