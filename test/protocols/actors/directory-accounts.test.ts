import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reference } from '../../../protocols/directory/entry.ts';
import { ldapFileTime } from '../../../protocols/directory/stamps.ts';
import { withValues } from '../../../protocols/directory/values.ts';
import type { Account } from '../../../protocols/kdc/accounts.ts';
import { realm } from '../../../protocols/kdc/realm.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { accountsFrom } from '../kdc/listed-accounts.ts';
import { corpDirectory, MADE, SID } from './corp-directory.ts';

const s = suite('directory-accounts');

const DAY = 86_400_000;
const PASSWORD = 'Passw0rd!';

const corp = () =>
  corpDirectory({
    accounts: [
      {
        sAMAccountName: 'alice',
        rid: 1105,
        secret: { password: PASSWORD },
        memberOf: ['Protected Users', 'Staff', 'Printers'],
        attributes: { userPrincipalName: 'alice@contoso.com', displayName: 'Alice Example' },
      },
      { sAMAccountName: 'bob', rid: 1106, secret: { password: 'Secret2!' } },
      {
        sAMAccountName: 'FILES$',
        rid: 1201,
        secret: { password: 'machine' },
        attributes: {
          servicePrincipalName: ['HOST/files.contoso.com', 'nfs/files.contoso.com'],
          altSecurityIdentities: 'Kerberos:files@MIT.EXAMPLE',
          'msDS-SupportedEncryptionTypes': 0x18,
        },
      },
    ],
    groups: [
      { name: 'Staff', rid: 1301, memberOf: ['Everybody'] },
      { name: 'Everybody', rid: 1302, scope: 'universal', memberOf: ['Doors'] },
      { name: 'Printers', rid: 1303, scope: 'domainLocal' },
      { name: 'Doors', rid: 1304, scope: 'domainLocal', memberOf: ['Cellars'] },
      { name: 'Cellars', rid: 1305, scope: 'domainLocal' },
    ],
    trusts: [
      {
        partner: 'fabrikam.com',
        flatName: 'FABRIKAM',
        sid: 'S-1-5-21-7-8-9',
        direction: 'bidirectional',
        secret: { password: 'shared' },
      },
    ],
  });

const keysOf = (account: Account | undefined): readonly string[] =>
  (account?.keys ?? []).flatMap(({ kvno, salt, keys }) =>
    keys.map(({ etype, bytes }) => `${kvno} ${salt} ${etype} ${toHex(bytes)}`),
  );

s('the same accounts as a list in memory makes, by every name', () => {
  const { accounts, scans } = corp();
  const own = realm({
    name: 'CONTOSO.COM',
    flatName: 'CONTOSO',
    sid: SID,
    dnsHostName: 'dc1.contoso.com',
  });
  const listed = accountsFrom(
    [
      {
        sAMAccountName: 'alice',
        rid: 1105,
        secret: { kind: 'password', password: PASSWORD },
        userPrincipalName: 'alice@contoso.com',
        groups: [
          { name: 'Protected Users', rid: 525 },
          { name: 'Staff', rid: 1301 },
          { name: 'Everybody', rid: 1302, scope: 'universal' },
        ],
      },
      {
        sAMAccountName: 'FILES$',
        rid: 1201,
        secret: { kind: 'password', password: 'machine' },
        servicePrincipalName: ['HOST/files.contoso.com', 'nfs/files.contoso.com'],
      },
    ],
    own,
    [
      {
        realm: 'fabrikam.com',
        flatName: 'FABRIKAM',
        securityIdentifier: 'S-1-5-21-7-8-9',
        direction: 'bidirectional',
        secret: { kind: 'password', password: 'shared' },
      },
    ],
  );
  const alice = accounts.bySAMAccountName('ALICE');
  const other = listed.bySAMAccountName('alice');
  assert.equal(keysOf(alice), keysOf(other));
  for (const name of ['objectSid', 'primaryGroupID', 'userAccountControl', 'extraSids'] as const) {
    assert.equal(alice?.[name], other?.[name], name);
  }
  const rids = (account: Account | undefined) =>
    account?.groups.map(({ relativeId }) => relativeId).sort((a, b) => a - b);
  assert.equal(rids(alice), rids(other));
  assert.is(accounts.byUserPrincipalName('Alice@Contoso.com'), alice);
  assert.is(accounts.byObjectSid(`${SID}-1105`), alice);
  const files = accounts.bySAMAccountName('files$');
  assert.equal(keysOf(files), keysOf(listed.bySAMAccountName('FILES$')));
  assert.equal(accounts.byServicePrincipalName('host/FILES.contoso.com'), [files]);
  assert.equal(accounts.byServicePrincipalName('host/nowhere'), []);
  assert.is(accounts.byAltSecurityIdentity('Kerberos:files@MIT.EXAMPLE'), files);
  assert.is(files?.msDSSupportedEncryptionTypes, 0x18);
  assert.is(accounts.krbtgt(0)?.sAMAccountName, 'krbtgt');
  assert.is(accounts.krbtgt(7), undefined);
  const trusts = [accounts.trust('FABRIKAM.com'), listed.trust('FABRIKAM.COM')];
  assert.equal(
    ...(trusts.map((trust) => ({
      ...trust,
      trustAuthIncoming: trust?.trustAuthIncoming?.map((set) => [set.salt, ...set.keys]),
      trustAuthOutgoing: trust?.trustAuthOutgoing?.map((set) => [set.salt, ...set.keys]),
    })) as [unknown, unknown]),
  );
  assert.is(accounts.trust('fabrikam'), accounts.trusts[0]);
  assert.is(scans(), 0, 'no look-up walks through the store');
});

s('groups are no accounts, and what is deleted is gone', () => {
  const { accounts, change } = corp();
  assert.is(accounts.bySAMAccountName('Domain Admins'), undefined);
  assert.is(accounts.bySAMAccountName('mallory'), undefined);
  assert.ok(accounts.bySAMAccountName('bob'));
  change('bob', (entry) => withValues(entry, 'isDeleted', ['TRUE']));
  assert.is(accounts.bySAMAccountName('bob'), undefined);
  assert.is(accounts.byObjectSid(`${SID}-1106`), undefined);
});

s('domain local groups, nested, are what services hear of', () => {
  const { accounts } = corp();
  const alice = accounts.bySAMAccountName('alice') as Account;
  const sids = [alice.objectSid, ...alice.groups.map(({ relativeId }) => `${SID}-${relativeId}`)];
  const groups = accounts.resourceGroups(sids);
  assert.equal(groups.map(({ relativeId }) => relativeId).sort(), [1303, 1304, 1305]);
  assert.ok(groups.every(({ attributes }) => attributes === 0x2000_0007));
  assert.is(accounts.resourceGroups(sids), groups, 'asked again, it is known');
  assert.ok(accounts.tokenSids(alice).includes(`${SID}-1305`));
  assert.equal(accounts.resourceGroups([`${SID}-1106`]), []);
});

s('an account stays the same object until something that it says changes', () => {
  const { accounts, change, record } = corp();
  const alice = accounts.bySAMAccountName('alice');
  change('bob', (entry) => withValues(entry, 'displayName', ['Bob']));
  assert.is(accounts.bySAMAccountName('alice'), alice, 'another account was written');
  change('alice', (entry) => withValues(entry, 'displayName', ['Alice']));
  const renamed = accounts.bySAMAccountName('alice');
  assert.is(renamed?.displayName, 'Alice');
  assert.is(renamed?.keys[0]?.keys[0], alice?.keys[0]?.keys[0], 'keys outlast the change');
  // A membership is written at the group.
  change('Domain Admins', (entry) =>
    withValues(entry, 'member', [...(entry.attributes.member ?? []), reference(record('alice'))]),
  );
  const admin = accounts.bySAMAccountName('alice');
  assert.ok(admin?.groups.some(({ relativeId }) => relativeId === 512));
  assert.not.ok(renamed?.groups.some(({ relativeId }) => relativeId === 512));
});

s('a new password brings new keys; those before stay behind them', () => {
  const { accounts, change } = corp();
  const before = accounts.bySAMAccountName('bob');
  change('bob', (entry) => ({
    ...entry,
    secrets: [{ kvno: 3, salt: 'CONTOSO.COMbob', password: 'N3w!' }, ...(entry.secrets ?? [])],
  }));
  const after = accounts.bySAMAccountName('bob');
  assert.equal(
    after?.keys.map(({ kvno }) => kvno),
    [3, 2],
  );
  assert.is(after?.keys[1]?.keys[0], before?.keys[0]?.keys[0]);
  assert.is.not(after?.keys[0]?.keys[0], before?.keys[0]?.keys[0]);
});

s('times, lockout and policy come from the account and from the domain', () => {
  const { accounts, change } = corp();
  const bob = accounts.bySAMAccountName('bob');
  assert.is(bob?.passwordExpires, MADE + 42 * DAY);
  assert.is(bob?.accountExpires, undefined);
  assert.is(bob?.lockedOutUntil, undefined);
  change('bob', (entry) =>
    withValues(withValues(entry, 'lockoutTime', [ldapFileTime(MADE + DAY)]), 'accountExpires', [
      ldapFileTime(MADE + 2 * DAY),
    ]),
  );
  const locked = accounts.bySAMAccountName('bob') as Account;
  assert.is(locked.lockedOutUntil, MADE + DAY + 30 * 60_000);
  assert.is(locked.accountExpires, MADE + 2 * DAY);
  assert.equal(accounts.lockoutPolicy(locked), {
    lockoutThreshold: 0,
    lockOutObservationWindow: 30 * 60_000,
    lockoutDuration: 30 * 60_000,
    lockoutAdmins: false,
  });
  change('bob', (entry) => withValues(entry, 'pwdLastSet', ['0']));
  const must = accounts.bySAMAccountName('bob');
  assert.is(must?.pwdLastSet, 0);
  assert.is(must?.passwordExpires, undefined);
});

s.run();
