import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { octets, one, reference } from '../../../protocols/directory/entry.ts';
import { encodeDescriptor } from '../../../protocols/directory/security/descriptor.ts';
import { parseSddl } from '../../../protocols/directory/security/sddl.ts';
import { view } from '../../../src/bytes/bytes.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, change, corp, full, quoted, SYSTEM } from './operating.ts';

const s = suite('directory/account');

const BOB = 'CN=bob,CN=Users';

function group(domain: Corp, name: string, type: string, ...members: readonly string[]): string {
  const dn = `CN=${name},CN=Users`;
  const refused = domain.add(dn, {
    objectClass: 'group',
    sAMAccountName: name,
    groupType: type,
    ...(members.length === 0 ? {} : { member: members.map(full) }),
  });
  if (refused !== undefined) throw new Error(refused.reason);
  return dn;
}

const GLOBAL = '-2147483646';
const LOCAL = '-2147483644';
const UNIVERSAL = '-2147483640';

s('another primary group: out of its list, into that of the old one', () => {
  const domain = corp();
  const dn = group(domain, 'P', GLOBAL, BOB);
  const sid = octets(domain.entry(dn), 'objectSid') as Uint8Array;
  const rid = String(view(sid).getUint32(24, true));
  assert.is(domain.modify(BOB, [change('replace', 'primaryGroupID', rid)]), undefined);
  assert.is(domain.entry(dn).attributes.member, undefined);
  const users = domain.entry('CN=Domain Users,CN=Users').attributes.member ?? [];
  assert.ok(users.includes(reference(domain.id(BOB))));
  const again = domain.modify(dn, [change('add', 'member', full(BOB))]);
  assert.equal([again?.code, again?.win32], [68, 0x562]);
});

const NESTING: readonly (readonly [string, string, number | undefined])[] = [
  [GLOBAL, GLOBAL, undefined],
  [GLOBAL, UNIVERSAL, 0x2145],
  [GLOBAL, LOCAL, 0x2144],
  [UNIVERSAL, GLOBAL, undefined],
  [UNIVERSAL, UNIVERSAL, undefined],
  [UNIVERSAL, LOCAL, 0x2146],
  [LOCAL, GLOBAL, undefined],
  [LOCAL, UNIVERSAL, undefined],
  [LOCAL, LOCAL, undefined],
];
for (const [outer, inner, win32] of NESTING) {
  s(`a group of type ${inner} in one of type ${outer}`, () => {
    const domain = corp();
    const [a, b] = [group(domain, 'A', outer), group(domain, 'B', inner)];
    const refused = domain.modify(a, [change('add', 'member', full(b))]);
    assert.is(refused?.win32, win32);
    assert.is(refused?.code, win32 === undefined ? undefined : 53);
  });
}

s('built-in groups keep their type, and nobody makes more of them', () => {
  const domain = corp();
  const dn = 'CN=Administrators,CN=Builtin';
  assert.is(domain.modify(dn, [change('replace', 'groupType', GLOBAL)])?.code, 53);
  const made = domain.add('CN=B,CN=Users', { objectClass: 'group', groupType: '-2147483643' });
  assert.is(made?.code, 53);
});

/** Bob may write everything on himself, and is no administrator. */
function free(domain: Corp): void {
  const read = parseSddl('O:DAG:DAD:P(A;;GA;;;DA)(A;;GA;;;PS)', {
    domainSid: CORP_SID,
    rootDomainSid: CORP_SID,
  });
  if (!read.ok) throw new Error(read.reason);
  const descriptor = change('replace', 'nTSecurityDescriptor', encodeDescriptor(read.value));
  assert.is(domain.modify(BOB, [descriptor], { context: SYSTEM }), undefined);
}

const FLAGS: readonly (readonly [string, number, number, number | undefined])[] = [
  ['a disabled account', 0x202, 0, undefined],
  ['no password asked for', 0x220, 0, undefined],
  ['a password that never expires', 0x10200, 0, undefined],
  ['not delegated', 0x100200, 0, undefined],
  ['trusted for delegation', 0x80200, 50, 0x522],
  ['trusted to authenticate for delegation', 0x1000200, 50, 0x522],
  ['a domain controller', 0x2000, 50, 5],
  ['a read-only one', 0x4001000, 50, 5],
];
for (const [name, flags, code, win32] of FLAGS) {
  s(`userAccountControl: ${name}, by somebody and by an administrator`, () => {
    const domain = corp();
    free(domain);
    const write = change('replace', 'userAccountControl', String(flags));
    const refused = domain.modify(BOB, [write], { context: domain.token('bob') });
    assert.equal([refused?.code ?? 0, refused?.win32], [code, win32]);
    assert.is(domain.modify(BOB, [write]), undefined);
    assert.is(one(domain.entry(BOB), 'userAccountControl'), String(flags));
  });
}

s('the same flags in a new account', () => {
  const domain = corp();
  const account = {
    objectClass: 'computer',
    sAMAccountName: 'PC$',
    userAccountControl: String(0x81000),
    unicodePwd: quoted('a machine password'),
  };
  const context = domain.token('bob');
  const refused = domain.add('CN=PC,CN=Computers', account, { context });
  assert.equal([refused?.code, refused?.win32], [50, 0x522]);
  assert.is(domain.add('CN=PC,CN=Computers', account), undefined);
});

s('account names: what they may not have', () => {
  const domain = corp();
  for (const name of [
    'a"b',
    'a/b',
    'a\\b',
    'a[b',
    'a:b',
    'a;b',
    'a|b',
    'a=b',
    'a,b',
    'a+b',
    'a*b',
    'a?b',
    'a<b',
    '...',
    ' ',
  ]) {
    const refused = domain.modify(BOB, [change('replace', 'sAMAccountName', name)]);
    assert.equal([refused?.code, refused?.win32], [80, 0x523], name);
    assert.match(
      refused?.message ?? '',
      /^00000523: SysErr: DSID-\w+, problem 22 \(Invalid argument\)/,
    );
  }
  assert.is(domain.modify(BOB, [change('replace', 'sAMAccountName', "bob.o'x-1_2")]), undefined);
});

s.run();
