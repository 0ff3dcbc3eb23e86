/**
 * What of a channel's message stands in messages before it: the call that a completion answers, and the chunks
 * that went before the last one. Kept by what was seen in the order of the trace; bounded.
 */
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { CHANNEL_MESSAGE_MAX, gather, type Partial } from '../rdp/channels.ts';

const REMEMBERED_MAX = 4096;
/** Messages that are under way at once: each may have a mebibyte. */
const GATHERED_MAX = 32;
/** Octets of whole messages that are kept. */
const WHOLE_MAX = 1 << 26;

const nameOf = (octets: Uint8Array): string => toHex(digest('sha256', octets));

function remember<T>(map: Map<string, T>, key: string, value: T, most = REMEMBERED_MAX): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

/** Identity is the point: what was seen stays in it. */
export class ChannelMemory {
  /** Calls by their CompletionId, the latest of each. */
  readonly #asked = new Map<string, string>();
  /** Calls by the completions that were seen after them: later calls may have the same number. */
  readonly #answered = new Map<string, string>();
  readonly #partial = new Map<string, Partial>();
  readonly #dynamic = new Map<string, Partial>();
  /** Whole messages by their last chunk. */
  readonly #whole = new Map<string, Uint8Array>();
  #held = 0;
  /** Names of channels by their numbers. */
  readonly #channels = new Map<string, string>();
  #offered: readonly string[] = [];

  asked(completionId: number, call: string): void {
    remember(this.#asked, String(completionId), call);
  }

  /** The call that a completion answers. */
  answered(completionId: number, completion: Uint8Array): string | undefined {
    const name = nameOf(completion);
    const call = this.#answered.get(name) ?? this.#asked.get(String(completionId));
    if (call !== undefined) remember(this.#answered, name, call);
    return call;
  }

  #keep(name: string, message: Uint8Array): void {
    this.#whole.set(name, message);
    this.#held += message.length;
    for (const [oldest, { length }] of this.#whole) {
      if (this.#held <= WHOLE_MAX) return;
      this.#whole.delete(oldest);
      this.#held -= length;
    }
  }

  /** The message that a chunk ends; undefined: it ends none, or its beginning is not there. */
  ended(place: string, chunk: Uint8Array): Uint8Array | undefined {
    const name = `${place} ${nameOf(chunk)}`;
    const known = this.#whole.get(name);
    if (known !== undefined) return known;
    const gathered = gather(this.#partial.get(place), chunk);
    this.#partial.delete(place);
    if (gathered.kind === 'partial') remember(this.#partial, place, gathered.partial, GATHERED_MAX);
    if (gathered.kind !== 'message') return undefined;
    this.#keep(name, gathered.message);
    return gathered.message;
  }

  /**
   * The message that a PDU of a dynamic channel is or ends (MS-RDPEDYC 3.1.5.1.4).
   * @param length of the whole message, in the first PDU of several
   */
  gathered(
    place: string,
    pdu: Uint8Array,
    data: Uint8Array,
    length: number | undefined,
  ): Uint8Array | undefined {
    const name = `dynamic ${place} ${nameOf(pdu)}`;
    const known = this.#whole.get(name);
    if (known !== undefined) return known;
    const before = this.#dynamic.get(place);
    if (length === undefined && before === undefined) return data;
    const parts = length === undefined ? [...(before?.parts ?? []), data] : [data];
    const wanted = Math.min(length ?? before?.length ?? 0, CHANNEL_MESSAGE_MAX);
    const had = parts.reduce((sum, part) => sum + part.length, 0);
    this.#dynamic.delete(place);
    if (had < wanted) remember(this.#dynamic, place, { length: wanted, parts }, GATHERED_MAX);
    if (had !== wanted) return undefined;
    const whole = concat(...parts);
    this.#keep(name, whole);
    return whole;
  }

  /** Channels that a client asks for, in the order in which its server will number them. */
  offered(names: readonly string[]): void {
    this.#offered = names;
  }

  numbered(channelIds: readonly number[]): void {
    for (const [index, id] of channelIds.entries()) {
      const name = this.#offered[index];
      if (name !== undefined) remember(this.#channels, String(id), name);
    }
  }

  channel(channelId: number): string | undefined {
    return this.#channels.get(String(channelId));
  }
}
