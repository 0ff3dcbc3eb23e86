/** A Hello container as data: what its creation fixed, its key by name, its PIN and what went wrong with it. */

import type { KeyAlgorithm } from '../../src/machine/actor.ts';
import { helloContainer } from '../x509/profiles.ts';
import { type Failures, NO_FAILURES, NO_WRONG_PINS, type ScreenCount } from './attempts.ts';
import type { PinVerifier } from './pin.ts';
import type { PassportForWork, PinComplexity, Trust } from './policy.ts';
import type { Protection } from './providers.ts';

/** What a finger or a face does instead of the PIN. */
export type Biometric = 'fingerprint' | 'face';
export type Gesture = 'pin' | Biometric;

/** Decided when the container is made; whoever wants it otherwise deletes it and provisions anew. */
export interface ContainerSettings {
  /** Whose it is on this device: the name by which the device knows the account. */
  readonly user: string;
  /** objectSid of the account. */
  readonly sid: string;
  /** Of the container itself. */
  readonly guid: string;
  readonly tenantId: string;
  /** userPrincipalName. */
  readonly upn: string;
  readonly trust: Trust;
  readonly algorithm: KeyAlgorithm;
  readonly protection: Protection;
  /** The rules for PINs as they were then. */
  readonly pinPolicy: PinComplexity;
  /** Dual enrolment: other users' sessions see its certificates as a smart card. */
  readonly enumeratedForAllUsers: boolean;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export interface Container {
  readonly settings: ContainerSettings;
  /** The Hello authentication key's name in the signing core. */
  readonly key: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly pin: PinVerifier;
  /** When the PIN was chosen, milliseconds since 1970. */
  readonly pinSet: number;
  /** PINs before it, the latest first, as many as the policy remembers. */
  readonly formerPins: readonly PinVerifier[];
  readonly biometrics: readonly Biometric[];
  readonly screen: ScreenCount;
  /** Of keys that software protects; those in the TPM share the TPM's. */
  readonly failures: Failures;
}

const DAY = 86_400_000;

/** `<SID>/<GUID>/login.windows.net/<tenant>/<upn>`: the key's name with the provider, and in certificates. */
export function containerName({ sid, guid, tenantId, upn }: ContainerSettings): string {
  return helloContainer({ sid, keyId: guid, tenantId, upn });
}

/** What of the policy in force goes into a container that is made now. */
export function settingsFrom(
  policy: PassportForWork,
): Pick<ContainerSettings, 'pinPolicy' | 'enumeratedForAllUsers'> {
  return {
    pinPolicy: policy.PINComplexity,
    enumeratedForAllUsers: policy.EnumerateEmulatedSmartCardsForAllUsers,
  };
}

export function newContainer(
  settings: ContainerSettings,
  key: { readonly name: string; readonly publicKey: Uint8Array },
  pin: PinVerifier,
  biometrics: readonly Biometric[],
): Container {
  return {
    settings,
    key: key.name,
    publicKey: key.publicKey,
    pin,
    pinSet: settings.created,
    formerPins: [],
    biometrics,
    screen: NO_WRONG_PINS,
    failures: NO_FAILURES,
  };
}

export function isPinExpired({ settings, pinSet }: Container, now: number): boolean {
  const { Expiration } = settings.pinPolicy;
  return Expiration > 0 && now >= pinSet + Expiration * DAY;
}

/** Another PIN in the place of the one that is there; wrong ones are forgotten with it. */
export function withPin(container: Container, pin: PinVerifier, now: number): Container {
  const { History } = container.settings.pinPolicy;
  return {
    ...container,
    pin,
    pinSet: now,
    formerPins: [container.pin, ...container.formerPins].slice(0, History),
    screen: { ...container.screen, wrong: 0, restarts: 0 },
    failures: NO_FAILURES,
  };
}
