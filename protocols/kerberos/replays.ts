/**
 * What a server remembers of authenticators so that none counts twice: RFC 4120 §3.2.3, §10. Plain data;
 * an entry is kept for as long as its time would still be accepted.
 */

/** What makes an authenticator one of a kind: server, client, time with microseconds. */
export interface Authentication {
  readonly server: string;
  readonly client: string;
  /** Microseconds since 1970. */
  readonly stamp: number;
}

/** Oldest first. */
export type Replays = readonly Authentication[];

/** Above this many the oldest are forgotten: whoever floods has valid tickets, so this bounds memory only. */
const REPLAYS_MAX = 10_000;

export function isReplayed(replays: Replays, found: Authentication): boolean {
  return replays.some(
    (known) =>
      known.stamp === found.stamp && known.client === found.client && known.server === found.server,
  );
}

/** @param now milliseconds since 1970 @param skew milliseconds that clocks may differ */
export function remember(
  replays: Replays,
  found: Authentication,
  now: number,
  skew: number,
): Replays {
  const oldest = (now - skew) * 1_000;
  return [...replays.filter((known) => known.stamp >= oldest), found].slice(-REPLAYS_MAX);
}
