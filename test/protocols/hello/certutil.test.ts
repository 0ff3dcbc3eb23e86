import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyReference } from '../../../protocols/hello/certificate-store.ts';
import {
  type CertutilEntry,
  certificateLines,
  certutilStoreText,
  certutilTime,
} from '../../../protocols/hello/certutil.ts';

const certutil = suite('certutil');

/** "Verify that the certificate is deployed", in Microsoft's article on Remote Desktop with Hello. */
const DOCUMENTED = `my "Personal"
================ Certificate 0 ================
Serial Number: 110000001f4c4eccc46fc8f93a00000000001f
Issuer: CN=Contoso - Issuing CA, DC=CONTOSO, DC=COM
 NotBefore: 12/8/2023 6:16 AM
 NotAfter: 12/7/2024 6:16 AM
Subject: CN=amanda.brady@contoso.com
Non-root Certificate
Template: 1.3.6.1.4.1.311.21.8.2835349.12167323.7094945.1118853.678601.83.11484210.8005739
Cert Hash(sha1): 63c6ce5fc512933179d3c0a5e94ecba98092f93d
Key Container = S-1-12-1-../../login.windows.net/../amanda.brady@contoso.com
Provider = Microsoft Passport Key Storage Provider
Private key is NOT exportable
Encryption test passed
`;

const AMANDA: CertutilEntry = {
  serialNumber: '110000001f4c4eccc46fc8f93a00000000001f',
  issuer: 'CN=Contoso - Issuing CA, DC=CONTOSO, DC=COM',
  notBefore: Date.UTC(2023, 11, 8, 6, 16),
  notAfter: Date.UTC(2024, 11, 7, 6, 16),
  subject: 'CN=amanda.brady@contoso.com',
  selfSigned: false,
  template: '1.3.6.1.4.1.311.21.8.2835349.12167323.7094945.1118853.678601.83.11484210.8005739',
  sha1: '63c6ce5fc512933179d3c0a5e94ecba98092f93d',
  keyType: 'rsa',
  privateKey: keyReference(
    'passport',
    'S-1-12-1-../../login.windows.net/../amanda.brady@contoso.com',
    'hello',
  ),
  keyThere: true,
};

certutil('prints the documented example octet for octet, and the tool’s last line', () => {
  const completed = 'CertUtil: -store command completed successfully.\n';
  assert.is(certutilStoreText([AMANDA]), DOCUMENTED + completed);
});

certutil('an empty store is no error', () => {
  assert.is(
    certutilStoreText([]),
    'my "Personal"\nCertUtil: -store command completed successfully.\n',
  );
});

certutil('counts certificates, with an empty line between them', () => {
  const lines = certutilStoreText([AMANDA, { ...AMANDA, selfSigned: true }]).split('\n');
  const second = lines.indexOf('================ Certificate 1 ================');
  assert.is(lines[second - 1], '');
  assert.is(lines[second + 6], 'Signature matches Public Key');
  assert.is(lines[second + 7], 'Root Certificate: Subject matches Issuer');
});

certutil('says what trying the key gave', () => {
  const last = (entry: Partial<CertutilEntry>): readonly string[] =>
    certificateLines({ ...AMANDA, ...entry }, 0).slice(-2);
  assert.equal(last({ keyType: 'ec' }), ['Private key is NOT exportable', 'Signature test passed']);
  assert.equal(last({ keyThere: false }), [
    'Provider = Microsoft Passport Key Storage Provider',
    'Missing stored keyset',
  ]);
  assert.equal(last({ privateKey: keyReference('software', 'le-1', 'k', true) }), [
    'Provider = Microsoft Software Key Storage Provider',
    'Encryption test passed',
  ]);
  const { privateKey: _, ...without } = AMANDA;
  assert.equal(certificateLines(without, 0).slice(-2), [
    'No key provider information',
    'Cannot find the certificate and private key for decryption.',
  ]);
});

certutil('writes times as the United States do', () => {
  for (const [time, text] of [
    [Date.UTC(2024, 0, 1, 0, 5), '1/1/2024 12:05 AM'],
    [Date.UTC(2024, 9, 31, 12, 0), '10/31/2024 12:00 PM'],
    [Date.UTC(2024, 9, 31, 23, 59, 59, 999), '10/31/2024 11:59 PM'],
  ] as const) {
    assert.is(certutilTime(time), text);
  }
});

certutil.run();
