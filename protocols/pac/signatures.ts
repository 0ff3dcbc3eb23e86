/**
 * The four signatures of a PAC (MS-PAC 2.8), made and checked in the order of 2.8.1 to 2.8.5: ticket,
 * extended KDC ("full"), server, KDC. All under key usage 17 (KERB_NON_KERB_CKSUM_SALT).
 */
import { view } from '../../src/bytes/bytes.ts';
import {
  type ChecksumOutcome,
  checksum,
  checksumKeyed,
  type Key,
  mandatoryChecksum,
  verifyChecksum,
} from '../kerberos/etypes.ts';
import { PacSignatureData, signatureLength } from './buffers.ts';
import { PacType } from './constants.ts';
import { fileTimeOf } from './file-time.ts';
import { layoutPac, type Pac, type PacBuffer, pacBuffer } from './pactype.ts';

/** MS-KILE 3.1.5.9: KERB_NON_KERB_CKSUM_SALT */
const USAGE = 17;
const TYPE_LENGTH = 4;

export interface PacKeys {
  /** The key that encrypts the ticket: the service's, for a TGT that of krbtgt. */
  readonly serverKey: Key;
  /** The key of the KDC that issues the ticket. */
  readonly kdcKey: Key;
  /** On a read-only KDC: msDS-SecondaryKrbTgtNumber, appended to all signatures by `kdcKey`. */
  readonly rodcIdentifier?: number;
}

/** Signatures of a ticket for a service; a TGT has only the last two. */
const SERVICE_ORDER = [
  PacType.TICKET_CHECKSUM,
  PacType.FULL_CHECKSUM,
  PacType.SERVER_CHECKSUM,
  PacType.KDC_CHECKSUM,
] as const;
const TGT_ORDER = SERVICE_ORDER.slice(2);

/** Is it one of the four? */
export function isSignature(ulType: number): boolean {
  return (SERVICE_ORDER as readonly number[]).includes(ulType);
}

export interface PacInput extends PacKeys {
  /** Signatures among them are passed over: those of a ticket that is issued anew. */
  readonly buffers: readonly PacBuffer[];
  /** Tickets for services carry all four signatures; TGTs and referrals two. */
  readonly forService: boolean;
  /**
   * `by-type`: ascending ulType, as Windows Server 2022 has them; the default. `given`: as they come,
   * then the signatures 16, 19, 6, 7. MS-PAC 2.3 leaves the order free.
   */
  readonly order?: 'by-type' | 'given';
}

/** A PAC with room for its signatures, to be kept and signed again and again with {@link signPac}. */
export function draftPac(input: PacInput): Pac {
  const signatures = (input.forService ? SERVICE_ORDER : TGT_ORDER).map((ulType): PacBuffer => {
    const bytes = new Uint8Array(signedLength(input, ulType));
    view(bytes).setInt32(0, mandatoryChecksum(signingKey(input, ulType).etype), true);
    return { ulType, bytes };
  });
  const buffers = [...input.buffers.filter(({ ulType }) => !isSignature(ulType)), ...signatures];
  if (input.order !== 'given') buffers.sort((a, b) => a.ulType - b.ulType);
  return layoutPac(buffers);
}

const signingKey = (keys: PacKeys, ulType: number): Key =>
  ulType === PacType.SERVER_CHECKSUM ? keys.serverKey : keys.kdcKey;

function signedLength(keys: PacKeys, ulType: number): number {
  const type = mandatoryChecksum(signingKey(keys, ulType).etype);
  const identified = keys.rodcIdentifier !== undefined && ulType !== PacType.SERVER_CHECKSUM;
  return TYPE_LENGTH + (signatureLength(type) as number) + (identified ? 2 : 0);
}

/** Writes the ticket's authtime into CLIENT_INFO, in place. @param authtime milliseconds, 1970 */
export function setClientId(pac: Pac, authtime: number): void {
  const clientInfo = pacBuffer(pac, PacType.CLIENT_INFO);
  if (clientInfo === undefined) throw new RangeError('the PAC has no CLIENT_INFO');
  view(clientInfo).setBigUint64(0, fileTimeOf(authtime), true);
}

/**
 * Signs in place and returns the PAC's octets, which stay the draft's own: encode the ticket before
 * the next call.
 * @param ticket DER of the EncTicketPart with one zero octet in the PAC's place
 * (`ticketToSign`); needed when there is a ticket signature
 * @throws RangeError when a signature has not the length that these keys make: draft anew.
 */
export function signPac(pac: Pac, keys: PacKeys, ticket?: Uint8Array): Uint8Array {
  const { serverKey, kdcKey } = keys;
  const place = (ulType: number): Uint8Array | undefined => signaturePlace(pac, keys, ulType);
  const ticketSignature = place(PacType.TICKET_CHECKSUM);
  const full = place(PacType.FULL_CHECKSUM);
  const server = place(PacType.SERVER_CHECKSUM);
  const kdc = place(PacType.KDC_CHECKSUM);
  if (server === undefined || kdc === undefined) {
    throw new RangeError('a PAC to be signed needs SERVER_CHECKSUM and KDC_CHECKSUM');
  }
  if (ticketSignature !== undefined) {
    if (ticket === undefined) throw new RangeError('TICKET_CHECKSUM needs the ticket');
    write(ticketSignature, checksum(kdcKey, USAGE, ticket), keys.rodcIdentifier);
  }
  if (full !== undefined) write(full, checksum(kdcKey, USAGE, pac.bytes), keys.rodcIdentifier);
  const serverSignature = checksum(serverKey, USAGE, pac.bytes);
  // Both are made before either is written: the server's covers the KDC's as zero.
  write(server, serverSignature, undefined);
  write(kdc, checksum(kdcKey, USAGE, serverSignature), keys.rodcIdentifier);
  return pac.bytes;
}

/** A signature's buffer with type written and the rest zero, as signing wants it. */
function signaturePlace(pac: Pac, keys: PacKeys, ulType: number): Uint8Array | undefined {
  const place = pacBuffer(pac, ulType);
  if (place === undefined) return undefined;
  const length = signedLength(keys, ulType);
  if (place.length !== length) {
    throw new RangeError(
      `signature ${ulType} has ${place.length} octets, these keys make ${length}`,
    );
  }
  view(place).setInt32(0, mandatoryChecksum(signingKey(keys, ulType).etype), true);
  place.fill(0, TYPE_LENGTH);
  return place;
}

function write(place: Uint8Array, signature: Uint8Array, identifier: number | undefined): void {
  place.set(signature, TYPE_LENGTH);
  if (identifier !== undefined) {
    view(place).setUint16(TYPE_LENGTH + signature.length, identifier, true);
  }
}

/** {@link draftPac} and {@link signPac} at once. `ticket` makes it a PAC for a service ticket. */
export function buildPac(
  input: Omit<PacInput, 'forService'> & {
    /** Milliseconds since 1970; given, it is written into CLIENT_INFO. */
    readonly authtime?: number;
    readonly ticket?: Uint8Array;
  },
): Uint8Array {
  const pac = draftPac({ ...input, forService: input.ticket !== undefined });
  if (input.authtime !== undefined) setClientId(pac, input.authtime);
  return signPac(pac, input, input.ticket);
}

/**
 * `missing`: no such buffer. `malformed`: no signature in it. `unkeyed`: of a checksum type that
 * anyone can make. `wrong-issuer`: another RODCIdentifier than expected. `unchecked`: the key or the
 * ticket that it takes was not given.
 */
export type SignatureOutcome =
  | ChecksumOutcome
  | 'missing'
  | 'malformed'
  | 'unkeyed'
  | 'wrong-issuer'
  | 'unchecked';

export interface PacVerification {
  readonly server: SignatureOutcome;
  readonly kdc: SignatureOutcome;
  readonly ticket: SignatureOutcome;
  readonly full: SignatureOutcome;
}

/** Checks all four; who needs which is for the caller to say (a TGT has no `ticket` and no `full`). */
export function verifyPac(pac: Pac, keys: Partial<PacKeys>, ticket?: Uint8Array): PacVerification {
  const { serverKey, kdcKey, rodcIdentifier } = keys;
  // What the server's signature covers has 6 and 7 zero; the full one's, 19 as well.
  const covered = pac.bytes.slice();
  const zero = (ulType: number): void => {
    const buffer = pac.buffers.find((candidate) => candidate.ulType === ulType);
    if (buffer === undefined) return;
    covered.fill(0, buffer.Offset + TYPE_LENGTH, buffer.Offset + buffer.bytes.length);
  };
  zero(PacType.SERVER_CHECKSUM);
  zero(PacType.KDC_CHECKSUM);
  const server = verifyOne(pac, PacType.SERVER_CHECKSUM, serverKey, covered, undefined);
  zero(PacType.FULL_CHECKSUM);
  const full = verifyOne(pac, PacType.FULL_CHECKSUM, kdcKey, covered, rodcIdentifier);
  return {
    server,
    full,
    ticket: verifyOne(pac, PacType.TICKET_CHECKSUM, kdcKey, ticket, rodcIdentifier),
    kdc: verifyOne(pac, PacType.KDC_CHECKSUM, kdcKey, serverSignature(pac), rodcIdentifier),
  };
}

function serverSignature(pac: Pac): Uint8Array | undefined {
  const octets = pacBuffer(pac, PacType.SERVER_CHECKSUM);
  if (octets === undefined) return undefined;
  const read = PacSignatureData.tryDecode(octets);
  return read.ok ? read.value.Signature : undefined;
}

function verifyOne(
  pac: Pac,
  ulType: number,
  key: Key | undefined,
  data: Uint8Array | undefined,
  rodcIdentifier: number | undefined,
): SignatureOutcome {
  const octets = pacBuffer(pac, ulType);
  if (octets === undefined) return 'missing';
  const read = PacSignatureData.tryDecode(octets);
  if (!read.ok) return 'malformed';
  const { SignatureType, Signature, RODCIdentifier } = read.value;
  if (key === undefined || data === undefined) return 'unchecked';
  if (RODCIdentifier !== rodcIdentifier) return 'wrong-issuer';
  const outcome = verifyChecksum(SignatureType, key, USAGE, data, Signature);
  return outcome === 'ok' && !checksumKeyed(SignatureType) ? 'unkeyed' : outcome;
}
