import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  guardedCredentials,
  guardedLogon,
  keyHandle,
} from '../../../protocols/actors/remote-guard.ts';
import {
  type Credentials,
  readTicketLogon,
  ticketLogon,
} from '../../../protocols/credssp/credentials.ts';
import type { Acceptor } from '../../../protocols/kerberos/ap-server.ts';
import { NT_SRV_INST, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { openKrbCred, sealedKrbCred } from '../../../protocols/kerberos/krb-cred.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import type { Credential } from '../../../protocols/kerberos/ticket-cache.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { NOW, REALM } from '../kerberos/forged-kdc.ts';
import { CIFS, credential, SERVICE } from '../kerberos/service-ticket.ts';

const s = suite('remote-guard');

type Guarded = Extract<Credentials, { readonly kind: 'remoteGuard' }>;

const ACCEPTOR: Omit<Acceptor<string>, 'replays'> = {
  realm: REALM,
  names: [CIFS],
  keys: [{ kvno: 2, key: SERVICE }],
  clockSkew: 300_000,
  authorize: (part) => ({ kind: 'granted', identity: part.cname.nameString.join('/') }),
};

const TGT: Credential = {
  ...credential(),
  sname: principal(NT_SRV_INST, 'krbtgt', REALM),
  key: key(18, new Uint8Array(32).fill(9)),
};

const random = seededRandom(1, 'remote-guard');

function handed(hostTicket = credential(), tgt = TGT): Guarded {
  return guardedCredentials(tgt, hostTicket, random) as Guarded;
}

/** As a client would that puts something else into the package. */
function withTickets(changes: Partial<Parameters<typeof ticketLogon>[0]>): Guarded {
  const good = handed();
  const read = readTicketLogon(good.logonCred.credBuffer);
  if (read === undefined) throw new Error('our own KERB_TICKET_LOGON does not read');
  const credBuffer = ticketLogon({ ...read, ...changes });
  return { ...good, logonCred: { ...good.logonCred, credBuffer } };
}

function reasonFor(credentials: Guarded, acceptor: Partial<typeof ACCEPTOR> = {}, now = NOW) {
  const logon = guardedLogon({ ...ACCEPTOR, ...acceptor }, credentials, now);
  return logon.kind === 'denied' ? logon.reason : logon.kind;
}

s('the host learns who it is, and has the ticket without its key', () => {
  const logon = guardedLogon(ACCEPTOR, handed(), NOW);
  assert.is(logon.kind, 'granted');
  if (logon.kind !== 'granted') return;
  assert.is(logon.identity, 'alice');
  assert.equal(logon.tgt.ticket, TGT.ticket);
  assert.equal(logon.tgt.sname, TGT.sname);
  assert.is(logon.tgt.endtime, TGT.endtime);
  assert.equal(logon.tgt.key.bytes, keyHandle(TGT));
});

s('nothing that goes to the host has the session key of the ticket-granting ticket in it', () => {
  const { credBuffer } = handed().logonCred;
  const logon = guardedLogon(ACCEPTOR, handed(), NOW);
  const text = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
  assert.is(text(credBuffer).includes(text(TGT.key.bytes)), false);
  assert.is(JSON.stringify(logon).includes(JSON.stringify(TGT.key.bytes)), false);
});

for (const [why, credentials, reason] of [
  [
    'another package',
    { ...handed(), logonCred: { ...handed().logonCred, packageName: 'NTLM' } },
    'credentials of the package NTLM, not of Kerberos',
  ],
  [
    'octets that are none',
    { ...handed(), logonCred: { packageName: 'Kerberos', credBuffer: new Uint8Array(32) } },
    'the credentials are no KERB_TICKET_LOGON with a ticket in it',
  ],
  [
    'a service ticket that is no ticket',
    withTickets({ serviceTicket: Uint8Array.of(0x30, 0) }),
    'the credentials are no KERB_TICKET_LOGON with a ticket in it',
  ],
  [
    'a KRB-CRED under another key',
    withTickets({ ticketGrantingTicket: sealedKrbCred([TGT], TGT.key, random) }),
    'no ticket-granting ticket in a KRB-CRED that opens with the session key',
  ],
  [
    'a KRB-CRED with other tickets than ticket-granting ones',
    handed(credential(), credential()),
    'no ticket-granting ticket in a KRB-CRED that opens with the session key',
  ],
  [
    'a ticket that begins later',
    handed(credential({ part: { starttime: NOW + 400_000 } })),
    'the ticket is not yet valid',
  ],
  [
    'an invalid ticket',
    handed(credential({ part: { flags: TicketFlags.invalid } })),
    'the ticket is not yet valid',
  ],
  [
    'a ticket that is over',
    handed(credential({ part: { endtime: NOW - 400_000 } })),
    'the ticket has expired',
  ],
] as const) {
  s(`${why} is refused`, () => {
    assert.is(reasonFor(credentials), `Remote Credential Guard: ${reason}`);
  });
}

s('a KRB-CRED that lies open is taken, as FreeRDP sends it', () => {
  assert.is(reasonFor(withTickets({ ticketGrantingTicket: openKrbCred([TGT]) })), 'granted');
});

s('a ticket for somebody else is refused, and one under a key that is not ours', () => {
  const names = [principal(NT_SRV_INST, 'TERMSRV', 'rd1.corp.example')];
  assert.match(reasonFor(handed(), { names }), 'the ticket is for');
  assert.match(reasonFor(handed(), { realm: 'OTHER.EXAMPLE' }), 'the ticket is for');
  const keys = [{ kvno: 2, key: key(18, new Uint8Array(32)) }];
  assert.match(reasonFor(handed(), { keys }), 'KRB_AP_ERR_MODIFIED');
  const authorize = () => ({ kind: 'denied', errorCode: 41, reason: 'no PAC' }) as const;
  assert.is(reasonFor(handed(), { authorize }), 'Remote Credential Guard: no PAC');
});

s('octets that somebody altered get nobody in by accident', () => {
  const good = handed().logonCred.credBuffer;
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const credBuffer = good.slice();
      credBuffer[at] = (credBuffer[at] ?? 0) ^ flip;
      const credentials = { ...handed(), logonCred: { packageName: 'Kerberos', credBuffer } };
      const logon = guardedLogon(ACCEPTOR, credentials, NOW);
      // The flags and what of a ticket is not sealed may be anything; who it is may not.
      assert.ok(logon.kind === 'denied' || logon.identity === 'alice');
    }),
  );
});

s.run();
