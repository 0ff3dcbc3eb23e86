/**
 * Wrong PINs, counted twice: by what protects the keys (the TPM, for all its keys together, or the
 * container's own counter where software protects them), and by the sign-in screen since the last start.
 */
import type { GestureLimits } from './policy.ts';

/** The phrase that shows that somebody reads the screen. */
export const CHALLENGE_PHRASE = 'A1B2C3';

/** A protector's memory of failures. It fades with time; a right PIN does not wipe a TPM's. */
export interface Failures {
  readonly count: number;
  /** When the count began to be this, milliseconds since 1970. */
  readonly since: number;
}

export const NO_FAILURES: Failures = { count: 0, since: 0 };

/** The memory as it is at `now`. */
export function faded(failures: Failures, limits: GestureLimits, now: number): Failures {
  const { count, since } = failures;
  // A clock that was set back forgets nothing.
  const forgotten = Math.floor(Math.max(0, now - since) / limits.forgetsAfter);
  if (forgotten === 0) return failures;
  if (forgotten >= count) return NO_FAILURES;
  return { count: count - forgotten, since: since + forgotten * limits.forgetsAfter };
}

export function failed(failures: Failures, limits: GestureLimits, now: number): Failures {
  const { count, since } = faded(failures, limits, now);
  const next = Math.min(count + 1, limits.failuresMax);
  // A full memory stays full for a whole interval from the last failure on.
  return { count: next, since: count === 0 || next === limits.failuresMax ? now : since };
}

/** Until when it takes no PIN at all, right or wrong; undefined: it does take one. */
export function lockedUntil(
  failures: Failures,
  limits: GestureLimits,
  now: number,
): number | undefined {
  const { count, since } = faded(failures, limits, now);
  return count < limits.failuresMax ? undefined : since + limits.forgetsAfter;
}

/** What the sign-in screen knows of a container's wrong PINs. */
export interface ScreenCount {
  /** Since the start, or since the right PIN. */
  readonly wrong: number;
  /** Restarts in a row that wrong PINs made necessary. */
  readonly restarts: number;
  /** When the last start was that counts, milliseconds since 1970. */
  readonly started: number;
}

export const NO_WRONG_PINS: ScreenCount = { wrong: 0, restarts: 0, started: 0 };

/** What has to happen before the next PIN is looked at. */
export type ScreenDemand =
  | { readonly kind: 'restart' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'challenge' };

export function demandOf(
  count: ScreenCount,
  limits: GestureLimits,
  now: number,
): ScreenDemand | undefined {
  if (count.wrong >= limits.restartAfter) return { kind: 'restart' };
  const { restarts, started } = count;
  const waits = limits.waitsAfterRestart;
  const wait = restarts === 0 ? 0 : (waits[Math.min(restarts, waits.length) - 1] ?? 0);
  if (now < started + wait) return { kind: 'wait', until: started + wait };
  return count.wrong >= limits.challengeAfter ? { kind: 'challenge' } : undefined;
}

/** The count after a start: a restart that was demanded is remembered, and the wrong PINs are not. */
export function afterStart(count: ScreenCount, limits: GestureLimits, now: number): ScreenCount {
  if (count.wrong === 0 && count.restarts === 0) return count; // nothing has to wait
  const demanded = count.wrong >= limits.restartAfter;
  // Whoever restarts before it is demanded gains nothing: the wrong PINs stay.
  return demanded
    ? { wrong: 0, restarts: count.restarts + 1, started: now }
    : { ...count, started: now };
}
