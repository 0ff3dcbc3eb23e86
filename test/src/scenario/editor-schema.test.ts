import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  editorSchema,
  editorSchemaText,
  withDefaults,
} from '../../../src/scenario/editor-schema.ts';
import { readYaml, writeYaml } from '../../../src/scenario/yaml.ts';
import type { JsonSchema } from '../../../src/schema/schema.ts';
import { ASKS, file, load, stage } from './toy.ts';

const editor = suite('editor-schema');

editor('knows roles, verbs, faults and messages', () => {
  const schema = editorSchema(stage);
  const actors = schema.properties?.actors?.additionalProperties as JsonSchema;
  assert.equal(actors.properties?.role?.enum, ['asker', 'answerer']);
  const doing = schema.properties?.script?.items?.properties?.do;
  assert.equal(
    doing?.anyOf?.map(({ properties }) => Object.keys(properties ?? {})),
    [
      ['actor', 'asks', 'secretly'],
      ['actor', 'breaks'],
    ],
  );
  assert.is(schema.properties?.faults?.items?.anyOf?.length, 5);
  const { trace } = schema.properties?.expect?.properties ?? {};
  assert.equal(trace?.items?.properties?.sent?.enum, ['QUESTION', 'ANSWER']);
  assert.equal(schema.required, ['scenario', 'title', 'about', 'actors']);
});

editor('a file with its defaults filled in is the same scenario', () => {
  const text = file(
    `${ASKS}faults: [ { actor: ann, clock: +1m } ]\nexpect: { end: { ann: answered } }\n`,
  );
  const whole = writeYaml(withDefaults(readYaml(text).value, stage));
  assert.match(whole, 'answer: yes');
  assert.match(whole, 'at: 0s');
  const { text: _, place: __, ...before } = load(text);
  const { text: ___, place: ____, ...after } = load(whole);
  assert.equal(after, before);
});

editor('its text is the same value, in lines of at most 100 characters where lists are', () => {
  const text = editorSchemaText(stage);
  assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(editorSchema(stage))));
  assert.match(text, '"enum": ["asker", "answerer"]');
});

editor.run();
