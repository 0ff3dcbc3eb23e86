import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tagName } from '../../../src/der/tags.ts';

const s = suite('der/tags');

s('names identifier octets by class, number and form', () => {
  for (const [tag, name] of [
    [0x02, 'INTEGER'],
    [0x22, 'INTEGER constructed'],
    [0x30, 'SEQUENCE'],
    [0x10, 'SEQUENCE primitive'],
    [0x31, 'SET'],
    [0x1b, 'GeneralString'],
    [0x6a, '[APPLICATION 10]'],
    [0x4a, '[APPLICATION 10] primitive'],
    [0xa0, '[0]'],
    [0x80, '[0] primitive'],
    [0xe1, '[PRIVATE 1]'],
    [0x0f, '[UNIVERSAL 15] primitive'],
  ] as const) {
    assert.is(tagName(tag), name);
  }
});

s.run();
