/** The tenant on real sockets, over TLS, as clients reach it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { readPem } from '../../../protocols/x509/pem.ts';
import { servedTls } from '../../../src/cli/serve-tls.ts';
import { chanceKeys, seededKeys } from '../../../src/signing/key-maker.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { post, serve } from '../../interop/served.ts';

const s = suite('serve, TLS');
const FILE = 'scenarios/key-trust-before-sync.yaml';

const NOW = Date.UTC(2026, 0, 1);

s('one certificate for this machine and for Entra, by an authority of this start', () => {
  const keys = keyStore();
  const { identity, root } = servedTls(keys, chanceKeys(), '10.0.0.5', NOW);
  const [leaf, authority] = [identity.certificate, root].map((der) => {
    const read = readCertificate(der);
    assert.ok(read.ok);
    return read.value;
  });
  assert.ok(keys.find(identity.key) !== undefined, 'the driver finds the key');
  assert.is(keys.find('serve/tls-authority'), undefined, 'the authority’s is forgotten');
  assert.is(leaf?.issuer.text, authority?.subject.text);
  assert.ok((leaf?.notBefore ?? NOW) < NOW && (leaf?.notAfter ?? NOW) > NOW);
  const again = servedTls(keyStore(), chanceKeys(), '10.0.0.5', NOW);
  assert.not.equal(again.root, root, 'nobody can make it again');
  const seeded = [1, 2].map(() => servedTls(keyStore(), seededKeys(5), '127.0.0.1', NOW));
  assert.equal(seeded[0]?.root, seeded[1]?.root);
});

s('clients that trust ca.pem reach the tenant by address and by Microsoft’s names', async () => {
  const served = await serve(FILE, ['--entra', '0', '--kdc', '0']);
  assert.match(String(served.ready.entra), /^127\.0\.0\.1:\d+$/);
  assert.is(served.ready.realm, 'CORP.EXAMPLE');
  for (const servername of [undefined, 'login.microsoftonline.com', 'localhost']) {
    const { status, body } = await post(served, '/common/oauth2/token', 'grant_type=x', servername);
    assert.is(status, 400, servername);
    assert.equal(JSON.parse(body).error_codes, [70003]);
  }
  await post(served, '/', '', 'login.example').then(
    () => assert.unreachable('no certificate for that name'),
    ({ code }) => assert.is(code, 'ERR_TLS_CERT_ALTNAME_INVALID'),
  );
  // Roots of the realm stand in the same file, and keep their place at its head.
  const blocks = readPem(readFileSync(join(served.folder, 'ca.pem'), 'utf8'));
  assert.ok(blocks.length >= 2);
  assert.is((await served.stop()).code, 0);
});

s(
  'without a PKI in the scenario ca.pem has the root of TLS alone; who does not trust it, says so',
  async () => {
    const served = await serve('test/src/cli/tenant.yaml', ['--entra', '0']);
    assert.is(served.ready.kdc, null);
    const blocks = readPem(readFileSync(join(served.folder, 'ca.pem'), 'utf8'));
    assert.is(blocks.length, 1);
    assert.not.match(readFileSync(join(served.folder, 'krb5.conf'), 'utf8'), /pkinit/);
    const [host, port] = (served.ready.entra ?? '').split(':');
    const code = await new Promise((resolve) => {
      connect({ host: String(host), port: Number(port) }, () => resolve('stands')).on(
        'error',
        (error: NodeJS.ErrnoException) => resolve(error.code),
      );
    });
    assert.is(code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const { status } = await post(served, '/common/oauth2/token', 'grant_type=password');
    assert.is(status, 400);
    assert.is((await served.stop()).code, 0);
  },
);

s.run();
