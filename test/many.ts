/** A domain with as many users as wanted, in memory. As a program it says what they cost there. */
import { fileURLToPath } from 'node:url';
import { directory } from '../protocols/directory/directory.ts';
import { initialDomain } from '../protocols/directory/domain.ts';
import type { DomainInfo } from '../protocols/directory/domain-info.ts';
import { populationBatch } from '../protocols/directory/domain-population.ts';
import type { WritableStore } from '../src/machine/store.ts';
import { memoryStore } from '../src/store/memory.ts';
import { CORP } from './protocols/directory/corp.ts';

export const PASSWORD = 'Passw0rd!';

export interface Many {
  readonly store: WritableStore;
  readonly domain: DomainInfo;
}

/** @param begun called when everything but the users is there */
export function many(count: number, begun: () => void = () => undefined): Many {
  const population = { count, prefix: 'user', password: PASSWORD };
  const { batch, info } = initialDomain({ ...CORP, population });
  const store = memoryStore();
  store.write(batch);
  begun();
  const at = { now: CORP.now, random: CORP.random('population') };
  const next = () => populationBatch(directory(store), info, population, at);
  for (let users = next(); users !== undefined; users = next()) store.write(users);
  return { store, domain: info };
}

/** Octets that are in use, with those outside of the heap. */
function inUse(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let before = 0;
  const { store } = many(Number(process.argv[2]), () => {
    before = inUse();
  });
  const after = inUse();
  process.stdout.write(`${JSON.stringify({ records: store.size, growth: after - before })}\n`);
}
