import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kerblab } from './finished-run.ts';

const s = suite('show-account');

/** Alice's account has another name than she; Bob is at home in another realm. */
const SCENARIO = `scenario: 1
title: Whose keys
about: For the test of show key-credentials.
seed: 1
start: 2026-03-02T08:00:00Z
actors:
  dc1: { role: domain-controller, realm: CORP.EXAMPLE }
  dc9: { role: domain-controller, realm: OTHER.EXAMPLE }
  alice: { role: user, realm: CORP.EXAMPLE, password: 'Passw0rd!', sAMAccountName: a.example }
  bob: { role: user, realm: OTHER.EXAMPLE, password: 'Passw0rd!' }
  laptop:
    role: device
    realm: CORP.EXAMPLE
    join: hybrid
    hello: { alice: { pin: '135791', trust: key } }
script:
  - { at: 0s, do: { actor: alice, enters: pin, value: '135791', on: laptop } }
expect:
  within: 2s
`;

const folder = mkdtempSync(join(tmpdir(), 'kerblab-account-'));
s.before(() => {
  const file = join(folder, 'whose-keys.yaml');
  writeFileSync(file, SCENARIO);
  const ran = kerblab('run', file, '--out', folder);
  if (ran.status !== 0 && ran.status !== 1) throw new Error(ran.stdout + ran.stderr);
});
s.after(() => rmSync(folder, { recursive: true }));

const show = (...args: readonly string[]) => {
  const { stdout, stderr, status } = kerblab(
    'show',
    join(folder, 'whose-keys', '1'),
    'key-credentials',
    ...args,
  );
  return { stdout, stderr, status };
};

s('a person stands for their account in the directory of their realm', () => {
  const alice = show('--on', 'alice');
  assert.is(alice.status, 0, alice.stderr);
  assert.match(alice.stdout, /^CORP\\a\.example \(CN=a\.example,.*\) has 1 key credential\n/);
  assert.equal(show('--on', 'dc1', 'a.example'), alice);
  assert.match(show('--on', 'bob').stdout, /^OTHER\\bob .* has no key credentials$/m);
});

s('a computer for its own', () => {
  assert.match(show('--on', 'laptop').stdout, /^CORP\\LAPTOP\$ /);
});

s('a name behind the view says more than the actor; without either one has to say whose', () => {
  assert.match(show('--on', 'alice', 'LAPTOP$').stdout, /^CORP\\LAPTOP\$ /);
  assert.match(show().stderr, /--on: say which one: dc1, dc9/);
  assert.match(show('--on', 'mallory').stderr, /the run has no such actor/);
});

s.run();
