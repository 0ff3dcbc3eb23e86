import { X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import * as library from '@peculiar/x509';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { EXTENSION, KEY_PURPOSE } from '../../../protocols/x509/constants.ts';
import { type CertificateProfile, tbsCertificate } from '../../../protocols/x509/issue.ts';
import { extendedKeyUsage } from '../../../protocols/x509/library.ts';
import { commonName, kerberosAuthentication } from '../../../protocols/x509/profiles.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { authority, issue, keyOf, NOW, YEAR } from './pki.ts';

const s = suite('certificate');

const root = authority('Root');
const dc = issue(
  kerberosAuthentication({
    dnsHostName: 'dc1.corp.example',
    domain: 'corp.example',
    netbios: 'CORP',
    template: { oid: '1.3.6.1.4.1.311.21.8.1.2', majorVersion: 110, minorVersion: 2 },
  }),
  keyOf('rsa dc'),
  root,
  { crlDistributionPoints: ['http://ca.corp.example/root.crl'], caIssuers: ['http://ca/root.crt'] },
);

const reason = (der: Uint8Array): string => {
  const read = readCertificate(der);
  return read.ok ? 'read' : read.reason;
};

s('every field of a certificate that was put together here', () => {
  assert.is(dc.subject.text, 'CN=dc1.corp.example');
  assert.is(dc.issuer.windowsText, 'CN=Root, DC=corp, DC=example');
  assert.is(dc.notBefore, NOW - YEAR);
  assert.is(dc.notAfter, NOW + YEAR);
  assert.is(dc.signatureAlgorithm, 'ecdsa-with-SHA256');
  assert.equal(dc.publicKey, keyOf('rsa dc').publicKey);
  assert.match(dc.serialNumber, /^9010..$/, 'the zero of the sign is not shown');
  assert.equal(dc.extendedKeyUsage, [
    '1.3.6.1.5.5.7.3.2',
    '1.3.6.1.5.5.7.3.1',
    '1.3.6.1.4.1.311.20.2.2',
    '1.3.6.1.5.2.3.5',
  ]);
  assert.equal(dc.applicationPolicies, dc.extendedKeyUsage);
  assert.is(dc.keyUsage, 5);
  assert.equal(dc.subjectAltName.dns, ['dc1.corp.example', 'corp.example', 'CORP']);
  assert.equal(dc.crlDistributionPoints, ['http://ca.corp.example/root.crl']);
  assert.equal(dc.template?.majorVersion, 110);
  assert.is(dc.authorityKeyIdentifier, root.certificate.subjectKeyIdentifier);
  assert.equal(root.certificate.basicConstraints, { ca: true });
  assert.equal(dc.unknownCritical, []);
});

s('node:crypto reads the same', () => {
  const theirs = new X509Certificate(dc.der);
  assert.is(theirs.fingerprint.replaceAll(':', '').toLowerCase(), dc.sha1);
  assert.is(theirs.serialNumber.toLowerCase(), dc.serialNumber);
  assert.is(theirs.subject, 'CN=dc1.corp.example');
  assert.is(theirs.issuer, 'DC=example\nDC=corp\nCN=Root');
  assert.is(Date.parse(theirs.validFrom), dc.notBefore);
  assert.is(Date.parse(theirs.validTo), dc.notAfter);
  assert.match(theirs.subjectAltName ?? '', /DNS:dc1.corp.example, DNS:corp.example, DNS:CORP/);
  assert.ok(theirs.verify(new X509Certificate(root.certificate.der).publicKey));
  assert.ok(theirs.checkIssued(new X509Certificate(root.certificate.der)));
  assert.ok(new X509Certificate(root.certificate.der).ca);
});

s('@peculiar/x509 reads the same extensions', () => {
  const theirs = new library.X509Certificate(Buffer.from(dc.der));
  const usages = theirs.getExtension(library.ExtendedKeyUsageExtension);
  assert.equal([...(usages?.usages ?? [])], dc.extendedKeyUsage);
  assert.is(theirs.getExtension(library.KeyUsagesExtension)?.usages, dc.keyUsage);
  const identifier = theirs.getExtension(library.AuthorityKeyIdentifierExtension)?.keyId;
  assert.is(identifier, dc.authorityKeyIdentifier);
});

s('validity before and after 2050', () => {
  const times = { notBefore: Date.UTC(1999, 11, 31, 23, 59, 59), notAfter: Date.UTC(2050, 0, 1) };
  const read = issue({ subject: commonName('long'), extensions: [] }, keyOf('long'), root, times);
  assert.is(read.notBefore, times.notBefore);
  assert.is(read.notAfter, times.notAfter);
  const theirs = new X509Certificate(read.der);
  assert.is(Date.parse(theirs.validTo), times.notAfter);
});

s('the same octets give the same object, and octets around them are not kept', () => {
  const message = new Uint8Array(10_000);
  message.set(dc.der, 100);
  const read = readCertificate(message.subarray(100, 100 + dc.der.length));
  assert.ok(read.ok && read.value === dc);
  const fresh = issue({ subject: commonName('fresh'), extensions: [] }, keyOf('fresh'), root);
  assert.ok(fresh.der.buffer.byteLength < 10_000);
});

s('what makes a certificate malformed', () => {
  assert.match(reason(new Uint8Array(1 << 17)), /131072 octets are too many/);
  assert.match(reason(dc.der.subarray(0, 50)), /the length says/);
  const twice = extendedKeyUsage([KEY_PURPOSE.smartCardLogon]);
  const wrong = { extnID: EXTENSION.keyUsage, critical: true, extnValue: Uint8Array.of(5, 0) };
  const sid = { extnID: EXTENSION.ntdsCaSecurity, critical: false, extnValue: Uint8Array.of(5, 0) };
  const of = (extensions: CertificateProfile['extensions']) => () =>
    issue({ subject: commonName('x'), extensions }, keyOf('x'), root);
  assert.throws(of([twice, twice]), /2\.5\.29\.37 comes twice/);
  assert.throws(of([wrong]), /KeyUsage: expected BIT STRING/);
  assert.throws(of([sid]), /1\.3\.6\.1\.4\.1\.311\.25\.2 is malformed/);
  const inside = issue({ subject: commonName('y'), extensions: [] }, keyOf('y'), root);
  const text = toHex(inside.der);
  const swapped = text.slice(0, text.lastIndexOf('2a8648ce3d040302'));
  const rest = text.slice(swapped.length).replace('2a8648ce3d040302', '2a8648ce3d040303');
  assert.match(reason(fromHex(swapped + rest)), /not the one outside/);
});

s('profiles that X.509 cannot say', () => {
  const issuance = {
    issuer: root.certificate,
    publicKey: keyOf('x').publicKey,
    serialNumber: Uint8Array.of(1),
    notBefore: NOW,
    notAfter: NOW,
    signatureAlgorithm: 'ES256',
  };
  const profile = { subject: commonName('x'), extensions: [] };
  assert.throws(() => tbsCertificate(profile, issuance), /no signature algorithm "ES256"/);
  const none = {
    ...issuance,
    serialNumber: new Uint8Array(0),
    signatureAlgorithm: root.key.algorithm,
  };
  assert.throws(() => tbsCertificate(profile, none), /at least one octet/);
});

s('no prefix and no flipped bit makes reading throw', () => {
  for (let length = 0; length < dc.der.length; length++) {
    assert.not.ok(readCertificate(dc.der.subarray(0, length)).ok);
  }
  for (let at = 0; at < dc.der.length; at++) {
    const octets = dc.der.slice();
    octets[at] = (octets[at] as number) ^ (1 << (at % 8));
    assert.type(readCertificate(octets).ok, 'boolean');
  }
  fc.assert(
    fc.property(mutations(dc.der), (octets) => {
      assert.type(readCertificate(octets).ok, 'boolean');
    }),
  );
});

const CONFIG = `
[req]
distinguished_name = dn
[dn]
[client]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = clientAuth, 1.3.6.1.4.1.311.20.2.2
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
certificatePolicies = 1.2.3.4, @policy
crlDistributionPoints = URI:http://ca/a.crl, URI:http://ca/b.crl
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example, otherName:1.3.6.1.5.2.2;SEQUENCE:princ, otherName:1.2.3.4;UTF8:unknown, email:alice@corp.example, URI:tag:x, IP:10.0.0.1, dirName:dn_section
[policy]
policyIdentifier = 1.3.5.8
CPS.1 = "http://cps/"
[dn_section]
CN = directory name
[princ]
realm = EXP:0, GeneralString:CORP.EXAMPLE
principal_name = EXP:1, SEQUENCE:principal_seq
[principal_seq]
name_type = EXP:0, INTEGER:1
name_string = EXP:1, SEQUENCE:principals
[principals]
princ1 = GeneralString:alice
`;

peerTest(s, 'a certificate of OpenSSL is read whole', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('conf', CONFIG);
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'k'];
    const what = ['-subj', '/DC=example/CN=Alice', '-extensions', 'client', '-days', '30'];
    openssl.run('req', '-x509', '-config', 'conf', ...key, ...what, '-sha384', '-out', 'c');
    const read = readCertificate(openssl.run('x509', '-in', 'c', '-outform', 'DER'));
    if (!read.ok) throw new Error(read.reason);
    const { value } = read;
    assert.is(value.signatureAlgorithm, 'sha384WithRSAEncryption');
    assert.equal(value.basicConstraints, { ca: false });
    assert.is(value.keyUsage, 5);
    assert.equal(value.extendedKeyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2']);
    assert.equal(value.certificatePolicies, ['1.2.3.4', '1.3.5.8']);
    assert.equal(value.crlDistributionPoints, ['http://ca/a.crl', 'http://ca/b.crl']);
    assert.is(value.authorityKeyIdentifier, value.subjectKeyIdentifier);
    assert.equal(value.subjectAltName, {
      dns: [],
      upn: ['alice@corp.example'],
      uri: ['tag:x'],
      email: ['alice@corp.example'],
      kerberos: [{ realm: 'CORP.EXAMPLE', name: 'alice', nameType: 1 }],
    });
    const print = openssl.says('x509', '-in', 'c', '-noout', '-fingerprint', '-serial', '-sha1');
    assert.match(print.replaceAll(':', '').toLowerCase(), value.sha1);
    assert.match(print.toLowerCase(), `serial=${value.serialNumber}`);
  });
});

peerTest(s, 'OpenSSL takes what is issued here, and prints what was meant', ['openssl'], () => {
  withOpenssl((openssl) => {
    const file = openssl.file('dc', dc.der);
    const text = openssl.says('x509', '-in', file, '-inform', 'DER', '-noout', '-text');
    for (const line of [
      'Subject: CN = dc1.corp.example',
      'Issuer: DC = example, DC = corp, CN = Root',
      'Digital Signature, Key Encipherment',
      'Signing KDC Response',
      'DNS:dc1.corp.example, DNS:corp.example, DNS:CORP',
      'URI:http://ca.corp.example/root.crl',
      'CA Issuers - URI:http://ca/root.crt',
    ]) {
      assert.match(text, line);
    }
    openssl.run('asn1parse', '-in', file, '-inform', 'DER');
  });
});

s.run();
