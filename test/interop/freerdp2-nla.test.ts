/** FreeRDP 2.11 in CredSSP at our remote desktop host: it speaks NTLM there, without SPNEGO around it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peerTest } from '../peers.ts';
import { execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('freerdp 2 nla');

const PEERS = ['xfreerdp', 'xvfb-run', 'xauth'] as const;
const served = new Map<string, Promise<Served>>();

function host(file: string): Promise<Served> {
  const running = served.get(file) ?? serve(file, ['--kdc', '0', '--rdp', '0']);
  served.set(file, running);
  return running;
}

s.after(async () => {
  for (const one of served.values()) await (await one).stop();
});

const HOST = 'test/interop/remote-desktop.yaml';
const ACCOUNTS = 'test/interop/remote-desktop-accounts.yaml';

/** To the state ACTIVE and no further, by network level authentication alone. */
async function connected(
  file: string,
  user: string,
  password: string,
  ...more: readonly string[]
): Promise<Outcome> {
  const { ready } = await host(file);
  const args = [`/v:${ready.rdp}`, `/u:${user}`, `/p:${password}`, '/sec:nla', ...more];
  const all = ['-a', 'xfreerdp', ...args, '/cert:ignore', '+auth-only'];
  const outcome = await execute('xvfb-run', all, {});
  return { ...outcome, stdout: outcome.stdout + outcome.stderr };
}

for (const [user, password] of [
  ['CORP\\alice', 'Correct horse 7'],
  ['alice@corp.example', 'Correct horse 7'],
  ['corp.example\\alice', 'Correct horse 7'],
  ['CORP\\dana', 'Keys to all 9'],
] as const) {
  peerTest(s, `${user} reaches a session by NTLM`, PEERS, async () => {
    const { code, stdout } = await connected(HOST, user, password);
    assert.match(stdout, 'Authentication only, exit status 0');
    assert.is(code, 0, stdout);
  });
}

for (const [why, file, user, password, told] of [
  ['a wrong password', HOST, 'CORP\\alice', 'wrong', 'STATUS_LOGON_FAILURE [0xC000006D]'],
  ['nobody of that name', HOST, 'CORP\\mallory', 'x', 'STATUS_LOGON_FAILURE [0xC000006D]'],
  ['another domain', HOST, 'OTHER\\alice', 'Correct horse 7', 'STATUS_LOGON_FAILURE [0xC000006D]'],
  [
    'who is not in Remote Desktop Users',
    HOST,
    'CORP\\bob',
    'Battery staple 8',
    'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES',
  ],
  [
    'a disabled account',
    ACCOUNTS,
    'CORP\\disabled',
    'Passw0rd!',
    'STATUS_ACCOUNT_DISABLED [0xC0000072]',
  ],
  [
    'an expired account',
    ACCOUNTS,
    'CORP\\expired',
    'Passw0rd!',
    'STATUS_ACCOUNT_EXPIRED [0xC0000193]',
  ],
  [
    'somebody out of hours',
    ACCOUNTS,
    'CORP\\outofhours',
    'Passw0rd!',
    'STATUS_INVALID_LOGON_HOURS [0xC000006F]',
  ],
  [
    'who must change the password',
    ACCOUNTS,
    'CORP\\mustchange',
    'Passw0rd!',
    'STATUS_PASSWORD_MUST_CHANGE [0xC0000224]',
  ],
  [
    'an expired password',
    ACCOUNTS,
    'CORP\\oldpassword',
    'Passw0rd!',
    'STATUS_PASSWORD_EXPIRED [0xC0000071]',
  ],
  [
    'a member of Protected Users',
    ACCOUNTS,
    'CORP\\protected',
    'Passw0rd!',
    'STATUS_ACCOUNT_RESTRICTION [0xC000006E]',
  ],
] as const) {
  peerTest(s, `${why} is told ${told}`, PEERS, async () => {
    const { code, stdout } = await connected(file, user, password);
    assert.is.not(code, 0, stdout);
    assert.match(stdout, told);
    assert.match(stdout, 'Authentication only, exit status 1');
  });
}

s.run();
