/** RPC on a stream: PDUs say their length in themselves (C706 12.6.3). */
import { view } from '../../src/bytes/bytes.ts';
import type { Framing } from '../../src/machine/actor.ts';
import { FRAG_LENGTH_OFFSET } from './messages.ts';

/** Where a domain controller listens: Windows has the endpoint mapper give out such a port. */
export const NETLOGON_PORT = 49_670;

const HEADER_LENGTH = 16;

export const netlogonFraming: Framing = {
  name: 'netlogon',
  next(buffer) {
    if (buffer.length >= 1 && buffer[0] !== 5) {
      return { kind: 'refused', reason: `version ${buffer[0]} of RPC, not 5` };
    }
    if (buffer.length < FRAG_LENGTH_OFFSET + 2) return { kind: 'more' };
    const consumed = view(buffer).getUint16(FRAG_LENGTH_OFFSET, true);
    if (consumed < HEADER_LENGTH) {
      return { kind: 'refused', reason: `a PDU of ${consumed} octets` };
    }
    if (buffer.length < consumed) return { kind: 'more' };
    return { kind: 'message', message: buffer.subarray(0, consumed), consumed };
  },
  wrap: (message) => message,
};
