/** Any sequence of writes leaves a directory that agrees with itself. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remove } from '../protocols/directory/delete.ts';
import { backLinks, dnOf } from '../protocols/directory/directory.ts';
import { parseDn, type Rdn } from '../protocols/directory/dn.ts';
import { type Entry, indexKeys, octets, referred } from '../protocols/directory/entry.ts';
import { isDeleted, isPhantom } from '../protocols/directory/instance.ts';
import { modifyDn } from '../protocols/directory/modify-dn.ts';
import { resolveDn } from '../protocols/directory/names.ts';
import { ATTRIBUTES } from '../protocols/directory/schema.ts';
import { toHex } from '../src/bytes/bytes.ts';
import { type Corp, change, corp, full, quoted } from './protocols/directory/operating.ts';

const s = suite('directory/invariants');

const NAMES = ['A', 'b', 'C c', 'd,e', 'f+g', '#h', 'ä'] as const;
const CLASSES = ['user', 'group', 'computer', 'organizationalUnit', 'contact'] as const;

type Operation =
  | { readonly kind: 'add'; readonly name: number; readonly below: number; readonly is: number }
  | { readonly kind: 'remove' | 'password'; readonly of: number }
  | { readonly kind: 'rename'; readonly of: number; readonly name: number; readonly below: number }
  | {
      readonly kind: 'member' | 'manager' | 'spn' | 'no-member';
      readonly of: number;
      readonly to: number;
    };

const small = fc.nat(40);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), name: small, below: small, is: small }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'password' as const), of: small }),
  fc.record({ kind: fc.constant('rename' as const), of: small, name: small, below: small }),
  fc.record({
    kind: fc.constantFrom(
      'member' as const,
      'manager' as const,
      'spn' as const,
      'no-member' as const,
    ),
    of: small,
    to: small,
  }),
);

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
const escaped = (name: string): string => name.replace(/[,+#]/g, '\\$&');

/** What the sequence may work on: a few objects of the seed, and all that it made. */
function perform(domain: Corp, made: number[], what: Operation): void {
  const dn = (at: number): string => {
    const entry = domain.directory.entry(pick(made, at)) as Entry;
    return dnOf(domain.directory, entry);
  };
  switch (what.kind) {
    case 'add': {
      const attribute = pick(CLASSES, what.is) === 'organizationalUnit' ? 'OU' : 'CN';
      const name = `${attribute}=${escaped(pick(NAMES, what.name))},${dn(what.below)}`;
      if (domain.add(name, { objectClass: pick(CLASSES, what.is) }) === undefined) {
        made.push(resolveDn(domain.directory, name) as number);
      }
      return;
    }
    case 'remove':
      domain.write(remove(pick(made, what.of), { tree: what.of % 3 === 0 }, domain.at()));
      return;
    case 'password':
      domain.modify(dn(what.of), [change('replace', 'unicodePwd', quoted('Passw0rd!'))]);
      return;
    case 'rename': {
      const entry = domain.directory.entry(pick(made, what.of)) as Entry;
      const newRdn: Rdn = { type: entry.rdn.type, value: pick(NAMES, what.name) };
      const newSuperior = { kind: 'dn', rdns: parseDn(dn(what.below)) ?? [] } as const;
      domain.write(modifyDn(entry.id, { newRdn, deleteOldRdn: true, newSuperior }, domain.at()));
      return;
    }
    case 'member':
    case 'no-member':
      domain.modify(dn(what.of), [
        change(what.kind === 'member' ? 'add' : 'delete', 'member', dn(what.to)),
      ]);
      return;
    case 'manager':
      domain.modify(dn(what.of), [change('replace', 'manager', dn(what.to))]);
      return;
    case 'spn':
      domain.modify(dn(what.of), [change('replace', 'servicePrincipalName', `a/${what.to}`)]);
  }
}

function* all(domain: Corp): Generator<Entry> {
  let after = -1;
  for (;;) {
    const ids = domain.directory.scan(after, 1000);
    if (ids.length === 0) return;
    for (const id of ids) {
      const entry = domain.directory.entry(id);
      if (entry !== undefined && !isPhantom(entry)) yield entry;
    }
    after = ids.at(-1) as number;
  }
}

const LINKS = ATTRIBUTES.filter(({ linkId }) => linkId !== undefined && linkId % 2 === 0);

/** S-1-5-21 with four more parts. */
const DOMAIN_SIDS = '010500000000000515000000';

function check(domain: Corp): void {
  const { directory } = domain;
  const guids = new Set<string>();
  const sids = new Set<string>();
  const keys = new Map<string, Set<number>>();
  for (const entry of all(domain)) {
    const dn = dnOf(directory, entry);
    assert.is(resolveDn(directory, dn), entry.id, dn);
    assert.ok(directory.children(entry.parent).includes(entry.id), dn);
    const guid = toHex(octets(entry, 'objectGUID') ?? new Uint8Array());
    assert.not.ok(guids.has(guid), `${dn} has a GUID twice`);
    guids.add(guid);
    const sid = toHex(octets(entry, 'objectSid') ?? new Uint8Array());
    // Well-known principals stand in two naming contexts; a domain's own SIDs are given once.
    assert.not.ok(sid.startsWith(DOMAIN_SIDS) && sids.has(sid), `${dn} has a SID twice`);
    sids.add(sid);
    for (const schema of LINKS) {
      for (const value of entry.attributes[schema.name] ?? []) {
        const target = directory.entry(referred(value) ?? -1);
        assert.ok(target, `${dn} has ${schema.name} to nothing`);
        assert.not.ok(isDeleted(entry), `${dn} is deleted and has ${schema.name}`);
        const container = target?.rdn.value === 'Deleted Objects';
        if (target !== undefined && !container)
          assert.not.ok(isDeleted(target), `${dn} to deleted`);
      }
    }
    for (const id of backLinks(directory, 'memberOf', entry.id)) {
      const members = directory.entry(id)?.attributes.member ?? [];
      assert.ok(
        members.some((value) => referred(value) === entry.id),
        dn,
      );
    }
    for (const [index, key] of indexKeys(entry)) {
      const name = `${index}\u0000${key}`;
      keys.set(name, (keys.get(name) ?? new Set()).add(entry.id));
    }
  }
  for (const [name, ids] of keys) {
    const [index, key] = name.split('\u0000') as [string, string];
    const found = domain.store
      .find(index, key)
      .filter((id) => !isPhantom(directory.entry(id) as Entry));
    assert.equal(
      found,
      [...ids].sort((a, b) => a - b),
      name,
    );
  }
}

s('names, links, indexes and identifiers agree after any sequence of writes', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 5, maxLength: 60 }), (operations) => {
      const domain = corp();
      const made = ['CN=Users', 'OU=Sales', 'CN=bob,CN=Users', 'CN=Finance,CN=Users'].map((dn) =>
        domain.id(full(dn)),
      );
      for (const what of operations) perform(domain, made, what);
      check(domain);
    }),
    { seed: 1, numRuns: 20 },
  );
});

s('the seed itself agrees', () => check(corp()));

s.run();
