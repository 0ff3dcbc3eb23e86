/** How many wrong PINs are still taken before none is: what a smart card says in 63Cx. */
import { demandOf, faded, lockedUntil } from './attempts.ts';
import type { Container } from './container.ts';
import type { GestureConditions } from './gestures.ts';

export interface PinTries {
  /** 0: no PIN is taken now, right or wrong. */
  readonly left: number;
  readonly most: number;
}

/**
 * The sign-in screen's count and the protector's, whichever ends first. The challenge phrase is the
 * screen's own and stops no card.
 */
export function pinTries(
  container: Container,
  { limits, tpm, now }: Pick<GestureConditions, 'limits' | 'tpm' | 'now'>,
): PinTries {
  const most = Math.min(limits.restartAfter, limits.failuresMax);
  const failures = container.settings.protection === 'tpm' ? tpm : container.failures;
  const demand = demandOf(container.screen, limits, now);
  const waits = demand !== undefined && demand.kind !== 'challenge';
  if (waits || lockedUntil(failures, limits, now) !== undefined) return { left: 0, most };
  const byProtector = limits.failuresMax - faded(failures, limits, now).count;
  const byScreen = limits.restartAfter - container.screen.wrong;
  return { left: Math.min(byProtector, byScreen), most };
}
