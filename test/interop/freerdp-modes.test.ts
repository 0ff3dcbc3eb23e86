/** FreeRDP 2.11 and 3 with Restricted Admin and Remote Credential Guard at our remote desktop host. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ntHash } from '../../protocols/ntlm/response.ts';
import { toHex } from '../../src/bytes/bytes.ts';
import { peerTest } from '../peers.ts';
import { cacheOf, execute, type Served, serve } from './served.ts';

const s = suite('freerdp modes');

const FREERDP_2 = ['xfreerdp', 'xvfb-run', 'xauth'] as const;
const FREERDP_3 = ['xfreerdp3', 'xvfb-run', 'xauth', 'kinit'] as const;

const TAKES = 'test/interop/remote-desktop-modes.yaml';
const TAKES_NOT = 'test/interop/remote-desktop.yaml';
const served = new Map<string, Promise<Served>>();

function host(file: string): Promise<Served> {
  const running = served.get(file) ?? serve(file, ['--kdc', '0', '--rdp', '0']);
  served.set(file, running);
  return running;
}

s.after(async () => {
  for (const one of served.values()) await (await one).stop();
});

const DANA = ['CORP\\dana', 'Keys to all 9'] as const;
const ALICE = ['CORP\\alice', 'Correct horse 7'] as const;

async function freerdp2(
  file: string,
  [user, password]: readonly [user: string, password: string],
  ...more: readonly string[]
): Promise<string> {
  const { ready } = await host(file);
  const args = [`/v:${ready.rdp}`, `/u:${user}`, `/p:${password}`, '/sec:nla', '/cert:ignore'];
  const all = ['-a', 'xfreerdp', ...args, '+auth-only', ...more];
  const { code, stdout, stderr } = await execute('xvfb-run', all, {});
  return `${code}\n${stdout}${stderr}`;
}

peerTest(s, 'FreeRDP 2.11: an administrator by Restricted Admin', FREERDP_2, async () => {
  assert.match(await freerdp2(TAKES, DANA, '/restricted-admin'), 'exit status 0');
});

peerTest(s, 'FreeRDP 2.11: a hash is enough for that', FREERDP_2, async () => {
  const [user, password] = DANA;
  const hash = toHex(ntHash(password));
  assert.match(await freerdp2(TAKES, [user, 'unused'], `/pth:${hash}`), 'exit status 0');
});

peerTest(s, 'FreeRDP 2.11: nobody but administrators', FREERDP_2, async () => {
  const said = await freerdp2(TAKES, ALICE, '/restricted-admin');
  assert.match(said, 'exit status 1');
  assert.match(said, 'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES');
});

// It does not look whether the host agreed.
peerTest(s, 'FreeRDP 2.11: not at a host that takes only credentials', FREERDP_2, async () => {
  const said = await freerdp2(TAKES_NOT, DANA, '/restricted-admin');
  assert.match(said, 'exit status 1');
  assert.match(said, 'ERRINFO_SERVER_DENIED_CONNECTION');
});

/** Exit status 1 is success there. */
async function freerdp3(
  file: string,
  [user, password]: readonly [user: string, password: string],
  ...more: readonly string[]
): Promise<string> {
  const one = await host(file);
  const principal = `${user.slice(user.indexOf('\\') + 1)}@CORP.EXAMPLE`;
  const env = cacheOf(one, `${principal}-${more.join('')}`.replaceAll('/', ''));
  // Remote Credential Guard of FreeRDP forwards the ticket-granting ticket.
  await execute('kinit', ['-f', principal], env, `${password}\n`);
  const args = [`/v:${one.ready.rdp}`, '/server-name:rd1.corp.example', '/cert:ignore'];
  const who = [`/u:${principal}`, `/p:${password}`, '/sec:nla', '/auth-pkg-list:!ntlm'];
  const all = ['-a', 'xfreerdp3', ...args, ...who, '+auth-only', ...more];
  const home = { HOME: join(one.folder, 'home') };
  const { stdout, stderr } = await execute('xvfb-run', all, { ...env, ...home });
  return stdout + stderr;
}

for (const [what, more] of [
  ['with the password all the same', []],
  ['with empty credentials', ['-credentials-delegation']],
] as const) {
  peerTest(s, `FreeRDP 3: an administrator by Restricted Admin, ${what}`, FREERDP_3, async () => {
    const said = await freerdp3(TAKES, DANA, '/restricted-admin', ...more);
    assert.match(said, 'Authentication only, exit status 1');
  });
}

peerTest(s, 'FreeRDP 3: Restricted Admin is for administrators', FREERDP_3, async () => {
  const said = await freerdp3(TAKES, ALICE, '/restricted-admin');
  assert.match(said, 'Authentication only, exit status 0');
});

peerTest(s, 'FreeRDP 3: a ticket is enough for Remote Credential Guard', FREERDP_3, async () => {
  const said = await freerdp3(TAKES, ALICE, '/remoteGuard');
  assert.match(said, 'Authentication only, exit status 1');
});

peerTest(s, 'FreeRDP 3: not for who may not sign in from afar', FREERDP_3, async () => {
  const said = await freerdp3(TAKES, ['CORP\\bob', 'Battery staple 8'], '/remoteGuard');
  assert.match(said, 'Authentication only, exit status 0');
});

peerTest(s, 'FreeRDP 3: not at a host that takes only credentials', FREERDP_3, async () => {
  const said = await freerdp3(TAKES_NOT, ALICE, '/remoteGuard');
  assert.match(said, 'Authentication only, exit status 0');
});

s.run();
