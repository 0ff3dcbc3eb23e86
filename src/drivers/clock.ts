/** The wall's clock, and how far the actors' clocks were moved away from it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z when the driver started. */
  readonly start: number;
  /** Whole milliseconds since then, by the wall. */
  at(): number;
  /** Milliseconds by which the actors' clocks are ahead of the wall's. */
  readonly offset: number;
  /** The actors' time. */
  now(): number;
  advance(ms: number): void;
  set(now: number): void;
}

export function wallClock(wall: () => number = Date.now): Clock {
  const start = wall();
  let offset = 0;
  const at = (): number => wall() - start;
  return {
    start,
    at,
    get offset() {
      return offset;
    },
    now: () => start + at() + offset,
    advance(ms) {
      offset += Math.round(ms);
    },
    set(now) {
      offset = Math.round(now) - start - at();
    },
  };
}
