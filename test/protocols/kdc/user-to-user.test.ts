import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KdcOptions } from '../../../protocols/kerberos/constants.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { enterprise, principal } from '../../../protocols/kerberos/names.ts';
import { pacOf, ticketToSign } from '../../../protocols/pac/authorization-data.ts';
import { readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  answer,
  BOB,
  codeOf,
  contents,
  contoso,
  errorOf,
  type Held,
  HOUR,
  KRBTGT_KEYS,
  NOW,
  resealed,
  signIn,
  type TgsWish,
  tgsReq,
  ticketFor,
} from './contoso.ts';
import type { AccountSeed } from './listed-accounts.ts';

const u2u = suite('kdc/user-to-user');
const BOB_KEY = stringToKey(18, 'Secret2!', 'CONTOSO.COMbob');
const served: AccountSeed = {
  ...BOB,
  sAMAccountName: 'served',
  rid: 1107,
  servicePrincipalName: ['http/served.contoso.com'],
};
const world = contoso([served]);
const tgt = signIn(world);
const bobs = signIn(world, { longTerm: BOB_KEY, cname: principal(1, 'bob') });
const kdcOptions = KdcOptions.encTktInSkey;

const wish = (second: Held, sname = principal(1, 'bob'), more: TgsWish = {}): TgsWish => ({
  kdcOptions,
  sname,
  additionalTickets: [{ value: decode(Ticket, second.ticket), raw: second.ticket }],
  ...more,
});
const ask = (second: Held, sname = principal(1, 'bob'), more: TgsWish = {}) =>
  answer(world, tgsReq(tgt, wish(second, sname, more)), more.now);

u2u(
  'the ticket is sealed with the session key of the server’s ticket, without a key version',
  () => {
    const held = ticketFor(world, tgt, wish(bobs));
    assert.is(held.reply.ticket.encPart.kvno, undefined);
    assert.is(held.reply.ticket.encPart.etype, bobs.session.etype);
    const part = contents(held, [bobs.session]);
    assert.equal(part.cname, principal(1, 'alice'));
    const read = readPac(pacOf(part.authorizationData) ?? new Uint8Array(0));
    const [kdcKey] = KRBTGT_KEYS;
    assert.ok(read.ok && kdcKey);
    assert.equal(verifyPac(read.value, { serverKey: bobs.session, kdcKey }, ticketToSign(part)), {
      server: 'ok',
      kdc: 'ok',
      ticket: 'ok',
      full: 'ok',
    });
  },
);

u2u('any name of the server’s account will do', () => {
  const key = stringToKey(18, 'Secret2!', 'CONTOSO.COMserved');
  const theirs = signIn(world, { longTerm: key, cname: principal(1, 'served') });
  for (const sname of [
    principal(1, 'served'),
    principal(2, 'http', 'served.contoso.com'),
    enterprise('served@contoso.com'),
  ]) {
    assert.is(codeOf(ask(theirs, sname)), 0, sname.nameString.join('/'));
  }
  assert.is(codeOf(ask(bobs, enterprise('bob@contoso.com'))), 0);
});

u2u('a name of somebody else: 36; of nobody: 7; another realm: 68', () => {
  assert.is(codeOf(ask(bobs, principal(1, 'alice'))), 36);
  assert.is(codeOf(ask(bobs, principal(2, 'http', 'served.contoso.com'))), 36);
  assert.is(codeOf(ask(bobs, principal(2, 'krbtgt', 'CONTOSO.COM'))), 36);
  assert.is(codeOf(ask(bobs, principal(2, 'host', 'bob'))), 7);
  assert.is(codeOf(ask(bobs, principal(1, 'nobody'))), 7);
  assert.is(codeOf(ask(bobs, principal(1, 'bob'), { realm: 'ELSEWHERE.COM' })), 68);
});

u2u('without the second ticket: 60', () => {
  const bytes = tgsReq(tgt, { kdcOptions, sname: principal(1, 'bob') });
  assert.is(codeOf(answer(world, bytes)), 60);
});

u2u('a second ticket that is no ticket-granting ticket, or of another realm: 12', () => {
  const service = ticketFor(world, bobs);
  const error = errorOf(ask(service));
  assert.is(error.errorCode, 12);
  assert.is(
    toHex(error.eData ?? new Uint8Array(0)),
    '3015a103020103a20e040c720200c00000000003000000',
  );
  const foreign = resealed(bobs, KRBTGT_KEYS, (part) => ({ ...part, crealm: 'FABRIKAM.COM' }));
  assert.is(codeOf(ask(foreign)), 12);
});

u2u('a second ticket without PAC, of an unknown key, altered, or ended', () => {
  const bare = resealed(bobs, KRBTGT_KEYS, ({ authorizationData: _, ...part }) => part);
  assert.is(codeOf(ask(bare)), 20);
  const hosted = resealed(bobs, KRBTGT_KEYS, (part) => ({
    ...part,
    cname: principal(2, 'host', 'x'),
  }));
  assert.is(codeOf(ask(hosted)), 20);
  const changed = (encPart: object): Held => {
    const { ticket } = bobs.reply;
    const altered = { ...ticket, encPart: { ...ticket.encPart, ...encPart } };
    return { ...bobs, ticket: encode(Ticket, altered) };
  };
  assert.is(codeOf(ask(changed({ kvno: 9 }))), 14);
  assert.is(codeOf(ask(changed({ etype: 23 }))), 14);
  assert.is(codeOf(ask(changed({ cipher: new Uint8Array(100) }))), 41);
  const past = resealed(bobs, KRBTGT_KEYS, (part) => ({
    ...part,
    starttime: NOW - 2 * HOUR,
    endtime: NOW - HOUR,
  }));
  assert.is(codeOf(ask(past)), 32);
});

u2u('the session key’s type is still for the client to choose', () => {
  assert.is(ticketFor(world, tgt, wish(bobs, undefined, { etype: [17] })).session.etype, 17);
  assert.is(codeOf(ask(bobs, principal(1, 'bob'), { etype: [23] })), 14);
});

u2u.run();
