/** A codec's test as a table: what is right in all directions, what is wrong each with its reason. */
import * as assert from 'uvu/assert';
import { concat, toHex } from '../src/bytes/bytes.ts';
import { type Codec, DecodeError, decode, encode } from '../src/der/codec.ts';

export interface Vectors<T> {
  /** Value and its one encoding. */
  readonly correct?: readonly (readonly [T, Uint8Array])[];
  /** What the refusal's message must contain, and the octets. */
  readonly wrong?: readonly (readonly [string, Uint8Array])[];
}

/** The refusal of octets; fails when they are taken, or when anything but a DecodeError is thrown. */
export function refusal(codec: Codec<unknown>, bytes: Uint8Array): DecodeError {
  try {
    decode(codec, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  return assert.unreachable(`${codec.type} takes ${toHex(bytes)}`) as never;
}

/**
 * Encodes, decodes, goes round both ways, and sees that every proper prefix is refused and one octet
 * more as well. `wrong` octets must be refused with the reason given, at a place inside of them.
 */
export function vectors<T>(codec: Codec<T>, { correct = [], wrong = [] }: Vectors<T>): void {
  for (const [value, bytes] of correct) {
    assert.is(toHex(encode(codec, value)), toHex(bytes), `${codec.type}: encode`);
    const decoded = decode(codec, bytes);
    assert.equal(decoded, value, `${codec.type}: decode ${toHex(bytes)}`);
    assert.is(toHex(encode(codec, decoded)), toHex(bytes), `${codec.type}: decode, encode`);
    assert.equal(decode(codec, encode(codec, value)), value, `${codec.type}: encode, decode`);
    for (let length = 0; length < bytes.length; length++) {
      const { offset } = refusal(codec, bytes.subarray(0, length));
      assert.ok(offset >= 0 && offset <= length, `${codec.type}: offset ${offset} of ${length}`);
    }
    assert.match(refusal(codec, concat(bytes, Uint8Array.of(0))).message, 'octets follow');
  }
  for (const [reason, bytes] of wrong) {
    const error = refusal(codec, bytes);
    assert.ok(
      error.message.includes(reason),
      `${codec.type} of ${toHex(bytes)}: expected "${reason}", got "${error.message}"`,
    );
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, `${reason}: ${error.offset}`);
  }
}
