import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../../src/trace/read.ts';
import { RunError } from '../../../src/trace/run-error.ts';
import { writeRun } from '../../../src/trace/run-folder.ts';
import { traceRecorder } from '../../../src/trace/store.ts';
import { annsSteps, RESULT } from './toy.ts';

const s = suite<{ folder: string }>('reading runs');

s.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kerblab-read-'));
  const recorder = traceRecorder();
  for (const step of annsSteps()) recorder.record(step);
  writeRun(context.folder, recorder, RESULT);
});
s.after.each((context) => rmSync(context.folder, { recursive: true }));

function says(pattern: RegExp): (error: Error) => boolean {
  return (error) => {
    assert.instance(error, RunError);
    assert.match(error.message, pattern);
    return true;
  };
}

/** Changes one line of the trace. */
function edit(folder: string, line: number, change: (text: string) => string): void {
  const path = join(folder, 'trace.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[line - 1] = change(lines[line - 1] as string);
  writeFileSync(path, lines.join('\n'));
}

s('a folder that is no run folder', ({ folder }) => {
  const none = join(folder, 'nothing');
  assert.throws(
    () => readRun(none),
    says(/result\.json is not there: ".*nothing" is not a run folder/),
  );
  const file = join(folder, 'trace.jsonl');
  assert.throws(() => readRun(file), says(/is not there/));
});

const damages: readonly (readonly [string, number, (line: string) => string, RegExp])[] = [
  ['no JSON', 2, () => '{"v":1,', /trace\.jsonl:2: not JSON/],
  ['an empty line', 3, () => '', /trace\.jsonl:3: not JSON/],
  ['a list', 1, () => '[]', /trace\.jsonl:1: expected an object/],
  [
    'another version',
    1,
    (l) => l.replace('"v":1', '"v":2'),
    /:1: expected version 1 of the record, got 2/,
  ],
  ['a gap', 2, (l) => l.replace('"seq":1', '"seq":2'), /:2: expected seq 1, got 2/],
  [
    'a cause to come',
    2,
    (l) => l.replace('"seq":1', '"seq":1,"cause":1'),
    /:2: cause: expected the seq of an earlier record, got 1/,
  ],
  ['no time', 1, (l) => l.replace('"at":0', '"at":"0"'), /:1: at: expected milliseconds, got "0"/],
  [
    'no actor',
    1,
    (l) => l.replace('"actor":"ann"', '"actor":5'),
    /:1: actor: expected a text, got 5/,
  ],
  [
    'no event',
    1,
    (l) => l.replace('"kind":"started"', '"knid":"started"'),
    /:1: event: expected an object with a kind/,
  ],
  ['an effect of no kind', 2, (l) => l.replace('"kind":"send"', '"kind":7'), /:2: effects\[0\]/],
];
for (const [name, line, change, expected] of damages) {
  s(`damage with file and line: ${name}`, ({ folder }) => {
    edit(folder, line, change);
    assert.throws(() => readRun(folder), says(expected));
  });
}

s(
  'a last line that is cut off: damage in a complete run, the end of a killed one',
  ({ folder }) => {
    const path = join(folder, 'trace.jsonl');
    writeFileSync(path, readFileSync(path).subarray(0, -9));
    assert.throws(() => readRun(folder), says(/trace\.jsonl:4: the line is cut off/));
    const result = join(folder, 'result.json');
    writeFileSync(result, JSON.stringify({ ...RESULT, complete: false }));
    const run = readRun(folder);
    assert.is(run.torn, true);
    assert.is(run.records.length, 3);
  },
);

s('octets that were changed show by their link', ({ folder }) => {
  const [link = ''] = readdirSync(join(folder, 'bytes'));
  writeFileSync(join(folder, 'bytes', link), 'changed');
  const run = readRun(folder);
  assert.throws(
    () => run.octets(link),
    says(/bytes\/[0-9a-f]{16}: these octets have link [0-9a-f]{16}/),
  );
});

s('a result of another version, or without what replay needs', ({ folder }) => {
  const path = join(folder, 'result.json');
  writeFileSync(path, JSON.stringify({ ...RESULT, v: 2 }));
  assert.throws(() => readRun(folder), says(/expected version 1 of the result, got 2/));
  writeFileSync(path, JSON.stringify({ ...RESULT, seed: 'seven' }));
  assert.throws(() => readRun(folder), says(/seed: expected a whole number/));
  writeFileSync(path, '{');
  assert.throws(() => readRun(folder), says(/result\.json: not JSON/));
});

s('lines longer than one read, and many of them', ({ folder }) => {
  const path = join(folder, 'trace.jsonl');
  const line = (seq: number, text: string): string =>
    JSON.stringify({
      v: 1,
      seq,
      at: 0,
      actor: 'a',
      machine: 'm',
      from: 's',
      event: { kind: 'k', text },
      to: 's',
      effects: [],
    });
  const texts = ['x'.repeat(200_000), '', 'é'.repeat(65_000), 'y'];
  writeFileSync(path, texts.map((text, seq) => `${line(seq, text)}\n`).join(''));
  assert.equal(
    readRun(folder).records.map(({ event }) => event.text),
    texts,
  );
});

s.run();
