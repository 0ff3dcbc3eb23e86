import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_POLICY, trustOf } from '../../../protocols/hello/policy.ts';

const policy = suite('policy');

policy('certificate trust goes before cloud trust, and both before key trust', () => {
  const trust = (UseCertificateForOnPremAuth: boolean, UseCloudTrustForOnPremAuth: boolean) =>
    trustOf({ ...DEFAULT_POLICY, UseCertificateForOnPremAuth, UseCloudTrustForOnPremAuth });
  assert.equal(
    [trust(false, false), trust(true, false), trust(false, true), trust(true, true)],
    ['key', 'certificate', 'cloud', 'certificate'],
  );
});

policy.run();
