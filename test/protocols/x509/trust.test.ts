import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { extendedKeyUsage } from '../../../protocols/x509/library.ts';
import { commonName } from '../../../protocols/x509/profiles.ts';
import { hasKeyPurpose, trustStore } from '../../../protocols/x509/trust.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { authority, issue, keyOf, revocationList } from './pki.ts';

const s = suite('trust');

const root = authority('Root');
const list = revocationList(root, []);

s('a store of octets; the same contents are the same object', () => {
  const octets = {
    roots: [root.certificate.der, hex`30 00`],
    intermediates: [],
    revocationLists: [list.der, hex`30 00`],
    revocation: 'ifKnown',
  } as const;
  const store = trustStore(octets);
  assert.equal(store.roots, [root.certificate], 'what cannot be read is left out');
  assert.equal(store.revocationLists, [list]);
  assert.is(trustStore(octets), store);
  assert.is(trustStore({ ...octets, roots: [root.certificate.der.slice()] }), store);
  assert.is.not(trustStore({ ...octets, revocation: 'required' }), store);
  assert.is.not(trustStore({ ...octets, roots: [], intermediates: octets.roots }), store);
});

s('key purposes: none named allows all', () => {
  const of = (purposes: readonly string[] | undefined) =>
    issue(
      {
        subject: commonName('x'),
        extensions: purposes === undefined ? [] : [extendedKeyUsage(purposes)],
      },
      keyOf('x'),
      root,
    );
  assert.ok(hasKeyPurpose(of(undefined), '1.3.6.1.5.2.3.5'));
  assert.ok(hasKeyPurpose(of(['2.5.29.37.0']), '1.3.6.1.5.2.3.5'));
  assert.ok(hasKeyPurpose(of(['1.3.6.1.5.2.3.5']), '1.3.6.1.5.2.3.5'));
  assert.not.ok(hasKeyPurpose(of(['1.3.6.1.5.5.7.3.1']), '1.3.6.1.5.2.3.5'));
});

s.run();
