/** A domain of 100,000 users: how it starts, what it costs, and that nobody looks through all of it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directoryAccounts } from '../protocols/actors/directory-accounts.ts';
import { directory, dnOf } from '../protocols/directory/directory.ts';
import { type BaseName, parseBase } from '../protocols/directory/dn.ts';
import type { Filter } from '../protocols/directory/filter.ts';
import { search } from '../protocols/directory/search.ts';
import { utf8 } from '../src/bytes/bytes.ts';
import type { Store } from '../src/machine/store.ts';
import { execute } from './interop/served.ts';
import { many, PASSWORD } from './many.ts';
import { peerTest } from './peers.ts';
import { CORP_NOW } from './protocols/directory/corp.ts';
import { built } from './root.ts';
import { killable } from './state/killable.ts';

const s = suite('100,000 principals');

const COUNT = 100_000;
const LAST = 'user099999';
const MEGABYTE = 1e6;
/** On top of what the empty realm takes. */
const MEMORY = 150 * MEGABYTE;

/** Counts what is asked of a store. */
function counting(store: Store) {
  const asked = { read: 0, find: 0, scan: 0 };
  const counted: Store = {
    ...{ revision: (id) => store.revision(id), counter: (name) => store.counter(name) },
    read: (id) => {
      asked.read++;
      return store.read(id);
    },
    find: (index, key) => {
      asked.find++;
      return store.find(index, key);
    },
    scan: (after, limit) => {
      asked.scan++;
      return store.scan(after, limit);
    },
    size: store.size,
  };
  return { asked, counted };
}

s('they take less than 150 MB of memory', async () => {
  const program = ['--expose-gc', built('test/many.js'), String(COUNT)];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  const { records, growth } = JSON.parse(stdout) as { records: number; growth: number };
  assert.ok(records > COUNT);
  assert.ok(growth < MEMORY, `${Math.round(growth / MEGABYTE)} MB`);
});

s('whoever looks for one of them reads a few records, and scans nothing', () => {
  const { store, domain } = many(COUNT);
  const { asked, counted } = counting(store);
  const accounts = directoryAccounts(counted);
  assert.is(accounts.bySAMAccountName(LAST)?.sAMAccountName, LAST);
  const sid = accounts.bySAMAccountName(LAST)?.objectSid ?? '';
  assert.is(accounts.byObjectSid(sid)?.sAMAccountName, LAST);
  assert.is(accounts.bySAMAccountName('user100001'), undefined);
  assert.is(asked.scan, 0);
  assert.ok(asked.read < 60 && asked.find < 60, JSON.stringify(asked));
  const base = directory(counted);
  const equal = (attribute: string, value: string): Filter => ({
    kind: 'equal',
    attribute,
    value: utf8(value),
  });
  const context = { sids: new Set(['S-1-5-18']), system: true } as const;
  for (const filter of [
    equal('sAMAccountName', LAST),
    equal('cn', LAST),
    {
      kind: 'and',
      filters: [equal('objectClass', 'user'), equal('sAMAccountName', LAST)],
    } as const,
  ]) {
    Object.assign(asked, { read: 0, find: 0, scan: 0 });
    const outcome = search(
      base,
      {
        base: parseBase('DC=corp,DC=example') as BaseName,
        baseText: 'DC=corp,DC=example',
        scope: 'subtree',
        filter,
        limit: 1_000,
      },
      context,
      { now: CORP_NOW, domain, context },
    );
    assert.ok(outcome.ok);
    const names = outcome.ok ? outcome.entries.map((entry) => dnOf(base, entry)) : [];
    assert.equal(names, [`CN=${LAST},CN=Users,DC=corp,DC=example`]);
    assert.is(asked.scan, 0);
    assert.ok(asked.read < 20 && asked.find < 20, JSON.stringify(asked));
  }
});

const CAST = `scenario: 1
title: Many users
about: As many users as a large domain has.
specs: [MS-ADTS 3.1.1]
seed: 1
start: 2026-03-02T08:00:00Z
actors:
  dc1:
    role: domain-controller
    realm: CORP.EXAMPLE
    host: dc1.corp.example
`;

/** Octets of a process in memory, without the pages of files that it has mapped; Linux only. */
function residentOf(pid: number): number | undefined {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

peerTest(
  s,
  'serve starts with them, in memory and from a state; any signs in at once',
  ['kinit'],
  async () => {
    const top = mkdtempSync(join(tmpdir(), 'kerblab-many-'));
    const file = (name: string, more: string): string => {
      writeFileSync(join(top, name), `${CAST}${more}`);
      return join(top, name);
    };
    const empty = file('empty.yaml', '');
    const full = file(
      'full.yaml',
      `    population: { count: ${COUNT}, password: "${PASSWORD}" }\n`,
    );
    const env = {
      KRB5_CONFIG: join(top, 'export', 'krb5.conf'),
      KRB5CCNAME: `FILE:${join(top, 'cc')}`,
    };
    const started = async (
      args: readonly string[],
      signIn: boolean,
    ): Promise<number | undefined> => {
      const server = killable([...args, '--kdc', '0', '--export', join(top, 'export')]);
      try {
        const { pid } = await server.ready;
        const resident = residentOf(pid);
        if (signIn) {
          const kinit = await execute('kinit', [LAST], env, `${PASSWORD}\n`);
          assert.is(kinit.code, 0, kinit.stderr);
        }
        return resident;
      } finally {
        await server.kill();
      }
    };
    try {
      const alone = await started([empty], false);
      const inMemory = await started([full], true);
      const first = await started([full, '--state', join(top, 'state')], true);
      const second = await started([full, '--state', join(top, 'state')], true);
      for (const resident of [inMemory, first, second]) {
        // The collector decides when it gives memory back: some slack on top of what is in use.
        const more = (resident ?? 0) - (alone ?? 0);
        assert.ok(more < 1.5 * MEMORY, `${Math.round(more / MEGABYTE)} MB more`);
      }
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
  },
);

s.run();
