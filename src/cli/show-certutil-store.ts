/** `kerblab show RUN certutil-store`: what `certutil -store -user my` would print on a device. */
import { type Kept, keptIn } from '../../protocols/actors/device-store.ts';
import { certutilStoreText } from '../../protocols/hello/certutil.ts';
import { certutilEntry } from '../../protocols/hello/certutil-entry.ts';
import { InputError } from './exit.ts';
import type { ShownStore } from './show.ts';

/** @throws InputError when the actor keeps something else, or several users have certificates there. */
export function certutilStoreOf({ actor, store, rest }: ShownStore): string {
  const kept = keptOf(actor, store);
  const there = new Set(kept.certificates.map(({ user }) => user));
  if (rest.length > 1) throw new InputError('certutil-store: name one user');
  const [user = onlyUser(there)] = rest;
  const keys = new Set(Object.values(kept.containers).map(({ key }) => key));
  return certutilStoreText(
    kept.certificates
      .filter((stored) => stored.user === user)
      // Keys of other providers are not in a Hello container, and nothing here deletes them.
      .map((stored) =>
        certutilEntry(stored, (key) => stored.privateKey?.provider !== 'passport' || keys.has(key)),
      ),
  );
}

function keptOf(actor: string, store: ShownStore['store']): Kept {
  try {
    return keptIn(store);
  } catch {
    throw new InputError(`${actor} has no certificate store: certutil-store is for devices`);
  }
}

/** Where only one has certificates, or nobody, there is no question whose store is meant. */
function onlyUser(users: ReadonlySet<string>): string | undefined {
  const [first, ...others] = users;
  if (others.length === 0) return first;
  throw new InputError(`certutil-store: say whose: ${[...users].join(', ')}`);
}
