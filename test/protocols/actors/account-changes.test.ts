import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accountEffects } from '../../../protocols/actors/account-effects.ts';
import { directoryAccounts } from '../../../protocols/actors/directory-accounts.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import { realm } from '../../../protocols/kdc/realm.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { memoryStore } from '../../../src/store/memory.ts';

const changes = suite('actors/account-changes');

const NOW = Date.UTC(2026, 2, 2, 8);
const DAY = 86_400_000;
const SMARTCARD_REQUIRED = 0x4_0200;

/** Alice must use a smart card; the domain is as old as her password. */
function domain(age: number, policy: Readonly<Record<string, readonly string[]>> = {}) {
  const store = memoryStore();
  store.write(
    initialDomain({
      dnsName: 'corp.example',
      netbios: 'CORP',
      sid: 'S-1-5-21-1-2-3',
      now: NOW - age,
      random: (label) => seededRandom(1, label),
      controller: { name: 'DC1', host: 'dc1.corp.example' },
      policy: { maxPwdAge: [`-${42 * DAY}0000`], ...policy },
      accounts: [
        {
          sAMAccountName: 'alice',
          secret: { password: 'what nobody knows' },
          attributes: { userAccountControl: `${SMARTCARD_REQUIRED}` },
        },
      ],
    }).batch,
  );
  return store;
}

const alice = (store: ReturnType<typeof domain>) => {
  const found = directoryAccounts(store).bySAMAccountName('alice');
  if (found === undefined) throw new Error('no alice');
  return found;
};

const OWN = realm({
  name: 'CORP.EXAMPLE',
  flatName: 'CORP',
  sid: 'S-1-5-21-1-2-3',
  dnsHostName: 'dc1.corp.example',
});

changes('a smart card’s password is due when it is as old as any other may be', () => {
  assert.is(alice(domain(50 * DAY)).passwordRotates, NOW - 8 * DAY);
  assert.is(alice(domain(50 * DAY)).passwordExpires, undefined, 'it never expires by itself');
  const off = { 'msDS-ExpirePasswordsOnSmartCardOnlyAccounts': ['FALSE'] };
  assert.is(alice(domain(50 * DAY, off)).passwordRotates, undefined);
});

changes('a password that the KDC replaced is written, told, and no more due', () => {
  const store = domain(50 * DAY);
  const before = alice(store);
  const { objectSid, sAMAccountName } = before;
  const password = 'another that nobody knows';
  const attributes = { lastLogon: NOW, logonCount: 1 };
  const change = {
    objectSid,
    sAMAccountName,
    why: 'passwordRotated',
    attributes,
    password,
  } as const;
  const [write, keyed] = accountEffects(store, OWN, change, NOW);
  if (write?.kind !== 'write') throw new Error(write?.kind);
  assert.is(keyed?.kind, 'keyed');
  store.write(write.batch);
  const after = alice(store);
  const kvno = (before.keys[0]?.kvno ?? 0) + 1;
  assert.is(after.keys[0]?.kvno, kvno);
  const rc4 = after.keys[0]?.keys.find(({ etype }) => etype === 23);
  assert.equal(rc4?.bytes, stringToKey(23, password, '').bytes);
  assert.is(after.pwdLastSet, NOW);
  assert.is(after.logonCount, 1);
  assert.is(after.passwordRotates, NOW + 42 * DAY);
});

changes('a change without a password writes none', () => {
  const store = domain(DAY);
  const { objectSid, sAMAccountName } = alice(store);
  const change = {
    objectSid,
    sAMAccountName,
    why: 'signedIn',
    attributes: { lastLogon: NOW },
  } as const;
  assert.equal(
    accountEffects(store, OWN, change, NOW).map(({ kind }) => kind),
    ['write'],
  );
  const gone = { ...change, objectSid: 'S-1-5-21-1-2-3-9999' };
  assert.equal(accountEffects(store, OWN, gone, NOW), []);
});

changes.run();
