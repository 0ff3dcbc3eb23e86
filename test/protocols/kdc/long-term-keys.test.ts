import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { foldName } from '../../../protocols/kdc/accounts.ts';
import { fullKvno, keyRecords, trustKeyRecords } from '../../../protocols/kdc/long-term-keys.ts';
import { realm } from '../../../protocols/kdc/realm.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { contoso, FILES, KRBTGT } from './contoso.ts';
import { type AccountSeed, accountsFrom, wellKnownGroup } from './listed-accounts.ts';

const accounts = suite('kdc/memory-accounts');

const keysOf = (seed: AccountSeed, name = 'CONTOSO.COM') => {
  const own = realm({ name, flatName: 'X', sid: 'S-1-5-21-1-2-3', dnsHostName: `dc1.${name}` });
  const [account] = accountsFrom([seed], own).all;
  const set = account?.keys[0];
  const keys = Object.fromEntries((set?.keys ?? []).map((k) => [k.etype, toHex(k.bytes)]));
  return { salt: set?.salt, keys };
};
const withPassword = (
  sAMAccountName: string,
  password: string,
  more: object = {},
): AccountSeed => ({
  sAMAccountName,
  rid: 1105,
  secret: { kind: 'password', password },
  ...more,
});

accounts('keys of passwords have the salts of Active Directory', () => {
  assert.equal(keysOf(withPassword('alice', 'Passw0rd!')), {
    salt: 'CONTOSO.COMalice',
    keys: {
      17: '27cf4dcc60502afcedd4931d7d2e2b85',
      18: '2ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde',
      23: 'fc525c9683e8fe067095ba2ddc971889',
    },
  });
  assert.equal(keysOf(withPassword('PC1$', 'Passw0rd!')), {
    salt: 'CONTOSO.COMhostpc1.contoso.com',
    keys: {
      17: 'b93c4fc1fc5a6a813b11e4eabd55ce57',
      18: '6beb7d73ed107aeaf1d823b9021272e3f7f2217d38a7d427d04033fb659d5cf7',
      23: 'fc525c9683e8fe067095ba2ddc971889',
    },
  });
});

// The user of the captured exchange in Kerberos.NET's test data.
accounts('a key that a Windows domain controller used', () => {
  const { keys } = keysOf(withPassword('testuser', 'P@ssw0rd!'), 'CORP.IDENTITYINTERVENTION.COM');
  assert.is(keys[18], '14afa4550b6675c17264b052389a342307052a2827d1b4b336fe26a535688f52');
});

accounts('user principal names and kinds of accounts choose the salt', () => {
  const salt = (seed: AccountSeed) => keysOf(seed).salt;
  const upn = { userPrincipalName: 'foo@bar@X' };
  assert.is(salt(withPassword('alice', 'x', upn)), 'CONTOSO.COMfoo@bar');
  const trust = { userAccountControl: 0x800 };
  assert.is(salt(withPassword('FABRIKAM$', 'x', trust)), 'CONTOSO.COMkrbtgtFABRIKAM');
  assert.is(salt(withPassword('krbtgt', 'x')), 'CONTOSO.COMkrbtgt');
});

accounts('an account is as a new one in Active Directory but for what the seed says', () => {
  const [user, computer, dc, rodc] = accountsFrom(
    [
      withPassword('carol', 'x', { groups: [wellKnownGroup('protected users')] }),
      withPassword('PC1$', 'x', { rid: 1106 }),
      withPassword('DC2$', 'x', { rid: 1107, userAccountControl: 0x2000 }),
      withPassword('RODC$', 'x', { rid: 1108, userAccountControl: 0x4001000 }),
    ],
    contoso().realm,
  ).all;
  assert.is(user?.objectSid, 'S-1-5-21-1-2-3-1105');
  assert.is(user?.userAccountControl, 0x200);
  assert.equal(user?.groups, [
    { relativeId: 513, attributes: 7 },
    { relativeId: 525, attributes: 7 },
  ]);
  assert.is(computer?.userAccountControl, 0x1000);
  assert.is(computer?.primaryGroupID, 515);
  assert.is(dc?.primaryGroupID, 516);
  assert.is(rodc?.primaryGroupID, 521);
  assert.is(contoso().accounts.krbtgt(0)?.userAccountControl, 0x202, 'krbtgt is disabled');
});

accounts('every attribute finds its account, whatever the case', () => {
  const { accounts: found } = contoso([
    withPassword('dora', 'x', { altSecurityIdentities: ['Kerberos:dora@MIT.EDU'], rid: 1300 }),
  ]);
  assert.is(found.bySAMAccountName('ALICE')?.sAMAccountName, 'alice');
  assert.is(found.bySAMAccountName('nobody'), undefined);
  assert.is(found.byUserPrincipalName('Alice@Contoso.com')?.sAMAccountName, 'alice');
  assert.is(found.byObjectSid('S-1-5-21-1-2-3-1105')?.sAMAccountName, 'alice');
  assert.is(found.byAltSecurityIdentity('kerberos:dora@mit.edu')?.sAMAccountName, 'dora');
  assert.equal(
    found.byServicePrincipalName('host/FILES.contoso.com').map((item) => item.sAMAccountName),
    ['FILES$'],
  );
  assert.is(found.krbtgt(7), undefined);
});

accounts('names differ in case, width, kana and marks, and are the same', () => {
  assert.is(foldName('ALICE'), foldName('alice'));
  assert.is(foldName('ａｌｉｃｅ'), foldName('alice'));
  assert.is(foldName('Zoë'), foldName('zoe'));
  assert.is(foldName('サトウ'), foldName('さとう'));
  assert.is.not(foldName('alice'), foldName('alicia'));
});

accounts('domain local groups are told by member', () => {
  const local = { name: 'Readers', rid: 1500, scope: 'domainLocal' } as const;
  const { accounts: found } = contoso([withPassword('dora', 'x', { groups: [local], rid: 1300 })]);
  assert.equal(found.resourceGroups(['S-1-5-21-1-2-3-1300', 'S-1-18-1']), [
    { relativeId: 1500, attributes: 0x20000007 },
  ]);
  assert.equal(found.resourceGroups(['S-1-5-21-1-2-3-1105']), []);
  const dora = found.bySAMAccountName('dora');
  assert.equal(dora?.groups, [{ relativeId: 513, attributes: 7 }], 'not among the global groups');
});

accounts('exports name krbtgt, computers and their services', () => {
  const { realm: own, accounts: found } = contoso();
  const principals = (name: string) => {
    const account = found.bySAMAccountName(name);
    assert.ok(account);
    return [...new Set(keyRecords(own, account).map((record) => record.principal))];
  };
  assert.equal(principals('krbtgt'), ['krbtgt/CONTOSO.COM@CONTOSO.COM']);
  assert.equal(principals('FILES$'), [
    'FILES$@CONTOSO.COM',
    ...(FILES.servicePrincipalName ?? []).map((name) => `${name}@CONTOSO.COM`),
  ]);
  const alice = found.bySAMAccountName('alice');
  assert.ok(alice);
  const records = keyRecords(own, alice);
  assert.equal(
    records.map(({ etype, kvno, salt }) => [etype, kvno, salt]),
    [
      [18, 2, 'CONTOSO.COMalice'],
      [17, 2, 'CONTOSO.COMalice'],
      [23, 2, undefined],
    ],
  );
});

// MS-KILE 3.1.5.8: the number in the upper half, the whole a signed number.
accounts('key versions of read-only KDCs', () => {
  assert.is(fullKvno(0, 2), 2);
  assert.is(fullKvno(27845, 1), 1824849921);
  assert.is(fullKvno(33256, 1), -2115502079);
  assert.is(fullKvno(0x1234, 192272), 0x1234ef10);
  const rodc = withPassword('krbtgt_7', 'x', { msDSSecondaryKrbTgtNumber: 27845, kvno: 1 });
  const { accounts: found, realm: own } = contoso([KRBTGT, rodc]);
  const account = found.krbtgt(27845);
  assert.is(account?.sAMAccountName, 'krbtgt_7');
  assert.ok(account);
  assert.is(keyRecords(own, account)[0]?.kvno, 1824849921);
});

accounts('a trust has the same keys on both sides', () => {
  const secret = { kind: 'password', password: 'between us' } as const;
  const here = contoso([], {}, [
    {
      realm: 'fabrikam.com',
      flatName: 'FABRIKAM',
      securityIdentifier: 'S-1-5-21-4-5-6',
      direction: 'bidirectional',
      secret,
    },
  ]);
  const fabrikam = realm({
    name: 'FABRIKAM.COM',
    flatName: 'FABRIKAM',
    sid: 'S-1-5-21-4-5-6',
    dnsHostName: 'dc.fabrikam.com',
  });
  const there = accountsFrom([], fabrikam, [
    {
      realm: 'CONTOSO.COM',
      flatName: 'CONTOSO',
      securityIdentifier: 'S-1-5-21-1-2-3',
      direction: 'bidirectional',
      secret,
    },
  ]);
  const ours = here.accounts.trust('fabrikam');
  const theirs = there.trust('CONTOSO.COM');
  assert.ok(ours);
  assert.ok(theirs);
  const sorted = (records: ReturnType<typeof trustKeyRecords>) =>
    records.map((record) => `${record.principal} ${record.etype} ${record.key}`).sort();
  assert.equal(
    sorted(trustKeyRecords(here.realm, ours)),
    sorted(trustKeyRecords(fabrikam, theirs)),
  );
  assert.is(ours.trustAuthIncoming?.[0]?.salt, 'CONTOSO.COMkrbtgtFABRIKAM.COM');
});

accounts('one-way trusts have keys in one direction', () => {
  const trust = (direction: 'inbound' | 'outbound') =>
    contoso([], {}, [
      {
        realm: 'FABRIKAM.COM',
        flatName: 'FABRIKAM',
        securityIdentifier: 'S-1-5-21-4-5-6',
        direction,
        secret: { kind: 'password', password: 'x' },
      },
    ]).accounts.trust('FABRIKAM.COM');
  assert.ok(trust('inbound')?.trustAuthIncoming);
  assert.is(trust('inbound')?.trustAuthOutgoing, undefined);
  assert.is(trust('outbound')?.trustAuthIncoming, undefined);
});

accounts.run();
