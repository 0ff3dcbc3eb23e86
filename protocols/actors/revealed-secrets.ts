/** Which secrets a read-only domain controller was given: msDS-RevealedUsers of its computer object. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Store, WriteBatch } from '../../src/machine/store.ts';
import { directory, draft } from '../directory/directory.ts';
import { reference } from '../directory/entry.ts';
import { stamped } from '../directory/stamps.ts';
import { withValues } from '../directory/values.ts';
import type { Account, Accounts, ReadOnlyController } from '../kdc/accounts.ts';
import { heldAccounts } from '../kdc/forwarding.ts';
import { revealSecretsPolicy } from '../kdc/read-only.ts';
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

/**
 * The controller of that number with its lists.
 * @throws Error when the directory does not have it: it was made from the same cast.
 */
export function ownController(accounts: Accounts, number: number): ReadOnlyController {
  const [controller] = accounts.readOnlyControllers(number);
  if (controller === undefined) {
    throw new Error(`the directory has no read-only domain controller of number ${number}`);
  }
  return controller;
}

/** The directory with the keys of those whose secrets were given, and of its own two accounts. */
export function replicaOf(store: Store, number: number): Accounts {
  const accounts = directoryAccounts(store);
  const { computer, revealed: given } = ownController(accounts, number);
  const held = new Set([...given, computer.objectSid]);
  return heldAccounts(
    accounts,
    ({ objectSid, msDSSecondaryKrbTgtNumber }) =>
      msDSSecondaryKrbTgtNumber === number || held.has(objectSid),
  );
}

/**
 * After a sign-in that the writable domain controller let pass, the secrets are asked for, and given
 * where the password replication policy allows it (MS-DRSR 4.1.10.5.14, EXOP_REPL_SECRETS).
 */
export function replicateSecrets(
  store: Store,
  number: number,
  { objectSid }: Account,
  now: number,
): readonly ActorEffect[] {
  const accounts = directoryAccounts(store);
  const own = ownController(accounts, number);
  const account = accounts.byObjectSid(objectSid);
  if (account === undefined) return [];
  const note = (text: string): ActorEffect => ({ kind: 'note', level: 'info', text });
  const { sAMAccountName } = account;
  const policy = revealSecretsPolicy(own, account, accounts.tokenSids(account));
  if (policy.kind !== 'allow') {
    const why = policy.kind === 'deny' ? policy.why : 'is not in msDS-RevealOnDemandGroup';
    return [note(`the secrets of ${sAMAccountName} are not given: it ${why}`)];
  }
  const batch = revealed(store, own.computer, [account], now);
  if (batch === undefined) return [];
  return [{ kind: 'write', batch }, note(`the secrets of ${sAMAccountName} are held here now`)];
}
