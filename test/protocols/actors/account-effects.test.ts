import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directory } from '../../../protocols/directory/directory.ts';
import type { SeedAttributes } from '../../../protocols/directory/domain-seed.ts';
import { type Entry, one } from '../../../protocols/directory/entry.ts';
import { ldapFileTime } from '../../../protocols/directory/stamps.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { corpDirectory, MADE } from './corp-directory.ts';
import { SMALLEST, START, smallWorld } from './small-world.ts';

const s = suite('actors/account-effects');

const DAY = 86_400_000;

/** NORMAL_ACCOUNT and SMARTCARD_REQUIRED. */
const SMARTCARD = 0x4_0200;

s('whose password is replaced, and when', () => {
  const rotates = (attributes: SeedAttributes, policy: SeedAttributes = {}) => {
    const userAccountControl = SMARTCARD;
    const secret = { password: 'Passw0rd!' };
    const alice = { sAMAccountName: 'alice', secret };
    const { accounts } = corpDirectory({
      policy,
      accounts: [{ ...alice, attributes: { userAccountControl, ...attributes } }],
    });
    return accounts.bySAMAccountName('alice')?.passwordRotates;
  };
  assert.is(rotates({}), MADE + 42 * DAY);
  assert.is(rotates({ pwdLastSet: 0 }), 0);
  assert.is(rotates({ userAccountControl: 0x200 }), undefined, 'a password that people know');
  assert.is(rotates({ userAccountControl: SMARTCARD | 0x1_0000 }), undefined, 'never expires');
  assert.is(rotates({}, { maxPwdAge: '0' }), undefined);
  assert.is(rotates({}, { 'msDS-Behavior-Version': 6 }), undefined, 'a level before 2016');
});

/** Alice signs in with her PIN where only that will do, her password having expired in February. */
async function signedInWithPin(domainPolicy: Readonly<Record<string, unknown>>) {
  const small = smallWorld({
    ca: { role: 'certificate-authority', realm: 'CORP.EXAMPLE' },
    dc1: { ...SMALLEST.dc1, certificate: { issuer: 'ca' }, domainPolicy },
    alice: {
      ...SMALLEST.alice,
      userAccountControl: ['SMARTCARD_REQUIRED'],
      passwordExpires: '2026-02-01T00:00:00Z',
    },
    laptop: {
      ...SMALLEST.laptop,
      join: 'hybrid',
      signsInAtStart: false,
      hello: { alice: { pin: '135791', trust: 'key' } },
    },
  });
  small.command('alice', 'enters', { enters: 'pin', value: '135791', on: 'laptop' });
  await small.world.run();
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'dc1') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  const base = directory(store);
  const alice = base.entry(base.find('sAMAccountName', 'alice')[0] ?? 0) as Entry;
  return { small, alice };
}

s('in the world: the domain controller does it where the domain wants it', async () => {
  for (const [policy, passwords] of [
    [{}, 2],
    [{ expireSmartCardPasswords: false }, 1],
  ] as const) {
    const { small, alice } = await signedInWithPin(policy);
    const { state } = small.world.view('laptop') as { readonly state: string };
    assert.is(state, 'signedIn', small.causes().join('\n'));
    assert.is(alice.secrets?.length, passwords);
    const set = BigInt(one(alice, 'pwdLastSet') ?? '0');
    assert.is(set >= BigInt(ldapFileTime(START)), passwords === 2);
  }
});

s.run();
