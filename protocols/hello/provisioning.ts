/**
 * Whether Hello is set up for a user: the checks behind events 358, 360 and 362 of
 * `User Device Registration`, with their labels and their order.
 */
import type { EventLevel } from './event-log.ts';
import type { Join } from './gestures.ts';
import { isKnownToEntra } from './gestures.ts';
import { describeError, HelloErrors } from './hello-errors.ts';
import { type PassportForWork, trustOf } from './policy.ts';
import type { Governor } from './policy-sources.ts';
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
  /** AD FS gives certificates out (certificate trust). */
  readonly isEnrollmentReady: boolean;
  /** AD FS has authenticated user and device (certificate trust). */
  readonly hasEnterpriseToken: boolean;
  readonly governor: Governor;
}

export interface Prerequisites {
  readonly willLaunch: boolean;
  /** 358; 362 where AD FS is what is missing; else 360. */
  readonly eventId: number;
  readonly level: EventLevel;
  readonly checks: readonly (readonly [label: string, Checked | string])[];
  readonly governor: Governor;
  /** A check that failed, with the status that a user would see where one is documented. */
  readonly problem?: string;
}

const yes = (value: boolean): Checked => (value ? 'Yes' : 'No');

export const POST_LOGON = 'Windows Hello for Business post-logon provisioning is enabled';

/** @param byUser the user asks for it in Settings: that nobody is asked after a sign-in is no obstacle */
export function prerequisites(situation: Situation, byUser = false): Prerequisites {
  const { policy, join, tpm, isLocal, isCloudUser, hasCloudTgt, hasEnterpriseToken, governor } =
    situation;
  const trust = trustOf(policy);
  const checks: Prerequisites['checks'] = [
    ['Device is AAD joined ( AADJ or DJ++ )', yes(isKnownToEntra(join))],
    ['User has logged on with AAD credentials', yes(isCloudUser)],
    ['Windows Hello for Business policy is enabled', yes(policy.UsePassportForWork)],
    [POST_LOGON, yes(!policy.DisablePostLogonProvisioning)],
    [
      'Local computer meets Windows hello for business hardware requirements',
      yes(protectionFor(policy, tpm) !== undefined),
    ],
    ['User is not connected to the machine via Remote Desktop', yes(isLocal)],
    ['User certificate for on premise auth policy is enabled', yes(trust === 'certificate')],
    ...(trust === 'certificate' ? enrollmentChecks(situation) : []),
    ['Cloud trust for on premise auth policy is enabled', yes(trust === 'cloud')],
    [
      'User account has Cloud TGT',
      // Not asked on Entra joined devices, which get the ticket with their sign-in.
      trust === 'cloud' && join === 'hybrid' ? yes(hasCloudTgt) : 'Not Tested',
    ],
  ];
  const failed = checks.find(
    ([label, value]) =>
      value.startsWith('No') &&
      value !== 'Not Tested' &&
      !INFORMATIVE.has(label) &&
      !(byUser && label === POST_LOGON),
  );
  const willLaunch = failed === undefined;
  return {
    willLaunch,
    eventId: willLaunch ? 358 : trust === 'certificate' && !hasEnterpriseToken ? 362 : 360,
    level: willLaunch ? 'Information' : 'Warning',
    checks,
    governor,
    ...(failed === undefined ? {} : { problem: problemOf(failed) }),
  };
}

const ENTERPRISE_STS = 'User has successfully authenticated to the enterprise STS';

/** The number and the word are those of the log: there is no policy from which to know the template. */
function enrollmentChecks({
  isEnrollmentReady,
  hasEnterpriseToken,
}: Situation): Prerequisites['checks'] {
  return [
    ['Enterprise user logon certificate enrollment endpoint is ready', yes(isEnrollmentReady)],
    [
      'Enterprise user logon certificate template is ',
      isEnrollmentReady ? 'Yes' : 'No ( 1 : StateNoPolicy )',
    ],
    [ENTERPRISE_STS, yes(hasEnterpriseToken)],
  ];
}

/** These say which trust it is; "No" is no failure. */
const INFORMATIVE: ReadonlySet<string> = new Set([
  'User certificate for on premise auth policy is enabled',
  'Cloud trust for on premise auth policy is enabled',
]);

function problemOf([label, value]: readonly [string, string]): string {
  const hardware = label.startsWith('Local computer');
  return hardware ? `${label}: No (${describeError(HelloErrors.tpmWanted)})` : `${label}: ${value}`;
}

/** Where people are told to read on. */
const LINK = 'See https://go.microsoft.com/fwlink/?linkid=832647 for more details.';

/** The text of the event. */
export function eventText({ willLaunch, checks, governor }: Prerequisites): string {
  const lines = checks.flatMap(([label, value]) => {
    const line = `${label}: ${value}`;
    if (label === ENTERPRISE_STS) return [line, `Certificate enrollment method: ${governor}`];
    const isCloud = label.startsWith('Cloud trust');
    return isCloud ? [`Machine is governed by ${governor} policy.`, line] : [line];
  });
  const first = `Windows Hello for Business provisioning will ${willLaunch ? '' : 'not '}be launched.`;
  return [first, ...lines, LINK].join('\n');
}
