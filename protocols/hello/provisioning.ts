/**
 * Whether Hello is set up for a user: the checks behind events 358 and 360 of `User Device Registration`,
 * with their labels and their order.
 */
import type { Join } from './gestures.ts';
import { describeError, HelloErrors } from './hello-errors.ts';
import type { PassportForWork } from './policy.ts';
import { protectionFor, type Tpm } from './providers.ts';

export type Checked = 'Yes' | 'No' | 'Not Tested';

/** What a device knows when it asks itself. */
export interface Situation {
  readonly policy: PassportForWork;
  readonly join: Join;
  readonly tpm: Tpm;
  /** The session is at the console, not in a remote desktop. */
  readonly isLocal: boolean;
  /** The account is known to Entra and signed in there. */
  readonly isCloudUser: boolean;
  /** Holds a partial ticket-granting ticket of Entra (cloud Kerberos trust on hybrid joined devices). */
  readonly hasCloudTgt: boolean;
  /** AD FS has authenticated user and device (certificate trust). */
  readonly hasEnterpriseToken: boolean;
}

export interface Prerequisites {
  readonly willLaunch: boolean;
  /** 358 or 360. */
  readonly eventId: number;
  readonly checks: readonly (readonly [label: string, Checked])[];
  /** A check that failed, with the status that a user would see where one is documented. */
  readonly problem?: string;
}

const yes = (value: boolean): Checked => (value ? 'Yes' : 'No');

export function prerequisites(situation: Situation): Prerequisites {
  const { policy, join, tpm, isLocal, isCloudUser, hasCloudTgt, hasEnterpriseToken } = situation;
  const certificate = policy.UseCertificateForOnPremAuth;
  const cloud = policy.UseCloudTrustForOnPremAuth && !certificate;
  const checks: readonly (readonly [string, Checked])[] = [
    ['Device is AAD joined ( AADJ or DJ++ )', yes(join !== 'domain')],
    ['User has logged on with AAD credentials', yes(isCloudUser)],
    ['Windows Hello for Business policy is enabled', yes(policy.UsePassportForWork)],
    [
      'Windows Hello for Business post-logon provisioning is enabled',
      yes(!policy.DisablePostLogonProvisioning),
    ],
    [
      'Local computer meets Windows hello for business hardware requirements',
      yes(protectionFor(policy, tpm) !== undefined),
    ],
    ['User is not connected to the machine via Remote Desktop', yes(isLocal)],
    ['User certificate for on premise auth policy is enabled', yes(certificate)],
    [
      'User has successfully authenticated to the enterprise STS',
      certificate ? yes(hasEnterpriseToken) : 'Not Tested',
    ],
    ['Cloud trust for on premise auth policy is enabled', yes(cloud)],
    [
      'User account has Cloud TGT',
      // Not asked on Entra joined devices, which get the ticket with their sign-in.
      cloud && join === 'hybrid' ? yes(hasCloudTgt) : 'Not Tested',
    ],
  ];
  const failed = checks.find(([label, value]) => value === 'No' && !INFORMATIVE.has(label));
  const willLaunch = failed === undefined;
  return {
    willLaunch,
    eventId: willLaunch ? 358 : certificate && !hasEnterpriseToken ? 362 : 360,
    checks,
    ...(failed === undefined ? {} : { problem: problemOf(failed[0]) }),
  };
}

/** These say which trust it is; "No" is no failure. */
const INFORMATIVE: ReadonlySet<string> = new Set([
  'User certificate for on premise auth policy is enabled',
  'Cloud trust for on premise auth policy is enabled',
]);

function problemOf(label: string): string {
  const hardware = label.startsWith('Local computer');
  return hardware ? `${label}: No (${describeError(HelloErrors.tpmWanted)})` : `${label}: No`;
}

/** The text of the event. */
export function eventText({ willLaunch, checks }: Prerequisites): string {
  const first = `Windows Hello for Business provisioning will ${willLaunch ? '' : 'not '}be launched.`;
  return [first, ...checks.map(([label, value]) => `${label}: ${value}`)].join('\n');
}
