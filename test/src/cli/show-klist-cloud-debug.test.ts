import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-klist-cloud-debug');
const run = finishedRun();
s.after(() => run.remove());

const shown = (...args: readonly string[]) =>
  kerblab('show', run.folder, 'klist-cloud-debug', ...args);

s('a password in a domain: nothing of the cloud', () => {
  assert.is(
    shown().stdout,
    `
Current LogonId is 0:0x10005
Cloud Kerberos Debug info:
Cloud Kerberos enabled by policy: 0
AS_REP callback received: 0
AS_REP callback used: 0
Cloud Referral TGT present in cache: 0
SPN oracle configured: 0
KDC proxy present in cache: 0
Public Key Credential Present: 0
Password-derived Keys Present: 1
Plaintext Password Present: 0
AS_REP Credential Type: 0
Cloud Primary (Hybrid logon) TGT available: 0
`,
  );
});

s('nobody is signed in, and what is no device', () => {
  assert.match(shown('--at', '0s').stdout, /Current LogonId is 0:0x3e7\n[\s\S]*Keys Present: 0$/m);
  const server = shown('--on', 'files');
  assert.match(server.stderr, /--on files: expected a device/);
  assert.equal([server.status, shown('alice').status], [2, 2]);
});

s.run();
