/** The messages of NTLM: fixed fields in their order, then what stands in the payload. */
import { fromUtf16le, toHex, view } from '../../src/bytes/bytes.ts';
import { type AvPair, readAvPairs } from '../ntlm/av-pairs.ts';
import { AvId, MessageType, NegotiateFlags } from '../ntlm/constants.ts';
import { type Message, MIC_OFFSET, readMessage } from '../ntlm/messages.ts';
import { readNtlmv2Response } from '../ntlm/response.ts';
import { fileTimeText } from '../pac/file-time.ts';
import { type Contents, type Fields, type PlainRow, plain } from './contents.ts';

const nameOf = (table: Readonly<Record<string, number>>, value: number): string | undefined =>
  Object.entries(table).find(([, known]) => known === value)?.[0];

const flagNames = (flags: number): string[] =>
  Object.entries(NegotiateFlags).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]));

/** `NegotiateFlags` of a message of this type, and its fields into the payload. */
const LAYOUT = {
  NEGOTIATE_MESSAGE: {
    flags: 12,
    fields: [
      [16, 'DomainName'],
      [24, 'Workstation'],
    ],
  },
  CHALLENGE_MESSAGE: {
    flags: 20,
    fields: [
      [12, 'TargetName'],
      [40, 'TargetInfo'],
    ],
  },
  AUTHENTICATE_MESSAGE: {
    flags: 60,
    fields: [
      [12, 'LmChallengeResponse'],
      [20, 'NtChallengeResponse'],
      [28, 'DomainName'],
      [36, 'UserName'],
      [44, 'Workstation'],
      [52, 'EncryptedRandomSessionKey'],
    ],
  },
} as const satisfies Record<
  Message['type'],
  { readonly flags: number; readonly fields: readonly (readonly [number, string])[] }
>;

/** Payload that is no text. */
const OCTETS: ReadonlySet<string> = new Set([
  'TargetInfo',
  'LmChallengeResponse',
  'NtChallengeResponse',
  'EncryptedRandomSessionKey',
]);

function rows(bytes: Uint8Array): readonly PlainRow[] | undefined {
  const read = readMessage(bytes);
  if (!read.ok) return undefined;
  const { message } = read;
  const numbers = view(bytes);
  const { flags: at, fields } = LAYOUT[message.type];
  const flags = numbers.getUint32(at, true);
  const type = MessageType[message.type];
  return [
    ['Signature', 'OCTET[8]', 0, 8, 'NTLMSSP'],
    ['MessageType', 'UINT32', 8, 12, type, message.type],
    ['NegotiateFlags', 'UINT32', at, at + 4, flags, flagNames(flags).join(' ')],
    ...(message.type === 'CHALLENGE_MESSAGE'
      ? ([['ServerChallenge', 'OCTET[8]', 24, 32, toHex(bytes.subarray(24, 32))]] as const)
      : []),
    ...(message.type === 'AUTHENTICATE_MESSAGE' && message.authenticate.mic !== undefined
      ? [micRow(message.authenticate.mic)]
      : []),
    ...fields.flatMap(([field, name]) => payloadRows(bytes, field, name, message)),
  ];
}

function micRow(mic: Uint8Array): PlainRow {
  return ['MIC', 'OCTET[16]', MIC_OFFSET, MIC_OFFSET + 16, toHex(mic)];
}

function payloadRows(
  bytes: Uint8Array,
  at: number,
  name: string,
  { type }: Message,
): readonly PlainRow[] {
  // A NEGOTIATE_MESSAGE may end before its names.
  if (bytes.length < at + 8) return [];
  const numbers = view(bytes);
  const length = numbers.getUint16(at, true);
  const start = numbers.getUint32(at + 4, true);
  const end = start + length;
  if (length === 0 || end > bytes.length) return [];
  const octets = bytes.subarray(start, end);
  if (!OCTETS.has(name)) {
    const isOem = type === 'NEGOTIATE_MESSAGE';
    const text = isOem ? String.fromCharCode(...octets) : fromUtf16le(octets);
    return [[name, isOem ? 'OEM text' : 'UTF-16LE', start, end, text]];
  }
  const row: PlainRow = [name, `OCTET[${length}]`, start, end, toHex(octets)];
  if (name === 'TargetInfo') return [row, ...pairRows(octets, start, name)];
  return name === 'NtChallengeResponse' ? [row, ...responseRows(octets, start, name)] : [row];
}

/** NTLMv2_RESPONSE and NTLMv2_CLIENT_CHALLENGE, 2.2.2.8 and 2.2.2.7. */
function responseRows(octets: Uint8Array, start: number, path: string): readonly PlainRow[] {
  const read = readNtlmv2Response(octets);
  if (read === undefined) return [];
  const at = (from: number, to: number): [number, number] => [start + from, start + to];
  return [
    [`${path}.Response`, 'OCTET[16]', ...at(0, 16), toHex(read.proof)],
    [`${path}.TimeStamp`, 'FILETIME', ...at(24, 32), fileTimeText(read.time)],
    [`${path}.ChallengeFromClient`, 'OCTET[8]', ...at(32, 40), toHex(read.clientChallenge)],
    ...pairRows(octets.subarray(44), start + 44, path),
  ];
}

function pairRows(octets: Uint8Array, start: number, path: string): readonly PlainRow[] {
  const read = readAvPairs(octets);
  if (!read.ok) return [];
  let at = start;
  return read.pairs.map((pair): PlainRow => {
    const from = at;
    at += 4 + pair.value.length;
    const name = nameOf(AvId, pair.id) ?? `AvId ${pair.id}`;
    return [`${path}.${name}`, 'AV_PAIR', from, at, shown(pair)];
  });
}

function shown({ id, value }: AvPair): string | number {
  const numbers = view(value);
  if (id === AvId.MsvAvTimestamp && value.length === 8) {
    return fileTimeText(numbers.getBigUint64(0, true));
  }
  if (id === AvId.MsvAvFlags && value.length === 4) return numbers.getUint32(0, true);
  const isText = id <= AvId.MsvAvDnsTreeName || id === AvId.MsvAvTargetName;
  return isText ? fromUtf16le(value) : toHex(value);
}

/** Members by the names of the rows; what has members of its own has its octets beside them. */
function json(bytes: Uint8Array): unknown {
  const members: Fields = {};
  for (const [name, , , , value, called] of rows(bytes) ?? []) {
    const [outer = '', inner] = name.split('.');
    if (inner === undefined) {
      members[outer] = name === 'NegotiateFlags' ? flagNames(value as number) : (called ?? value);
    } else {
      const before = members[outer];
      const fields = typeof before === 'string' ? { octets: before } : (before as Fields);
      members[outer] = { ...fields, [inner]: value };
    }
  }
  return members;
}

/** Any of the three. */
export const ntlmMessage: Contents = {
  ...plain('NTLM message', rows, json),
  inside(value, keys) {
    keys.heardNtlm(value as Uint8Array);
    return [];
  },
};
