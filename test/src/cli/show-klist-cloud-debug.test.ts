import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-klist-cloud-debug');
const run = finishedRun();
const cloud = finishedRun('cloud-trust-first-sign-in');
s.after(() => {
  run.remove();
  cloud.remove();
});

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

const debug = (logonId: string, bits: string): string => {
  const [received, used, key, password, type, primary] = bits;
  return `
Current LogonId is 0:${logonId}
Cloud Kerberos Debug info:
Cloud Kerberos enabled by policy: 0
AS_REP callback received: ${received}
AS_REP callback used: ${used}
Cloud Referral TGT present in cache: 0
SPN oracle configured: 0
KDC proxy present in cache: 0
Public Key Credential Present: ${key}
Password-derived Keys Present: ${password}
Plaintext Password Present: 0
AS_REP Credential Type: ${type}
Cloud Primary (Hybrid logon) TGT available: ${primary}
`;
};

s('cloud trust: with the password before Hello is set up, with the PIN afterwards', () => {
  const at = (time: string): string =>
    kerblab('show', cloud.folder, 'klist-cloud-debug', '--on', 'laptop', '--at', time).stdout;
  const logonId = (text: string): string => /0:(0x[0-9a-f]+)/.exec(text)?.[1] ?? '';
  const [before, after, unlocked] = ['90s', '270s', '430s'].map(at) as [string, string, string];
  assert.is(before, debug(logonId(before), '100101'));
  assert.is(after, debug(logonId(after), '111021'));
  assert.is(unlocked, debug(logonId(after), '111021'), 'the same session');
  assert.is.not(logonId(before), logonId(after));
});

s('nobody is signed in, and what is no device', () => {
  assert.match(shown('--at', '0s').stdout, /Current LogonId is 0:0x3e7\n[\s\S]*Keys Present: 0$/m);
  const server = shown('--on', 'files');
  assert.match(server.stderr, /--on files: expected a device/);
  assert.equal([server.status, shown('alice').status], [2, 2]);
});

s.run();
