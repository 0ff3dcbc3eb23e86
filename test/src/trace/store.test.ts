import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { TraceRecord } from '../../../src/trace/record.ts';
import { traceRecorder } from '../../../src/trace/store.ts';
import { linkOf, type RecordedStep } from '../../../src/trace/wire.ts';
import { annsSteps } from './toy.ts';

const s = suite('trace store');

function sending(at: number, bytes: Uint8Array): RecordedStep {
  const event = { kind: 'expired', timer: 't' };
  const effects = [{ kind: 'send', transport: 'udp', to: 'b', toPort: 1, port: 2, bytes }];
  return { at, actor: 'a', machine: 'toy/a', from: 'on', event, to: 'on', effects };
}

s('numbers records from 0 and keeps equal octets once', () => {
  const recorder = traceRecorder();
  const bytes = utf8('same');
  assert.is(recorder.record(sending(1, bytes)), 0);
  assert.is(recorder.record({ ...sending(2, bytes), cause: 0 }), 1);
  const [first, second] = recorder.records() as [TraceRecord, TraceRecord];
  assert.is(first.effects[0]?.bytes, linkOf(bytes));
  assert.is(second.effects[0]?.bytes, linkOf(bytes));
  assert.is(second.cause, 0);
  assert.not.ok('cause' in first);
  assert.equal([...recorder.links()], [linkOf(bytes)]);
  assert.equal(recorder.octets(linkOf(bytes)), bytes);
});

s('keeps its own octets when the caller uses the buffer again', () => {
  const recorder = traceRecorder();
  const buffer = utf8('first');
  const link = linkOf(buffer);
  recorder.record(sending(0, buffer));
  buffer.fill(0);
  assert.equal(recorder.octets(link), utf8('first'));
});

s('drops the oldest records and their octets when there are too many records', () => {
  const recorder = traceRecorder({ recordsMax: 10 });
  for (let i = 0; i < 5000; i++) recorder.record(sending(i, utf8(`octets ${i}`)));
  assert.is(recorder.next, 5000);
  assert.is(recorder.first, 4990);
  assert.equal(
    recorder.records().map(({ seq }) => seq),
    [4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999],
  );
  assert.equal(
    recorder.records(4995, 2).map(({ seq }) => seq),
    [4995, 4996],
  );
  assert.equal(recorder.records(5000), []);
  assert.is([...recorder.links()].length, 10);
  assert.is(recorder.octets(linkOf(utf8('octets 3'))), undefined);
  assert.equal(recorder.octets(linkOf(utf8('octets 4999'))), utf8('octets 4999'));
});

s('stays below its limit of bytes, whatever is large', () => {
  const recorder = traceRecorder({ bytesMax: 100_000 });
  for (let i = 0; i < 200; i++) {
    recorder.record(sending(i, new Uint8Array(10_000).fill(i)));
    assert.ok(recorder.size <= 100_000, `${recorder.size} bytes`);
  }
  const note = { kind: 'note', level: 'info', text: 'x'.repeat(9000) };
  for (let i = 0; i < 200; i++) {
    recorder.record({ ...sending(i, utf8('-')), effects: [note] });
    assert.ok(recorder.size <= 100_000, `${recorder.size} bytes`);
  }
  assert.ok(recorder.next - recorder.first < 12);
});

s('octets that a kept record still names are not dropped with an older one', () => {
  const recorder = traceRecorder({ recordsMax: 1 });
  recorder.record(sending(0, utf8('same')));
  recorder.record(sending(1, utf8('same')));
  assert.equal(recorder.octets(linkOf(utf8('same'))), utf8('same'));
});

s('tells subscribers and the sink, until they leave', () => {
  const seen: number[] = [];
  const sunk: (readonly [number, readonly string[]])[] = [];
  const recorder = traceRecorder({
    sink: { append: (record, fresh) => sunk.push([record.seq, [...fresh.keys()]]) },
  });
  const leave = recorder.subscribe(({ seq }) => seen.push(seq));
  recorder.record(sending(0, utf8('a')));
  recorder.record(sending(1, utf8('a')));
  leave();
  recorder.record(sending(2, utf8('b')));
  assert.equal(seen, [0, 1]);
  assert.equal(sunk, [
    [0, [linkOf(utf8('a'))]],
    [1, []],
    [2, [linkOf(utf8('b'))]],
  ]);
});

s('names messages that came without a name', () => {
  const recorder = traceRecorder({ nameOf: (bytes) => (bytes[0] === 0x6a ? 'AS-REQ' : undefined) });
  recorder.record(sending(0, new Uint8Array([0x6a])));
  recorder.record(sending(1, new Uint8Array([0])));
  assert.is(recorder.records()[0]?.effects[0]?.message, 'AS-REQ');
  assert.not.ok('message' in (recorder.records()[1]?.effects[0] ?? {}));
});

s('a secret never enters the trace', () => {
  const recorder = traceRecorder();
  for (const step of annsSteps()) recorder.record({ ...step, effects: [] });
  const text = JSON.stringify(recorder.records());
  assert.not.match(text, 'xyzzy');
  assert.match(text, 'script[0].value');
});

s.run();
