import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('export-entra');
const run = finishedRun('key-trust-before-sync');
s.after(() => run.remove());

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
