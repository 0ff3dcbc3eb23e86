/** Whether a gesture opens a container: the PIN with everything that is counted, a finger, a face. */
import {
  CHALLENGE_PHRASE,
  demandOf,
  type Failures,
  failed,
  lockedUntil,
  NO_FAILURES,
  type ScreenDemand,
} from './attempts.ts';
import { type Biometric, type Container, type Gesture, isPinExpired } from './container.ts';
import { describeError, HelloErrors } from './hello-errors.ts';
import { isPin } from './pin.ts';
import type { GestureLimits, PassportForWork } from './policy.ts';

/** What a gesture is wanted for, and where. */
export type Operation = 'signIn' | 'unlock' | 'remoteDesktop' | 'runAs';
/** What a device is joined to: to the domain, both, Entra alone, nothing. */
export type Join = 'domain' | 'hybrid' | 'entra' | 'none';

/** Whether Entra has registered the device. */
export function isKnownToEntra(join: Join): boolean {
  return join === 'hybrid' || join === 'entra';
}

/** Whether it has an account in the domain. */
export function isInDomain(join: Join): boolean {
  return join === 'domain' || join === 'hybrid';
}

/** What is in force on the device at the moment of the gesture. */
export interface GestureConditions {
  readonly policy: PassportForWork;
  readonly limits: GestureLimits;
  readonly join: Join;
  /** The TPM's memory of failures, of all keys together. */
  readonly tpm: Failures;
  readonly now: number;
}

export interface PinEntry {
  readonly pin: string;
  /** What was typed below the challenge phrase. */
  readonly challenge?: string;
}

export interface Refusal {
  readonly kind: 'refused';
  /** Why, with its status code. */
  readonly reason: string;
  /** What the screen says. */
  readonly message: string;
}

export type Verdict = { readonly kind: 'released'; readonly gesture: Gesture } | Refusal;

export interface Judged {
  readonly container: Container;
  readonly verdict: Verdict;
  /** The TPM has counted a failure. */
  readonly tpmFailed: boolean;
}

/** A PIN that is right although it is expired opens nothing but the way to another. */
export function judgePin(
  container: Container,
  { pin, challenge }: PinEntry,
  conditions: GestureConditions,
  forChange = false,
): Judged {
  const { limits, now } = conditions;
  const unchanged = (verdict: Verdict): Judged => ({ container, verdict, tpmFailed: false });
  const locked = protectorLock(container, conditions);
  if (locked !== undefined) return unchanged(locked);
  const demand = demandOf(container.screen, limits, now);
  if (demand !== undefined && !(demand.kind === 'challenge' && challenge === CHALLENGE_PHRASE)) {
    return unchanged(demanded(demand));
  }
  if (!isPin(container.pin, pin)) return wrongPin(container, conditions);
  const right: Container = {
    ...container,
    screen: { ...container.screen, wrong: 0, restarts: 0 },
    failures: NO_FAILURES,
  };
  const opened = (verdict: Verdict): Judged => ({ container: right, verdict, tpmFailed: false });
  if (!forChange && isPinExpired(container, now)) {
    const reason = describeError(HelloErrors.pinChangeWanted);
    return opened({ kind: 'refused', reason, message: 'Your PIN has expired. Set up a new one.' });
  }
  return opened({ kind: 'released', gesture: 'pin' });
}

function wrongPin(container: Container, { limits, now }: GestureConditions): Judged {
  const inTpm = container.settings.protection === 'tpm';
  const screen = { ...container.screen, wrong: container.screen.wrong + 1 };
  const counted: Container = {
    ...container,
    screen,
    failures: inTpm ? container.failures : failed(container.failures, limits, now),
  };
  const next = demandOf(screen, limits, now);
  const message = next === undefined ? 'The PIN is incorrect. Try again.' : demanded(next).message;
  const reason = `${describeError(HelloErrors.incorrectPin)} (${screen.wrong} since the start)`;
  return { container: counted, verdict: { kind: 'refused', reason, message }, tpmFailed: inTpm };
}

function demanded(demand: ScreenDemand): Refusal {
  switch (demand.kind) {
    case 'restart':
      return {
        kind: 'refused',
        reason: 'too many wrong PINs since the start: no PIN is taken before a restart',
        message:
          'You’ve entered an incorrect PIN too many times. To try again, restart your device.',
      };
    case 'wait':
      return {
        kind: 'refused',
        reason: `after restarts for wrong PINs no PIN is taken before ${iso(demand.until)}`,
        message: DISABLED,
      };
    case 'challenge':
      return {
        kind: 'refused',
        reason: 'the challenge phrase has to be typed before another PIN is taken',
        message: `You’ve entered an incorrect PIN several times. To try again, enter ${CHALLENGE_PHRASE} below.`,
      };
  }
}

const DISABLED =
  'This sign-in option is disabled because of failed sign-in attempts or repeated shutdowns.';

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** What protects the key takes nothing at all for a while; that holds for every gesture. */
function protectorLock(
  container: Container,
  { limits, tpm, now }: GestureConditions,
): Refusal | undefined {
  const inTpm = container.settings.protection === 'tpm';
  const until = lockedUntil(inTpm ? tpm : container.failures, limits, now);
  if (until === undefined) return undefined;
  const reason = inTpm
    ? `${describeError(HelloErrors.authenticationIgnored)}, until ${iso(until)}`
    : `the container is locked out, until ${iso(until)}`;
  return { kind: 'refused', reason, message: DISABLED };
}

/** How a finger or a face that was shown compares with the template that was enrolled. */
export interface Shown {
  readonly biometric: Biometric;
  readonly matches: boolean;
}

/**
 * A biometric gesture. A TPM counts no failures for it: the sensor says yes or no, and only then the
 * key's protection is opened.
 * @param failures biometric failures in a row
 */
export function judgeBiometric(
  container: Container,
  { biometric, matches }: Shown,
  operation: Operation,
  failures: number,
  conditions: GestureConditions,
): Verdict {
  const { policy, limits, join, now } = conditions;
  const pinWanted = (reason: string): Refusal => ({
    kind: 'refused',
    reason: `the PIN is wanted instead: ${reason}`,
    message: 'Enter your PIN.',
  });
  if (!policy.Biometrics.UseBiometrics) return pinWanted('policy allows no biometrics');
  if (!container.biometrics.includes(biometric)) return pinWanted(`no ${biometric} is enrolled`);
  if (wantsPin(operation, join)) return pinWanted(PIN_ONLY[operation] ?? operation);
  if (failures >= limits.biometricTries) return pinWanted(`the ${biometric} failed too often`);
  if (isPinExpired(container, now)) return pinWanted('the PIN has expired');
  const locked = protectorLock(container, conditions);
  if (locked !== undefined) return locked;
  if (matches) return { kind: 'released', gesture: biometric };
  return {
    kind: 'refused',
    reason: `the ${biometric} was not recognised (${failures + 1} in a row)`,
    message: 'Couldn’t recognize you. Try again, or enter your PIN.',
  };
}

const PIN_ONLY: Partial<Readonly<Record<Operation, string>>> = {
  remoteDesktop: 'a hybrid joined device unlocks a key for Remote Desktop with the PIN only',
  runAs: 'run as and dual enrolment take the PIN only',
};

/** Remote Desktop takes any gesture on Entra joined devices, and the PIN on all others. */
export function wantsPin(operation: Operation, join: Join): boolean {
  return operation === 'runAs' || (operation === 'remoteDesktop' && join !== 'entra');
}
