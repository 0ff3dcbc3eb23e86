import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tenantIn, tenantWritten } from '../../../protocols/actors/tenant-store.ts';
import { type Tenant, withKey, withoutKeys } from '../../../protocols/entra/tenant.ts';
import type { WriteBatch } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { NOW } from '../enrollment/people.ts';
import { granted, helloProof, prtAsked, tenantWithKeys } from '../entra/prt-of-tests.ts';
import { ALICE } from '../entra/tenant-of-tests.ts';

const s = suite('actors/tenant-store');

const SETTINGS: Tenant = {
  users: [],
  devices: [],
  keys: [],
  licence: 'P2',
  initialDomain: 'corp.onmicrosoft.com',
};

/** A store that has followed a tenant through its changes. */
function followed(...tenants: readonly Tenant[]) {
  const store = memoryStore();
  const batches: WriteBatch[] = [];
  let before: Tenant | undefined;
  for (const tenant of tenants) {
    for (const effect of tenantWritten(before, tenant, store)) {
      if (effect.kind !== 'write') continue;
      store.write(effect.batch);
      batches.push(effect.batch);
    }
    before = tenant;
  }
  return { store, batches };
}

/** What is kept, without what is not. */
function kept({ users, devices, keys, kerberosDomains, issued }: Tenant) {
  return { users, devices, keys, kerberosDomains, sessions: issued?.sessions ?? {} };
}

s('an empty store holds no tenant', () => {
  assert.is(tenantIn(memoryStore(), SETTINGS), undefined);
});

s('all comes back but nonces; settings come from the scenario', () => {
  const { tenant } = granted();
  const { store } = followed(tenant);
  const read = tenantIn(store, SETTINGS);
  if (read === undefined) throw new Error('nothing');
  assert.equal(kept(read), kept(tenant));
  assert.equal(read.issued?.nonces, {});
  assert.equal([read.licence, read.initialDomain], ['P2', 'corp.onmicrosoft.com']);
});

s('a broker’s refresh token is kept too', () => {
  const grant = { userPrincipalName: ALICE, amr: ['pwd'], authenticated: NOW, expires: NOW + 1 };
  const issued = { nonces: {}, sessions: {}, grants: { token: grant } };
  const read = tenantIn(followed({ ...tenantWithKeys(), issued }).store, SETTINGS);
  assert.equal(read?.issued?.grants, { token: grant });
});

s('a session that was kept gets its next token', () => {
  const { tenant } = granted();
  const read = tenantIn(followed(tenant).store, SETTINGS);
  if (read === undefined) throw new Error('nothing');
  assert.is(prtAsked(read, helloProof).response.status, 200);
});

s('a change writes what it changed, and nothing else', () => {
  const first = tenantWithKeys();
  const key = { ...(first.keys[0] as Tenant['keys'][number]), kid: 'second', created: NOW + 1 };
  const added = withKey(first, { ...key, deviceId: 'tablet' });
  const renamed: Tenant = {
    ...added,
    users: added.users.map((user) =>
      user.userPrincipalName === ALICE ? { ...user, userPrincipalName: 'new@corp.example' } : user,
    ),
  };
  const emptied = withoutKeys(renamed, ALICE).tenant;
  const { store, batches } = followed(first, added, renamed, emptied, emptied);
  assert.equal(
    batches.map(({ records }) => records.map(({ bytes }) => bytes !== undefined)),
    [first.users.length + 3, 1]
      .map((count) => Array(count).fill(true))
      .concat([
        [true, false],
        [false, false],
      ]),
  );
  const read = tenantIn(store, SETTINGS);
  assert.equal(read?.keys, []);
  assert.equal(
    read?.users.map(({ userPrincipalName }) => userPrincipalName).sort(),
    emptied.users.map(({ userPrincipalName }) => userPrincipalName).sort(),
  );
});

s('a new nonce alone writes nothing', () => {
  const { tenant } = granted();
  const nonces = { ...tenant.issued?.nonces, x: NOW };
  const sessions = tenant.issued?.sessions ?? {};
  const { batches } = followed(tenant, { ...tenant, issued: { nonces, sessions } });
  assert.is(batches.length, 1);
});

s.run();
