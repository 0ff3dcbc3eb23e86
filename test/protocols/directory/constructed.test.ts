import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { constructedValues } from '../../../protocols/directory/constructed.ts';
import { reference, type Value } from '../../../protocols/directory/entry.ts';
import { attribute } from '../../../protocols/directory/schema.ts';
import { formatSid } from '../../../protocols/pac/sid.ts';
import { CORP_NOW, CORP_SID } from './corp.ts';
import { type Corp, change, corp, quoted, SYSTEM } from './operating.ts';

const s = suite('directory/constructed');

const DAY = 86_400_000;
const ALICE = 'CN=Alice Example,OU=Sales';
const BOB = 'CN=bob,CN=Users';

function read(domain: Corp, dn: string, name: string, now = CORP_NOW): readonly Value[] {
  const schema = attribute(name);
  if (schema === undefined) throw new Error(`no attribute ${name}`);
  const at = { now, domain: domain.domain, context: SYSTEM };
  return constructedValues(domain.directory, domain.entry(dn), schema, at);
}

s('names and places', () => {
  const domain = corp();
  assert.equal(read(domain, ALICE, 'canonicalName'), ['corp.example/Sales/Alice Example']);
  assert.equal(read(domain, '', 'canonicalName'), ['corp.example/']);
  assert.equal(read(domain, ALICE, 'msDS-parentdistname'), [reference(domain.id('OU=Sales'))]);
  assert.equal(read(domain, 'OU=Sales', 'msDS-Approx-Immed-Subordinates'), ['1']);
  assert.equal(read(domain, ALICE, 'parentGUID'), domain.entry('OU=Sales').attributes.objectGUID);
  assert.equal(read(domain, 'CN=Finance,CN=Users', 'primaryGroupToken').length, 1);
  assert.equal(read(domain, ALICE, 'primaryGroupToken'), []);
});

s('tokens: groups of groups, the primary one first', () => {
  const domain = corp();
  const sids = read(domain, ALICE, 'tokenGroups').map((sid) => formatSid(sid as Uint8Array));
  assert.is(sids[0], `${CORP_SID}-513`);
  for (const rid of [525, 1200]) assert.ok(sids.includes(`${CORP_SID}-${rid}`), String(rid));
  assert.ok(sids.includes('S-1-5-32-545'));
  const universal = read(domain, ALICE, 'tokenGroupsGlobalAndUniversal').map((sid) =>
    formatSid(sid as Uint8Array),
  );
  assert.not.ok(universal.includes(`${CORP_SID}-1200`));
  assert.is(read(domain, ALICE, 'msds-tokenGroupNames').length, sids.length);
});

s('membership at any depth, both ways', () => {
  const domain = corp();
  const [inner, outer] = ['CN=Finance,CN=Users', 'CN=Everyone in Finance,CN=Users'].map(domain.id);
  const above = read(domain, ALICE, 'msds-memberOfTransitive');
  for (const id of [inner, outer]) assert.ok(above.includes(reference(id as number)));
  const below = read(domain, 'CN=Everyone in Finance,CN=Users', 'msds-memberTransitive');
  assert.equal(below, [reference(domain.id(ALICE)), reference(inner as number)].sort());
});

s('key versions: of the password, below the number of an RODC', () => {
  const domain = corp();
  assert.equal(read(domain, BOB, 'msDS-KeyVersionNumber'), ['2']);
  domain.modify(BOB, [change('replace', 'unicodePwd', quoted('N3w password'))]);
  assert.equal(read(domain, BOB, 'msDS-KeyVersionNumber'), ['3']);
  const [version] = read(domain, 'CN=krbtgt_4711,CN=Users', 'msDS-KeyVersionNumber');
  assert.is(Number(version) >>> 16, 4711);
  assert.equal(read(domain, 'CN=Finance,CN=Users', 'msDS-KeyVersionNumber'), []);
});

s('locked out, and free again', () => {
  const domain = corp({
    accounts: [
      { sAMAccountName: 'alice' },
      {
        sAMAccountName: 'bob',
        secret: { password: 'x' },
        attributes: { lockoutTime: 134177760000000000n },
      },
    ],
  });
  const flags = (now: number): number =>
    Number(read(domain, BOB, 'msDS-User-Account-Control-Computed', now)[0]);
  const locked = CORP_NOW + 10 * DAY;
  assert.is(flags(locked + 60_000) & 0x10, 0x10);
  assert.is(flags(locked + 30 * 60_000) & 0x10, 0);
});

s('passwords expire after maxPwdAge, or never', () => {
  const domain = corp();
  const flags = (now: number): number =>
    Number(read(domain, BOB, 'msDS-User-Account-Control-Computed', now)[0]);
  assert.is(flags(CORP_NOW + 41 * DAY) & 0x800000, 0);
  assert.is(flags(CORP_NOW + 43 * DAY) & 0x800000, 0x800000);
  domain.modify(BOB, [change('replace', 'userAccountControl', '66048')]);
  assert.is(flags(CORP_NOW + 43 * DAY) & 0x800000, 0);
  assert.equal(read(domain, BOB, 'msDS-UserPasswordExpiryTimeComputed'), ['9223372036854775807']);
  domain.modify(BOB, [
    change('replace', 'userAccountControl', '512'),
    change('replace', 'pwdLastSet', '0'),
  ]);
  assert.equal(read(domain, BOB, 'msDS-UserPasswordExpiryTimeComputed'), ['0']);
  assert.is(flags(CORP_NOW) & 0x800000, 0x800000);
});

s('controllers, read-only and not', () => {
  const domain = corp();
  assert.equal(read(domain, 'CN=AzureADKerberos,OU=Domain Controllers', 'msDS-isRODC'), ['TRUE']);
  assert.equal(read(domain, 'CN=DC1,OU=Domain Controllers', 'msDS-isRODC'), ['FALSE']);
});

s('what may stand below a class, and an object', () => {
  const domain = corp();
  const unit = 'CN=Organizational-Unit,CN=Schema,CN=Configuration,DC=corp,DC=example';
  const below = read(domain, unit, 'possibleInferiors');
  for (const name of ['user', 'computer', 'group', 'organizationalUnit'])
    assert.ok(below.includes(name));
  assert.not.ok(below.includes('site'));
  assert.ok(read(domain, 'OU=Sales', 'allowedChildClasses').includes('user'));
  assert.equal(read(domain, BOB, 'allowedChildClasses').includes('user'), false);
});

s.run();
