import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../root.ts';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-dsregcmd');

/** Alice has Hello on the hybrid joined laptop, Bob a desktop of the domain; a tablet is Entra's alone. */
const SCENARIO = `scenario: 1
title: Three kinds of joins
about: For the test of show dsregcmd.
seed: 1
start: 2026-03-02T08:00:00Z
actors:
  dc1: { role: domain-controller, realm: CORP.EXAMPLE, netbios: CORP }
  entra:
    { role: entra-tenant, realm: CORP.EXAMPLE, tenantId: 0d9d2d66-7343-4bf2-a3dd-377c9e1e6244 }
  alice: { role: user, realm: CORP.EXAMPLE, password: 'Passw0rd!' }
  bob: { role: user, realm: CORP.EXAMPLE, password: 'Passw0rd!' }
  desktop: { role: device, realm: CORP.EXAMPLE }
  laptop:
    role: device
    realm: CORP.EXAMPLE
    join: hybrid
    tpm: none
    deviceId: e92325d0-7ac4-4714-88a1-94ae875d5245
    hello: { alice: { pin: '135791', trust: key } }
script:
  - { at: 0s, do: { actor: alice, enters: password, value: 'Passw0rd!', on: laptop } }
  - { at: 0s, do: { actor: bob, enters: password, value: 'Passw0rd!', on: desktop } }
  - { at: 5m, do: { actor: entra, disables: laptop } }
  - { at: 6m, do: { actor: laptop, signsOut: user } }
  - { at: 7m, do: { actor: alice, enters: password, value: 'Passw0rd!', on: laptop } }
expect:
  end: { laptop: signedIn, desktop: signedIn }
`;

const folder = mkdtempSync(join(tmpdir(), 'kerblab-dsregcmd-'));
s.before(() => {
  const file = join(folder, 'joins.yaml');
  writeFileSync(file, SCENARIO);
  const ran = kerblab('run', file, '--out', folder);
  assert.is(ran.status, 0, ran.stdout + ran.stderr);
});
s.after(() => rmSync(folder, { recursive: true }));

const shown = (...args: readonly string[]): string => {
  const called = kerblab('show', join(folder, 'joins', '1'), 'dsregcmd', ...args);
  assert.is(called.status, 0, called.stderr);
  return called.stdout;
};

const golden = (name: string) => readFileSync(root('test', 'src', 'cli', 'shown', name), 'utf8');

s('a member of the domain', () => {
  assert.is(shown('--on', 'desktop', '--at', '1m'), golden('dsregcmd-domain.txt'));
});

s('a hybrid joined device with Hello', () => {
  assert.is(shown('--on', 'laptop', '--at', '1m'), golden('dsregcmd-hybrid.txt'));
});

s('Entra has disabled the device', () => {
  const before = shown('--on', 'laptop', '--at', '299s');
  const after = shown('--on', 'laptop', '--at', '301s');
  const status = 'DeviceAuthStatus : ';
  assert.is(
    after,
    before.replace(`${status}SUCCESS`, `${status}FAILED. Device is either disabled or deleted`),
  );
  assert.is.not(after, before);
});

s('the sign-in after that brings no new token, and the tool says why', () => {
  const text = shown('--on', 'laptop');
  const [, sso] = text.split('| SSO State ');
  const attempt = (sso ?? '').split('EnterprisePrt :')[0] ?? '';
  assert.match(attempt, /^ {5}AcquirePrtDiagnostics : PRESENT$/m);
  assert.match(attempt, /^ {12}Attempt Status : 0xc000006d$/m);
  assert.match(attempt, /^ {13}User Identity : alice@corp\.example$/m);
  assert.match(attempt, /^ {11}Credential Type : Password$/m);
  assert.match(attempt, /^ {15}HTTP status : 40[01]$/m);
  assert.match(attempt, /AADSTS(135011|50155)/);
  const nobody = shown('--on', 'laptop', '--at', '390s');
  assert.not.match(nobody, 'AcquirePrtDiagnostics', 'nothing had failed by then');
});

s('nobody is signed in: the prompt is the system’s', () => {
  const text = shown('--on', 'desktop', '--at', '0s');
  assert.match(text, /^ {4}Executing Account Name : CORP\\DESKTOP\$$/m);
  assert.match(text, /^ {14}User Context : SYSTEM$/m);
  assert.match(text, /^ {6}AD Connectivity Test : FAIL \[0x54b\]$/m);
});

const cloud = finishedRun('cloud-trust-first-sign-in');
s.after(() => cloud.remove());

for (const [when, at, file] of [
  ['before', '90s', 'dsregcmd-cloud-before.txt'],
  ['after', '270s', 'dsregcmd-cloud-after.txt'],
] as const) {
  s(`cloud trust, ${when} Hello is set up`, () => {
    const text = kerblab('show', cloud.folder, 'dsregcmd', '--on', 'laptop', '--at', at).stdout;
    assert.is(text, golden(file));
    assert.match(text, /^ {17}OnPremTgt : YES\n {18}CloudTgt : YES$/m);
  });
}

const joins = finishedRun('device-joins');
s.after(() => joins.remove());

s('a join in the story, and one that came to nothing', () => {
  const at = (device: string, time: string) =>
    kerblab('show', joins.folder, 'dsregcmd', '--on', device, '--at', time).stdout;
  assert.match(at('laptop', '30s'), /^ {13}AzureAdJoined : NO$/m);
  const joined = at('laptop', '90s');
  assert.match(joined, /^ {13}AzureAdJoined : YES$/m);
  assert.match(joined, /^ {14}DomainJoined : NO$/m);
  assert.match(joined, /^ {10}DeviceAuthStatus : SUCCESS$/m);
  const kiosk = at('kiosk', '10m');
  assert.match(kiosk, /^ {13}AzureAdJoined : NO$/m);
  assert.match(kiosk, /^ {9}Registration Type : sync$/m);
  assert.match(kiosk, /^ {10}Client ErrorCode : 0x801c03f2$/m);
  assert.match(kiosk, /^ {10}Server ErrorCode : error_missing_device$/m);
});

s('says what is wrong with what it is asked', () => {
  const called = kerblab('show', join(folder, 'joins', '1'), 'dsregcmd', '--on', 'laptop', 'alice');
  assert.match(called.stderr, /dsregcmd: nothing may stand behind it/);
  assert.is(called.status, 2);
});

s.run();
