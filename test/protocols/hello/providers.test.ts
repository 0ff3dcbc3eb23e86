import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_POLICY } from '../../../protocols/hello/policy.ts';
import {
  isExportable,
  KEY_STORAGE_PROVIDERS,
  type ProviderId,
  protectionFor,
  providerNamed,
} from '../../../protocols/hello/providers.ts';

const providers = suite('providers');

providers('only software keys leave, and only where the template allowed it', () => {
  const ids = Object.keys(KEY_STORAGE_PROVIDERS) as ProviderId[];
  assert.equal(
    ids.map((id) => [id, isExportable(id, true), isExportable(id, false)]),
    [
      ['software', true, false],
      ['smartCard', false, false],
      ['passport', false, false],
    ],
  );
});

providers('are found by the name that certificates remember', () => {
  assert.is(providerNamed('Microsoft Passport Key Storage Provider'), 'passport');
  assert.is(providerNamed('microsoft smart card key storage provider'), 'smartCard');
  assert.is(providerNamed('Microsoft Strong Cryptographic Provider'), undefined);
});

providers('policy and TPM decide what protects a container', () => {
  const protection = (RequireSecurityDevice: boolean, TPM12: boolean) =>
    (['2.0', '1.2', 'none'] as const).map((tpm) =>
      protectionFor(
        { ...DEFAULT_POLICY, RequireSecurityDevice, ExcludeSecurityDevices: { TPM12 } },
        tpm,
      ),
    );
  assert.equal(protection(false, false), ['tpm', 'tpm', 'software']);
  assert.equal(protection(false, true), ['tpm', 'software', 'software']);
  assert.equal(protection(true, false), ['tpm', 'tpm', undefined]);
  assert.equal(protection(true, true), ['tpm', undefined, undefined]);
});

providers.run();
