import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kerblab } from './finished-run.ts';

const showCertutil = suite('show-certutil-store');

/** Alice and Bob have Hello on the laptop; Bob deletes his. Nobody has it on the desktop. */
const SCENARIO = `scenario: 1
title: Two containers on one device
about: For the test of show certutil-store.
seed: 1
start: 2026-03-02T08:00:00Z
actors:
  dc1: { role: domain-controller, realm: CORP.EXAMPLE }
  alice: { role: user, realm: CORP.EXAMPLE, password: 'Passw0rd!' }
  bob: { role: user, realm: CORP.EXAMPLE, password: 'Passw0rd!' }
  desktop: { role: device, realm: CORP.EXAMPLE }
  laptop:
    role: device
    realm: CORP.EXAMPLE
    join: hybrid
    hello:
      alice: { pin: '135791', trust: key, key: P-256 }
      bob: { pin: '246813', trust: key }
script:
  - { at: 0s, do: { actor: bob, enters: password, value: 'Passw0rd!', on: laptop } }
  - { at: 5m, do: { actor: bob, deletes: hello-container, on: laptop } }
expect:
  end: { laptop: signedIn }
`;

const folder = mkdtempSync(join(tmpdir(), 'kerblab-certutil-'));
showCertutil.before(() => {
  const file = join(folder, 'two-containers.yaml');
  writeFileSync(file, SCENARIO);
  const ran = kerblab('run', file, '--out', folder);
  assert.is(ran.status, 0, ran.stdout + ran.stderr);
});
showCertutil.after(() => rmSync(folder, { recursive: true }));

const show = (...args: readonly string[]) =>
  kerblab('show', join(folder, 'two-containers', '1'), 'certutil-store', ...args);

showCertutil('a user’s certificates with where their keys are', () => {
  const { stdout, stderr, status } = show('--on', 'laptop', '--at', '1m', 'alice');
  assert.is(status, 0, stderr);
  const lines = stdout.split('\n');
  assert.equal(lines.slice(0, 2), [
    'my "Personal"',
    '================ Certificate 0 ================',
  ]);
  assert.match(lines[2] ?? '', /^Serial Number: [0-9a-f]{2,32}$/);
  assert.is(lines[4], ' NotBefore: 2/23/2026 8:00 AM');
  assert.match(stdout, /^Key Container = S-1-5-21-.*\/alice@corp\.example$/m);
  assert.match(stdout, /^Signature test passed$/m);
  assert.is(lines.at(-2), 'CertUtil: -store command completed successfully.');
});

showCertutil('at any moment: Bob’s are gone when he has deleted his container', () => {
  assert.match(show('--on', 'laptop', '--at', '1m', 'bob').stdout, /^Encryption test passed$/m);
  const empty = 'my "Personal"\nCertUtil: -store command completed successfully.\n';
  assert.is(show('--on', 'laptop', 'bob').stdout, empty);
  assert.is(show('--on', 'desktop').stdout, empty, 'a device that has written nothing');
});

showCertutil('asks whose store and which device where there are several', () => {
  for (const [args, message] of [
    [['--on', 'laptop', '--at', '1m'], /certutil-store: say whose: alice, bob/],
    [[], /--on: say which one: desktop, laptop/],
    [['--on', 'dc1'], /dc1 has no certificate store: certutil-store is for devices/],
    [['--on', 'laptop', 'alice', 'bob'], /name one user/],
  ] as const) {
    const called = show(...args);
    assert.match(called.stderr, message);
    assert.equal([called.status, called.stdout], [2, '']);
  }
});

showCertutil.run();
