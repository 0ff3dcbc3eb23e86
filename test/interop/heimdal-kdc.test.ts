/** Our client as an actor on real sockets, against Heimdal's kdc on loopback. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TicketFlags } from '../../protocols/kerberos/constants.ts';
import { WINDOWS_KDC_EXCHANGE } from '../../protocols/kerberos/kdc-exchange.ts';
import { peerTest } from '../peers.ts';
import { HEIMDAL_KDC, heimdalKdc, PASSWORD } from './heimdal-kdc.ts';
import type { Kdc } from './kdc-process.ts';
import { failureOf, password, REALM, signIn, tgtOf, ticket, ticketOf, UDP } from './our-client.ts';

const s = suite('Heimdal kdc');
let shared: Promise<Kdc> | undefined;

function kdc(): Promise<Kdc> {
  shared ??= heimdalKdc();
  return shared;
}

s.after(async () => {
  await shared?.then(
    ({ stop }) => stop(),
    () => undefined, // the test that started it has said why
  );
});

peerTest(s, 'signs in by UDP and TCP, and gets a service ticket', HEIMDAL_KDC, async () => {
  const { port } = await kdc();
  for (const exchange of [UDP, WINDOWS_KDC_EXCHANGE]) {
    const tgt = tgtOf(await signIn(port, 'alice', password(PASSWORD), [18, 17], { exchange }));
    assert.is(tgt.key.etype, 18);
    assert.is(tgt.sname.nameString.join('/'), `krbtgt/${REALM}`);
    assert.ok((tgt.flags & TicketFlags.preAuthent) !== 0);
    const again = ticketOf(await ticket(port, tgt, {}, exchange));
    assert.equal(again.cname.nameString, ['alice']);
  }
});

peerTest(s, 'says what is wrong', HEIMDAL_KDC, async () => {
  const { port } = await kdc();
  const wrong = await signIn(port, 'alice', password('Passw0rd?'), [18]);
  assert.is(failureOf(wrong), 'KDC_ERR_PREAUTH_FAILED');
  const unknown = await signIn(port, 'nobody', password(PASSWORD), [18]);
  assert.is(failureOf(unknown), 'KDC_ERR_C_PRINCIPAL_UNKNOWN');
});

s.run();
