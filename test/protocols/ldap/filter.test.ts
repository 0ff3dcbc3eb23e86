import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directoryFilter, FILTER_ITEMS_MAX } from '../../../protocols/ldap/filter.ts';
import type { Filter } from '../../../protocols/ldap/messages.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('ldap/filter');
const a = utf8('a');
const ava = { attributeDesc: 'cn', assertionValue: a };

const converted = (filter: Filter): unknown => {
  const outcome = directoryFilter(filter);
  return outcome.ok ? outcome.filter : outcome.reason;
};

s('every form has its counterpart', () => {
  assert.equal(converted({ and: [] }), { kind: 'and', filters: [] });
  assert.equal(converted({ or: [{ present: 'cn' }] }), {
    kind: 'or',
    filters: [{ kind: 'present', attribute: 'cn' }],
  });
  assert.equal(converted({ not: { equalityMatch: ava } }), {
    kind: 'not',
    filter: { kind: 'equal', attribute: 'cn', value: a },
  });
  assert.equal(converted({ greaterOrEqual: ava }), {
    kind: 'greaterOrEqual',
    attribute: 'cn',
    value: a,
  });
  assert.equal(converted({ lessOrEqual: ava }), { kind: 'lessOrEqual', attribute: 'cn', value: a });
  assert.equal(converted({ approxMatch: ava }), { kind: 'approximate', attribute: 'cn', value: a });
  assert.equal(converted({ extensibleMatch: { type: 'cn', matchValue: a, dnAttributes: true } }), {
    kind: 'extensible',
    attribute: 'cn',
    value: a,
    dnAttributes: true,
  });
});

s('substrings are told apart by their place', () => {
  const of = (
    ...substrings: Extract<Filter, { substrings: unknown }>['substrings']['substrings']
  ) => converted({ substrings: { type: 'cn', substrings } });
  const empty = { kind: 'substrings', attribute: 'cn', any: [] };
  assert.equal(of({ initial: a }), { ...empty, initial: a });
  assert.equal(of({ final: a }), { ...empty, final: a });
  assert.equal(of({ any: a }, { any: a }), { ...empty, any: [a, a] });
  assert.equal(of({ initial: a }, { any: a }, { final: a }), {
    ...empty,
    initial: a,
    any: [a],
    final: a,
  });
  assert.is(of(), 'substrings without any');
  assert.is(of({ any: a }, { initial: a }), 'initial is not the first of the substrings');
  assert.is(of({ final: a }, { any: a }), 'final is not the last of the substrings');
});

s('what the comments of the ASN.1 forbid is refused wherever it stands', () => {
  const wrong: Filter = { extensibleMatch: { matchValue: a, dnAttributes: false } };
  assert.is(
    converted({ and: [{ not: wrong }] }),
    'extensibleMatch with neither matchingRule nor type',
  );
});

s('wide filters are refused', () => {
  const wide = (count: number): Filter => ({
    or: Array.from({ length: count }, () => ({ present: 'cn' })),
  });
  assert.ok(directoryFilter(wide(FILTER_ITEMS_MAX - 1)).ok);
  assert.is(converted(wide(FILTER_ITEMS_MAX)), 'a filter of 5001 items, at most 5000');
});

s.run();
