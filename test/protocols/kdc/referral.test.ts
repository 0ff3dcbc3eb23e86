import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ready } from '../../../protocols/kdc/kdc.ts';
import { realm } from '../../../protocols/kdc/realm.ts';
import { KdcOptions, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import type { Key } from '../../../protocols/kerberos/etypes.ts';
import { PaSvrReferralInfo } from '../../../protocols/kerberos/messages.ts';
import { enterprise, principal } from '../../../protocols/kerberos/names.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { LogonInfo } from '../../../protocols/pac/buffers.ts';
import type { KerbValidationInfo } from '../../../protocols/pac/messages.ts';
import { pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { decode } from '../../../src/der/codec.ts';
import {
  ALICE,
  answer,
  causeOf,
  codeOf,
  contents,
  contoso,
  DC1,
  errorOf,
  FILES,
  FILES_KEYS,
  type Held,
  HOUR,
  KRBTGT,
  NOW,
  provedAsReq,
  signIn,
  tgsReq,
  ticketFor,
  type World,
} from './contoso.ts';
import { accountsFrom, type TrustSeed } from './listed-accounts.ts';

const referral = suite('kdc/referral');
const SHARED = { kind: 'password', password: 'between us' } as const;
const NAS = principal(2, 'cifs', 'nas.fabrikam.com');

/** CONTOSO.COM and FABRIKAM.COM, which trust each other. */
function pair(attributes = 0): { readonly here: World; readonly there: World } {
  const trust = (name: string, flatName: string, securityIdentifier: string): TrustSeed => ({
    realm: name,
    flatName,
    securityIdentifier,
    direction: 'bidirectional',
    secret: SHARED,
    trustAttributes: attributes,
  });
  const local = { name: 'Readers', rid: 1500, scope: 'domainLocal' } as const;
  const here = contoso([{ ...ALICE, extraSids: EXTRA_SIDS, groups: [local] }], {}, [
    trust('FABRIKAM.COM', 'FABRIKAM', 'S-1-5-21-4-5-6'),
  ]);
  const own = realm({
    name: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    sid: 'S-1-5-21-4-5-6',
    dnsHostName: 'dc.fabrikam.com',
  });
  const nas = { ...FILES, sAMAccountName: 'NAS$', servicePrincipalName: ['HOST/nas.fabrikam.com'] };
  const accounts = accountsFrom([KRBTGT, DC1, nas], own, [
    trust('CONTOSO.COM', 'CONTOSO', 'S-1-5-21-1-2-3'),
  ]);
  return { here, there: { realm: own, accounts, state: ready(own) } };
}

/** One of the user's own domain, one of the trusting domain, one of neither. */
const EXTRA_SIDS = [
  { sid: 'S-1-5-21-1-2-3-2000', attributes: 7 },
  { sid: 'S-1-5-21-4-5-6-512', attributes: 7 },
  { sid: 'S-1-5-21-7-8-9-2000', attributes: 7 },
];

const { here, there } = pair();
const tgt = signIn(here);
const across = { realm: 'FABRIKAM.COM', sname: NAS };

function infoIn(held: Held, keys: readonly Key[]): KerbValidationInfo {
  const octets = pacOf(contents(held, keys).authorizationData);
  const read = readPac(octets ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  return LogonInfo.decode(pacBuffer(read.value, 1) ?? new Uint8Array(0));
}

const sharedKeys = (world: World, name: string) => [
  ...(world.accounts.trust(name)?.trustAuthIncoming?.[0]?.keys ?? []),
];

referral('a service of another realm: a ticket for that realm’s ticket-granting service', () => {
  const held = ticketFor(here, tgt, { sname: NAS });
  const { ticket } = held.reply;
  assert.is(ticket.realm, 'CONTOSO.COM');
  assert.equal(ticket.sname, principal(2, 'krbtgt', 'FABRIKAM.COM'));
  assert.equal(held.part.sname, ticket.sname);
  const info = held.part.encryptedPaData?.find((item) => item.padataType === 20);
  assert.equal(decode(PaSvrReferralInfo, info?.padataValue ?? new Uint8Array(0)), {
    referredRealm: 'FABRIKAM.COM',
  });
  const octets = pacOf(contents(held, sharedKeys(here, 'FABRIKAM.COM')).authorizationData);
  const read = readPac(octets ?? new Uint8Array(0));
  assert.ok(read.ok);
  assert.equal(
    read.value.buffers.map((buffer) => buffer.ulType).sort((a, b) => a - b),
    [1, 6, 7, 10, 12, 17, 18],
  );
});

referral('and from there the ticket itself', () => {
  const crossing = ticketFor(here, tgt, { sname: NAS });
  const held = ticketFor(there, crossing, across);
  const part = contents(held, FILES_KEYS);
  assert.is(part.crealm, 'CONTOSO.COM');
  assert.equal(part.cname, principal(1, 'alice'));
  assert.is(part.authtime, NOW);
  assert.equal(held.part.sname, NAS);
  const info = infoIn(held, FILES_KEYS);
  assert.is(info.EffectiveName, 'alice');
  assert.is(info.LogonDomainId, 'S-1-5-21-1-2-3');
});

referral('the other realm’s ticket-granting service can be asked for by name', () => {
  const sname = principal(2, 'krbtgt', 'FABRIKAM.COM');
  const crossing = ticketFor(here, tgt, { sname, kdcOptions: 0 });
  assert.equal(crossing.part.sname, sname);
  assert.is(codeOf(answer(there, tgsReq(crossing, { ...across, kdcOptions: 0 }))), 0);
});

referral('without canonicalize there is no referral', () => {
  assert.is(codeOf(answer(here, tgsReq(tgt, { sname: NAS, kdcOptions: 0 }))), 7);
});

referral('a user of another realm is sent there', () => {
  const effects = answer(here, provedAsReq({ cname: enterprise('bob@fabrikam.com') }));
  const error = errorOf(effects);
  assert.is(error.errorCode, 68);
  assert.is(error.crealm, 'FABRIKAM.COM');
});

referral('SIDs over a trust: those that the other side has a say in', () => {
  const extra = (attributes: number) => {
    const { here: from, there: to } = pair(attributes);
    const crossing = ticketFor(from, signIn(from), { sname: NAS });
    const info = infoIn(ticketFor(to, crossing, across), FILES_KEYS);
    return (info.ExtraSids ?? []).map(({ Sid }) => Sid);
  };
  const own = 'S-1-5-21-1-2-3-2000';
  const ours = 'S-1-5-21-4-5-6-512';
  const third = 'S-1-5-21-7-8-9-2000';
  assert.equal(extra(0), [own, 'S-1-18-1'], 'an external trust');
  assert.equal(extra(0x4), [own, 'S-1-18-1'], 'quarantined');
  assert.equal(extra(0x8), [own, third, 'S-1-18-1'], 'a forest trust: other domains of it too');
  assert.equal(extra(0x8 | 0x4), [own, 'S-1-18-1']);
  assert.equal(extra(0x20), [own, ours, third, 'S-1-18-1'], 'within the forest: all');
});

referral('a user who claims to be of the domain that is asked', () => {
  const { here: from, there: to } = pair();
  const liar = { ...from, realm: { ...from.realm, sid: 'S-1-5-21-4-5-6' } };
  const world = { ...liar, state: ready(liar.realm) };
  const crossing = ticketFor(world, signIn(world), { sname: NAS });
  const effects = answer(to, tgsReq(crossing, across));
  assert.is(codeOf(effects), 12);
  assert.match(causeOf(effects), /a user of domain S-1-5-21-4-5-6 came over the trust/);
});

referral('a realm that is not trusted, and a key that is not shared', () => {
  const { here: from } = pair();
  const crossing = ticketFor(from, signIn(from), { sname: NAS });
  const alone = { ...there, accounts: { ...there.accounts, trust: () => undefined } };
  assert.is(codeOf(answer(alone, tgsReq(crossing, across))), 35);
  const stranger = accountsFrom([KRBTGT], there.realm, [
    {
      realm: 'CONTOSO.COM',
      flatName: 'CONTOSO',
      securityIdentifier: 'S-1-5-21-1-2-3',
      direction: 'bidirectional',
      secret: { kind: 'password', password: 'another' },
    },
  ]);
  assert.is(codeOf(answer({ ...there, accounts: stranger }, tgsReq(crossing, across))), 31);
});

referral('referral tickets are renewed where they came from', () => {
  const crossing = ticketFor(here, tgt, { sname: NAS });
  const kdcOptions = KdcOptions.renewable | KdcOptions.renew;
  const sname = principal(2, 'krbtgt', 'FABRIKAM.COM');
  const effects = answer(there, tgsReq(crossing, { realm: 'FABRIKAM.COM', sname, kdcOptions }));
  assert.is(codeOf(effects), 12);
});

referral('through a realm to a third: only where both trusts are transitive', () => {
  const third = (attributes: number) => {
    const { here: from, there: to } = pair(attributes);
    const more: TrustSeed = {
      realm: 'LITWARE.COM',
      flatName: 'LITWARE',
      securityIdentifier: 'S-1-5-21-7-7-7',
      direction: 'bidirectional',
      secret: SHARED,
      trustAttributes: attributes,
    };
    const back: TrustSeed = {
      ...more,
      realm: 'CONTOSO.COM',
      flatName: 'CONTOSO',
      securityIdentifier: 'S-1-5-21-1-2-3',
    };
    const accounts = accountsFrom([KRBTGT], to.realm, [back, more]);
    const crossing = ticketFor(from, signIn(from), { sname: NAS });
    const sname = principal(2, 'krbtgt', 'LITWARE.COM');
    const wish = { realm: 'FABRIKAM.COM', sname };
    return codeOf(answer({ ...to, accounts }, tgsReq(crossing, wish)));
  };
  assert.is(third(0), 7);
  assert.is(third(0x8), 0);
  assert.is(third(0x8 | 0x1), 7);
  assert.is(third(0x20), 0);
});

referral('ok-as-delegate crosses only where the trust allows delegation', () => {
  const flags = (attributes: number) => {
    const { here: from, there: to } = pair(attributes);
    const crossing = ticketFor(from, signIn(from), { sname: NAS });
    const dc = principal(2, 'HOST', 'dc1.contoso.com');
    const held = ticketFor(to, crossing, { realm: 'FABRIKAM.COM', sname: dc });
    const has = (flagged: Held) => (flagged.part.flags & TicketFlags.okAsDelegate) !== 0;
    return [has(crossing), has(held)];
  };
  assert.equal(flags(0), [false, false]);
  assert.equal(flags(0x20), [true, true]);
  assert.equal(flags(0x800), [true, true]);
});

referral('domain local groups are those of the domain where the service is', () => {
  const inOwn = ticketFor(here, tgt);
  assert.is(infoIn(inOwn, FILES_KEYS).ResourceGroupIds?.length, 1);
  const crossing = ticketFor(here, tgt, { sname: NAS });
  const held = ticketFor(there, crossing, across);
  assert.is(infoIn(held, FILES_KEYS).ResourceGroupIds, null);
  assert.is(infoIn(crossing, sharedKeys(here, 'FABRIKAM.COM')).ResourceGroupIds, null);
});

referral('what crosses ends no later than the ticket-granting ticket', () => {
  const now = NOW + HOUR;
  const crossing = ticketFor(here, tgt, { sname: NAS, now });
  assert.is(crossing.part.endtime, tgt.part.endtime);
  assert.is(ticketFor(there, crossing, { ...across, now }).part.endtime, tgt.part.endtime);
});

referral.run();
