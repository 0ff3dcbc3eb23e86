/** Our client as an actor on real sockets, against MIT's krb5kdc on loopback. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KdcOptions,
  NT_PRINCIPAL,
  NT_SRV_HST,
  TicketFlags,
} from '../../protocols/kerberos/constants.ts';
import { stringToKey } from '../../protocols/kerberos/etypes.ts';
import { WINDOWS_KDC_EXCHANGE } from '../../protocols/kerberos/kdc-exchange.ts';
import { principal } from '../../protocols/kerberos/names.ts';
import { peerTest } from '../peers.ts';
import type { Kdc } from './kdc-process.ts';
import { ETYPES, krb5kdc, PASSWORD } from './krb5kdc.ts';
import {
  failureOf,
  password as passwordSecret,
  REALM,
  signIn,
  tgtOf,
  ticket,
  ticketOf,
  UDP,
} from './our-client.ts';

const { encTktInSkey, forwardable, renew, renewable } = KdcOptions;

const PEERS = ['krb5kdc', 'kdb5_util', 'kadmin.local'];

const password = passwordSecret(PASSWORD);

const mit = suite('krb5kdc');

/** One KDC for all tests but the last, started by the first that needs it. */
let shared: Promise<Kdc> | undefined;

function kdc(): Promise<Kdc> {
  shared ??= krb5kdc();
  return shared;
}

mit.after(async () => {
  await shared?.then(
    ({ stop }) => stop(),
    () => undefined, // the test that started it has said why
  );
});

peerTest(mit, 'signs in and gets a service ticket, with every encryption type', PEERS, async () => {
  const { port } = await kdc();
  for (const [etype] of ETYPES) {
    for (const exchange of [UDP, WINDOWS_KDC_EXCHANGE]) {
      const tgt = tgtOf(await signIn(port, `user${etype}`, password, [etype], { exchange }));
      assert.is(tgt.key.etype, etype);
      assert.is(tgt.sname.nameString.join('/'), `krbtgt/${REALM}`);
      assert.ok((tgt.flags & TicketFlags.preAuthent) !== 0);
      const sname = principal(NT_SRV_HST, 'host', `s${etype}.krb.example`);
      for (const subkey of [true, false]) {
        const etypes = [etype];
        const service = ticketOf(await ticket(port, tgt, { sname, subkey, etypes }, exchange));
        assert.is(service.key.etype, etype);
        assert.equal(service.sname.nameString, sname.nameString);
        assert.equal(service.cname.nameString, [`user${etype}`]);
      }
    }
  }
});

peerTest(mit, 'signs in with keys instead of a password', PEERS, async () => {
  const { port } = await kdc();
  const keys = [stringToKey(18, PASSWORD, `${REALM}user18`)];
  tgtOf(await signIn(port, 'user18', { kind: 'keys', keys }, [18, 17]));
  const others = [stringToKey(17, PASSWORD, `${REALM}user18`)];
  const without = await signIn(port, 'user18', { kind: 'keys', keys: others }, [18, 17]);
  assert.is(failureOf(without), 'noCommonEtype');
});

peerTest(mit, 'says what is wrong', PEERS, async () => {
  const { port } = await kdc();
  const wrong = passwordSecret('Passw0rd?');
  // With pre-authentication the KDC notices, without it the client does.
  assert.is(failureOf(await signIn(port, 'user18', wrong, [18])), 'KDC_ERR_PREAUTH_FAILED');
  assert.is(failureOf(await signIn(port, 'open', wrong, [18])), 'undecryptable');
  tgtOf(await signIn(port, 'open', password, [18]));
  assert.is(failureOf(await signIn(port, 'nobody', password, [18])), 'KDC_ERR_C_PRINCIPAL_UNKNOWN');
  assert.is(failureOf(await signIn(port, 'user18', password, [23])), 'KDC_ERR_ETYPE_NOSUPP');
  const tgt = tgtOf(await signIn(port, 'user18', password, [18]));
  const sname = principal(NT_SRV_HST, 'host', 'nowhere.krb.example');
  assert.is(failureOf(await ticket(port, tgt, { sname })), 'KDC_ERR_S_PRINCIPAL_UNKNOWN');
});

peerTest(mit, 'renews, and gets a user-to-user ticket', PEERS, async () => {
  const { port } = await kdc();
  const tgt = tgtOf(await signIn(port, 'user18', password, [18]));
  assert.ok(tgt.renewTill !== undefined, 'a renewable ticket');
  // MIT keeps only flags that are asked for again, where Windows keeps all.
  const kdcOptions = renew | renewable | forwardable;
  const renewed = ticketOf(await ticket(port, tgt, { kdcOptions, subkey: false }));
  assert.is(renewed.authtime, tgt.authtime);
  assert.is(renewed.renewTill, tgt.renewTill);
  assert.ok(renewed.starttime >= tgt.starttime);
  const other = tgtOf(await signIn(port, 'user17', password, [17]));
  const service = ticketOf(
    await ticket(port, renewed, {
      sname: principal(NT_PRINCIPAL, 'user17'),
      kdcOptions: encTktInSkey,
      additionalTickets: [other.ticket],
    }),
  );
  assert.is(service.isSkey, true);
});

peerTest(mit, 'repeats by TCP what is too big for UDP', PEERS, async () => {
  const { port, stop } = await krb5kdc({ defaults: ['kdc_max_dgram_reply_size = 300'] });
  try {
    tgtOf(await signIn(port, 'user18', password, [18], { exchange: UDP }));
  } finally {
    stop();
  }
});

mit.run();
