/** The directory at 100,000 users: what a look-up, a search and a write cost, in memory and in LMDB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryAccounts } from '../protocols/actors/directory-accounts.ts';
import { directory, draft } from '../protocols/directory/directory.ts';
import { type BaseName, parseBase } from '../protocols/directory/dn.ts';
import { initialDomain } from '../protocols/directory/domain.ts';
import { populationBatch } from '../protocols/directory/domain-population.ts';
import type { DomainSeed } from '../protocols/directory/domain-seed.ts';
import type { Entry } from '../protocols/directory/entry.ts';
import type { Filter } from '../protocols/directory/filter.ts';
import { search } from '../protocols/directory/search.ts';
import { stamped } from '../protocols/directory/stamps.ts';
import { withValues } from '../protocols/directory/values.ts';
import { utf8 } from '../src/bytes/bytes.ts';
import { seededRandom } from '../src/crypto/random.ts';
import type { WritableStore } from '../src/machine/store.ts';
import { lmdbStore } from '../src/store/lmdb.ts';
import { memoryStore } from '../src/store/memory.ts';
import type { Bench } from './suite.ts';

export const name = 'directory';

const COUNT = 100_000;
const NOW = 1_772_438_400_000;
const POPULATION = { count: COUNT, prefix: 'user', password: 'Passw0rd!' };
const SEED: DomainSeed = {
  dnsName: 'corp.example',
  netbios: 'CORP',
  sid: 'S-1-5-21-1004336348-1177238915-682003330',
  controller: { name: 'DC1', host: 'dc1.corp.example' },
  now: NOW,
  random: (label) => seededRandom(1, label),
};

export async function suite(bench: Bench): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-bench-'));
  const lasting = await lmdbStore(folder);
  bench.add('make a domain', () => initialDomain(SEED));
  for (const [where, store] of [
    ['memory', memoryStore()],
    ['LMDB', lasting],
  ] as const) {
    rows(bench, where, store);
  }
  return async () => {
    await lasting.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

function rows(bench: Bench, where: string, store: WritableStore): void {
  const { batch, info } = initialDomain({ ...SEED, population: POPULATION });
  store.write(batch);
  const base = directory(store);
  const at = { now: NOW, random: seededRandom(1, 'population') };
  const next = () => populationBatch(base, info, POPULATION, at);
  for (let users = next(); users !== undefined; users = next()) store.write(users);
  // Far apart and more than are kept decoded: each look-up is one of a record that was not at hand.
  let turn = 0;
  const anyName = (): string => {
    turn = (turn + 7_919) % COUNT;
    return `user${String(turn + 1).padStart(6, '0')}`;
  };
  const found = (sAMAccountName: string): number => {
    const [id] = base.find('sAMAccountName', sAMAccountName);
    if (id === undefined) throw new Error(`no ${sAMAccountName} among ${COUNT}`);
    return id;
  };
  bench.add(`find a name's record, ${where}`, () => found(anyName()));
  bench.add(`read an entry, ${where}`, () => base.entry(found(anyName())));
  const accounts = directoryAccounts(store);
  bench.add(`a KDC's account, first time, ${where}`, () => accounts.bySAMAccountName(anyName()));
  bench.add(`a KDC's account, again, ${where}`, () => accounts.bySAMAccountName('user000001'));
  const context = { sids: new Set(['S-1-5-18']), system: true } as const;
  const searched = (filter: Filter): number => {
    const asked = parseBase('DC=corp,DC=example') as BaseName;
    const request = { base: asked, baseText: 'DC=corp,DC=example', scope: 'subtree' } as const;
    const around = { now: NOW, domain: info, context };
    const outcome = search(base, { ...request, filter, limit: 10 }, context, around);
    if (!outcome.ok || outcome.entries.length !== 1) throw new Error('one entry is looked for');
    return outcome.entries.length;
  };
  const equal = (value: string): Filter => ({
    kind: 'equal',
    attribute: 'sAMAccountName',
    value: utf8(value),
  });
  bench.add(`search by an index, ${where}`, () => searched(equal(anyName())));
  bench.add(`change an attribute, ${where}`, () => {
    const changes = draft(base);
    const entry = base.entry(found(anyName())) as Entry;
    const changed = withValues(entry, 'description', [`turn ${turn}`]);
    changes.put(stamped(changes, changed, new Set(['description']), NOW));
    const write = changes.batch();
    if (write !== undefined) store.write(write);
  });
}
