import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatReadme } from '../../../src/scenario/readme.ts';
import { ASKS, file, load, stage } from './toy.ts';

const readme = suite('readme');

readme('names every section, fault, role, verb and scenario', () => {
  // Columns are padded to the widest cell; how wide that is does not matter here.
  const text = formatReadme(stage, [load(file(ASKS))]).replace(/ {2,}\|/g, ' |');
  const words = ['`actors`', '`links`', '`script`', '`faults`', '`expect`', '`within`?', '`nth`?'];
  for (const word of [...words, '| outage |', '### `asker`', 'The verb `asks`', '| `answer`? |']) {
    assert.ok(text.includes(word), word);
  }
  assert.ok(text.includes('| [question.yaml](question.yaml) | A question |'));
  assert.not.match(text, /undefined|\[object/);
});

readme.run();
