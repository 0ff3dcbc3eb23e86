import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { step } from '../../../protocols/kdc/kdc.ts';
import { KdcOptions, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { TgsReq, Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import {
  answer,
  causeOf,
  codeOf,
  contoso,
  DAY,
  envOf,
  errorOf,
  HOUR,
  KRBTGT_KEYS,
  MINUTE,
  NOW,
  openTgsRep,
  received,
  resealed,
  SECOND,
  signIn,
  TGS_NAME,
  type TgsWish,
  tgsReq,
  ticketFor,
} from './contoso.ts';

const request = suite('kdc/tgs-request');
const world = contoso();
const tgt = signIn(world);
const code = (wish: TgsWish, held = tgt) => codeOf(answer(world, tgsReq(held, wish), wish.now));

request('a request in order is granted', () => {
  const effects = answer(world, tgsReq(tgt));
  openTgsRep(effects, tgt);
});

request('pvno and msg-type', () => {
  assert.is(code({ pvno: 4 }), 39);
  assert.is(code({ msgType: 10 }), 40);
});

request('without PA-TGS-REQ: 16; with a malformed one: 60', () => {
  const whole = decode(TgsReq, tgsReq(tgt));
  const without = encode(TgsReq, { ...whole, padata: [] });
  assert.is(codeOf(answer(world, without)), 16);
  const junk = [{ padataType: 1, padataValue: new Uint8Array([0x6e, 0]) }];
  assert.is(codeOf(answer(world, encode(TgsReq, { ...whole, padata: junk }))), 60);
});

request('a service ticket is no ticket-granting ticket', () => {
  const service = ticketFor(world, tgt);
  assert.is(code({}, service), 35);
  assert.is(code({ kdcOptions: KdcOptions.renew | KdcOptions.renewable }, service), 12);
  assert.is(code({ kdcOptions: KdcOptions.validate }, service), 12);
});

request('an altered ticket, an unknown key version, an etype without a key', () => {
  const changed = (encPart: object) => {
    const { ticket } = tgt.reply;
    const altered = { ...ticket, encPart: { ...ticket.encPart, ...encPart } };
    return { ...tgt, reply: { ...tgt.reply, ticket: altered } };
  };
  const cipher = tgt.reply.ticket.encPart.cipher.slice();
  cipher[20] = (cipher[20] as number) ^ 1;
  const ask = (encPart: object) => {
    const held = resealedAs(changed(encPart));
    return errorOf(answer(world, tgsReq(held)));
  };
  assert.is(ask({ cipher }).errorCode, 31);
  assert.is(ask({ kvno: 3 }).errorCode, 44);
  assert.is(ask({ kvno: 0x12340002 }).errorCode, 7, 'a read-only KDC that is not there');
  const rc4 = ask({ etype: 23 });
  assert.is(rc4.errorCode, 60);
  assert.is(
    Buffer.from(rc4.eData ?? []).toString('hex'),
    '3015a103020103a20e040c9a0000c00000000003000000',
  );
  assert.is(ask({ etype: 99 }).errorCode, 60);
});

/** The ticket's octets after its fields were changed. */
function resealedAs(held: typeof tgt): typeof tgt {
  return { ...held, ticket: encode(Ticket, held.reply.ticket) };
}

request('a ticket without key version opens with the current key', () => {
  const { ticket } = tgt.reply;
  const { kvno: _, ...encPart } = ticket.encPart;
  const held = resealedAs({ ...tgt, reply: { ...tgt.reply, ticket: { ...ticket, encPart } } });
  assert.is(code({}, held), 0);
});

request('a ticket of krbtgt’s former key is good until it ends', () => {
  const krbtgt = world.accounts.krbtgt(0);
  assert.ok(krbtgt);
  const newer = {
    kvno: 3,
    keys: KRBTGT_KEYS.map((k) =>
      key(
        k.etype,
        k.bytes.map((o) => o ^ 1),
      ),
    ),
  };
  const rolled = { ...krbtgt, keys: [newer, ...krbtgt.keys] };
  const accounts = { ...world.accounts, krbtgt: () => rolled };
  const effects = answer({ ...world, accounts }, tgsReq(tgt, { sname: TGS_NAME }));
  const { reply } = openTgsRep(effects, tgt);
  assert.is(reply.ticket.encPart.kvno, 3, 'new tickets have the new key');
});

request('too early, too late', () => {
  const flagged = (change: object) =>
    resealed(tgt, KRBTGT_KEYS, (part) => ({ ...part, ...change }));
  const invalid = flagged({ flags: tgt.part.flags | TicketFlags.invalid });
  assert.is(code({}, invalid), 33);
  const end = tgt.part.endtime;
  assert.is(code({ now: end }), 32);
  assert.is(code({ now: end + HOUR }), 32);
  assert.is(code({ now: end - 2 * MINUTE }), 32, 'may be a ticket for changing the password');
  assert.is(code({ now: end - 2 * MINUTE - SECOND }), 0);
  const future = (ms: number) => flagged({ starttime: NOW + ms, endtime: NOW + DAY });
  assert.is(code({}, future(5 * MINUTE + SECOND)), 33);
  assert.is(code({}, future(5 * MINUTE)), 0);
});

request('a ticket for changing a password gives no other ticket', () => {
  const changePw = signIn(world, { sname: principal(2, 'kadmin', 'changepw') });
  assert.is(code({}, changePw), 35);
  const renamed = resealedAs({
    ...changePw,
    reply: { ...changePw.reply, ticket: { ...changePw.reply.ticket, sname: TGS_NAME } },
  });
  assert.is(code({}, renamed), 32, 'nor when it is called another name');
});

request('the authenticator must be of the ticket’s client and under its session key', () => {
  const as = (name: string, crealm = 'CONTOSO.COM') => ({
    as: { cname: principal(1, name), crealm },
  });
  assert.is(code(as('bob')), 36);
  assert.is(code(as('Alice')), 36);
  assert.is(code(as('alice', 'FABRIKAM.COM')), 36);
  assert.is(code(as('alice', 'contoso.com')), 0);
  assert.is(code({ sealedWith: key(18, new Uint8Array(32)) }), 31);
});

request('clock skew: five minutes and no more', () => {
  assert.is(code({ ctime: NOW - 5 * MINUTE }), 0);
  assert.is(code({ ctime: NOW + 5 * MINUTE }), 0);
  assert.is(code({ ctime: NOW + 5 * MINUTE, cusec: 1_000 }), 37);
  const error = errorOf(answer(world, tgsReq(tgt, { ctime: NOW - 10 * MINUTE })));
  assert.is(error.errorCode, 37);
  assert.is(error.eData, undefined);
});

request('the checksum covers the body as it came', () => {
  assert.is(code({ cksumtype: 'none' }), 50);
  assert.is(code({ cksumtype: 1 }), 50, 'CRC-32 is not collision-proof');
  assert.is(code({ cksumtype: 2 }), 50, 'nor is MD4');
  for (const cksumtype of [7, 14, 16, -138]) {
    assert.is(code({ cksumtype }), 0, `${cksumtype}`);
    const covered = new Uint8Array([1, 2, 3]);
    assert.is(code({ cksumtype, covered }), 41, `${cksumtype} over something else`);
  }
});

request('without a checksum it is answered where policy says so, and a weak one is not', () => {
  const lenient = contoso([], { authenticatorChecksum: 'optional' });
  const held = signIn(lenient);
  const codeWith = (cksumtype: number | 'none') =>
    codeOf(answer(lenient, tgsReq(held, { cksumtype })));
  assert.is(codeWith('none'), 0);
  assert.is(codeWith(1), 50);
});

request('a checksum of another key’s type, and one that nobody knows', () => {
  const swapped = (cksumtype: number) => {
    const session = key(17, new Uint8Array(16).fill(5));
    return answer(world, tgsReq({ ...tgt, session }, { sealedWith: tgt.session, cksumtype }));
  };
  assert.is(codeOf(swapped(15)), 50);
});

request('subkeys: of a type that is allowed', () => {
  assert.is(code({ subkey: key(18, new Uint8Array(32).fill(8)) }), 0);
  assert.is(code({ subkey: key(17, new Uint8Array(16).fill(8)) }), 0);
  assert.is(code({ subkey: key(23, new Uint8Array(16).fill(8)) }), 14);
});

request('an authenticator counts once, even in another request', () => {
  const bytes = tgsReq(tgt);
  const whole = decode(TgsReq, bytes);
  const padata = [...(whole.padata ?? []), { padataType: 9999, padataValue: new Uint8Array(1) }];
  const other = encode(TgsReq, { ...whole, padata });
  playbook(step, world.state, envOf(world))
    .on(received(bytes))
    .emits({ kind: 'reply', message: 'TGS-REP' })
    .on(received(bytes))
    .check((effects) => assert.is(codeOf(effects), 34))
    .on(received(other))
    .check((effects) => assert.is(codeOf(effects), 34))
    .on(received(tgsReq(tgt, { cusec: 1 })))
    .emits({ kind: 'reply', message: 'TGS-REP' })
    .ends('ready');
});

request('a forged authenticator does not use up a real one', () => {
  const bytes = tgsReq(tgt);
  const whole = decode(TgsReq, bytes);
  const other = decode(TgsReq, tgsReq(tgt, { nonce: 1 }));
  const forged = encode(TgsReq, { ...whole, reqBody: other.reqBody });
  playbook(step, world.state, envOf(world))
    .on(received(forged))
    .check((effects) => assert.is(codeOf(effects), 41))
    .on(received(bytes))
    .emits({ kind: 'reply', message: 'TGS-REP' });
});

request('the note names what was compared', () => {
  const effects = answer(world, tgsReq(tgt, { as: { cname: principal(1, 'bob'), crealm: 'X' } }));
  assert.match(causeOf(effects), /bob@X.*alice@CONTOSO\.COM/);
});

request.run();
