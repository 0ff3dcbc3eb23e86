/**
 * The trace record, version 1: one type, one line of JSON a step, no other kind of line.
 * Adding a field to {@link Wire} is free; changing what one of the fields below means is `v: 2`
 * and a reader for both.
 */
export interface TraceRecord {
  readonly v: 1;
  /** Position in the trace, from 0. */
  readonly seq: number;
  /** `seq` of the step whose effect caused this event; absent for the script's own acts. */
  readonly cause?: number;
  /** Milliseconds since the start, virtual in a run, the wall's in `serve`. */
  readonly at: number;
  /** As in the scenario; `net` for a packet that was lost on its way. */
  readonly actor: string;
  /** Folder and file: `actors/device`. */
  readonly machine: string;
  /** Milliseconds by which the actor's own clock is ahead (negative: behind); absent: none. */
  readonly skew?: number;
  readonly from: string;
  readonly event: Wire;
  /** Equal to `from` when the event was rejected. */
  readonly to: string;
  readonly effects: readonly Wire[];
}

/**
 * An event or effect as seen from outside. Octets stand as links (first 16 hex digits of their
 * SHA-256) in the fields {@link OCTET_FIELDS} names; secrets as the place they come from.
 */
export interface Wire {
  readonly kind: string;
  /** The standard's name: `AS-REQ`, `SCARD_IOCTL_TRANSMIT`. */
  readonly message?: string;
  readonly [field: string]: unknown;
}

/** The fields of a {@link Wire} that hold a link instead of a value. */
export const OCTET_FIELDS: ReadonlySet<string> = new Set([
  'bytes',
  'data',
  'signature',
  'publicKey',
  'certificate',
]);
