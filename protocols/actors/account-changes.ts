/** What an attempt to sign in leaves in the directory, written as the KDC reckoned it. */
import { equal } from '../../src/bytes/bytes.ts';
import type { RecordWrite, WriteBatch } from '../../src/machine/store.ts';
import { type Directory, type Draft, draft } from '../directory/directory.ts';
import { domainInfo } from '../directory/domain.ts';
import { descriptorKey, type Entry, encodeEntry, SHARED_INDEX } from '../directory/entry.ts';
import { TOUCHED, withSecret } from '../directory/password.ts';
import { historyLength } from '../directory/password-policy.ts';
import { ldapFileTime, stamped } from '../directory/stamps.ts';
import { withValues } from '../directory/values.ts';
import type { AccountAttributes, AccountChange } from '../kdc/accounts.ts';

type Name = keyof AccountAttributes;

const COUNTS: ReadonlySet<Name> = new Set<Name>(['badPwdCount', 'logonCount']);

/**
 * These are the same on all domain controllers, so a change of them is an originating write; the
 * others are each controller's own and leave no stamps (FLAG_ATTR_NOT_REPLICATED, MS-ADTS 2.2.11).
 */
const REPLICATED: ReadonlySet<Name> = new Set<Name>(['lockoutTime', 'lastLogonTimestamp']);

/** Undefined where the account is gone, or nothing changes. */
export function accountWrite(
  base: Directory,
  id: number,
  change: AccountChange,
  now: number,
): WriteBatch | undefined {
  const changed = changedEntry(base, id, change, now);
  if (changed === undefined) return undefined;
  if (changed.replicated.size === 0) return { records: [recordWrite(base, changed.entry)] };
  return drafted(base, changed, now).batch();
}

/** The same for whoever has more to write with it. */
export function accountDraft(
  base: Directory,
  id: number,
  change: AccountChange,
  now: number,
): Draft | undefined {
  const changed = changedEntry(base, id, change, now);
  return changed === undefined ? undefined : drafted(base, changed, now);
}

interface ChangedEntry {
  readonly entry: Entry;
  readonly replicated: ReadonlySet<string>;
}

function changedEntry(
  base: Directory,
  id: number,
  change: AccountChange,
  now: number,
): ChangedEntry | undefined {
  const before = base.entry(id);
  if (before === undefined) return undefined;
  const named = Object.entries(change.attributes) as [Name, number][];
  const values = named.map(([name, value]): [Name, string] => [name, written(name, value)]);
  const changed = values.filter(([name, value]) => before.attributes[name]?.[0] !== value);
  const { password } = change;
  if (changed.length === 0 && password === undefined) return undefined;
  const entry = changed.reduce<Entry>(
    (next, [name, value]) => withValues(next, name, [value]),
    before,
  );
  const replicated = changed.map(([name]) => name).filter((n) => REPLICATED.has(n));
  const domain = password === undefined ? undefined : domainInfo(base);
  if (password === undefined || domain === undefined) {
    return { entry, replicated: new Set(replicated) };
  }
  const history = historyLength(base.entry(domain.ids.domain));
  return {
    entry: withSecret(entry, password, history, { domain, now }),
    replicated: new Set([...replicated, ...TOUCHED]),
  };
}

function drafted(base: Directory, { entry, replicated }: ChangedEntry, now: number): Draft {
  const changes = draft(base);
  changes.put(replicated.size === 0 ? entry : stamped(changes, entry, replicated, now));
  return changes;
}

function written(name: Name, value: number): string {
  if (COUNTS.has(name)) return String(value);
  return value === 0 ? '0' : ldapFileTime(value);
}

/** Of an entry that differs in attributes of no index: only the record is written. */
export function recordWrite(base: Directory, entry: Entry): RecordWrite {
  const shared = (octets: Uint8Array): number | undefined => {
    const [id] = base.findForm(SHARED_INDEX, descriptorKey(octets));
    const known = id === undefined ? undefined : base.shared(id);
    return known !== undefined && equal(known, octets) ? id : undefined;
  };
  return { id: entry.id, bytes: encodeEntry(entry, shared), added: [], removed: [] };
}
