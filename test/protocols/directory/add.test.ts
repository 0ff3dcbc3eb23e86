import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { number, octets, one, referred, texts } from '../../../protocols/directory/entry.ts';
import { newKeyCredential } from '../../../protocols/directory/key-credential.ts';
import { dnBinaryText } from '../../../protocols/directory/key-credential-value.ts';
import { sidText } from '../../../protocols/directory/names.ts';
import { decodeDescriptor } from '../../../protocols/directory/security/descriptor.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, change, corp, full, quoted } from './operating.ts';

const s = suite('directory/add');

s('a user has what MS-SAMR gives it', () => {
  const { add, entry, directory } = corp();
  assert.is(add('CN=Carol,CN=Users', { objectClass: 'user', sAMAccountName: 'carol' }), undefined);
  const carol = entry('CN=Carol,CN=Users');
  assert.equal(texts(carol, 'objectClass'), ['top', 'person', 'organizationalPerson', 'user']);
  assert.is(number(carol, 'userAccountControl'), 0x222);
  assert.is(one(carol, 'sAMAccountType'), '805306368');
  assert.is(one(carol, 'primaryGroupID'), '513');
  assert.is(one(carol, 'accountExpires'), '9223372036854775807');
  assert.is(one(carol, 'pwdLastSet'), '0');
  assert.is(one(carol, 'instanceType'), '4');
  assert.is(one(carol, 'cn'), 'Carol');
  assert.is(octets(carol, 'objectGUID')?.length, 16);
  assert.ok(sidText(carol)?.startsWith(`${CORP_SID}-`));
  assert.is(one(carol, 'whenCreated'), '20260312080000.0Z');
  assert.ok(Number(one(carol, 'uSNChanged')) > Number(one(carol, 'uSNCreated')));
  const category = directory.entry(referred(one(carol, 'objectCategory') as string) as number);
  assert.is(category?.rdn.value, 'Person');
});

s('relative identifiers are never given twice', () => {
  const { add, entry } = corp();
  add('CN=One,CN=Users', { objectClass: 'user' });
  add('CN=Two,CN=Users', { objectClass: 'group' });
  const [one_, two] = ['CN=One,CN=Users', 'CN=Two,CN=Users'].map((dn) => sidText(entry(dn)));
  assert.is(Number(two?.split('-').at(-1)), Number(one_?.split('-').at(-1)) + 1);
});

s('an account without a name gets one', () => {
  const { add, entry } = corp();
  add('CN=Nameless,CN=Users', { objectClass: 'user' });
  assert.match(
    one(entry('CN=Nameless,CN=Users'), 'sAMAccountName') ?? '',
    /^\$[A-Z0-9]{6}-[A-Z0-9]{12}$/,
  );
});

s('a computer is a workstation account in Domain Computers', () => {
  const { add, entry } = corp();
  assert.is(
    add('CN=PC1,CN=Computers', { objectClass: 'computer', sAMAccountName: 'PC1$' }),
    undefined,
  );
  const pc = entry('CN=PC1,CN=Computers');
  assert.is(number(pc, 'userAccountControl'), 0x1022);
  assert.is(one(pc, 'sAMAccountType'), '805306369');
  assert.is(one(pc, 'primaryGroupID'), '515');
});

s('a group is global and secure unless it says otherwise', () => {
  const { add, entry } = corp();
  add('CN=G,CN=Users', { objectClass: 'group', sAMAccountName: 'G' });
  add('CN=L,CN=Users', { objectClass: 'group', groupType: '4' });
  assert.is(one(entry('CN=G,CN=Users'), 'groupType'), '-2147483646');
  assert.is(one(entry('CN=G,CN=Users'), 'sAMAccountType'), '268435456');
  assert.is(one(entry('CN=L,CN=Users'), 'sAMAccountType'), '536870913');
});

s('a password may come along, over encrypted connections', () => {
  const { add, entry } = corp();
  const carol = {
    objectClass: 'user',
    sAMAccountName: 'carol',
    userPrincipalName: 'carolyn@corp.example',
    userAccountControl: '512',
    unicodePwd: quoted('Passw0rd!'),
  };
  assert.is(add('CN=Carol,CN=Users', carol, { confidential: false })?.win32, 0x1f);
  assert.is(add('CN=Carol,CN=Users', carol), undefined);
  const made = entry('CN=Carol,CN=Users');
  assert.equal(made.secrets, [{ kvno: 1, salt: 'CORP.EXAMPLEcarolyn', password: 'Passw0rd!' }]);
  assert.is(one(made, 'pwdLastSet'), '134177760000000000');
  assert.is(made.stamps?.unicodePwd?.[0], 1);
  const weak = add('CN=Dave,CN=Users', {
    ...carol,
    sAMAccountName: 'dave',
    userPrincipalName: 'd',
    unicodePwd: quoted('x'),
  });
  assert.equal([weak?.code, weak?.win32], [53, 0x52d]);
});

s('an account is not enabled without a password', () => {
  const { add } = corp();
  const refused = add('CN=Carol,CN=Users', { objectClass: 'user', userAccountControl: '512' });
  assert.equal([refused?.code, refused?.win32], [53, 0x52d]);
});

const REFUSALS: readonly (readonly [
  string,
  string,
  Record<string, string | string[]>,
  number,
  number,
])[] = [
  ['no parent', 'CN=X,OU=Nowhere', { objectClass: 'user' }, 32, 0x208d],
  ['no class', 'CN=X,CN=Users', { description: 'x' }, 65, 0x207b],
  ['unknown class', 'CN=X,CN=Users', { objectClass: 'unicorn' }, 16, 0x57],
  ['abstract class', 'CN=X,CN=Users', { objectClass: 'top' }, 65, 0x20a7],
  ['two classes apart', 'CN=X,CN=Users', { objectClass: ['user', 'group'] }, 65, 0x20b4],
  ['system-only class', 'CN=X,CN=Users', { objectClass: 'rIDSet' }, 53, 0x20a6],
  ['wrong naming attribute', 'OU=X,CN=Users', { objectClass: 'user' }, 64, 0x2073],
  ['wrong superior', 'CN=X,CN=bob,CN=Users', { objectClass: 'user' }, 64, 0x2099],
  ['there already', 'CN=BOB,CN=Users', { objectClass: 'user' }, 68, 0x2071],
  ['unknown attribute', 'CN=X,CN=Users', { objectClass: 'user', horn: '1' }, 16, 0x57],
  ['not of the class', 'CN=X,CN=Users', { objectClass: 'user', groupType: '2' }, 65, 0x207d],
  ['system-only attribute', 'CN=X,CN=Users', { objectClass: 'user', uSNChanged: '1' }, 19, 0x20a6],
  [
    'two values of one',
    'CN=X,CN=Users',
    { objectClass: 'user', displayName: ['a', 'b'] },
    19,
    0x2081,
  ],
  ['no values', 'CN=X,CN=Users', { objectClass: 'user', description: [] }, 19, 0x202f],
  [
    'the same twice',
    'CN=X,CN=Users',
    { objectClass: 'group', description: ['a', 'A'] },
    20,
    0x2083,
  ],
  ['another name', 'CN=X,CN=Users', { objectClass: 'user', cn: 'Y' }, 64, 0x2073],
  [
    'account name taken',
    'CN=X,CN=Users',
    { objectClass: 'user', sAMAccountName: 'ALICE' },
    68,
    0x524,
  ],
  [
    'UPN taken',
    'CN=X,CN=Users',
    { objectClass: 'user', userPrincipalName: 'Alice@corp.example' },
    19,
    0x21c8,
  ],
  [
    'SPN taken',
    'CN=X,CN=Users',
    { objectClass: 'user', servicePrincipalName: 'host/laptop' },
    19,
    0x21c7,
  ],
  ['name too long', `CN=${'x'.repeat(65)},CN=Users`, { objectClass: 'user' }, 19, 0x2082],
  ['link to nothing', 'CN=X,CN=Users', { objectClass: 'user', manager: full('CN=no') }, 19, 0x20b5],
  [
    'member who is not',
    'CN=X,CN=Users',
    { objectClass: 'group', member: full('CN=no') },
    32,
    0x208d,
  ],
];
for (const [name, dn, attributes, code, win32] of REFUSALS) {
  s(`refused: ${name}`, () => {
    const { add, store } = corp();
    const before = store.size;
    const refused = add(dn, attributes);
    assert.equal([refused?.code, refused?.win32.toString(16)], [code, win32.toString(16)]);
    assert.is(store.size, before);
  });
}

s('who may not make objects there is told so', () => {
  const { add, token } = corp();
  const context = token('bob');
  const refused = add('CN=X,CN=Users', { objectClass: 'user' }, { context });
  assert.equal([refused?.code, refused?.win32], [50, 5]);
  assert.match(
    refused?.message ?? '',
    /^00000005: SecErr: .*problem 4003 \(INSUFF_ACCESS_RIGHTS\)/,
  );
});

s('any user joins as many computers as the quota says', () => {
  const { add, entry, token } = corp();
  const context = token('bob');
  const joined = (i: number) =>
    add(
      `CN=PC${i},CN=Computers`,
      {
        objectClass: 'computer',
        sAMAccountName: `PC${i}$`,
        dNSHostName: `pc${i}.corp.example`,
        unicodePwd: quoted('a machine password'),
        userAccountControl: '4096',
      },
      { context },
    );
  for (let i = 0; i < 10; i++) assert.is(joined(i), undefined);
  const refused = joined(10);
  assert.equal([refused?.code, refused?.win32], [53, 0x216d]);
  const pc = entry('CN=PC1,CN=Computers');
  assert.equal(pc.secrets?.[0]?.salt, 'CORP.EXAMPLEhostpc1.corp.example');
  assert.is(octets(pc, 'mS-DS-CreatorSID')?.length, 28);
  const descriptor = decodeDescriptor(octets(pc, 'nTSecurityDescriptor') as Uint8Array);
  assert.is(descriptor.ok && descriptor.value.owner, `${CORP_SID}-512`);
  const more = add(
    'CN=PCX,CN=Computers',
    { objectClass: 'computer', description: 'x' },
    { context },
  );
  assert.is(more?.code, 50);
});

s('the RODC promotion control makes a krbtgt account', () => {
  const { add, entry } = corp();
  const made = { objectClass: 'user', sAMAccountName: 'whatever' };
  assert.is(add('CN=krbtgt_RODC1,CN=Users', made, { rodcPromotion: true }), undefined);
  const krbtgt = entry('CN=krbtgt_RODC1,CN=Users');
  const secondary = number(krbtgt, 'msDS-SecondaryKrbTgtNumber');
  assert.ok(secondary >= 1 && secondary <= 65_535);
  assert.is(one(krbtgt, 'sAMAccountName'), `krbtgt${secondary}`);
  assert.is(number(krbtgt, 'userAccountControl'), 0x10202);
  assert.is(krbtgt.secrets?.[0]?.password?.length, 120);
  const wrong = add('CN=g,CN=Users', { objectClass: 'group' }, { rodcPromotion: true });
  assert.equal([wrong?.code, wrong?.win32], [53, 0x57]);
});

s('a new object inherits, and its owner is who made it, or the administrators', () => {
  const { add, entry } = corp();
  add('CN=Carol,CN=Users', { objectClass: 'user' });
  const outcome = decodeDescriptor(
    octets(entry('CN=Carol,CN=Users'), 'nTSecurityDescriptor') as Uint8Array,
  );
  assert.ok(outcome.ok);
  if (!outcome.ok) return;
  assert.is(outcome.value.owner, `${CORP_SID}-512`);
  assert.ok(outcome.value.dacl?.some((ace) => (ace.flags & 0x10) !== 0));
});

/** An account that the container of written back devices is delegated to, as Entra Connect's is. */
function withDevices(): Corp {
  const delegatedTo = [`${CORP_SID}-1400`];
  return corp({
    objects: [{ dn: 'CN=RegisteredDevices', objectClass: 'msDS-DeviceContainer', delegatedTo }],
    accounts: [
      { sAMAccountName: 'sync', rid: 1400, secret: { password: 'Passw0rd!' } },
      { sAMAccountName: 'alice', secret: { password: 'Passw0rd!' } },
    ],
    groups: [],
  });
}

/** MS-DVRJ 3.1.5.1.1.3. */
const DEVICE = {
  objectClass: 'msDS-Device',
  displayName: 'LAPTOP',
  'msDS-DeviceID': new Uint8Array(16).fill(7),
  'msDS-IsEnabled': 'TRUE',
  altSecurityIdentities: 'X509:<SHA1-TP-PUBKEY>00112233445566778899AABBCCDDEEFF00112233AAAA=',
  'msDS-DeviceTrustType': '2',
  'msDS-DeviceObjectVersion': '2',
  'msDS-RegisteredOwner': new Uint8Array([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]),
};

s(
  'devices are written back by whom their container is delegated to, with their transport key',
  () => {
    const domain = withDevices();
    const dn = 'CN=47f577e3-d2d0-4a0a-8aca-e0501098bde4,CN=RegisteredDevices';
    const as = (account: string) => ({ context: domain.token(account) });
    assert.is(domain.add(dn, DEVICE, as('alice'))?.code, 50);
    assert.is(domain.add(dn, DEVICE, as('sync')), undefined);
    assert.is(
      domain.add(dn.replace(/,.*/, ',CN=Users'), DEVICE)?.code,
      64,
      'only in its container',
    );
    const { 'msDS-DeviceID': _, ...nameless } = DEVICE;
    assert.is(domain.add('CN=nameless,CN=RegisteredDevices', nameless, as('sync'))?.code, 65);
    const key = newKeyCredential({ keyMaterial: new Uint8Array([1, 2]), usage: 2, source: 0 });
    const link = change('add', 'msDS-KeyCredentialLink', dnBinaryText(key, full(dn)));
    assert.is(domain.modify(dn, [link], as('alice'))?.code, 50);
    assert.is(domain.modify(dn, [link], as('sync')), undefined);
    const entry = domain.entry(dn);
    assert.is(entry.attributes['msDS-KeyCredentialLink']?.length, 1);
    assert.equal(entry.attributes['msDS-DeviceID'], [DEVICE['msDS-DeviceID']]);
    assert.is(entry.attributes.objectSid, undefined, 'no account');
  },
);

s.run();
