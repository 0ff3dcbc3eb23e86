/** What CredSSP's two sides send, as DER: MS-CSSP 2.2.1. Everything in one TLS record each. */
import type { Codec, Infer } from '../../src/der/codec.ts';
import { int32, integerBetween, named, octetString, uint32 } from '../../src/der/primitives.ts';
import { field, optional, sequence, sequenceOf } from '../../src/der/structures.ts';
import { errorByStatus } from '../kerberos/ntstatus.ts';

/** What this side speaks at most; whoever says more is taken for one that speaks this (2.2.1). */
export const VERSION_MAX = 6;
/** Older than Windows XP SP3's there is none. */
export const VERSION_MIN = 2;
/** From here on the binding is a hash with a nonce (2.2.1, after CVE-2018-0886). */
export const VERSION_HASHES = 5;

/** Versions whose servers say why they fail: 5 does not (2.2.1). */
export function hasErrorCode(version: number): boolean {
  return version === 3 || version === 4 || version >= 6;
}

/** Octets of `clientNonce` (2.2.1). */
export const NONCE_LENGTH = 32;

/** A version and other small numbers. */
const unsigned = integerBetween('INTEGER', 0, 0xffffffff);

/** An NTSTATUS: its highest bit is the integer's sign, so that four octets are sent (2.2.1). */
const ntstatus: Codec<number> = {
  ...named(uint32, (value) => errorByStatus(value)?.name),
  type: 'NTSTATUS',
  write: (writer, value) => int32.write(writer, value | 0),
};

/** 2.2.1.1. More than one token nobody sends. */
const TOKENS_MAX = 16;
export const NegoData = sequenceOf(sequence('NegoToken', { negoToken: field(0, octetString) }), {
  max: TOKENS_MAX,
});

/** 2.2.1 */
export const TSRequest = sequence('TSRequest', {
  version: field(0, unsigned),
  negoTokens: optional(1, NegoData),
  authInfo: optional(2, octetString),
  pubKeyAuth: optional(3, octetString),
  errorCode: optional(4, ntstatus),
  clientNonce: optional(5, octetString),
});
export type TSRequest = Infer<typeof TSRequest>;

/** 2.2.1.2 */
export const TSCredentials = sequence('TSCredentials', {
  credType: field(0, unsigned),
  credentials: field(1, octetString),
});

export const CredType = { password: 1, smartCard: 2, remoteGuard: 6 } as const;

/** 2.2.1.2.1; texts are UTF-16LE without a zero at their end. */
export const TSPasswordCreds = sequence('TSPasswordCreds', {
  domainName: field(0, octetString),
  userName: field(1, octetString),
  password: field(2, octetString),
});

/** 2.2.1.2.2.1 */
export const TSCspDataDetail = sequence('TSCspDataDetail', {
  keySpec: field(0, unsigned),
  cardName: optional(1, octetString),
  readerName: optional(2, octetString),
  containerName: optional(3, octetString),
  cspName: optional(4, octetString),
});

/** 2.2.1.2.2 */
export const TSSmartCardCreds = sequence('TSSmartCardCreds', {
  pin: field(0, octetString),
  cspData: field(1, TSCspDataDetail),
  userHint: optional(2, octetString),
  domainHint: optional(3, octetString),
});

/** 2.2.1.2.3.1 */
export const TSRemoteGuardPackageCred = sequence('TSRemoteGuardPackageCred', {
  packageName: field(0, octetString),
  credBuffer: field(1, octetString),
});

const PACKAGES_MAX = 8;

/** 2.2.1.2.3. FreeRDP 3 sends an empty list of supplemental credentials where it has none. */
export const TSRemoteGuardCreds = sequence('TSRemoteGuardCreds', {
  logonCred: field(0, TSRemoteGuardPackageCred),
  supplementalCreds: optional(1, sequenceOf(TSRemoteGuardPackageCred, { max: PACKAGES_MAX })),
});
