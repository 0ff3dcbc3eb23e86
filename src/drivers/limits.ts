/** What one peer, or all together, can cost this process. */
export interface Limits {
  /** Connections at once; one more ends the one that was silent for longest. */
  readonly connections: number;
  /** Connections at once from one address; one more is not taken. */
  readonly connectionsPerPeer: number;
  /**
   * Milliseconds from a connection's start, or from a message's first octet, to that message's end.
   * Windows closes a silent new connection after 10 s.
   */
  readonly messageMs: number;
  /** Milliseconds between messages of one connection. */
  readonly idleMs: number;
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
  /** Signatures asked for and not yet made; while so many wait, datagrams are dropped. */
  readonly signatures: number;
}

export const LIMITS: Limits = {
  connections: 1_024,
  connectionsPerPeer: 256,
  messageMs: 10_000,
  idleMs: 60_000,
  lingerMs: 1_000,
  connectMs: 21_000,
  inputOctets: 32 << 20,
  outputOctets: 2 << 20,
  datagramOctets: 4 << 20,
  signatures: 4_096,
};
