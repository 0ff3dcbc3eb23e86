/**
 * Key trust as somebody would try it: a Hello key of a story signs in with MIT's kinit for as long as
 * its credential stands in the directory.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('key trust, served');
let served: Served;

s.before(async () => {
  served = await serve('scenarios/key-trust-sign-in.yaml', ['--kdc', '0', '--ldap', '0']);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

const exported = (...names: readonly string[]): string => join(served.folder, ...names);

const run = (name: string, cache: string, args: readonly string[], input = ''): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache), input);

function kinit(): Promise<Outcome> {
  const identity = `X509_user_identity=FILE:${exported('users', 'alice.pem')}`;
  const anchors = `X509_anchors=FILE:${exported('ca.pem')}`;
  return run('kinit', 'alice', ['-X', identity, '-X', anchors, 'alice']);
}

/** How the administrator binds: ldap-admin.txt says it. */
function administrator(): readonly string[] {
  const lines = readFileSync(exported('ldap-admin.txt'), 'utf8');
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(lines)?.[1] ?? '';
  return ['-x', '-H', field('uri'), '-D', field('dn'), '-w', field('password')];
}

async function modify(ldif: string): Promise<void> {
  const done = await run('ldapmodify', 'none', administrator(), ldif);
  assert.is(done.code, 0, done.stderr);
}

async function keyCredentials(dn: string): Promise<readonly string[]> {
  const what = ['-LLL', '-o', 'ldif-wrap=no', '-s', 'base', '-b', dn, 'msDS-KeyCredentialLink'];
  const { stdout } = await run('ldapsearch', 'none', [...administrator(), ...what]);
  return Array.from(stdout.matchAll(/^msDS-KeyCredentialLink: (.*)$/gm), (match) => match[1] ?? '');
}

peerTest(
  s,
  'kinit fails at once when the key credential goes, and works at once when it comes back',
  ['kinit', 'ldapmodify', 'ldapsearch'],
  async () => {
    const first = await kinit();
    assert.is(first.code, 0, first.stderr);
    const dn = 'CN=alice,CN=Users,DC=corp,DC=example';
    const before = await keyCredentials(dn);
    assert.is(before.length, 1);
    const value = before[0] as string;
    assert.match(value, new RegExp(`^B:\\d+:[0-9A-F]+:${dn}$`));
    await modify(`dn: ${dn}\nchangetype: modify\ndelete: msDS-KeyCredentialLink\n`);
    const without = await kinit();
    assert.is(without.code, 1);
    // MIT's text for KDC_ERR_CLIENT_NOT_TRUSTED (62).
    assert.match(without.stderr, /Client not trusted/);
    const change = 'changetype: modify\nadd: msDS-KeyCredentialLink\n';
    await modify(`dn: ${dn}\n${change}msDS-KeyCredentialLink: ${value}\n`);
    const again = await kinit();
    assert.is(again.code, 0, again.stderr);
  },
);

s.run();
