import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { storeOf } from '../../../protocols/actors/new-domain-store.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP } from '../directory/corp.ts';

const s = suite('new-domain-store');

s('answers as a store does that the batch was written to', () => {
  const { batch } = initialDomain(CORP);
  const written = memoryStore();
  written.write(batch);
  const overlaid = storeOf(batch);
  assert.is(overlaid.size, written.size);
  const ids = written.scan(0, 10_000);
  assert.equal(overlaid.scan(0, 10_000), ids);
  assert.equal(overlaid.scan(100, 3), written.scan(100, 3));
  for (const id of ids) assert.equal(overlaid.read(id), written.read(id));
  for (const { added } of batch.records) {
    for (const [index, key] of added) {
      assert.equal(overlaid.find(index, key), written.find(index, key), `${index} ${key}`);
    }
  }
  for (const name of Object.keys(batch.counters ?? {})) {
    assert.is(overlaid.counter(name), written.counter(name));
  }
  assert.equal(overlaid.find('cn', 'nobody'), []);
  assert.is(overlaid.counter('nothing'), 0);
});

s.run();
