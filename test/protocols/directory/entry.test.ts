import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decodeEntry,
  descriptorKey,
  type Entry,
  encodeEntry,
  indexKeys,
  number,
  octets,
  one,
  RecordKind,
  reference,
  referred,
  texts,
  type Value,
} from '../../../protocols/directory/entry.ts';
import { ATTRIBUTES } from '../../../protocols/directory/schema.ts';
import { isOctetSyntax } from '../../../protocols/directory/syntax.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('directory/entry');

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '<id=17>', '<id=0>', '<id=4294967295>', '<id=x>', '<', 'B:4:0123:<id=9>'),
  fc.nat().map((size) => 'ä'.repeat(size % 6_000)),
);

const attributes = fc
  .uniqueArray(fc.constantFrom(...ATTRIBUTES), { maxLength: 12, selector: (row) => row.name })
  .chain((rows) =>
    fc
      .tuple(
        ...rows.map((row) =>
          fc.array<Value>(isOctetSyntax(row.syntax) ? fc.uint8Array({ maxLength: 300 }) : text, {
            minLength: 1,
            maxLength: 4,
          }),
        ),
      )
      .map((values) => Object.fromEntries(rows.map((row, i) => [row.name, values[i] ?? []]))),
  );

const entries = fc.record(
  {
    id: fc.nat(),
    parent: fc.nat(),
    rdn: fc.record({
      type: fc.constantFrom('CN', 'OU', 'DC'),
      value: fc.string({ unit: 'grapheme' }),
    }),
    attributes,
    secrets: fc.array(
      fc.record(
        { kvno: fc.nat(), salt: fc.string(), password: fc.string({ unit: 'binary' }) },
        { requiredKeys: ['kvno', 'salt'] },
      ),
      { maxLength: 3 },
    ),
    stamps: fc.dictionary(
      fc.constantFrom('cn', 'member'),
      fc.tuple(fc.nat(), fc.nat()) as fc.Arbitrary<[number, number]>,
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: ['id', 'parent', 'rdn', 'attributes'] },
);

/** Octets compare by content, wherever they stand. */
function plain(entry: Entry): unknown {
  return JSON.parse(
    JSON.stringify(entry, (_, value) => (value instanceof Uint8Array ? Array.from(value) : value)),
  );
}

s('a record that is written is read as the same', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const back = decodeEntry(entry.id, encodeEntry(entry as Entry));
      assert.equal(plain(back), plain(entry as Entry));
    }),
    { seed: 1, numRuns: 300 },
  );
});

s('a password of unpaired surrogates comes back as it was', () => {
  const password = String.fromCharCode(0xd800, 0x41, 0xdfff, 0xdbff);
  const entry: Entry = {
    id: 1,
    parent: 0,
    rdn: { type: 'CN', value: 'a' },
    attributes: {},
    secrets: [{ kvno: 2, salt: 'X', password }],
  };
  assert.is(decodeEntry(1, encodeEntry(entry)).secrets?.[0]?.password, password);
});

s('a descriptor that stands elsewhere is named, and read from there', () => {
  const descriptor = new Uint8Array(2_000).fill(7);
  const entry: Entry = {
    id: 5,
    parent: 1,
    rdn: { type: 'CN', value: 'a' },
    attributes: { cn: ['a'], nTSecurityDescriptor: [descriptor], objectGUID: [descriptor] },
  };
  const bytes = encodeEntry(entry, () => 900);
  assert.ok(bytes.length < 2_100, 'only objectGUID stands in the record');
  assert.is(
    decodeEntry(5, bytes, () => descriptor).attributes.nTSecurityDescriptor?.[0],
    descriptor,
  );
  assert.throws(() => decodeEntry(5, bytes), /no shared octets in record 900/);
});

s('damaged records are said to be so', () => {
  const entry: Entry = {
    id: 1,
    parent: 0,
    rdn: { type: 'CN', value: 'a' },
    attributes: { cn: ['abc'] },
  };
  const bytes = encodeEntry(entry);
  assert.throws(() => decodeEntry(1, new Uint8Array([9])), /kind 9, expected 1/);
  assert.throws(() => decodeEntry(1, new Uint8Array()), /kind undefined/);
  for (let length = 1; length < bytes.length; length++) {
    assert.throws(() => decodeEntry(1, bytes.subarray(0, length)), undefined, String(length));
  }
  assert.is(bytes[0], RecordKind.ENTRY);
});

s('index keys: place, name, indexed attributes by their syntax', () => {
  const entry: Entry = {
    id: 5,
    parent: 3,
    rdn: { type: 'CN', value: 'Alice  Example' },
    attributes: {
      cn: ['Alice  Example'],
      sAMAccountName: ['ALICE'],
      description: ['not indexed'],
      member: ['<id=4>'],
      'msDS-KeyCredentialLink': ['B:4:0102:<id=8>', 'B:4:0103:<id=8>'],
      objectSid: [hex`0102`],
      nTSecurityDescriptor: [hex`01`],
    },
  };
  assert.equal(indexKeys(entry), [
    ['child', '3/cn=alice example'],
    ['parent', '3'],
    ['name', 'alice example'],
    ['sAMAccountName', 'alice'],
    ['member', '<id=4>'],
    ['msDS-KeyCredentialLink', '<id=8>'],
    ['objectSid', '0102'],
    ['descriptor', descriptorKey(hex`01`)],
  ]);
});

s('a cn that is not the name has a key of its own', () => {
  const keys = indexKeys({
    id: 5,
    parent: 3,
    rdn: { type: 'UID', value: 'a' },
    attributes: { cn: ['b'] },
  });
  assert.ok(keys.some(([index, key]) => index === 'cn' && key === 'b'));
});

s('values by kind', () => {
  const entry: Entry = {
    id: 1,
    parent: 0,
    rdn: { type: 'CN', value: 'a' },
    attributes: { description: ['x', 'y'], objectGUID: [hex`00`], badPwdCount: ['3'] },
  };
  assert.is(one(entry, 'description'), 'x');
  assert.is(one(entry, 'objectGUID'), undefined);
  assert.equal(octets(entry, 'objectGUID'), hex`00`);
  assert.equal(texts(entry, 'description'), ['x', 'y']);
  assert.is(number(entry, 'badPwdCount'), 3);
  assert.is(number(entry, 'logonCount', 7), 7);
  assert.is(referred(reference(17)), 17);
  assert.is(referred('B:2:00:<id=4>'), 4);
  assert.is(referred('CN=<id=4>,DC=x'), undefined);
});

s.run();
