/** How SMB cuts a stream on port 445: MS-SMB2 2.1, "Direct TCP": a zero octet and three of length. */
import { concat, view } from '../../src/bytes/bytes.ts';
import type { Framing } from '../../src/machine/actor.ts';

export const SMB_PORT = 445;

const HEADER_LENGTH = 4;
/** Tokens of an AP exchange are a few kilobytes; 65535 is what Windows takes (MaxTokenSize). */
const MESSAGE_MAX = 65_535;

export const directTcpFraming: Framing = {
  name: 'direct-tcp',
  next(buffer) {
    if (buffer.length < HEADER_LENGTH) return { kind: 'more' };
    if (buffer[0] !== 0) {
      return { kind: 'refused', reason: `expected a zero octet in front, got ${buffer[0]}` };
    }
    const length = view(buffer).getUint32(0);
    if (length > MESSAGE_MAX) {
      return { kind: 'refused', reason: `${length} octets announced, ${MESSAGE_MAX} allowed` };
    }
    const consumed = HEADER_LENGTH + length;
    if (buffer.length < consumed) return { kind: 'more' };
    return { kind: 'message', message: buffer.subarray(HEADER_LENGTH, consumed), consumed };
  },
  wrap(message) {
    const header = new Uint8Array(HEADER_LENGTH);
    view(header).setUint32(0, message.length);
    return concat(header, message);
  },
};
