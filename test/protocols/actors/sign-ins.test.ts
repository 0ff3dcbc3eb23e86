import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  current,
  type SignIns,
  signInBatch,
  withSignIn,
} from '../../../protocols/actors/sign-ins.ts';
import { number, one } from '../../../protocols/directory/entry.ts';
import { ldapFileTime, USN_COUNTER } from '../../../protocols/directory/stamps.ts';
import type { AccountChange } from '../../../protocols/kdc/accounts.ts';
import { corpDirectory, SID } from './corp-directory.ts';

const s = suite('sign-ins');

const corp = () =>
  corpDirectory({
    accounts: ['alice', 'bob'].map((sAMAccountName, i) => ({
      sAMAccountName,
      rid: 1105 + i,
      secret: { password: 'Passw0rd!' },
    })),
  });

const signIn = (
  rid: number,
  lastLogon: number,
  attributes: AccountChange['attributes'] = {},
): AccountChange => ({
  objectSid: `${SID}-${rid}`,
  sAMAccountName: 'somebody',
  why: 'signedIn',
  attributes: { lastLogon, logonCount: 1, ...attributes },
});

const gathered = (...changes: readonly AccountChange[]): SignIns =>
  changes.reduce<SignIns | undefined>(
    (all, change) => withSignIn(all, change),
    undefined,
  ) as SignIns;

s('are counted each, and the last one’s time stays', () => {
  const { store, directory, record } = corp();
  const usn = store.counter(USN_COUNTER);
  const batch = signInBatch(
    directory,
    gathered(signIn(1105, 10), signIn(1106, 20), signIn(1105, 30)),
  );
  assert.is(batch?.records.length, 2);
  if (batch !== undefined) store.write(batch);
  const alice = directory.entry(record('alice'));
  const bob = directory.entry(record('bob'));
  if (alice === undefined || bob === undefined) throw new Error('they are gone');
  assert.equal([number(alice, 'logonCount'), number(bob, 'logonCount')], [2, 1]);
  assert.is(one(alice, 'lastLogon'), ldapFileTime(30));
  assert.is(store.counter(USN_COUNTER), usn, 'not replicated: no update sequence number');
  assert.ok(alice.attributes.nTSecurityDescriptor, 'the shared descriptor is still named');
});

s('wait only where nothing else changes', () => {
  assert.ok(withSignIn(undefined, signIn(1105, 1)));
  assert.is(withSignIn(undefined, signIn(1105, 1, { badPwdCount: 0 })), undefined);
  assert.is(withSignIn(undefined, signIn(1105, 1, { lastLogonTimestamp: 1 })), undefined);
  const bad: AccountChange = { ...signIn(1105, 1), why: 'badPassword' };
  assert.is(withSignIn(undefined, bad), undefined);
});

s('whoever looks closely sees them, and they are written first', () => {
  const { directory, record } = corp();
  const now = current(directory, gathered(signIn(1105, 10)));
  assert.equal(
    now.effects.map(({ kind }) => kind),
    ['write', 'cancel'],
  );
  const entry = now.base.entry(record('alice'));
  assert.is(entry === undefined ? 0 : number(entry, 'logonCount'), 1);
  assert.equal(current(directory, undefined), { base: directory, effects: [] });
});

s('of accounts that are gone nothing is written; the count ends at 65,535', () => {
  const { store, directory, record } = corp();
  assert.is(signInBatch(directory, gathered(signIn(4711, 10))), undefined);
  let all: SignIns | undefined;
  for (let i = 0; i < 65_540; i++) all = withSignIn(all, signIn(1105, i));
  const batch = all === undefined ? undefined : signInBatch(directory, all);
  if (batch !== undefined) store.write(batch);
  const entry = directory.entry(record('alice'));
  assert.is(entry === undefined ? 0 : number(entry, 'logonCount'), 65_535);
});

s.run();
