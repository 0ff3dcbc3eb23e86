import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  backLinks,
  type Directory,
  directory,
  dnOf,
  draft,
} from '../../../protocols/directory/directory.ts';
import { type Entry, reference, type Value } from '../../../protocols/directory/entry.ts';
import { attribute } from '../../../protocols/directory/schema.ts';
import { indexForm } from '../../../protocols/directory/syntax.ts';
import { memoryStore } from '../../../src/store/memory.ts';

const s = suite('directory/directory');

const DESCRIPTORS = [1, 2, 3].map((fill) => new Uint8Array(40 * fill).fill(fill));

function entry(
  id: number,
  parent: number,
  name: string,
  attributes: Entry['attributes'] = {},
): Entry {
  return {
    id,
    parent,
    rdn: { type: 'CN', value: name },
    attributes: { cn: [name], ...attributes },
  };
}

function written(...entries: readonly Entry[]) {
  const store = memoryStore();
  const changes = draft(directory(store));
  for (const one of entries) changes.put(one);
  const batch = changes.batch();
  if (batch !== undefined) store.write(batch);
  return store;
}

s('names go from the object to the root', () => {
  const dir = directory(
    written(
      { id: 1, parent: 0, rdn: { type: 'DC', value: 'example' }, attributes: {} },
      {
        id: 2,
        parent: 1,
        rdn: { type: 'DC', value: 'corp' },
        attributes: { objectClass: ['top'] },
      },
      entry(3, 2, 'Smith, J.'),
    ),
  );
  assert.is(dnOf(dir, dir.entry(3) as Entry), 'CN=Smith\\, J.,DC=corp,DC=example');
  assert.is(dir.child(2, { type: 'cn', value: 'SMITH,  J.' }), 3);
  assert.equal(dir.children(1), [2]);
});

s('an entry is decoded once a revision', () => {
  const store = written(entry(1, 0, 'a'));
  const dir = directory(store);
  assert.is(dir.entry(1), dir.entry(1));
  assert.is(directory(store).entry(1), dir.entry(1));
  const changes = draft(dir);
  changes.put(entry(1, 0, 'b'));
  const before = dir.entry(1);
  store.write(changes.batch() as never);
  assert.is.not(dir.entry(1), before);
  assert.is(dir.entry(1)?.rdn.value, 'b');
});

s('back links are answered from the forward link', () => {
  const dir = directory(
    written(
      entry(1, 0, 'group', { member: [reference(2), reference(3)] }),
      entry(2, 0, 'a'),
      entry(3, 0, 'b', { 'msDS-KeyCredentialLink': [`B:4:0102:${reference(2)}`] }),
    ),
  );
  assert.equal(backLinks(dir, 'memberOf', 2), [1]);
  assert.equal(backLinks(dir, 'msDS-KeyCredentialLink-BL', 2), [3]);
  assert.equal(backLinks(dir, 'memberOf', 1), []);
});

s('a draft gives numbers that no record had, and keeps counters', () => {
  const store = written();
  const first = draft(directory(store));
  assert.equal([first.nextId(), first.nextId()], [1, 2]);
  first.setCounter('usn', 7);
  store.write(first.batch() as never);
  const second = draft(directory(store));
  assert.is(second.nextId(), 3);
  assert.is(second.counter('usn'), 7);
  assert.is(draft(directory(store)).batch(), undefined);
});

s('entries with one descriptor share a record, which goes with the last of them', () => {
  const nTSecurityDescriptor = [DESCRIPTORS[0] as Uint8Array];
  const store = written();
  const dir = directory(store);
  const write = (change: (changes: ReturnType<typeof draft>) => void): void => {
    const changes = draft(dir);
    change(changes);
    store.write(changes.batch() as never);
  };
  write((changes) => {
    for (const name of ['a', 'b', 'c']) {
      changes.put(entry(changes.nextId(), 0, name, { nTSecurityDescriptor }));
    }
  });
  assert.is(store.size, 4);
  assert.is(
    dir.entry(1)?.attributes.nTSecurityDescriptor?.[0],
    dir.entry(2)?.attributes.nTSecurityDescriptor?.[0],
  );
  assert.equal(dir.entry(1)?.attributes.nTSecurityDescriptor, nTSecurityDescriptor);
  write((changes) =>
    changes.put(entry(1, 0, 'a', { nTSecurityDescriptor: [DESCRIPTORS[1] as Uint8Array] })),
  );
  assert.is(store.size, 5);
  write((changes) => changes.remove(2));
  write((changes) => changes.remove(3));
  assert.is(store.size, 2, 'one entry and its own descriptor');
  assert.equal(dir.entry(1)?.attributes.nTSecurityDescriptor?.[0], DESCRIPTORS[1]);
});

// What the store holds must be what a plain map of entries would say, whatever happens to it.

const names = ['a', 'B', 'c  d', 'e'];
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      id: fc.integer({ min: 1, max: 8 }),
      parent: fc.integer({ min: 0, max: 3 }),
      name: fc.constantFrom(...names),
      cn: fc.constantFrom(...names),
      member: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
      descriptor: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      id: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write' as const) }) },
);

function modelFind(
  model: ReadonlyMap<number, Entry>,
  name: string,
  form: string,
): readonly number[] {
  const schema = attribute(name);
  const has = ({ attributes }: Entry): boolean =>
    (attributes[name] ?? []).some(
      (value: Value) => schema !== undefined && indexForm(schema.syntax, value) === form,
    );
  return [...model.values()]
    .filter(has)
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}

function same(dir: Directory, model: ReadonlyMap<number, Entry>): void {
  for (let id = 1; id <= 8; id++) {
    assert.equal(dir.entry(id), model.get(id), `entry ${id}`);
    assert.equal(dir.find('member', reference(id)), modelFind(model, 'member', reference(id)));
    const below = [...model.values()].filter(({ parent }) => parent === id).map((one) => one.id);
    assert.equal(
      dir.children(id),
      below.sort((a, b) => a - b),
    );
  }
  for (const name of names) {
    const form = indexForm('unicode', name);
    const named = [...model.values()].filter(
      ({ rdn, attributes }) =>
        indexForm('unicode', rdn.value) === form ||
        indexForm('unicode', attributes.cn?.[0] as string) === form,
    );
    // A look-up may give more than those whose value it is, never less: filters test what comes.
    assert.equal(
      dir.find('cn', name),
      named.map(({ id }) => id).sort((a, b) => a - b),
      name,
    );
    for (let parent = 0; parent <= 3; parent++) {
      const children = [...model.values()].filter(
        (one) => one.parent === parent && indexForm('unicode', one.rdn.value) === form,
      );
      const child = dir.child(parent, { type: 'CN', value: name });
      assert.ok(
        child === undefined ? children.length === 0 : children.some(({ id }) => id === child),
      );
    }
  }
  const entries = dir.scan(0, 100).filter((id) => dir.entry(id) !== undefined);
  assert.equal(
    entries,
    [...model.keys()].sort((a, b) => a - b),
  );
}

s('a draft over a store says what a plain map of entries would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = memoryStore();
      const dir = directory(store);
      // Numbers for shared descriptors come from behind the entries'.
      store.write({ records: [], counters: { id: 100 } });
      const model = new Map<number, Entry>();
      let changes = draft(dir);
      for (const one of steps) {
        if (one.kind === 'put') {
          const { id, parent, name, cn, member } = one;
          const nTSecurityDescriptor = [DESCRIPTORS[one.descriptor] as Uint8Array];
          const made: Entry = {
            id,
            parent,
            rdn: { type: 'CN', value: name },
            attributes: {
              cn: [cn],
              nTSecurityDescriptor,
              ...(member.length === 0 ? {} : { member: member.map(reference) }),
            },
          };
          changes.put(made);
          model.set(id, made);
        } else if (one.kind === 'remove') {
          changes.remove(one.id);
          model.delete(one.id);
        } else {
          same(changes, model);
          const batch = changes.batch();
          if (batch !== undefined) store.write(batch);
          changes = draft(dir);
          same(dir, model);
          const used = new Set(
            [...model.values()].map(({ attributes }) => attributes.nTSecurityDescriptor?.[0]),
          );
          assert.is(store.size, model.size + used.size, 'entries and the descriptors in use');
        }
      }
      same(changes, model);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s.run();
