import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  authority,
  chainOf,
  crlUri,
  firstPublication,
  publicationTimes,
  rootOf,
} from '../../../protocols/actors/pki-cast.ts';
import { buildChain } from '../../../protocols/x509/chain.ts';
import { readCrl } from '../../../protocols/x509/crl.ts';
import { verifySignature } from '../../../src/crypto/verify.ts';
import { AUTHORITIES, sceneOf } from './pki-scene.ts';
import { START } from './small-world.ts';

const s = suite('pki-cast');

s('makes a root and what stands below it', () => {
  const { scene } = sceneOf(AUTHORITIES);
  const root = authority(scene, 'root');
  const issuing = authority(scene, 'issuing');
  assert.is(root.certificate.subject.text, 'CN=Corp Root CA');
  assert.is(issuing.certificate.subject.text, 'CN=Corp Issuing CA,DC=corp,DC=example');
  assert.is(issuing.certificate.issuer.text, 'CN=Corp Root CA');
  assert.equal(issuing.certificate.basicConstraints, { ca: true, pathLength: 0 });
  assert.equal(chainOf(issuing), [issuing.certificate.der]);
  assert.equal(chainOf(root), []);
  assert.is(rootOf(issuing), root.certificate);
  assert.equal(issuing.certificate.crlDistributionPoints, [
    'http://pki.corp.example/CertEnroll/Corp%20Root%20CA.crl',
  ]);
  assert.is(crlUri(issuing), 'http://ca1.corp.example/CertEnroll/Corp%20Issuing%20CA.crl');
});

s('makes certificates that node:crypto believes', () => {
  const { scene } = sceneOf(AUTHORITIES);
  const [root, issuing] = ['root', 'issuing'].map(
    (name) => new X509Certificate(authority(scene, name).certificate.der),
  ) as [X509Certificate, X509Certificate];
  assert.ok(root.ca && issuing.ca);
  assert.ok(root.verify(root.publicKey));
  assert.ok(issuing.verify(root.publicKey));
  assert.ok(issuing.checkIssued(root));
});

s('makes the same octets each time', () => {
  const one = authority(sceneOf(AUTHORITIES).scene, 'issuing');
  const other = authority(sceneOf(AUTHORITIES).scene, 'issuing');
  assert.is.not(one, other);
  assert.is(one.certificate.sha256, other.certificate.sha256);
});

s('publishes a first list that revokes nobody', () => {
  const { scene } = sceneOf(AUTHORITIES);
  const issuing = authority(scene, 'issuing');
  const { der, number, due, nextUpdate } = firstPublication(scene, issuing);
  const read = readCrl(der);
  if (!read.ok) throw new Error(read.reason);
  const { value } = read;
  assert.is(value.number, BigInt(number));
  assert.is(value.revoked.size, 0);
  assert.is(value.issuer.text, issuing.certificate.subject.text);
  assert.is(value.nextUpdate, nextUpdate);
  assert.ok(value.thisUpdate < START && START < due && due < nextUpdate);
  const { publicKey } = issuing.certificate;
  assert.ok(verifySignature(publicKey, value.signatureAlgorithm, value.tbs, value.signature));
});

s('lets lists overlap by a tenth, by half a day at most', () => {
  const day = 86_400_000;
  assert.equal(publicationTimes(day, day), {
    thisUpdate: day - 600_000,
    due: 2 * day,
    nextUpdate: 2.1 * day,
  });
  assert.is(publicationTimes(0, 30 * day).nextUpdate, 30.5 * day);
});

s('knows no authority that certifies itself by way of another', () => {
  const build = () =>
    sceneOf({
      a: { role: 'certificate-authority', parent: 'b' },
      b: { role: 'certificate-authority', parent: 'a' },
    });
  assert.throws(build, /a is certified by b is certified by a, so none of them is a root/);
});

s('makes every kind of key', () => {
  for (const key of ['P-256', 'P-384', 'P-521', 'RSA-1024']) {
    const { scene } = sceneOf({
      ...AUTHORITIES,
      issuing: { ...AUTHORITIES.issuing, key },
    });
    const root = authority(scene, 'root').certificate;
    const issuing = authority(scene, 'issuing').certificate;
    const crl = readCrl(firstPublication(scene, authority(scene, 'root')).der);
    if (!crl.ok) throw new Error(crl.reason);
    const chain = buildChain(
      issuing,
      [],
      { roots: [root], intermediates: [], revocationLists: [crl.value], revocation: 'required' },
      START,
    );
    assert.ok(chain.ok, key);
  }
});

s.run();
