import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { number, one, texts } from '../../../protocols/directory/entry.ts';
import type { Modification } from '../../../protocols/directory/modify.ts';
import { change, corp, full } from './operating.ts';

const s = suite('directory/modify');

const BOB = 'CN=bob,CN=Users';
const FINANCE = 'CN=Finance,CN=Users';

s('all modifications happen, or none', () => {
  const domain = corp();
  const good = change('replace', 'description', 'x');
  assert.is(domain.modify(BOB, [good, change('add', 'displayName')])?.code, 19);
  assert.is(one(domain.entry(BOB), 'description'), undefined);
  assert.is(domain.modify(BOB, [good, change('replace', 'displayName', 'Bob')]), undefined);
  assert.is(one(domain.entry(BOB), 'displayName'), 'Bob');
});

s('a write leaves whenChanged, uSNChanged and a stamp', () => {
  const domain = corp();
  const before = domain.entry(BOB);
  domain.modify(BOB, [change('replace', 'description', 'x')]);
  domain.modify(BOB, [change('replace', 'description', 'y')]);
  const after = domain.entry(BOB);
  assert.is(one(after, 'whenChanged'), '20260312080000.0Z');
  assert.is(number(after, 'uSNChanged'), domain.directory.counter('usn'));
  assert.ok(number(after, 'uSNChanged') > number(before, 'uSNChanged'));
  assert.is(after.stamps?.description?.[0], 2);
});

type Case = readonly [string, string, readonly Modification[], number, number];

const REFUSALS: readonly Case[] = [
  ['unknown attribute', BOB, [change('replace', 'horn', 'x')], 16, 0x57],
  ['add without values', BOB, [change('add', 'description')], 19, 0x202f],
  ['a second value of one', BOB, [change('add', 'manager', full(BOB))], 19, 0x2081],
  ['another class', FINANCE, [change('add', 'objectClass', 'group')], 69, 0x2017],
  [
    'a member who is one',
    FINANCE,
    [change('add', 'member', full('CN=Alice Example,OU=Sales'))],
    68,
    0x562,
  ],
  ['a member who is none', FINANCE, [change('delete', 'member', full(BOB))], 53, 0x561],
  ['a value that is not there', BOB, [change('delete', 'manager', full(BOB))], 16, 0x2085],
  ['an attribute that is not there', BOB, [change('delete', 'description')], 16, 0x2085],
  ['the same value twice', BOB, [change('replace', 'otherTelephone', '1', '1')], 20, 0x2083],
  ['system-only', BOB, [change('replace', 'objectGUID', new Uint8Array(16))], 19, 0x20b1],
  ['constructed', BOB, [change('replace', 'canonicalName', 'x')], 19, 0x20b1],
  ['a back link', BOB, [change('add', 'memberOf', full(FINANCE))], 19, 0x20b1],
  ['the naming attribute', BOB, [change('replace', 'cn', 'Robert')], 67, 0x2016],
  ['kept by the server', BOB, [change('replace', 'badPwdCount', '0')], 53, 0x209a],
  ['not of the class', BOB, [change('replace', 'groupType', '2')], 65, 0x207d],
  ['no number', BOB, [change('replace', 'codePage', 'x')], 21, 0x200b],
  ['too big a number', BOB, [change('replace', 'codePage', '65536')], 19, 0x2082],
  ['not 32 bits', BOB, [change('replace', 'adminCount', '4294967296')], 21, 0x200b],
  ['no boolean', BOB, [change('replace', 'showInAdvancedViewOnly', 'yes')], 21, 0x200b],
  ['no descriptor', BOB, [change('replace', 'nTSecurityDescriptor', 'x')], 21, 0x200b],
  ['no name', BOB, [change('replace', 'manager', 'x')], 34, 0x208f],
  ['a link to nothing', BOB, [change('replace', 'manager', full('CN=no'))], 19, 0x20b5],
  ['a member from nowhere', FINANCE, [change('add', 'member', full('CN=no'))], 32, 0x208d],
  ['a taken UPN', BOB, [change('replace', 'userPrincipalName', 'ALICE@corp.example')], 19, 0x21c8],
  ['a taken SPN', BOB, [change('add', 'servicePrincipalName', 'HOST/laptop')], 19, 0x21c7],
  ['a taken account name', BOB, [change('replace', 'sAMAccountName', 'Alice')], 68, 0x524],
  ['an account name with a sign', BOB, [change('replace', 'sAMAccountName', 'a/b')], 80, 0x523],
  ['no account name', BOB, [change('delete', 'sAMAccountName')], 65, 0x207c],
  ['two kinds of account', BOB, [change('replace', 'userAccountControl', '4608')], 53, 0x57],
  ['a trust account', BOB, [change('replace', 'userAccountControl', '2048')], 53, 0x57],
  [
    'a read-only controller that is a user',
    BOB,
    [change('replace', 'userAccountControl', String(0x4000200))],
    53,
    0x57,
  ],
  ['a lock by hand', BOB, [change('replace', 'lockoutTime', '1')], 53, 0x57],
  [
    'a primary group without membership',
    BOB,
    [change('replace', 'primaryGroupID', '512')],
    53,
    0x561,
  ],
  ['a group in itself', FINANCE, [change('add', 'member', full(FINANCE))], 53, 0x57],
  [
    'a local group in a global one',
    FINANCE,
    [change('add', 'member', full('CN=Everyone in Finance,CN=Users'))],
    53,
    0x2144,
  ],
  ['from global to local', FINANCE, [change('replace', 'groupType', '-2147483644')], 53, 0x57],
  ['two scopes', FINANCE, [change('replace', 'groupType', '6')], 53, 0x57],
];
for (const [name, dn, modifications, code, win32] of REFUSALS) {
  s(`refused: ${name}`, () => {
    const refused = corp().modify(dn, modifications);
    assert.equal(
      [refused?.code, refused?.win32.toString(16)],
      [code, win32.toString(16)],
      refused?.reason,
    );
  });
}

s('permissive modify lets pass what is so already', () => {
  const domain = corp();
  const alice = full('CN=Alice Example,OU=Sales');
  const as = { permissive: true };
  assert.is(domain.modify(FINANCE, [change('add', 'member', alice)], as), undefined);
  assert.is(domain.modify(FINANCE, [change('delete', 'member', full(BOB))], as), undefined);
  assert.is(domain.modify(BOB, [change('delete', 'description')], as), undefined);
  assert.equal(domain.entry(FINANCE).attributes.member?.length, 1);
});

s('replace with nothing removes, and removing nothing is no error', () => {
  const domain = corp();
  assert.is(domain.modify(BOB, [change('replace', 'description')]), undefined);
  domain.modify(BOB, [change('replace', 'description', 'x')]);
  assert.is(domain.modify(BOB, [change('replace', 'description')]), undefined);
  assert.is(domain.entry(BOB).attributes.description, undefined);
});

s('from global to universal to domain local', () => {
  const domain = corp();
  assert.is(domain.modify(FINANCE, [change('replace', 'groupType', '-2147483640')]), undefined);
  assert.is(domain.modify(FINANCE, [change('replace', 'groupType', '-2147483644')]), undefined);
  assert.is(one(domain.entry(FINANCE), 'sAMAccountType'), '536870912');
});

s('a workstation becomes one by userAccountControl', () => {
  const domain = corp();
  domain.modify(BOB, [change('replace', 'userAccountControl', '4096')]);
  const bob = domain.entry(BOB);
  assert.is(one(bob, 'sAMAccountType'), '805306369');
  assert.is(one(bob, 'primaryGroupID'), '515');
});

s('unlocking clears the count of bad passwords', () => {
  const domain = corp();
  assert.is(domain.modify(BOB, [change('replace', 'lockoutTime', '0')]), undefined);
  assert.is(one(domain.entry(BOB), 'badPwdCount'), '0');
});

s('rights: the attribute, its property set, or nothing', () => {
  const domain = corp();
  const context = domain.token('bob');
  // Personal-Information is RPWP for PRINCIPAL_SELF in every user's default descriptor.
  assert.is(
    domain.modify(BOB, [change('replace', 'telephoneNumber', '1')], { context }),
    undefined,
  );
  const refused = domain.modify(BOB, [change('replace', 'userAccountControl', '512')], { context });
  assert.equal([refused?.code, refused?.win32], [50, 0x2098]);
  const alice = 'CN=Alice Example,OU=Sales';
  assert.is(
    domain.modify(alice, [change('replace', 'telephoneNumber', '1')], { context })?.code,
    50,
  );
});

s('objects are named by SID, GUID and well-known GUID as well', () => {
  const domain = corp();
  const sid = '<SID=S-1-5-21-1004336348-1177238915-682003330-500>';
  assert.is(domain.id(sid), domain.id('CN=Administrator,CN=Users'));
  const users = '<WKGUID=a9d1ca15768811d1aded00c04fd8d5cd,DC=corp,DC=example>';
  assert.is(domain.id(users), domain.id('CN=Users'));
});

s('values are kept as written, and compared by their syntax', () => {
  const domain = corp();
  domain.modify(BOB, [change('add', 'servicePrincipalName', 'HTTP/Web')]);
  assert.is(domain.modify(BOB, [change('delete', 'servicePrincipalName', 'http/web')]), undefined);
  assert.equal(texts(domain.entry(BOB), 'servicePrincipalName'), []);
});

s.run();
