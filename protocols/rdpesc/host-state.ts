/** What the host's side of MS-RDPESC is made of: the contexts and the handle that it was given, what it waits for. */
import type { Rejected, Step } from '../../src/machine/machine.ts';
import type { CallName } from './calls.ts';
import type { Context, Handle } from './messages.ts';

export interface HostConfig {
  /** The reader whose card is wanted; absent: the first that has one. */
  readonly reader?: string;
}

/** A reader that was found, and its state as last heard. */
export interface Found {
  readonly reader: string;
  readonly atr: Uint8Array;
  /** dwEventState: is the next call's dwCurrentState. */
  readonly state: number;
}

/** Watches for the card's removal with a context of its own, in a call that stays open. */
export type Watch =
  | { readonly name: 'off' }
  | {
      readonly name: 'watching';
      readonly context: Context;
      readonly found: Found;
      /** Of the reader that is none: how many readers there are. */
      readonly plugAndPlay: number;
    };

interface Watched {
  readonly watch: Watch;
}

export interface Connected extends Watched {
  readonly context: Context;
  readonly found: Found;
  readonly handle: Handle;
  /** Of SCARD_PROTOCOL_T0 and T1. */
  readonly protocol: number;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectStarted' }
  | { readonly name: 'expectSystemContext' }
  | { readonly name: 'expectReaders'; readonly system: Context }
  | {
      readonly name: 'expectDeviceType';
      readonly system: Context;
      readonly readers: readonly string[];
    }
  | {
      readonly name: 'expectUserContext';
      readonly system: Context;
      readonly readers: readonly string[];
    }
  | {
      readonly name: 'expectStates';
      readonly system: Context;
      readonly context: Context;
      readonly readers: readonly string[];
    }
  | ({ readonly name: 'expectHandle'; readonly context: Context; readonly found: Found } & Watched)
  | ({ readonly name: 'expectTransaction' } & Connected)
  | ({ readonly name: 'expectStatus' } & Connected)
  /** The card is ours: commands may be sent. */
  | ({ readonly name: 'ready' } & Connected)
  | ({ readonly name: 'expectResponse' } & Connected)
  | ({ readonly name: 'expectCacheItem' } & Connected)
  | ({ readonly name: 'expectCacheWritten' } & Connected)
  | ({ readonly name: 'expectTransactionEnd' } & Connected)
  | ({ readonly name: 'expectDisconnect' } & Connected)
  | ({ readonly name: 'expectRelease' } & Watched)
  /** Nothing more is wanted of the card; its reader may still be watched. */
  | ({ readonly name: 'released' } & Watched)
  | ({ readonly name: 'failed' } & Watched);

/** What an item of the cache is kept by. */
export interface CacheKey {
  readonly cardId: Uint8Array;
  readonly name: string;
  readonly freshness: number;
}

export type Event =
  | { readonly kind: 'begun' }
  /** What a call came to. `line`: which of the two that may be open at once. */
  | {
      readonly kind: 'returned';
      readonly line: 'calls' | 'watch';
      readonly ioStatus: number;
      readonly output: Uint8Array;
    }
  | { readonly kind: 'transmits'; readonly command: Uint8Array }
  /** `cardId`: 16 octets. */
  | ({ readonly kind: 'readsCache' } & CacheKey)
  | ({ readonly kind: 'writesCache'; readonly data: Uint8Array } & CacheKey)
  | { readonly kind: 'releases' };

export type Effect =
  | {
      readonly kind: 'asks';
      readonly line: 'calls' | 'watch';
      readonly call: CallName | 'AccessStartedEvent';
      readonly ioControlCode: number;
      readonly input: Uint8Array;
      readonly outputLength: number;
    }
  | { readonly kind: 'connected'; readonly reader: string; readonly atr: Uint8Array }
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  /** Absent: the cache has nothing, or something older, or is none. */
  | { readonly kind: 'cached'; readonly data?: Uint8Array }
  | { readonly kind: 'written' }
  | { readonly kind: 'released' }
  /** The card was taken out, or its reader. */
  | { readonly kind: 'removed'; readonly reader: string }
  /** `status`: an NTSTATUS, as winlogon tells it. */
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }
  | Rejected;

export type HostStep = Step<State, Effect>;
