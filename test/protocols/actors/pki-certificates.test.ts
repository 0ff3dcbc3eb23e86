import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accountIdentity } from '../../../protocols/actors/account-identity.ts';
import type { DomainControllerFields, UserConfig } from '../../../protocols/actors/fields.ts';
import { authority, firstPublication } from '../../../protocols/actors/pki-cast.ts';
import {
  certifiedBy,
  controllerHeld,
  kdcIdentity,
  userHeld,
} from '../../../protocols/actors/pki-certificates.ts';
import { buildChain } from '../../../protocols/x509/chain.ts';
import { KEY_PURPOSE } from '../../../protocols/x509/constants.ts';
import { readCrl } from '../../../protocols/x509/crl.ts';
import { ALICE, AUTHORITIES, type BuiltScene, DC1, sceneOf } from './pki-scene.ts';
import { START } from './small-world.ts';

const s = suite('pki-certificates');

const CAST = { ...AUTHORITIES, dc1: DC1, alice: ALICE };

function controller({ scene, config }: BuiltScene) {
  const held = controllerHeld(scene, 'dc1', config<DomainControllerFields>('dc1'));
  if (held === undefined) throw new Error('dc1 has no certificate');
  return held;
}

function alice({ scene, config }: BuiltScene) {
  const held = userHeld(scene, 'alice', config<UserConfig>('alice'));
  if (held === undefined) throw new Error('alice has no certificate');
  return held;
}

s('gives a domain controller what clients look for', () => {
  const built = sceneOf(CAST);
  const { certificate, chain, key, signatureAlgorithm } = controller(built);
  assert.equal(certificate.subjectAltName.dns, ['dc1.corp.example', 'corp.example', 'CORP']);
  assert.ok(certificate.extendedKeyUsage?.includes(KEY_PURPOSE.kdcAuthentication));
  assert.match(certificate.template?.oid as string, /^1\.3\.6\.1\.4\.1\.311\.21\.8\..*\.1\.33$/);
  assert.is(certificate.issuer.text, 'CN=Corp Issuing CA,DC=corp,DC=example');
  const identity = kdcIdentity(built.scene, 'dc1', built.config('dc1'));
  assert.equal(identity, {
    certificate: certificate.der,
    chain,
    key,
    algorithm: signatureAlgorithm,
  });
  assert.is(
    kdcIdentity(built.scene, 'dc1', {
      ...built.config<object>('dc1'),
      certificate: undefined,
    } as never),
    undefined,
  );
});

s('makes chains that hold', () => {
  const built = sceneOf(CAST);
  const { scene } = built;
  const root = authority(scene, 'root');
  const issuing = authority(scene, 'issuing');
  const revocationLists = [root, issuing].map((one) => {
    const crl = readCrl(firstPublication(scene, one).der);
    if (!crl.ok) throw new Error(crl.reason);
    return crl.value;
  });
  const trust = {
    roots: [root.certificate],
    intermediates: [issuing.certificate],
    revocationLists,
    revocation: 'required',
  } as const;
  for (const { certificate } of [controller(built), alice(built)]) {
    const chain = buildChain(certificate, [], trust, START);
    assert.ok(chain.ok, certificate.subject.text);
    assert.is(chain.chain.length, 3);
  }
});

s('breaks a domain controller’s certificate where the file says so', () => {
  const { certificate } = controller(
    sceneOf({
      ...CAST,
      dc1: {
        ...DC1,
        certificate: {
          issuer: 'root',
          purposes: ['serverAuth'],
          dnsNames: ['other.example'],
          notBefore: '2024-01-01T00:00:00Z',
          notAfter: '2025-01-01T00:00:00Z',
          signedWith: 'SHA-1',
          key: 'P-256',
        },
      },
    }),
  );
  assert.equal(certificate.extendedKeyUsage, [KEY_PURPOSE.serverAuthentication]);
  assert.equal(certificate.applicationPolicies, [KEY_PURPOSE.serverAuthentication]);
  assert.equal(certificate.subjectAltName.dns, ['other.example']);
  assert.is(certificate.notAfter, Date.UTC(2025, 0, 1));
  assert.is(certificate.signatureAlgorithm, 'sha1WithRSAEncryption');
  assert.is(certificate.issuer.text, 'CN=Corp Root CA');
});

s('knows the old template of domain controllers', () => {
  const { certificate } = controller(
    sceneOf({
      ...CAST,
      dc1: { ...DC1, certificate: { issuer: 'issuing', template: 'DomainController' } },
    }),
  );
  assert.equal(certificate.template, { name: 'DomainController' });
  assert.not.ok(certificate.extendedKeyUsage?.includes(KEY_PURPOSE.kdcAuthentication));
});

s('binds a user’s certificate to their account', () => {
  const built = sceneOf(CAST);
  const { certificate } = alice(built);
  assert.is(certificate.subject.text, 'CN=alice,CN=Users,DC=corp,DC=example');
  assert.equal(certificate.subjectAltName.upn, ['alice@corp.example']);
  assert.is(certificate.sid, accountIdentity(built.scene, 'alice')?.sid);
  assert.equal(certificate.template, { name: 'SmartcardLogon' });
  assert.ok(certificate.extendedKeyUsage?.includes(KEY_PURPOSE.smartCardLogon));
});

s('binds it weakly, or to somebody else, where the file says so', () => {
  const weak = alice(
    sceneOf({ ...CAST, alice: { ...ALICE, certificate: { issuer: 'issuing', sid: false } } }),
  );
  assert.is(weak.certificate.sid, undefined);
  assert.equal(weak.certificate.subjectAltName.upn, ['alice@corp.example']);
  const built = sceneOf({
    ...CAST,
    alice: {
      ...ALICE,
      certificate: {
        issuer: 'issuing',
        template: 'WHFBAuthentication',
        subject: 'CN=Alice Example,O=Example',
        upn: false,
        sidUri: true,
        email: 'alice@mail.example',
        key: 'P-256',
      },
    },
  });
  const { certificate, signatureAlgorithm } = alice(built);
  assert.is(certificate.subject.text, 'CN=Alice Example,O=Example');
  assert.is(certificate.sid, undefined);
  const sid = accountIdentity(built.scene, 'alice')?.sid;
  assert.equal(certificate.subjectAltName, {
    dns: [],
    upn: [],
    uri: [`tag:microsoft.com,2022-09-14:sid:${sid}`],
    email: ['alice@mail.example'],
    kerberos: [],
  });
  assert.is(signatureAlgorithm, 'ecdsa-with-SHA256');
});

s('knows whom an authority certified', () => {
  const { scene } = sceneOf(CAST);
  const holders = (issuer: string) => certifiedBy(scene, issuer).map(({ holder }) => holder);
  assert.equal(holders('root'), ['issuing']);
  assert.equal(holders('issuing'), ['dc1', 'alice']);
});

s.run();
