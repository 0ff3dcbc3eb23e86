import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTgt } from '../../../protocols/kdc/tgs-ticket.ts';
import type { Ticket } from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { contoso, KRBTGT_KEYS, resealed, signIn } from './contoso.ts';

const ticket = suite('kdc/tgs-ticket');
const SHARED = { kind: 'password', password: 'between us' } as const;
const world = contoso([], {}, [
  {
    realm: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    securityIdentifier: 'S-1-5-21-4-5-6',
    direction: 'outbound',
    secret: SHARED,
  },
]);
const tgt = signIn(world);
const { realm, accounts } = world;
const open = (found: Ticket, at = accounts) => openTgt(realm, at, found, 'the ticket');
const codeOf = (found: Ticket, at = accounts) => {
  const opened = open(found, at);
  return opened.kind === 'refused' ? opened.code : 0;
};

ticket('opened again, it has the same contents, and other octets do not', () => {
  const first = open(tgt.reply.ticket);
  const again = open(tgt.reply.ticket);
  assert.ok(first.kind === 'opened' && again.kind === 'opened');
  assert.equal(again, first);
  const cipher = tgt.reply.ticket.encPart.cipher.slice();
  cipher[0] = (cipher[0] as number) ^ 1; // the MAC at the end is still that of the other
  const { ticket: whole } = tgt.reply;
  assert.is(codeOf({ ...whole, encPart: { ...whole.encPart, cipher } }), 31);
});

ticket('a ticket that was opened before does not open when its key is gone', () => {
  assert.is(codeOf(tgt.reply.ticket), 0);
  const krbtgt = accounts.krbtgt(0);
  assert.ok(krbtgt);
  const none = { ...accounts, krbtgt: () => ({ ...krbtgt, keys: [] }) };
  assert.is(codeOf(tgt.reply.ticket, none), 44);
  const rolled = { ...krbtgt, keys: krbtgt.keys.map((set) => ({ ...set, kvno: 3 })) };
  assert.is(codeOf(tgt.reply.ticket, { ...accounts, krbtgt: () => rolled }), 44);
});

ticket('a former key of krbtgt opens as many tickets as policy says', () => {
  const krbtgt = accounts.krbtgt(0);
  const [current] = krbtgt?.keys ?? [];
  assert.ok(krbtgt && current);
  const later = (times: number) => {
    const newer = Array.from({ length: times }, (_, i) => ({ ...current, kvno: 2 + times - i }));
    return { ...accounts, krbtgt: () => ({ ...krbtgt, keys: [...newer, current] }) };
  };
  const codeWith = (previousKrbtgtKeys: number, times: number) => {
    const own = { ...realm, policy: { ...realm.policy, previousKrbtgtKeys } };
    const opened = openTgt(own, later(times), tgt.reply.ticket, 'the ticket');
    return opened.kind === 'refused' ? opened.code : 0;
  };
  // Once rotated, the ticket is still good; the second time is the one that ends it.
  assert.equal(
    [0, 1, 2].map((times) => codeWith(1, times)),
    [0, 0, 44],
  );
  assert.equal(
    [0, 1, 2].map((times) => codeWith(0, times)),
    [0, 44, 44],
  );
  assert.equal(
    [0, 1, 2].map((times) => codeWith(2, times)),
    [0, 0, 0],
  );
});

ticket('who issued it is looked up every time', () => {
  const trust = accounts.trust('FABRIKAM.COM');
  const [set] = trust?.trustAuthOutgoing ?? [];
  assert.ok(trust && set);
  const held = resealed(tgt, KRBTGT_KEYS, (part) => part);
  // The same octets under the key of the trust: what a foreign realm's KDC would send.
  const shared = { ...trust, trustAuthOutgoing: [{ kvno: 2, keys: KRBTGT_KEYS }] };
  const foreign = { ...held.reply.ticket, realm: 'FABRIKAM.COM' };
  const issuerAt = (trustAttributes: number) => {
    const at = { ...accounts, trust: () => ({ ...shared, trustAttributes }) };
    const opened = open(foreign, at);
    assert.ok(opened.kind === 'opened' && opened.issuer.kind === 'trusted');
    return opened.issuer.trust.trustAttributes;
  };
  assert.is(issuerAt(0), 0);
  assert.is(issuerAt(0x20), 0x20);
});

ticket('many tickets, one after another, and the first once more', () => {
  for (let i = 0; i < 2_100; i++) {
    const held = resealed(tgt, KRBTGT_KEYS, (part) => ({ ...part, authtime: i * 1_000 }));
    const opened = open(held.reply.ticket);
    assert.ok(opened.kind === 'opened');
    assert.is(opened.part.authtime, i * 1_000);
  }
  assert.is(codeOf(tgt.reply.ticket), 0);
});

ticket('tickets for others, and of realms that are not trusted', () => {
  const { ticket: whole } = tgt.reply;
  assert.is(codeOf({ ...whole, sname: principal(2, 'krbtgt', 'FABRIKAM.COM') }), 35);
  assert.is(codeOf({ ...whole, sname: principal(2, 'cifs', 'files.contoso.com') }), 35);
  assert.is(codeOf({ ...whole, realm: 'NOWHERE.COM' }), 35);
  assert.is(
    codeOf({ ...whole, sname: principal(2, 'krbtgt', 'contoso'), realm: 'contoso.com' }),
    0,
  );
  assert.is(
    codeOf({ ...whole, realm: 'FABRIKAM.COM' }),
    44,
    'the trust’s keys have another version',
  );
});

ticket.run();
