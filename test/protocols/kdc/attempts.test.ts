import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Account, AccountChange, LockoutPolicy } from '../../../protocols/kdc/accounts.ts';
import { badPassword, signedIn } from '../../../protocols/kdc/attempts.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import {
  ALICE,
  answer,
  asReq,
  changeOf,
  codeOf,
  contoso,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  PASSWORD,
  provedAsReq,
  type World,
} from './contoso.ts';

const attempts = suite('kdc/attempts');

const WRONG = stringToKey(18, 'wrong', 'CONTOSO.COMalice');
const THREE: LockoutPolicy = {
  lockoutThreshold: 3,
  lockOutObservationWindow: 10 * MINUTE,
  lockoutDuration: 30 * MINUTE,
  lockoutAdmins: false,
};

/** The world after a change was written, as a directory would write it. */
function written(world: World, change: AccountChange | undefined): World {
  const { accounts } = world;
  const { lockoutTime, ...others } = change?.attributes ?? {};
  const replaced = (account: Account | undefined): Account | undefined => {
    if (account === undefined || account.objectSid !== change?.objectSid) return account;
    const { lockedOutUntil: _, ...rest } = account;
    const before = account.lockedOutUntil;
    const until =
      lockoutTime === undefined
        ? before
        : lockoutTime === 0
          ? undefined
          : lockoutTime + 30 * MINUTE;
    return { ...rest, ...others, ...(until === undefined ? {} : { lockedOutUntil: until }) };
  };
  return {
    ...world,
    accounts: {
      ...accounts,
      bySAMAccountName: (name) => replaced(accounts.bySAMAccountName(name)),
    },
  };
}

/** Attempts one after another, each with the directory as the one before left it. */
function story(world: World, steps: readonly (readonly ['right' | 'wrong' | 'first', number])[]) {
  let at = world;
  return steps.map(([kind, now]) => {
    const request = {
      first: () => asReq({ till: now + DAY }),
      right: () => provedAsReq({ at: now, till: now + DAY }),
      wrong: () => provedAsReq({ at: now, till: now + DAY, longTerm: WRONG }),
    }[kind]();
    const effects = answer(at, request, now);
    const change = changeOf(effects);
    at = written(at, change);
    return { code: codeOf(effects), change };
  });
}

const lockable = contoso([ALICE], {}, [], THREE);

attempts('bad passwords are counted, and the good one sets the count back', () => {
  const [first, one, two, good, three] = story(lockable, [
    ['first', NOW],
    ['wrong', NOW + 1_000],
    ['wrong', NOW + 2_000],
    ['right', NOW + 3_000],
    ['wrong', NOW + 4_000],
  ]);
  assert.is(first?.change, undefined);
  assert.equal(one?.change, {
    objectSid: 'S-1-5-21-1-2-3-1105',
    sAMAccountName: 'alice',
    why: 'badPassword',
    attributes: { badPwdCount: 1, badPasswordTime: NOW + 1_000 },
  });
  assert.is(two?.change?.attributes.badPwdCount, 2);
  assert.is(good?.code, 0);
  assert.equal(good?.change?.attributes, {
    lastLogon: NOW + 3_000,
    logonCount: 2,
    lastLogonTimestamp: NOW + 3_000,
    badPwdCount: 0,
  });
  assert.is(three?.change?.attributes.badPwdCount, 1);
});

attempts('the attempt that reaches the threshold still fails as such; the next is told', () => {
  const outcomes = story(lockable, [
    ['wrong', NOW],
    ['wrong', NOW + 1_000],
    ['wrong', NOW + 2_000],
    ['right', NOW + 3_000],
    ['first', NOW + 4_000],
    ['wrong', NOW + 5_000],
    ['right', NOW + 2_000 + 30 * MINUTE],
  ]);
  assert.equal(
    outcomes.map(({ code }) => code),
    [24, 24, 24, 18, 18, 18, 0],
  );
  const locking = outcomes[2]?.change;
  assert.is(locking?.why, 'lockedOut');
  assert.equal(locking?.attributes, {
    badPwdCount: 3,
    badPasswordTime: NOW + 2_000,
    lockoutTime: NOW + 2_000,
  });
  for (const at of [3, 4, 5])
    assert.is(outcomes[at]?.change, undefined, 'nothing counts while locked');
  const { badPwdCount, lockoutTime } = outcomes[6]?.change?.attributes ?? {};
  assert.equal([badPwdCount, lockoutTime], [0, 0]);
});

attempts('after a pause as long as the window, counting begins again', () => {
  const codes = (pause: number) =>
    story(lockable, [
      ['wrong', NOW],
      ['wrong', NOW + 1_000],
      ['wrong', NOW + 1_000 + pause],
      ['right', NOW + 2_000 + pause],
    ]).map(({ code }) => code);
  assert.equal(codes(10 * MINUTE - 1_000), [24, 24, 24, 18]);
  assert.equal(codes(10 * MINUTE), [24, 24, 24, 0]);
});

attempts('a bad password after a lockout that ran out is the first of a new count', () => {
  const outcomes = story(lockable, [
    ['wrong', NOW],
    ['wrong', NOW],
    ['wrong', NOW],
    ['wrong', NOW + 31 * MINUTE],
    ['right', NOW + 32 * MINUTE],
  ]);
  assert.equal(
    outcomes.map(({ code }) => code),
    [24, 24, 24, 24, 0],
  );
  assert.equal(outcomes[3]?.change?.attributes, {
    badPwdCount: 1,
    badPasswordTime: NOW + 31 * MINUTE,
    lockoutTime: 0,
  });
});

attempts('without a threshold nobody is locked out, but all is counted', () => {
  const steps = Array.from({ length: 12 }, (_, i) => ['wrong', NOW + 1_000 * i] as const);
  const outcomes = story(contoso([ALICE]), [...steps, ['right', NOW + HOUR]]);
  assert.is(outcomes[11]?.change?.attributes.badPwdCount, 12);
  assert.is(outcomes[12]?.code, 0);
});

attempts('former passwords do not count, older ones do', () => {
  const old = (name: string, kvno: number) => ({
    kvno,
    salt: 'CONTOSO.COMalice',
    keys: [stringToKey(18, name, 'CONTOSO.COMalice')],
  });
  const { accounts } = lockable;
  const alice = accounts.bySAMAccountName('alice') as Account;
  const renewed = { ...alice, keys: [...alice.keys, old('one', 1), old('two', 0)] };
  const world = {
    ...lockable,
    accounts: { ...accounts, bySAMAccountName: () => renewed },
  };
  const attempt = (password: string) =>
    answer(world, provedAsReq({ longTerm: stringToKey(18, password, 'CONTOSO.COMalice') }));
  for (const former of ['one', 'two']) {
    assert.is(codeOf(attempt(former)), 24);
    assert.is(changeOf(attempt(former)), undefined);
  }
  assert.is(changeOf(attempt('three'))?.attributes.badPwdCount, 1);
  assert.is(codeOf(attempt(PASSWORD)), 0);
});

attempts('the built-in Administrator is locked out only where policy says so', () => {
  const { accounts } = lockable;
  const admin: Account = {
    ...(accounts.bySAMAccountName('alice') as Account),
    objectSid: 'S-1-5-21-1-2-3-500',
    badPwdCount: 9,
    badPasswordTime: NOW - 1,
  };
  const why = (lockoutAdmins: boolean) =>
    badPassword(admin, false, {
      now: NOW,
      accounts: { ...accounts, lockoutPolicy: () => ({ ...THREE, lockoutAdmins }) },
    })?.why;
  assert.is(why(false), 'badPassword');
  assert.is(why(true), 'lockedOut');
});

attempts('a wrong clock, missing proof and malformed proof are no bad passwords', () => {
  const skewed = answer(lockable, provedAsReq({ at: NOW - HOUR }));
  assert.is(codeOf(skewed), 37);
  assert.is(changeOf(skewed), undefined);
  const malformed = asReq({ padata: [{ padataType: 2, padataValue: new Uint8Array([1, 2]) }] });
  assert.is(codeOf(answer(lockable, malformed)), 24);
  assert.is(changeOf(answer(lockable, malformed)), undefined);
});

attempts('lastLogonTimestamp is written every other week, logonCount stays at its end', () => {
  const { accounts } = lockable;
  const alice = accounts.bySAMAccountName('alice') as Account;
  const after = (account: Account) => signedIn(account, { now: NOW, accounts }).attributes;
  assert.is(
    after({ ...alice, lastLogonTimestamp: NOW - 14 * DAY + 1 }).lastLogonTimestamp,
    undefined,
  );
  assert.is(after({ ...alice, lastLogonTimestamp: NOW - 14 * DAY }).lastLogonTimestamp, NOW);
  assert.is(after({ ...alice, logonCount: 65_535 }).logonCount, 65_535);
});

attempts('who needs no proof has not signed in', () => {
  const world = contoso([{ ...ALICE, userAccountControl: 0x200 | 0x400000 }]);
  const effects = answer(world, asReq());
  assert.is(codeOf(effects), 0);
  assert.is(changeOf(effects), undefined);
});

attempts.run();
