import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KdcOptions,
  KERB_LOCAL,
  KeyUsage,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { encrypt, type Key, key } from '../../../protocols/kerberos/etypes.ts';
import { AuthorizationData, PaPacOptions } from '../../../protocols/kerberos/messages.ts';
import { enterprise, principal } from '../../../protocols/kerberos/names.ts';
import { pacOf, ticketToSign } from '../../../protocols/pac/authorization-data.ts';
import { pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import {
  ALICE,
  answer,
  causeOf,
  codeOf,
  contents,
  contoso,
  DAY,
  errorOf,
  FILES,
  FILES_KEYS,
  FILES_NAME,
  type Held,
  HOUR,
  KRBTGT_KEYS,
  MINUTE,
  NOW,
  resealed,
  SECOND,
  signIn,
  TGS_NAME,
  type TgsWish,
  tgsReq,
  ticketFor,
  type World,
} from './contoso.ts';
import type { AccountSeed } from './listed-accounts.ts';

const tgs = suite('kdc/tgs');
const world = contoso();
const ALL = KdcOptions.forwardable | KdcOptions.renewable | KdcOptions.proxiable;
const tgt = signIn(world, { kdcOptions: ALL | KdcOptions.canonicalize });
const plain = signIn(world, { kdcOptions: 0 });
const code = (wish: TgsWish, held = tgt, at = world) =>
  codeOf(answer(at, tgsReq(held, wish), wish.now));

const pacIn = (held: Held, keys: readonly Key[]) => {
  const octets = pacOf(contents(held, keys).authorizationData);
  const read = readPac(octets ?? new Uint8Array(0));
  if (!read.ok) throw read.error;
  return read.value;
};

tgs('a service ticket as Windows makes it', () => {
  const options = { padataType: 167, padataValue: encode(PaPacOptions, { options: 0x40000000 }) };
  const now = NOW + HOUR + 500;
  const held = ticketFor(world, tgt, {
    kdcOptions: 0x40810000,
    now,
    padata: [options],
    till: NOW + DAY,
    ctime: NOW + HOUR,
  });
  const { part, reply } = held;
  assert.is(part.flags, 0x40a10000);
  assert.is(part.authtime, NOW);
  assert.is(part.starttime, NOW + HOUR);
  assert.is(part.endtime, NOW + 10 * HOUR, 'not past the ticket-granting ticket');
  assert.is(part.renewTill, NOW + 7 * DAY);
  assert.equal(part.lastReq, [{ lrType: 0, lrValue: NOW + HOUR }]);
  assert.is(part.keyExpiration, undefined);
  assert.is(part.caddr, undefined);
  assert.is(part.nonce, 0x11223344);
  assert.equal(
    part.encryptedPaData?.map((item) => [item.padataType, toHex(item.padataValue)]),
    [
      [165, '18000000'],
      [167, '3009a00703050040000000'],
    ],
  );
  assert.is(reply.padata, undefined);
  assert.is(reply.encPart.kvno, undefined);
  assert.is(reply.ticket.encPart.kvno, 2);
  assert.equal(reply.ticket.sname, FILES_NAME);
  const ticket = contents(held, FILES_KEYS);
  assert.equal(ticket.cname, tgt.cname);
  assert.equal(ticket.transited, { trType: 0, contents: new Uint8Array(0) });
  assert.is(ticket.caddr, undefined);
});

tgs('its PAC has all four signatures and neither attributes nor requestor', () => {
  const held = ticketFor(world, tgt);
  const pac = pacIn(held, FILES_KEYS);
  assert.equal(
    pac.buffers.map((buffer) => buffer.ulType).sort((a, b) => a - b),
    [1, 6, 7, 10, 12, 16, 19],
  );
  const [serverKey] = FILES_KEYS;
  const [kdcKey] = KRBTGT_KEYS;
  assert.ok(serverKey && kdcKey);
  const covered = ticketToSign(contents(held, FILES_KEYS));
  assert.equal(verifyPac(pac, { serverKey, kdcKey }, covered), {
    server: 'ok',
    kdc: 'ok',
    ticket: 'ok',
    full: 'ok',
  });
});

tgs('reply under the session key (usage 8) or the subkey (usage 9)', () => {
  ticketFor(world, tgt);
  ticketFor(world, tgt, { subkey: key(18, new Uint8Array(32).fill(6)) });
  ticketFor(world, tgt, { subkey: key(17, new Uint8Array(16).fill(6)) });
});

tgs('names of servers are echoed as they were asked for', () => {
  for (const sname of [
    principal(2, 'cifs', 'files.contoso.com'),
    principal(3, 'HOST', 'FILES'),
    principal(1, 'FILES$'),
    principal(1, 'files'),
    principal(3, 'nfs', 'Files.Contoso.Com'),
    enterprise('FILES$@contoso.com'),
  ]) {
    const held = ticketFor(world, tgt, { sname });
    assert.equal(held.reply.ticket.sname, sname);
    assert.equal(held.part.sname, sname);
  }
});

tgs('servers that get no ticket', () => {
  assert.is(code({ without: ['sname'] }), 60);
  assert.is(code({ sname: principal(2, 'cifs', 'nowhere.contoso.com') }), 7);
  assert.is(code({ sname: principal(2, 'http', 'files.contoso.com') }), 0, 'an alias of host');
  assert.is(code({ sname: principal(2, 'mssql', 'files.contoso.com') }), 7, 'no alias of host');
  assert.is(code({ sname: principal(1, 'bob') }), 27, 'no service principal name');
  assert.is(code({ sname: enterprise('bob@contoso.com') }), 7);
  assert.is(code({ realm: 'ELSEWHERE.COM' }), 68);
  const twin: AccountSeed = { ...FILES, sAMAccountName: 'TWIN$', rid: 1202 };
  const doubled = contoso([twin]);
  const effects = answer(doubled, tgsReq(signIn(doubled)));
  assert.is(codeOf(effects), 8);
  assert.match(causeOf(effects), /registered more than once: FILES\$, TWIN\$/);
});

tgs('errors have no e-data, and the note says why', () => {
  const effects = answer(world, tgsReq(tgt, { sname: principal(2, 'cifs', 'nowhere') }));
  const error = errorOf(effects);
  assert.is(error.eData, undefined);
  assert.equal(error.sname, principal(2, 'cifs', 'nowhere'));
  assert.match(causeOf(effects), /no account of CONTOSO\.COM has .* cifs\/nowhere/);
});

tgs('the ticket’s encryption type is the KDC’s choice, the session’s the client’s', () => {
  const types = (encTypes: number | undefined, etype: readonly number[], policy = {}) => {
    const seed =
      encTypes === undefined ? FILES : { ...FILES, msDSSupportedEncryptionTypes: encTypes };
    const at = contoso([seed], policy);
    const effects = answer(at, tgsReq(signIn(at), { etype }));
    if (codeOf(effects) !== 0) return codeOf(effects);
    const held = ticketFor(at, signIn(at), { etype });
    return [held.reply.ticket.encPart.etype, held.session.etype];
  };
  const older = { supportedEncryptionTypes: 0x1c, defaultDomainSupportedEncTypes: 0x27 };
  assert.equal(types(undefined, [18, 17, 23]), [18, 18]);
  assert.equal(types(undefined, [17, 18]), [18, 17]);
  assert.equal(types(0x08, [18, 17]), [17, 17]);
  assert.equal(types(0x08, [18]), 14);
  assert.equal(types(0x10, [23]), 14);
  assert.equal(types(undefined, []), 14);
  assert.equal(types(0x04, [18, 23]), 14, 'RC4 is not allowed by default');
  assert.equal(types(0x04, [18, 23], older), [23, 23]);
  assert.equal(types(undefined, [18, 23], older), [23, 18], '0x27: RC4 ticket, AES session');
  assert.equal(types(0x24, [17, 23], older), [23, 17]);
  assert.equal(types(0x10000, [18], older), 14, 'only feature bits');
  assert.equal(types(0x10018, [18]), [18, 18]);
});

tgs('PA-SUPPORTED-ENCTYPES is the account’s attribute, or the domain’s default', () => {
  const told = (seed: AccountSeed) => {
    const at = contoso([seed]);
    const element = ticketFor(at, signIn(at)).part.encryptedPaData?.[0];
    return toHex(element?.padataValue ?? new Uint8Array(0));
  };
  assert.is(told(FILES), '18000000');
  assert.is(told({ ...FILES, msDSSupportedEncryptionTypes: 0x5001c }), '1c000500');
});

tgs('domain controllers support what the domain does, whatever their attribute says', () => {
  const dc: AccountSeed = {
    sAMAccountName: 'DC2$',
    rid: 1001,
    secret: { kind: 'keys', keys: FILES_KEYS },
    userAccountControl: 0x2000,
    servicePrincipalName: ['HOST/dc2.contoso.com'],
    msDSSupportedEncryptionTypes: 0x04,
  };
  const at = contoso([dc]);
  const held = ticketFor(at, signIn(at), { sname: principal(2, 'HOST', 'dc2.contoso.com') });
  assert.is(held.reply.ticket.encPart.etype, 18);
});

tgs('options need their flag in the ticket-granting ticket', () => {
  const options: readonly (readonly [keyof typeof KdcOptions, number])[] = [
    ['forwardable', 13],
    ['forwarded', 13],
    ['proxiable', 13],
    ['proxy', 13],
    ['renewable', 13],
    ['renew', 13],
    ['validate', 13],
    ['allowPostdate', 13],
    ['postdated', 10],
    ['cnameInAddlTkt', 13],
    ['requestAnonymous', 13],
  ];
  for (const [name, expected] of options) {
    const effects = answer(world, tgsReq(plain, { kdcOptions: KdcOptions[name] }));
    assert.is(codeOf(effects), expected, name);
  }
  assert.is(code({ kdcOptions: 0x01000000 }), 13, 'the reserved bit');
  assert.is(code({ kdcOptions: 0 }, plain), 0);
});

tgs('flags: asked for and allowed, or inherited', () => {
  const flags = (kdcOptions: number, held = tgt) =>
    ticketFor(world, held, { kdcOptions }).part.flags >>> 0;
  const always = TicketFlags.preAuthent | TicketFlags.encPaRep;
  assert.is(flags(0), always);
  assert.is(flags(KdcOptions.forwardable), always | TicketFlags.forwardable);
  assert.is(flags(KdcOptions.proxiable), always | TicketFlags.proxiable);
  assert.is(flags(KdcOptions.proxy), always | TicketFlags.proxy);
  const forwarded = ticketFor(world, tgt, {
    kdcOptions: KdcOptions.forwarded | KdcOptions.forwardable,
    sname: TGS_NAME,
  });
  assert.ok(forwarded.part.flags & TicketFlags.forwarded);
  assert.not(forwarded.part.flags & TicketFlags.initial);
  assert.ok(flags(0, forwarded) & TicketFlags.forwarded, 'what is made from it is forwarded, too');
});

tgs(
  'a forwarded ticket-granting ticket keeps attributes and requestor, without ticket signature',
  () => {
    const kdcOptions = KdcOptions.forwarded | KdcOptions.forwardable;
    const held = ticketFor(world, tgt, { kdcOptions, sname: TGS_NAME });
    assert.equal(
      pacIn(held, KRBTGT_KEYS)
        .buffers.map((buffer) => buffer.ulType)
        .sort((a, b) => a - b),
      [1, 6, 7, 10, 12, 17, 18],
    );
    assert.is(code({ kdcOptions: KdcOptions.forwardable }, held), 0, 'and it works');
  },
);

tgs('ok-as-delegate for services that are trusted for delegation', () => {
  const sname = principal(2, 'HOST', 'dc1.contoso.com');
  assert.is(ticketFor(world, tgt, { sname, kdcOptions: 0x40810000 }).part.flags, 0x40a50000);
  assert.not(ticketFor(world, tgt).part.flags & TicketFlags.okAsDelegate);
});

tgs('renewal: the same ticket for another ten hours', () => {
  const now = NOW + 9 * HOUR;
  const wish = { kdcOptions: KdcOptions.renewable | KdcOptions.renew, sname: TGS_NAME, now };
  const held = ticketFor(world, tgt, wish);
  const { part } = held;
  assert.is(part.flags, tgt.part.flags, 'INITIAL is kept');
  assert.equal(part.key, tgt.part.key);
  assert.is(part.authtime, NOW);
  assert.is(part.starttime, now);
  assert.is(part.endtime, now + 10 * HOUR);
  assert.is(part.renewTill, NOW + 7 * DAY);
  const before = pacIn(tgt, KRBTGT_KEYS);
  const after = pacIn(held, KRBTGT_KEYS);
  for (const ulType of [1, 10, 12, 17, 18]) {
    assert.equal(pacBuffer(after, ulType), pacBuffer(before, ulType));
  }
  assert.is(code({ now: now + SECOND }, held), 0, 'and it works');
});

tgs('renewal: not past renew-till, not after it, not of what ended', () => {
  const kdcOptions = KdcOptions.renewable | KdcOptions.renew;
  const until = (renewTill: number) =>
    resealed(tgt, KRBTGT_KEYS, (part) => ({ ...part, renewTill, endtime: NOW + 10 * HOUR }));
  const short = ticketFor(world, until(NOW + 12 * HOUR), {
    kdcOptions,
    sname: TGS_NAME,
    now: NOW + 9 * HOUR,
  });
  assert.is(short.part.endtime, NOW + 12 * HOUR);
  const wish = { kdcOptions, sname: TGS_NAME };
  assert.is(code(wish, until(NOW)), 32);
  assert.is(code({ ...wish, now: NOW + 11 * HOUR }), 32);
  assert.is(code({ kdcOptions }), 26, 'a service ticket is no renewal');
});

tgs('validation clears INVALID', () => {
  const invalid = resealed(tgt, KRBTGT_KEYS, (part) => ({
    ...part,
    flags: part.flags | TicketFlags.invalid,
  }));
  const wish = { kdcOptions: KdcOptions.validate, sname: TGS_NAME };
  const { part } = ticketFor(world, invalid, wish);
  assert.is(part.flags, tgt.part.flags);
  assert.is(part.endtime, tgt.part.endtime);
  assert.is(code(wish), 13, 'what is valid is not validated');
});

tgs('lifetimes: the shortest of what is asked, allowed and left', () => {
  const lasts = (wish: TgsWish, at = world) => ticketFor(at, signIn(at), wish).part.endtime - NOW;
  assert.is(lasts({ till: NOW + HOUR }), HOUR);
  assert.is(lasts({ till: 0 }), 10 * HOUR);
  assert.is(lasts({}, contoso([], { maxServiceAge: 2 * HOUR })), 2 * HOUR);
  assert.is(lasts({ sname: principal(2, 'kadmin', 'changepw') }), 2 * MINUTE);
  assert.is(code({ till: NOW }), 11);
});

tgs('renew-till is that of the ticket-granting ticket, or what was asked for', () => {
  const kdcOptions = KdcOptions.renewable;
  assert.is(ticketFor(world, tgt, { kdcOptions }).part.renewTill, NOW + 7 * DAY);
  const rtime = NOW + 2 * DAY;
  assert.is(ticketFor(world, tgt, { kdcOptions, rtime }).part.renewTill, rtime);
  assert.is(ticketFor(world, tgt, { kdcOptions: 0 }).part.renewTill, undefined);
});

const KERB_LOCAL_DATA = [{ adType: KERB_LOCAL, adData: new Uint8Array([1, 2, 3]) }];
const added = (elements: AuthorizationData, sealing: Key, usage: number) => ({
  etype: sealing.etype,
  cipher: encrypt(sealing, usage, encode(AuthorizationData, elements), new Uint8Array(16)),
});

tgs('enc-authorization-data goes behind the PAC, under session key or subkey', () => {
  const element = { adType: 1, adData: encode(AuthorizationData, KERB_LOCAL_DATA) };
  const bySession = added([element], tgt.session, KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION);
  const held = ticketFor(world, tgt, { encAuthorizationData: bySession });
  const elements = contents(held, FILES_KEYS).authorizationData ?? [];
  assert.is(elements.length, 2);
  assert.equal(elements[1], element);
  const subkey = key(18, new Uint8Array(32).fill(6));
  const bySubkey = added([element], subkey, KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SUBKEY);
  assert.is(code({ encAuthorizationData: bySubkey, subkey }), 0);
  assert.is(code({ encAuthorizationData: bySession, subkey }), 31);
  assert.is(code({ encAuthorizationData: bySubkey }), 31);
  const [serverKey] = FILES_KEYS;
  const [kdcKey] = KRBTGT_KEYS;
  assert.ok(serverKey && kdcKey);
  const covered = ticketToSign(contents(held, FILES_KEYS));
  const { ticket } = verifyPac(pacIn(held, FILES_KEYS), { serverKey, kdcKey }, covered);
  assert.is(ticket, 'ok', 'the ticket signature covers it');
});

tgs('a PAC that the client adds is dropped, however it is wrapped', () => {
  const pac = { adType: 128, adData: new Uint8Array([1]) };
  const wrapped = { adType: 1, adData: encode(AuthorizationData, [pac]) };
  const twice = { adType: 1, adData: encode(AuthorizationData, [wrapped]) };
  const usage = KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION;
  const encAuthorizationData = added([pac, wrapped, twice], tgt.session, usage);
  const held = ticketFor(world, tgt, { encAuthorizationData });
  assert.is(contents(held, FILES_KEYS).authorizationData?.length, 1);
});

tgs('malformed authorization data is refused', () => {
  const usage = KeyUsage.TGS_REQ_AUTHORIZATION_DATA_SESSION;
  const cipher = encrypt(tgt.session, usage, new Uint8Array([0x30, 1]), new Uint8Array(16));
  assert.is(code({ encAuthorizationData: { etype: 18, cipher } }), 31);
});

tgs('service tickets without PAC: declined at sign-in, or not wanted by the service', () => {
  const padataValue = Uint8Array.from(Buffer.from('3005a003010100', 'hex'));
  const declined = signIn(world, { padata: [{ padataType: 128, padataValue }] });
  assert.ok(
    contents(declined, KRBTGT_KEYS).authorizationData,
    'the ticket-granting ticket has one',
  );
  assert.is(contents(ticketFor(world, declined), FILES_KEYS).authorizationData, undefined);
  const at: World = contoso([{ ...FILES, userAccountControl: 0x2001000 }]);
  assert.is(contents(ticketFor(at, signIn(at)), FILES_KEYS).authorizationData, undefined);
});

tgs('S4U is refused, not mistaken for a ticket of the service’s own', () => {
  for (const padataType of [129, 130]) {
    const padata = [{ padataType, padataValue: new Uint8Array(0) }];
    assert.is(code({ padata }), 16);
  }
});

tgs('addresses stay out of tickets, or go in where policy says so', () => {
  const addresses = [{ addrType: 2, address: new Uint8Array([10, 0, 0, 7]) }];
  const forwarded = KdcOptions.forwarded | KdcOptions.forwardable;
  const wish = { kdcOptions: forwarded, sname: TGS_NAME, addresses };
  assert.is(contents(ticketFor(world, tgt, wish), KRBTGT_KEYS).caddr, undefined);
  const at = contoso([], { kdcUseClientAddresses: true });
  assert.equal(contents(ticketFor(at, signIn(at), wish), KRBTGT_KEYS).caddr, addresses);
});

tgs(
  'an account is looked at again when the ticket-granting ticket is older than 20 minutes',
  () => {
    const disabled = contoso([{ ...ALICE, userAccountControl: 0x202 }]);
    const when = (now: number) => code({ now }, tgt, disabled);
    assert.is(when(NOW + 20 * MINUTE), 0);
    assert.is(when(NOW + 20 * MINUTE + SECOND), 18);
    const error = errorOf(answer(disabled, tgsReq(tgt, { now: NOW + HOUR }), NOW + HOUR));
    assert.is(
      toHex(error.eData ?? new Uint8Array(0)),
      '3015a103020103a20e040c720000c00000000003000000',
    );
    const expired = contoso([{ ...ALICE, passwordExpires: NOW }]);
    assert.is(
      code({ now: NOW + HOUR }, tgt, expired),
      0,
      'an expired password does not matter here',
    );
  },
);

tgs.run();
