/** Messages of a dynamic channel in PDUs (MS-RDPEDYC 2.2.3, 3.1.5.1). */
import { concat } from '../../src/bytes/bytes.ts';
import { DATA_MAX, FRAGMENTS_MAX, MESSAGE_MAX } from './constants.ts';
import { type Message, message as named } from './messages.ts';

/** A message as the PDUs that carry it. @param name what traces call the PDU that ends it */
export function fragments(
  channelId: number,
  message: Uint8Array,
  name: string,
): readonly Message[] {
  if (message.length <= DATA_MAX) return [named({ kind: 'data', channelId, data: message }, name)];
  const { length } = message;
  const data = message.subarray(0, DATA_MAX);
  const sent = [named({ kind: 'dataFirst', channelId, length, data })];
  for (let at = DATA_MAX; at < length; at += DATA_MAX) {
    const piece = { kind: 'data', channelId, data: message.subarray(at, at + DATA_MAX) } as const;
    sent.push(at + DATA_MAX < length ? named(piece) : named(piece, name));
  }
  return sent;
}

/** What has come of a message so far; no parts: the next one begins a message. */
export interface Gathered {
  readonly length: number;
  readonly had: number;
  readonly parts: readonly Uint8Array[];
}

export const NOTHING: Gathered = { length: 0, had: 0, parts: [] };

export type Gathering =
  | { readonly kind: 'partial'; readonly gathered: Gathered }
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string };

function refused(reason: string): Gathering {
  return { kind: 'refused', reason };
}

/** A data first PDU came. */
export function begins(before: Gathered, length: number, data: Uint8Array): Gathering {
  if (before.parts.length > 0) {
    return refused(`a message begins after ${before.had} octets of one of ${before.length}`);
  }
  if (length > MESSAGE_MAX) return refused(`a message of ${length} octets, at most ${MESSAGE_MAX}`);
  if (data.length > length) return refused(`${data.length} octets of a message of ${length}`);
  if (data.length === length) return { kind: 'message', message: data };
  return { kind: 'partial', gathered: { length, had: data.length, parts: [data] } };
}

/** A data PDU came: all of a message, or more of one. */
export function continues(before: Gathered, data: Uint8Array): Gathering {
  if (before.parts.length === 0) return { kind: 'message', message: data };
  const had = before.had + data.length;
  if (had > before.length) return refused(`${had} octets of a message of ${before.length}`);
  const parts = [...before.parts, data];
  if (had === before.length) return { kind: 'message', message: concat(...parts) };
  if (parts.length >= FRAGMENTS_MAX)
    return refused(`a message in more than ${FRAGMENTS_MAX} pieces`);
  return { kind: 'partial', gathered: { length: before.length, had, parts } };
}
