import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_POLICY, trustInUse, trustOf } from '../../../protocols/hello/policy.ts';

const policy = suite('policy');

policy('certificate trust goes before cloud trust, and both before key trust', () => {
  const trust = (UseCertificateForOnPremAuth: boolean, UseCloudTrustForOnPremAuth: boolean) =>
    trustOf({ ...DEFAULT_POLICY, UseCertificateForOnPremAuth, UseCloudTrustForOnPremAuth });
  assert.equal(
    [trust(false, false), trust(true, false), trust(false, true), trust(true, true)],
    ['key', 'certificate', 'cloud', 'certificate'],
  );
});

policy('keys of key trust serve cloud trust when policy wants it, no others change', () => {
  const cloud = { ...DEFAULT_POLICY, UseCloudTrustForOnPremAuth: true };
  const both = { ...cloud, UseCertificateForOnPremAuth: true };
  const used = (rules: typeof DEFAULT_POLICY) =>
    (['key', 'certificate', 'cloud'] as const).map((made) => trustInUse(made, rules));
  assert.equal(used(DEFAULT_POLICY), ['key', 'certificate', 'cloud']);
  assert.equal(used(cloud), ['cloud', 'certificate', 'cloud']);
  assert.equal(used(both), ['key', 'certificate', 'cloud']);
});

policy.run();
