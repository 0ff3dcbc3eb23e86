/**
 * Sign-ins that the directory is yet to count. lastLogon and logonCount change with every one, and
 * nobody but LDAP reads them, so they are written together: once a second, and before LDAP is answered.
 */
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { WriteBatch } from '../../src/machine/store.ts';
import { type Directory, draft } from '../directory/directory.ts';
import type { Entry } from '../directory/entry.ts';
import { number, one } from '../directory/entry.ts';
import { sidForm } from '../directory/membership.ts';
import { ldapFileTime } from '../directory/stamps.ts';
import { withValues } from '../directory/values.ts';
import type { AccountChange } from '../kdc/accounts.ts';
import { recordWrite } from './account-changes.ts';

/** Newest first: one more costs the same however many there are. */
export interface SignIns {
  readonly objectSid: string;
  /** Milliseconds since 1970. */
  readonly lastLogon: number;
  readonly earlier: SignIns | undefined;
}

/** How long they wait at most. */
export const SIGN_INS = { kind: 'timer', timer: 'signIns', ms: 1_000 } as const;

/** logonCount stays here once it is reached (MS-ADA1 2.375). */
const MOST_LOGONS = 65_535;

/** The sign-ins with this one; undefined where the change says more and has to be written at once. */
export function withSignIn(
  earlier: SignIns | undefined,
  change: AccountChange,
): SignIns | undefined {
  const { lastLogon, logonCount: _, ...more } = change.attributes;
  const waits =
    change.why === 'signedIn' && lastLogon !== undefined && Object.keys(more).length === 0;
  return waits ? { objectSid: change.objectSid, lastLogon, earlier } : undefined;
}

/** Undefined where none of the accounts is there any more. */
export function signInBatch(base: Directory, signIns: SignIns): WriteBatch | undefined {
  const records = countedEntries(base, signIns).map((entry) => recordWrite(base, entry));
  return records.length === 0 ? undefined : { records };
}

/** What the directory is when they are written, and what writes them. */
export interface Current {
  readonly base: Directory;
  readonly effects: readonly ActorEffect[];
}

export function current(base: Directory, signIns: SignIns | undefined): Current {
  if (signIns === undefined) return { base, effects: [] };
  const changes = draft(base);
  for (const entry of countedEntries(base, signIns)) changes.put(entry);
  const batch = changes.batch();
  const cancel: ActorEffect = { kind: 'cancel', timer: SIGN_INS.timer };
  return {
    base: changes,
    effects: batch === undefined ? [cancel] : [{ kind: 'write', batch }, cancel],
  };
}

function countedEntries(base: Directory, signIns: SignIns): readonly Entry[] {
  const counts = new Map<string, { count: number; readonly lastLogon: number }>();
  for (let at: SignIns | undefined = signIns; at !== undefined; at = at.earlier) {
    const known = counts.get(at.objectSid);
    if (known === undefined) counts.set(at.objectSid, { count: 1, lastLogon: at.lastLogon });
    else known.count++;
  }
  return [...counts].flatMap(([sid, { count, lastLogon }]) => {
    const [id] = base.findForm('objectSid', sidForm(sid));
    const entry = id === undefined ? undefined : base.entry(id);
    if (entry === undefined || one(entry, 'logonCount') === undefined) return [];
    const logonCount = Math.min(number(entry, 'logonCount') + count, MOST_LOGONS);
    const timed = withValues(entry, 'lastLogon', [ldapFileTime(lastLogon)]);
    return [withValues(timed, 'logonCount', [String(logonCount)])];
  });
}
