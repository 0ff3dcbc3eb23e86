/** Octets of a stream inside a stream: what SASL buffers carry, to be cut into LDAP messages. */
import { concat } from '../../src/bytes/bytes.ts';
import { ldapFraming, messageLength } from './framing.ts';

const SEQUENCE = 0x30;

/**
 * Chunks in order. Neighbours are joined as their sizes grow alike, so however small the buffers
 * are, each octet is copied a few times only.
 */
export interface Pieces {
  readonly chunks: readonly Uint8Array[];
  readonly size: number;
  /** Octets without which the next message is not whole. */
  readonly wanted: number;
}

export const NO_PIECES: Pieces = { chunks: [], size: 0, wanted: 1 };

export type Cut =
  | { readonly ok: true; readonly messages: readonly Uint8Array[]; readonly pieces: Pieces }
  | { readonly ok: false; readonly reason: string };

/** Adds a chunk and takes out the messages that are whole by now. */
export function cut(pieces: Pieces, chunk: Uint8Array): Cut {
  const chunks = [...pieces.chunks];
  let last = chunk;
  for (let before = chunks.at(-1); before !== undefined; before = chunks.at(-1)) {
    if (before.length > last.length) break;
    last = concat(before, last);
    chunks.pop();
  }
  chunks.push(last);
  const size = pieces.size + chunk.length;
  if (size < pieces.wanted) {
    return { ok: true, messages: [], pieces: { chunks, size, wanted: pieces.wanted } };
  }
  return messagesIn(concat(...chunks));
}

function messagesIn(octets: Uint8Array): Cut {
  const messages: Uint8Array[] = [];
  let rest = octets;
  while (rest.length > 0) {
    if (rest[0] !== SEQUENCE) return { ok: false, reason: 'no LDAPMessage in the SASL buffers' };
    const next = ldapFraming.next(rest);
    if (next.kind === 'refused') return { ok: false, reason: next.reason };
    if (next.kind === 'more') {
      const wanted = messageLength(rest);
      const size = rest.length;
      return {
        ok: true,
        messages,
        pieces: { chunks: [rest], size, wanted: typeof wanted === 'number' ? wanted : size + 1 },
      };
    }
    messages.push(next.message);
    rest = rest.subarray(next.consumed);
  }
  return { ok: true, messages, pieces: NO_PIECES };
}
