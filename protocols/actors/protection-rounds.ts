/** SDProp by the clock: MS-ADTS 3.1.1.6.1. */
import type { ActorEffect, ActorEnv } from '../../src/machine/actor.ts';
import { directory } from '../directory/directory.ts';
import {
  AdminSdProtectFrequency,
  ownsPdcRole,
  protectAdminGroups,
} from '../directory/security/admin-sd-holder.ts';
import { directoryAccounts } from './directory-accounts.ts';

/** The next turn. */
export const PROTECTION: ActorEffect = {
  kind: 'timer',
  timer: 'protectAdminGroups',
  ms: AdminSdProtectFrequency.default * 1_000,
  background: true,
};

/** One turn of SDProp, on the controller that owns the PDC role. */
export function protection({ store, now }: ActorEnv): readonly ActorEffect[] {
  const base = directory(store);
  const { domain } = directoryAccounts(store);
  if (!ownsPdcRole(base, domain)) return [];
  const { draft, changed } = protectAdminGroups(base, domain, now);
  const batch = draft.batch();
  if (batch === undefined) return [];
  const names = changed.map((id) => draft.entry(id)?.rdn.value ?? String(id)).join(', ');
  return [
    { kind: 'write', batch },
    { kind: 'note', level: 'info', text: `SDProp gave AdminSDHolder's descriptor to ${names}` },
  ];
}
