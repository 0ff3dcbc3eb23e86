import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dnOf } from '../../../protocols/directory/directory.ts';
import { type BaseName, parseBase, parseDn, type Rdn } from '../../../protocols/directory/dn.ts';
import { octets, one } from '../../../protocols/directory/entry.ts';
import { modifyDn } from '../../../protocols/directory/modify-dn.ts';
import { descriptorOf } from '../../../protocols/directory/protection.ts';
import {
  decodeDescriptor,
  encodeDescriptor,
} from '../../../protocols/directory/security/descriptor.ts';
import { type Corp, change, corp, full } from './operating.ts';

const s = suite('directory/modify-dn');

const renamed = (
  domain: Corp,
  dn: string,
  newRdn: string,
  newSuperior?: string,
  more: { readonly deleteOldRdn?: boolean; readonly as?: string } = {},
) =>
  domain.write(
    modifyDn(
      domain.id(dn),
      {
        newRdn: (parseDn(newRdn) as readonly [Rdn])[0],
        deleteOldRdn: more.deleteOldRdn ?? true,
        ...(newSuperior === undefined
          ? {}
          : { newSuperior: parseBase(full(newSuperior)) as BaseName }),
      },
      domain.at({ context: domain.token(more.as ?? 'Administrator') }),
    ),
  );

s('a renamed object keeps everything but its name', () => {
  const domain = corp();
  const before = domain.entry('CN=bob,CN=Users');
  assert.is(renamed(domain, 'CN=bob,CN=Users', 'CN=Robert'), undefined);
  const after = domain.entry('CN=Robert,CN=Users');
  assert.is(after.id, before.id);
  assert.is(one(after, 'cn'), 'Robert');
  assert.is(one(after, 'sAMAccountName'), 'bob');
  assert.equal(after.secrets, before.secrets);
  assert.throws(() => domain.id('CN=bob,CN=Users'));
  assert.is(after.stamps?.name?.[0], (before.stamps?.name?.[0] ?? 0) + 1);
});

s('names that point to it follow', () => {
  const domain = corp();
  renamed(domain, 'CN=Alice Example,OU=Sales', 'CN=Alice\\, Baroness', 'CN=Users');
  const alice = domain.entry('CN=Alice\\, Baroness,CN=Users');
  assert.is(dnOf(domain.directory, alice), full('CN=Alice\\, Baroness,CN=Users'));
  assert.is(one(domain.entry('CN=bob,CN=Users'), 'manager'), `<id=${alice.id}>`);
});

s('the case of a name may change', () => {
  const domain = corp();
  assert.is(renamed(domain, 'CN=bob,CN=Users', 'cn=BOB'), undefined);
  assert.is(dnOf(domain.directory, domain.entry('CN=bob,CN=Users')), full('CN=BOB,CN=Users'));
});

s('a moved tree inherits where it is now', () => {
  const domain = corp();
  domain.add('OU=A', { objectClass: 'organizationalUnit' });
  domain.add('OU=B', { objectClass: 'organizationalUnit' });
  domain.add('OU=Inner,OU=A', { objectClass: 'organizationalUnit' });
  domain.add('CN=u,OU=Inner,OU=A', { objectClass: 'user' });
  const mark = 'S-1-5-32-547';
  const has = (dn: string): boolean =>
    descriptorOf(domain.entry(dn)).dacl?.some(({ sid }) => sid === mark) === true;
  const b = domain.entry('OU=B');
  const bytes = octets(b, 'nTSecurityDescriptor') as Uint8Array;
  assert.ok(bytes);
  const marked = withAce(bytes, mark);
  assert.is(
    domain.modify('OU=B', [change('replace', 'nTSecurityDescriptor', marked)], { sdFlags: 4 }),
    undefined,
  );
  assert.not.ok(has('CN=u,OU=Inner,OU=A'));
  assert.is(renamed(domain, 'OU=Inner,OU=A', 'OU=Inner', 'OU=B'), undefined);
  assert.ok(has('OU=Inner,OU=B'));
  assert.ok(has('CN=u,OU=Inner,OU=B'));
  assert.is(renamed(domain, 'OU=Inner,OU=B', 'OU=Inner', 'OU=A'), undefined);
  assert.not.ok(has('CN=u,OU=Inner,OU=A'));
});

const REFUSALS: readonly (readonly [string, string, string, string | undefined, number, number])[] =
  [
    ['a name that is taken', 'CN=bob,CN=Users', 'CN=Guest', undefined, 68, 0x2071],
    ['another naming attribute', 'CN=bob,CN=Users', 'OU=bob', undefined, 64, 0x2073],
    ['a name too long', 'CN=bob,CN=Users', `CN=${'x'.repeat(65)}`, undefined, 19, 0x2082],
    ['below nothing', 'CN=bob,CN=Users', 'CN=bob', 'OU=Nowhere', 32, 0x208d],
    ['below a user', 'CN=Finance,CN=Users', 'CN=Finance', 'CN=bob,CN=Users', 64, 0x2099],
    ['below itself', 'OU=Sales', 'OU=Sales', 'OU=Sales', 53, 0x2077],
    [
      'across naming contexts',
      'CN=bob,CN=Users',
      'CN=bob',
      'CN=Configuration,DC=corp,DC=example',
      71,
      0x20b0,
    ],
    ['what the domain consists of', 'CN=Users', 'CN=People', undefined, 53, 0x2077],
    ['moving what the domain consists of', 'CN=Users', 'CN=Users', 'OU=Sales', 53, 0x2077],
    ['the domain', '', 'DC=other', undefined, 53, 0x2077],
  ];
for (const [name, dn, newRdn, newSuperior, code, win32] of REFUSALS) {
  s(`refused: ${name}`, () => {
    const refused = renamed(corp(), dn, newRdn, newSuperior);
    assert.equal([refused?.code, refused?.win32.toString(16)], [code, win32.toString(16)]);
  });
}

s('the old name is never kept', () => {
  const refused = renamed(corp(), 'CN=bob,CN=Users', 'CN=b', undefined, { deleteOldRdn: false });
  assert.is(refused?.code, 53);
});

s('rights: to rename, to leave, to arrive', () => {
  const domain = corp();
  assert.is(renamed(domain, 'CN=Finance,CN=Users', 'CN=F', undefined, { as: 'bob' })?.code, 50);
  assert.is(
    renamed(domain, 'CN=Finance,CN=Users', 'CN=Finance', 'OU=Sales', { as: 'bob' })?.code,
    50,
  );
});

s('objects of the configuration are renamed where their flags allow it', () => {
  const domain = corp();
  const sites = 'CN=Sites,CN=Configuration,DC=corp,DC=example';
  assert.is(domain.add(`CN=Here,${sites}`, { objectClass: 'site' }), undefined);
  assert.is(renamed(domain, `CN=Here,${sites}`, 'CN=Berlin'), undefined);
  assert.is(
    renamed(domain, `CN=Berlin,${sites}`, 'CN=Berlin', 'CN=Configuration,DC=corp,DC=example')?.code,
    53,
  );
  const schema = 'CN=User,CN=Schema,CN=Configuration,DC=corp,DC=example';
  assert.is(renamed(domain, schema, 'CN=Person2')?.code, 53);
});

/** The descriptor with an inheritable ACE for one more SID. */
function withAce(bytes: Uint8Array, sid: string): Uint8Array {
  const outcome = decodeDescriptor(bytes);
  if (!outcome.ok) throw new Error(outcome.reason);
  const ace = { type: 0, flags: 2, mask: 0x10, sid };
  return encodeDescriptor({ ...outcome.value, dacl: [ace, ...(outcome.value.dacl ?? [])] });
}

s.run();
