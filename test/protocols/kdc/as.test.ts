import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KdcOptions, KeyUsage, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import { stringToKey, verifyChecksum } from '../../../protocols/kerberos/etypes.ts';
import {
  Checksum,
  PaPacOptions,
  type PrincipalName,
} from '../../../protocols/kerberos/messages.ts';
import { enterprise, principal } from '../../../protocols/kerberos/names.ts';
import { pacOf } from '../../../protocols/pac/authorization-data.ts';
import { PacClientInfo } from '../../../protocols/pac/buffers.ts';
import { type Pac, pacBuffer, readPac } from '../../../protocols/pac/pactype.ts';
import { verifyPac } from '../../../protocols/pac/signatures.ts';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  ALICE,
  ALICE_KEY,
  ALICE_NAME,
  answer,
  asReq,
  causeOf,
  codeOf,
  contents,
  contoso,
  DAY,
  errorOf,
  FILES,
  FILES_KEYS,
  FILES_NAME,
  HOUR,
  KRBTGT_KEYS,
  MINUTE,
  NOW,
  openAsRep,
  provedAsReq,
  SECOND,
  signIn,
  WINDOWS_AS,
  type World,
} from './contoso.ts';
import type { AccountSeed } from './listed-accounts.ts';
import { wellKnownGroup } from './listed-accounts.ts';

const as = suite('kdc/as');
const world = contoso();
const canonicalize = KdcOptions.canonicalize;

function pacIn(part: ReturnType<typeof contents>): Pac {
  const octets = pacOf(part.authorizationData);
  assert.ok(octets, 'the ticket has a PAC');
  const read = readPac(octets as Uint8Array);
  if (!read.ok) throw read.error;
  return read.value;
}

const clientName = (pac: Pac) => PacClientInfo.decode(pacBuffer(pac, 10) ?? new Uint8Array(0)).Name;

as('a reply as Windows makes it', () => {
  const addresses = [{ addrType: 20, address: utf8('APPC03'.padEnd(16)) }];
  const held = signIn(world, { kdcOptions: WINDOWS_AS, addresses, till: 4_000_000_000_000 });
  const { part, reply } = held;
  assert.is(part.flags, 0x40e10000);
  assert.equal(part.lastReq, [{ lrType: 0, lrValue: NOW }]);
  assert.is(part.keyExpiration, Date.UTC(2037, 8, 14, 2, 48, 5));
  assert.is(part.authtime, NOW);
  assert.is(part.starttime, NOW);
  assert.is(part.endtime, NOW + 10 * HOUR);
  assert.is(part.renewTill, NOW + 7 * DAY);
  assert.equal(part.caddr, addresses, 'addresses are echoed');
  assert.is(part.nonce, 0x12345678);
  assert.is(part.srealm, 'CONTOSO.COM');
  assert.equal(
    part.encryptedPaData?.map(({ padataType, padataValue }) => [padataType, toHex(padataValue)]),
    [[165, '1f000000']],
  );
  assert.is(reply.ticket.encPart.kvno, 2);
  assert.is(reply.ticket.encPart.etype, 18);
  const ticket = contents(held, KRBTGT_KEYS);
  assert.is(ticket.flags, 0x40e10000);
  assert.is(ticket.caddr, undefined, 'the ticket has none');
  assert.equal(ticket.transited, { trType: 0, contents: new Uint8Array(0) });
  assert.is(ticket.authorizationData?.length, 1);
  assert.equal(ticket.key, part.key);
});

as('the PAC of a ticket-granting ticket: buffers, name, signatures', () => {
  const ticket = contents(signIn(world), KRBTGT_KEYS);
  const pac = pacIn(ticket);
  assert.equal(
    pac.buffers.map((buffer) => buffer.ulType).sort((a, b) => a - b),
    [1, 6, 7, 10, 12, 17, 18],
  );
  assert.is(clientName(pac), 'alice');
  const [krbtgt] = KRBTGT_KEYS;
  assert.ok(krbtgt);
  const { server, kdc } = verifyPac(pac, { serverKey: krbtgt, kdcKey: krbtgt });
  assert.is(server, 'ok');
  assert.is(kdc, 'ok');
});

as('names with and without canonicalisation', () => {
  const names = (options: number, cname = ALICE_NAME, realm = 'CONTOSO.COM', tgs = realm) => {
    const sname = principal(2, 'krbtgt', tgs);
    const held = signIn(world, { kdcOptions: options, cname, realm, sname });
    const ticket = contents(held, KRBTGT_KEYS);
    assert.is(held.crealm, 'CONTOSO.COM');
    assert.is(held.part.srealm, 'CONTOSO.COM');
    assert.equal(ticket.cname, held.cname);
    assert.equal(held.part.sname, held.reply.ticket.sname);
    return {
      cname: [held.cname.nameType, ...held.cname.nameString],
      sname: held.part.sname.nameString.join('/'),
      pac: clientName(pacIn(ticket)),
    };
  };
  const canonical = { cname: [1, 'alice'], sname: 'krbtgt/CONTOSO.COM', pac: 'alice' };
  assert.equal(names(canonicalize), canonical);
  assert.equal(names(canonicalize, principal(1, 'ALICE'), 'contoso.com'), canonical);
  assert.equal(names(canonicalize, enterprise('Alice@contoso.com'), 'CONTOSO'), canonical);
  assert.equal(names(0, principal(1, 'ALICE'), 'contoso.com'), {
    cname: [1, 'ALICE'],
    sname: 'krbtgt/contoso.com',
    pac: 'ALICE',
  });
  assert.equal(names(0, enterprise('alice@contoso.com'), 'CONTOSO.COM', 'CONTOSO'), {
    cname: [10, 'alice@contoso.com'],
    sname: 'krbtgt/CONTOSO',
    pac: 'alice@contoso.com',
  });
});

as('a computer signs in with and without its $', () => {
  const PC1: AccountSeed = {
    sAMAccountName: 'PC1$',
    rid: 1400,
    secret: { kind: 'password', password: 'machine' },
  };
  const at = contoso([PC1]);
  const longTerm = stringToKey(18, 'machine', 'CONTOSO.COMhostpc1.contoso.com');
  const cname = principal(1, 'pc1');
  assert.equal(signIn(at, { longTerm, cname }).cname, principal(1, 'PC1$'));
});

as('spellings of the ticket-granting service', () => {
  const code = (...sname: readonly string[]) =>
    codeOf(answer(world, provedAsReq({ sname: principal(2, ...sname) })));
  assert.is(code('krbtgt', 'CONTOSO.COM'), 0);
  assert.is(code('krbtgt', 'contoso'), 0);
  assert.is(code('KRBTGT', 'Contoso.Com'), 0);
  assert.is(code('krbtgt'), 0);
  assert.is(code('krb', 'CONTOSO.COM'), 7);
  assert.is(code('krbtgt', 'ELSEWHERE.COM'), 7);
});

const HEADER: readonly (readonly [string, number, Parameters<typeof asReq>[0]])[] = [
  ['pvno 4', 39, { pvno: 4 }],
  ['msg-type of a TGS-REQ', 40, { msgType: 12 }],
  ['the reserved option', 13, { kdcOptions: 0x01000000 }],
  ['renew', 13, { kdcOptions: KdcOptions.renew }],
  ['validate', 13, { kdcOptions: KdcOptions.validate }],
  ['proxy', 13, { kdcOptions: KdcOptions.proxy }],
  ['forwarded', 13, { kdcOptions: KdcOptions.forwarded }],
  ['enc-tkt-in-skey', 13, { kdcOptions: KdcOptions.encTktInSkey }],
  ['request-anonymous', 13, { kdcOptions: KdcOptions.requestAnonymous }],
  ['postdated', 10, { kdcOptions: KdcOptions.postdated, from: NOW + HOUR }],
  ['no server', 60, { without: ['sname'] }],
  ['no client', 6, { without: ['cname'] }],
  ['an unknown client', 6, { cname: principal(1, 'nobody') }],
  ['a service as client', 6, { cname: principal(2, 'cifs', 'files.contoso.com') }],
  ['another realm', 68, { realm: 'ELSEWHERE.COM' }],
];
for (const [what, code, wish] of HEADER) {
  as(`${what}: ${code}, without e-data, on the first request`, () => {
    const effects = answer(world, asReq(wish));
    const error = errorOf(effects);
    assert.is(error.errorCode, code);
    assert.is(error.eData, undefined);
    assert.ok(causeOf(effects).length > 20, 'the note says why');
  });
}

as('an unknown server is told after the proof only', () => {
  const sname = principal(2, 'cifs', 'nowhere.contoso.com');
  assert.is(codeOf(answer(world, asReq({ sname }))), 25);
  assert.is(codeOf(answer(world, provedAsReq({ sname }))), 7);
});

as('an account without a service name is no server here either', () => {
  const code = (sname: PrincipalName) => codeOf(answer(world, provedAsReq({ sname })));
  assert.is(code(principal(1, 'bob')), 27);
  assert.is(code(enterprise('bob@contoso.com')), 7);
  assert.is(code(principal(1, 'FILES$')), 0);
  assert.is(codeOf(answer(world, asReq({ sname: principal(1, 'bob') }))), 25, 'after the proof');
});

as('times: what cannot be, and how long it lasts', () => {
  const code = (wish: Parameters<typeof provedAsReq>[0]) =>
    codeOf(answer(world, provedAsReq(wish)));
  assert.is(code({ from: NOW + 5 * MINUTE + SECOND }), 10);
  assert.is(code({ from: NOW + 5 * MINUTE }), 0);
  assert.is(code({ till: NOW }), 11);
  assert.is(code({ till: NOW - DAY }), 11);
  const lasts = (wish: Parameters<typeof provedAsReq>[0]) => {
    const { starttime = 0, endtime, renewTill } = signIn(world, wish).part;
    return [endtime - starttime, renewTill === undefined ? undefined : renewTill - starttime];
  };
  const { renewable, renewableOk } = KdcOptions;
  assert.equal(lasts({ kdcOptions: 0, till: NOW + HOUR }), [HOUR, undefined]);
  assert.equal(lasts({ kdcOptions: 0, till: 0 }), [10 * HOUR, undefined], '1970 asks for the most');
  assert.equal(lasts({ kdcOptions: 0, till: Date.UTC(9999, 8, 13, 2, 48, 5) }), [
    10 * HOUR,
    undefined,
  ]);
  assert.equal(lasts({ kdcOptions: renewable, rtime: NOW + DAY }), [10 * HOUR, DAY]);
  assert.equal(lasts({ kdcOptions: renewable, without: ['rtime'] }), [10 * HOUR, 7 * DAY]);
  assert.equal(lasts({ kdcOptions: renewableOk, till: NOW + DAY }), [10 * HOUR, DAY]);
  assert.equal(lasts({ kdcOptions: renewableOk, till: NOW + HOUR }), [HOUR, undefined]);
});

as('a lifetime that policy leaves nothing of says so with a status', () => {
  const never = contoso([], { maxTicketAge: 0 });
  const error = errorOf(answer(never, provedAsReq()));
  assert.is(error.errorCode, 11);
  assert.is(
    toHex(error.eData ?? new Uint8Array(0)),
    '3015a103020103a20e040c330100c00000000001000000',
  );
  assert.is(errorOf(answer(world, provedAsReq({ till: NOW }))).eData, undefined);
});

as('a fraction of a second in the KDC’s clock does not reach the ticket', () => {
  const held = openAsRep(answer(world, provedAsReq(), NOW + 999));
  assert.is(held.part.starttime, NOW);
});

as('tickets for changing passwords last two minutes', () => {
  const held = signIn(world, { sname: principal(2, 'kadmin', 'changepw') });
  assert.is(held.part.endtime, NOW + 2 * MINUTE);
  const pac = pacIn(contents(held, KRBTGT_KEYS));
  const types = pac.buffers.map((buffer) => buffer.ulType);
  assert.not(types.includes(16), 'no ticket signature, for the key is krbtgt’s');
  assert.not(types.includes(17));
});

as('Protected Users: four hours, not to be delegated', () => {
  const group = wellKnownGroup('Protected Users');
  assert.ok(group);
  const { part } = signIn(contoso([{ ...ALICE, groups: [group] }]), { kdcOptions: WINDOWS_AS });
  assert.is(part.endtime, NOW + 4 * HOUR);
  assert.is(part.renewTill, NOW + 4 * HOUR);
  assert.is(part.flags & TicketFlags.forwardable, 0);
});

as('sensitive accounts get no forwardable and no proxiable ticket', () => {
  const kdcOptions = KdcOptions.forwardable | KdcOptions.proxiable;
  const both = TicketFlags.forwardable | TicketFlags.proxiable;
  assert.is(signIn(world, { kdcOptions }).part.flags & both, both);
  const sensitive = contoso([{ ...ALICE, userAccountControl: 0x200 | 0x100000 }]);
  assert.is(signIn(sensitive, { kdcOptions }).part.flags & both, 0);
});

as('without preauthentication: the client’s own order of keys, and no pre-authent flag', () => {
  const at = contoso([{ ...ALICE, userAccountControl: 0x200 | 0x400000 }]);
  const held = openAsRep(
    answer(at, asReq({ etype: [17, 18] })),
    stringToKey(17, 'Passw0rd!', 'CONTOSO.COMalice'),
  );
  assert.is(held.reply.encPart.etype, 17);
  assert.is(held.part.flags & TicketFlags.preAuthent, 0);
  const junk = [{ padataType: 2, padataValue: new Uint8Array(4) }];
  assert.is(codeOf(answer(at, asReq({ padata: junk }))), 0, 'a proof is not looked at');
});

as('names in altSecurityIdentities work without a proof only', () => {
  const mapped = { ...ALICE, altSecurityIdentities: ['Kerberos:wonder@CONTOSO.COM'] };
  const cname = principal(1, 'wonder');
  const at = contoso([{ ...mapped, userAccountControl: 0x400200 }]);
  const held = openAsRep(answer(at, asReq({ cname, kdcOptions: 0 })), ALICE_KEY);
  assert.equal(held.cname, cname);
  assert.is(codeOf(answer(contoso([mapped]), asReq({ cname }))), 25);
  assert.is(codeOf(answer(contoso([mapped]), provedAsReq({ cname }))), 6);
});

as('the key expiration is the password’s', () => {
  const at = contoso([{ ...ALICE, passwordExpires: NOW + 42 * DAY }]);
  assert.is(signIn(at).part.keyExpiration, NOW + 42 * DAY);
});

as('encrypted-pa-data: each element only where it was asked for', () => {
  const elements = (wish: Parameters<typeof provedAsReq>[0]) =>
    (signIn(world, wish).part.encryptedPaData ?? []).map((item) => item.padataType);
  assert.equal(elements({ kdcOptions: 0 }), []);
  assert.equal(elements({ kdcOptions: canonicalize }), [165]);
  const options = { padataType: 167, padataValue: encode(PaPacOptions, { options: 0x40000000 }) };
  assert.equal(elements({ kdcOptions: 0, padata: [options] }), [167]);
  const none = { padataType: 167, padataValue: encode(PaPacOptions, { options: 0 }) };
  assert.equal(elements({ kdcOptions: 0, padata: [none] }), []);
  const encPaRep = { padataType: 149, padataValue: new Uint8Array(0) };
  assert.equal(elements({ padata: [options, encPaRep] }), [149, 165, 167]);
  const echoed = signIn(world, { kdcOptions: 0, padata: [options] }).part.encryptedPaData?.[0];
  assert.equal(echoed, options);
});

as('PA-REQ-ENC-PA-REP is the checksum of the request as it came', () => {
  const request = provedAsReq({ padata: [{ padataType: 149, padataValue: new Uint8Array(0) }] });
  const { part } = openAsRep(answer(world, request));
  assert.ok(part.flags & TicketFlags.encPaRep);
  const found = part.encryptedPaData?.find((item) => item.padataType === 149);
  const { cksumtype, checksum } = decode(Checksum, found?.padataValue ?? new Uint8Array(0));
  assert.is(verifyChecksum(cksumtype, ALICE_KEY, KeyUsage.AS_REQ, request, checksum), 'ok');
});

as('malformed wishes are an error of the client', () => {
  for (const padataType of [128, 167]) {
    const padata = [{ padataType, padataValue: new Uint8Array([0x30, 1]) }];
    assert.is(codeOf(answer(world, provedAsReq({ padata }))), 60);
  }
});

as('KERB-PA-PAC-REQUEST is kept in the PAC of a ticket-granting ticket', () => {
  const attributes = (at: World, padata: Parameters<typeof signIn>[1]) =>
    toHex(pacBuffer(pacIn(contents(signIn(at, padata), KRBTGT_KEYS)), 17) ?? new Uint8Array(0));
  const request = (octet: string) => ({
    padata: [
      { padataType: 128, padataValue: Uint8Array.from(Buffer.from(`3005a0030101${octet}`, 'hex')) },
    ],
  });
  assert.is(attributes(world, request('ff')), '0200000001000000');
  assert.is(attributes(world, {}), '0200000002000000');
  assert.is(attributes(world, request('00')), '0200000000000000');
});

as('a service’s ticket from the AS has the PAC of a service, or none', () => {
  const service = (at: World, includePac = true) => {
    const octet = includePac ? 'ff' : '00';
    const padataValue = Uint8Array.from(Buffer.from(`3005a0030101${octet}`, 'hex'));
    const padata = [{ padataType: 128, padataValue }];
    return contents(signIn(at, { sname: FILES_NAME, padata }), FILES_KEYS);
  };
  const types = pacIn(service(world))
    .buffers.map((buffer) => buffer.ulType)
    .sort((a, b) => a - b);
  assert.equal(types, [1, 6, 7, 10, 12, 16, 19]);
  assert.is(service(world, false).authorizationData, undefined);
  const needless = contoso([{ ...FILES, userAccountControl: 0x1000 | 0x2000000 }]);
  assert.is(service(needless).authorizationData, undefined);
});

as('addresses go into tickets where policy says so', () => {
  const addresses = [{ addrType: 2, address: new Uint8Array([10, 0, 0, 7]) }];
  const at = contoso([], { kdcUseClientAddresses: true });
  assert.equal(contents(signIn(at, { addresses }), KRBTGT_KEYS).caddr, addresses);
});

as('session keys are of the first type in the client’s list that both have', () => {
  const session = (etype: readonly number[], at = world) => signIn(at, { etype }).part.key.keytype;
  assert.is(session([17, 18]), 17);
  assert.is(session([23, 18]), 18, 'RC4 is not allowed');
  const older = contoso([], { supportedEncryptionTypes: 0x1c });
  assert.is(session([23, 18], older), 23);
  assert.is(signIn(older, { etype: [23, 18] }).reply.ticket.encPart.etype, 18, 'the ticket is not');
});

as.run();
