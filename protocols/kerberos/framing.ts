/** Kerberos on a stream: RFC 4120 §7.2.2, four octets of length before each message. */
import { concat, uint32be } from '../../src/bytes/bytes.ts';
import type { Framing } from '../../src/machine/actor.ts';

const LENGTH_SIZE = 4;
/** Octets of a message at most; MIT's KDC has the same limit. */
export const TCP_MESSAGE_LIMIT = 1 << 20;

/**
 * The framing with a limit of one's own. The length's highest bit is reserved and must be 0; other
 * values are refused, as that section asks (the KDC answers KRB_ERR_FIELD_TOOLONG and closes).
 */
export function tcpFraming(limit: number = TCP_MESSAGE_LIMIT): Framing {
  return {
    name: 'kerberos-tcp',
    next(buffer) {
      if (buffer.length < LENGTH_SIZE) return { kind: 'more' };
      const [a, b, c, d] = buffer as unknown as readonly [number, number, number, number];
      const length = a * 0x1000000 + ((b << 16) | (c << 8) | d);
      if (a >= 0x80) {
        return {
          kind: 'refused',
          reason: `the reserved highest bit of the length is set: ${length}`,
        };
      }
      if (length > limit) {
        return {
          kind: 'refused',
          reason: `a message of ${length} octets, at most ${limit} are taken`,
        };
      }
      const consumed = LENGTH_SIZE + length;
      if (buffer.length < consumed) return { kind: 'more' };
      return { kind: 'message', message: buffer.subarray(LENGTH_SIZE, consumed), consumed };
    },
    wrap: (message) => concat(uint32be(message.length), message),
  };
}

export const kerberosTcpFraming: Framing = tcpFraming();
