import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { post, serve } from '../../interop/served.ts';

const s = suite('serve exports of Entra');

s('the cast’s devices with their keys, as the tenant knows them', async () => {
  const served = await serve('test/interop/entra.yaml', ['--entra', '0']);
  const place = join(served.folder, 'entra');
  const tenant = JSON.parse(readFileSync(join(place, 'tenant.json'), 'utf8'));
  assert.is(tenant.url, `https://${served.ready.entra}`);
  const [{ name, deviceId, hello }] = tenant.devices;
  assert.is(name, 'laptop');
  const files = ['device.key', 'device.pem', 'hello-alice.key', 'transport.key'];
  assert.equal(readdirSync(join(place, name)).sort(), files);
  const read = (file: string): Buffer => readFileSync(join(place, name, file));
  const certificate = new X509Certificate(read('device.pem'));
  assert.is(certificate.subject, `CN=${deviceId}`);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(read('device.key'))));
  for (const file of files) assert.is(statSync(join(place, name, file)).mode & 0o077, 0, file);
  const key = createPrivateKey(read('hello-alice.key'));
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const spki = await crypto.subtle
    .importKey('jwk', { kty: 'RSA', n, e }, { name: 'RSA-OAEP', hash: 'SHA-1' }, true, ['encrypt'])
    .then((known) => crypto.subtle.exportKey('spki', known));
  const blob = bcryptPublicBlob(new Uint8Array(spki));
  const kid = createHash('sha256').update(blob).digest('base64');
  assert.equal(hello, [{ user: 'alice', kid }]);
  // The tenant is reached under the identifier that stands there.
  const path = `/${tenant.tenantId}/oauth2/token`;
  const { status, body } = await post(served, path, 'grant_type=srv_challenge');
  assert.is(status, 200, body);
  assert.is((await served.stop()).code, 0);
});

s('nothing of it without a tenant on sockets', async () => {
  const served = await serve('test/interop/entra.yaml', ['--kdc', '0']);
  assert.not(existsSync(join(served.folder, 'entra')));
  assert.not(existsSync(join(served.folder, 'ca.pem')));
  assert.is(served.ready.entra, null);
  assert.is((await served.stop()).code, 0);
});

s.run();
