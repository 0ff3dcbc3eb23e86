import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_POLICY } from '../../../protocols/hello/policy.ts';
import { eventText, prerequisites, type Situation } from '../../../protocols/hello/provisioning.ts';

const provisioning = suite('provisioning');

const READY: Situation = {
  policy: DEFAULT_POLICY,
  join: 'hybrid',
  tpm: '2.0',
  isLocal: true,
  isCloudUser: true,
  hasCloudTgt: false,
  isEnrollmentReady: true,
  hasEnterpriseToken: false,
  governor: 'none',
};

provisioning('is launched when every check passes, in the event’s words', () => {
  const ready = prerequisites(READY);
  assert.is(ready.eventId, 358);
  assert.is(ready.problem, undefined);
  assert.equal(eventText(ready).split('\n'), [
    'Windows Hello for Business provisioning will be launched.',
    'Device is AAD joined ( AADJ or DJ++ ): Yes',
    'User has logged on with AAD credentials: Yes',
    'Windows Hello for Business policy is enabled: Yes',
    'Windows Hello for Business post-logon provisioning is enabled: Yes',
    'Local computer meets Windows hello for business hardware requirements: Yes',
    'User is not connected to the machine via Remote Desktop: Yes',
    'User certificate for on premise auth policy is enabled: No',
    'Machine is governed by none policy.',
    'Cloud trust for on premise auth policy is enabled: No',
    'User account has Cloud TGT: Not Tested',
    'See https://go.microsoft.com/fwlink/?linkid=832647 for more details.',
  ]);
  assert.is(ready.level, 'Information');
});

provisioning('certificate trust brings the checks of AD FS, and who governs certificates', () => {
  const policy = { ...DEFAULT_POLICY, UseCertificateForOnPremAuth: true };
  const governor = 'enrollment authority';
  const failed = prerequisites({ ...READY, policy, governor });
  assert.is(failed.level, 'Warning');
  assert.equal(eventText(failed).split('\n').slice(7), [
    'User certificate for on premise auth policy is enabled: Yes',
    'Enterprise user logon certificate enrollment endpoint is ready: Yes',
    'Enterprise user logon certificate template is : Yes',
    'User has successfully authenticated to the enterprise STS: No',
    'Certificate enrollment method: enrollment authority',
    'Machine is governed by enrollment authority policy.',
    'Cloud trust for on premise auth policy is enabled: No',
    'User account has Cloud TGT: Not Tested',
    'See https://go.microsoft.com/fwlink/?linkid=832647 for more details.',
  ]);
  const absent = prerequisites({ ...READY, policy, isEnrollmentReady: false });
  assert.match(absent.problem ?? '', /enrollment endpoint is ready: No$/);
  assert.match(eventText(absent), /template is : No \( 1 : StateNoPolicy \)/);
});

provisioning('who asks for it in Settings need not have been asked after the sign-in', () => {
  const policy = { ...DEFAULT_POLICY, DisablePostLogonProvisioning: true };
  assert.is(prerequisites({ ...READY, policy }).eventId, 360);
  const asked = prerequisites({ ...READY, policy }, true);
  assert.is(asked.problem, undefined);
  assert.match(eventText(asked), /post-logon provisioning is enabled: No/);
  const off = { ...policy, UsePassportForWork: false };
  assert.match(
    prerequisites({ ...READY, policy: off }, true).problem ?? '',
    /policy is enabled: No/,
  );
});

provisioning('each failed check keeps it from being launched', () => {
  const cloud = { ...DEFAULT_POLICY, UseCloudTrustForOnPremAuth: true };
  const certificate = { ...DEFAULT_POLICY, UseCertificateForOnPremAuth: true };
  const tpm = { ...DEFAULT_POLICY, RequireSecurityDevice: true };
  const off = { ...DEFAULT_POLICY, UsePassportForWork: false };
  const later = { ...DEFAULT_POLICY, DisablePostLogonProvisioning: true };
  const cases: readonly (readonly [Partial<Situation>, number, RegExp | undefined])[] = [
    [{ join: 'domain' }, 360, /^Device is AAD joined/],
    [{ isCloudUser: false }, 360, /^User has logged on/],
    [{ policy: off }, 360, /policy is enabled: No$/],
    [{ policy: later }, 360, /post-logon provisioning is enabled: No$/],
    [{ policy: tpm, tpm: 'none' }, 360, /requirements: No \(0x80090035 NTE_DEVICE_NOT_FOUND/],
    [{ tpm: 'none' }, 358, undefined],
    [{ isLocal: false }, 360, /Remote Desktop: No$/],
    [{ policy: certificate }, 362, /enterprise STS: No$/],
    [{ policy: certificate, hasEnterpriseToken: true }, 358, undefined],
    [{ policy: cloud }, 360, /Cloud TGT: No$/],
    [{ policy: cloud, hasCloudTgt: true }, 358, undefined],
    [{ policy: cloud, join: 'entra' }, 358, undefined],
  ];
  for (const [change, eventId, problem] of cases) {
    const found = prerequisites({ ...READY, ...change });
    assert.is(found.eventId, eventId, JSON.stringify(change));
    if (problem === undefined) assert.is(found.problem, undefined);
    else assert.match(found.problem ?? '', problem);
  }
});

provisioning.run();
