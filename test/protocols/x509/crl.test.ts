import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrl, signedCrl, tbsCertList } from '../../../protocols/x509/crl.ts';
import { CertificateList, TBSCertList } from '../../../protocols/x509/messages.ts';
import { pem } from '../../../protocols/x509/pem.ts';
import { commonName, smartcardLogon } from '../../../protocols/x509/profiles.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { authority, issue, keyOf, NOW, revocationList, signed } from './pki.ts';

const s = suite('crl');

const root = authority('Root');
const revoked = [
  { serialNumber: '9001', date: NOW - 5000, reason: 1 },
  { serialNumber: '7f', date: NOW - 4000 },
];

s('what is written is read', () => {
  const list = revocationList(root, revoked);
  assert.equal([...list.revoked.values()], revoked);
  assert.is(list.number, 7n);
  assert.is(list.issuer.text, 'CN=Root,DC=corp,DC=example');
  assert.is(list.authorityKeyIdentifier, root.certificate.subjectKeyIdentifier);
  assert.is(list.nextUpdate, NOW + 6 * 86_400_000);
  assert.is(list.signatureAlgorithm, 'ecdsa-with-SHA256');
  const again = readCrl(list.der);
  assert.ok(again.ok && again.value === list, 'kept by its hash');
  assert.is(revocationList(root, []).revoked.size, 0);
});

s('lists that mean something else are refused', () => {
  const list = revocationList(root, revoked);
  const tbs = decode(TBSCertList, list.tbs);
  const refused = (change: Partial<typeof tbs>): string => {
    const octets = encode(TBSCertList, { ...tbs, ...change });
    const read = readCrl(signedCrl(octets, root.key.algorithm, signed(root.key, octets)));
    return read.ok ? 'read' : read.reason;
  };
  // A delta CRL (RFC 5280 section 5.2.4) and one of certain reasons only (section 5.2.5).
  for (const extnID of ['2.5.29.27', '2.5.29.28']) {
    const crlExtensions = [{ extnID, critical: true, extnValue: hex`30 00` }];
    assert.match(refused({ crlExtensions }), `critical extension ${extnID}`);
  }
  const entry = tbs.revokedCertificates?.[0];
  assert.ok(entry);
  // An indirect CRL (section 5.3.3).
  const indirect = [{ extnID: '2.5.29.29', critical: true, extnValue: hex`30 00` }];
  const revokedCertificates = [{ ...entry, crlEntryExtensions: indirect }];
  assert.match(refused({ revokedCertificates }), 'critical extension 2.5.29.29 of an entry');
  assert.match(refused({ signature: { algorithm: '1.2.3' } }), 'not the one outside');
  const wrongNumber = [{ extnID: '2.5.29.20', critical: false, extnValue: hex`05 00` }];
  assert.match(refused({ crlExtensions: wrongNumber }), 'cRLNumber');
});

s('no octets make reading throw', () => {
  const { der } = revocationList(root, revoked);
  for (let length = 0; length < der.length; length++) {
    assert.not.ok(readCrl(der.subarray(0, length)).ok);
  }
  fc.assert(
    fc.property(mutations(der), (octets) => {
      assert.type(readCrl(octets).ok, 'boolean');
    }),
  );
});

s('a long list is read in one pass', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => ({
    serialNumber: (0x10000 + i).toString(16).padStart(6, '0'),
    date: NOW,
  }));
  const tbs = tbsCertList({
    issuer: root.certificate,
    signatureAlgorithm: root.key.algorithm,
    thisUpdate: NOW,
    nextUpdate: NOW + 1000,
    number: 1,
    revoked: many,
  });
  const read = readCrl(signedCrl(tbs, root.key.algorithm, signed(root.key, tbs)));
  assert.is(read.ok && read.value.revoked.size, 20_000);
});

peerTest(s, 'OpenSSL verifies lists, and knows who is revoked', ['openssl'], () => {
  withOpenssl((openssl) => {
    const alice = issue(smartcardLogon({ subject: commonName('Alice') }), keyOf('alice'), root);
    const bob = issue(smartcardLogon({ subject: commonName('Bob') }), keyOf('bob'), root);
    const list = revocationList(root, [
      { serialNumber: alice.serialNumber, date: NOW - 1000, reason: 4 },
    ]);
    openssl.file('root', pem('CERTIFICATE', root.certificate.der));
    openssl.file('crl', pem('X509 CRL', list.der));
    openssl.file('alice', pem('CERTIFICATE', alice.der));
    openssl.file('bob', pem('CERTIFICATE', bob.der));
    const text = openssl.says('crl', '-in', 'crl', '-noout', '-text', '-CAfile', 'root');
    assert.match(text, 'verify OK');
    assert.match(text, `Serial Number: ${alice.serialNumber.toUpperCase()}`);
    assert.match(text, 'Superseded');
    const at = ['-attime', String(NOW / 1000), '-crl_check', '-CRLfile', 'crl', '-CAfile', 'root'];
    assert.match(openssl.says('verify', ...at, 'bob'), 'bob: OK');
    assert.match(openssl.says('verify', ...at, 'alice'), 'certificate revoked');
  });
});

peerTest(s, 'a list of OpenSSL is read', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('conf', '[ca]\ndefault_ca=d\n[d]\ndatabase=db\ncrlnumber=n\ndefault_md=sha256\n');
    openssl.file('db', 'R\t351231235959Z\t260101000000Z,keyCompromise\t0A0B\tunknown\t/CN=x\n');
    openssl.file('n', '0C');
    const args = ['-nodes', '-keyout', 'k', '-subj', '/CN=CA', '-out', 'c'];
    openssl.run('req', '-x509', '-newkey', 'rsa:2048', ...args);
    const files = ['-cert', 'c', '-keyfile', 'k', '-out', 'crl', '-crldays', '7'];
    openssl.run('ca', '-config', 'conf', '-gencrl', ...files);
    const read = readCrl(openssl.run('crl', '-in', 'crl', '-outform', 'DER'));
    if (!read.ok) throw new Error(read.reason);
    assert.is(read.value.number, 12n);
    assert.equal(read.value.revoked.get('0a0b'), {
      serialNumber: '0a0b',
      date: Date.UTC(2026, 0, 1),
      reason: 1,
    });
    assert.is(
      toHex(encode(CertificateList, decode(CertificateList, read.value.der))),
      toHex(read.value.der),
    );
  });
});

s.run();
