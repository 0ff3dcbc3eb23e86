/**
 * The three messages of MS-NLMP 2.2.1, in Unicode. Payload fields are put in the order in which the
 * examples of 4.2 have them, and are found wherever a peer put them.
 */
import { concat, equal, fromUtf16le, utf16le, view } from '../../src/bytes/bytes.ts';
import { KEY_LENGTH, MessageType, NegotiateFlags, SIGNATURE } from './constants.ts';

/** VERSION, 2.2.2.10. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
}

export interface Negotiate {
  readonly flags: number;
  /** OEM characters, by bits of `flags`. */
  readonly domainName?: string;
  readonly workstation?: string;
  readonly version?: Version;
}

export interface Challenge {
  readonly flags: number;
  readonly targetName: string;
  /** Eight octets. */
  readonly serverChallenge: Uint8Array;
  /** AV_PAIRs; empty where the server has none. */
  readonly targetInfo: Uint8Array;
  readonly version?: Version;
}

export interface Authenticate {
  readonly flags: number;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domainName: string;
  readonly userName: string;
  readonly workstation: string;
  readonly encryptedSessionKey: Uint8Array;
  readonly version?: Version;
  /** 16 octets, at {@link MIC_OFFSET}. */
  readonly mic?: Uint8Array;
}

export type Message =
  | { readonly type: 'NEGOTIATE_MESSAGE'; readonly negotiate: Negotiate }
  | { readonly type: 'CHALLENGE_MESSAGE'; readonly challenge: Challenge }
  | { readonly type: 'AUTHENTICATE_MESSAGE'; readonly authenticate: Authenticate };

export type MessageName = Message['type'];

export type MessageRead =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: string };

const HEADER = 12;
const VERSION_LENGTH = 8;
/** Where the MIC of an AUTHENTICATE_MESSAGE stands, behind VERSION. */
export const MIC_OFFSET = 72;

/** A field that points into the payload: Len, MaxLen, BufferOffset. */
type Payload = readonly [at: number, octets: Uint8Array];

function put(
  type: number,
  fixed: number,
  payloads: readonly Payload[],
  more: (numbers: DataView, bytes: Uint8Array) => void,
): Uint8Array {
  const head = new Uint8Array(fixed);
  head.set(SIGNATURE);
  const numbers = view(head);
  numbers.setUint32(8, type, true);
  return concat(head, ...filled(numbers, head, fixed, payloads, more));
}

function filled(
  numbers: DataView,
  head: Uint8Array,
  fixed: number,
  payloads: readonly Payload[],
  more: (numbers: DataView, bytes: Uint8Array) => void,
): readonly Uint8Array[] {
  let offset = fixed;
  for (const [at, octets] of payloads) {
    numbers.setUint16(at, octets.length, true);
    numbers.setUint16(at + 2, octets.length, true);
    numbers.setUint32(at + 4, offset, true);
    offset += octets.length;
  }
  more(numbers, head);
  return payloads.map(([, octets]) => octets);
}

function putVersion(numbers: DataView, at: number, version: Version | undefined): void {
  if (version === undefined) return;
  numbers.setUint8(at, version.major);
  numbers.setUint8(at + 1, version.minor);
  numbers.setUint16(at + 2, version.build, true);
  numbers.setUint8(at + 7, version.revision);
}

function oem(text: string | undefined): Uint8Array {
  return Uint8Array.from(text ?? '', (character) => character.charCodeAt(0) & 0xff);
}

export function negotiateMessage(message: Negotiate): Uint8Array {
  const { flags, domainName, workstation, version } = message;
  const payloads: readonly Payload[] = [
    [16, oem(domainName)],
    [24, oem(workstation)],
  ];
  return put(MessageType.NEGOTIATE_MESSAGE, 40, payloads, (numbers) => {
    numbers.setUint32(12, flags, true);
    putVersion(numbers, 32, version);
  });
}

export function challengeMessage(message: Challenge): Uint8Array {
  const { flags, targetName, serverChallenge, targetInfo, version } = message;
  const payloads: readonly Payload[] = [
    [12, utf16le(targetName)],
    [40, targetInfo],
  ];
  return put(MessageType.CHALLENGE_MESSAGE, 56, payloads, (numbers, bytes) => {
    numbers.setUint32(20, flags, true);
    bytes.set(serverChallenge, 24);
    putVersion(numbers, 48, version);
  });
}

/** `mic` is written where there is one; the room for it only then. */
export function authenticateMessage(message: Authenticate): Uint8Array {
  const { mic } = message;
  const payloads: readonly Payload[] = [
    [28, utf16le(message.domainName)],
    [36, utf16le(message.userName)],
    [44, utf16le(message.workstation)],
    [12, message.lmResponse],
    [20, message.ntResponse],
    [52, message.encryptedSessionKey],
  ];
  const fixed = mic === undefined ? MIC_OFFSET : MIC_OFFSET + KEY_LENGTH;
  return put(MessageType.AUTHENTICATE_MESSAGE, fixed, payloads, (numbers, bytes) => {
    numbers.setUint32(60, message.flags, true);
    putVersion(numbers, 64, message.version);
    if (mic !== undefined) bytes.set(mic, MIC_OFFSET);
  });
}

/** Whether octets are a message of NTLM, as a token without any framing. */
export function isNtlm(token: Uint8Array): boolean {
  return equal(token.subarray(0, SIGNATURE.length), SIGNATURE);
}

/** Octets that a message has no room for: which ones, and why. */
class Refused extends Error {}

/** The message in a peer's octets. */
export function readMessage(bytes: Uint8Array): MessageRead {
  if (!isNtlm(bytes))
    return { ok: false, reason: 'no message of NTLM: it has no NTLMSSP in front' };
  try {
    return { ok: true, message: read(bytes) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    throw error;
  }
}

function read(bytes: Uint8Array): Message {
  needs(bytes, HEADER, 'the message');
  const type = view(bytes).getUint32(8, true);
  switch (type) {
    case MessageType.NEGOTIATE_MESSAGE:
      return { type: 'NEGOTIATE_MESSAGE', negotiate: readNegotiate(bytes) };
    case MessageType.CHALLENGE_MESSAGE:
      return { type: 'CHALLENGE_MESSAGE', challenge: readChallenge(bytes) };
    case MessageType.AUTHENTICATE_MESSAGE:
      return { type: 'AUTHENTICATE_MESSAGE', authenticate: readAuthenticate(bytes) };
    default:
      throw new Refused(`MessageType ${type} is not known`);
  }
}

function needs(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length < length) {
    throw new Refused(`${what} has ${bytes.length} octets, at least ${length} expected`);
  }
}

function payload(bytes: Uint8Array, at: number, name: string): Uint8Array {
  const numbers = view(bytes);
  const length = numbers.getUint16(at, true);
  const offset = numbers.getUint32(at + 4, true);
  if (length === 0) return new Uint8Array(0);
  if (offset + length > bytes.length) {
    throw new Refused(`${name} ends at ${offset + length}, the message at ${bytes.length}`);
  }
  return bytes.slice(offset, offset + length);
}

function has(flags: number, bit: number): boolean {
  return (flags & bit) !== 0;
}

function readVersion(bytes: Uint8Array, at: number, flags: number): { readonly version?: Version } {
  if (!has(flags, NegotiateFlags.NTLMSSP_NEGOTIATE_VERSION)) return {};
  if (bytes.length < at + VERSION_LENGTH) return {};
  const numbers = view(bytes);
  return {
    version: {
      major: numbers.getUint8(at),
      minor: numbers.getUint8(at + 1),
      build: numbers.getUint16(at + 2, true),
      revision: numbers.getUint8(at + 7),
    },
  };
}

/** The two names and VERSION may be missing altogether: old clients end at 16 or 32 octets. */
function readNegotiate(bytes: Uint8Array): Negotiate {
  needs(bytes, 16, 'NEGOTIATE_MESSAGE');
  const flags = view(bytes).getUint32(12, true);
  const text = (octets: Uint8Array): string => String.fromCharCode(...octets.subarray(0, 255));
  const domain = has(flags, NegotiateFlags.NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED);
  const workstation = has(flags, NegotiateFlags.NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED);
  if (domain || workstation) needs(bytes, 32, 'NEGOTIATE_MESSAGE');
  return {
    flags,
    ...(domain ? { domainName: text(payload(bytes, 16, 'DomainName')) } : {}),
    ...(workstation ? { workstation: text(payload(bytes, 24, 'Workstation')) } : {}),
    ...readVersion(bytes, 32, flags),
  };
}

function readChallenge(bytes: Uint8Array): Challenge {
  needs(bytes, 32, 'CHALLENGE_MESSAGE');
  const flags = view(bytes).getUint32(20, true);
  const info = has(flags, NegotiateFlags.NTLMSSP_NEGOTIATE_TARGET_INFO);
  if (info) needs(bytes, 48, 'CHALLENGE_MESSAGE');
  return {
    flags,
    targetName: textOf(payload(bytes, 12, 'TargetName'), flags),
    serverChallenge: bytes.slice(24, 32),
    targetInfo: info ? payload(bytes, 40, 'TargetInfo') : new Uint8Array(0),
    ...readVersion(bytes, 48, flags),
  };
}

function textOf(octets: Uint8Array, flags: number): string {
  return has(flags, NegotiateFlags.NTLMSSP_NEGOTIATE_UNICODE)
    ? fromUtf16le(octets)
    : Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
}

/** What lies before the first payload tells whether there is room for VERSION and a MIC. */
function readAuthenticate(bytes: Uint8Array): Authenticate {
  needs(bytes, 64, 'AUTHENTICATE_MESSAGE');
  const numbers = view(bytes);
  const flags = numbers.getUint32(60, true);
  const offsets = [12, 20, 28, 36, 44, 52].flatMap((at) =>
    numbers.getUint16(at, true) === 0 ? [] : [numbers.getUint32(at + 4, true)],
  );
  const first = Math.min(bytes.length, ...offsets);
  return {
    flags,
    lmResponse: payload(bytes, 12, 'LmChallengeResponse'),
    ntResponse: payload(bytes, 20, 'NtChallengeResponse'),
    domainName: textOf(payload(bytes, 28, 'DomainName'), flags),
    userName: textOf(payload(bytes, 36, 'UserName'), flags),
    workstation: textOf(payload(bytes, 44, 'Workstation'), flags),
    encryptedSessionKey: payload(bytes, 52, 'EncryptedRandomSessionKey'),
    ...(first >= MIC_OFFSET ? readVersion(bytes, 64, flags) : {}),
    ...(first >= MIC_OFFSET + KEY_LENGTH
      ? { mic: bytes.slice(MIC_OFFSET, MIC_OFFSET + KEY_LENGTH) }
      : {}),
  };
}
