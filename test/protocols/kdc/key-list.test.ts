import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Account } from '../../../protocols/kdc/accounts.ts';
import { ready } from '../../../protocols/kdc/kdc.ts';
import {
  KdcOptions,
  PA_FOR_USER,
  PA_KERB_KEY_LIST_REP,
  PA_KERB_KEY_LIST_REQ,
  PA_SUPPORTED_ENCTYPES,
} from '../../../protocols/kerberos/constants.ts';
import { key } from '../../../protocols/kerberos/etypes.ts';
import {
  KerbKeyListRep,
  KerbKeyListReq,
  type PaData,
} from '../../../protocols/kerberos/messages.ts';
import { type Event, type State, step } from '../../../protocols/kerberos/tgs-client.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { type BranchChange, branch, group, type RodcTgt, rodcTgt } from './branch.ts';
import {
  ALICE_RC4_KEY,
  answer,
  causeOf,
  codeOf,
  FILES_NAME,
  type Held,
  HOUR,
  NOW,
  openTgsRep,
  replyOf,
  signIn,
  TGS_NAME,
  type TgsWish,
  tgsReq,
  type World,
} from './contoso.ts';

const list = suite('kdc/key-list');

/** The octets that Windows and others' tools send for RC4's key. */
const ASKS_RC4: PaData = { padataType: PA_KERB_KEY_LIST_REQ, padataValue: fromHex('3003020117') };

function asking(...etypes: readonly number[]): PaData {
  return { padataType: PA_KERB_KEY_LIST_REQ, padataValue: encode(KerbKeyListReq, etypes) };
}

function elements(world: World, tgt: Held, wish: TgsWish): readonly PaData[] {
  const effects = answer(world, tgsReq(tgt, { sname: TGS_NAME, padata: [ASKS_RC4], ...wish }));
  assert.is(codeOf(effects), 0, causeOf(effects));
  return openTgsRep(effects, tgt).part.encryptedPaData ?? [];
}

/** `23 <hash>` and so on; undefined: no KERB-KEY-LIST-REP. */
function keysIn(sent: readonly PaData[]): readonly string[] | undefined {
  const found = sent.find(({ padataType }) => padataType === PA_KERB_KEY_LIST_REP);
  if (found === undefined) return undefined;
  return decode(KerbKeyListRep, found.padataValue).map(
    ({ keytype, keyvalue }) => `${keytype} ${toHex(keyvalue)}`,
  );
}

const NT_HASH = 'fc525c9683e8fe067095ba2ddc971889'; // of Passw0rd!, as everybody's tools have it

list('is the first of the encrypted padata, whatever else there is', () => {
  const sent = elements(branch(), rodcTgt(), { kdcOptions: KdcOptions.canonicalize });
  assert.equal(
    sent.map(({ padataType }) => padataType),
    [PA_KERB_KEY_LIST_REP, PA_SUPPORTED_ENCTYPES],
  );
  assert.equal(keysIn(sent), [`23 ${NT_HASH}`]);
  assert.is(toHex(ALICE_RC4_KEY.bytes), NT_HASH);
});

list('gives each key once, in the order of the request, and none that the account lacks', () => {
  const world = branch();
  const types = (...etypes: readonly number[]) =>
    keysIn(elements(world, rodcTgt(), { padata: [asking(...etypes)] }))?.map((shown) =>
      Number(shown.split(' ')[0]),
    );
  assert.equal(types(23, 18, 23), [23, 18]);
  assert.equal(types(18, 23), [18, 23]);
  assert.equal(types(3, 17, -128), [17]);
  assert.is(types(3, 20), undefined);
  assert.is(types(), undefined);
  const aesOnly = branch({
    alice: { secret: { kind: 'keys', keys: [key(18, new Uint8Array(32).fill(7))] } },
  });
  assert.is(keysIn(elements(aesOnly, rodcTgt(), {})), undefined);
  assert.equal(keysIn(elements(aesOnly, rodcTgt(), { padata: [asking(23, 18)] })), [
    `18 ${'07'.repeat(32)}`,
  ]);
});

list('comes under the subkey where the client chose one', () => {
  const subkey = key(18, new Uint8Array(32).fill(0x66));
  const tgt = rodcTgt();
  const effects = answer(branch(), tgsReq(tgt, { sname: TGS_NAME, padata: [ASKS_RC4], subkey }));
  const { part } = openTgsRep(effects, tgt, subkey);
  assert.equal(keysIn(part.encryptedPaData ?? []), [`23 ${NT_HASH}`]);
});

list('is for krbtgt and for tickets of read-only KDCs, unless policy says otherwise', () => {
  for (const keyListFor of ['readOnlyTickets', 'any'] as const) {
    const world = branch({ policy: { keyListFor } });
    const full = signIn(world);
    const expected = keyListFor === 'any' ? [`23 ${NT_HASH}`] : undefined;
    assert.equal(keysIn(elements(world, full, {})), expected, keyListFor);
    // A service's ticket brings none in either case.
    const sname = FILES_NAME;
    assert.is(keysIn(elements(world, full, { sname })), undefined);
    assert.is(keysIn(elements(world, rodcTgt(), { sname })), undefined);
  }
});

list('a read-only KDC gives away no keys', () => {
  const world = branch({ policy: { keyListFor: 'any' } });
  const realm = { ...world.realm, secondaryKrbTgtNumber: 27_845 };
  const there: World = { ...world, realm, state: ready(realm) };
  assert.is(keysIn(elements(there, rodcTgt(), {})), undefined);
});

list('a renewal brings them too: it is a request for krbtgt', () => {
  const kdcOptions = KdcOptions.renewable | KdcOptions.renew;
  assert.equal(keysIn(elements(branch(), rodcTgt(), { kdcOptions })), [`23 ${NT_HASH}`]);
});

interface Refused {
  readonly name: string;
  readonly world?: BranchChange;
  readonly tgt?: RodcTgt;
  readonly wish?: TgsWish;
  readonly code: number;
}

const DENIED = group('Denied RODC Password Replication Group');
const forUser = { padataType: PA_FOR_USER, padataValue: fromHex('3000') };

const REFUSALS: readonly Refused[] = [
  { name: 'an unknown number', tgt: { number: 1 }, code: 7 },
  { name: 'another key', tgt: { key: key(18, new Uint8Array(32).fill(9)) }, code: 31 },
  { name: 'another version of the key', tgt: { kvno: 9 }, code: 44 },
  { name: 'no link to a computer', world: { link: { krbtgt: 1 } }, code: 12 },
  {
    name: 'a computer without PARTIAL_SECRETS',
    world: { rodc: { userAccountControl: 0x1000 } },
    code: 12,
  },
  { name: 'somebody else as requestor', tgt: { sid: 'S-1-5-21-1-2-3-1106' }, code: 20 },
  {
    name: 'no requestor',
    tgt: { content: { request: 'asked', requestor: false } },
    code: 20,
  },
  { name: 'an account that is denied', world: { alice: { groups: [DENIED] } }, code: 20 },
  { name: 'an account on no list', world: { alice: { groups: [] } }, code: 20 },
  { name: 'a disabled account', world: { alice: { userAccountControl: 0x202 } }, code: 18 },
  { name: 'an expired password', world: { alice: { passwordExpires: NOW - HOUR } }, code: 23 },
  { name: 'an expired ticket', tgt: { endtime: NOW - HOUR }, code: 32 },
  { name: 'S4U2self', wish: { padata: [ASKS_RC4, forUser] }, code: 6 },
];

for (const { name, world, tgt, wish, code } of REFUSALS) {
  list(`${name}: ${code}, and no key`, () => {
    const request = tgsReq(rodcTgt(tgt), { sname: TGS_NAME, padata: [ASKS_RC4], ...wish });
    const effects = answer(branch(world), request);
    assert.is(codeOf(effects), code, causeOf(effects));
    assert.is(replyOf(effects).message, 'KRB-ERROR');
  });
}

list('a request that is no list of numbers is malformed', () => {
  for (const octets of ['', '3003020117ff', '300304011', '0000']) {
    const padataValue = fromHex(octets.length % 2 === 0 ? octets : `${octets}0`);
    const padata = [{ padataType: PA_KERB_KEY_LIST_REQ, padataValue }];
    const effects = answer(branch(), tgsReq(rodcTgt(), { sname: TGS_NAME, padata }));
    assert.is(codeOf(effects), 60, octets);
    assert.match(causeOf(effects), /the KERB-KEY-LIST-REQ is malformed/);
  }
});

/** Our own client asks, and what it makes of the answer. */
function asked(world: World, keyList: readonly number[]): State {
  const tgt = rodcTgt();
  const env = {
    now: NOW,
    stamp: NOW * 1_000,
    offset: 0,
    random: (size: number) => new Uint8Array(size).fill(3),
  };
  const credential = {
    cname: tgt.cname,
    crealm: 'CONTOSO.COM',
    sname: TGS_NAME,
    srealm: 'CONTOSO.COM',
    key: tgt.session,
    flags: 0x40a0_0000,
    authtime: NOW,
    starttime: NOW,
    endtime: NOW + HOUR,
    ticket: tgt.ticket,
  };
  const event: Event = {
    kind: 'asked',
    request: {
      credential,
      sname: TGS_NAME,
      kdcOptions: KdcOptions.canonicalize,
      till: NOW + HOUR,
      etypes: [18],
      subkey: false,
      keyList,
      learnsTime: false,
    },
  };
  const begun = step({ name: 'idle' }, event, env);
  const [request] = begun.effects;
  if (request?.kind !== 'request') throw new Error('nothing is asked');
  const { bytes } = replyOf(answer(world, request.bytes));
  return step(begun.state, { kind: 'answered', bytes }, env).state;
}

list('our client brings what the KDC gave', () => {
  const done = asked(branch(), [23]);
  assert.is(done.name, 'done');
  if (done.name !== 'done') return;
  assert.equal(
    done.keyList?.map(({ keytype, keyvalue }) => [keytype, toHex(keyvalue)]),
    [[23, NT_HASH]],
  );
  assert.is(done.credential.srealm, 'CONTOSO.COM');
});

list('our client has none where the KDC gave none, and fails where it was refused', () => {
  const none = asked(branch(), [3]);
  assert.ok(none.name === 'done' && none.keyList === undefined);
  const refused = asked(branch({ alice: { groups: [DENIED] } }), [23]);
  assert.ok(refused.name === 'failed' && refused.failure.kind === 'refused');
});

list('the key is the present one’s after the password changed', () => {
  const world = branch();
  const before = world.accounts.bySAMAccountName('alice') as Account;
  const changed = { ...before, keys: [{ kvno: 3, keys: [key(23, new Uint8Array(16).fill(1))] }] };
  const accounts = {
    ...world.accounts,
    bySAMAccountName: (name: string) =>
      name === 'alice' ? changed : world.accounts.bySAMAccountName(name),
  };
  assert.equal(keysIn(elements({ ...world, accounts }, rodcTgt(), {})), [`23 ${'01'.repeat(16)}`]);
});

list.run();
