/**
 * Keys derived from the session key of a primary refresh token (MS-OAPXBC 3.1.5.1.3.3): SP 800-108 in
 * counter mode with HMAC-SHA256, one round, 256 bits.
 */
import { concat, uint32be, utf8 } from '../../src/bytes/bytes.ts';
import { digest, hmac } from '../../src/crypto/digest.ts';

const LABEL = utf8('AzureAD-SecureConversation');
const BITS = 256;

/** Octets of the random context that a request carries in its header as `ctx`. */
export const CONTEXT_SIZE = 24;

/**
 * The key that signs one request, or seals one answer.
 * @param payload of the request's JWT as it was signed, which KDF version 2 binds the key to; absent:
 *   version 1, as for everything that is encrypted
 */
export function derivedKey(
  sessionKey: Uint8Array,
  context: Uint8Array,
  payload?: Uint8Array,
): Uint8Array {
  const bound = payload === undefined ? context : digest('sha256', concat(context, payload));
  const input = concat(uint32be(1), LABEL, Uint8Array.of(0), bound, uint32be(BITS));
  return hmac('sha256', sessionKey, input);
}
