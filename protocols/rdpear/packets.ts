/**
 * The two layers of MS-RDPEAR 2.2: outside a header and what CredSSP's context protects, inside the name
 * of a security package and a call of it, or its answer.
 */
import { concat, equal, fromUtf16le, utf16le } from '../../src/bytes/bytes.ts';
import { encode as encodeDer, tryDecode as tryDecodeDer } from '../../src/der/codec.ts';
import { enumerated, octetString } from '../../src/der/primitives.ts';
import { any } from '../../src/der/raw.ts';
import { defaulted, field, optional, sequence } from '../../src/der/structures.ts';
import { encode, octets, rest, tryDecode, uint32 } from '../../src/layout/codec.ts';
import { struct } from '../../src/layout/structures.ts';
import {
  type Codec,
  encode as encodeNdr,
  type NdrError,
  tryDecode as tryDecodeNdr,
} from '../../src/ndr/codec.ts';
import { nonNull } from '../../src/ndr/structures.ts';
import { CallId, KERBEROS, PROTOCOL_MAGIC, PROTOCOL_VERSION } from './constants.ts';
import {
  type Input,
  KerbCredIsoRemoteInput,
  KerbCredIsoRemoteOutput,
  type Output,
} from './messages.ts';

const HEADER_LENGTH = 24;

/** MS-RDPEAR 2.2, the outer layer. */
export const OUTER_LAYER = struct('RDPEAR Outer Layer', {
  ProtocolMagic: uint32,
  Length: uint32,
  Version: uint32,
  Reserved: uint32,
  TsPkgContext: octets(8),
  payload: rest,
});

/** MS-RDPEAR 2.2. */
export const TSRemoteGuardInnerPacket = sequence('TSRemoteGuardInnerPacket', {
  version: defaulted(0, enumerated('TSRemoteGuardVersion', { 0: 'tsremoteguardv1' }), 0),
  packageName: field(1, octetString),
  buffer: field(2, octetString),
  extension: optional(3, any),
});

/** In front of a call in `buffer`: one, then zeros. */
const BUFFER_HEADER = Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? 1 : 0));

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

function no<T>(reason: string): Read<T> {
  return { ok: false, reason };
}

/**
 * The octets of a message. `Length` counts the payload only, as FreeRDP's client reads and writes it;
 * "the overall length of the message" is what the standard has for it.
 * @param payload as the context has wrapped it
 */
export function outer(payload: Uint8Array): Uint8Array {
  return encode(OUTER_LAYER, {
    ProtocolMagic: PROTOCOL_MAGIC,
    Length: payload.length,
    Version: PROTOCOL_VERSION,
    Reserved: 0,
    TsPkgContext: new Uint8Array(8),
    payload,
  });
}

/** The payload of a message, still wrapped; either way to count its length is taken. */
export function readOuter(message: Uint8Array): Read<Uint8Array> {
  const read = tryDecode(OUTER_LAYER, message);
  if (!read.ok) return no(read.error.message);
  const { ProtocolMagic, Length, Version, payload } = read.value;
  if (ProtocolMagic !== PROTOCOL_MAGIC) {
    return no(`ProtocolMagic is 0x${ProtocolMagic.toString(16)}, expected 0x4eacc3c8`);
  }
  if (Version !== PROTOCOL_VERSION) return no(`Version is ${Version}, expected 0`);
  if (Length !== payload.length && Length !== payload.length + HEADER_LENGTH) {
    return no(`Length is ${Length}, ${payload.length} octets of payload came`);
  }
  return { ok: true, value: payload };
}

function packet<T>(codec: Codec<T>, value: T): Uint8Array {
  return encodeDer(TSRemoteGuardInnerPacket, {
    version: 0,
    packageName: utf16le(KERBEROS),
    buffer: concat(BUFFER_HEADER, encodeNdr(nonNull(codec), value)),
  });
}

function readPacket<T>(codec: Codec<T>, plain: Uint8Array): Read<T> {
  const inner = tryDecodeDer(TSRemoteGuardInnerPacket, plain);
  if (!inner.ok) return no(inner.error.message);
  const { packageName, buffer } = inner.value;
  if (!equal(packageName, utf16le(KERBEROS))) {
    const name = packageName.length % 2 === 0 ? fromUtf16le(packageName) : 'that is no UTF-16';
    return no(`a call of the package ${name}: only ${KERBEROS} is here`);
  }
  const header = buffer.subarray(0, BUFFER_HEADER.length);
  if (!equal(header, BUFFER_HEADER))
    return no('the buffer has no header of 16 octets, 1 and zeros');
  const read = tryDecodeNdr(nonNull(codec), buffer.subarray(BUFFER_HEADER.length));
  return read.ok ? read : no((read.error as NdrError).message);
}

/** A call of the host, before it is wrapped. */
export function inputPacket(input: Input): Uint8Array {
  return packet(KerbCredIsoRemoteInput, input);
}

/** The client's answer, before it is wrapped. */
export function outputPacket(output: Output): Uint8Array {
  return packet(KerbCredIsoRemoteOutput, output);
}

export function readInput(plain: Uint8Array): Read<Input> {
  return readPacket(KerbCredIsoRemoteInput, plain);
}

export function readOutput(plain: Uint8Array): Read<Output> {
  return readPacket(KerbCredIsoRemoteOutput, plain);
}

const CALL_NAMES = new Map<number, string>(Object.entries(CallId).map(([name, id]) => [id, name]));

/** All of them, for traces: calls, and answers to them. */
export const PACKET_NAMES: readonly string[] = [...CALL_NAMES.values()].flatMap((name) => [
  name,
  `${name} reply`,
]);

/** What traces call a call. */
export function inputName({ Call }: Input): string {
  return CALL_NAMES.get(Call.tag) as string;
}

export function outputName({ Call }: Output): string {
  return `${CALL_NAMES.get(Call.tag)} reply`;
}
