import { createPrivateKey, createPublicKey, privateDecrypt, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { decode } from '../../../src/der/codec.ts';
import { readCcache } from '../../../src/trace/ccache.ts';
import { principalText } from '../../../src/trace/principal.ts';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('export-entra');
const run = finishedRun('key-trust-before-sync');
const cloud = finishedRun('cloud-trust-first-sign-in');
s.after(() => {
  run.remove();
  cloud.remove();
});

s(
  '--device: the certificate, its key, the transport key and the Hello keys that came to be',
  () => {
    const folder = join(run.runs, 'laptop');
    const exported = kerblab('export', run.folder, '--device', folder);
    assert.is(exported.status, 0, exported.stderr);
    const files = ['device.key', 'device.pem', 'hello-alice.key', 'transport.key'];
    assert.equal(readdirSync(folder).sort(), files);
    const modes = files.map((file) => statSync(join(folder, file)).mode & 0o777);
    assert.equal(modes, [0o600, 0o644, 0o600, 0o600]);
    const read = (file: string) => readFileSync(join(folder, file));
    const certificate = new X509Certificate(read('device.pem'));
    const key = createPrivateKey(read('device.key'));
    assert.ok(certificate.checkPrivateKey(key));
    assert.match(certificate.subject, /^CN=[0-9a-f-]{36}$/);
    const transport = createPrivateKey(read('transport.key'));
    assert.not.ok(certificate.checkPrivateKey(transport));
    assert.is(transport.asymmetricKeyType, 'rsa');
  },
);

s('--prt: the token of the last sign-in, whose session key the transport key unwraps', () => {
  const [file, folder] = [join(cloud.runs, 'roadtx.prt'), join(cloud.runs, 'laptop')];
  const exported = kerblab('export', cloud.folder, '--prt', file, '--device', folder);
  assert.is(exported.status, 0, exported.stderr);
  assert.is(statSync(file).mode & 0o777, 0o600);
  const prt = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  const encrypted = Buffer.from(prt.session_key_jwe?.split('.')[1] ?? '', 'base64url');
  const key = readFileSync(join(folder, 'transport.key'));
  const unwrapped = privateDecrypt({ key, oaepHash: 'sha1' }, encrypted);
  assert.is(unwrapped.toString('hex'), prt.session_key);
  assert.is(JSON.parse(prt.tgt_ad ?? '{}').sn, 'krbtgt/CORP.EXAMPLE');
});

s('--prt: says whose there are where it is not clear', () => {
  for (const choice of [
    ['--principal', 'bob'],
    ['--on', 'desktop'],
  ]) {
    const refused = kerblab('export', cloud.folder, '--prt', join(cloud.runs, 'x'), ...choice);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /--prt: say whose .*: alice@corp\.example on laptop/);
  }
});

s('--ticket: the partial, the full and the cloud’s', () => {
  const file = join(cloud.runs, 'one.ccache');
  const cached = (ticket: string) => {
    const exported = kerblab('export', cloud.folder, '--ccache', file, '--ticket', ticket);
    assert.is(exported.status, 0, exported.stderr);
    const [one, ...others] = readCcache(new Uint8Array(readFileSync(file))).credentials;
    assert.equal(others, []);
    assert.ok(one !== undefined);
    return {
      client: principalText(one.client),
      server: principalText(one.server),
      number: (decode(Ticket, one.ticket).encPart.kvno ?? 0) >>> 16,
    };
  };
  const [partial, full, inCloud] = ['partial', 'full', 'cloud'].map(cached);
  const onPremises = { client: 'alice@CORP.EXAMPLE', server: 'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE' };
  assert.equal(full, { ...onPremises, number: 0 });
  assert.equal({ ...partial, number: 0 }, full, 'but for its number');
  assert.ok((partial?.number ?? 0) > 0);
  const realm = 'KERBEROS.MICROSOFTONLINE.COM';
  assert.equal(inCloud?.server, `krbtgt/${realm}@${realm}`);
  assert.equal(inCloud?.client, `alice\\@corp.example@${realm}`);
});

s('the Hello key is the one that signs in', () => {
  const folder = join(run.runs, 'hello');
  kerblab('export', run.folder, '--device', folder);
  const key = createPublicKey(createPrivateKey(readFileSync(join(folder, 'hello-alice.key'))));
  const { n } = key.export({ format: 'jwk' });
  const modulus = Buffer.from(n as string, 'base64url').toString('hex');
  const ldif = kerblab('show', run.folder, 'directory', 'alice', '--on', 'dc1').stdout;
  const unfolded = ldif.replace(/\n /g, '').toLowerCase();
  assert.match(unfolded, modulus, 'in msDS-KeyCredentialLink');
});

s.run();
