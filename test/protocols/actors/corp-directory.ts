/** The directory of a small cast in a store that may be written to. */
import { directoryAccounts } from '../../../protocols/actors/directory-accounts.ts';
import { type Directory, directory, draft } from '../../../protocols/directory/directory.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import type { DomainSeed } from '../../../protocols/directory/domain-seed.ts';
import type { Entry } from '../../../protocols/directory/entry.ts';
import { stamped } from '../../../protocols/directory/stamps.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Store, WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';

export const MADE = Date.UTC(2023, 11, 1);
export const SID = 'S-1-5-21-1-2-3';

const contoso: DomainSeed = {
  dnsName: 'contoso.com',
  netbios: 'CONTOSO',
  sid: SID,
  now: MADE,
  random: (label) => seededRandom(1, label),
  controller: { name: 'DC1', host: 'dc1.contoso.com' },
};

export interface CorpDirectory {
  readonly store: WritableStore;
  readonly directory: Directory;
  readonly accounts: ReturnType<typeof directoryAccounts>;
  /** Walks through the store that were made since the last call. */
  scans(): number;
  record(sAMAccountName: string): number;
  /** As any operation writes: with a new update sequence number. */
  change(sAMAccountName: string, to: (entry: Entry) => Entry): void;
}

export function corpDirectory(seed: Partial<DomainSeed>): CorpDirectory {
  const inner = memoryStore();
  const { batch } = initialDomain({ ...contoso, ...seed });
  inner.write(batch);
  let scans = 0;
  const store: WritableStore = {
    read: (id) => inner.read(id),
    revision: (id) => inner.revision(id),
    find: (index, key) => inner.find(index, key),
    scan: (after, limit) => {
      scans++;
      return inner.scan(after, limit);
    },
    counter: (name) => inner.counter(name),
    get size() {
      return inner.size;
    },
    write: (written) => inner.write(written),
    close: () => inner.close(),
  };
  const base = directory(store as Store);
  const record = (name: string): number => {
    const [id] = base.find('sAMAccountName', name);
    if (id === undefined) throw new Error(`no ${name}`);
    return id;
  };
  return {
    store,
    directory: base,
    accounts: directoryAccounts(store),
    scans: () => {
      const made = scans;
      scans = 0;
      return made;
    },
    record,
    change(name, to) {
      const changes = draft(base);
      const entry = changes.entry(record(name)) as Entry;
      changes.put(stamped(changes, to(entry), new Set(['description']), MADE));
      const written = changes.batch();
      if (written !== undefined) store.write(written);
    },
  };
}
