import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remove } from '../../../protocols/directory/delete.ts';
import { backLinks, dnOf } from '../../../protocols/directory/directory.ts';
import { formatGuid } from '../../../protocols/directory/dn.ts';
import { octets, one, reference } from '../../../protocols/directory/entry.ts';
import { type Corp, change, corp, full } from './operating.ts';

const s = suite('directory/delete');

const deleted = (domain: Corp, dn: string, tree = false, context = domain.token('Administrator')) =>
  domain.write(remove(domain.id(dn), { tree }, domain.at({ context })));

s('a deleted object becomes a tombstone with a name of its own', () => {
  const domain = corp();
  const before = domain.entry('CN=bob,CN=Users');
  assert.is(deleted(domain, 'CN=bob,CN=Users'), undefined);
  const guid = formatGuid(octets(before, 'objectGUID') as Uint8Array);
  const after = domain.directory.entry(before.id);
  assert.ok(after);
  if (after === undefined) return;
  assert.is(
    dnOf(domain.directory, after),
    `CN=bob\\0ADEL:${guid},CN=Deleted Objects,DC=corp,DC=example`,
  );
  assert.is(domain.id(dnOf(domain.directory, after)), before.id);
  assert.is(one(after, 'isDeleted'), 'TRUE');
  assert.is(one(after, 'lastKnownParent'), reference(before.parent));
  assert.is(one(after, 'msDS-LastKnownRDN'), 'bob');
  assert.is(after.secrets, undefined);
});

s('a tombstone keeps what replication and restoring need, and nothing else', () => {
  const domain = corp();
  const id = domain.id('CN=bob,CN=Users');
  deleted(domain, 'CN=bob,CN=Users');
  const names = Object.keys(domain.directory.entry(id)?.attributes ?? {});
  for (const kept of [
    'objectSid',
    'objectGUID',
    'sAMAccountName',
    'userAccountControl',
    'objectClass',
  ]) {
    assert.ok(names.includes(kept), kept);
  }
  for (const gone of [
    'manager',
    'objectCategory',
    'sAMAccountType',
    'accountExpires',
    'primaryGroupID',
  ]) {
    assert.not.ok(names.includes(gone), gone);
  }
});

s('nobody is a member, a manager or a target any more', () => {
  const domain = corp();
  const alice = domain.id('CN=Alice Example,OU=Sales');
  const finance = domain.id('CN=Finance,CN=Users');
  assert.ok(backLinks(domain.directory, 'memberOf', alice).includes(finance));
  const usn = Number(one(domain.entry('CN=Finance,CN=Users'), 'uSNChanged'));
  deleted(domain, 'CN=Alice Example,OU=Sales');
  assert.equal(backLinks(domain.directory, 'memberOf', alice), []);
  assert.is(domain.entry('CN=Finance,CN=Users').attributes.member, undefined);
  assert.is(domain.entry('CN=bob,CN=Users').attributes.manager, undefined);
  assert.ok(Number(one(domain.entry('CN=Finance,CN=Users'), 'uSNChanged')) > usn);
});

s('the name is free again, and the account name', () => {
  const domain = corp();
  deleted(domain, 'CN=bob,CN=Users');
  assert.is(domain.add('CN=bob,CN=Users', { objectClass: 'user' }), undefined);
  deleted(domain, 'CN=bob,CN=Users');
  assert.is(
    domain.add('CN=bob,CN=Users', { objectClass: 'user', sAMAccountName: 'bob' }),
    undefined,
  );
});

s('a tree goes with the control only, and whole', () => {
  const domain = corp();
  domain.add('OU=A', { objectClass: 'organizationalUnit' });
  domain.add('OU=B,OU=A', { objectClass: 'organizationalUnit' });
  domain.add('CN=u,OU=B,OU=A', { objectClass: 'user' });
  const refused = deleted(domain, 'OU=A');
  assert.equal([refused?.code, refused?.win32], [66, 0x2015]);
  const ids = ['OU=A', 'OU=B,OU=A', 'CN=u,OU=B,OU=A'].map(domain.id);
  assert.is(deleted(domain, 'OU=A', true), undefined);
  for (const id of ids) assert.is(one(domain.directory.entry(id) as never, 'isDeleted'), 'TRUE');
});

const REFUSALS: readonly (readonly [string, string, number, number])[] = [
  ['a built-in account', 'CN=Administrator,CN=Users', 53, 0x55b],
  ['a built-in group', 'CN=Domain Admins,CN=Users', 53, 0x55b],
  ['krbtgt', 'CN=krbtgt,CN=Users', 53, 0x55b],
  ['the domain itself', '', 66, 0x2015],
  ['a container that the domain needs', 'CN=AdminSDHolder,CN=System', 53, 0x20ce],
  ['the controller', 'CN=DC1,OU=Domain Controllers', 66, 0x2015],
];
for (const [name, dn, code, win32] of REFUSALS) {
  s(`refused: ${name}`, () => {
    const refused = deleted(corp(), dn);
    assert.equal([refused?.code, refused?.win32.toString(16)], [code, win32.toString(16)]);
  });
}

s('the controller is not deleted with its tree either', () => {
  const refused = deleted(corp(), 'CN=DC1,OU=Domain Controllers', true);
  assert.is(refused?.code, 53);
});

s('a primary group stays', () => {
  const domain = corp();
  domain.add('CN=P,CN=Users', {
    objectClass: 'group',
    sAMAccountName: 'P',
    member: full('CN=bob,CN=Users'),
  });
  const group = domain.entry('CN=P,CN=Users');
  const rid = Buffer.from(octets(group, 'objectSid') as Uint8Array).readUInt32LE(24);
  assert.is(
    domain.modify('CN=bob,CN=Users', [change('replace', 'primaryGroupID', String(rid))]),
    undefined,
  );
  const refused = deleted(domain, 'CN=P,CN=Users');
  assert.equal([refused?.code, refused?.win32], [53, 0x2149]);
});

s('deleting needs the right, on the object or above it', () => {
  const domain = corp();
  const refused = deleted(domain, 'CN=Finance,CN=Users', false, domain.token('bob'));
  assert.equal([refused?.code, refused?.win32], [50, 5]);
});

s('what is deleted is not deleted again', () => {
  const domain = corp();
  const id = domain.id('CN=bob,CN=Users');
  deleted(domain, 'CN=bob,CN=Users');
  const refused = domain.write(remove(id, { tree: false }, domain.at()));
  assert.is(refused?.code, 53);
});

s.run();
