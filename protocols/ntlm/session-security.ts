/**
 * Session security with extended session security: MS-NLMP 3.4. Pure: what is left of the key streams
 * and the numbers comes back with every message.
 */
import { concat, equalSecret, uint32le, utf8, view } from '../../src/bytes/bytes.ts';
import { digest, hmac } from '../../src/crypto/digest.ts';
import { type Rc4State, rc4Begun, rc4Stream } from '../../src/crypto/rc4.ts';
import { NegotiateFlags } from './constants.ts';

export type Side = 'client' | 'server';

/** What goes one way. */
interface Direction {
  readonly signingKey: Uint8Array;
  readonly sealingKey: Uint8Array;
  readonly handle: Rc4State;
  readonly sequence: number;
}

/** One side of an established context. Plain data; a new one is returned with every token. */
export interface SecurityLayer {
  /** NTLMSSP_NEGOTIATE_KEY_EXCH: checksums are encrypted too. */
  readonly keyExchange: boolean;
  readonly own: Direction;
  readonly peer: Direction;
  /** Which ways nothing has gone since mechListMICs were exchanged: see {@link rewound}. */
  readonly rewound: { readonly own: boolean; readonly peer: boolean };
}

const WORDS: Readonly<Record<Side, string>> = {
  client: 'client-to-server',
  server: 'server-to-client',
};

/** SIGNKEY (3.4.5.2) and SEALKEY (3.4.5.3). */
export function directionKeys(
  exportedSessionKey: Uint8Array,
  flags: number,
  from: Side,
): { readonly signingKey: Uint8Array; readonly sealingKey: Uint8Array } {
  const magic = (what: string): Uint8Array =>
    utf8(`session key to ${WORDS[from]} ${what} key magic constant\0`);
  const strong = (flags & NegotiateFlags.NTLMSSP_NEGOTIATE_128) !== 0;
  const medium = (flags & NegotiateFlags.NTLMSSP_NEGOTIATE_56) !== 0;
  const sealed = exportedSessionKey.subarray(0, strong ? 16 : medium ? 7 : 5);
  return {
    signingKey: digest('md5', concat(exportedSessionKey, magic('signing'))),
    sealingKey: digest('md5', concat(sealed, magic('sealing'))),
  };
}

/** A context that has just come to stand. @param flags as agreed on */
export function securityLayer(
  exportedSessionKey: Uint8Array,
  flags: number,
  side: Side,
): SecurityLayer {
  const way = (from: Side): Direction => {
    const keys = directionKeys(exportedSessionKey, flags, from);
    return { ...keys, handle: rc4Begun(keys.sealingKey), sequence: 0 };
  };
  return {
    keyExchange: (flags & NegotiateFlags.NTLMSSP_NEGOTIATE_KEY_EXCH) !== 0,
    own: way(side),
    peer: way(side === 'client' ? 'server' : 'client'),
    rewound: { own: false, peer: false },
  };
}

export interface Made {
  readonly layer: SecurityLayer;
  readonly token: Uint8Array;
}

/** Octets of an NTLMSSP_MESSAGE_SIGNATURE. */
export const SIGNATURE_LENGTH = 16;

const VERSION = 1;

/** MAC (3.4.4.2): Version, Checksum, SeqNum; the key stream goes on behind what it has encrypted. */
function signature(
  direction: Direction,
  keyExchange: boolean,
  message: Uint8Array,
): { readonly direction: Direction; readonly octets: Uint8Array } {
  const sequence = uint32le(direction.sequence);
  const sum = hmac('md5', direction.signingKey, concat(sequence, message)).subarray(0, 8);
  const drawn = keyExchange
    ? rc4Stream(direction.handle, sum)
    : { state: direction.handle, data: sum };
  return {
    direction: {
      ...direction,
      handle: drawn.state,
      sequence: (direction.sequence + 1) >>> 0,
    },
    octets: concat(uint32le(VERSION), drawn.data, sequence),
  };
}

/** SIGN (3.4.2): the signature alone. */
export function mic(layer: SecurityLayer, message: Uint8Array): Made {
  const { direction, octets } = signature(layer.own, layer.keyExchange, message);
  return { layer: sent(layer, direction), token: octets };
}

/** SEAL (3.4.3): signature and sealed message, as GSS_WrapEx of a single buffer puts them. */
export function wrap(layer: SecurityLayer, message: Uint8Array): Made {
  const sealed = rc4Stream(layer.own.handle, message);
  const own = { ...layer.own, handle: sealed.state };
  const { direction, octets } = signature(own, layer.keyExchange, message);
  return { layer: sent(layer, direction), token: concat(octets, sealed.data) };
}

function sent(layer: SecurityLayer, own: Direction): SecurityLayer {
  return { ...layer, own, rewound: { ...layer.rewound, own: false } };
}

export type Opened =
  | { readonly ok: true; readonly layer: SecurityLayer; readonly message: Uint8Array }
  | { readonly ok: false; readonly reason: string };

export type Checked =
  | { readonly ok: true; readonly layer: SecurityLayer }
  | { readonly ok: false; readonly reason: string };

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** The layer that takes a signature with this number, or why none does. */
function numbered(layer: SecurityLayer, given: Uint8Array): SecurityLayer | string {
  if (given.length !== SIGNATURE_LENGTH) {
    return `a signature of ${given.length} octets, ${SIGNATURE_LENGTH} expected`;
  }
  const numbers = view(given);
  const version = numbers.getUint32(0, true);
  if (version !== VERSION) return `the version of the signature is ${version}, not ${VERSION}`;
  const sequence = numbers.getUint32(12, true);
  const { peer, own } = layer;
  const rewound = { ...layer.rewound, peer: false };
  if (sequence === peer.sequence) return { ...layer, rewound };
  if (layer.rewound.peer && sequence === 0) {
    // Answered in kind by whoever has sent nothing yet.
    const answering = layer.rewound.own ? { own: { ...own, sequence: 0 } } : {};
    return { ...layer, ...answering, rewound, peer: { ...peer, sequence: 0 } };
  }
  return `the signature has the number ${sequence}, ${peer.sequence} expected`;
}

export function verifyMic(layer: SecurityLayer, message: Uint8Array, given: Uint8Array): Checked {
  const ready = numbered(layer, given);
  if (typeof ready === 'string') return refused(ready);
  const { direction, octets } = signature(ready.peer, ready.keyExchange, message);
  if (!equalSecret(octets, given)) return refused('the signature is wrong');
  return { ok: true, layer: { ...ready, peer: direction } };
}

export function unwrap(layer: SecurityLayer, token: Uint8Array): Opened {
  if (token.length < SIGNATURE_LENGTH) {
    return refused(`a token of ${token.length} octets, at least ${SIGNATURE_LENGTH} expected`);
  }
  const given = token.subarray(0, SIGNATURE_LENGTH);
  const ready = numbered(layer, given);
  if (typeof ready === 'string') return refused(ready);
  const opened = rc4Stream(ready.peer.handle, token.subarray(SIGNATURE_LENGTH));
  const peer = { ...ready.peer, handle: opened.state };
  const { direction, octets } = signature(peer, ready.keyExchange, opened.data);
  if (!equalSecret(octets, given)) return refused('the signature is wrong');
  return { ok: true, layer: { ...ready, peer: direction }, message: opened.data };
}

/**
 * After mechListMICs the key streams begin anew (MS-SPNG 3.2.5.1 and 3.3.5.1), so that the first
 * message is sealed with the octets that the MIC was encrypted with. What becomes of the numbers it
 * does not say, and implementations differ: FreeRDP's begin at 0 again, others count on. `sequence`
 * says what ours do, and the first message that comes may do either.
 */
export function rewound(layer: SecurityLayer, sequence: 'anew' | 'on'): SecurityLayer {
  const { own, peer } = layer;
  const begun = ({ sealingKey }: Direction): Rc4State => rc4Begun(sealingKey);
  return {
    ...layer,
    own: { ...own, handle: begun(own), sequence: sequence === 'anew' ? 0 : own.sequence },
    peer: { ...peer, handle: begun(peer) },
    rewound: { own: true, peer: true },
  };
}
