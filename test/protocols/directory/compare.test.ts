import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare } from '../../../protocols/directory/compare.ts';
import type { Value } from '../../../protocols/directory/entry.ts';
import { parseSid } from '../../../protocols/pac/sid.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { CORP_NOW, CORP_SID } from './corp.ts';
import { corp, full } from './operating.ts';

const s = suite('directory/compare');

const CASES: readonly (readonly [string, Value, boolean | number])[] = [
  ['sAMAccountName', 'BOB', true],
  ['sAMAccountName', 'alice', false],
  ['userAccountControl', '0512', true],
  ['objectClass', 'person', true],
  ['objectClass', '2.5.6.6', true],
  ['manager', full('cn=ALICE example,ou=sales'), true],
  ['manager', 'not a name', false],
  ['objectSid', parseSid(`${CORP_SID}-500`), false],
  ['distinguishedName', full('CN=bob,CN=Users'), true],
  ['name', 'BOB', true],
  ['msDS-PrincipalName', 'CORP\\bob', true],
  ['displayName', 'x', 16],
  ['unicodePwd', 'x', 16],
  ['horn', 'x', 16],
];
for (const [name, value, expected] of CASES) {
  s(`${name}: ${typeof value === 'string' ? value : 'octets'}`, () => {
    const { directory, domain, id, token } = corp();
    const context = token('Administrator');
    const octets = typeof value === 'string' ? utf8(value) : value;
    const at = { now: CORP_NOW, domain, context };
    const outcome = compare(directory, id('CN=bob,CN=Users'), name, octets, context, at);
    assert.is(outcome.ok ? outcome.equal : outcome.code, expected);
  });
}

s.run();
