/** The store as it is when a batch has been written to an empty one: the step that makes a domain reads it. */
import type { Store, WriteBatch } from '../../src/machine/store.ts';
import { directory } from '../directory/directory.ts';
import { domainInfo } from '../directory/domain.ts';
import { populationBatch } from '../directory/domain-population.ts';
import type { DomainSeed } from '../directory/domain-seed.ts';

export function storeOf({ records, counters = {} }: WriteBatch): Store {
  const octets = new Map<number, Uint8Array>();
  const indexes = new Map<string, number[]>();
  const nameOf = (index: string, key: string): string => `${index}\u0000${key}`;
  for (const { id, bytes, added } of records) {
    if (bytes !== undefined) octets.set(id, bytes);
    for (const [index, key] of added) {
      const ids = indexes.get(nameOf(index, key));
      if (ids === undefined) indexes.set(nameOf(index, key), [id]);
      else ids.push(id);
    }
  }
  for (const ids of indexes.values()) if (ids.length > 1) ids.sort((a, b) => a - b);
  const order = [...octets.keys()].sort((a, b) => a - b);
  return {
    read: (id) => octets.get(id),
    revision: () => 0,
    find: (index, key) => indexes.get(nameOf(index, key)) ?? [],
    scan: (after, limit) => order.filter((id) => id > after).slice(0, limit),
    counter: (name) => counters[name] ?? 0,
    size: octets.size,
  };
}

/** The next of a domain's many users; undefined when all are there. */
export function nextUsers(
  store: Store,
  { population, now }: DomainSeed,
  random: (size: number) => Uint8Array,
): WriteBatch | undefined {
  const base = directory(store);
  const domain = domainInfo(base);
  return population === undefined || domain === undefined
    ? undefined
    : populationBatch(base, domain, population, { now, random });
}
