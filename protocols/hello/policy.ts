/**
 * What administrators decide about Windows Hello for Business. The names are those of the PassportForWork
 * CSP, `./Device/Vendor/MSFT/PassportForWork/<tenant>/Policies/...`, which group policy shares.
 */

/** 0, 1 and 2 of the CSP: may stand in a PIN, must, must not. */
export type PinUse = 'allowed' | 'required' | 'disallowed';

export interface PinComplexity {
  /** 4 to 127. */
  readonly MinimumPINLength: number;
  /** 4 to 127. */
  readonly MaximumPINLength: number;
  readonly Digits: PinUse;
  readonly LowercaseLetters: PinUse;
  readonly UppercaseLetters: PinUse;
  readonly SpecialCharacters: PinUse;
  /** Days after which a PIN has to be changed, 0 to 730; 0: never. */
  readonly Expiration: number;
  /** How many former PINs may not be chosen again, 0 to 50. */
  readonly History: number;
}

export interface PassportForWork {
  readonly UsePassportForWork: boolean;
  /** Provisioning does not begin by itself after a sign-in. */
  readonly DisablePostLogonProvisioning: boolean;
  /** Without a usable TPM there is no container, instead of one that software protects. */
  readonly RequireSecurityDevice: boolean;
  readonly ExcludeSecurityDevices: { readonly TPM12: boolean };
  readonly EnablePinRecovery: boolean;
  readonly UseCertificateForOnPremAuth: boolean;
  readonly UseCloudTrustForOnPremAuth: boolean;
  readonly UseHelloCertificatesAsSmartCardCertificates: boolean;
  /** "Allow enumeration of emulated smart card for all users": dual enrolment. Its CSP name is unverified. */
  readonly EnumerateEmulatedSmartCardsForAllUsers: boolean;
  readonly Biometrics: { readonly UseBiometrics: boolean };
  readonly PINComplexity: PinComplexity;
}

/** What applies where nothing is set but that Hello is used; UseBiometrics and lengths as documented. */
export const DEFAULT_POLICY: PassportForWork = {
  UsePassportForWork: true,
  DisablePostLogonProvisioning: false,
  RequireSecurityDevice: false,
  ExcludeSecurityDevices: { TPM12: false },
  EnablePinRecovery: false,
  UseCertificateForOnPremAuth: false,
  UseCloudTrustForOnPremAuth: false,
  UseHelloCertificatesAsSmartCardCertificates: false,
  EnumerateEmulatedSmartCardsForAllUsers: false,
  Biometrics: { UseBiometrics: true },
  PINComplexity: {
    MinimumPINLength: 6,
    MaximumPINLength: 127,
    Digits: 'allowed',
    LowercaseLetters: 'allowed',
    UppercaseLetters: 'allowed',
    SpecialCharacters: 'allowed',
    Expiration: 0,
    History: 0,
  },
};

/** How a container's owner is known to Active Directory. */
export type Trust = 'key' | 'certificate' | 'cloud';

/** Certificate trust goes before cloud Kerberos trust, and key trust is what is left. */
export function trustOf(policy: PassportForWork): Trust {
  if (policy.UseCertificateForOnPremAuth) return 'certificate';
  return policy.UseCloudTrustForOnPremAuth ? 'cloud' : 'key';
}

/**
 * How a container signs its owner in today. Keys of key trust serve cloud Kerberos trust too, as soon as policy
 * wants it; a container of certificate trust stays what it is, and one of cloud trust stays it as well
 * (Microsoft, "Cloud Kerberos trust deployment", migrations).
 */
export function trustInUse(made: Trust, policy: PassportForWork): Trust {
  return made === 'key' && trustOf(policy) === 'cloud' ? 'cloud' : made;
}

/**
 * Numbers that Windows has built in. What people saw: a challenge phrase after four wrong PINs, a restart
 * after the fifth (a maintainer's and a reader's word on windows-itpro-docs issue 6515; the FAQ says one
 * fewer each); a TPM 2.0 locks after 32 failures and forgets one every ten minutes (TPM fundamentals).
 * Waits after restarts follow the FAQ: one minute after the first, two after the fourth, ten after the
 * fifth. How often a finger may fail before the PIN is wanted is nowhere written: unverified.
 */
export interface GestureLimits {
  /** Wrong PINs since the start after which the phrase has to be typed too. */
  readonly challengeAfter: number;
  /** Wrong PINs since the start after which only a restart helps. */
  readonly restartAfter: number;
  /** Milliseconds that a PIN has to wait after so many forced restarts in a row; the last one stays. */
  readonly waitsAfterRestart: readonly number[];
  /** Failures that a protector remembers at most: then it is locked. */
  readonly failuresMax: number;
  /** Milliseconds after which it forgets one. */
  readonly forgetsAfter: number;
  /** Biometric failures in a row after which the PIN is wanted. */
  readonly biometricTries: number;
}

export const WINDOWS_LIMITS: GestureLimits = {
  challengeAfter: 4,
  restartAfter: 5,
  waitsAfterRestart: [60_000, 60_000, 60_000, 120_000, 600_000],
  failuresMax: 32,
  forgetsAfter: 600_000,
  biometricTries: 3,
};
