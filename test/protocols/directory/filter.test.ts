import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { candidates } from '../../../protocols/directory/candidates.ts';
import { constructedValues } from '../../../protocols/directory/constructed.ts';
import type { Entry } from '../../../protocols/directory/entry.ts';
import { compileFilter, type Filter, MatchingRule } from '../../../protocols/directory/filter.ts';
import { isPhantom } from '../../../protocols/directory/instance.ts';
import { ATTRIBUTES, type AttributeSchema } from '../../../protocols/directory/schema.ts';
import { parseSid } from '../../../protocols/pac/sid.ts';
import { fromHex, utf8 } from '../../../src/bytes/bytes.ts';
import { CORP_NOW, CORP_SID } from './corp.ts';
import { type Corp, change, corp, full, SYSTEM } from './operating.ts';

const s = suite('directory/filter');

const octets = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? utf8(value) : value;
const equal = (attribute: string, value: string | Uint8Array): Filter => ({
  kind: 'equal',
  attribute,
  value: octets(value),
});
const rule = (attribute: string, oid: string, value: string): Filter => ({
  kind: 'extensible',
  attribute,
  rule: oid,
  value: octets(value),
  dnAttributes: false,
});
const substrings = (attribute: string, text: string): Filter => {
  const parts = text.split('*');
  const initial = parts[0] ?? '';
  const final = parts.at(-1) ?? '';
  return {
    kind: 'substrings',
    attribute,
    ...(initial === '' ? {} : { initial: utf8(initial) }),
    any: parts.slice(1, -1).map(utf8),
    ...(final === '' ? {} : { final: utf8(final) }),
  };
};
const present = (attribute: string): Filter => ({ kind: 'present', attribute });
const order = (
  kind: 'greaterOrEqual' | 'lessOrEqual',
  attribute: string,
  value: string,
): Filter => ({
  kind,
  attribute,
  value: utf8(value),
});

const domain = corp();
domain.modify('CN=bob,CN=Users', [change('add', 'servicePrincipalName', 'HTTP/web', 'HTTP/web2')]);

function valuesOf(of: Corp) {
  const at = { now: CORP_NOW, domain: of.domain, context: SYSTEM };
  return (entry: Entry, schema: AttributeSchema) =>
    schema.constructed && schema.linkId === undefined
      ? undefined
      : (entry.attributes[schema.name] ?? constructedValues(of.directory, entry, schema, at));
}

const BOB = domain.entry('CN=bob,CN=Users');
const judged = (filter: Filter, entry = BOB): boolean | undefined =>
  compileFilter(filter, domain.directory, valuesOf(domain))(entry);

const CASES: readonly (readonly [string, Filter, boolean | undefined])[] = [
  ['(sAMAccountName=BOB)', equal('sAMAccountName', 'BOB'), true],
  ['(samaccountname=alice)', equal('samaccountname', 'alice'), false],
  ['(1.2.840.113556.1.4.221=bob)', equal('1.2.840.113556.1.4.221', 'bob'), true],
  ['(horn=x)', equal('horn', 'x'), undefined],
  ['(!(horn=x))', { kind: 'not', filter: equal('horn', 'x') }, undefined],
  ['(!(description=x))', { kind: 'not', filter: equal('description', 'x') }, true],
  ['(canonicalName=*)', present('canonicalName'), undefined],
  ['(tokenGroups=S-1-1-0)', equal('tokenGroups', 'S-1-1-0'), undefined],
  ['(objectClass=*)', present('objectClass'), true],
  ['(objectClass=organizationalPerson)', equal('objectClass', 'organizationalPerson'), true],
  ['(objectClass=computer)', equal('objectClass', 'computer'), false],
  ['(objectCategory=person)', equal('objectCategory', 'person'), true],
  [
    '(objectCategory=<dn>)',
    equal('objectCategory', 'CN=Person,CN=Schema,CN=Configuration,DC=corp,DC=example'),
    true,
  ],
  ['(name=bob)', equal('name', 'bob'), true],
  ['(distinguishedName=<dn>)', equal('distinguishedName', full('cn=BOB, cn=users')), true],
  ['(distinguishedName=*bob*)', substrings('distinguishedName', '*bob*'), false],
  ['(manager=<dn>)', equal('manager', full('CN=Alice Example,OU=Sales')), true],
  ['(manager=nonsense)', equal('manager', 'nonsense'), false],
  ['(manager>=<dn>)', order('greaterOrEqual', 'manager', full('CN=bob,CN=Users')), undefined],
  ['(userAccountControl=512)', equal('userAccountControl', '512'), true],
  ['(userAccountControl=0512)', equal('userAccountControl', '0512'), true],
  ['(userAccountControl>=512)', order('greaterOrEqual', 'userAccountControl', '512'), true],
  ['(userAccountControl>=1000)', order('greaterOrEqual', 'userAccountControl', '1000'), false],
  ['(userAccountControl<=99)', order('lessOrEqual', 'userAccountControl', '99'), false],
  [
    '(accountExpires>=2^63-1)',
    order('greaterOrEqual', 'accountExpires', '9223372036854775807'),
    true,
  ],
  ['(userAccountControl<=x)', order('lessOrEqual', 'userAccountControl', 'x'), undefined],
  ['(cn>=a)', order('greaterOrEqual', 'cn', 'a'), true],
  ['(cn<=a)', order('lessOrEqual', 'cn', 'a'), false],
  ['(cn~=BOB)', { kind: 'approximate', attribute: 'cn', value: utf8('BOB') }, true],
  ['(cn=b*)', substrings('cn', 'B*'), true],
  ['(cn=*ob)', substrings('cn', '*ob'), true],
  ['(cn=b*o*b)', substrings('cn', 'b*o*b'), true],
  ['(cn=b*b*b)', substrings('cn', 'b*b*b'), false],
  ['(cn=bob*b)', substrings('cn', 'bob*b'), false],
  ['(servicePrincipalName=HTTP/*)', substrings('servicePrincipalName', 'http/*'), true],
  ['(objectSid=S-1-5-21-...)', equal('objectSid', parseSid(`${CORP_SID}-1`)), false],
  ['(objectGUID=octets)', equal('objectGUID', BOB.attributes.objectGUID?.[0] as Uint8Array), true],
  ['(uac:and:=512)', rule('userAccountControl', MatchingRule.BIT_AND, '512'), true],
  ['(uac:and:=514)', rule('userAccountControl', MatchingRule.BIT_AND, '514'), false],
  ['(uac:or:=514)', rule('userAccountControl', MatchingRule.BIT_OR, '514'), true],
  ['(uac:and:=0)', rule('userAccountControl', MatchingRule.BIT_AND, '0'), true],
  ['(uac:or:=0)', rule('userAccountControl', MatchingRule.BIT_OR, '0'), false],
  ['(uac:and:=x)', rule('userAccountControl', MatchingRule.BIT_AND, 'x'), undefined],
  ['(uac:unknown:=1)', rule('userAccountControl', '1.2.3', '1'), undefined],
  ['(:dn:=x)', { kind: 'extensible', value: utf8('x'), dnAttributes: true }, undefined],
  ['(|(horn=x)(cn=bob))', { kind: 'or', filters: [equal('horn', 'x'), equal('cn', 'bob')] }, true],
  [
    '(|(horn=x)(cn=al))',
    { kind: 'or', filters: [equal('horn', 'x'), equal('cn', 'al')] },
    undefined,
  ],
  [
    '(&(horn=x)(cn=bob))',
    { kind: 'and', filters: [equal('horn', 'x'), equal('cn', 'bob')] },
    undefined,
  ],
  ['(&(horn=x)(cn=al))', { kind: 'and', filters: [equal('horn', 'x'), equal('cn', 'al')] }, false],
  ['(&)', { kind: 'and', filters: [] }, true],
  ['(|)', { kind: 'or', filters: [] }, false],
];
for (const [text, filter, expected] of CASES) {
  s(text, () => assert.is(judged(filter), expected));
}

s('groups of groups, by the rule in chain', () => {
  const alice = domain.entry('CN=Alice Example,OU=Sales');
  const outer = full('CN=Everyone in Finance,CN=Users');
  assert.is(judged(equal('memberOf', outer), alice), false);
  assert.is(judged(rule('memberOf', MatchingRule.TRANSITIVE_EVAL, outer), alice), true);
  assert.is(judged(rule('memberOf', MatchingRule.TRANSITIVE_EVAL, outer)), false);
  const group = domain.entry('CN=Everyone in Finance,CN=Users');
  const member = rule('member', MatchingRule.TRANSITIVE_EVAL, full('CN=Alice Example,OU=Sales'));
  assert.is(judged(member, group), true);
});

s('a circle of groups ends', () => {
  const round = corp();
  const [a, b] = ['CN=RA,CN=Users', 'CN=RB,CN=Users'] as const;
  round.add(a, { objectClass: 'group', groupType: '-2147483640' });
  round.add(b, { objectClass: 'group', groupType: '-2147483640', member: full(a) });
  round.modify(a, [change('add', 'member', full(b))]);
  const filter = rule('memberOf', MatchingRule.TRANSITIVE_EVAL, full(a));
  const test = compileFilter(filter, round.directory, valuesOf(round));
  assert.is(test(round.entry(a)), true);
  assert.is(test(round.entry('CN=bob,CN=Users')), false);
  assert.equal(candidates(filter, round.directory), [round.id(a), round.id(b)]);
});

s('a name with data is found by the name', () => {
  const keyed = corp();
  const dn = full('CN=bob,CN=Users');
  keyed.modify(dn, [change('add', 'msDS-KeyCredentialLink', `B:4:AABB:${dn}`)]);
  const filter = rule('msDS-KeyCredentialLink', MatchingRule.DN_WITH_DATA, dn);
  assert.is(compileFilter(filter, keyed.directory, valuesOf(keyed))(keyed.entry(dn)), true);
  const exact = equal('msDS-KeyCredentialLink', `B:4:aabb:${dn}`);
  assert.is(compileFilter(exact, keyed.directory, valuesOf(keyed))(keyed.entry(dn)), true);
  const other = equal('msDS-KeyCredentialLink', `B:4:AABC:${dn}`);
  assert.is(compileFilter(other, keyed.directory, valuesOf(keyed))(keyed.entry(dn)), false);
});

/** Values that occur, so that random filters match something now and then. */
const VALUES: readonly (string | Uint8Array)[] = [
  'bob',
  'ALICE',
  'krbtgt',
  'user',
  'group',
  'computer',
  'top',
  'person',
  '512',
  '513',
  '-2147483646',
  '4',
  'TRUE',
  '805306368',
  'HTTP/web',
  'host/laptop',
  'alice@corp.example',
  full('CN=bob,CN=Users'),
  full('CN=Finance,CN=Users'),
  full('CN=Alice Example,OU=Sales'),
  full(''),
  full('CN=Everyone in Finance,CN=Users'),
  'S-1-5-32-544',
  `${CORP_SID}-500`,
  'a9d1ca15-7688-11d1-aded-00c04fd8d5cd',
  '',
  '\u0000',
  'x'.repeat(300),
  fromHex('ff00fe'),
  'CN=',
  '<SID=S-1-5-32-544>',
];
const NAMES = [
  'sAMAccountName',
  'cn',
  'name',
  'objectClass',
  'objectCategory',
  'objectSid',
  'objectGUID',
  'member',
  'memberOf',
  'manager',
  'directReports',
  'distinguishedName',
  'servicePrincipalName',
  'userPrincipalName',
  'primaryGroupID',
  'userAccountControl',
  'groupType',
  'isDeleted',
  'msDS-KeyCredentialLink',
  'msDS-KrbTgtLink',
  'msDS-KrbTgtLinkBl',
  'lDAPDisplayName',
  'horn',
  'nTSecurityDescriptor',
  'whenCreated',
  'tokenGroups',
  'systemFlags',
  'uSNChanged',
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ATTRIBUTES.map((row) => row.name)) },
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES).map(octets) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
);
/** Items that find something. */
const HITS: readonly (readonly [string, string])[] = [
  ['sAMAccountName', 'bob'],
  ['sAMAccountName', 'ALICE'],
  ['objectClass', 'user'],
  ['objectClass', 'group'],
  ['objectClass', 'top'],
  ['objectCategory', 'person'],
  ['primaryGroupID', '513'],
  ['memberOf', full('CN=Finance,CN=Users')],
  ['member', full('CN=Alice Example,OU=Sales')],
  ['manager', full('CN=Alice Example,OU=Sales')],
  ['directReports', full('CN=bob,CN=Users')],
  ['distinguishedName', full('CN=bob,CN=Users')],
  ['name', 'users'],
  ['cn', 'bob'],
  ['servicePrincipalName', 'http/WEB'],
  ['objectSid', 'S-1-5-32-544'],
  ['lDAPDisplayName', 'cn'],
];
const hit = fc.oneof(
  fc.constantFrom(...HITS).map(([attribute, text]) => equal(attribute, text)),
  fc
    .constantFrom('memberOf', 'member')
    .map((attribute) =>
      rule(attribute, MatchingRule.TRANSITIVE_EVAL, full('CN=Everyone in Finance,CN=Users')),
    ),
);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 8, arbitrary: hit },
  fc.record({ kind: fc.constant('equal' as const), attribute: name, value }),
  fc.record({
    kind: fc.constantFrom(
      'greaterOrEqual' as const,
      'lessOrEqual' as const,
      'approximate' as const,
    ),
    attribute: name,
    value,
  }),
  fc.record({ kind: fc.constant('present' as const), attribute: name }),
  fc.record({
    kind: fc.constant('substrings' as const),
    attribute: name,
    initial: value,
    any: fc.array(value, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('extensible' as const),
    attribute: name,
    rule: fc.constantFrom(...Object.values(MatchingRule), '1.2.3'),
    value,
    dnAttributes: fc.boolean(),
  }),
);
const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('filter'), { maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
  ),
})).filter;

s('what the indexes answer is what a walk finds', () => {
  const all: Entry[] = [];
  for (const id of domain.directory.scan(-1, 10_000)) {
    const entry = domain.directory.entry(id);
    if (entry !== undefined && !isPhantom(entry)) all.push(entry);
  }
  let answered = 0;
  fc.assert(
    fc.property(filters, (filter) => {
      const ids = candidates(filter, domain.directory);
      if (ids === undefined) return;
      const test = compileFilter(filter, domain.directory, valuesOf(domain));
      const walked = all.filter((entry) => test(entry) === true).map(({ id }) => id);
      const listed = ids.filter((id) => {
        const entry = domain.directory.entry(id);
        return entry !== undefined && !isPhantom(entry) && test(entry) === true;
      });
      assert.equal(listed, walked);
      if (walked.length > 0) answered++;
    }),
    { seed: 1, numRuns: 600 },
  );
  assert.ok(answered > 100, `only ${answered} filters found something`);
});

s('no filter throws, on any entry', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const test = compileFilter(filter, domain.directory, valuesOf(domain));
      for (const dn of ['CN=bob,CN=Users', 'CN=Finance,CN=Users', '']) test(domain.entry(dn));
      candidates(filter, domain.directory);
    }),
    { seed: 2, numRuns: 600 },
  );
});

s.run();
