/**
 * HTTP/1.1 on a stream: whole messages, requests and responses alike, are cut out by Content-Length or
 * by their chunks (RFC 9112 §6). A message keeps its head and its chunks as they came.
 */
import type { Framing } from '../../src/machine/actor.ts';
import { CONTENT_LIMIT } from './content.ts';
import { cutMessage } from './messages.ts';

/** @param limit octets of content at most */
export function httpFramingWith(limit: number): Framing {
  return {
    name: 'http',
    next(buffer) {
      const cut = cutMessage(buffer, limit);
      switch (cut.kind) {
        case 'more':
          return cut;
        case 'refused':
          return { kind: 'refused', reason: `${cut.reason} (${cut.status})` };
        case 'message':
          return { kind: 'message', message: buffer.subarray(0, cut.end), consumed: cut.end };
      }
    },
    wrap: (message) => message,
  };
}

export const httpFraming: Framing = httpFramingWith(CONTENT_LIMIT);

/** The status that a server answers a refusal of {@link httpFraming} with. */
export function statusOfRefusal(reason: string): number {
  const digits = /\((\d{3})\)$/.exec(reason)?.[1];
  return digits === undefined ? 400 : Number(digits);
}
