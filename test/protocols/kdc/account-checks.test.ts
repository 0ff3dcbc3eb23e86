import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inLogonHours } from '../../../protocols/kdc/account-checks.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';
import {
  ALICE,
  ALICE_RC4_KEY,
  answer,
  asReq,
  causeOf,
  codeOf,
  contoso,
  DAY,
  errorOf,
  HOUR,
  NOW,
  provedAsReq,
  timestamp,
} from './contoso.ts';
import { type AccountSeed, wellKnownGroup } from './listed-accounts.ts';

const checks = suite('kdc/account-checks');

const WRONG = stringToKey(18, 'wrong', 'CONTOSO.COMalice');
const changed = (alice: Partial<AccountSeed>, policy = {}) =>
  contoso([{ ...ALICE, ...alice }], policy);

/** KERB-EXT-ERROR of the AS exchange with this status, least significant octet first. */
const extended = (status: string) => `3015a103020103a20e040c${status}0000000001000000`;

interface Row {
  readonly what: string;
  readonly alice: Partial<AccountSeed>;
  readonly policy?: object;
  readonly code: number;
  /** In e-data; absent: no KERB-EXT-ERROR. */
  readonly status?: string;
  /** What a first request, one with a wrong password, one with the right password is told. */
  readonly first: boolean;
  readonly wrong: boolean;
}

/** What is told to whom is part of the behaviour: the last column's rows all tell the right password. */
const ROWS: readonly Row[] = [
  {
    what: 'disabled',
    alice: { userAccountControl: 0x202 },
    code: 18,
    status: '720000c0',
    first: true,
    wrong: true,
  },
  {
    what: 'locked out',
    alice: { lockedOutUntil: NOW + HOUR },
    code: 18,
    status: '340200c0',
    first: true,
    wrong: true,
  },
  {
    what: 'locked out for good',
    alice: { lockedOutUntil: Number.POSITIVE_INFINITY },
    code: 18,
    status: '340200c0',
    first: true,
    wrong: true,
  },
  {
    what: 'account expired',
    alice: { accountExpires: NOW },
    code: 18,
    status: '930100c0',
    first: true,
    wrong: true,
  },
  {
    what: 'account expired, on domain controllers that say so',
    alice: { accountExpires: NOW - DAY },
    policy: { expiredAccountCode: 'KDC_ERR_NAME_EXP' },
    code: 1,
    status: '930100c0',
    first: true,
    wrong: true,
  },
  {
    what: 'outside logon hours',
    alice: { logonHours: new Uint8Array(21) },
    code: 18,
    status: '6f0000c0',
    first: false,
    wrong: true,
  },
  {
    what: 'password must change',
    alice: { pwdLastSet: 0 },
    code: 23,
    status: '240200c0',
    first: false,
    wrong: false,
  },
  {
    what: 'password expired',
    alice: { passwordExpires: NOW },
    code: 23,
    status: '710000c0',
    first: false,
    wrong: false,
  },
  {
    what: 'password expired, on older domain controllers',
    alice: { passwordExpires: NOW },
    policy: { expiredPasswordTold: 'beforePreauth' },
    code: 23,
    status: '710000c0',
    first: true,
    wrong: true,
  },
  {
    what: 'smart card required',
    alice: { userAccountControl: 0x200 | 0x40000 },
    code: 12,
    status: 'fa0200c0',
    first: false,
    wrong: false,
  },
  {
    what: 'smart card required wins over the expired password',
    alice: { userAccountControl: 0x200 | 0x40000, passwordExpires: NOW },
    code: 12,
    status: 'fa0200c0',
    first: false,
    wrong: false,
  },
];

for (const { what, alice, policy = {}, code, status, first, wrong } of ROWS) {
  checks(what, () => {
    const world = changed(alice, policy);
    const right = errorOf(answer(world, provedAsReq()));
    assert.is(right.errorCode, code);
    assert.is(toHex(right.eData ?? new Uint8Array(0)), extended(status ?? ''));
    assert.is(codeOf(answer(world, asReq())), first ? code : 25, 'the first request');
    const guessed = answer(world, provedAsReq({ longTerm: WRONG }));
    assert.is(codeOf(guessed), wrong ? code : 24, 'a wrong password');
  });
}

checks('when several things are wrong, the first of the order is told', () => {
  const all: Partial<AccountSeed> = {
    userAccountControl: 0x202,
    lockedOutUntil: NOW + 1,
    accountExpires: NOW,
    logonHours: new Uint8Array(21),
    passwordExpires: NOW,
  };
  const cause = (alice: Partial<AccountSeed>) => causeOf(answer(changed(alice), provedAsReq()));
  assert.match(cause(all), /alice is disabled/);
  const enabled = { ...all, userAccountControl: 0x200 };
  assert.match(cause(enabled), /alice is locked out until 2024-01-01T00:00:00.001Z/);
  const { lockedOutUntil: _, ...unlocked } = enabled;
  assert.match(cause(unlocked), /the account alice expired/);
  const { accountExpires: __, ...valid } = unlocked;
  assert.match(cause(valid), /outside the logon hours of alice/);
});

checks('what has ended is no obstacle any more, and what has not begun not yet', () => {
  const fit: Partial<AccountSeed> = {
    lockedOutUntil: NOW,
    accountExpires: NOW + 1,
    passwordExpires: NOW + 1,
    logonHours: new Uint8Array(21).fill(0xff),
  };
  assert.is(codeOf(answer(changed(fit), provedAsReq())), 0);
});

checks('an expired password still gets a ticket for changing it', () => {
  const world = changed({ pwdLastSet: 0, passwordExpires: NOW });
  const sname = principal(2, 'kadmin', 'changepw');
  assert.is(codeOf(answer(world, provedAsReq({ sname }))), 0);
});

checks('a password that does not expire need not be changed', () => {
  const world = changed({ pwdLastSet: 0, userAccountControl: 0x200 | 0x10000 });
  assert.is(codeOf(answer(world, provedAsReq())), 0);
});

checks('logon hours are bits from Sunday 00:00 UTC', () => {
  const sunday = Date.UTC(2024, 0, 7);
  const only = (bit: number) => {
    const hours = new Uint8Array(21);
    hours[bit >> 3] = 1 << (bit & 7);
    return hours;
  };
  assert.ok(inLogonHours(only(0), sunday));
  assert.ok(inLogonHours(only(0), sunday + HOUR - 1));
  assert.not(inLogonHours(only(0), sunday + HOUR));
  assert.ok(inLogonHours(only(24 * 6 + 23), sunday - 1), 'Saturday, the last hour');
  assert.ok(inLogonHours(only(24 + 9), sunday + DAY + 9 * HOUR), 'Monday at nine');
  assert.not(inLogonHours(new Uint8Array(0), sunday), 'hours that are not there allow nothing');
});

checks('workstations are known by the NetBIOS address in the request', () => {
  const world = changed({ userWorkstations: ['PC1', 'PC2'] });
  const from = (name: string) =>
    answer(world, provedAsReq({ addresses: [{ addrType: 20, address: utf8(name.padEnd(16)) }] }));
  assert.is(codeOf(from('PC1')), 0);
  assert.is(codeOf(from('pc2')), 0);
  const error = errorOf(from('PC3'));
  assert.is(error.errorCode, 12);
  assert.is(toHex(error.eData ?? new Uint8Array(0)), extended('700000c0'));
  assert.is(codeOf(answer(world, provedAsReq())), 0, 'without an address nothing is known');
});

checks('Protected Users may not use RC4', () => {
  const group = wellKnownGroup('Protected Users');
  assert.ok(group);
  const rc4 = { supportedEncryptionTypes: 0x1c };
  const world = changed({ groups: [group] }, rc4);
  const padata = [timestamp(ALICE_RC4_KEY)];
  assert.is(codeOf(answer(world, asReq({ etype: [18, 23], padata }))), 14);
  assert.is(codeOf(answer(world, asReq({ etype: [23] }))), 14);
  assert.is(codeOf(answer(world, provedAsReq())), 0);
  assert.is(codeOf(answer(changed({}, rc4), asReq({ etype: [18, 23], padata }))), 0);
});

checks('krbtgt is disabled, so nobody signs in as it', () => {
  assert.is(codeOf(answer(contoso(), asReq({ cname: principal(1, 'krbtgt') }))), 18);
});

checks.run();
