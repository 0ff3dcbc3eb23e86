/** What scenario files may say of policies of Windows Hello for Business, and where they come from. */
import {
  actor,
  defaulted,
  either,
  flag,
  type Infer,
  integer,
  object,
  oneOf,
  optional,
  record,
} from '../../src/schema/schema.ts';
import { DEFAULT_POLICY, type PinUse } from '../hello/policy.ts';
import { POLICY_SOURCES, type PolicySources } from '../hello/policy-sources.ts';

const PIN_USES = ['allowed', 'required', 'disallowed'] as const satisfies readonly PinUse[];

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

/** Those that a user may have too: cloud Kerberos trust is a policy of the computer only. */
const forUsers = {
  UsePassportForWork: set('UsePassportForWork'),
  DisablePostLogonProvisioning: set('DisablePostLogonProvisioning'),
  RequireSecurityDevice: set('RequireSecurityDevice'),
  ExcludeSecurityDevices: optional(
    object({ TPM12: defaulted(flag('TPMs of version 1.2 do not count'), false) }),
  ),
  EnablePinRecovery: set('EnablePinRecovery'),
  UseCertificateForOnPremAuth: set('UseCertificateForOnPremAuth'),
  UseHelloCertificatesAsSmartCardCertificates: set('UseHelloCertificatesAsSmartCardCertificates'),
  EnumerateEmulatedSmartCardsForAllUsers: set('EnumerateEmulatedSmartCardsForAllUsers'),
  Biometrics: optional(
    object({ UseBiometrics: defaulted(flag('Fingers and faces are taken'), true) }),
  ),
  PINComplexity: optional(pinComplexity),
} as const;

const settings = object(forUsers, 'Policies for one user, by the names of the PassportForWork CSP');

export const helloPolicy = object(
  { ...forUsers, UseCloudTrustForOnPremAuth: set('UseCloudTrustForOnPremAuth') },
  'Policies of Windows Hello for Business, by the names of the PassportForWork CSP',
);

const deviceLock = object(
  {
    MinimumPINLength: pinLength('Least length', 6),
    Expiration: optional(integer('Days that a PIN may be used; 0: for ever', { max: 730 })),
    History: optional(integer('Former PINs that may not come again', { max: 50 })),
  },
  'Rules for passwords of Exchange ActiveSync or the DeviceLock CSP, as far as they bind PINs',
);

const byUser = (about: string) => record(about, settings, actor('For whom', 'user'));

/** Where each policy comes from; user group policy goes before the computer’s, and that before any CSP. */
export const policySources = object(
  {
    computerGPO: optional(helloPolicy),
    userGPO: optional(byUser('User group policy, by user')),
    deviceCSP: optional(helloPolicy),
    userCSP: optional(byUser('The CSP below ./User, by user')),
    deviceLock: optional(deviceLock),
  },
  'Policies of Windows Hello for Business by where they come from, instead of helloPolicy',
);

export type PolicySourcesFields = Infer<typeof policySources>;

/** Policy changes: group policy is refreshed, the management synchronises. */
export const policyVerb = {
  about:
    'Takes over what a policy source says from now on, as gpupdate or a synchronisation with the management brings it.',
  schema: object({
    appliesPolicy: oneOf('Which source', POLICY_SOURCES),
    of: optional(actor('Whose, for user group policy and the CSP for users', 'user')),
    settings: optional(
      either('What it says; left out: nothing any more', 'a map of policies', [
        helloPolicy,
        deviceLock,
      ]),
    ),
  }),
};

/** Everything that it takes to say what is in force: the sources of a device as its file has them. */
export function policySourcesOf({
  helloPolicy: shorthand,
  policies,
}: {
  readonly helloPolicy: Infer<typeof helloPolicy>;
  readonly policies?: PolicySourcesFields | undefined;
}): PolicySources {
  // The shorthand stands for a computer’s group policy with which Hello is used.
  const used = policies === undefined ? { UsePassportForWork: true } : {};
  const computerGPO = { ...used, ...shorthand, ...policies?.computerGPO };
  return { ...policies, computerGPO } as PolicySources;
}
