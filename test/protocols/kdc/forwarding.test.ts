import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  forwarded,
  forwardedForPassword,
  heldAccounts,
  unanswered,
  unansweredMessage,
} from '../../../protocols/kdc/forwarding.ts';
import { ready } from '../../../protocols/kdc/kdc.ts';
import {
  KdcOptions,
  NT_PRINCIPAL,
  NT_SRV_INST,
  PA_PAC_OPTIONS,
} from '../../../protocols/kerberos/constants.ts';
import { KrbError, PaPacOptions, Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { branch, KVNO, NUMBER, RODC_KEY, rodcTgt } from './branch.ts';
import {
  ALICE_NAME,
  answer,
  asReq,
  codeOf,
  contents,
  contoso,
  FILES_KEYS,
  NOW,
  openAsRep,
  provedAsReq,
  signIn,
  TGS_NAME,
  tgsReq,
  ticketFor,
  type World,
} from './contoso.ts';

const f = suite('kdc/forwarding');

const TRUST = {
  realm: 'FABRIKAM.COM',
  flatName: 'FABRIKAM',
  securityIdentifier: 'S-1-5-21-4-5-6',
  direction: 'bidirectional',
  secret: { kind: 'password', password: 'trust' },
} as const;

/** The branch's own KDC: it has the secrets of those named, and of its own accounts. */
function rodc(held: readonly string[], world: World = branch()): World {
  const realm = { ...world.realm, secondaryKrbTgtNumber: NUMBER };
  const accounts = heldAccounts(
    world.accounts,
    (account) =>
      account.msDSSecondaryKrbTgtNumber === NUMBER || held.includes(account.sAMAccountName),
  );
  return { realm, accounts: { ...world.accounts, ...accounts }, state: ready(realm) };
}

const why = ({ realm, accounts }: World, bytes: Uint8Array) =>
  forwarded(realm, accounts, bytes)?.why;

f('keys are there for whom they were given, for nobody else, and for no trust', () => {
  const { accounts } = rodc(['alice'], contosoWithTrust());
  assert.is(accounts.bySAMAccountName('alice')?.keys.length, 1);
  assert.is(accounts.byUserPrincipalName('alice@contoso.com')?.keys.length, 1);
  assert.is(accounts.bySAMAccountName('bob')?.keys.length, 0);
  assert.is(accounts.byServicePrincipalName('nfs/files.contoso.com')[0]?.keys.length, 0);
  assert.is(accounts.byObjectSid('S-1-5-21-1-2-3-1106')?.keys.length, 0);
  assert.is(accounts.krbtgt(0)?.keys.length, 0);
  assert.is(accounts.krbtgt(NUMBER)?.keys.length, 1);
  assert.equal(accounts.trust('FABRIKAM')?.trustAuthIncoming, []);
  assert.equal(accounts.trusts[0]?.trustAuthOutgoing, []);
  // The same object each time: what hangs on an account stays.
  const bob = accounts.bySAMAccountName('bob');
  assert.ok(accounts.byObjectSid('S-1-5-21-1-2-3-1106') === bob);
});

function contosoWithTrust(): World {
  const world = branch();
  const { accounts } = contoso([], {}, [TRUST]);
  return {
    ...world,
    accounts: { ...world.accounts, trust: accounts.trust, trusts: accounts.trusts },
  };
}

f('an AS-REQ stays where the secrets are', () => {
  const request = asReq();
  assert.is(why(rodc(['alice']), request), undefined);
  assert.match(why(rodc([]), request) ?? '', /^the secrets of alice are not held here$/);
  const unknown = asReq({ cname: principal(NT_PRINCIPAL, 'nobody') });
  assert.match(why(rodc(['alice']), unknown) ?? '', /nobody@CONTOSO\.COM is not known here/);
  const changePw = asReq({ sname: principal(NT_SRV_INST, 'kadmin', 'changepw') });
  assert.match(why(rodc(['alice']), changePw) ?? '', /the secrets of krbtgt are not held here/);
  const padataValue = encode(PaPacOptions, { options: 0x2000_0000 });
  const full = asReq({ padata: [{ padataType: PA_PAC_OPTIONS, padataValue }] });
  assert.match(why(rodc(['alice']), full) ?? '', /asks for a writable domain controller/);
  // Wrong realms are refused here, as anywhere.
  assert.is(why(rodc([]), asReq({ realm: 'OTHER.COM' })), undefined);
});

f('a TGS-REQ stays when ticket and service are its own', () => {
  const own = rodcTgt();
  assert.is(why(rodc(['FILES$']), tgsReq(own)), undefined);
  assert.match(why(rodc([]), tgsReq(own)) ?? '', /the secrets of FILES\$ are not held here/);
  assert.is(why(rodc([]), tgsReq(own, { sname: TGS_NAME })), undefined);
  const unknown = principal(NT_SRV_INST, 'cifs', 'new.contoso.com');
  assert.match(why(rodc([]), tgsReq(own, { sname: unknown })) ?? '', /is not known here/);
  const full = signIn(branch());
  assert.match(
    why(rodc(['FILES$']), tgsReq(full)) ?? '',
    /the ticket for krbtgt\/CONTOSO\.COM@CONTOSO\.COM was issued by another KDC/,
  );
  const other = rodcTgt({ number: NUMBER + 1 });
  assert.match(why(rodc(['FILES$']), tgsReq(other)) ?? '', /issued by another KDC/);
});

f('user-to-user needs no key of the service, but both tickets', () => {
  const own = rodcTgt();
  const ask = (ticket: Ticket) =>
    tgsReq(own, {
      kdcOptions: KdcOptions.encTktInSkey,
      sname: ALICE_NAME,
      additionalTickets: [{ value: ticket, raw: encode(Ticket, ticket) }],
    });
  assert.is(why(rodc([]), ask(own.reply.ticket)), undefined);
  const full = signIn(branch());
  assert.match(why(rodc([]), ask(full.reply.ticket)) ?? '', /issued by another KDC/);
});

f('a service of another realm: the trust’s key is not here', () => {
  const world = rodc([], contosoWithTrust());
  const sname = principal(NT_SRV_INST, 'krbtgt', 'FABRIKAM.COM');
  assert.match(why(world, tgsReq(rodcTgt(), { sname })) ?? '', /key shared with FABRIKAM\.COM/);
});

f('what is no request is nobody else’s business', () => {
  const random = seededRandom(1, 'forwarding');
  const world = rodc([]);
  for (const request of [asReq(), tgsReq(rodcTgt())]) {
    for (let i = 0; i < 300; i++) {
      const octets = request.slice(0, 1 + (i % request.length));
      const [at = 0, value = 0] = random(2);
      octets[at % octets.length] = value;
      forwarded(world.realm, world.accounts, octets); // no octets make it throw
    }
  }
  assert.is(why(world, new Uint8Array(0)), undefined);
  assert.is(why(world, new Uint8Array([0x6a, 0x80])), undefined);
  assert.is(why(world, new Uint8Array(70_000).fill(0x6a)), undefined);
});

f('a wrong password may be a new one', () => {
  const { realm, accounts } = rodc(['alice']);
  const away = forwardedForPassword(realm, accounts, provedAsReq());
  assert.match(away?.why ?? '', /the password of alice may have been changed/);
  assert.is(away?.client?.sAMAccountName, 'alice');
  assert.is(forwardedForPassword(realm, accounts, tgsReq(rodcTgt())), undefined);
});

f('when nobody else answers: NO_SECRETS', () => {
  const { realm, accounts } = rodc([]);
  for (const [request, code] of [
    [tgsReq(rodcTgt()), 7],
    [asReq(), 29],
  ] as const) {
    const away = forwarded(realm, accounts, request);
    assert.ok(away);
    const refusal = unanswered(away, 'unreachable');
    assert.match(
      refusal.cause,
      /not held here, and no writable domain controller answers: unreach/,
    );
    const error = decode(KrbError, unansweredMessage(realm, away, refusal, NOW));
    assert.is(error.errorCode, code);
    assert.match(toHex(error.eData ?? new Uint8Array(0)), /^3015a103020103a20e040c710300c0/);
  }
});

f('its tickets carry its number, in the key version and behind the signatures', () => {
  const world = rodc(['alice', 'FILES$']);
  const tgt = openAsRep(answer(world, provedAsReq()));
  assert.is(tgt.reply.ticket.encPart.kvno, KVNO);
  const keys = { kdcKey: RODC_KEY, rodcIdentifier: NUMBER };
  const outcome = (octets: Uint8Array | undefined, serverKey: typeof RODC_KEY) => {
    const read = readPac(octets ?? new Uint8Array(0));
    if (!read.ok) throw read.error;
    const { server, kdc, full } = verifyPac(read.value, { ...keys, serverKey });
    return [server, kdc, full];
  };
  const part = contents(tgt, [RODC_KEY]);
  assert.equal(outcome(pacOf(part.authorizationData), RODC_KEY), ['ok', 'ok', 'missing']);
  const service = ticketFor(world, tgt);
  const inside = pacOf(contents(service, FILES_KEYS).authorizationData);
  const [filesKey] = FILES_KEYS;
  assert.equal(outcome(inside, filesKey as typeof RODC_KEY), ['ok', 'ok', 'ok']);
  // Renewed here, it is this KDC's again; a writable one takes it.
  const again = ticketFor(world, tgt, {
    sname: TGS_NAME,
    kdcOptions: KdcOptions.renewable | KdcOptions.renew,
  });
  assert.is(again.reply.ticket.encPart.kvno, KVNO);
  assert.is(codeOf(answer(branch(), tgsReq(again))), 0);
});

f.run();
