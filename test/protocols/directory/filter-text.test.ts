import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFilter } from '../../../protocols/directory/filter-text.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';

const filters = suite('filter-text');

function read(text: string) {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason} at ${parsed.at}`);
  return parsed.filter;
}

const equal = (attribute: string, value: string) => ({
  kind: 'equal',
  attribute,
  value: utf8(value),
});

// The examples of RFC 4515 §4.
filters('reads the examples of the standard', () => {
  assert.equal(read('(cn=Babs Jensen)'), equal('cn', 'Babs Jensen'));
  assert.equal(read('(!(cn=Tim Howes))'), { kind: 'not', filter: equal('cn', 'Tim Howes') });
  assert.equal(read('(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))'), {
    kind: 'and',
    filters: [
      equal('objectClass', 'Person'),
      {
        kind: 'or',
        filters: [
          equal('sn', 'Jensen'),
          { kind: 'substrings', attribute: 'cn', initial: utf8('Babs J'), any: [] },
        ],
      },
    ],
  });
  assert.equal(read('(o=univ*of*mich*)'), {
    kind: 'substrings',
    attribute: 'o',
    initial: utf8('univ'),
    any: [utf8('of'), utf8('mich')],
  });
  assert.equal(read('(seeAlso=)'), equal('seeAlso', ''));
  assert.equal(read('(cn:caseExactMatch:=Fred Flintstone)'), {
    kind: 'extensible',
    rule: 'caseExactMatch',
    attribute: 'cn',
    value: utf8('Fred Flintstone'),
    dnAttributes: false,
  });
  assert.equal(read('(sn:dn:2.4.6.8.10:=Barney Rubble)'), {
    kind: 'extensible',
    rule: '2.4.6.8.10',
    attribute: 'sn',
    value: utf8('Barney Rubble'),
    dnAttributes: true,
  });
  assert.equal(read('(:1.2.3:=Wilma Flintstone)'), {
    kind: 'extensible',
    rule: '1.2.3',
    value: utf8('Wilma Flintstone'),
    dnAttributes: false,
  });
  assert.equal(read('(o=Parens R Us \\28for all your parenthetical needs\\29)'), {
    kind: 'equal',
    attribute: 'o',
    value: utf8('Parens R Us (for all your parenthetical needs)'),
  });
  assert.equal(read('(cn=*\\2A*)'), { kind: 'substrings', attribute: 'cn', any: [utf8('*')] });
  assert.equal(read('(bin=\\00\\00\\00\\04)'), {
    kind: 'equal',
    attribute: 'bin',
    value: hex`00000004`,
  });
  assert.equal(read('(sn=Lu\\c4\\8di\\c4\\87)'), equal('sn', 'Lučić'));
});

filters('presence, order, likeness, and a single item without parentheses', () => {
  assert.equal(read('objectClass=*'), { kind: 'present', attribute: 'objectClass' });
  assert.equal(read('(badPwdCount>=1)'), {
    kind: 'greaterOrEqual',
    attribute: 'badPwdCount',
    value: utf8('1'),
  });
  assert.is(read('(a<=1)').kind, 'lessOrEqual');
  assert.is(read('(a~=1)').kind, 'approximate');
  assert.equal(read('(&)'), { kind: 'and', filters: [] });
});

filters('says where it cannot go on, and why', () => {
  for (const [text, at, reason] of [
    ['(cn=a', 5, /"\)"/],
    ['(&(cn=a)', 8, /"\)"/],
    ['(cn=a)(cn=b)', 6, /ends before/],
    ['(=a)', 1, /attribute/],
    ['(:=a)', 1, /attribute or a matching rule/],
    ['(cn=\\2)', 4, /hexadecimal/],
    ['(cn)', 1, /attribute and =/],
    ['(!cn=a)', 2, /"\("/],
  ] as const) {
    const parsed = parseFilter(text);
    assert.not.ok(parsed.ok, text);
    if (parsed.ok) continue;
    assert.is(parsed.at, at, text);
    assert.match(parsed.reason, reason, text);
  }
  const deep = `${'(!'.repeat(100)}(a=b)${')'.repeat(100)}`;
  assert.not.ok(parseFilter(deep).ok);
});

filters.run();
