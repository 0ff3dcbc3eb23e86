/**
 * SDProp by the clock: MS-ADTS 3.1.1.6.1. Its turns come every hour; one that nothing was written
 * before would change nothing, so the timer waits for the next write.
 */
import type { ActorEffect, ActorEnv } from '../../src/machine/actor.ts';
import { directory } from '../directory/directory.ts';
import {
  AdminSdProtectFrequency,
  ownsPdcRole,
  protectAdminGroups,
} from '../directory/security/admin-sd-holder.ts';
import { directoryAccounts } from './directory-accounts.ts';

export interface Protection {
  /** When the controller started, in milliseconds since 1970: turns come whole periods later. */
  readonly since: number;
  /** Whether the timer runs. */
  readonly due: boolean;
}

const TIMER = 'protectAdminGroups';

const PERIOD = AdminSdProtectFrequency.default * 1_000;

/** Milliseconds until the next turn. */
function next({ since }: Protection, now: number): ActorEffect {
  const into = (((now - since) % PERIOD) + PERIOD) % PERIOD;
  return { kind: 'timer', timer: TIMER, ms: PERIOD - into, background: true };
}

export interface Turned {
  readonly protection: Protection;
  readonly effects: readonly ActorEffect[];
}

/** The first turn is an hour away. */
export function begun(now: number): Turned {
  const protection = { since: now, due: true };
  return { protection, effects: [next(protection, now)] };
}

/** `effects`, and the timer where they write what a turn may look at. */
export function afterWrites(
  protection: Protection,
  effects: readonly ActorEffect[],
  now: number,
): Turned {
  if (protection.due || !effects.some(({ kind }) => kind === 'write')) {
    return { protection, effects };
  }
  return {
    protection: { ...protection, due: true },
    effects: [...effects, next(protection, now)],
  };
}

/** One turn, on the controller that owns the PDC role. */
export function turned(protection: Protection, { store, now }: ActorEnv): Turned {
  const base = directory(store);
  const { domain } = directoryAccounts(store);
  const waiting = { ...protection, due: false };
  if (!ownsPdcRole(base, domain)) return { protection: waiting, effects: [] };
  const { draft, changed } = protectAdminGroups(base, domain, now);
  const batch = draft.batch();
  if (batch === undefined) return { protection: waiting, effects: [] };
  const names = changed.map((id) => draft.entry(id)?.rdn.value ?? String(id)).join(', ');
  return {
    protection: waiting,
    effects: [
      { kind: 'write', batch },
      { kind: 'note', level: 'info', text: `SDProp gave AdminSDHolder's descriptor to ${names}` },
    ],
  };
}
