/** Our client with a private key, against MIT's krb5kdc on loopback. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TicketFlags } from '../../protocols/kerberos/constants.ts';
import { OID } from '../../protocols/pkinit/constants.ts';
import { peerTest } from '../peers.ts';
import type { Kdc } from './kdc-process.ts';
import { krb5kdc } from './krb5kdc.ts';
import type { Identity } from './openssl-pki.ts';
import { failureOf, REALM, tgtOf } from './our-client.ts';
import { Certificates, problemOf, signInByKey } from './pkinit-client.ts';

const PEERS = ['krb5kdc', 'kdb5_util', 'kadmin.local', 'openssl'];
const s = suite('PKINIT at krb5kdc');

let certificates: Certificates;

/** A KDC that shows this certificate, for one test. */
async function at<T>(
  identity: Identity,
  settings: readonly string[],
  body: (kdc: Kdc) => Promise<T>,
): Promise<T> {
  const { certificate, key } = identity;
  const { authority, foreign } = certificates;
  const pkinit = [
    `pkinit_identity = FILE:${certificate},${key}`,
    `pkinit_anchors = FILE:${authority.certificate}`,
    `pkinit_anchors = FILE:${foreign.certificate}`,
  ];
  const kdc = await krb5kdc({ realm: [...pkinit, ...settings] });
  try {
    return await body(kdc);
  } finally {
    kdc.stop();
  }
}

s.before(() => {
  certificates = new Certificates();
});
s.after(() => certificates.remove());

peerTest(s, 'signs in, with every derivation and both kinds of keys', PEERS, async () => {
  const trust = certificates.trust();
  await at(certificates.kdc(), [], async ({ port }) => {
    const client = certificates.client('alice');
    for (const kdfs of [[], [OID.kdfSha1], [OID.kdfSha256], [OID.kdfSha512, OID.kdfSha1]]) {
      const tgt = tgtOf(await signInByKey(port, { client, trust, options: { kdfs } }));
      assert.is(tgt.key.etype, 18, kdfs.join());
      assert.is(tgt.sname.nameString.join('/'), `krbtgt/${REALM}`);
      assert.ok((tgt.flags & TicketFlags.preAuthent) !== 0);
    }
    const without = { nonce: false, signedAttributes: false };
    tgtOf(await signInByKey(port, { client, trust, options: without }));
    const curve = certificates.client('alice', 'ec:P-256');
    tgtOf(await signInByKey(port, { client: curve, trust, algorithm: 'ecdsa-with-SHA256' }));
    const bob = certificates.client('bob');
    const other = await signInByKey(port, { client: bob, trust });
    assert.is(failureOf(other), 'KDC_ERR_CLIENT_NAME_MISMATCH');
  });
});

peerTest(s, 'takes the group that the KDC names instead of ours', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  await at(certificates.kdc(), ['pkinit_dh_min_bits = 4096'], async ({ port }) => {
    tgtOf(await signInByKey(port, { client, trust, options: { groups: ['modp-14', 'modp-16'] } }));
    const small = await signInByKey(port, { client, trust, options: { groups: ['modp-14'] } });
    assert.is(failureOf(small), 'KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED');
  });
});

peerTest(s, 'brings the freshness token that is required', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  await at(certificates.kdc(), ['pkinit_require_freshness = true'], async ({ port }) => {
    tgtOf(await signInByKey(port, { client, trust, options: { freshness: true } }));
    const without = await signInByKey(port, { client, trust, options: { freshness: false } });
    assert.is(failureOf(without), 'KDC_ERR_PREAUTH_FAILED');
  });
});

peerTest(s, 'does not believe a KDC whose certificate is wrong', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  for (const [problem, identity] of certificates.wrong()) {
    // MIT's KDC shows no certificate that it cannot verify itself; Heimdal's does.
    if (problem === 'expired') continue;
    await at(identity, [], async ({ port }) => {
      assert.is(problemOf(await signInByKey(port, { client, trust })), problem);
    });
  }
});

s.run();
