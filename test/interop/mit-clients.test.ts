/** MIT krb5's own clients against `kerblab serve`: what they print is the judge. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const PASSWORD = 'Passw0rd!';
const s = suite('MIT clients');
let served: Served;

s.before(async () => {
  served = await serve('scenarios/password-sign-in.yaml', ['--kdc', '0', '--trace', '0']);
});
s.after(async () => {
  const { code, ms } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
  assert.ok(ms < 2_000, 'SIGTERM stops serve within a second');
});

const run = (name: string, cache: string, args: readonly string[], input = ''): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache), input);

async function signedIn(cache: string, ...args: readonly string[]): Promise<void> {
  const kinit = await run('kinit', cache, [...args, 'alice'], `${PASSWORD}\n`);
  assert.is(kinit.code, 0, kinit.stderr);
}

async function post(path: string, body: unknown): Promise<void> {
  const url = new URL(served.ready.trace as string);
  const token = url.searchParams.get('token') as string;
  const answer = await fetch(new URL(path, url.origin), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.is(answer.status, 200, await answer.text());
}

peerTest(s, 'kinit by password, kvno, klist -e', ['kinit', 'kvno', 'klist'], async () => {
  await signedIn('password');
  const kvno = await run('kvno', 'password', ['cifs/files.corp.example']);
  assert.is(kvno.code, 0, kvno.stderr);
  assert.match(kvno.stdout, /cifs\/files\.corp\.example@CORP\.EXAMPLE: kvno = 2/);
  const klist = await run('klist', 'password', ['-e', '-f']);
  assert.match(klist.stdout, /Default principal: alice@CORP\.EXAMPLE/);
  assert.match(klist.stdout, /krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE/);
  assert.match(klist.stdout, /aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/);
});

peerTest(s, 'kinit by keytab', ['kinit'], async () => {
  const keytab = join(served.folder, 'all.keytab');
  const kinit = await run('kinit', 'keytab', ['-k', '-t', keytab, 'alice']);
  assert.is(kinit.code, 0, kinit.stderr);
});

peerTest(s, 'the service keytab opens the service ticket', ['kinit', 'kvno'], async () => {
  await signedIn('verify');
  const keytab = join(served.folder, 'services.keytab');
  const kvno = await run('kvno', 'verify', ['-k', keytab, 'cifs/files.corp.example']);
  assert.is(kvno.code, 0, kvno.stderr);
  assert.match(kvno.stdout, /keytab entry valid/);
});

peerTest(s, 'kinit -R renews', ['kinit', 'klist'], async () => {
  await signedIn('renew', '-r', '7d');
  const renewed = await run('kinit', 'renew', ['-R']);
  assert.is(renewed.code, 0, renewed.stderr);
  const flags = await run('klist', 'renew', ['-f']);
  assert.match(flags.stdout, /Flags: \w*R/);
});

peerTest(s, 'kinit -R of a ticket that is not renewable is refused', ['kinit'], async () => {
  await signedIn('not-renewable', '-l', '1h');
  const renewed = await run('kinit', 'not-renewable', ['-R']);
  assert.is(renewed.code, 1);
  assert.match(renewed.stderr, /KDC can't fulfill requested option/);
});

peerTest(s, 'kvno --u2u', ['kinit', 'kvno'], async () => {
  await signedIn('u2u');
  const cache = join(served.folder, 'cc-u2u');
  const kvno = await run('kvno', 'u2u', ['--u2u', `FILE:${cache}`, 'alice']);
  assert.is(kvno.code, 0, kvno.stderr);
});

peerTest(s, 'wrong password', ['kinit'], async () => {
  const kinit = await run('kinit', 'wrong', ['alice'], 'Guess1!\n');
  assert.is(kinit.code, 1);
  assert.match(kinit.stderr, /Password incorrect/);
});

peerTest(s, 'unknown user', ['kinit'], async () => {
  const kinit = await run('kinit', 'unknown', ['mallory'], 'x\n');
  assert.is(kinit.code, 1);
  assert.match(kinit.stderr, /Client 'mallory@CORP\.EXAMPLE' not found in Kerberos database/);
});

peerTest(s, 'unknown service', ['kinit', 'kvno'], async () => {
  await signedIn('no-service');
  const kvno = await run('kvno', 'no-service', ['cifs/nowhere.corp.example']);
  assert.is(kvno.code, 1);
  assert.match(kvno.stderr, /Server (?:\S+ )?not found in Kerberos database/);
});

peerTest(s, 'kinit -E: enterprise name, -C: canonicalised', ['kinit', 'klist'], async () => {
  for (const [options, principal] of [
    [['-E'], 'alice\\@corp.example@CORP.EXAMPLE'],
    [['-E', '-C'], 'alice@CORP.EXAMPLE'],
  ] as const) {
    const args = [...options, 'alice@corp.example'];
    const kinit = await run('kinit', 'enterprise', args, `${PASSWORD}\n`);
    assert.is(kinit.code, 0, kinit.stderr);
    const klist = await run('klist', 'enterprise', []);
    assert.ok(klist.stdout.includes(`Default principal: ${principal}\n`), klist.stdout);
  }
});

peerTest(s, 'UDP first, TCP when the answer is too big for it', ['kinit'], async () => {
  const config = join(served.folder, 'udp.conf');
  const log = join(served.folder, 'udp.log');
  const exported = readFileSync(join(served.folder, 'krb5.conf'), 'utf8');
  writeFileSync(
    config,
    exported.replace('udp_preference_limit = 1', 'udp_preference_limit = 1465'),
  );
  const env = { ...cacheOf(served, 'udp'), KRB5_CONFIG: config, KRB5_TRACE: log };
  const kinit = await execute(peer('kinit') as string, ['alice'], env, `${PASSWORD}\n`);
  assert.is(kinit.code, 0, kinit.stderr);
  const trace = readFileSync(log, 'utf8');
  assert.match(trace, /Sending initial UDP request/);
  assert.match(trace, /Response too big for UDP, retry with TCP/);
});

peerTest(s, 'a clock ten minutes off', ['kinit', 'faketime'], async () => {
  // kinit by keytab reads no hint of the KDC's time before it sends its timestamp.
  const keytab = join(served.folder, 'all.keytab');
  const late = await run('faketime', 'skew', [
    '-f',
    '+10m',
    peer('kinit') as string,
    '-k',
    '-t',
    keytab,
    'alice',
  ]);
  // MIT corrects its clock by the KDC's stime in PREAUTH_REQUIRED: the sign-in succeeds,
  // and the first use of the ticket against a KDC whose clock then jumps does not.
  assert.is(late.code, 0, late.stderr);
  await signedIn('skewed');
  await post('/clock', { advance: '10m' });
  const kvno = await run('kvno', 'skewed', ['cifs/files.corp.example']);
  await post('/clock', { advance: '-10m' });
  assert.is(kvno.code, 1);
  assert.match(kvno.stderr, /Clock skew too great/);
});

s.run();
