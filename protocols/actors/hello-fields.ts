/** What scenario files may say of Windows Hello on a device: policy, what is built in, containers that are there. */
import {
  actor,
  defaulted,
  duration,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  record,
  secret,
  text,
} from '../../src/schema/schema.ts';
import type { Biometric } from '../hello/container.ts';
import {
  DEFAULT_POLICY,
  type GestureLimits,
  type PassportForWork,
  type PinUse,
  WINDOWS_LIMITS,
} from '../hello/policy.ts';
import { helloCertificate, KEY_ALGORITHMS } from './pki-fields.ts';
import { pkinitClientFields } from './pkinit-client-fields.ts';

const PIN_USES = ['allowed', 'required', 'disallowed'] as const satisfies readonly PinUse[];

export const BIOMETRICS = ['fingerprint', 'face'] as const satisfies readonly Biometric[];

function pinUse(what: string) {
  return optional(oneOf(`Whether ${what} may stand in a PIN`, PIN_USES));
}

function pinLength(which: string, left: number) {
  return optional(integer(`${which} of a PIN (${left})`, { min: 4, max: 127 }));
}

const pinComplexity = object({
  MinimumPINLength: pinLength('Least length', 6),
  MaximumPINLength: pinLength('Greatest length', 127),
  Digits: pinUse('digits'),
  LowercaseLetters: pinUse('lowercase letters'),
  UppercaseLetters: pinUse('uppercase letters'),
  SpecialCharacters: pinUse('special characters'),
  Expiration: optional(integer('Days that a PIN may be used; 0: for ever', { max: 730 })),
  History: optional(integer('Former PINs that may not come again', { max: 50 })),
});

const NAMES = {
  UsePassportForWork: 'Hello for Business is used',
  DisablePostLogonProvisioning: 'Nobody is asked after a sign-in to set Hello up',
  RequireSecurityDevice: 'Without a usable TPM there is no container',
  EnablePinRecovery: 'A forgotten PIN can be reset',
  UseCertificateForOnPremAuth: 'Certificate trust',
  UseCloudTrustForOnPremAuth: 'Cloud Kerberos trust',
  UseHelloCertificatesAsSmartCardCertificates: 'Hello certificates are smart card certificates',
  EnumerateEmulatedSmartCardsForAllUsers:
    'Dual enrolment: all users’ emulated smart cards are seen',
} as const;

const set = (name: keyof typeof NAMES) =>
  optional(flag(`${NAMES[name]} (${DEFAULT_POLICY[name] ? 'true' : 'false'})`));

const helloPolicy = object(
  {
    UsePassportForWork: set('UsePassportForWork'),
    DisablePostLogonProvisioning: set('DisablePostLogonProvisioning'),
    RequireSecurityDevice: set('RequireSecurityDevice'),
    ExcludeSecurityDevices: optional(
      object({ TPM12: defaulted(flag('TPMs of version 1.2 do not count'), false) }),
    ),
    EnablePinRecovery: set('EnablePinRecovery'),
    UseCertificateForOnPremAuth: set('UseCertificateForOnPremAuth'),
    UseCloudTrustForOnPremAuth: set('UseCloudTrustForOnPremAuth'),
    UseHelloCertificatesAsSmartCardCertificates: set('UseHelloCertificatesAsSmartCardCertificates'),
    EnumerateEmulatedSmartCardsForAllUsers: set('EnumerateEmulatedSmartCardsForAllUsers'),
    Biometrics: optional(
      object({ UseBiometrics: defaulted(flag('Fingers and faces are taken'), true) }),
    ),
    PINComplexity: optional(pinComplexity),
  },
  'Policies of Windows Hello for Business, by the names of the PassportForWork CSP',
);

const gestureLimits = object(
  {
    challengeAfter: optional(integer('Wrong PINs after which the phrase A1B2C3 is wanted (4)')),
    restartAfter: optional(integer('Wrong PINs after which a restart is wanted (5)', { min: 1 })),
    waitsAfterRestart: optional(
      listOf(
        'How long no PIN is taken after such restarts in a row (1m, 1m, 1m, 2m, 10m)',
        duration('A wait'),
      ),
    ),
    failuresMax: optional(integer('Failures after which the TPM is locked (32)', { min: 1 })),
    forgetsAfter: optional(duration('How long until it forgets one (10m)')),
    biometricTries: optional(integer('Biometric failures after which the PIN is wanted (3)')),
  },
  'What Windows and the TPM have built in',
);

export type HelloContainerFields = Infer<typeof helloContainer>;
const helloContainer = object({
  pin: secret('Their PIN'),
  biometrics: defaulted(
    listOf('What is enrolled besides the PIN', oneOf('A biometric gesture', BIOMETRICS)),
    [],
  ),
  key: defaulted(oneOf('Kind and size of the Hello key', KEY_ALGORITHMS), 'RSA-2048'),
  trust: optional(
    oneOf('How Active Directory knows it; left out: as certificate and policy have it', [
      'key',
      'certificate',
      'cloud',
    ]),
  ),
  certificate: optional(helloCertificate),
  registered: defaulted(
    flag('Key trust: the public key is in msDS-KeyCredentialLink when the story begins'),
    true,
  ),
});

const guid = (about: string) =>
  optional(
    text(about, {
      example: '6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10',
      pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
      expected: 'a GUID such as 6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10',
    }),
  );

/** Fields of a device. */
export const helloFields = {
  join: defaulted(
    oneOf('What it is joined to: the domain, both (Entra hybrid joined), or Entra alone', [
      'domain',
      'hybrid',
      'entra',
    ]),
    'domain',
  ),
  tpm: defaulted(oneOf('Its TPM', ['2.0', '1.2', 'none']), '2.0'),
  deviceId: guid('What Entra calls it; left out: one that follows from the seed'),
  pkinit: defaulted(pkinitClientFields, {}),
  kdcValidation: defaulted(
    oneOf(
      'What a domain controller’s certificate must be: a KDC’s of this domain (strict), or any server’s',
      ['strict', 'server'],
    ),
    'strict',
  ),
  revocationCheck: defaulted(
    oneOf('Whether it wants a revocation list for a domain controller’s certificate', [
      'required',
      'ifKnown',
      'off',
    ]),
    'required',
  ),
  helloPolicy: defaulted(helloPolicy, {}),
  gestureLimits: defaulted(gestureLimits, {}),
  hello: defaulted(
    record(
      'Hello containers that are there when the story begins, by user',
      helloContainer,
      actor('Whose container it is', 'user'),
    ),
    {},
  ),
};

/** The policy in force: what the file sets, and the defaults. */
export function policyOf(fields: Infer<typeof helloPolicy>): PassportForWork {
  const { PINComplexity, ExcludeSecurityDevices, Biometrics, ...flags } = fields;
  return {
    ...DEFAULT_POLICY,
    ...flags,
    ExcludeSecurityDevices: ExcludeSecurityDevices ?? DEFAULT_POLICY.ExcludeSecurityDevices,
    Biometrics: Biometrics ?? DEFAULT_POLICY.Biometrics,
    PINComplexity: { ...DEFAULT_POLICY.PINComplexity, ...PINComplexity },
  };
}

export function limitsOf(fields: Infer<typeof gestureLimits>): GestureLimits {
  return { ...WINDOWS_LIMITS, ...fields };
}
