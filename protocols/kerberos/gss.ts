/**
 * Context tokens of the Kerberos GSS-API mechanism: RFC 2743 §3.1 (framing), RFC 4121 §4.1 (contents), and the
 * "checksum" 0x8003 that carries flags and channel bindings (RFC 4121 §4.1.1).
 */
import { concat, equal, hex, uint32le, view } from '../../src/bytes/bytes.ts';

/** TOK_ID of RFC 4121 §4.1. */
const TOKEN_IDS = { 'AP-REQ': 0x0100, 'AP-REP': 0x0200, 'KRB-ERROR': 0x0300 } as const;

export type GssMessage = keyof typeof TOKEN_IDS;

/** 1.2.840.113554.1.2.2, with tag and length. */
const MECHANISM = hex`06 09 2a 86 48 86 f7 12 01 02 02`;

/** The token around a Kerberos message. */
export function gssToken(message: GssMessage, bytes: Uint8Array): Uint8Array {
  return framed(MECHANISM, TOKEN_IDS[message], bytes);
}

/** RFC 2743 §3.1 around a message with a TOK_ID. @param mechanism with tag and length */
export function framed(mechanism: Uint8Array, id: number, bytes: Uint8Array): Uint8Array {
  const inner = concat(mechanism, new Uint8Array([id >> 8, id & 0xff]), bytes);
  return concat(new Uint8Array([0x60]), derLength(inner.length), inner);
}

export type GssOpening =
  | { readonly ok: true; readonly message: GssMessage; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** The Kerberos message in a token; a view of the same octets. */
export function openGssToken(token: Uint8Array): GssOpening {
  const opened = openFrame(token, MECHANISM);
  if (opened === undefined) {
    return { ok: false, reason: 'the mechanism is not Kerberos 5 (1.2.840.113554.1.2.2)' };
  }
  if (!opened.ok) return opened;
  const { id, bytes } = opened;
  for (const [message, known] of Object.entries(TOKEN_IDS)) {
    if (known === id) return { ok: true, message: message as GssMessage, bytes };
  }
  return { ok: false, reason: `TOK_ID ${id.toString(16).padStart(4, '0')} is not known` };
}

/** What {@link framed} made; undefined: it is of another mechanism. */
export function openFrame(
  token: Uint8Array,
  mechanism: Uint8Array,
):
  | { readonly ok: true; readonly id: number; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string }
  | undefined {
  if (token[0] !== 0x60)
    return { ok: false, reason: 'no GSS-API token: the first octet is not 60' };
  const header = readLength(token);
  if (header === undefined || header.start + header.length !== token.length) {
    return { ok: false, reason: `the token's length does not fit its ${token.length} octets` };
  }
  const inner = token.subarray(header.start);
  if (!equal(inner.subarray(0, mechanism.length), mechanism)) return undefined;
  const id = inner.subarray(mechanism.length, mechanism.length + 2);
  if (id.length < 2) return { ok: false, reason: 'the token ends before its TOK_ID' };
  return { ok: true, id: view(id).getUint16(0), bytes: inner.subarray(mechanism.length + 2) };
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return new Uint8Array([0x80 | octets.length, ...octets]);
}

function readLength(
  token: Uint8Array,
): { readonly start: number; readonly length: number } | undefined {
  const first = token[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || token.length < 2 + count) return undefined;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (token[2 + i] as number);
  return { start: 2 + count, length };
}

/** Flags of RFC 4121 §4.1.1.1. */
export const GssFlags = {
  deleg: 0x01,
  mutual: 0x02,
  replay: 0x04,
  sequence: 0x08,
  conf: 0x10,
  integ: 0x20,
  /** RFC 4757 §7.1. */
  dceStyle: 0x1000,
  /** Windows: whoever asks may act at the level "identify" only. */
  identify: 0x2000,
  /** Windows: the error goes into an extended token. */
  extendedError: 0x4000,
} as const;

const BINDINGS_LENGTH = 16;

/** @param bindings MD5 over the channel's bindings; absent: none, all octets zero */
export function gssChecksum(
  flags: number,
  bindings: Uint8Array = new Uint8Array(BINDINGS_LENGTH),
): Uint8Array {
  return concat(uint32le(BINDINGS_LENGTH), bindings, uint32le(flags));
}

/** Flags and bindings; undefined when the octets are no such checksum. A delegated KRB-CRED is passed over. */
export function readGssChecksum(
  checksum: Uint8Array,
): { readonly flags: number; readonly bindings: Uint8Array } | undefined {
  if (checksum.length < 24) return undefined;
  const numbers = view(checksum);
  if (numbers.getUint32(0, true) !== BINDINGS_LENGTH) return undefined;
  return { flags: numbers.getUint32(20, true), bindings: checksum.subarray(4, 20) };
}
