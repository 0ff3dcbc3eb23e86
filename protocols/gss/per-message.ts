/**
 * Per-message tokens of the Kerberos mechanism: RFC 4121 §4.2 (MIC and Wrap). Pure: a context's
 * keys and numbers go in, and what has to be kept comes out.
 */
import { concat, equalSecret, view } from '../../src/bytes/bytes.ts';
import {
  checksum,
  decrypt,
  encrypt,
  type Key,
  confounderLength as lengthOf,
  mandatoryChecksum,
} from '../kerberos/etypes.ts';
import { type Arrivals, arrived, type Order } from './arrivals.ts';

/** Key usage numbers, RFC 4121 §2. */
export const GssKeyUsage = {
  ACCEPTOR_SEAL: 22,
  ACCEPTOR_SIGN: 23,
  INITIATOR_SEAL: 24,
  INITIATOR_SIGN: 25,
} as const;

/** RFC 4121 §4.2.2 */
export const TokenFlags = { SentByAcceptor: 0x01, Sealed: 0x02, AcceptorSubkey: 0x04 } as const;

/** TOK_ID of RFC 4121 §4.2.6. */
const TOK_MIC = 0x0404;
const TOK_WRAP = 0x0504;

const HEADER = 16;

/** One side of an established context. Plain data; a new one is returned with every token. */
export interface SecurityLayer {
  readonly key: Key;
  readonly side: 'initiator' | 'acceptor';
  /** `key` is the acceptor's subkey. */
  readonly acceptorSubkey: boolean;
  /** Of the next token sent. */
  readonly sendSeq: bigint;
  /** What came of the peer's numbers. */
  readonly arrivals: Arrivals;
  /**
   * Neither replays nor the order are to be looked at (RFC 2743 §1.2.3): nobody asked for it. FreeRDP,
   * which does not, numbers its tokens from 0 whatever its authenticator said.
   */
  readonly unordered?: true;
}

export type Unwrapped =
  | {
      readonly ok: true;
      readonly layer: SecurityLayer;
      readonly message: Uint8Array;
      readonly sealed: boolean;
      readonly order: Order;
    }
  | { readonly ok: false; readonly reason: string };

/** How a Wrap token is laid out. */
export interface WrapOptions {
  readonly sealed: boolean;
  /**
   * Right rotation count. `windows`: the checksum and the header stand in front of the data, as
   * its providers send them (28 when sealed with AES, 12 when not); default 0.
   */
  readonly rotation?: 'none' | 'windows';
  readonly random: (size: number) => Uint8Array;
}

export interface Wrapped {
  readonly layer: SecurityLayer;
  readonly token: Uint8Array;
}

function usageOf(side: SecurityLayer['side'], purpose: 'SEAL' | 'SIGN'): number {
  const initiator = side === 'initiator';
  if (purpose === 'SEAL') return initiator ? GssKeyUsage.INITIATOR_SEAL : GssKeyUsage.ACCEPTOR_SEAL;
  return initiator ? GssKeyUsage.INITIATOR_SIGN : GssKeyUsage.ACCEPTOR_SIGN;
}

function header(
  tokId: number,
  flags: number,
  seq: bigint,
  lengths?: { readonly ec: number; readonly rrc: number },
): Uint8Array {
  const bytes = new Uint8Array(HEADER).fill(0xff, 3, 8);
  const numbers = view(bytes);
  numbers.setUint16(0, tokId);
  numbers.setUint8(2, flags);
  if (lengths !== undefined) {
    numbers.setUint16(4, lengths.ec);
    numbers.setUint16(6, lengths.rrc);
  }
  numbers.setBigUint64(8, seq);
  return bytes;
}

function flagsOf(layer: SecurityLayer, sealed: boolean): number {
  return (
    (layer.side === 'acceptor' ? TokenFlags.SentByAcceptor : 0) |
    (sealed ? TokenFlags.Sealed : 0) |
    (layer.acceptorSubkey ? TokenFlags.AcceptorSubkey : 0)
  );
}

function sentOne(layer: SecurityLayer): SecurityLayer {
  return { ...layer, sendSeq: BigInt.asUintN(64, layer.sendSeq + 1n) };
}

/** GSS_Wrap. */
export function wrap(layer: SecurityLayer, message: Uint8Array, options: WrapOptions): Wrapped {
  const { key, side, sendSeq } = layer;
  const flags = flagsOf(layer, options.sealed);
  const usage = usageOf(side, 'SEAL');
  const rotated = options.rotation === 'windows';
  if (options.sealed) {
    const inner = header(TOK_WRAP, flags, sendSeq, { ec: 0, rrc: 0 });
    const confounder = options.random(lengthOf(key.etype));
    const cipher = encrypt(key, usage, concat(message, inner), confounder);
    // The encrypted header and the checksum behind it: what is left without confounder and data.
    const rrc = rotated ? cipher.length - lengthOf(key.etype) - message.length : 0;
    const outer = header(TOK_WRAP, flags, sendSeq, { ec: 0, rrc });
    return { layer: sentOne(layer), token: concat(outer, rotatedRight(cipher, rrc)) };
  }
  const inner = header(TOK_WRAP, flags, sendSeq, { ec: 0, rrc: 0 });
  const sum = checksum(key, usage, concat(message, inner));
  const ec = sum.length;
  const rrc = rotated ? ec : 0;
  const outer = header(TOK_WRAP, flags, sendSeq, { ec, rrc });
  return {
    layer: sentOne(layer),
    token: concat(outer, rotatedRight(concat(message, sum), rrc)),
  };
}

/** RFC 4121 §4.2.5 */
function rotatedRight(bytes: Uint8Array, count: number): Uint8Array {
  const turn = bytes.length === 0 ? 0 : count % bytes.length;
  if (turn === 0) return bytes;
  const at = bytes.length - turn;
  return concat(bytes.subarray(at), bytes.subarray(0, at));
}

function rotatedLeft(bytes: Uint8Array, count: number): Uint8Array {
  const turn = bytes.length === 0 ? 0 : count % bytes.length;
  return turn === 0 ? bytes : concat(bytes.subarray(turn), bytes.subarray(0, turn));
}

/** What a token's first 16 octets say, or why they cannot be a peer's in this context. */
function readHeader(
  layer: SecurityLayer,
  token: Uint8Array,
  tokId: number,
): { readonly flags: number; readonly seq: bigint } | string {
  if (token.length < HEADER)
    return `a token of ${token.length} octets, at least ${HEADER} expected`;
  const numbers = view(token);
  if (numbers.getUint16(0) !== tokId) {
    const got = numbers.getUint16(0).toString(16).padStart(4, '0');
    return `TOK_ID ${got} instead of ${tokId.toString(16).padStart(4, '0')}`;
  }
  if (token[3] !== 0xff) return 'the filler octet is not FF';
  const flags = token[2] as number;
  const fromAcceptor = (flags & TokenFlags.SentByAcceptor) !== 0;
  if (fromAcceptor !== (layer.side === 'initiator'))
    return 'the token is one of our own, sent back';
  if (((flags & TokenFlags.AcceptorSubkey) !== 0) !== layer.acceptorSubkey) {
    return layer.acceptorSubkey
      ? "the token is not made with the acceptor's subkey"
      : "the token claims an acceptor's subkey, and there is none";
  }
  return { flags, seq: numbers.getBigUint64(8) };
}

const peerOf = ({ side }: SecurityLayer): SecurityLayer['side'] =>
  side === 'initiator' ? 'acceptor' : 'initiator';

function arrivedIn(
  { arrivals, unordered }: SecurityLayer,
  seq: bigint,
): ReturnType<typeof arrived> {
  return unordered ? { arrivals, order: 'next' } : arrived(arrivals, seq);
}

/** GSS_Unwrap. Duplicates and old tokens are refused; gaps are accepted and said in `order`. */
export function unwrap(layer: SecurityLayer, token: Uint8Array): Unwrapped {
  const read = readHeader(layer, token, TOK_WRAP);
  if (typeof read === 'string') return { ok: false, reason: read };
  const numbers = view(token);
  const ec = numbers.getUint16(4);
  const body = rotatedLeft(token.subarray(HEADER), numbers.getUint16(6));
  const sealed = (read.flags & TokenFlags.Sealed) !== 0;
  const usage = usageOf(peerOf(layer), 'SEAL');
  const message = sealed
    ? unsealed(layer.key, usage, token, body, ec)
    : verified(layer.key, usage, token, body, ec);
  if (typeof message === 'string') return { ok: false, reason: message };
  const { arrivals, order } = arrivedIn(layer, read.seq);
  if (order === 'duplicate' || order === 'old') {
    return { ok: false, reason: `the token's sequence number ${read.seq} is ${order}` };
  }
  return { ok: true, layer: { ...layer, arrivals }, message, sealed, order };
}

function unsealed(
  key: Key,
  usage: number,
  token: Uint8Array,
  body: Uint8Array,
  ec: number,
): Uint8Array | string {
  const plain = decrypt(key, usage, body);
  if (plain === undefined) return 'the token does not open with the context key';
  const length = plain.length - HEADER - ec;
  if (length < 0) return 'the token is shorter than its header says';
  const inner = plain.subarray(length + ec);
  // RFC 4121 §4.2.4: the header in the encrypted part, with RRC as zero.
  const expected = token.slice(0, HEADER);
  view(expected).setUint16(6, 0);
  if (!equalSecret(inner, expected)) return "the token's header was altered";
  return plain.subarray(0, length);
}

function verified(
  key: Key,
  usage: number,
  token: Uint8Array,
  body: Uint8Array,
  ec: number,
): Uint8Array | string {
  const length = body.length - ec;
  if (length < 0) return 'the token is shorter than its checksum';
  const message = body.subarray(0, length);
  const inner = token.slice(0, HEADER);
  view(inner).setUint32(4, 0);
  const sum = checksum(key, usage, concat(message, inner));
  return equalSecret(sum, body.subarray(length)) ? message : 'the checksum of the token is wrong';
}

/** GSS_GetMIC. */
export function mic(layer: SecurityLayer, message: Uint8Array): Wrapped {
  const head = header(TOK_MIC, flagsOf(layer, false), layer.sendSeq);
  const sum = checksum(layer.key, usageOf(layer.side, 'SIGN'), concat(message, head));
  return { layer: sentOne(layer), token: concat(head, sum) };
}

export type MicOutcome =
  | { readonly ok: true; readonly layer: SecurityLayer; readonly order: Order }
  | { readonly ok: false; readonly reason: string };

/** GSS_VerifyMIC. */
export function verifyMic(
  layer: SecurityLayer,
  message: Uint8Array,
  token: Uint8Array,
): MicOutcome {
  const read = readHeader(layer, token, TOK_MIC);
  if (typeof read === 'string') return { ok: false, reason: read };
  if (token.subarray(3, 8).some((octet) => octet !== 0xff)) {
    return { ok: false, reason: 'the filler octets are not FF' };
  }
  const usage = usageOf(peerOf(layer), 'SIGN');
  const sum = checksum(layer.key, usage, concat(message, token.subarray(0, HEADER)));
  if (!equalSecret(sum, token.subarray(HEADER))) {
    return { ok: false, reason: 'the checksum of the token is wrong' };
  }
  const { arrivals, order } = arrivedIn(layer, read.seq);
  if (order === 'duplicate' || order === 'old') {
    return { ok: false, reason: `the token's sequence number ${read.seq} is ${order}` };
  }
  return { ok: true, layer: { ...layer, arrivals }, order };
}

/** Octets that a Wrap token is longer than its message, for a size that must not be passed. */
export function wrapOverhead(key: Key, sealed: boolean): number {
  const sum = checksumLength(mandatoryChecksum(key.etype));
  return sealed ? HEADER + lengthOf(key.etype) + HEADER + sum : HEADER + sum;
}

const checksumLength = (cksumtype: number): number => CHECKSUM_LENGTHS[cksumtype] ?? 24;

/** Octets of the checksum types that go with the keys here; an unknown one is never longer. */
const CHECKSUM_LENGTHS: Readonly<Record<number, number>> = { 15: 12, 16: 12, 19: 16, 20: 24 };

/** Whether per-message tokens of RFC 4121 are made with keys of this type; RFC 4757's are others. */
export function hasPerMessageTokens(key: Key): boolean {
  return key.etype !== 23 && mandatoryChecksum(key.etype) > 0;
}
