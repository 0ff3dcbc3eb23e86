/** Both tables of cases that Samba's `kdc_tgs_tests` has for tickets of read-only domain controllers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MINIMAL_PAC } from '../../../protocols/kdc/partial-tgt.ts';
import { revealSecretsPolicy } from '../../../protocols/kdc/read-only.ts';
import {
  KdcOptions,
  PA_FOR_USER,
  PA_S4U_X509_USER,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import { Ticket } from '../../../protocols/kerberos/messages.ts';
import { authorizationDataWithPac, pacOf } from '../../../protocols/pac/authorization-data.ts';
import { LogonInfo, PacAttributesInfo, PacSignatureData } from '../../../protocols/pac/buffers.ts';
import { PacType } from '../../../protocols/pac/constants.ts';
import { type Pac, pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { encode } from '../../../src/der/codec.ts';
import {
  accountIn,
  type BranchChange,
  branch,
  group,
  KRBTGT_RODC,
  KVNO,
  NUMBER,
  RODC,
  RODC_KEY,
  type RodcTgt,
  rodcTgt,
} from './branch.ts';
import {
  ALICE_NAME,
  answer,
  BOB,
  causeOf,
  codeOf,
  contents,
  DAY,
  FILES_KEYS,
  type Held,
  HOUR,
  KRBTGT_KEYS,
  MINUTE,
  NOW,
  PASSWORD,
  resealed,
  signIn,
  TGS_NAME,
  type TgsWish,
  tgsReq,
  ticketFor,
  type World,
} from './contoso.ts';

const rodc = suite('kdc/read-only');

const EXCHANGE: TgsWish = { sname: TGS_NAME };
/** The request for each column of the table; the additional ticket of user-to-user is the read-only KDC's. */
const REQUESTS: Readonly<Record<string, (world: World, tgt: Held) => Uint8Array>> = {
  exchange: (_, tgt) => tgsReq(tgt, EXCHANGE),
  service: (_, tgt) => tgsReq(tgt),
  renew: (_, tgt) =>
    tgsReq(tgt, { ...EXCHANGE, kdcOptions: KdcOptions.renewable | KdcOptions.renew }),
  validate: (_, tgt) =>
    tgsReq(
      resealed(tgt, [RODC_KEY], (part) => ({ ...part, flags: part.flags | TicketFlags.invalid })),
      { ...EXCHANGE, kdcOptions: KdcOptions.validate },
    ),
  'user-to-user, both': (_, tgt) => tgsReq(tgt, userToUser(tgt)),
};

function userToUser(tgt: Held): TgsWish {
  return {
    kdcOptions: KdcOptions.encTktInSkey,
    sname: tgt.cname,
    additionalTickets: [{ value: tgt.reply.ticket, raw: encode(Ticket, tgt.reply.ticket) }],
  };
}

const S4U2SELF: TgsWish = {
  sname: ALICE_NAME,
  padata: [{ padataType: PA_FOR_USER, padataValue: new Uint8Array([0x30, 0]) }],
};

const forS4u = (tgt: Held) => tgsReq(tgt, S4U2SELF);

interface Case {
  readonly name: string;
  readonly world?: BranchChange;
  readonly tgt?: RodcTgt;
  readonly code: number;
  /** Absent: not in the table. */
  readonly s4u2self?: number;
  readonly cause?: RegExp;
}

const ALLOWED = group('Allowed RODC Password Replication Group');
const DENIED = group('Denied RODC Password Replication Group');
const NOBODY = 'S-1-5-21-1-2-3-9999';
const withoutRequestor = { ...MINIMAL_PAC, requestor: false };

const CASES: readonly Case[] = [
  { name: 'allowed', code: 0, s4u2self: 6, cause: /read-only KDC 27845/ },
  {
    name: 'allowed by name',
    world: { alice: { groups: [] }, link: { revealOnDemand: [1105] } },
    code: 0,
    s4u2self: 6,
  },
  {
    name: 'on no list',
    world: { alice: { groups: [] } },
    code: 20,
    s4u2self: 20,
    cause: /alice, which is not in msDS-RevealOnDemandGroup/,
  },
  {
    name: 'denied',
    world: { alice: { groups: [DENIED] } },
    code: 20,
    s4u2self: 20,
    cause: /alice, which is in S-1-5-21-1-2-3-572, which is in msDS-NeverRevealGroup/,
  },
  {
    name: 'on both lists',
    world: { alice: { groups: [ALLOWED, DENIED] } },
    code: 20,
    s4u2self: 20,
    cause: /msDS-NeverRevealGroup/,
  },
  {
    name: 'denied by name',
    world: { link: { neverReveal: [1105] } },
    code: 20,
    s4u2self: 20,
    cause: /alice, which is in msDS-NeverRevealGroup/,
  },
  {
    name: 'a Domain Admin, by the group itself',
    world: { alice: { groups: [ALLOWED, group('Domain Admins')] }, link: { neverReveal: [512] } },
    code: 20,
    s4u2self: 20,
  },
  {
    name: 'the computer has no PARTIAL_SECRETS',
    world: { rodc: { userAccountControl: 0x1000 } },
    code: 12,
    s4u2self: 12,
    cause: /RODC1\$, which is no read-only domain controller/,
  },
  {
    name: 'no computer has the link',
    world: { link: { krbtgt: 1 } },
    code: 12,
    s4u2self: 12,
    cause: /and is of none/,
  },
  {
    name: 'two computers have it',
    world: { more: [{ ...RODC, sAMAccountName: 'RODC2$', rid: 1602 }] },
    code: 12,
    s4u2self: 12,
    cause: /RODC1\$, RODC2\$/,
  },
  {
    name: 'the requestor is somebody else',
    tgt: { sid: 'S-1-5-21-1-2-3-1106' },
    code: 20,
    s4u2self: 20,
    cause: /was issued to S-1-5-21-1-2-3-1106/,
  },
  { name: 'the requestor is nobody', tgt: { sid: NOBODY }, code: 20, s4u2self: 20 },
  { name: 'no requestor', tgt: { content: withoutRequestor }, code: 20, s4u2self: 20 },
  {
    name: 'no such account any more',
    tgt: { name: 'carol', sid: NOBODY },
    code: 20,
    s4u2self: 20,
    cause: /no account carol@CONTOSO\.COM any more/,
  },
  {
    name: 'without LOGON_INFO',
    tgt: { content: { request: 'asked', requestor: true } },
    code: 0,
    s4u2self: 6,
  },
  {
    name: 'without ATTRIBUTES',
    tgt: { content: { requestor: true } },
    code: 0,
    s4u2self: 6,
  },
  {
    name: 'buffers that nobody knows',
    tgt: {
      content: { ...MINIMAL_PAC, others: [{ ulType: 0x4711, bytes: new Uint8Array(8) }] },
    },
    code: 0,
    s4u2self: 6,
  },
];

for (const { name, world: change, tgt: wish, code, s4u2self, cause } of CASES) {
  rodc(`${name}: ${code}, S4U2self ${s4u2self}`, () => {
    const world = branch(change);
    const tgt = rodcTgt(wish);
    for (const [column, request] of Object.entries(REQUESTS)) {
      if (code === 0 && column === 'user-to-user, both') continue; // has a test of its own
      const effects = answer(world, request(world, tgt));
      assert.is(codeOf(effects), code, `${column}: ${causeOf(effects)}`);
      if (code !== 0 && cause !== undefined) assert.match(causeOf(effects), cause, column);
    }
    const effects = answer(world, forS4u(tgt));
    assert.is(codeOf(effects), s4u2self, causeOf(effects));
    if (cause !== undefined) assert.match(causeOf(effects), cause);
  });
}

rodc('S4U2self by certificate is answered alike', () => {
  const padata = [{ padataType: PA_S4U_X509_USER, padataValue: new Uint8Array([0x30, 0]) }];
  assert.is(codeOf(answer(branch(), tgsReq(rodcTgt(), { ...S4U2SELF, padata }))), 6);
});

rodc('a LOGON_INFO of somebody else counts for nothing: the PAC is the directory’s', () => {
  const world = branch();
  const other = rodcTgt({ name: 'bob', sid: 'S-1-5-21-1-2-3-1106' });
  const logonInfo = pacBuffer(pacIn(contents(other, [RODC_KEY])), PacType.LOGON_INFO);
  assert.ok(logonInfo);
  const content = {
    request: 'asked',
    requestor: true,
    others: [{ ulType: PacType.LOGON_INFO, bytes: logonInfo.slice() }],
  } as const;
  const full = ticketFor(world, rodcTgt({ content }), EXCHANGE);
  const pac = pacIn(contents(full, KRBTGT_KEYS));
  const info = LogonInfo.tryDecode(pacBuffer(pac, PacType.LOGON_INFO) as Uint8Array);
  assert.ok(info.ok && info.value.UserId === 1105 && info.value.EffectiveName === 'alice');
});

function pacIn(part: { readonly authorizationData?: Parameters<typeof pacOf>[0] }): Pac {
  const read = readPac(pacOf(part.authorizationData) ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  return read.value;
}

rodc('user-to-user: either ticket may be the read-only KDC’s, and is looked at', () => {
  const alice = { servicePrincipalName: ['app/alice'] };
  const good = branch({ alice });
  assert.is(codeOf(answer(good, tgsReq(rodcTgt(), userToUser(rodcTgt())))), 0);
  const bad = branch({ alice: { ...alice, groups: [DENIED] } });
  const bob = signIn(bad, {
    cname: { nameType: 1, nameString: ['bob'] },
    longTerm: accountIn(bad, 'bob').keys[0]?.keys[0] as typeof RODC_KEY,
  });
  const effects = answer(bad, tgsReq(bob, userToUser(rodcTgt())));
  assert.is(codeOf(effects), 20, causeOf(effects));
});

rodc('the exchanged ticket is krbtgt’s, its PAC the directory’s', () => {
  const world = branch({ alice: { groups: [ALLOWED, group('Key Admins')] } });
  const tgt = rodcTgt();
  assert.is(tgt.reply.ticket.encPart.kvno, KVNO);
  const full = ticketFor(world, tgt, EXCHANGE);
  assert.is(full.reply.ticket.encPart.kvno, 2);
  const part = contents(full, KRBTGT_KEYS);
  assert.is(part.authtime, NOW);
  assert.equal(part.cname, ALICE_NAME);
  const pac = pacIn(part);
  const [krbtgtKey] = KRBTGT_KEYS;
  assert.ok(krbtgtKey);
  const { server, kdc } = verifyPac(pac, { serverKey: krbtgtKey, kdcKey: krbtgtKey });
  assert.equal([server, kdc], ['ok', 'ok']);
  assert.equal(
    pac.buffers.map(({ ulType }) => ulType),
    [1, 6, 7, 10, 12, 17, 18],
  );
  const info = LogonInfo.tryDecode(pacBuffer(pac, PacType.LOGON_INFO) as Uint8Array);
  assert.ok(info.ok);
  if (!info.ok) return;
  assert.equal(
    info.value.GroupIds?.map(({ RelativeId }) => RelativeId),
    [513, 526],
  );
  assert.is(info.value.FullName, 'Alice Example');
  // The full ticket is as good as one of the AS exchange.
  assert.is(codeOf(answer(world, tgsReq(full))), 0);
});

rodc('how the PAC was asked for is kept', () => {
  for (const [request, flag] of [
    ['asked', 1],
    ['implicit', 2],
    ['declined', 0],
    [undefined, 2],
  ] as const) {
    const content = { requestor: true, ...(request === undefined ? {} : { request }) };
    const full = ticketFor(branch(), rodcTgt({ content }), EXCHANGE);
    const octets = pacBuffer(pacIn(contents(full, KRBTGT_KEYS)), PacType.ATTRIBUTES_INFO);
    const read = PacAttributesInfo.tryDecode(octets as Uint8Array);
    assert.ok(read.ok && read.value.Flags[0] === flag, `${request}`);
  }
});

rodc(
  'a service ticket straight from it has the groups of the directory and krbtgt’s signatures',
  () => {
    const world = branch({ alice: { groups: [ALLOWED, group('Key Admins')] } });
    const ticket = ticketFor(world, rodcTgt());
    const pac = pacIn(contents(ticket, FILES_KEYS));
    const kdc = PacSignatureData.tryDecode(pacBuffer(pac, PacType.KDC_CHECKSUM) as Uint8Array);
    assert.ok(kdc.ok && kdc.value.RODCIdentifier === undefined);
    const info = LogonInfo.tryDecode(pacBuffer(pac, PacType.LOGON_INFO) as Uint8Array);
    assert.ok(info.ok && info.value.ResourceGroupIds?.[0]?.RelativeId === 571);
    const strict = branch({ policy: { readOnlyTicketsFor: 'exchange' } });
    const effects = answer(strict, tgsReq(rodcTgt()));
    assert.is(codeOf(effects), 12);
    assert.match(causeOf(effects), /has to be exchanged for one of CONTOSO\.COM first/);
    assert.is(codeOf(answer(strict, tgsReq(rodcTgt(), EXCHANGE))), 0);
  },
);

rodc('the option `revealed`: allowed is not enough', () => {
  const policy = { readOnlyTickets: 'revealed' } as const;
  const tgt = rodcTgt();
  const never = answer(branch({ policy }), tgsReq(tgt, EXCHANGE));
  assert.is(codeOf(never), 20);
  assert.match(causeOf(never), /never given \(msDS-RevealedUsers\)/);
  const revealed = branch({ policy, link: { revealed: [1105] } });
  assert.is(codeOf(answer(revealed, tgsReq(tgt, EXCHANGE))), 0);
  // Revealed once, and denied since.
  const since = branch({ policy, link: { revealed: [1105], neverReveal: [1105] } });
  assert.is(codeOf(answer(since, tgsReq(tgt, EXCHANGE))), 20);
});

rodc('its own account is allowed, whatever the lists say', () => {
  const world = branch({
    link: { neverReveal: [1601, 521] },
    policy: { readOnlyTickets: 'revealed' },
  });
  const tgt = rodcTgt({ name: 'RODC1$', sid: 'S-1-5-21-1-2-3-1601' });
  assert.is(codeOf(answer(world, tgsReq(tgt, EXCHANGE))), 0);
});

rodc('never for krbtgt, another krbtgt, or the account of a trust', () => {
  const link = { revealOnDemand: [502, 513, 1600, 1700] };
  const trust = {
    sAMAccountName: 'FABRIKAM$',
    rid: 1700,
    userAccountControl: 0x820,
    secret: { kind: 'password', password: PASSWORD },
  } as const;
  const world = branch({ link, more: [trust] });
  for (const [name, rid, why] of [
    ['krbtgt', 502, /krbtgt, which is a krbtgt account/],
    ['krbtgt_27845', 1600, /krbtgt_27845, which is a krbtgt account/],
    ['FABRIKAM$', 1700, /FABRIKAM\$, which is the account of a trust/],
  ] as const) {
    const effects = answer(
      world,
      tgsReq(rodcTgt({ name, sid: `S-1-5-21-1-2-3-${rid}` }), EXCHANGE),
    );
    assert.is(codeOf(effects), 20, name);
    assert.match(causeOf(effects), why);
  }
});

rodc('the policy of MS-DRSR 4.1.10.5.14 tells denied from not mentioned', () => {
  const world = branch({ more: [BOB] });
  const [controller] = world.accounts.readOnlyControllers(NUMBER);
  assert.ok(controller);
  const kindOf = (name: string) => {
    const account = accountIn(world, name);
    const sids = world.accounts.tokenSids(account);
    return revealSecretsPolicy(controller, account, sids).kind;
  };
  assert.equal(['alice', 'bob', 'krbtgt', 'RODC1$'].map(kindOf), [
    'allow',
    'noPolicy',
    'deny',
    'allow',
  ]);
});

rodc('the account is looked at however young the ticket is', () => {
  for (const [alice, code] of [
    [{ userAccountControl: 0x202 }, 18],
    [{ lockedOutUntil: NOW + DAY }, 18],
    [{ accountExpires: NOW - DAY }, 18],
    [{ logonHours: new Uint8Array(21) }, 18],
    [{ passwordExpires: NOW - DAY }, 23],
    [{ pwdLastSet: 0 }, 23],
    [{ userAccountControl: 0x4_0200 }, 0], // a smart card was not to be seen from here
  ] as const) {
    const effects = answer(branch({ alice }), tgsReq(rodcTgt(), EXCHANGE));
    assert.is(codeOf(effects), code, causeOf(effects));
  }
});

rodc('number, version and key', () => {
  const world = branch();
  const code = (wish: RodcTgt) => codeOf(answer(world, tgsReq(rodcTgt(wish), EXCHANGE)));
  assert.is(code({ number: 1 }), 7);
  assert.is(code({ number: 33_256 }), 7); // its key version is a negative INTEGER
  assert.is(code({ kvno: 2 }), 44);
  assert.is(code({ key: key(18, new Uint8Array(32).fill(0x23)) }), 31);
  // Sealed with the right key under the number of a writable KDC.
  assert.is(code({ number: 0 }), 44);
  const signed = contoso81E8();
  assert.is(codeOf(answer(signed.world, tgsReq(signed.tgt, EXCHANGE))), 0);
  assert.is(signed.tgt.reply.ticket.encPart.kvno, -2_115_502_079);
});

function contoso81E8(): { readonly world: World; readonly tgt: Held } {
  const number = 33_256;
  const krbtgt = { ...KRBTGT_RODC, sAMAccountName: 'krbtgt_33256', rid: 1603 };
  const world = branch({
    more: [{ ...krbtgt, msDSSecondaryKrbTgtNumber: number }],
    link: { krbtgt: number },
  });
  return { world, tgt: rodcTgt({ number }) };
}

rodc('a former key of the read-only KDC still opens its tickets', () => {
  const world = branch();
  const krbtgt = world.accounts.krbtgt(NUMBER);
  assert.ok(krbtgt);
  const rotated = {
    ...krbtgt,
    keys: [{ kvno: 2, keys: [key(18, new Uint8Array(32).fill(0x66))] }, ...krbtgt.keys],
  };
  const accounts = {
    ...world.accounts,
    krbtgt: (n: number) => (n === NUMBER ? rotated : world.accounts.krbtgt(n)),
  };
  assert.is(codeOf(answer({ ...world, accounts }, tgsReq(rodcTgt(), EXCHANGE))), 0);
});

rodc('signatures: the number has to be the one of the key, and the PAC whole', () => {
  const world = branch();
  const withPac = (change: (octets: Uint8Array, pac: Pac) => void) =>
    resealed(rodcTgt(), [RODC_KEY], (part) => {
      const octets = (pacOf(part.authorizationData) as Uint8Array).slice();
      const read = readPac(octets);
      if (!read.ok) throw read.error;
      change(octets, read.value);
      return { ...part, authorizationData: authorizationDataWithPac(octets) };
    });
  const at = (pac: Pac, ulType: number) => {
    const found = pac.buffers.find((buffer) => buffer.ulType === ulType);
    assert.ok(found);
    return found as NonNullable<typeof found>;
  };
  const identifier = answer(
    world,
    tgsReq(
      withPac((octets, pac) => {
        const { Offset, bytes } = at(pac, PacType.KDC_CHECKSUM);
        assert.is(bytes.length, 18);
        assert.equal([...bytes.slice(16)], [0xc5, 0x6c]);
        octets[Offset + 16] = 0xc6;
      }),
      EXCHANGE,
    ),
  );
  assert.is(codeOf(identifier), 41);
  assert.match(causeOf(identifier), /KDC signature in the PAC .* is wrong-issuer/);
  for (const ulType of [PacType.SERVER_CHECKSUM, PacType.KDC_CHECKSUM]) {
    const altered = withPac((octets, pac) => {
      const { Offset } = at(pac, ulType);
      octets[Offset + 5] = (octets[Offset + 5] as number) ^ 1;
    });
    assert.is(codeOf(answer(world, tgsReq(altered, EXCHANGE))), 41, `${ulType}`);
  }
  const without = resealed(rodcTgt(), [RODC_KEY], ({ authorizationData: _, ...part }) => part);
  assert.is(codeOf(answer(world, tgsReq(without, EXCHANGE))), 20);
});

rodc('a client of another realm: 20', () => {
  const held = resealed(rodcTgt(), [RODC_KEY], (part) => ({ ...part, crealm: 'FABRIKAM.COM' }));
  assert.is(codeOf(answer(branch(), tgsReq(held, EXCHANGE))), 20);
});

rodc('lifetimes are this realm’s, whatever the read-only KDC allowed', () => {
  const tgt = rodcTgt({ endtime: NOW + 30 * DAY, renewTill: NOW + 300 * DAY });
  const wish = { ...EXCHANGE, till: NOW + 300 * DAY, rtime: NOW + 300 * DAY };
  const full = contents(ticketFor(branch(), tgt, wish), KRBTGT_KEYS);
  assert.is(full.endtime, NOW + 10 * HOUR);
  assert.is(full.renewTill, NOW + 7 * DAY);
  const shorter = contents(
    ticketFor(branch(), rodcTgt({ endtime: NOW + HOUR }), wish),
    KRBTGT_KEYS,
  );
  assert.is(shorter.endtime, NOW + HOUR);
  const guarded = branch({ alice: { groups: [ALLOWED, group('Protected Users')] } });
  const protectedTgt = contents(ticketFor(guarded, tgt, wish), KRBTGT_KEYS);
  assert.is(protectedTgt.endtime, NOW + 4 * HOUR);
  assert.is(protectedTgt.renewTill, NOW + 4 * HOUR);
  assert.is(protectedTgt.flags & TicketFlags.forwardable, 0);
  const renewed = contents(
    ticketFor(branch(), tgt, { ...EXCHANGE, kdcOptions: KdcOptions.renewable | KdcOptions.renew }),
    KRBTGT_KEYS,
  );
  assert.is(renewed.endtime, NOW + 10 * HOUR);
  assert.is(renewed.renewTill, NOW + 7 * DAY);
  const later = NOW + 8 * DAY;
  const late = answer(
    branch(),
    tgsReq(tgt, {
      ...EXCHANGE,
      now: later,
      kdcOptions: KdcOptions.renewable | KdcOptions.renew,
    }),
    later,
  );
  assert.is(codeOf(late), 32);
  assert.match(causeOf(late), /by this realm's policy it could be renewed until 2024-01-08/);
});

rodc('an account that must not be delegated gets no forwardable ticket', () => {
  const world = branch({ alice: { userAccountControl: 0x10_0200 } });
  const full = contents(ticketFor(world, rodcTgt(), EXCHANGE), KRBTGT_KEYS);
  assert.is(full.flags & TicketFlags.forwardable, 0);
  assert.is(
    contents(ticketFor(branch(), rodcTgt(), EXCHANGE), KRBTGT_KEYS).flags & TicketFlags.forwardable,
    TicketFlags.forwardable,
  );
});

rodc('a ticket that was allowed an hour ago is refused once the list says so', () => {
  const tgt = rodcTgt();
  const now = NOW + MINUTE;
  assert.is(codeOf(answer(branch(), tgsReq(tgt, { ...EXCHANGE, now }), now)), 0);
  const effects = answer(
    branch({ alice: { groups: [DENIED] } }),
    tgsReq(tgt, { ...EXCHANGE, now }),
    now,
  );
  assert.is(codeOf(effects), 20);
});

rodc.run();
