import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  domainDn,
  formatDn,
  formatGuid,
  normaliseDn,
  normaliseRdn,
  parseBase,
  parseDn,
  parseGuid,
} from '../../../protocols/directory/dn.ts';
import { toHex } from '../../../src/bytes/bytes.ts';

const s = suite('directory/dn');

s('the examples of RFC 4514 §4', () => {
  assert.equal(parseDn('UID=jsmith,DC=example,DC=net'), [
    { type: 'UID', value: 'jsmith' },
    { type: 'DC', value: 'example' },
    { type: 'DC', value: 'net' },
  ]);
  assert.is(
    parseDn('CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net')?.[0]?.value,
    'James "Jim" Smith, III',
  );
  assert.is(parseDn('CN=Before\\0dAfter,DC=example,DC=net')?.[0]?.value, 'Before\rAfter');
  assert.equal(parseDn('1.3.6.1.4.1.1466.0=#04024869'), [
    { type: '1.3.6.1.4.1.1466.0', value: 'Hi' },
  ]);
  assert.is(parseDn('CN=Lu\\C4\\8Di\\C4\\87')?.[0]?.value, 'Lučić');
});

s('names of several values do not exist in Active Directory', () => {
  assert.is(parseDn('OU=Sales+CN=J.  Smith,DC=example,DC=net'), undefined);
});

s('white space around separators, quotes and semicolons', () => {
  const plain = parseDn('CN=a b,DC=x');
  assert.equal(parseDn(' CN = a b , DC = x '.trim()), plain);
  assert.equal(parseDn('CN="a b" ,DC=x'), plain);
  assert.equal(parseDn('CN=a b;DC=x'), plain);
  assert.equal(parseDn('CN="a,b=\\"c\\"",DC=x')?.[0]?.value, 'a,b="c"');
  assert.equal(parseDn(''), []);
});

s('what is no name is refused, whatever it is', () => {
  for (const text of [
    'CN',
    'CN=',
    '=a',
    'CN=a,',
    ',CN=a',
    'C N=a',
    'CN=a<b',
    'CN=#zz',
    'CN=#0402',
    'CN=a\\',
  ]) {
    assert.is(parseDn(text), undefined, text);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const rdns = parseDn(text);
      if (rdns !== undefined) assert.equal(parseDn(formatDn(rdns)), rdns);
    }),
    { seed: 1, numRuns: 500 },
  );
});

const rdn = fc.record(
  {
    type: fc.constantFrom('CN', 'ou', 'DC', 'UID'),
    value: fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(' ', '#', '\\', ',', '"', '+', '=', ';', '<', '>', 'a', '\n', '\0'),
        minLength: 1,
        maxLength: 6,
      }),
    ),
  },
  { noNullPrototype: true },
);

s('a name that is written is read as the same', () => {
  fc.assert(
    fc.property(fc.array(rdn, { minLength: 1, maxLength: 4 }), (rdns) => {
      assert.equal(parseDn(formatDn(rdns)), rdns);
    }),
    { seed: 1, numRuns: 500 },
  );
});

s('case and runs of spaces make no difference', () => {
  const one = parseDn('CN=Alice  Example,OU=Sales,DC=Corp') ?? [];
  const other = parseDn('cn=alice example,ou=SALES,dc=corp') ?? [];
  assert.is(normaliseDn(one), normaliseDn(other));
  assert.is.not(
    normaliseDn([{ type: 'CN', value: 'a,ou=b' }]),
    normaliseDn([
      { type: 'CN', value: 'a' },
      { type: 'OU', value: 'b' },
    ]),
  );
  assert.is(normaliseRdn({ type: 'CN', value: ' A ' }), 'cn=a');
});

s('GUIDs: the first three fields turn round (MS-DTYP 2.3.4)', () => {
  const octets = parseGuid('{00112233-4455-6677-8899-AABBCCDDEEFF}') as Uint8Array;
  assert.is(toHex(octets), '33221100554477668899aabbccddeeff');
  assert.is(formatGuid(octets), '00112233-4455-6677-8899-aabbccddeeff');
  assert.is(parseGuid('00112233-4455-6677-8899'), undefined);
});

s('bases in the forms of MS-ADTS 3.1.1.3.1.2.5', () => {
  const guid = '33221100554477668899aabbccddeeff';
  const octets = parseGuid('00112233-4455-6677-8899-aabbccddeeff');
  assert.equal(parseBase(`<GUID=${guid}>`), { kind: 'guid', guid: octets });
  assert.equal(parseBase('<guid=00112233-4455-6677-8899-aabbccddeeff>'), {
    kind: 'guid',
    guid: octets,
  });
  assert.equal(parseBase('<SID=S-1-5-21-1-2-3-500>'), { kind: 'sid', sid: 'S-1-5-21-1-2-3-500' });
  assert.is(parseBase('<SID=010100000000000512000000>')?.kind, 'sid');
  assert.equal(parseBase('<WKGUID=a9d1ca15768811d1aded00c04fd8d5cd,DC=corp,DC=example>'), {
    kind: 'wellKnown',
    guid: Uint8Array.from('a9d1ca15768811d1aded00c04fd8d5cd'.match(/../g) ?? [], (pair) =>
      Number.parseInt(pair, 16),
    ),
    rdns: domainDn('corp.example'),
  });
  assert.equal(parseBase('DC=corp,DC=example'), { kind: 'dn', rdns: domainDn('corp.example') });
  for (const text of [
    '<GUID=12>',
    '<SID=S-2>',
    '<WKGUID=12,DC=x>',
    '<id=17>',
    '<WKGUID=nothing>',
    '<<',
    'x',
  ]) {
    assert.is(parseBase(text), undefined, text);
  }
});

s.run();
