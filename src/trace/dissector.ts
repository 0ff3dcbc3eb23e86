/**
 * What the trace server, the matcher of `with:` and the exports ask about a message's octets, and what
 * they get. `src` knows no protocol: the composition root hands in a {@link Dissector} as a value.
 */
import type { KeyRecord, Transport } from '../machine/actor.ts';

/** What is known about octets besides themselves. Each helps; none is needed. */
export interface Hints {
  /** The standard's name, as `Wire.message` has it: `AS-REQ`. */
  readonly message?: string;
  /** The listener's port: 88, 445. */
  readonly port?: number;
  readonly transport?: Transport;
}

/**
 * One field of a message, in the order of the octets, parents before their children.
 * `start` and `end` count octets from the beginning of the message, or of the plaintext for the
 * fields inside {@link Opened}.
 */
export interface DissectedField {
  /** `AS-REQ.reqBody.sname`; the path of a child begins with its parent's. */
  readonly path: string;
  /** The standard's type: `PrincipalName`, `KerberosTime`, `RPC_UNICODE_STRING`. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Plain JSON; octets as lower-case hexadecimal. Absent on fields that only hold others. */
  readonly value?: unknown;
  /** What the value is called: `KDC_ERR_PREAUTH_REQUIRED`, `forwardable renewable`. */
  readonly name?: string;
  /** Present on encrypted octets that a key of the keyring opened. */
  readonly opened?: Opened;
  /** What stands around a message and is the same in most: viewers begin with it folded. */
  readonly aside?: true;
}

/** Plaintext: octets of their own (own link, own offsets), and the fields in them. */
export interface Opened {
  /** The key's name: `krbtgt/CORP.EXAMPLE@CORP.EXAMPLE kvno 2`, `session key of ...`. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly fields: readonly DissectedField[];
}

/** Keys that can open what is encrypted. Holds state: feed it with the messages in trace order. */
export interface Keyring {
  /** Long-term keys (the `keyed` effect, a keytab). */
  add(keys: readonly KeyRecord[]): void;
  /** Opens what it can and remembers the session keys, subkeys and reply keys found inside. */
  learn(bytes: Uint8Array, hints?: Hints): void;
}

/** Knows all messages of the program. Its functions never throw on what a peer sent. */
export interface Dissector {
  /** The standard's name of the message; undefined for octets that are none of ours. */
  name(bytes: Uint8Array, hints?: Hints): string | undefined;
  /** The whole tree with offsets; octets that are no known message fall back to generic ASN.1. */
  fields(bytes: Uint8Array, hints?: Hints, keyring?: Keyring): readonly DissectedField[];
  /**
   * The message as plain JSON for `with:`, names in place of numbers, decrypted contents merged in
   * place: `ticket.encPart.flags`. Undefined when the octets are no known message.
   */
  value(bytes: Uint8Array, hints?: Hints, keyring?: Keyring): unknown;
  /** A new, empty keyring. */
  keyring(): Keyring;
}
