/** What a domain controller does about a change that its KDC reckoned: it writes it, and tells new keys. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Store } from '../../src/machine/store.ts';
import { directory } from '../directory/directory.ts';
import type { AccountChange } from '../kdc/accounts.ts';
import type { Realm } from '../kdc/realm.ts';
import { accountWrite } from './account-changes.ts';
import { directoryAccounts } from './directory-accounts.ts';
import { newKeys } from './directory-service.ts';

/** None where the account is gone, or nothing changes. */
export function accountEffects(
  store: Store,
  realm: Realm,
  change: AccountChange,
  now: number,
): readonly ActorEffect[] {
  const accounts = directoryAccounts(store);
  const id = accounts.recordOf(change.objectSid);
  const base = directory(store);
  const batch = id === undefined ? undefined : accountWrite(base, id, change, now);
  if (batch === undefined) return [];
  const keys = change.password === undefined ? [] : newKeys(batch, base, realm, accounts);
  return [{ kind: 'write', batch }, ...keys];
}
