/**
 * Negotiation tokens: RFC 4178 §4.2 with Microsoft's NegTokenInit2 (MS-SPNG 2.2.1), and the outer
 * framing of initial tokens (RFC 2743 §3.1).
 */
import { choice } from '../../src/der/choice.ts';
import { type Codec, decode, encode, type Infer, tryDecode } from '../../src/der/codec.ts';
import { bitString, enumerated, octetString, oid } from '../../src/der/primitives.ts';
import { type Raw, raw, withRaw } from '../../src/der/raw.ts';
import {
  application,
  bare,
  explicit,
  field,
  optional,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { generalString } from '../../src/der/text.ts';

/** Object identifiers of mechanisms. */
export const Mechanism = {
  SPNEGO: '1.3.6.1.5.5.2',
  KERBEROS: '1.2.840.113554.1.2.2',
  /** What Windows 2000 made of the line above by an overflow, and all others still send (MS-SPNG 1.9). */
  MS_KERBEROS: '1.2.840.48018.1.2.2',
  KERBEROS_USER_TO_USER: '1.2.840.113554.1.2.2.3',
  NEGOEX: '1.3.6.1.4.1.311.2.2.30',
  NTLM: '1.3.6.1.4.1.311.2.2.10',
} as const;

export const NegState = {
  'accept-completed': 0,
  'accept-incomplete': 1,
  reject: 2,
  'request-mic': 3,
} as const;

const STATE_NAMES = Object.fromEntries(
  Object.entries(NegState).map(([name, value]) => [value, name]),
);

/** More than anybody offers. */
const MECHANISMS_MAX = 32;

export const MechTypeList = sequenceOf(oid, { max: MECHANISMS_MAX });

export const NegHints = sequence('NegHints', {
  hintName: optional(0, generalString),
  hintAddress: optional(1, octetString),
});

/** `[3]`: mechListMIC in NegTokenInit, negHints in NegTokenInit2. */
const MicOrHints = choice('mechListMIC or negHints', {
  mechListMIC: octetString,
  negHints: NegHints,
});

/** `mechTypes` is kept as it came: the MIC is computed over these octets. */
export const NegTokenInit = sequence(
  'NegTokenInit',
  {
    mechTypes: field(0, raw(MechTypeList)),
    reqFlags: optional(1, bitString),
    mechToken: optional(2, octetString),
    third: optional(3, MicOrHints),
    /** NegTokenInit2's. */
    mechListMIC: optional(4, octetString),
  },
  { extensible: true },
);
export type NegTokenInit = Infer<typeof NegTokenInit>;

export const NegTokenResp = sequence(
  'NegTokenResp',
  {
    negState: optional(0, enumerated('negState', STATE_NAMES)),
    supportedMech: optional(1, oid),
    responseToken: optional(2, octetString),
    mechListMIC: optional(3, octetString),
  },
  { extensible: true },
);
export type NegTokenResp = Infer<typeof NegTokenResp>;

export const NegotiationToken = choice('NegotiationToken', {
  negTokenInit: explicit(0, NegTokenInit),
  negTokenResp: explicit(1, NegTokenResp),
});
export type NegotiationToken = Infer<typeof NegotiationToken>;

/** The token that opens a negotiation: `[APPLICATION 0] IMPLICIT SEQUENCE { thisMech, innerToken }`. */
export const InitialContextToken: Codec<{
  readonly thisMech: string;
  readonly innerToken: NegotiationToken;
}> = {
  ...sequence('InitialContextToken', { thisMech: bare(oid), innerToken: bare(NegotiationToken) }),
  tag: application('InitialContextToken', 0, oid).tag,
};

export function initialToken(innerToken: NegotiationToken): Uint8Array {
  return encode(InitialContextToken, { thisMech: Mechanism.SPNEGO, innerToken });
}

export function responseToken(negTokenResp: NegTokenResp): Uint8Array {
  return encode(NegotiationToken, { negTokenResp });
}

/** What an acceptor says first where it does (MS-SPNG 3.2.5.2): its mechanisms, and a name nobody uses. */
export function acceptorsOffer(mechTypes: readonly string[]): Uint8Array {
  return initialToken({
    negTokenInit: {
      mechTypes: mechTypesOf(mechTypes),
      third: { negHints: { hintName: 'not_defined_in_RFC4178@please_ignore' } },
    },
  });
}

export function mechTypesOf(mechTypes: readonly string[]): Raw<readonly string[]> {
  return withRaw(MechTypeList, mechTypes);
}

export type SpnegoOpening =
  | { readonly ok: true; readonly token: NegotiationToken }
  | { readonly ok: false; readonly reason: string };

/** A token with its outer framing or, as all but the first come, without. */
export function openSpnego(token: Uint8Array): SpnegoOpening {
  if (token[0] !== InitialContextToken.tag) {
    const bare = tryDecode(NegotiationToken, token, { rules: 'BER' });
    return bare.ok ? { ok: true, token: bare.value } : { ok: false, reason: bare.error.message };
  }
  const framed = tryDecode(InitialContextToken, token, { rules: 'BER' });
  if (!framed.ok) return { ok: false, reason: framed.error.message };
  const { thisMech, innerToken } = framed.value;
  return thisMech === Mechanism.SPNEGO
    ? { ok: true, token: innerToken }
    : { ok: false, reason: `the mechanism is ${thisMech}, not SPNEGO (${Mechanism.SPNEGO})` };
}

/** The mechanism that an initial token is for; undefined: it is no initial token. */
export function mechanismOf(token: Uint8Array): string | undefined {
  if (token[0] !== InitialContextToken.tag) return undefined;
  // The length before the identifier is of no interest here: whoever opens the token checks it.
  const lengthOctets = (token[1] ?? 0) < 0x80 ? 1 : 1 + ((token[1] as number) & 0x7f);
  const start = 1 + lengthOctets;
  const end = start + 2 + (token[start + 1] ?? 0);
  if (token[start] !== oid.tag || end > token.length) return undefined;
  const read = tryDecode(oid, token.subarray(start, end));
  return read.ok ? read.value : undefined;
}

/** The list in octets that the MIC is over. @throws DecodeError */
export function mechTypesIn(der: Uint8Array): readonly string[] {
  return decode(MechTypeList, der);
}
