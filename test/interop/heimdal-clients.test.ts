/** Heimdal's clients against `kerblab serve`. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, passwordFile, type Served, serve } from './served.ts';

const s = suite('Heimdal clients');
let served: Served;

s.before(async () => {
  served = await serve('scenarios/password-sign-in.yaml', ['--kdc', '0']);
});
s.after(async () => {
  assert.is((await served.stop()).code, 0, served.log());
});

const run = (name: string, cache: string, args: readonly string[]): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache));

peerTest(s, 'kinit by password, kgetcred', ['kinit.heimdal', 'kgetcred'], async () => {
  const file = passwordFile(served, 'Passw0rd!');
  const kinit = await run('kinit.heimdal', 'h', [`--password-file=${file}`, 'alice']);
  assert.is(kinit.code, 0, kinit.stderr);
  const ticket = await run('kgetcred', 'h', ['cifs/files.corp.example']);
  assert.is(ticket.code, 0, ticket.stderr);
  const list = await run('heimtools', 'h', ['klist', '-v']);
  assert.match(list.stdout, /Server: cifs\/files\.corp\.example@CORP\.EXAMPLE/);
  assert.match(list.stdout, /Ticket etype: aes256-cts-hmac-sha1-96, kvno 2/);
});

peerTest(s, 'kinit by keytab', ['kinit.heimdal'], async () => {
  const keytab = join(served.folder, 'all.keytab');
  const kinit = await run('kinit.heimdal', 'k', [`--keytab=${keytab}`, '--use-keytab', 'alice']);
  assert.is(kinit.code, 0, kinit.stderr);
});

peerTest(s, 'kinit --renew', ['kinit.heimdal'], async () => {
  const file = passwordFile(served, 'Passw0rd!');
  const renewable = ['--renewable-life=7d', `--password-file=${file}`, 'alice'];
  const kinit = await run('kinit.heimdal', 'r', renewable);
  assert.is(kinit.code, 0, kinit.stderr);
  const renewed = await run('kinit.heimdal', 'r', ['--renew']);
  assert.is(renewed.code, 0, renewed.stderr);
});

peerTest(s, 'wrong password, unknown user', ['kinit.heimdal'], async () => {
  const file = passwordFile(served, 'Guess1!');
  const wrong = await run('kinit.heimdal', 'w', [`--password-file=${file}`, 'alice']);
  assert.is(wrong.code, 1);
  assert.match(wrong.stderr, /Password incorrect/);
  const unknown = await run('kinit.heimdal', 'u', [`--password-file=${file}`, 'mallory']);
  assert.is(unknown.code, 1);
  assert.match(unknown.stderr, /unknown|not found/i);
});

s.run();
