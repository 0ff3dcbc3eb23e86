/** What a message is, from its first octets, for traces: machines do not rely on it. */
import { messageLength } from './framing.ts';
import { OPERATIONS } from './messages.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;

const BY_TAG = new Map<number, string>(
  Object.values(OPERATIONS).map((codec) => [codec.tag, codec.type]),
);

/**
 * `LDAP SearchRequest`; `SASL buffer` for what a security layer protects (RFC 4422 §3.7); undefined
 * when the octets are neither.
 */
export function messageName(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== SEQUENCE)
    return bytes[0] === 0x05 && bytes[1] === 0x04 ? 'SASL buffer' : undefined;
  const inside = contentOf(bytes, 0);
  if (inside === undefined || bytes[inside] !== INTEGER) return undefined;
  const number = contentOf(bytes, inside);
  const length = messageLength(bytes.subarray(inside));
  if (number === undefined || typeof length !== 'number') return undefined;
  const name = BY_TAG.get(bytes[inside + length] ?? 0);
  return name === undefined ? undefined : `LDAP ${name}`;
}

/** Where the content of the element at `at` begins. */
function contentOf(bytes: Uint8Array, at: number): number | undefined {
  const length = bytes[at + 1];
  if (length === undefined) return undefined;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}
