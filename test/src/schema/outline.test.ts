import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filled, outlineOf } from '../../../src/schema/outline.ts';
import {
  defaulted,
  duration,
  jsonSchema,
  listOf,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../../../src/schema/schema.ts';

const outline = suite('outline');

const schema = jsonSchema(
  object({
    realm: text('the realm', { example: 'CORP.EXAMPLE' }),
    lifetime: defaulted(duration('how long'), '10h'),
    join: optional(oneOf('how', ['domain', 'entra'])),
    items: defaulted(listOf('some', object({ n: defaulted(duration('n'), '1s') })), [{}]),
    named: defaulted(record('by name', object({ n: defaulted(duration('n'), '2s') })), {}),
  }),
);

outline('lists fields with what they take', () => {
  assert.equal(outlineOf(schema), [
    { name: 'realm', about: 'the realm', required: true, values: 'such as CORP.EXAMPLE' },
    { name: 'lifetime', about: 'how long', required: false, values: 'default 10h' },
    { name: 'join', about: 'how', required: false, values: 'one of domain, entra' },
    { name: 'items', about: 'some', required: false, values: 'default [{}]' },
    { name: 'named', about: 'by name', required: false, values: 'default {}' },
  ]);
});

outline('fills defaults in at every depth, as they would be written', () => {
  assert.equal(filled(schema, { realm: 'X', named: { a: {} } }), {
    realm: 'X',
    lifetime: '10h',
    items: [{ n: '1s' }],
    named: { a: { n: '2s' } },
  });
});

outline.run();
