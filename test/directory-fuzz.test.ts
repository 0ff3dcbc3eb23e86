/** Whatever a client sends, it is answered: no operation throws, and what it wrote can be read. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { add } from '../protocols/directory/add.ts';
import { compare } from '../protocols/directory/compare.ts';
import { parseBase, parseDn } from '../protocols/directory/dn.ts';
import { modify, type Written } from '../protocols/directory/modify.ts';
import { modifyDn } from '../protocols/directory/modify-dn.ts';
import { resolveBase } from '../protocols/directory/names.ts';
import { modifyRoot } from '../protocols/directory/root-operations.ts';
import { ATTRIBUTES, attribute } from '../protocols/directory/schema.ts';
import { search, visibleValues } from '../protocols/directory/search.ts';
import { encodeDescriptor } from '../protocols/directory/security/descriptor.ts';
import { concat, fromHex, utf8, utf16le } from '../src/bytes/bytes.ts';
import { CORP_NOW, CORP_SID } from './protocols/directory/corp.ts';
import { corp, full, SYSTEM } from './protocols/directory/operating.ts';

const s = suite('directory/fuzz');

const TEXTS = [
  '',
  '0',
  '-1',
  '4',
  '512',
  '4096',
  '2147483648',
  '-9223372036854775808',
  '99999999999999999999',
  'TRUE',
  'x',
  'user',
  'group',
  'computer',
  'top',
  'domainDNS',
  '2.5.6.6',
  full('CN=bob,CN=Users'),
  full(''),
  'DC=example',
  'CN=',
  'CN=a+CN=b',
  '<GUID=1>',
  '<SID=S-1-5>',
  '<SID=S-1-99999999999999999-1>',
  '<SID=S-1-5-4294967296>',
  '<SID=0102>',
  '<WKGUID=a9d1ca15768811d1aded00c04fd8d5cd>',
  `<WKGUID=a9d1ca15768811d1aded00c04fd8d5cd,${full('')}>`,
  `<SID=${CORP_SID}-500>`,
  'B:2:AA:CN=x',
  `B:2:AA:${full('')}`,
  'B:999999999:A:',
  `S:3:a:b:${full('')}`,
  '20260101000000.0Z',
  '\u0000',
  '\n',
  'a/b',
  'HOST/x',
  'Passw0rd!',
];
const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS).map(utf8) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'x', 'N3w password').map((text) => utf16le(`"${text}"`)),
  },
  { weight: 1, arbitrary: fc.constant(encodeDescriptor({ control: 0, dacl: [] })) },
  { weight: 1, arbitrary: fc.constant(concat(fromHex('01'), new Uint8Array(19))) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }) },
);
const name = fc.oneof(
  fc.constantFrom(...ATTRIBUTES.map((row) => row.name)),
  fc.constantFrom(
    'objectClass',
    'cn',
    'member',
    'userAccountControl',
    'unicodePwd',
    'nTSecurityDescriptor',
    'groupType',
    'horn',
    '',
  ),
);
const modification = fc.record({
  operation: fc.constantFrom('add' as const, 'delete' as const, 'replace' as const),
  attribute: name,
  values: fc.array(value, { maxLength: 3 }),
});
const base = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ maxLength: 30 }));

const RUNS = { seed: 1, numRuns: 1500 };
const domain = corp();
const TARGETS = [
  'CN=bob,CN=Users',
  'CN=Finance,CN=Users',
  'CN=LAPTOP,CN=Computers',
  'OU=Sales',
  '',
] as const;
const ids = TARGETS.map((dn) => domain.id(dn));
const requesters = [
  domain.token('Administrator'),
  domain.token('bob'),
  domain.token('LAPTOP$'),
  SYSTEM,
];

/** A draft must make a batch; the directory itself stays as it was. */
function sound(outcome: Written | ReturnType<typeof add>): void {
  if (outcome.ok) outcome.draft.batch();
  else assert.ok(outcome.code > 0 && outcome.message.length > 0);
}

s('modify', () => {
  const asked = fc.tuple(
    fc.nat(4),
    fc.nat(3),
    fc.array(modification, { minLength: 1, maxLength: 3 }),
  );
  fc.assert(
    fc.property(asked, ([target, requester, modifications]) => {
      const dn = TARGETS[target] as string;
      const context = requesters[requester] as typeof SYSTEM;
      if (context.system === true) return;
      const refused = corpModify(dn, modifications, context);
      sound(refused);
    }),
    RUNS,
  );
});

function corpModify(
  dn: string,
  modifications: Parameters<typeof modify>[1],
  context: typeof SYSTEM,
) {
  return modify(domain.id(dn), modifications, domain.at({ context }));
}

s('add', () => {
  const attributes = fc.array(fc.record({ name, values: fc.array(value, { maxLength: 3 }) }), {
    maxLength: 4,
  });
  const className = fc.constantFrom(
    'user',
    'group',
    'computer',
    'organizationalUnit',
    'contact',
    'site',
    'horn',
  );
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.nat(2),
      className,
      attributes,
      base,
      (target, requester, of, given, rdn) => {
        const parent = full(TARGETS[target] as string);
        const rdns = parseDn(`CN=${rdn},${parent}`) ?? [];
        const context = requesters[requester] as typeof SYSTEM;
        const asked = {
          rdns,
          dnText: rdn,
          attributes: [{ name: 'objectClass', values: [utf8(of)] }, ...given],
        };
        sound(add(asked, domain.at({ context, rodcPromotion: rdn.length % 7 === 0 })));
      },
    ),
    RUNS,
  );
});

s('modify DN', () => {
  fc.assert(
    fc.property(fc.nat(4), base, base, (target, rdn, superior) => {
      const [newRdn] = parseDn(rdn) ?? [];
      const newSuperior = parseBase(superior);
      if (newRdn === undefined) return;
      const asked = {
        newRdn,
        deleteOldRdn: true,
        ...(newSuperior === undefined ? {} : { newSuperior }),
      };
      sound(modifyDn(ids[target] as number, asked, domain.at()));
    }),
    RUNS,
  );
});

s('search and compare, by any base', () => {
  const at = { now: CORP_NOW, domain: domain.domain, context: requesters[0] as typeof SYSTEM };
  fc.assert(
    fc.property(base, name, value, (text, attributeName, asserted) => {
      const from = parseBase(text);
      if (from === undefined) return;
      const filter = { kind: 'equal', attribute: attributeName, value: asserted } as const;
      const asked = { base: from, baseText: text, filter, limit: 5 };
      for (const scope of ['base', 'one'] as const) {
        const outcome = search(domain.directory, { ...asked, scope }, at.context, at);
        assert.ok(outcome.ok || outcome.code > 0);
      }
      const id = resolveBase(domain.directory, from);
      if (id !== undefined) compare(domain.directory, id, attributeName, asserted, at.context, at);
    }),
    RUNS,
  );
});

s('operations on the rootDSE', () => {
  const operations = fc.constantFrom(
    'replicateSingleObject',
    'runProtectAdminGroupsTask',
    'schemaUpdateNow',
    'x',
  );
  fc.assert(
    fc.property(operations, fc.array(value, { maxLength: 2 }), (attributeName, values) => {
      sound(modifyRoot([{ operation: 'add', attribute: attributeName, values }], domain.at(), {}));
    }),
    RUNS,
  );
});

s('every attribute of every object can be read', () => {
  const at = { now: CORP_NOW, domain: domain.domain, context: requesters[0] as typeof SYSTEM };
  let read = 0;
  for (const id of domain.directory.scan(-1, 10_000)) {
    if (id % 7 !== 0 && !ids.includes(id)) continue;
    const entry = domain.directory.entry(id);
    if (entry === undefined) continue; // a shared descriptor
    for (const { name: each } of ATTRIBUTES) {
      const schema = attribute(each);
      if (schema === undefined) throw new Error(each);
      read += visibleValues(domain.directory, entry, schema, at.context, at).length;
    }
  }
  assert.ok(read > 1_000);
});

s.run();
