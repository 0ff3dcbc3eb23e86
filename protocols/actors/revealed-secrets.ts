/** Which secrets a read-only domain controller was given: msDS-RevealedUsers of its computer object. */
import type { Store, WriteBatch } from '../../src/machine/store.ts';
import { directory, draft } from '../directory/directory.ts';
import { reference } from '../directory/entry.ts';
import { stamped } from '../directory/stamps.ts';
import { withValues } from '../directory/values.ts';
import type { Account } from '../kdc/accounts.ts';
import { directoryAccounts } from './directory-accounts.ts';

/**
 * What stands before the account in a value: the id of the attribute that was revealed, unicodePwd
 * (1.2.840.113556.1.4.90), four octets, the most significant last. Active Directory has the stamps of
 * the revealed value behind it.
 */
const UNICODE_PWD = '5A000900';

/** Adds the accounts to the list; undefined: they are all on it. */
export function revealed(
  store: Store,
  computer: Account,
  accounts: readonly Account[],
  now: number,
): WriteBatch | undefined {
  const base = directory(store);
  const { recordOf } = directoryAccounts(store);
  const entry = base.entry(recordOf(computer.objectSid) ?? 0);
  if (entry === undefined) return undefined;
  const before = entry.attributes['msDS-RevealedUsers'] ?? [];
  const values = accounts
    .flatMap(({ objectSid }) => recordOf(objectSid) ?? [])
    .map((id) => `B:${UNICODE_PWD.length}:${UNICODE_PWD}:${reference(id)}`);
  const added = values.filter((value) => !before.includes(value));
  if (added.length === 0) return undefined;
  const changes = draft(base);
  const next = withValues(entry, 'msDS-RevealedUsers', [...before, ...added]);
  changes.put(stamped(changes, next, new Set(['msDS-RevealedUsers']), now));
  return changes.batch();
}
