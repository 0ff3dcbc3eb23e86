import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CertificateProfile } from '../../../protocols/x509/issue.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import { pem } from '../../../protocols/x509/pem.ts';
import {
  certificateAuthority,
  clientName,
  commonName,
  device,
  domainController,
  enrollmentAgent,
  helloLogon,
  helloSelfSigned,
  kerberosAuthentication,
  sidUri,
  smartcardLogon,
  webServer,
} from '../../../protocols/x509/profiles.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { authority, issue, keyOf, NOW } from './pki.ts';

const s = suite('profiles');

const root = authority('Root');
const issuing = authority('Issuing', root, { pathLength: 0 });
const alice = distinguishedName('CN=Alice, CN=Users, DC=corp, DC=example');
const SID = 'S-1-5-21-1-2-3-1105';

const profiles: Readonly<Record<string, CertificateProfile>> = {
  kerberosAuthentication: kerberosAuthentication({
    dnsHostName: 'dc1.corp.example',
    domain: 'corp.example',
    netbios: 'CORP',
  }),
  domainController: domainController({ dnsHostName: 'dc1.corp.example' }),
  smartcardLogon: smartcardLogon({ subject: alice, upn: 'alice@corp.example', sid: SID }),
  helloLogon: helloLogon({
    subject: alice,
    upn: 'alice@corp.example',
    names: { uri: [sidUri(SID)], kerberos: [clientName('CORP.EXAMPLE', 'alice')] },
    template: { oid: '1.3.6.1.4.1.311.21.8.1.2', majorVersion: 101, minorVersion: 3 },
  }),
  helloSelfSigned: helloSelfSigned({
    sid: SID,
    keyId: 'a6b1b5b9-5b4e-4f0c-9c0b-0c1d8e6f7a01',
    tenantId: '11111111-2222-3333-4444-555555555555',
    upn: 'alice@corp.example',
  }),
  device: device({ deviceId: '47f577e3-d2d0-4a0a-8aca-e0501098bde4' }),
  enrollmentAgent: enrollmentAgent({
    subject: commonName('AD FS'),
    template: { oid: '1.3.6.1.4.1.311.21.8.1.3' },
  }),
  webServer: webServer({ dnsNames: ['sts.corp.example', 'enterpriseregistration.corp.example'] }),
};

function issued(name: string) {
  return issue(profiles[name] as CertificateProfile, keyOf(name), issuing);
}

s('a domain controller names host, domain and flat name, and its principal for MIT', () => {
  const { subjectAltName, extendedKeyUsage = [] } = issued('kerberosAuthentication');
  assert.equal(subjectAltName.dns, ['dc1.corp.example', 'corp.example', 'CORP']);
  assert.equal(subjectAltName.kerberos, [
    { realm: 'CORP.EXAMPLE', name: 'krbtgt/CORP.EXAMPLE', nameType: 2 },
  ]);
  assert.ok(extendedKeyUsage.includes('1.3.6.1.5.2.3.5'));
  const old = issued('domainController');
  assert.not.ok(old.extendedKeyUsage?.includes('1.3.6.1.5.2.3.5'));
  assert.equal(old.template, { name: 'DomainController' });
});

s('logon certificates: UPN, SID in its extension or as a URI, what the key may do', () => {
  const card = issued('smartcardLogon');
  assert.is(card.sid, SID);
  assert.equal(card.subjectAltName.upn, ['alice@corp.example']);
  assert.equal(card.extendedKeyUsage, ['1.3.6.1.4.1.311.20.2.2', '1.3.6.1.5.5.7.3.2']);
  assert.is(card.keyUsage, 5);
  const hello = issued('helloLogon');
  assert.is(hello.sid, undefined);
  assert.equal(hello.subjectAltName.uri, [`tag:microsoft.com,2022-09-14:sid:${SID}`]);
  assert.is(hello.subjectAltName.kerberos[0]?.name, 'alice');
  assert.is(hello.keyUsage, 1, 'a Hello key only signs');
  assert.is(hello.template?.oid, '1.3.6.1.4.1.311.21.8.1.2');
  assert.equal(hello.applicationPolicies, hello.extendedKeyUsage);
});

s('the subject of a Hello certificate is the key container', () => {
  const { subject, extendedKeyUsage } = issued('helloSelfSigned');
  assert.is(
    subject.windowsText,
    `CN=${SID}/a6b1b5b9-5b4e-4f0c-9c0b-0c1d8e6f7a01/login.windows.net/11111111-2222-3333-4444-555555555555/alice@corp.example`,
  );
  assert.equal(extendedKeyUsage, ['1.3.6.1.4.1.311.20.2.2']);
});

s('device, enrolment agent, web server', () => {
  assert.is(issued('device').subject.text, 'CN=47f577e3-d2d0-4a0a-8aca-e0501098bde4');
  assert.equal(issued('enrollmentAgent').extendedKeyUsage, ['1.3.6.1.4.1.311.20.2.1']);
  const { dns } = issued('webServer').subjectAltName;
  assert.equal(dns, ['sts.corp.example', 'enterpriseregistration.corp.example']);
});

s('authorities', () => {
  const { basicConstraints, keyUsage } = issuing.certificate;
  assert.equal(basicConstraints, { ca: true, pathLength: 0 });
  assert.is(keyUsage, 0x61);
  assert.equal(certificateAuthority({ subject: alice }).subject, alice);
});

peerTest(s, 'openssl verify takes every profile for its purpose', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('root', pem('CERTIFICATE', root.certificate.der));
    openssl.file('issuing', pem('CERTIFICATE', issuing.certificate.der));
    const purposes: Readonly<Record<string, string>> = {
      kerberosAuthentication: 'sslserver',
      domainController: 'sslserver',
      smartcardLogon: 'sslclient',
      helloLogon: 'sslclient',
      device: 'sslclient',
      webServer: 'sslserver',
    };
    const chain = ['-x509_strict', '-CAfile', 'root', '-untrusted', 'issuing'];
    for (const name of Object.keys(profiles)) {
      openssl.file(name, pem('CERTIFICATE', issued(name).der));
      const purpose = ['-purpose', purposes[name] ?? 'any', '-attime', String(NOW / 1000)];
      const said = openssl.says('verify', ...chain, ...purpose, name);
      assert.is(said.trim(), `${name}: OK`);
    }
  });
});

s.run();
