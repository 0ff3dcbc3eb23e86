/**
 * The groups that client and KDC may agree in: MODP (RFC 4556 §3.2.1) and elliptic curves (RFC 5349),
 * as SubjectPublicKeyInfo names them, and one side's part of an agreement.
 */

import type { CurveName } from '../../src/crypto/curves.ts';
import { ecdhPublic, ecdhSecret, ecdhShared } from '../../src/crypto/ecdh.ts';
import { integerOf, octetsOf } from '../../src/crypto/integer.ts';
import {
  MODP_NAMES,
  type ModpName,
  modpGroup,
  modpPublic,
  modpSecret,
  modpShared,
} from '../../src/crypto/modp.ts';
import type { Infer } from '../../src/der/codec.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { type Bits, bigInteger, oid } from '../../src/der/primitives.ts';
import type { AlgorithmIdentifier, SubjectPublicKeyInfo } from '../x509/messages.ts';
import { CURVE_OIDS, OID } from './constants.ts';
import { DomainParameters } from './messages.ts';

export type GroupName = ModpName | CurveName;

export const GROUP_NAMES: readonly GroupName[] = [...MODP_NAMES, 'P-256', 'P-384', 'P-521'];

/** One side's public value: y, most significant octet first, or a point as 04, x, y. */
export interface PublicValue {
  readonly group: GroupName;
  readonly value: Uint8Array;
}

export type ReadPublicValue =
  | { readonly ok: true; readonly value: PublicValue }
  /** `group`: none that anybody here knows; `malformed`: no public key at all. */
  | { readonly ok: false; readonly problem: 'group' | 'malformed'; readonly text: string };

export function isModp(group: GroupName): group is ModpName {
  return group.startsWith('modp-');
}

/** How q stands in DomainParameters: as RFC 4556 §3.2.1 has it, not at all (PKCS #3), or as 0. */
export type QForm = 'right' | 'absent' | 'zero';

const parameters = new Map<string, AlgorithmIdentifier>();

/** The AlgorithmIdentifier that names a group. */
export function groupAlgorithm(group: GroupName, q: QForm = 'right'): AlgorithmIdentifier {
  const name = `${group} ${q}`;
  let made = parameters.get(name);
  if (made === undefined) {
    made = isModp(group)
      ? { algorithm: OID.dhPublicNumber, parameters: domainParameters(group, q) }
      : { algorithm: OID.ecPublicKey, parameters: encode(oid, curveOid(group)) };
    parameters.set(name, made);
  }
  return made;
}

function curveOid(curve: CurveName): string {
  const found = Object.entries(CURVE_OIDS).find(([, name]) => name === curve);
  if (found === undefined) throw new RangeError(`${curve} has no OID here`);
  return found[0];
}

function domainParameters(group: ModpName, form: QForm): Uint8Array {
  const { p, g, q } = modpGroup(group);
  const numbers = { p: integerOf(p), g: integerOf(g) };
  if (form === 'absent') return encode(DomainParameters, numbers);
  return encode(DomainParameters, { ...numbers, q: form === 'zero' ? 0n : integerOf(q) });
}

/** Known encodings of parameters, so that nobody decodes the same 4096 bits again and again. */
const known = new Map<string, GroupName>();

function text(octets: Uint8Array): string {
  let out = '';
  for (const octet of octets) out += String.fromCharCode(octet);
  return out;
}

function knownParameters(octets: Uint8Array): GroupName | undefined {
  if (known.size === 0) {
    for (const group of GROUP_NAMES) {
      for (const form of isModp(group)
        ? (['right', 'absent', 'zero'] as const)
        : ['right' as const]) {
        const { parameters: made } = groupAlgorithm(group, form);
        if (made !== undefined) known.set(text(made), group);
      }
    }
  }
  return known.get(text(octets)) ?? unusualParameters(octets);
}

/**
 * Other ways of writing a known group: with j, with a seed, with whatever q. Its p and g decide; q is
 * not believed, for the group's own is known.
 */
function unusualParameters(octets: Uint8Array): GroupName | undefined {
  const read = tryDecode(DomainParameters, octets);
  if (!read.ok) return undefined;
  const { p, g } = read.value;
  return MODP_NAMES.find((name) => {
    const own = modpGroup(name);
    return integerOf(own.p) === p && integerOf(own.g) === g;
  });
}

const DH: ReadonlySet<string> = new Set([OID.dhPublicNumber, OID.dhKeyAgreement]);

/** The group and value of a clientPublicValue, or of a KDC's list of groups with a value beside it. */
export function readPublicValue(spki: Infer<typeof SubjectPublicKeyInfo>): ReadPublicValue {
  const { algorithm, subjectPublicKey } = spki;
  const group = readGroup(algorithm);
  if (!group.ok) return group;
  const value = publicValueOf(group.group, subjectPublicKey);
  if (value === undefined) {
    return { ok: false, problem: 'malformed', text: `the public value is none of ${group.group}` };
  }
  return { ok: true, value: { group: group.group, value } };
}

/** The group that an AlgorithmIdentifier names: in clientPublicValue, and in TD-DH-PARAMETERS. */
export function readGroup({
  algorithm,
  parameters: octets,
}: AlgorithmIdentifier):
  | { readonly ok: true; readonly group: GroupName }
  | Extract<ReadPublicValue, { readonly ok: false }> {
  if (octets === undefined) {
    return { ok: false, problem: 'malformed', text: `${algorithm} without parameters` };
  }
  if (!DH.has(algorithm) && algorithm !== OID.ecPublicKey) {
    return { ok: false, problem: 'group', text: `a public value for ${algorithm}` };
  }
  const found = knownParameters(octets);
  if (found === undefined || DH.has(algorithm) !== isModp(found)) {
    return { ok: false, problem: 'group', text: describeUnknown(algorithm, octets) };
  }
  return { ok: true, group: found };
}

function describeUnknown(algorithm: string, octets: Uint8Array): string {
  if (algorithm === OID.ecPublicKey) {
    const curve = tryDecode(oid, octets);
    return `the curve ${curve.ok ? curve.value : 'that its parameters spell out'}`;
  }
  const read = tryDecode(DomainParameters, octets);
  if (!read.ok) return 'Diffie-Hellman parameters that are malformed';
  const bits = read.value.p <= 0n ? 0 : read.value.p.toString(2).length;
  return `a group of ${bits} bits that is none of ${MODP_NAMES.join(', ')}`;
}

/** What stands in a subjectPublicKey (RFC 4556 §3.2.1, §3.2.3.1; RFC 5349 §3). */
function publicValueOf(group: GroupName, { unused, bytes }: Bits): Uint8Array | undefined {
  if (unused !== 0) return undefined;
  if (!isModp(group)) return bytes;
  const read = tryDecode(bigInteger, bytes);
  const { size } = modpGroup(group);
  if (!read.ok || read.value <= 0n || read.value >= 1n << BigInt(8 * size)) return undefined;
  return octetsOf(read.value, size);
}

/** The other way round: a public value as a subjectPublicKey. */
export function publicKeyBits({ group, value }: PublicValue): Bits {
  return { unused: 0, bytes: isModp(group) ? encode(bigInteger, integerOf(value)) : value };
}

/** The value that a peer's subjectPublicKey holds, when the group is known from before. */
export function peerValue(group: GroupName, bits: Bits): Uint8Array | undefined {
  return publicValueOf(group, bits);
}

/** clientPublicValue of a public value. */
export function publicValueInfo(
  value: PublicValue,
  q: QForm = 'right',
): Infer<typeof SubjectPublicKeyInfo> {
  return { algorithm: groupAlgorithm(value.group, q), subjectPublicKey: publicKeyBits(value) };
}

/** One side of an agreement. */
export interface OwnHalf extends PublicValue {
  readonly secret: Uint8Array;
}

/** A new secret with its public value. @param random as `Env` has it */
export function ownHalf(group: GroupName, random: (size: number) => Uint8Array): OwnHalf {
  if (!isModp(group)) {
    const secret = ecdhSecret(group, random);
    return { group, secret, value: ecdhPublic(group, secret) };
  }
  const secret = modpSecret(group, random);
  return { group, secret, value: modpPublic(group, secret) };
}

/** Z, as long as the prime or the field; undefined: the peer's value must not be used. */
export function agreed({ group, secret }: OwnHalf, peer: Uint8Array): Uint8Array | undefined {
  return isModp(group) ? modpShared(group, secret, peer) : ecdhShared(group, secret, peer);
}
