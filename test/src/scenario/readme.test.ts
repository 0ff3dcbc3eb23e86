import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatReadme } from '../../../src/scenario/readme.ts';
import { ASKS, file, load, stage } from './toy.ts';

const readme = suite('readme');

readme('names every section, fault, role, verb and scenario', () => {
  const text = formatReadme(stage, [load(file(ASKS))]);
  const words = ['`actors`', '`links`', '`script`', '`faults`', '`expect`', '`within`?', '`nth`?'];
  for (const word of [...words, '| outage |', '### `asker`', 'The verb `asks`', '| `answer`? |']) {
    assert.ok(text.includes(word), word);
  }
  assert.ok(text.includes('| [question.yaml](question.yaml) | A question |'));
  assert.not.match(text, /undefined|\[object/);
});

readme.run();
