/**
 * A user's Hello container on a device. A private key never leaves it: whoever wants a signature asks, and
 * within a gesture the machine has the signing core make it.
 */

import type { KeyAlgorithm, KeyTransport } from '../../src/machine/actor.ts';
import {
  assertNever,
  type Env,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { afterStart } from './attempts.ts';
import {
  type Biometric,
  type Container,
  type ContainerSettings,
  type Gesture,
  newContainer,
  withPin,
} from './container.ts';
import {
  type GestureConditions,
  judgeBiometric,
  judgePin,
  type Operation,
  type PinEntry,
  type Refusal,
  type Shown,
} from './gestures.ts';
import { describeError, HelloErrors } from './hello-errors.ts';
import { type PinVerifier, pinObjection, pinVerifier, SALT_LENGTH } from './pin.ts';

interface Making {
  readonly settings: ContainerSettings;
  readonly key: string;
  readonly pin: PinVerifier;
  readonly biometrics: readonly Biometric[];
}

export type State =
  | { readonly name: 'absent' }
  | { readonly name: 'expectKey'; readonly making: Making }
  | { readonly name: 'locked'; readonly container: Container; readonly biometricFailures: number }
  /** A gesture was right: the key signs until the logon session ends. */
  | {
      readonly name: 'released';
      readonly container: Container;
      readonly biometricFailures: number;
      readonly gesture: Gesture;
    };

/** What is asked of the Hello key. */
export type KeyOperation =
  | {
      readonly kind: 'sign';
      readonly id: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  | {
      readonly kind: 'decrypt';
      readonly id: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    };

export type Event =
  | {
      readonly kind: 'created';
      readonly settings: ContainerSettings;
      /** What the key is to be called in the signing core. */
      readonly key: string;
      readonly pin: string;
      readonly biometrics: readonly Biometric[];
    }
  | { readonly kind: 'generated'; readonly publicKey: Uint8Array }
  | { readonly kind: 'entered'; readonly entry: PinEntry }
  | { readonly kind: 'shown'; readonly shown: Shown; readonly operation: Operation }
  /** Something is to be done with the key; `id` comes back with the effect. */
  | { readonly kind: 'wanted'; readonly operation: KeyOperation }
  | { readonly kind: 'changed'; readonly entry: PinEntry; readonly newPin: string }
  /** "I forgot my PIN", after the identity was proved otherwise. */
  | { readonly kind: 'reset'; readonly newPin: string }
  /** The logon session in which it was open is over. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'deviceStarted' }
  | { readonly kind: 'deleted' };

export type Effect =
  | { readonly kind: 'generate'; readonly key: string; readonly algorithm: KeyAlgorithm }
  | {
      readonly kind: 'sign';
      readonly id: string;
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
      readonly gesture: Gesture;
    }
  | {
      readonly kind: 'decrypt';
      readonly id: string;
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'destroy'; readonly key: string }
  | { readonly kind: 'released'; readonly gesture: Gesture }
  | Refusal
  /** One more failure for the TPM to remember. */
  | { readonly kind: 'tpmFailed' }
  /** The container is there, or has another PIN. */
  | { readonly kind: 'made' }
  | { readonly kind: 'pinChanged' }
  | Rejected;

export interface HelloEnv extends Env {
  readonly conditions: Omit<GestureConditions, 'now'>;
}

/** What lasts of a state; whoever drives the machine writes it down when it is another than before. */
export function containerOf(state: State): Container | undefined {
  return 'container' in state ? state.container : undefined;
}

export function stateOf(container: Container): State {
  return { name: 'locked', container, biometricFailures: 0 };
}

export function step(state: State, event: Event, env: HelloEnv): Step<State, Effect> {
  switch (state.name) {
    case 'absent':
      if (event.kind === 'created') return create(event, env);
      if (event.kind === 'deviceStarted' || event.kind === 'closed') return to(state);
      return to(state, [refused(HelloErrors.keyNotFound, 'Set up Windows Hello first.')]);
    case 'expectKey':
      return made(state, event);
    case 'locked':
    case 'released':
      return there(state, event, env);
    default:
      return assertNever(state);
  }
}

function refused(error: Parameters<typeof describeError>[0], message: string): Refusal {
  return { kind: 'refused', reason: describeError(error), message };
}

function create(
  { settings, key, pin, biometrics }: Extract<Event, { readonly kind: 'created' }>,
  env: HelloEnv,
): Step<State, Effect> {
  const objection = pinObjection(pin, settings.pinPolicy);
  if (objection !== undefined) return to({ name: 'absent' }, [invalidPin(objection)]);
  const verifier = pinVerifier(pin, env.random(SALT_LENGTH));
  return to({ name: 'expectKey', making: { settings, key, pin: verifier, biometrics } }, [
    { kind: 'generate', key, algorithm: settings.algorithm },
  ]);
}

function invalidPin(objection: string): Refusal {
  const reason = `${describeError(HelloErrors.invalidPin)}: ${objection}`;
  return {
    kind: 'refused',
    reason,
    message: 'Provide a PIN that meets the complexity requirements.',
  };
}

function made(
  state: Extract<State, { readonly name: 'expectKey' }>,
  event: Event,
): Step<State, Effect> {
  const { settings, key, pin, biometrics } = state.making;
  if (event.kind === 'deviceStarted' || event.kind === 'closed') return to(state);
  if (event.kind === 'deleted') return to({ name: 'absent' }, [{ kind: 'destroy', key }]);
  if (event.kind !== 'generated') return unexpected(state, event, 'generated');
  const { publicKey } = event;
  const container = newContainer(settings, { name: key, publicKey }, pin, biometrics);
  // Whoever has just chosen the PIN has shown the gesture with it.
  return to({ name: 'released', container, biometricFailures: 0, gesture: 'pin' }, [
    { kind: 'made' },
  ]);
}

type There = Extract<State, { readonly container: Container }>;

function there(state: There, event: Event, env: HelloEnv): Step<State, Effect> {
  switch (event.kind) {
    case 'created':
      return to(state, [refused(HelloErrors.keyExists, 'Windows Hello is set up already.')]);
    case 'entered':
      return entered(state, event.entry, env);
    case 'shown':
      return shown(state, event, env);
    case 'wanted':
      return wanted(state, event);
    case 'changed':
      return changed(state, event, env);
    case 'reset':
      return reset(state, event.newPin, env);
    case 'closed':
      return to(locked(state));
    case 'deviceStarted':
      return to(started(state, env));
    case 'deleted':
      return to({ name: 'absent' }, [{ kind: 'destroy', key: state.container.key }]);
    case 'generated':
      return unexpected(state, event, 'entered', 'shown', 'wanted');
    default:
      return assertNever(event);
  }
}

function locked({ container, biometricFailures }: There): Extract<There, { name: 'locked' }> {
  return { name: 'locked', container, biometricFailures };
}

/** The container itself stays the same where nothing of it changes, so that nothing is written. */
function started(state: There, { conditions, now }: HelloEnv): State {
  const { container } = state;
  const screen = afterStart(container.screen, conditions.limits, now);
  const kept = screen === container.screen ? container : { ...container, screen };
  return { name: 'locked', container: kept, biometricFailures: 0 };
}

function conditionsOf({ conditions, now }: HelloEnv): GestureConditions {
  return { ...conditions, now };
}

function entered(state: There, entry: PinEntry, env: HelloEnv): Step<State, Effect> {
  const { container, verdict, tpmFailed } = judgePin(state.container, entry, conditionsOf(env));
  const counted: readonly Effect[] = tpmFailed ? [{ kind: 'tpmFailed' }] : [];
  if (verdict.kind === 'refused') return to({ ...state, container }, [...counted, verdict]);
  const { gesture } = verdict;
  return to({ name: 'released', container, biometricFailures: 0, gesture }, [verdict]);
}

function shown(
  state: There,
  event: Extract<Event, { readonly kind: 'shown' }>,
  env: HelloEnv,
): Step<State, Effect> {
  const { container, biometricFailures: failures } = state;
  const conditions = conditionsOf(env);
  const verdict = judgeBiometric(container, event.shown, event.operation, failures, conditions);
  if (verdict.kind === 'released') {
    const { gesture } = verdict;
    return to({ name: 'released', container, biometricFailures: 0, gesture }, [verdict]);
  }
  // Only a look at the sensor counts, not what was refused before it.
  const looked = failures < conditions.limits.biometricTries && !event.shown.matches;
  return to({ ...state, biometricFailures: failures + (looked ? 1 : 0) }, [verdict]);
}

function wanted(
  state: There,
  { operation }: Extract<Event, { readonly kind: 'wanted' }>,
): Step<State, Effect> {
  if (state.name === 'locked') {
    return to(state, [
      {
        kind: 'refused',
        reason: 'no gesture has opened the container',
        message: 'Enter your PIN.',
      },
    ]);
  }
  const { container, gesture } = state;
  const { key } = container;
  return to(state, [
    operation.kind === 'sign' ? { ...operation, key, gesture } : { ...operation, key },
  ]);
}

function changed(
  state: There,
  { entry, newPin }: Extract<Event, { readonly kind: 'changed' }>,
  env: HelloEnv,
): Step<State, Effect> {
  const judged = judgePin(state.container, entry, conditionsOf(env), true);
  const { container, verdict } = judged;
  if (verdict.kind === 'refused') {
    const counted: readonly Effect[] = judged.tpmFailed ? [{ kind: 'tpmFailed' }] : [];
    return to({ ...state, container }, [...counted, verdict]);
  }
  return chosen({ ...state, container }, newPin, env);
}

function reset(state: There, newPin: string, env: HelloEnv): Step<State, Effect> {
  if (!env.conditions.policy.EnablePinRecovery) {
    const reason =
      'PIN recovery is off (EnablePinRecovery): the container has to be deleted and provisioned anew';
    return to(state, [{ kind: 'refused', reason, message: 'Set up Windows Hello again.' }]);
  }
  return chosen(state, newPin, env);
}

function chosen(state: There, newPin: string, env: HelloEnv): Step<State, Effect> {
  const { container } = state;
  const { pin, formerPins, settings } = container;
  const objection = pinObjection(newPin, settings.pinPolicy, [pin, ...formerPins]);
  if (objection !== undefined) return to(state, [invalidPin(objection)]);
  const verifier = pinVerifier(newPin, env.random(SALT_LENGTH));
  return to({ ...state, container: withPin(container, verifier, env.now) }, [
    { kind: 'pinChanged' },
  ]);
}
