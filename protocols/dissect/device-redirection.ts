/** Packets of the channel `rdpdr` (MS-RDPEFS), with the calls of the smart card service in them. */
import { view } from '../../src/bytes/bytes.ts';
import { type Codec, readMember, rest } from '../../src/layout/codec.ts';
import type { Reader } from '../../src/layout/reader.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import * as m from '../rdpefs/messages.ts';
import { packetName, readPacket } from '../rdpefs/packets.ts';
import { callName } from '../rdpesc/calls.ts';
import type { Contents, Inner } from './contents.ts';
import type { KeyStore } from './keyring.ts';
import { innerAt, instead, laidOut, type Rows, rowAt } from './laid-out.ts';
import { callByCode, callContents, callReturning, returnContents } from './smart-card-calls.ts';

const { PacketId } = m;

const BODIES: ReadonlyMap<number, Codec<unknown>> = new Map<number, Codec<never>>([
  [PacketId.PAKID_CORE_SERVER_ANNOUNCE, m.ANNOUNCE],
  [PacketId.PAKID_CORE_CLIENTID_CONFIRM, m.ANNOUNCE],
  [PacketId.PAKID_CORE_CLIENT_NAME, m.CLIENT_NAME],
  [PacketId.PAKID_CORE_SERVER_CAPABILITY, m.CAPABILITIES],
  [PacketId.PAKID_CORE_CLIENT_CAPABILITY, m.CAPABILITIES],
  [PacketId.PAKID_CORE_DEVICELIST_ANNOUNCE, m.DEVICE_LIST],
  [PacketId.PAKID_CORE_DEVICELIST_REMOVE, m.DEVICE_LIST_REMOVE],
  [PacketId.PAKID_CORE_DEVICE_REPLY, m.DEVICE_REPLY],
  [PacketId.PAKID_CORE_DEVICE_IOCOMPLETION, m.CONTROL_RESPONSE],
] as unknown as readonly [number, Codec<never>][]);

/** Where MajorFunction stands in a request. */
const MAJOR_FUNCTION = m.HEADER_LENGTH + 12;

function bodyOf(packetId: number, bytes: Uint8Array): Codec<unknown> {
  if (packetId !== PacketId.PAKID_CORE_DEVICE_IOREQUEST) return BODIES.get(packetId) ?? rest;
  const isControl =
    bytes.length >= MAJOR_FUNCTION + 4 &&
    view(bytes).getUint32(MAJOR_FUNCTION, true) === m.IRP_MJ_DEVICE_CONTROL;
  return (isControl ? m.CONTROL_REQUEST : m.DEVICE_IO_REQUEST) as Codec<unknown>;
}

function read(reader: Reader): void {
  const { Component, PacketId: id } = readMember(reader, 'Header', m.RDPDR_HEADER);
  const own = Component === m.RDPDR_CTYP_CORE ? bodyOf(id, reader.bytes) : rest;
  if (own === rest) readMember(reader, 'Body', rest);
  else own.read(reader);
}

/** What the structures of redirection do not know: codes of calls are the smart card service's. */
function called(row: DissectedField): DissectedField {
  if (typeof row.value !== 'number') return row;
  if (row.path.endsWith('.IoControlCode')) {
    const call = callByCode(row.value);
    return call === undefined ? row : { ...row, name: `SCARD_IOCTL_${call.toUpperCase()}` };
  }
  return row.path.endsWith('.IoStatus') ? { ...row, name: statusName(row.value) } : row;
}

/** Whether octets of a channel are such a packet. */
export function isDevicePacket(bytes: Uint8Array): boolean {
  return bytes.length >= m.HEADER_LENGTH && view(bytes).getUint16(0, true) === m.RDPDR_CTYP_CORE;
}

/** What traces call it: by the call where that shows. */
export function devicePacketName(bytes: Uint8Array, from: 'client' | 'server'): string | undefined {
  const packet = readPacket(bytes);
  if (!packet.ok) return undefined;
  const { value } = packet;
  if (value.kind === 'controlRequest') {
    const call = callByCode(value.IoControlCode);
    if (call !== undefined) return callName(call);
  }
  return packetName(value.kind, from);
}

/** @param message what the trace calls it: a completion does not say which call it answers */
export function devicePacket(message: string | undefined): Contents {
  const named = message === undefined ? undefined : callReturning(message);
  const inside = (rows: Rows, keys: KeyStore): readonly Inner[] => [
    ...request(rows, keys),
    ...response(rows, keys, named),
  ];
  return laidOut('rdpdr', read, inside, called);
}

const numberAt = (rows: Rows, path: string): number | undefined => {
  const value = rowAt(rows, path)?.value;
  return typeof value === 'number' ? value : undefined;
};

function request(rows: Rows, keys: KeyStore): readonly Inner[] {
  const code = numberAt(rows, 'IoControlCode');
  const completionId = numberAt(rows, 'CompletionId');
  const call = code === undefined ? undefined : callByCode(code);
  if (call === undefined || completionId === undefined) return [];
  keys.channels.asked(completionId, call);
  return innerAt(rows, 'InputBuffer', callContents(call), instead('InputBuffer'));
}

function response(rows: Rows, keys: KeyStore, named: string | undefined): readonly Inner[] {
  const completionId = numberAt(rows, 'CompletionId');
  if (completionId === undefined || rowAt(rows, 'OutputBuffer') === undefined) return [];
  const call = named ?? keys.channels.answered(completionId, rows.bytes);
  if (call === undefined) return [];
  return innerAt(rows, 'OutputBuffer', returnContents(call), instead('OutputBuffer'));
}
