/**
 * How the stream of a remote desktop is cut: TPKT packets, fast-path PDUs, TSRequests while CredSSP has
 * the stream, and the four octets of the early user authorization result. The first octet tells them
 * apart (FreeRDP does the same): 03, 30, anything with its lowest two bits clear.
 */
import type { Framing } from '../../src/machine/actor.ts';

type Cut = ReturnType<Framing['next']>;
const MORE: Cut = { kind: 'more' };

const TPKT = 0x03;
const SEQUENCE = 0x30;
const LONG_FORM = 0x80;
/** A TSRequest with two Kerberos tickets and a certificate is far below that. */
const TSREQUEST_MAX = 1 << 17;
const RESULT_LENGTH = 4;

/** Whose messages are cut: a result comes from a server only, and looks like a fast-path PDU. */
function framing(name: 'rdp' | 'rdp-server', isResult: (buffer: Uint8Array) => boolean): Framing {
  return {
    name,
    next(buffer) {
      const [first] = buffer;
      if (first === undefined) return MORE;
      if (first === TPKT) return nextTpkt(buffer);
      if (first === SEQUENCE) return nextTsRequest(buffer);
      if (isResult(buffer)) return whole(buffer, RESULT_LENGTH);
      if ((first & 3) === 0) return nextFastPath(buffer);
      const octet = first.toString(16).padStart(2, '0');
      return { kind: 'refused', reason: `neither TPKT (03) nor TSRequest (30): ${octet}` };
    },
    wrap: (message) => message,
  };
}

function whole(buffer: Uint8Array, length: number): Cut {
  if (buffer.length < length) return MORE;
  return { kind: 'message', message: buffer.subarray(0, length), consumed: length };
}

function nextTpkt(buffer: Uint8Array): Cut {
  if (buffer.length < 4) return MORE;
  const length = ((buffer[2] as number) << 8) | (buffer[3] as number);
  // MS-RDPBCGR 3.3.5.3.1: nothing shorter than a data TPDU is taken.
  if (length < 7) return { kind: 'refused', reason: `a TPKT of ${length} octets` };
  return whole(buffer, length);
}

function nextTsRequest(buffer: Uint8Array): Cut {
  const second = buffer[1];
  if (second === undefined) return MORE;
  if (second < LONG_FORM) return whole(buffer, 2 + second);
  const size = second & 0x7f;
  if (size === 0 || size > 3) {
    return { kind: 'refused', reason: `the length of a TSRequest in ${size} octets` };
  }
  if (buffer.length < 2 + size) return MORE;
  let length = 2 + size;
  let content = 0;
  for (let i = 0; i < size; i++) content = content * 256 + (buffer[2 + i] as number);
  length += content;
  if (length > TSREQUEST_MAX) {
    return { kind: 'refused', reason: `a TSRequest of ${length} octets, at most ${TSREQUEST_MAX}` };
  }
  return whole(buffer, length);
}

/** MS-RDPBCGR 2.2.8.1.2, 2.2.9.1.2: the length includes itself and the octet before it. */
function nextFastPath(buffer: Uint8Array): Cut {
  const [, first, second] = buffer;
  if (first === undefined) return MORE;
  if (first < LONG_FORM) return fastPath(buffer, first, 2);
  if (second === undefined) return MORE;
  return fastPath(buffer, ((first & 0x7f) << 8) | second, 3);
}

function fastPath(buffer: Uint8Array, length: number, header: number): Cut {
  if (length < header) return { kind: 'refused', reason: `a fast-path PDU of ${length} octets` };
  return whole(buffer, length);
}

/** What a server reads. */
export const rdpFraming: Framing = framing('rdp', () => false);

/**
 * What a client reads. An early user authorization result is 00 00 00 00 or 05 00 00 00: as a fast-path
 * PDU both would be too short to be any.
 */
export const rdpServerFraming: Framing = framing('rdp-server', (buffer) => {
  const [first, second] = buffer;
  return (first === 0 || first === 5) && (second === undefined || second === 0);
});
