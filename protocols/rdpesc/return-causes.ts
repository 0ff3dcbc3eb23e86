/** What the smart card service returns, in words (MS-RDPESC 2.2.8). */
import type { Explained } from '../rdp/error-causes.ts';
import type { ReturnCode } from './constants.ts';

export const RETURN_CAUSES: Readonly<
  Record<Exclude<keyof typeof ReturnCode, 'SCARD_S_SUCCESS'>, Explained>
> = {
  SCARD_F_INTERNAL_ERROR: {
    sentence: 'the smart card service failed in itself',
    causes: ['a reader’s driver that misbehaves'],
  },
  SCARD_E_CANCELLED: {
    sentence: 'the call was cancelled',
    causes: ['Cancel for its context while GetStatusChange waited', 'the user closed the dialogue'],
  },
  SCARD_E_INVALID_HANDLE: {
    sentence: 'the context or the handle is none that was given',
    causes: [
      'the channel was greeted anew, so that all contexts are gone',
      'it was released before',
    ],
  },
  SCARD_E_INVALID_PARAMETER: {
    sentence: 'a parameter cannot be so',
    causes: ['more readers in one GetStatusChange than there may be', 'a pointer that is NULL'],
  },
  SCARD_E_NO_MEMORY: {
    sentence: 'there is no room for more contexts or handles',
    causes: ['contexts that are never released'],
  },
  SCARD_E_INSUFFICIENT_BUFFER: {
    sentence: 'the caller’s buffer is too small for what there is',
    causes: ['the length was asked for before another card was put in'],
  },
  SCARD_E_UNKNOWN_READER: {
    sentence: 'there is no reader of that name',
    causes: ['the reader was unplugged', 'the credentials name another client’s reader'],
  },
  SCARD_E_TIMEOUT: {
    sentence: 'nothing has changed in the time that was given',
    causes: ['GetStatusChange with a time limit, and no card came or went'],
  },
  SCARD_E_SHARING_VIOLATION: {
    sentence: 'another program has the card for itself',
    causes: ['an exclusive connection', 'a transaction of another handle'],
  },
  SCARD_E_NO_SMARTCARD: {
    sentence: 'there is no card in the reader',
    causes: [
      'the card was taken out',
      'the Hello container is deleted, or smart card emulation is turned off',
    ],
  },
  SCARD_E_PROTO_MISMATCH: {
    sentence: 'card and caller have no protocol in common',
    causes: ['the caller wants T=0 only, and the card speaks T=1'],
  },
  SCARD_E_NOT_READY: {
    sentence: 'the reader or the card is not ready for commands',
    causes: ['the card has not started up yet'],
  },
  SCARD_E_NOT_TRANSACTED: {
    sentence: 'a transaction was to end that never began',
    causes: ['EndTransaction twice', 'the card was reset in between'],
  },
  SCARD_E_READER_UNAVAILABLE: {
    sentence: 'the reader cannot be used now',
    causes: ['the reader was unplugged'],
  },
  SCARD_E_NO_SERVICE: {
    sentence: 'the smart card service is not running',
    causes: ['no reader is there, and Windows has not started SCardSvr'],
  },
  SCARD_E_UNSUPPORTED_FEATURE: {
    sentence: 'the reader or the service has no such function',
    causes: ['icons, controls and attributes of a virtual reader'],
  },
  SCARD_E_NO_READERS_AVAILABLE: {
    sentence: 'there are no readers',
    causes: ['the client redirects no smart cards', 'the session’s user has no Hello container'],
  },
  SCARD_E_NO_KEY_CONTAINER: {
    sentence: 'the card has no such key container',
    causes: ['the container was made anew, and the credentials still name the old one'],
  },
  SCARD_W_UNRESPONSIVE_CARD: {
    sentence: 'the card does not answer',
    causes: ['dirt, or a card put in the wrong way', 'the client’s connection stalls'],
  },
  SCARD_W_UNPOWERED_CARD: {
    sentence: 'the card has no power',
    causes: ['a disconnection that powered it down'],
  },
  SCARD_W_RESET_CARD: {
    sentence: 'the card was reset: what was selected and verified counts no more',
    causes: ['another handle ended its transaction with a reset'],
  },
  SCARD_W_REMOVED_CARD: {
    sentence: 'the card was taken out',
    causes: [
      'the card was taken out',
      'the Hello container was deleted in the course of a sign-in',
    ],
  },
  SCARD_W_SECURITY_VIOLATION: {
    sentence: 'the card wants a PIN first',
    causes: ['a key is used before VERIFY'],
  },
  SCARD_W_WRONG_CHV: {
    sentence: 'the PIN is wrong',
    causes: ['the PIN is of another container', 'the PIN was changed after it was saved'],
  },
  SCARD_W_CHV_BLOCKED: {
    sentence: 'the PIN was wrong too often',
    causes: ['too many wrong PINs: Windows Hello wants a restart or the challenge phrase'],
  },
  SCARD_W_CACHE_ITEM_NOT_FOUND: {
    sentence: 'the cache has nothing of that name for the card',
    causes: ['the card is seen for the first time: the usual answer'],
  },
  SCARD_W_CACHE_ITEM_STALE: {
    sentence: 'what the cache has is older than the card',
    causes: ['a certificate was renewed on the card'],
  },
  SCARD_W_CACHE_ITEM_TOO_BIG: {
    sentence: 'the item is too big for the cache',
    causes: ['more than 64 KiB'],
  },
};
