import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WriteBatch } from '../../../src/machine/store.ts';
import type { TraceRecord } from '../../../src/trace/record.ts';
import { traceRecorder } from '../../../src/trace/store.ts';
import { storedBy } from '../../../src/trace/stored.ts';

const s = suite('stored');

const record = (value: number, before?: number): WriteBatch => ({
  records: [
    {
      id: 1,
      bytes: Uint8Array.of(value),
      added: [['value', String(value)]],
      removed: before === undefined ? [] : [['value', String(before)]],
    },
  ],
  counters: { writes: value },
});

function written() {
  const recorder = traceRecorder();
  const step = (at: number, actor: string, ...batches: readonly WriteBatch[]): void => {
    const effects = batches.map((batch) => ({ kind: 'write', batch }));
    const event = { kind: 'expired', timer: 't' };
    recorder.record({ at, actor, machine: 'test/toy', from: 'on', event, to: 'on', effects });
  };
  step(0, 'dc1', record(1));
  step(5, 'dc2', record(50));
  step(10, 'dc1', record(2, 1), record(3, 2));
  step(20, 'dc1', { records: [{ id: 1, added: [], removed: [['value', '3']] }] });
  return { records: recorder.records(), octets: recorder.octets };
}

s('an actor’s writes up to a moment, that very instant included', () => {
  const run = written();
  const read = (actor: string, at: number) => storedBy(run, actor, at).store.read(1)?.[0];
  assert.equal(
    [0, 9, 10, 19].map((at) => read('dc1', at)),
    [1, 1, 3, 3],
  );
  assert.is(read('dc1', 20), undefined);
  assert.equal(
    [4, 5].map((at) => read('dc2', at)),
    [undefined, 50],
  );
  const { store, writes } = storedBy(run, 'dc1', 15);
  assert.is(writes, 3);
  assert.is(store.counter('writes'), 3);
  assert.equal(store.find('value', '3'), [1]);
  assert.equal(store.find('value', '2'), []);
});

s('who wrote nothing has nothing; octets that are gone are missed', () => {
  const run = written();
  assert.equal(storedBy(run, 'alice', 100).writes, 0);
  const records = run.records as readonly TraceRecord[];
  assert.throws(() => storedBy({ records, octets: () => undefined }, 'dc1', 100), /no octets/);
});

s.run();
