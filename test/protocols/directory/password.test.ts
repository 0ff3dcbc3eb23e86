import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { one } from '../../../protocols/directory/entry.ts';
import type { Modification } from '../../../protocols/directory/modify.ts';
import { saltOf } from '../../../protocols/directory/password.ts';
import { key, stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { toHex, utf8, utf16le } from '../../../src/bytes/bytes.ts';
import { CORP_NOW } from './corp.ts';
import { change, corp, quoted } from './operating.ts';

const s = suite('directory/password');

const BOB = 'CN=bob,CN=Users';
const DAY = 86_400_000;

const reset = (password: string): readonly Modification[] => [
  change('replace', 'unicodePwd', quoted(password)),
];
const changed = (old: string, next: string): readonly Modification[] => [
  change('delete', 'unicodePwd', quoted(old)),
  change('add', 'unicodePwd', quoted(next)),
];

s('a reset makes new keys with a new version, and pwdLastSet is now', () => {
  const domain = corp();
  const before = domain.entry(BOB);
  assert.is(domain.modify(BOB, reset('N3w password')), undefined);
  const after = domain.entry(BOB);
  const old = before.secrets?.[0];
  assert.equal(after.secrets?.[0], {
    kvno: (old?.kvno ?? 0) + 1,
    salt: 'CORP.EXAMPLEbob',
    password: 'N3w password',
  });
  assert.equal(after.secrets?.[1], old);
  assert.is(one(after, 'pwdLastSet'), '134177760000000000');
  assert.is(after.attributes.unicodePwd, undefined);
  assert.is(after.stamps?.unicodePwd?.[0], (before.stamps?.unicodePwd?.[0] ?? 0) + 1);
});

s('a change asks for the old password, and not for the right to reset', () => {
  const domain = corp();
  const context = domain.token('bob');
  assert.is(domain.modify(BOB, changed('Passw0rd!', 'N3w password'), { context }), undefined);
  assert.is(domain.entry(BOB).secrets?.[0]?.password, 'N3w password');
  const again = { context, now: CORP_NOW + 20 * DAY };
  const wrong = domain.modify(BOB, changed('Passw0rd!', 'N3wer password'), again);
  assert.equal([wrong?.code, wrong?.win32], [19, 0x56]);
  assert.match(
    wrong?.message ?? '',
    /^00000056: AtrErr: .*problem 1005 \(CONSTRAINT_ATT_TYPE\), data 0, Att 9005a \(unicodePwd\)/s,
  );
});

s('the old password is known by its keys alone, too', () => {
  const salt = 'CORP.EXAMPLEkeyed';
  const made = stringToKey(18, 'Passw0rd!', salt);
  assert.is(key(18, made.bytes).etype, 18);
  const domain = corp({
    accounts: [
      { sAMAccountName: 'alice' },
      { sAMAccountName: 'keyed', secret: { keys: { 18: toHex(made.bytes) }, salt } },
    ],
  });
  const dn = 'CN=keyed,CN=Users';
  assert.is(domain.modify(dn, changed('wrong', 'N3w password'))?.win32, 0x56);
  assert.is(domain.modify(dn, changed('Passw0rd!', 'N3w password')), undefined);
});

s('users reset nobody, and change nobody without the old password', () => {
  const domain = corp();
  const context = domain.token('bob');
  const alice = 'CN=Alice Example,OU=Sales';
  const refused = domain.modify(alice, reset('N3w password'), { context });
  assert.equal([refused?.code, refused?.win32], [50, 5]);
  assert.is(domain.modify(BOB, reset('N3w password'), { context })?.code, 50);
});

s('who has nothing but the right to reset does', () => {
  const domain = corp();
  // Account Operators: a full-control ACE on users by their class's default descriptor.
  domain.modify('CN=Account Operators,CN=Builtin', [
    change('add', 'member', 'CN=Alice Example,OU=Sales,DC=corp,DC=example'),
  ]);
  const context = domain.token('alice');
  assert.is(domain.modify(BOB, reset('N3w password'), { context }), undefined);
});

s('only over encrypted connections', () => {
  const domain = corp();
  const refused = domain.modify(BOB, reset('N3w password'), { confidential: false });
  assert.equal([refused?.code, refused?.win32], [53, 0x1f]);
  assert.match(
    refused?.message ?? '',
    /^0000001F: SvcErr: .*problem 5003 \(WILL_NOT_PERFORM\), data 0\n/,
  );
});

const FORMS: readonly (readonly [string, readonly Modification[], number])[] = [
  ['no quotation marks', [change('replace', 'unicodePwd', utf16le('N3w password'))], 53],
  ['UTF-8', [change('replace', 'unicodePwd', utf8('"N3w password"'))], 53],
  ['an odd octet', [change('replace', 'unicodePwd', new Uint8Array(5))], 53],
  ['replace without a value', [change('replace', 'unicodePwd')], 53],
  ['replace with two', [change('replace', 'unicodePwd', quoted('a'), quoted('b'))], 53],
  ['add alone', [change('add', 'unicodePwd', quoted('N3w password'))], 53],
  ['delete alone', [change('delete', 'unicodePwd', quoted('Passw0rd!'))], 19],
  [
    'delete of everything',
    [change('delete', 'unicodePwd'), change('add', 'unicodePwd', quoted('N3w password'))],
    19,
  ],
  ['add and replace', [...changed('Passw0rd!', 'N3w password'), ...reset('x')], 53],
];
for (const [name, modifications, code] of FORMS) {
  s(`refused: ${name}`, () => assert.is(corp().modify(BOB, modifications)?.code, code));
}

const WEAK: readonly (readonly [string, string])[] = [
  ['too short', 'aB3$'],
  ['two kinds of characters', 'abcdefgh12'],
  ['the account name in it', 'xBOB45$zzz'],
];
for (const [name, password] of WEAK) {
  s(`policy: ${name}; 53 for a reset, 19 for a change`, () => {
    const domain = corp();
    const refused = domain.modify(BOB, reset(password));
    assert.equal([refused?.code, refused?.win32], [53, 0x52d]);
    assert.match(refused?.message ?? '', /^0000052D: SvcErr: /);
    const context = domain.token('bob');
    const own = domain.modify(BOB, changed('Passw0rd!', password), { context });
    assert.equal([own?.code, own?.win32], [19, 0x52d]);
    assert.match(own?.message ?? '', /^0000052D: AtrErr: /);
  });
}

s('policy: a word of the display name', () => {
  const alice = corp().modify('CN=Alice Example,OU=Sales', reset('Example123'));
  assert.is(alice?.win32, 0x52d);
});

s('policy: passwords do not come again, unless they are reset to', () => {
  const domain = corp();
  const context = domain.token('bob');
  for (let i = 1; i <= 3; i++) {
    const old = i === 1 ? 'Passw0rd!' : `N3w password ${i - 1}`;
    const at = { context, now: CORP_NOW + i * 10 * DAY };
    assert.is(domain.modify(BOB, changed(old, `N3w password ${i}`), at), undefined);
  }
  const at = { context, now: CORP_NOW + 100 * DAY };
  const refused = domain.modify(BOB, changed('N3w password 3', 'Passw0rd!'), at);
  assert.equal([refused?.code, refused?.win32], [19, 0x52d]);
  assert.is(domain.modify(BOB, reset('Passw0rd!')), undefined);
});

s('policy: not twice within a day, unless it must be changed', () => {
  const domain = corp();
  const context = domain.token('bob');
  const now = CORP_NOW + 10 * DAY;
  assert.is(domain.modify(BOB, changed('Passw0rd!', 'N3w password'), { context, now }), undefined);
  const soon = { context, now: now + DAY - 1 };
  assert.is(domain.modify(BOB, changed('N3w password', 'N3wer password'), soon)?.win32, 0x52d);
  assert.is(domain.modify(BOB, [change('replace', 'pwdLastSet', '0')]), undefined);
  assert.is(domain.modify(BOB, changed('N3w password', 'N3wer password'), soon), undefined);
});

s('a locked-out account changes nothing', () => {
  const seeded = corp({
    accounts: [
      { sAMAccountName: 'alice' },
      {
        sAMAccountName: 'bob',
        secret: { password: 'Passw0rd!' },
        attributes: { lockoutTime: 134177760000000000n },
      },
    ],
  });
  const context = seeded.token('bob');
  const refused = seeded.modify(BOB, changed('Passw0rd!', 'N3w password'), { context });
  assert.equal([refused?.code, refused?.win32], [19, 0x775]);
  const later = { context, now: CORP_NOW + 11 * DAY };
  assert.is(seeded.modify(BOB, changed('Passw0rd!', 'N3w password'), later), undefined);
});

s('a reset that says the password must be changed', () => {
  const domain = corp();
  const both = [...reset('N3w password'), change('replace', 'pwdLastSet', '0')];
  assert.is(domain.modify(BOB, both), undefined);
  assert.is(one(domain.entry(BOB), 'pwdLastSet'), '0');
  assert.is(domain.modify(BOB, [change('replace', 'pwdLastSet', '-1')]), undefined);
  assert.is(one(domain.entry(BOB), 'pwdLastSet'), '134177760000000000');
  assert.is(domain.modify(BOB, [change('replace', 'pwdLastSet', '5')])?.code, 53);
});

s('salts follow the kind of account, at the time of the password', () => {
  const domain = corp();
  assert.is(
    saltOf(domain.entry('CN=LAPTOP,CN=Computers'), domain.domain),
    'CORP.EXAMPLEhostlaptop.corp.example',
  );
  assert.is(domain.modify('CN=LAPTOP,CN=Computers', reset('long machine password')), undefined);
  const laptop = domain.entry('CN=LAPTOP,CN=Computers');
  assert.is(laptop.secrets?.[0]?.salt, 'CORP.EXAMPLEhostlaptop.corp.example');
  domain.modify(BOB, [change('replace', 'userPrincipalName', 'rob/ert@corp.example')]);
  assert.is(domain.entry(BOB).secrets?.[0]?.salt, 'CORP.EXAMPLEbob');
  domain.modify(BOB, reset('N3w password'));
  assert.is(domain.entry(BOB).secrets?.[0]?.salt, 'CORP.EXAMPLErobert');
});

s('krbtgt gets random keys, whatever is asked for', () => {
  const domain = corp();
  assert.is(domain.modify('CN=krbtgt,CN=Users', reset('x')), undefined);
  const secret = domain.entry('CN=krbtgt,CN=Users').secrets?.[0];
  assert.is(secret?.password?.length, 120);
});

s('groups have none', () => {
  assert.is(corp().modify('CN=Finance,CN=Users', reset('N3w password'))?.code, 65);
});

s('an account without a password stays disabled', () => {
  const domain = corp();
  domain.add('CN=Carol,CN=Users', { objectClass: 'user', sAMAccountName: 'carol' });
  const enable = change('replace', 'userAccountControl', '512');
  const refused = domain.modify('CN=Carol,CN=Users', [enable]);
  assert.equal([refused?.code, refused?.win32], [53, 0x52d]);
  assert.is(domain.modify('CN=Carol,CN=Users', [enable, ...reset('Passw0rd!')]), undefined);
});

s.run();
