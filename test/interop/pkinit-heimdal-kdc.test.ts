/** Our client with a private key, against Heimdal's kdc on loopback. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TicketFlags } from '../../protocols/kerberos/constants.ts';
import { toHex } from '../../src/bytes/bytes.ts';
import { modpGroup } from '../../src/crypto/modp.ts';
import { peerTest } from '../peers.ts';
import { HEIMDAL_KDC, heimdalKdc } from './heimdal-kdc.ts';
import type { Kdc } from './kdc-process.ts';
import type { Identity } from './openssl-pki.ts';
import { failureOf, REALM, tgtOf } from './our-client.ts';
import { Certificates, problemOf, signInByKey } from './pkinit-client.ts';

const PEERS = [...HEIMDAL_KDC, 'openssl'];
const s = suite('PKINIT at Heimdal’s kdc');

let certificates: Certificates;
let moduli: string;

/** A KDC that shows this certificate, for one test. */
async function at<T>(identity: Identity, body: (kdc: Kdc) => Promise<T>): Promise<T> {
  const { certificate, key } = identity;
  const kdc = await heimdalKdc({
    libdefaults: [`moduli = ${moduli}`],
    kdc: [
      'enable-pkinit = yes',
      `pkinit_identity = FILE:${certificate},${key}`,
      `pkinit_anchors = FILE:${certificates.authority.certificate}`,
      'pkinit_principal_in_certificate = yes',
    ],
  });
  try {
    return await body(kdc);
  } finally {
    kdc.stop();
  }
}

s.before(() => {
  certificates = new Certificates();
  moduli = join(certificates.folder, 'moduli');
  // What Heimdal 7 has built in as group 14 is not RFC 3526's.
  const lines = (['modp-14', 'modp-16'] as const).map((name) => {
    const { bits, p, g, q } = modpGroup(name);
    return `${name} ${bits} ${[p, g, q].map(toHex).join(' ')}\n`;
  });
  writeFileSync(moduli, lines.join(''));
});
s.after(() => certificates.remove());

peerTest(s, 'signs in with an agreement in every group that both have', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  await at(certificates.kdc(), async ({ port }) => {
    for (const group of ['modp-2', 'modp-14', 'modp-16'] as const) {
      for (const nonce of [true, false]) {
        const options = { groups: [group], nonce };
        const tgt = tgtOf(await signInByKey(port, { client, trust, options }));
        assert.is(tgt.key.etype, 18, group);
        assert.is(tgt.sname.nameString.join('/'), `krbtgt/${REALM}`);
        assert.ok((tgt.flags & TicketFlags.preAuthent) !== 0);
      }
    }
    const bob = certificates.client('bob');
    const other = await signInByKey(port, { client: bob, trust });
    assert.is(failureOf(other), 'KDC_ERR_CLIENT_NAME_MISMATCH');
  });
});

peerTest(s, 'signs in with the key that the KDC encrypts to ours', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  await at(certificates.kdc(), async ({ port }) => {
    const tgt = tgtOf(await signInByKey(port, { client, trust, options: { groups: [] } }));
    assert.is(tgt.cname.nameString.join('/'), 'alice');
    assert.is(tgt.key.etype, 18);
  });
});

peerTest(s, 'does not believe a KDC whose certificate is wrong', PEERS, async () => {
  const trust = certificates.trust();
  const client = certificates.client('alice');
  for (const [problem, identity] of certificates.wrong()) {
    await at(identity, async ({ port }) => {
      for (const groups of [['modp-14'] as const, []]) {
        const outcome = await signInByKey(port, { client, trust, options: { groups } });
        assert.is(problemOf(outcome), problem, `${groups}`);
      }
    });
  }
});

s.run();
