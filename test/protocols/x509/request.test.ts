import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import {
  certificationRequestInfo,
  readRequest,
  signedRequest,
} from '../../../protocols/x509/request.ts';
import { readSubjectAltName, subjectAltName } from '../../../protocols/x509/subject-alt-name.ts';
import { mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { keyOf, signed } from './pki.ts';

const s = suite('request');

const subject = distinguishedName('CN=Alice, DC=corp, DC=example');
const extension = subjectAltName({ upn: ['alice@corp.example'] });

function requestOf(keyName: string, signer = keyName): Uint8Array {
  const info = certificationRequestInfo({
    subject,
    publicKey: keyOf(keyName).publicKey,
    extensions: [extension],
    nameValues: [{ name: 'CertificateTemplate', value: 'WHFBAuthentication' }],
  });
  const key = keyOf(signer);
  return signedRequest(info, key.algorithm, signed(key, info));
}

s('what is written is read', () => {
  for (const name of ['alice', 'rsa alice']) {
    const read = readRequest(requestOf(name));
    if (!read.ok) throw new Error(read.reason);
    assert.equal(read.value.subject, subject);
    assert.equal(read.value.publicKey, keyOf(name).publicKey);
    assert.equal(read.value.extensions, [extension]);
    assert.equal(read.value.nameValues, [
      { name: 'CertificateTemplate', value: 'WHFBAuthentication' },
    ]);
  }
});

s('who does not hold the key gets no certificate', () => {
  const read = readRequest(requestOf('alice', 'bob'));
  assert.equal(read, { ok: false, reason: 'the signature is not that of the key in the request' });
});

s('no octets make reading throw, and none but the right ones are taken', () => {
  const der = requestOf('alice');
  for (let length = 0; length < der.length; length++) {
    assert.not.ok(readRequest(der.subarray(0, length)).ok);
  }
  fc.assert(
    fc.property(mutations(der), (octets) => {
      assert.type(readRequest(octets).ok, 'boolean');
    }),
  );
});

peerTest(s, 'OpenSSL verifies requests and prints what they ask for', ['openssl'], () => {
  withOpenssl((openssl) => {
    for (const name of ['alice', 'rsa alice']) {
      const file = openssl.file('req', requestOf(name));
      const text = openssl.says('req', '-in', file, '-inform', 'DER', '-verify', '-noout', '-text');
      assert.match(text, 'verify OK');
      assert.match(text, 'CN = Alice');
      assert.match(text, 'Subject Alternative Name');
    }
  });
});

peerTest(s, 'a request of OpenSSL is read', ['openssl'], () => {
  withOpenssl((openssl) => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'k', '-subj', '/CN=Bob'];
    const der = openssl.run(
      'req',
      '-new',
      ...key,
      '-addext',
      'subjectAltName=DNS:bob',
      '-outform',
      'DER',
    );
    const read = readRequest(der);
    if (!read.ok) throw new Error(read.reason);
    assert.is(read.value.subject.text, 'CN=Bob');
    const names = readSubjectAltName(read.value.extensions[0]?.extnValue ?? new Uint8Array());
    assert.equal(names.ok && names.value.dns, ['bob']);
  });
});

s.run();
