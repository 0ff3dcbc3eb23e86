import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accountSid } from '../../../protocols/actors/account-identity.ts';
import { authority } from '../../../protocols/actors/pki-cast.ts';
import { publicKeyServicesSeed } from '../../../protocols/actors/pki-seed.ts';
import { AUTHORITIES, DC1, sceneOf } from './pki-scene.ts';

const s = suite('pki-seed');

s('tells the directory of an enterprise authority and of those above it', () => {
  const { scene } = sceneOf({
    ...AUTHORITIES,
    partner: { role: 'certificate-authority', realm: 'corp.example', inNtAuth: false },
    stranger: { role: 'certificate-authority' },
  });
  const seed = publicKeyServicesSeed(scene, 'CORP.EXAMPLE');
  if (seed === undefined) throw new Error('nothing');
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  assert.equal(names(seed.roots), ['Corp Root CA', 'partner']);
  assert.equal(names(seed.intermediates), ['Corp Issuing CA']);
  assert.equal(seed.ntAuth, [authority(scene, 'issuing').certificate.der]);
  assert.equal(
    seed.revocationLists.map(({ name, host }) => `${name} at ${host}`),
    ['Corp Issuing CA at CA1', 'Corp Root CA at PKI', 'partner at PARTNER'],
  );
  assert.equal(names(seed.enrollmentServices), ['Corp Issuing CA']);
  assert.ok(names(seed.templates).includes('WHFBAuthentication'));
  assert.is(publicKeyServicesSeed(scene, 'LAB.EXAMPLE'), undefined);
});

s('lets the authority’s computer write its list', () => {
  const { scene } = sceneOf({ ...AUTHORITIES, dc1: DC1 });
  const [own, root] = publicKeyServicesSeed(scene, 'CORP.EXAMPLE')?.revocationLists ?? [];
  assert.is(own?.publisherSid, accountSid(scene, 'CORP.EXAMPLE', 'CA1$'));
  assert.is(root?.publisherSid, undefined);
});

s.run();
