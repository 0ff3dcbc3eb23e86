/** MIT's kinit at a domain controller that asks more than the client begins with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { cacheOf, execute, type Served, serve } from './served.ts';

const s = suite('PKINIT renegotiated');
let served: Served;

s.before(async () => {
  served = await serve('test/interop/public-keys-strict.yaml', ['--kdc', '0']);
});
s.after(async () => {
  const { code } = await served.stop();
  assert.is(code, 0, `serve ended with ${code}: ${served.log()}`);
});

peerTest(
  s,
  'MIT: comes back with the group that the KDC names, and with its token',
  ['kinit'],
  async () => {
    const log = join(served.folder, 'trace.log');
    const identity = `X509_user_identity=FILE:${join(served.folder, 'users', 'alice.pem')}`;
    const env = { ...cacheOf(served, 'alice'), KRB5_TRACE: log };
    const done = await execute(peer('kinit') as string, ['-X', identity, 'alice'], env);
    assert.is(done.code, 0, done.stderr);
    const trace = readFileSync(log, 'utf8');
    assert.match(trace, /PKINIT client received freshness token from KDC/);
    assert.match(trace, /PKINIT client trying again with KDC-provided parameters/);
    assert.match(trace, /PKINIT client verified DH reply/);
    const requests = trace.match(/PKINIT client making DH request/g)?.length;
    assert.is(requests, 2, 'one request in 2048 bits, one in 4096');
  },
);

peerTest(
  s,
  'Heimdal: has no 4096 bits and no token, and says why it fails',
  ['kinit.heimdal'],
  async () => {
    const identity = `--pk-user=FILE:${join(served.folder, 'users', 'alice.pem')}`;
    const env = cacheOf(served, 'heimdal');
    const done = await execute(peer('kinit.heimdal') as string, [identity, 'alice'], env);
    assert.is(done.code, 1);
  },
);

s.run();
