/**
 * The line between vsmartcard's virtual reader (vpcd) and a card: two octets of length, most significant
 * first, and then an APDU or, where it is one octet, what the reader does with the card.
 */
import { concat, view } from '../../src/bytes/bytes.ts';
import type { Framing } from '../../src/machine/actor.ts';

export const VPCD_CONTROL = { powerOff: 0, powerOn: 1, reset: 2, getAtr: 4 } as const;

const LENGTH = 2;

export const vpcdFraming: Framing = {
  name: 'vpcd',
  next(buffer) {
    if (buffer.length < LENGTH) return { kind: 'more' };
    const length = view(buffer).getUint16(0);
    if (length === 0) return { kind: 'refused', reason: 'a message of no octets' };
    const consumed = LENGTH + length;
    if (buffer.length < consumed) return { kind: 'more' };
    return { kind: 'message', message: buffer.subarray(LENGTH, consumed), consumed };
  },
  wrap(message) {
    const header = new Uint8Array(LENGTH);
    view(header).setUint16(0, message.length);
    return concat(header, message);
  },
};
