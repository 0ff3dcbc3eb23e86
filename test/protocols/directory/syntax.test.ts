import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ATTRIBUTES } from '../../../protocols/directory/schema.ts';
import {
  indexForm,
  isOctetSyntax,
  isReference,
  SYNTAXES,
  type Syntax,
} from '../../../protocols/directory/syntax.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('directory/syntax');

s('every attribute has one of the syntaxes, and none is idle without a reason', () => {
  const used = new Set(ATTRIBUTES.map((row) => row.syntax));
  for (const syntax of used) assert.ok(syntax in SYNTAXES, syntax);
  for (const syntax of [
    'dn',
    'unicode',
    'octets',
    'sid',
    'descriptor',
    'dnBinary',
    'dnString',
  ] as const) {
    assert.ok(used.has(syntax), syntax);
  }
});

s('texts compare without case and spaces, other strings as they are', () => {
  assert.is(indexForm('unicode', '  Alice   Example '), indexForm('unicode', 'alice example'));
  assert.is(indexForm('teletex', 'ABC'), indexForm('teletex', 'abc'));
  assert.is.not(indexForm('caseExact', 'ABC'), indexForm('caseExact', 'abc'));
  assert.is.not(indexForm('ia5', 'ABC'), indexForm('ia5', 'abc'));
});

s('numbers compare by what they are, booleans by their word', () => {
  assert.is(indexForm('integer', '007'), indexForm('integer', '7'));
  assert.is(indexForm('largeInteger', '-0012'), indexForm('largeInteger', '-12'));
  assert.is(indexForm('integer', '0'), '0');
  assert.is(indexForm('boolean', 'true'), indexForm('boolean', 'TRUE'));
});

s('octets are found by their digits', () => {
  assert.is(indexForm('sid', hex`0101 00ff`), '010100ff');
  assert.is(indexForm('octets', new Uint8Array()), '');
});

s('which syntaxes are octets, and which name objects', () => {
  const octets: readonly Syntax[] = ['octets', 'descriptor', 'sid'];
  const names: readonly Syntax[] = ['dn', 'dnBinary', 'dnString'];
  for (const syntax of Object.keys(SYNTAXES) as Syntax[]) {
    assert.is(isOctetSyntax(syntax), octets.includes(syntax), syntax);
    assert.is(isReference(syntax), names.includes(syntax), syntax);
  }
});

s.run();
