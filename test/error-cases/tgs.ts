/** Causes of errors in the TGS exchange, by their id in the catalogue. */

import { KdcOptions, PA_FOR_USER, TicketFlags } from '../../protocols/kerberos/constants.ts';
import { key, stringToKey } from '../../protocols/kerberos/etypes.ts';
import { TgsReq, Ticket } from '../../protocols/kerberos/messages.ts';
import { enterprise, principal } from '../../protocols/kerberos/names.ts';
import { authorizationDataWithPac, pacOf } from '../../protocols/pac/authorization-data.ts';
import { readPac } from '../../protocols/pac/pactype.ts';
import { draftPac, signPac } from '../../protocols/pac/signatures.ts';
import { decode, encode } from '../../src/der/codec.ts';
import {
  ALICE,
  ALICE_KEY,
  answer,
  asReq,
  BOB,
  contents,
  contoso,
  DAY,
  FILES,
  type Held,
  HOUR,
  KRBTGT_KEYS,
  MINUTE,
  NOW,
  openAsRep,
  resealed,
  signIn,
  type TgsWish,
  tgsReq,
  ticketFor,
  type World,
} from '../protocols/kdc/contoso.ts';
import type { AccountSeed } from '../protocols/kdc/listed-accounts.ts';
import { wellKnownGroup } from '../protocols/kdc/listed-accounts.ts';
import { asked, askedTwice, type Cases, type Outcome, withAlice } from './outcome.ts';

const { forwardable, renewable, renew, encTktInSkey } = KdcOptions;
const NORMAL = 0x200;

const trusting = contoso([{ ...BOB, servicePrincipalName: [] }], {}, [
  {
    realm: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    securityIdentifier: 'S-1-5-21-4-5-6',
    direction: 'bidirectional',
    secret: { kind: 'password', password: 'between us' },
  },
]);
const world = contoso();
const tgt = signIn(world);
const bobs = signIn(world, {
  longTerm: stringToKey(18, 'Secret2!', 'CONTOSO.COMbob'),
  cname: principal(1, 'bob'),
});

const ask = (wish: TgsWish = {}, held: Held = tgt, at: World = world): Outcome =>
  asked(at, tgsReq(held, wish), wish.now);

/** The ticket with other octets around its contents. */
function changed(encPart: object, names: object = {}): Held {
  const { ticket } = tgt.reply;
  const altered = { ...ticket, ...names, encPart: { ...ticket.encPart, ...encPart } };
  return { ...tgt, ticket: encode(Ticket, altered) };
}

const timed = (times: object) => resealed(tgt, KRBTGT_KEYS, (part) => ({ ...part, ...times }));

/** Signed in to one world, asking in another, which is the same an hour later. */
function since(before: World, after: World, now = NOW + HOUR): Outcome {
  return ask({ now }, signIn(before), after);
}

function withFiles(more: Partial<AccountSeed>, policy = {}): World {
  return contoso([{ ...FILES, ...more }], policy);
}

function secondTicket(second: Held): Outcome {
  const additionalTickets = [{ value: decode(Ticket, second.ticket), raw: second.ticket }];
  return ask({ kdcOptions: encTktInSkey, sname: principal(1, 'bob'), additionalTickets });
}

function foreignPac(): Held {
  const foreign = key(18, new Uint8Array(32).fill(0x77));
  const keys = { serverKey: foreign, kdcKey: foreign };
  const read = readPac(pacOf(contents(tgt, KRBTGT_KEYS).authorizationData) ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  const { buffers } = read.value;
  const octets = signPac(draftPac({ ...keys, buffers, forService: false }), keys);
  return resealed(tgt, KRBTGT_KEYS, (part) => ({
    ...part,
    authorizationData: authorizationDataWithPac(octets),
  }));
}

/** A ticket in the name of an alias: without preauthentication, and without canonicalisation. */
function aliased(): Outcome {
  const altSecurityIdentities = ['Kerberos:wonder@CONTOSO.COM'];
  const at = withAlice({ altSecurityIdentities, userAccountControl: NORMAL | 0x40_0000 });
  const request = asReq({ cname: principal(1, 'wonder'), kdcOptions: 0 });
  return ask({ kdcOptions: 0 }, openAsRep(answer(at, request), ALICE_KEY), at);
}

function protectedForwardable(): Outcome {
  const group = wellKnownGroup('Protected Users');
  const at = withAlice({ groups: group === undefined ? [] : [group] });
  return ask({ kdcOptions: forwardable }, signIn(at), at);
}

function withoutPaTgsReq(): Outcome {
  const whole = decode(TgsReq, tgsReq(tgt));
  return asked(world, encode(TgsReq, { ...whole, padata: [] }));
}

function altered(): Held {
  const cipher = tgt.reply.ticket.encPart.cipher.slice();
  cipher[20] = (cipher[20] as number) ^ 1;
  return changed({ cipher });
}

const twice = contoso([
  { ...BOB, sAMAccountName: 'svc1', rid: 1301, servicePrincipalName: ['http/web.contoso.com'] },
  { ...BOB, sAMAccountName: 'svc2', rid: 1302, servicePrincipalName: ['http/web.contoso.com'] },
]);
const noHours = new Uint8Array(21);

export const TGS_CASES: Cases = {
  'service-unknown': () => ask({ sname: principal(2, 'cifs', 'nowhere.contoso.com') }),
  'realm-unknown': () => ask({ sname: principal(2, 'krbtgt', 'ELSEWHERE.COM') }),
  'three-part-name': () =>
    ask(
      { sname: principal(2, 'ldap', 'files.contoso.com', 'contoso.com') },
      tgt,
      withFiles({ servicePrincipalName: ['ldap/files.contoso.com/contoso.com'] }),
    ),
  'user-as-service': () => ask({ sname: enterprise('bob@contoso.com') }),
  'referral-not-wanted': () =>
    ask(
      { sname: principal(2, 'cifs', 'nas.fabrikam.com'), kdcOptions: 0 },
      signIn(trusting),
      trusting,
    ),
  'rodc-unknown': () => ask({}, changed({ kvno: 0x1234_0002 })),
  'spn-twice': () => ask({ sname: principal(2, 'http', 'web.contoso.com') }, tgt, twice),
  'second-ticket-no-tgt': () => secondTicket(ticketFor(world, bobs)),
  'renew-service-ticket': () => ask({ kdcOptions: renewable | renew }, ticketFor(world, tgt)),
  'not-forwardable': () => ask({ kdcOptions: forwardable }, signIn(world, { kdcOptions: 0 })),
  'sensitive-forwardable': () => {
    const at = withAlice({ userAccountControl: NORMAL | 0x10_0000 });
    return ask({ kdcOptions: forwardable }, signIn(at), at);
  },
  'protected-forwardable': protectedForwardable,
  'service-rc4-only': () => ask({}, tgt, withFiles({ msDSSupportedEncryptionTypes: 4 })),
  'session-etype': () =>
    ask({ etype: [17] }, tgt, withFiles({ msDSSupportedEncryptionTypes: 0x10 })),
  'feature-bits-only': () => ask({}, tgt, withFiles({ msDSSupportedEncryptionTypes: 0x8_0000 })),
  'checksum-unknown': () => ask({ cksum: { cksumtype: 99, checksum: new Uint8Array(12) } }),
  'no-tgs-req': withoutPaTgsReq,
  'no-s4u': () => ask({ padata: [{ padataType: PA_FOR_USER, padataValue: new Uint8Array(0) }] }),
  'disabled-since': () => since(world, withAlice({ userAccountControl: NORMAL | 2 })),
  'logon-hours-since': () => since(world, withAlice({ logonHours: noHours })),
  'tgt-without-pac': () =>
    ask(
      {},
      resealed(tgt, KRBTGT_KEYS, ({ authorizationData: _, ...part }) => part),
    ),
  'deleted-since': () => {
    const gone = () => undefined;
    const { accounts } = world;
    const without = { ...accounts, bySAMAccountName: gone, byUserPrincipalName: gone };
    return ask({}, tgt, { ...world, accounts: without });
  },
  'renamed-since': () => {
    const { userPrincipalName: _, ...alice } = ALICE;
    const before = contoso([alice]);
    const { accounts } = before;
    const after = {
      ...accounts,
      bySAMAccountName: (name: string) =>
        name === 'asmith' ? accounts.bySAMAccountName('alice') : undefined,
    };
    return ask({}, signIn(before), { ...before, accounts: after });
  },
  'name-of-another': () => ask({}, tgt, withAlice({ rid: 1999 })),
  'alt-identity-tgt': aliased,
  'renew-for-another': () => ask({ kdcOptions: renewable | renew }),
  'service-without-spn': () => ask({ sname: principal(1, 'bob') }),
  'tgt-altered': () => ask({}, altered()),
  'authenticator-key': () => ask({ sealedWith: key(18, new Uint8Array(32)) }),
  'tgt-expired': () => ask({ now: NOW + 11 * HOUR }),
  'tgt-nearly-expired': () => ask({ now: NOW + 10 * HOUR - MINUTE }),
  'tgt-starts-later': () => ask({}, timed({ starttime: NOW + HOUR })),
  'tgt-invalid': () => ask({}, timed({ flags: TicketFlags.invalid })),
  'authenticator-replayed': () => askedTwice(world, tgsReq(tgt)),
  'service-ticket-as-tgt': () => ask({}, ticketFor(world, tgt)),
  'tgt-of-stranger': () => ask({}, changed({}, { realm: 'NOWHERE.COM' })),
  'client-differs': () => ask({ as: { cname: principal(1, 'bob'), crealm: 'CONTOSO.COM' } }),
  'second-ticket-of-another': () => secondTicket(tgt),
  'clock-tgs': () => ask({ ctime: NOW - 6 * MINUTE }),
  'body-altered': () => ask({ covered: new Uint8Array([0x30, 0]) }),
  'pac-forged': () => ask({}, foreignPac()),
  'tgt-kvno': () => ask({}, changed({ kvno: 9 })),
  'checksum-missing': () => ask({ cksumtype: 'none' }),
  'checksum-weak': () => ask({ cksumtype: 1 }),
  'tgt-etype': () => ask({}, changed({ etype: 23 })),
  'realm-elsewhere': () => ask({ realm: 'ELSEWHERE.COM', till: NOW + DAY }),
};
