import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_POLICY, trustOf } from '../../../protocols/hello/policy.ts';
import {
  effectivePolicy,
  governorOf,
  type PolicySources,
  withSource,
} from '../../../protocols/hello/policy-sources.ts';

const s = suite('policy-sources');

const of = (sources: PolicySources, user = 'alice') => effectivePolicy(sources, user);

s('nothing said: Hello is not used, but on devices that are joined to Entra alone', () => {
  assert.is(of({}).UsePassportForWork, false);
  assert.is(effectivePolicy({}, 'alice', true).UsePassportForWork, true);
  assert.equal({ ...of({}), UsePassportForWork: true }, DEFAULT_POLICY);
});

s('a user’s group policy goes before the computer’s, for that user', () => {
  const sources = {
    computerGPO: { UsePassportForWork: true, EnablePinRecovery: true },
    userGPO: { alice: { UsePassportForWork: false } },
  };
  assert.is(of(sources).UsePassportForWork, false);
  assert.is(of(sources).EnablePinRecovery, true);
  assert.is(of(sources, 'bob').UsePassportForWork, true);
  assert.is(of(sources, 'constructor').UsePassportForWork, true);
});

s(
  'the example of the documents: enablement from group policy, PIN rules from the management',
  () => {
    const found = of({
      computerGPO: { UsePassportForWork: true, UseCertificateForOnPremAuth: true },
      deviceCSP: {
        UsePassportForWork: false,
        UseCertificateForOnPremAuth: false,
        PINComplexity: {
          MinimumPINLength: 8,
          Digits: 'required',
          LowercaseLetters: 'required',
          SpecialCharacters: 'required',
        },
      },
    });
    assert.is(found.UsePassportForWork, true);
    assert.is(found.UseCertificateForOnPremAuth, true);
    assert.equal(found.PINComplexity, {
      ...DEFAULT_POLICY.PINComplexity,
      MinimumPINLength: 8,
      Digits: 'required',
      LowercaseLetters: 'required',
      SpecialCharacters: 'required',
    });
  },
);

s('certificate trust comes from where Hello is enabled, and from nowhere else', () => {
  const group = { computerGPO: { UsePassportForWork: true } };
  const certificate = { deviceCSP: { UseCertificateForOnPremAuth: true } };
  assert.is(trustOf(of({ ...group, ...certificate })), 'key');
  assert.is(governorOf({ ...group, ...certificate }, 'alice'), 'none');
  const managed = { deviceCSP: { UsePassportForWork: true, UseCertificateForOnPremAuth: true } };
  assert.is(trustOf(of(managed)), 'certificate');
  assert.is(governorOf(managed, 'alice'), 'mobile device management');
  const grouped = { computerGPO: managed.deviceCSP };
  assert.is(governorOf(grouped, 'alice'), 'enrollment authority');
});

s('cloud Kerberos trust is taken by itself: group policy first, else the CSP', () => {
  const group = { computerGPO: { UsePassportForWork: true } };
  const cloud = { UseCloudTrustForOnPremAuth: true };
  assert.is(trustOf(of({ ...group, deviceCSP: cloud })), 'cloud');
  const off = { computerGPO: { ...group.computerGPO, UseCloudTrustForOnPremAuth: false } };
  assert.is(trustOf(of({ ...off, deviceCSP: cloud })), 'key');
  const both = { computerGPO: { UsePassportForWork: true, UseCertificateForOnPremAuth: true } };
  assert.is(trustOf(of({ ...both, deviceCSP: cloud })), 'certificate');
});

s('rules for PINs and the wish for a TPM come from one management, all of them', () => {
  const deviceCSP = { RequireSecurityDevice: true, PINComplexity: { MinimumPINLength: 10 } };
  const computerGPO = { PINComplexity: { History: 5 } };
  const grouped = of({ computerGPO, deviceCSP });
  assert.is(grouped.RequireSecurityDevice, false);
  assert.is(grouped.PINComplexity.MinimumPINLength, 6);
  assert.is(grouped.PINComplexity.History, 5);
  const userCSP = {
    alice: { PINComplexity: { MinimumPINLength: 7, Digits: 'required' as const } },
  };
  const managed = of({ deviceCSP, userCSP });
  assert.is(managed.RequireSecurityDevice, true);
  assert.is(managed.PINComplexity.MinimumPINLength, 7);
  assert.is(of({ deviceCSP, userCSP }, 'bob').PINComplexity.MinimumPINLength, 10);
});

s('of DeviceLock and Hello’s own rules the stricter one counts, each time', () => {
  const rules = { MinimumPINLength: 8, Expiration: 30, History: 1 };
  const lock = (deviceLock: PolicySources['deviceLock']) =>
    of({ computerGPO: { PINComplexity: rules }, ...(deviceLock ? { deviceLock } : {}) })
      .PINComplexity;
  const { MinimumPINLength, Expiration, History } = lock({
    MinimumPINLength: 6,
    Expiration: 10,
    History: 4,
  });
  assert.equal([MinimumPINLength, Expiration, History], [8, 10, 4]);
  assert.is(lock({ Expiration: 0 }).Expiration, 30);
  assert.is(lock({ Expiration: 60 }).Expiration, 30);
  assert.is(of({ deviceLock: { Expiration: 60 } }).PINComplexity.Expiration, 60);
});

s('a source is replaced, by user where it is a user’s, and taken away', () => {
  const first = withSource({}, 'computerGPO', { UsePassportForWork: true });
  const second = withSource(first, 'userGPO', { UsePassportForWork: false }, 'alice');
  assert.equal(second, {
    computerGPO: { UsePassportForWork: true },
    userGPO: { alice: { UsePassportForWork: false } },
  });
  assert.equal(withSource(second, 'userGPO', undefined, 'alice').userGPO, {});
  assert.equal(withSource(second, 'computerGPO', undefined), { userGPO: second.userGPO });
  assert.is(withSource(second, 'userCSP', {}), second);
});

s.run();
