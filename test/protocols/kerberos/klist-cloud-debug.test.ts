import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CloudDebug, cloudDebugText } from '../../../protocols/kerberos/klist-cloud-debug.ts';

const s = suite('klist-cloud-debug');

/** A public capture (2026): Hello with cloud trust, and no domain controller in sight. */
const CAPTURED = `
Current LogonId is 0:0x14d718
Cloud Kerberos Debug info:
Cloud Kerberos enabled by policy: 0
AS_REP callback received: 1
AS_REP callback used: 0
Cloud Referral TGT present in cache: 0
SPN oracle configured: 0
KDC proxy present in cache: 0
Public Key Credential Present: 1
Password-derived Keys Present: 0
Plaintext Password Present: 0
AS_REP Credential Type: 2
Cloud Primary (Hybrid logon) TGT available: 0
`;

const NOTHING: CloudDebug = {
  enabledByPolicy: false,
  asRepCallbackReceived: false,
  asRepCallbackUsed: false,
  cloudReferralTgt: false,
  spnOracle: false,
  kdcProxy: false,
  publicKeyCredential: false,
  passwordKeys: false,
  plaintextPassword: false,
  credentialType: 0,
  cloudPrimaryTgt: false,
};

s('prints what a capture of the tool shows', () => {
  const debug: CloudDebug = {
    ...NOTHING,
    asRepCallbackReceived: true,
    publicKeyCredential: true,
    credentialType: 2,
  };
  assert.is(cloudDebugText(0x14d718, debug), CAPTURED);
});

s('each line says one thing', () => {
  const fields = Object.keys(NOTHING) as (keyof CloudDebug)[];
  const before = cloudDebugText(0x3e7, NOTHING).split('\n');
  const changed = fields.map((field) => {
    const value = field === 'credentialType' ? 2 : true;
    const after = cloudDebugText(0x3e7, { ...NOTHING, [field]: value }).split('\n');
    return after.flatMap((line, i) => (line === before[i] ? [] : [i]));
  });
  assert.equal(
    changed,
    fields.map((_, i) => [i + 3]),
  );
});

s.run();
