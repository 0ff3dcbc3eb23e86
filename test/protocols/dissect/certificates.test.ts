import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { fromHex } from '../../../src/bytes/bytes.ts';
import { root } from '../../root.ts';

const s = suite('dissect/certificates');

/** Made by OpenSSL 3 for this: RSA 2048, id-pkinit-san, KDC Authentication. */
const kdc = fromHex(
  readFileSync(root('test', 'vectors', 'own', 'kdc-certificate.hex'), 'utf8').replace(/\s/g, ''),
);

s('a certificate says by itself that it is one, and what it says in names', () => {
  assert.is(dissector.name(kdc), 'Certificate');
  assert.equal(dissector.value(kdc), {
    subject: 'CN=kdc',
    issuer: 'CN=CA',
    serialNumber: '4e1d4dee26c27810f59b3d711734357d3d2c1314',
    notBefore: '2026-11-28T13:02:52Z',
    notAfter: '2026-12-28T13:02:52Z',
    publicKey: 'RSA 2048',
    signatureAlgorithm: 'sha256WithRSAEncryption',
    sha1: 'a0ccfabab845fb3bcc12901940ef803c1b4a8911',
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: ['kdcAuthentication', 'serverAuthentication'],
    subjectAltName: { dns: ['dc.krb.example'], kerberos: ['krbtgt/KRB.EXAMPLE@KRB.EXAMPLE'] },
    basicConstraints: { ca: false },
  });
});

s('rows stand where the octets are, inside extensions and keys too', () => {
  const rows = dissector.fields(kdc);
  const at = (ending: string) => rows.find(({ path }) => path.endsWith(ending));
  const realm = at('KRB5PrincipalName.realm');
  assert.is(realm?.value, 'KRB.EXAMPLE');
  const text = Buffer.from(kdc.subarray(realm?.start, realm?.end)).toString('latin1');
  assert.ok(text.endsWith('KRB.EXAMPLE'), text);
  assert.is(at('RSAPublicKey.publicExponent')?.value, '010001');
  assert.is(at('tbsCertificate.issuer')?.name, 'CN=CA');
  assert.is(at('issuer[0][0].value')?.name, 'CA');
  assert.not.ok(rows.some(({ type }) => type === 'error'));
});

s('what is cut short, or followed by more, is no certificate', () => {
  for (let length = 0; length < kdc.length; length += 7) {
    assert.is.not(dissector.name(kdc.subarray(0, length)), 'Certificate');
  }
  assert.is.not(dissector.name(Uint8Array.from([...kdc, 0])), 'Certificate');
});

s.run();
