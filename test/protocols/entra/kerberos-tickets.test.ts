import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CLOUD_REALM,
  TICKET_OPTIONS,
  type TicketOptions,
  ticketsFor,
} from '../../../protocols/entra/kerberos-tickets.ts';
import { type OpenedTgt, openTgt } from '../../../protocols/entra/prt-messages.ts';
import { type TenantUser, userNamed } from '../../../protocols/entra/tenant.ts';
import {
  KeyUsage,
  NT_ENTERPRISE,
  NT_PRINCIPAL,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { decrypt, type Key, key } from '../../../protocols/kerberos/etypes.ts';
import { EncTicketPart } from '../../../protocols/kerberos/messages.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { LogonInfo, PacRequestorSid } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { type Pac, readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode } from '../../../src/der/codec.ts';
import { NOW } from '../enrollment/people.ts';
import { CORP, tenantWithKeys } from './prt-of-tests.ts';
import { ALICE, ALICE_SID, ENDPOINT } from './tenant-of-tests.ts';

const s = suite('entra/kerberos-tickets');

const HOUR = 3_600_000;
const SESSION_KEY = new Uint8Array(32).fill(0x11);
const DOMAIN_KEY = key(18, CORP.key);

function tickets(
  changes: Partial<TicketOptions> = {},
  user: Partial<TenantUser> = {},
  kerberosDomains = [CORP],
) {
  const tenant = { ...tenantWithKeys(user), kerberosDomains };
  const options = { ...TICKET_OPTIONS, ...changes };
  const chance = { now: NOW + 123, random: seededRandom(1, 'tickets') };
  const { cloudKey } = ENDPOINT;
  const alice = userNamed(tenant, ALICE) as TenantUser;
  return ticketsFor(tenant, alice, SESSION_KEY, cloudKey, options, chance);
}

type Ticket = Extract<OpenedTgt, { readonly kind: 'ticket' }>;

function opened(text: string | undefined): Ticket {
  const tgt = openTgt(text ?? '', SESSION_KEY);
  if (tgt.kind !== 'ticket') throw new Error(JSON.stringify(tgt));
  return tgt;
}

function partOf({ asRep }: Ticket, ticketKey: Key): EncTicketPart {
  const plain = decrypt(ticketKey, KeyUsage.TICKET, asRep.ticket.encPart.cipher);
  if (plain === undefined) throw new Error('the ticket does not open');
  return decode(EncTicketPart, plain);
}

function pacIn(tgt: Ticket): Pac {
  const octets = pacOf(partOf(tgt, DOMAIN_KEY).authorizationData);
  const read = readPac(octets ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  return read.value;
}

function bufferOf(pac: Pac, type: number): Uint8Array {
  const found = pac.buffers.find(({ ulType }) => ulType === type);
  if (found === undefined) throw new Error(`no buffer ${type}`);
  return found.bytes;
}

s('the partial ticket is for the domain: its number and version, its key, the user’s SID', () => {
  const tgt = opened(tickets().tgtAd);
  const { asRep, credential, field } = tgt;
  assert.is(asRep.crealm, 'CORP.EXAMPLE');
  assert.equal(asRep.cname, { nameType: NT_PRINCIPAL, nameString: ['alice'] });
  assert.is(asRep.ticket.encPart.kvno, (27_845 << 16) | 2);
  assert.is(asRep.ticket.encPart.etype, 18);
  assert.is(asRep.encPart.etype, 18);
  assert.equal(
    [field.realm, field.sn, field.cn, field.keyType],
    ['CORP.EXAMPLE', 'krbtgt/CORP.EXAMPLE', 'alice@CORP.EXAMPLE', 18],
  );
  assert.equal(credential.sname.nameString, ['krbtgt', 'CORP.EXAMPLE']);
  const part = partOf(tgt, DOMAIN_KEY);
  assert.equal(part.key.keyvalue, credential.key.bytes);
  const pac = pacIn(tgt);
  assert.is(PacRequestorSid.decode(bufferOf(pac, PacType.REQUESTOR_SID)), ALICE_SID);
  const keys = { serverKey: DOMAIN_KEY, kdcKey: DOMAIN_KEY, rodcIdentifier: 27_845 };
  const { server, kdc } = verifyPac(pac, keys);
  assert.equal([server, kdc], ['ok', 'ok']);
});

s('both tickets hold for as long as the options say, from whole seconds', () => {
  const { tgtAd, tgtCloud } = tickets({ lifetime: HOUR, renewTill: 2 * HOUR });
  for (const tgt of [opened(tgtAd), opened(tgtCloud)]) {
    const { authtime, starttime, endtime, renewTill, flags } = tgt.credential;
    assert.equal([authtime, starttime], [NOW, NOW]);
    assert.equal([endtime, renewTill], [NOW + HOUR, NOW + 2 * HOUR]);
    assert.ok((flags & TicketFlags.forwardable) !== 0 && (flags & TicketFlags.renewable) !== 0);
  }
});

s('LOGON_INFO is as the option says, and never says of what groups somebody is', () => {
  const of = (logonInfo: TicketOptions['logonInfo']) => pacIn(opened(tickets({ logonInfo }).tgtAd));
  for (const [option, groups] of [
    ['primaryGroup', [513]],
    ['noGroups', []],
  ] as const) {
    const info = LogonInfo.decode(bufferOf(of(option), PacType.LOGON_INFO));
    assert.is(info.UserId, 1103);
    assert.is(info.PrimaryGroupId, 513);
    assert.equal(
      (info.GroupIds ?? []).map(({ RelativeId }) => RelativeId),
      groups,
    );
    assert.is(info.ExtraSids, null);
  }
  assert.equal(
    of('absent').buffers.map(({ ulType }) => ulType),
    [6, 7, 10, 17, 18],
  );
});

s('a name may be that of the account, or the user principal name', () => {
  const tgt = opened(tickets({ name: 'userPrincipalName' }).tgtAd);
  assert.equal(tgt.asRep.cname, { nameType: NT_ENTERPRISE, nameString: [ALICE] });
});

s('Entra’s own ticket is for its own realm, under its own key', () => {
  const tgt = opened(tickets().tgtCloud);
  assert.is(tgt.field.realm, CLOUD_REALM);
  assert.is(tgt.field.cn, `alice\\@corp.example@${CLOUD_REALM}`);
  const part = partOf(tgt, ENDPOINT.cloudKey);
  assert.is(part.crealm, CLOUD_REALM);
  assert.is(decrypt(DOMAIN_KEY, KeyUsage.TICKET, tgt.asRep.ticket.encPart.cipher), undefined);
  assert.is(tickets({ cloud: false }).tgtCloud, undefined);
});

s('without the domain’s key, or of no domain, there is no partial ticket, and why', () => {
  const elsewhere = { ...CORP, domainSid: 'S-1-5-21-1-2-33' };
  const strangers = { onPremisesSecurityIdentifier: 'S-1-5-21-1-2-4-1103' };
  const { onPremisesSecurityIdentifier: _, ...cloudOnly } = tenantWithKeys().users[0] as TenantUser;
  const cases = [
    [tickets({}, {}, []), 'not set up for the domain'],
    [tickets({}, {}, [elsewhere]), 'not set up for the domain'],
    [tickets({}, strangers), 'not set up for the domain'],
    [
      ticketsFor(tenantWithKeys(), cloudOnly, SESSION_KEY, ENDPOINT.cloudKey, TICKET_OPTIONS, {
        now: NOW,
        random: seededRandom(1, 'tickets'),
      }),
      'is of no domain',
    ],
  ] as const;
  for (const [{ tgtAd, tgtCloud, cause }, why] of cases) {
    assert.is(tgtAd, undefined);
    assert.match(cause ?? '', why);
    assert.ok(opened(tgtCloud));
  }
});

s('in its place an error may stand', () => {
  const told = openTgt(tickets({ missing: 'told' }, {}, []).tgtAd ?? '', SESSION_KEY);
  if (told.kind !== 'error') throw new Error(told.kind);
  assert.match(told.error.error, 'not set up');
  assert.is(told.error.errorCode, 2);
});

s.run();
