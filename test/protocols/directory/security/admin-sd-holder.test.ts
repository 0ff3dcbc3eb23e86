import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { draft } from '../../../../protocols/directory/directory.ts';
import { octets, one } from '../../../../protocols/directory/entry.ts';
import { modifyRoot } from '../../../../protocols/directory/root-operations.ts';
import {
  ownsPdcRole,
  PROTECTED_PRINCIPALS,
  protectAdminGroups,
  protectAdminGroupsTask,
  protectedObjects,
} from '../../../../protocols/directory/security/admin-sd-holder.ts';
import { dsacls } from '../../../../protocols/directory/security/dsacls-tool.ts';
import { accountContext } from '../../../../protocols/directory/security/token.ts';
import { CORP, CORP_NOW } from '../corp.ts';
import { type Corp, change, corp, full } from '../operating.ts';

const s = suite('directory/security/admin-sd-holder');

const BOB = 'CN=bob,CN=Users';
const HOLDER = 'CN=AdminSDHolder,CN=System';
const HOUR = 3_600_000;

/** alice administers keys, bob is an ordinary user. */
function keyDomain(): Corp {
  const accounts = (CORP.accounts ?? []).map((account) =>
    account.sAMAccountName === 'alice' ? { ...account, memberOf: ['Key Admins'] } : account,
  );
  return corp({ accounts });
}

function context(domain: Corp, account: string) {
  const [id] = domain.directory.find('sAMAccountName', account);
  const entry = id === undefined ? undefined : domain.directory.entry(id);
  if (entry === undefined) throw new Error(`no account ${account}`);
  return { context: accountContext(domain.directory, domain.domain, entry) };
}

function run(domain: Corp, now = CORP_NOW + HOUR): readonly string[] {
  const { draft: changes, changed } = protectAdminGroups(domain.directory, domain.domain, now);
  const batch = changes.batch();
  if (batch !== undefined) domain.store.write(batch);
  return changed.map((id) => domain.directory.entry(id)?.rdn.value ?? '');
}

/** A key credential link as an administrator may write it: any octets (MS-ADTS 3.1.1.5.3.1.1.6). */
function writeKey(domain: Corp, on: string, as: string): number | undefined {
  const value = change('replace', 'msDS-KeyCredentialLink', `B:8:00020000:${full(on)}`);
  return domain.modify(on, [value], context(domain, as))?.code;
}

function names(domain: Corp): readonly string[] {
  return protectedObjects(domain.directory, domain.domain).map(
    (id) => domain.directory.entry(id)?.rdn.value ?? '',
  );
}

s('a new domain is protected already: nothing changes', () => {
  const domain = corp();
  assert.equal(run(domain), []);
  assert.equal([...names(domain)].sort(), PROTECTED_PRINCIPALS.map(({ name }) => name).sort());
});

s('Key Admins write keys of users, lose the right on administrators, and get it back', () => {
  const domain = keyDomain();
  run(domain);
  assert.is(writeKey(domain, BOB, 'alice'), undefined);
  const joins = change('add', 'member', full(BOB));
  assert.is(domain.modify('CN=Domain Admins,CN=Users', [joins]), undefined);
  // Within the hour nothing has happened yet.
  assert.is(writeKey(domain, BOB, 'alice'), undefined);
  assert.equal(run(domain), ['bob']);
  assert.is(one(domain.entry(BOB), 'adminCount'), '1');
  assert.equal(
    octets(domain.entry(BOB), 'nTSecurityDescriptor'),
    octets(domain.entry(HOLDER), 'nTSecurityDescriptor'),
  );
  assert.is(writeKey(domain, BOB, 'alice'), 50);
  const line = `dsacls "${full(HOLDER)}" /g "CORP\\Key Admins":RPWP;msDS-KeyCredentialLink`;
  const given = dsacls(line, domain.at());
  assert.is(given.ok, true);
  if (given.ok) domain.write({ ok: true, draft: given.draft });
  assert.is(writeKey(domain, BOB, 'alice'), 50);
  const task = change('add', 'runProtectAdminGroupsTask', '1');
  const tasks = { protectAdminGroups: protectAdminGroupsTask };
  assert.is(domain.write(modifyRoot([task], domain.at(), tasks)), undefined);
  assert.is(writeKey(domain, BOB, 'alice'), undefined);
});

s('the task needs its right', () => {
  const domain = keyDomain();
  const task = change('replace', 'runProtectAdminGroupsTask', '1');
  const outcome = modifyRoot([task], domain.at(context(domain, 'alice')), {
    protectAdminGroups: protectAdminGroupsTask,
  });
  assert.is(outcome.ok ? 0 : outcome.code, 50);
});

s('an ACE given to an administrator does not last, adminCount does', () => {
  const domain = corp();
  domain.modify('CN=Domain Admins,CN=Users', [change('add', 'member', full(BOB))]);
  run(domain);
  const given = dsacls(`"${full(BOB)}" /G CORP\\alice:GA`, domain.at());
  if (!given.ok) throw new Error(given.reason);
  domain.write({ ok: true, draft: given.draft });
  assert.equal(run(domain, CORP_NOW + 2 * HOUR), ['bob']);
  assert.equal(run(domain, CORP_NOW + 3 * HOUR), []);
  domain.modify('CN=Domain Admins,CN=Users', [change('delete', 'member', full(BOB))]);
  assert.equal(run(domain, CORP_NOW + 4 * HOUR), []);
  assert.is(one(domain.entry(BOB), 'adminCount'), '1');
  assert.not(names(domain).includes('bob'));
});

s('members count through groups of groups, and by primary group', () => {
  const domain = corp();
  domain.modify('CN=Server Operators,CN=Builtin', [
    change('add', 'member', full('CN=Everyone in Finance,CN=Users')),
  ]);
  const members = ['Everyone in Finance', 'Finance', 'Alice Example'];
  for (const name of members) assert.ok(names(domain).includes(name), name);
  assert.not(names(domain).includes('bob'));
  const admins = 'CN=Domain Admins,CN=Users';
  domain.modify(admins, [change('add', 'member', full(BOB))]);
  domain.modify(BOB, [change('replace', 'primaryGroupID', '512')]);
  domain.modify(admins, [change('delete', 'member', full(BOB))]);
  assert.ok(names(domain).includes('bob'));
});

s('a ring of groups ends', () => {
  const domain = corp();
  const groups = ['CN=Finance,CN=Users', 'CN=Other,CN=Users'] as const;
  domain.add(groups[1], {
    objectClass: 'group',
    sAMAccountName: 'Other',
    groupType: '-2147483646',
  });
  domain.modify(groups[0], [change('add', 'member', full(groups[1]))]);
  domain.modify(groups[1], [change('add', 'member', full(groups[0]))]);
  domain.modify('CN=Domain Admins,CN=Users', [change('add', 'member', full(groups[0]))]);
  assert.ok(names(domain).includes('Other'));
});

s('computers in Domain Controllers are not protected by that', () => {
  assert.not(names(corp()).includes('DC1'));
});

s('dwAdminSDExMask leaves out the operators and their members, one bit each', () => {
  const service = 'CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration';
  const operators = [
    'Account Operators',
    'Server Operators',
    'Print Operators',
    'Backup Operators',
  ];
  for (const [i, name] of operators.entries()) {
    const domain = corp();
    domain.modify(`CN=${name},CN=Builtin`, [change('add', 'member', full(BOB))]);
    assert.ok(names(domain).includes('bob'));
    const heuristics = `000000000100000${(1 << i).toString(16)}`;
    assert.is(domain.modify(service, [change('replace', 'dSHeuristics', heuristics)]), undefined);
    const left = names(domain);
    assert.not(left.includes(name));
    assert.not(left.includes('bob'));
    assert.is(operators.filter((each) => left.includes(each)).length, 3);
  }
});

s('only the PDC does it', () => {
  const domain = corp();
  assert.ok(ownsPdcRole(domain.directory, domain.domain));
  const changes = draft(domain.directory);
  const head = domain.entry('');
  const elsewhere = `<id=${domain.domain.ids.server}>`;
  changes.put({ ...head, attributes: { ...head.attributes, fSMORoleOwner: [elsewhere] } });
  assert.not(ownsPdcRole(changes, domain.domain));
  const outcome = protectAdminGroupsTask(domain.at({ directory: changes }));
  assert.ok(outcome.ok && outcome.draft.batch() === undefined);
});

s('AdminSDHolder that lets inheritance in hands on what each object inherits', () => {
  const domain = keyDomain();
  const opened = dsacls(`"${full(HOLDER)}" /P:N`, domain.at());
  if (!opened.ok) throw new Error(opened.reason);
  domain.write({ ok: true, draft: opened.draft });
  domain.modify('CN=Domain Admins,CN=Users', [change('add', 'member', full(BOB))]);
  run(domain);
  // Key Admins' right at the domain's head reaches administrators then.
  assert.is(writeKey(domain, BOB, 'alice'), undefined);
});

s.run();
