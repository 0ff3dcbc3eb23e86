import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remove } from '../../../protocols/directory/delete.ts';
import { dnOf } from '../../../protocols/directory/directory.ts';
import { type BaseName, parseBase } from '../../../protocols/directory/dn.ts';
import type { Filter } from '../../../protocols/directory/filter.ts';
import { ROOT } from '../../../protocols/directory/names.ts';
import { attribute } from '../../../protocols/directory/schema.ts';
import {
  type Scope,
  type SearchRequest,
  search,
  selection,
  visibleValues,
} from '../../../protocols/directory/search.ts';
import type { SecurityContext } from '../../../protocols/directory/security/access.ts';
import { encodeDescriptor } from '../../../protocols/directory/security/descriptor.ts';
import { parseSddl } from '../../../protocols/directory/security/sddl.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { CORP_NOW, CORP_SID } from './corp.ts';
import { type Corp, change, corp, full, SYSTEM } from './operating.ts';

const s = suite('directory/search');

const ANY: Filter = { kind: 'present', attribute: 'objectClass' };
const equal = (name: string, value: string): Filter => ({
  kind: 'equal',
  attribute: name,
  value: utf8(value),
});

function found(
  domain: Corp,
  dn: string,
  scope: Scope,
  filter: Filter = ANY,
  more: Partial<SearchRequest> & { readonly context?: SecurityContext } = {},
) {
  const { context = domain.token('Administrator'), ...rest } = more;
  return search(
    domain.directory,
    { base: parseBase(full(dn)) as BaseName, baseText: dn, scope, filter, limit: 1000, ...rest },
    context,
    { now: CORP_NOW, domain: domain.domain, context },
  );
}

const names = (domain: Corp, outcome: ReturnType<typeof found>): readonly string[] =>
  outcome.ok ? outcome.entries.map((entry) => dnOf(domain.directory, entry)) : [`${outcome.code}`];

s('the object, what is right below, and all below', () => {
  const domain = corp();
  const alice = full('CN=Alice Example,OU=Sales');
  assert.equal(names(domain, found(domain, 'OU=Sales', 'base')), [full('OU=Sales')]);
  assert.equal(names(domain, found(domain, 'OU=Sales', 'one')), [alice]);
  assert.equal(names(domain, found(domain, 'OU=Sales', 'subtree')), [full('OU=Sales'), alice]);
  assert.equal(names(domain, found(domain, 'OU=Sales', 'one', equal('cn', 'x'))), []);
  const below = names(domain, found(domain, '', 'one'));
  assert.ok(below.includes(full('CN=Users')));
  assert.not.ok(below.includes('CN=Configuration,DC=corp,DC=example'));
});

s('a subtree ends at the next naming context, unless all are meant', () => {
  const domain = corp();
  const heads: Filter = {
    kind: 'or',
    filters: [equal('objectClass', 'configuration'), equal('objectClass', 'dMD')],
  };
  assert.equal(names(domain, found(domain, '', 'subtree', heads)), []);
  const all = found(domain, '', 'subtree', heads, { phantomRoot: true });
  assert.is(names(domain, all).length, 2);
  const root = { base: { kind: 'id', id: ROOT }, phantomRoot: true } as const;
  assert.is(names(domain, found(domain, '', 'subtree', heads, root)).length, 2);
  const person = equal('sAMAccountName', 'bob');
  assert.equal(names(domain, found(domain, '', 'subtree', person, root)), [
    full('CN=bob,CN=Users'),
  ]);
  const above = { base: parseBase('DC=example') as BaseName, phantomRoot: true };
  assert.equal(names(domain, found(domain, '', 'subtree', person, above)), [
    full('CN=bob,CN=Users'),
  ]);
});

s('a base that is not there names the lowest that is', () => {
  const domain = corp();
  const refused = found(domain, 'CN=x,OU=y,CN=Users', 'base');
  assert.not.ok(refused.ok);
  if (refused.ok) return;
  assert.equal([refused.code, refused.win32], [32, 0x208d]);
  assert.is(refused.matchedDn, full('CN=Users'));
  assert.match(
    refused.message,
    /^0000208D: NameErr: .*problem 2001 \(NO_OBJECT\), data 0, best match of:\n\t'CN=Users,/,
  );
  const phantom = found(domain, '', 'base', ANY, { base: parseBase('DC=example') as BaseName });
  assert.is(phantom.ok ? 0 : phantom.code, 32);
});

s('deleted objects are seen when they are asked for', () => {
  const domain = corp();
  domain.write(remove(domain.id('CN=bob,CN=Users'), { tree: false }, domain.at()));
  const gone = equal('sAMAccountName', 'bob');
  assert.equal(names(domain, found(domain, '', 'subtree', gone)), []);
  assert.is(names(domain, found(domain, '', 'subtree', gone, { showDeleted: true })).length, 1);
});

s('pages follow each other, whether an index or a walk finds them', () => {
  const domain = corp();
  for (let i = 0; i < 25; i++)
    domain.add(`CN=p${i},OU=Sales`, { objectClass: 'contact', description: 'page' });
  for (const filter of [equal('objectClass', 'contact'), equal('description', 'page')]) {
    const seen: string[] = [];
    let after: number | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const outcome = found(domain, '', 'subtree', filter, {
        limit: 10,
        ...(after === undefined ? {} : { after }),
      });
      assert.ok(outcome.ok);
      if (!outcome.ok) return;
      seen.push(...names(domain, outcome));
      after = outcome.more;
      if (after === undefined) break;
    }
    assert.is(new Set(seen).size, 25);
    assert.is(seen.length, 25);
  }
});

s('an index is used where there is one', () => {
  const domain = corp();
  const outcome = found(domain, '', 'subtree', {
    kind: 'and',
    filters: [equal('objectClass', 'user'), equal('sAMAccountName', 'bob')],
  });
  assert.is(outcome.ok ? outcome.visited : -1, 1);
});

/** A DACL by SDDL on an object. */
function guard(domain: Corp, dn: string, sddl: string): void {
  const read = parseSddl(sddl, { domainSid: CORP_SID, rootDomainSid: CORP_SID });
  if (!read.ok) throw new Error(read.reason);
  const refused = domain.modify(
    dn,
    [change('replace', 'nTSecurityDescriptor', encodeDescriptor(read.value))],
    { context: SYSTEM },
  );
  if (refused !== undefined) throw new Error(refused.reason);
}

const RESOLVED: readonly (readonly [string, readonly string[]])[] = [
  ['ali', ['CN=Alice Example,OU=Sales']],
  ['Alice Ex', ['CN=Alice Example,OU=Sales']],
  ['=alice', ['CN=Alice Example,OU=Sales']],
  ['=ali', []],
  ['car blo', ['CN=Carol,CN=Users']],
  ['blo car', ['CN=Carol,CN=Users']],
  ['blo x', []],
];
for (const [text, expected] of RESOLVED) {
  s(`an ambiguous name: ${text}`, () => {
    const domain = corp();
    domain.add('CN=Carol,CN=Users', {
      objectClass: 'user',
      givenName: 'Carol',
      sn: 'Bloom',
      sAMAccountName: 'x1',
    });
    assert.equal(
      names(domain, found(domain, '', 'subtree', equal('anr', text))),
      expected.map(full),
    );
  });
}

s('who may not list a container sees nothing in it', () => {
  const domain = corp();
  guard(domain, 'OU=Sales', 'O:DAG:DAD:P(A;;GA;;;DA)(A;;RP;;;AU)');
  const context = domain.token('bob');
  const alice = equal('sAMAccountName', 'alice');
  assert.equal(names(domain, found(domain, '', 'subtree', alice, { context })), []);
  const direct = found(domain, 'CN=Alice Example,OU=Sales', 'base', ANY, { context });
  assert.is(direct.ok ? 0 : direct.code, 32);
  assert.is(names(domain, found(domain, '', 'subtree', alice)).length, 1);
});

s('what may not be read is not found by it, nor by its absence', () => {
  const domain = corp();
  domain.modify('CN=Alice Example,OU=Sales', [change('replace', 'description', 'secret')]);
  guard(domain, 'CN=Alice Example,OU=Sales', 'O:DAG:DAD:P(A;;GA;;;DA)(A;;LCLORC;;;AU)');
  const context = domain.token('bob');
  const secret = equal('description', 'secret');
  const without: Filter = { kind: 'not', filter: { kind: 'present', attribute: 'description' } };
  const both: Filter = { kind: 'and', filters: [equal('objectClass', 'user'), without] };
  assert.equal(names(domain, found(domain, 'OU=Sales', 'one', secret, { context })), []);
  assert.equal(names(domain, found(domain, 'OU=Sales', 'one', both, { context })), []);
  assert.is(names(domain, found(domain, 'OU=Sales', 'one', secret)).length, 1);
});

s('nobody reads passwords', () => {
  const domain = corp();
  const at = { now: CORP_NOW, domain: domain.domain, context: SYSTEM };
  const bob = domain.entry('CN=bob,CN=Users');
  for (const name of ['unicodePwd', 'supplementalCredentials', 'ntPwdHistory', 'currentValue']) {
    const schema = attribute(name);
    if (schema === undefined) throw new Error(name);
    const holding = { ...bob, attributes: { ...bob.attributes, [name]: [new Uint8Array(16)] } };
    assert.equal(visibleValues(domain.directory, holding, schema, SYSTEM, at), [], name);
  }
});

s('confidential attributes need one right more', () => {
  const domain = corp();
  const schema = attribute('unixUserPassword');
  if (schema === undefined) throw new Error('unixUserPassword');
  domain.modify('CN=bob,CN=Users', [change('replace', 'unixUserPassword', utf8('x'))]);
  const context = domain.token('alice');
  const at = { now: CORP_NOW, domain: domain.domain, context };
  const read = () =>
    visibleValues(domain.directory, domain.entry('CN=bob,CN=Users'), schema, context, at).length;
  guard(domain, 'CN=bob,CN=Users', 'O:DAG:DAD:P(A;;RP;;;AU)');
  assert.is(read(), 0);
  guard(domain, 'CN=bob,CN=Users', 'O:DAG:DAD:P(A;;RPCR;;;AU)');
  assert.is(read(), 1);
});

s('what is computed can be read, and is not searched for', () => {
  const domain = corp();
  const alice = domain.entry('CN=Alice Example,OU=Sales');
  const context = domain.token('Administrator');
  const at = { now: CORP_NOW, domain: domain.domain, context };
  const read = (name: string) => {
    const schema = attribute(name);
    return schema === undefined
      ? []
      : visibleValues(domain.directory, alice, schema, context, at).map(String);
  };
  assert.equal(read('canonicalName'), ['corp.example/Sales/Alice Example']);
  assert.equal(read('msDS-PrincipalName'), ['CORP\\alice']);
  assert.equal(read('msDS-KeyVersionNumber'), ['2']);
  assert.equal(read('structuralObjectClass'), ['user']);
  assert.equal(read('name'), ['Alice Example']);
  assert.is(read('memberOf').length, 2);
  assert.ok(read('tokenGroups').length >= 4);
  assert.ok(read('allowedAttributes').includes('sAMAccountName'));
  assert.ok(read('allowedAttributesEffective').includes('displayName'));
  assert.not.ok(read('allowedAttributesEffective').includes('objectSid'));
  assert.equal(read('sDRightsEffective'), ['7']);
  assert.equal(read('createTimeStamp'), ['20260302080000.0Z']);
  const computed: Filter = { kind: 'present', attribute: 'canonicalName' };
  assert.equal(names(domain, found(domain, '', 'subtree', computed)), []);
});

s('a selection by names, identifiers, ranges and signs', () => {
  const of = (...list: string[]) => {
    const { all, operational, named } = selection(list);
    return [all, operational, ...named.map(({ schema, range }) => [schema.name, range])];
  };
  assert.equal(of(), [true, false]);
  assert.equal(of('*', '+'), [true, true]);
  assert.equal(of('1.1'), [false, false]);
  assert.equal(of('SAMACCOUNTNAME', '2.5.4.3', 'horn'), [
    false,
    false,
    ['sAMAccountName', undefined],
    ['cn', undefined],
  ]);
  assert.equal(of('member;range=0-9'), [false, false, ['member', [0, 9]]]);
  assert.equal(of('member;Range=1500-*'), [
    false,
    false,
    ['member', [1500, Number.POSITIVE_INFINITY]],
  ]);
});

s.run();
