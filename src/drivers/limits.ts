/** How long a connection may take its time: a service's own habit. Milliseconds. */
export interface Patience {
  /** From a connection's start to its first message's end. Windows' KDC: 10 s. */
  readonly firstMessageMs: number;
  /** From a message's first octet to its end, and for answers to be taken. */
  readonly messageMs: number;
  /** Between messages. */
  readonly idleMs: number;
}

/** What one peer, or all together, can cost this process. */
export interface Limits extends Patience {
  /** Connections at once; one more ends the one that was silent for longest. */
  readonly connections: number;
  /** Connections at once from one address; one more is not taken. */
  readonly connectionsPerPeer: number;
  /** Milliseconds for a closed connection's last octets to be taken. */
  readonly lingerMs: number;
  /** Milliseconds for a connection of ours to stand; Windows gives up after 21 s. */
  readonly connectMs: number;
  /** Octets of unfinished messages, all connections together. */
  readonly inputOctets: number;
  /** Octets that wait for one peer to take them; reading stops long before, at the stream's own mark. */
  readonly outputOctets: number;
  /** Octets of datagrams that wait for the network card; more are dropped, as UDP may. */
  readonly datagramOctets: number;
  /** Private-key operations asked for and not yet done; while so many wait, datagrams are dropped. */
  readonly keyOperations: number;
}

export const LIMITS: Limits = {
  connections: 1_024,
  connectionsPerPeer: 256,
  firstMessageMs: 10_000,
  messageMs: 10_000,
  idleMs: 60_000,
  lingerMs: 1_000,
  connectMs: 21_000,
  inputOctets: 32 << 20,
  outputOctets: 2 << 20,
  datagramOctets: 4 << 20,
  keyOperations: 4_096,
};
