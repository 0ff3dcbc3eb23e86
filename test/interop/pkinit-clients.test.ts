/** Other people's clients sign in with exported certificates at `kerblab serve`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('PKINIT clients');
let served: Served;

s.before(async () => {
  served = await serve('test/interop/public-keys.yaml', ['--kdc', '0', '--ldap', '0']);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

const exported = (...names: readonly string[]): string => join(served.folder, ...names);

const run = (name: string, cache: string, args: readonly string[]): Promise<Outcome> =>
  execute(peer(name) as string, args, cacheOf(served, cache));

const MIT = ['kinit', 'klist'];

/** MIT's kinit with what the export has of a user; nobody is there to type a password. */
function kinit(user: string, ...options: readonly string[]): Promise<Outcome> {
  const identity = `X509_user_identity=FILE:${exported('users', `${user}.pem`)}`;
  const anchors = `X509_anchors=FILE:${exported('ca.pem')}`;
  return run('kinit', user, ['-X', identity, '-X', anchors, ...options, user]);
}

async function principalIn(cache: string): Promise<string | undefined> {
  const { stdout } = await run('klist', cache, []);
  return /Default principal: (\S+)/.exec(stdout)?.[1];
}

peerTest(s, 'MIT: a smart card’s certificate, and a ticket for a service', MIT, async () => {
  const done = await kinit('alice');
  assert.is(done.code, 0, done.stderr);
  assert.is(await principalIn('alice'), 'alice@CORP.EXAMPLE');
  const kvno = await run('kvno', 'alice', ['cifs/files.corp.example']);
  assert.is(kvno.code, 0, kvno.stderr);
});

peerTest(s, 'MIT: the same from PKCS #12, with the anchors of krb5.conf', MIT, async () => {
  const identity = `X509_user_identity=PKCS12:${exported('users', 'alice.p12')}`;
  const done = await run('kinit', 'p12', ['-X', identity, 'alice']);
  assert.is(done.code, 0, done.stderr);
  assert.is(await principalIn('p12'), 'alice@CORP.EXAMPLE');
});

peerTest(s, 'MIT: a Hello key, by key trust', MIT, async () => {
  const done = await kinit('bob');
  assert.is(done.code, 0, done.stderr);
  assert.is(await principalIn('bob'), 'bob@CORP.EXAMPLE');
});

peerTest(s, 'MIT: trace of what both sides agreed on', MIT, async () => {
  const log = exported('trace.log');
  const identity = `X509_user_identity=FILE:${exported('users', 'alice.pem')}`;
  const env = { ...cacheOf(served, 'traced'), KRB5_TRACE: log };
  const done = await execute(peer('kinit') as string, ['-X', identity, 'alice'], env);
  assert.is(done.code, 0, done.stderr);
  const trace = readFileSync(log, 'utf8');
  for (const line of [
    /PKINIT client received freshness token from KDC/,
    /PKINIT client making DH request/,
    /PKINIT client verified DH reply/,
    // By the principal in it, with no checking relaxed.
    /matched KDC principal krbtgt\/CORP\.EXAMPLE@CORP\.EXAMPLE against id-pkinit-san/,
    // id-pkinit-kdf-ah-sha512 (RFC 8636).
    /PKINIT client used KDF 2B06010502030603 /,
  ]) {
    assert.match(trace, line);
  }
  assert.not.match(trace, /trying again with KDC-provided parameters/);
});

/** Lines of the exported krb5.conf with others in place. */
function changed(name: string, from: RegExp, to: string): Record<string, string> {
  const config = exported(name);
  const text = readFileSync(exported('krb5.conf'), 'utf8');
  assert.match(text, from);
  writeFileSync(config, text.replace(from, to));
  return { ...cacheOf(served, name), KRB5_CONFIG: config };
}

peerTest(s, 'MIT: a client that wants 4096 bits gets them at once', MIT, async () => {
  const log = exported('large.log');
  const env = changed('large', /pkinit_dh_min_bits = 2048/, 'pkinit_dh_min_bits = 4096');
  const identity = `X509_user_identity=FILE:${exported('users', 'alice.pem')}`;
  const done = await execute(peer('kinit') as string, ['-X', identity, 'alice'], {
    ...env,
    KRB5_TRACE: log,
  });
  assert.is(done.code, 0, done.stderr);
  assert.not.match(readFileSync(log, 'utf8'), /trying again with KDC-provided parameters/);
});

peerTest(s, 'MIT: who is not whom the certificate names is refused', MIT, async () => {
  const identity = `X509_user_identity=FILE:${exported('users', 'alice.pem')}`;
  const other = await run('kinit', 'other', ['-X', identity, 'bob']);
  assert.is(other.code, 1);
  assert.match(other.stderr, /Client name mismatch/);
});

peerTest(s, 'MIT: a certificate of an authority that the realm does not know', MIT, async () => {
  // For kinit to show it, the foreign root is trusted on this side alone.
  const roots = exported('with-foreign.pem');
  const ca = readFileSync(exported('ca.pem'), 'utf8');
  writeFileSync(roots, ca + readFileSync(exported('users', 'mallory.pem'), 'utf8'));
  const identity = `X509_user_identity=FILE:${exported('users', 'mallory.pem')}`;
  const done = await run('kinit', 'mallory', [
    '-X',
    identity,
    '-X',
    `X509_anchors=FILE:${roots}`,
    'mallory',
  ]);
  assert.is(done.code, 1);
  assert.match(done.stderr, /Can't verify certificate|Client not trusted|authentication failed/i);
});

const HEIMDAL = ['kinit.heimdal', 'heimtools'];

peerTest(s, 'Heimdal: smart card and Hello key, by DH and by RSA', HEIMDAL, async () => {
  for (const user of ['alice', 'bob']) {
    for (const mode of [[], ['--pk-use-enckey'], ['--windows']]) {
      const cache = `h-${user}${mode.join('')}`;
      const identity = `--pk-user=FILE:${exported('users', `${user}.pem`)}`;
      const done = await run('kinit.heimdal', cache, [...mode, identity, user]);
      assert.is(done.code, 0, `${cache}: ${done.stderr}`);
      const list = await run('heimtools', cache, ['klist']);
      assert.match(list.stdout, new RegExp(`Principal: ${user}@CORP\\.EXAMPLE`));
    }
  }
});

peerTest(s, 'Heimdal: another user’s key is refused', HEIMDAL, async () => {
  const identity = `--pk-user=FILE:${exported('users', 'alice.pem')}`;
  const done = await run('kinit.heimdal', 'h-other', [identity, 'bob']);
  assert.is(done.code, 1);
});

s.run();
