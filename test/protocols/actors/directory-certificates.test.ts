import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KeySource,
  KeyUsage,
  newKeyCredential,
} from '../../../protocols/directory/key-credential.ts';
import {
  dnBinaryText,
  publicKeyForm,
  signInKey,
} from '../../../protocols/directory/key-credential-value.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { withValues } from '../../../protocols/directory/values.ts';
import { ecdhPublic } from '../../../src/crypto/ecdh.ts';
import { ecSpki } from '../../../src/crypto/public-key.ts';
import { corpDirectory } from './corp-directory.ts';

const s = suite('actors/directory-certificates');

const CA = Uint8Array.of(0x30, 0x01);
const CRL = Uint8Array.of(0x30, 0x02);
const seed = {
  accounts: [{ sAMAccountName: 'alice', secret: { password: 'Passw0rd!' } }],
  publicKeyServices: {
    roots: [{ name: 'Corp Root CA', certificate: CA }],
    ntAuth: [],
    intermediates: [],
    revocationLists: [{ name: 'Corp Root CA', host: 'CA1', crl: CRL }],
    enrollmentServices: [],
    templates: [],
  },
};

s('what the containers hold, the same object until one of them changes', () => {
  const { accounts, change } = corpDirectory(seed);
  const services = accounts.publicKeyServices();
  assert.equal(services, { roots: [CA], ntAuth: [], intermediates: [], revocationLists: [CRL] });
  change('alice', (entry) => withValues(entry, 'description', ['changed']));
  assert.is(accounts.publicKeyServices(), services);
});

s('an account is found by its key at once, and no longer when the key is gone', () => {
  const { accounts, change, record } = corpDirectory(seed);
  const publicKey = ecSpki('P-256', ecdhPublic('P-256', new Uint8Array(32).fill(7)));
  assert.is(accounts.byPublicKey(publicKey), undefined);
  const keyMaterial = bcryptPublicBlob(publicKey);
  const blob = newKeyCredential({ keyMaterial, usage: KeyUsage.NGC, source: KeySource.AD });
  const value = dnBinaryText(blob, `<id=${record('alice')}>`);
  assert.is(signInKey(value)?.form, publicKeyForm(publicKey));
  change('alice', (entry) => withValues(entry, 'msDS-KeyCredentialLink', [value]));
  assert.is(accounts.byPublicKey(publicKey)?.sAMAccountName, 'alice');
  change('alice', (entry) => withValues(entry, 'msDS-KeyCredentialLink', []));
  assert.is(accounts.byPublicKey(publicKey), undefined);
});

s.run();
