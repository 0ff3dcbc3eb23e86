/** What the service knows: readers with their cards, contexts, handles, cached items. Plain data. */

/** A reader, and what is in it. */
export interface Reader {
  readonly name: string;
  /** Present: a card is in it. */
  readonly atr?: Uint8Array;
  /** How often a card came or went: stands in the upper half of its state. */
  readonly events: number;
}

export interface Connection {
  readonly context: number;
  readonly reader: string;
  readonly protocol: number;
  readonly shareMode: number;
  /** The card that it was connected to is gone. */
  readonly removed: boolean;
  /** Somebody else has reset the card since. */
  readonly reset: boolean;
  readonly transmitted: number;
}

/** An infinite or long GetStatusChange, until something changes. */
export interface Waiting {
  readonly completionId: number;
  readonly context: number;
  readonly wide: boolean;
  readonly states: readonly { readonly reader: string; readonly currentState: number }[];
}

/** What waits for the card to answer. */
export interface Transmitting {
  readonly completionId: number;
  readonly handle: number;
  readonly receiveMax: number;
}

export interface CacheItem {
  readonly card: string;
  readonly name: string;
  readonly freshness: number;
  readonly data: Uint8Array;
}

export interface ServiceState {
  readonly readers: readonly Reader[];
  readonly contexts: readonly number[];
  readonly connections: Readonly<Record<number, Connection>>;
  readonly waiting: readonly Waiting[];
  readonly transmitting: readonly Transmitting[];
  /** The handle that holds the card for itself. */
  readonly transaction?: number;
  readonly cache: readonly CacheItem[];
  /** Contexts and handles are numbered in one row, and no number comes twice. */
  readonly next: number;
}

export const NO_SERVICE: ServiceState = {
  readers: [],
  contexts: [],
  connections: {},
  waiting: [],
  transmitting: [],
  cache: [],
  next: 1,
};
