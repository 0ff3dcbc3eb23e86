/**
 * How a stream is cut for LDAP: messages by the length in their BER (RFC 4511 §5.1), and once SASL
 * has negotiated a security layer, buffers behind four octets of length (RFC 4422 §3.7).
 *
 * A stream's framing is chosen when it begins, and the change to SASL comes in its midst. Both forms
 * tell themselves apart by their first octet, so one framing reads both: a message is a SEQUENCE (30),
 * and the length of a buffer within the limit begins with 00. What is cut out has no length any more:
 * a message begins with 30, and a GSS-API token never does (05 04 of RFC 4121, 60 of RFC 2743).
 */
import { concat, uint32be } from '../../src/bytes/bytes.ts';
import type { Framing } from '../../src/machine/actor.ts';
import { MESSAGE_LIMIT } from './messages.ts';

const SEQUENCE = 0x30;
const TLS_HANDSHAKE = 0x16;
const LENGTH_SIZE = 4;

type Cut = ReturnType<Framing['next']>;
const MORE: Cut = { kind: 'more' };

/** @param limit octets of a message or a SASL buffer at most, below 2^24 */
export function ldapFramingWith(limit: number): Framing {
  const tooLong = (length: number): Cut => ({
    kind: 'refused',
    reason: `a message of ${length} octets, at most ${limit} are taken`,
  });
  return {
    name: 'ldap',
    next(buffer) {
      switch (buffer[0]) {
        case undefined:
          return MORE;
        case SEQUENCE:
          return nextMessage(buffer, limit, tooLong);
        case 0x00:
          return nextBuffer(buffer, limit, tooLong);
        case TLS_HANDSHAKE:
          return { kind: 'refused', reason: 'a TLS record: LDAP over TLS is not spoken here' };
        default:
          return {
            kind: 'refused',
            reason: `neither an LDAPMessage (30) nor a SASL buffer (00): ${(buffer[0] as number).toString(16).padStart(2, '0')}`,
          };
      }
    },
    wrap: (message) =>
      message[0] === SEQUENCE ? message : concat(uint32be(message.length), message),
  };
}

function nextMessage(buffer: Uint8Array, limit: number, tooLong: (length: number) => Cut): Cut {
  const consumed = messageLength(buffer);
  if (consumed === undefined) return MORE;
  if (typeof consumed === 'string') return { kind: 'refused', reason: consumed };
  if (consumed > limit) return tooLong(consumed);
  if (buffer.length < consumed) return MORE;
  return { kind: 'message', message: buffer.subarray(0, consumed), consumed };
}

/**
 * Octets of the element that begins here, its tag and length included; undefined while the length is
 * not all there, a text when it is none that is taken.
 */
export function messageLength(buffer: Uint8Array): number | string | undefined {
  const first = buffer[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  if (size === 0) return 'the length is indefinite';
  if (size > LENGTH_SIZE) return `a length of ${size} octets, at most ${LENGTH_SIZE} are taken`;
  if (buffer.length < 2 + size) return undefined;
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + (buffer[2 + i] as number);
  return 2 + size + length;
}

function nextBuffer(buffer: Uint8Array, limit: number, tooLong: (length: number) => Cut): Cut {
  if (buffer.length < LENGTH_SIZE) return MORE;
  const [, b, c, d] = buffer as unknown as readonly [number, number, number, number];
  const length = (b << 16) | (c << 8) | d;
  if (length > limit) return tooLong(length);
  if (length === 0) return { kind: 'refused', reason: 'an empty SASL buffer' };
  if (buffer[LENGTH_SIZE] === SEQUENCE) {
    return { kind: 'refused', reason: 'a SASL buffer with an LDAPMessage in place of a token' };
  }
  const consumed = LENGTH_SIZE + length;
  if (buffer.length < consumed) return MORE;
  return { kind: 'message', message: buffer.subarray(LENGTH_SIZE, consumed), consumed };
}

export const ldapFraming: Framing = ldapFramingWith(MESSAGE_LIMIT);
