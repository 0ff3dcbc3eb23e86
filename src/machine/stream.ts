/**
 * The receiving end of a stream: octets go in as they arrive, whole messages come out. The world and
 * the drivers share it, so a message that was cut on its way is put together by the same code in both.
 */
import type { Framing } from './actor.ts';

export type Cut = ReturnType<Framing['next']>;

export interface MessageStream {
  /** Takes octets; `chunk` must not be written to afterwards, because messages are views of it. */
  push(chunk: Uint8Array): void;
  /** The next whole message; to be asked until it says `more` or `refused`. */
  next(): Cut;
  /** Octets that wait for the rest of their message. */
  readonly waiting: number;
}

const EMPTY = new Uint8Array(0);
const MORE: Cut = { kind: 'more' };

/** An empty stream. Without a framing each chunk is a message of its own. */
export function messageStream(framing?: Framing): MessageStream {
  let buffer: Uint8Array = EMPTY;
  let start = 0;
  let end = 0;

  function push(chunk: Uint8Array): void {
    if (start === end) {
      buffer = chunk;
      start = 0;
      end = chunk.length;
      return;
    }
    const length = end - start;
    // What lies before `end` may be part of a message already given away: only append, never shift.
    if (buffer.length - end < chunk.length) {
      const grown = new Uint8Array(Math.max(2 * (length + chunk.length), 512));
      grown.set(buffer.subarray(start, end));
      buffer = grown;
      start = 0;
      end = length;
    }
    buffer.set(chunk, end);
    end += chunk.length;
  }

  function next(): Cut {
    if (start === end) return MORE;
    const rest = buffer.subarray(start, end);
    if (framing === undefined) {
      start = end;
      return { kind: 'message', message: rest, consumed: rest.length };
    }
    const cut = framing.next(rest);
    if (cut.kind === 'message') start += cut.consumed;
    if (start === end) {
      buffer = EMPTY;
      start = end = 0;
    }
    return cut;
  }

  return {
    push,
    next,
    get waiting() {
      return end - start;
    },
  };
}
