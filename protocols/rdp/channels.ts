/** Static virtual channels: messages in chunks (MS-RDPBCGR 2.2.6, 3.1.5.2). */
import { concat } from '../../src/bytes/bytes.ts';
import { encode, flags, rest, tryDecode, uint32 } from '../../src/layout/codec.ts';
import { struct } from '../../src/layout/structures.ts';
import { CHUNK_SIZE } from './capabilities.ts';
import { ChannelFlags } from './constants.ts';

/** MS-RDPBCGR 2.2.6.1, CHANNEL_PDU_HEADER in front. */
export const VIRTUAL_CHANNEL_PDU = struct('Virtual Channel PDU', {
  /** Of the whole message, in every chunk of it. */
  length: uint32,
  flags: flags(uint32, 'UINT32', ChannelFlags),
  virtualChannelData: rest,
});

/** Longer messages are refused: nothing that this project speaks is that long. */
export const CHANNEL_MESSAGE_MAX = 1 << 20;

/** A message as the PDUs that carry it. */
export function chunks(
  message: Uint8Array,
  { size = CHUNK_SIZE, showProtocol = false } = {},
): readonly Uint8Array[] {
  const { CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST, CHANNEL_FLAG_SHOW_PROTOCOL } = ChannelFlags;
  const pdus: Uint8Array[] = [];
  let at = 0;
  do {
    const end = Math.min(at + size, message.length);
    const first = at === 0 ? CHANNEL_FLAG_FIRST : 0;
    const last = end === message.length ? CHANNEL_FLAG_LAST : 0;
    const own = first | last | (showProtocol ? CHANNEL_FLAG_SHOW_PROTOCOL : 0);
    const virtualChannelData = message.subarray(at, end);
    pdus.push(
      encode(VIRTUAL_CHANNEL_PDU, { length: message.length, flags: own, virtualChannelData }),
    );
    at = end;
  } while (at < message.length);
  return pdus;
}

/** What has come of a message so far. */
export interface Partial {
  readonly length: number;
  readonly parts: readonly Uint8Array[];
}

export type Gathered =
  | { readonly kind: 'partial'; readonly partial: Partial }
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes in a chunk. @param before absent when a message begins */
export function gather(before: Partial | undefined, pdu: Uint8Array): Gathered {
  const read = tryDecode(VIRTUAL_CHANNEL_PDU, pdu);
  if (!read.ok) return { kind: 'refused', reason: read.error.message };
  const { length, flags: own, virtualChannelData } = read.value;
  if ((own & ChannelFlags.CHANNEL_PACKET_COMPRESSED) !== 0) {
    return { kind: 'refused', reason: 'a compressed chunk, which was not agreed on' };
  }
  if (length > CHANNEL_MESSAGE_MAX) {
    return { kind: 'refused', reason: `${length} octets, at most ${CHANNEL_MESSAGE_MAX}` };
  }
  const begins = (own & ChannelFlags.CHANNEL_FLAG_FIRST) !== 0;
  if (!begins && before === undefined) {
    return { kind: 'refused', reason: 'a chunk of a message that never began' };
  }
  const parts = [...(begins ? [] : (before as Partial).parts), virtualChannelData];
  const had = parts.reduce((sum, part) => sum + part.length, 0);
  if (had > length) return { kind: 'refused', reason: `${had} octets of a message of ${length}` };
  if ((own & ChannelFlags.CHANNEL_FLAG_LAST) === 0) {
    return { kind: 'partial', partial: { length, parts } };
  }
  if (had < length) return { kind: 'refused', reason: `${had} octets of a message of ${length}` };
  return { kind: 'message', message: concat(...parts) };
}
