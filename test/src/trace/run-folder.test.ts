import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../../src/trace/read.ts';
import { markLatest, openRun, runFolderOf, writeRun } from '../../../src/trace/run-folder.ts';
import { traceRecorder } from '../../../src/trace/store.ts';
import { linksOf } from '../../../src/trace/wire.ts';
import { annsSteps, RESULT } from './toy.ts';

const s = suite<{ folder: string }>('run folder');

s.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kerblab-run-'));
});
s.after.each((context) => rmSync(context.folder, { recursive: true }));

s('what is written is read back', ({ folder }) => {
  const recorder = traceRecorder();
  for (const step of annsSteps()) recorder.record(step);
  writeRun(join(folder, 'toy', '7'), recorder, RESULT);
  const run = readRun(join(folder, 'toy', '7'));
  assert.equal(run.records, recorder.records());
  assert.equal(run.result, RESULT);
  assert.is(run.torn, false);
  const links = run.records.flatMap(linksOf);
  assert.ok(links.length > 1);
  for (const link of links) assert.equal(run.octets(link), recorder.octets(link));
  assert.is(run.octets('0000000000000000'), undefined);
  assert.is(run.octets('../result.json'), undefined);
});

s('the same records give the same file, and an older run leaves nothing behind', ({ folder }) => {
  const recorder = traceRecorder();
  for (const step of annsSteps()) recorder.record(step);
  writeRun(folder, recorder, RESULT);
  writeFileSync(join(folder, 'bytes', 'feedfeedfeedfeed'), 'old');
  const before = readFileSync(join(folder, 'trace.jsonl'), 'utf8');
  writeRun(folder, recorder, RESULT);
  assert.is(readFileSync(join(folder, 'trace.jsonl'), 'utf8'), before);
  assert.not.ok(existsSync(join(folder, 'bytes', 'feedfeedfeedfeed')));
  assert.equal(readdirSync(folder).sort(), ['bytes', 'result.json', 'trace.jsonl']);
});

s('a growing run can be read at any time, and says that it is not complete', async ({ folder }) => {
  const writer = openRun(folder, RESULT);
  const recorder = traceRecorder({ sink: writer, recordsMax: 2 });
  assert.equal(readRun(folder).records, []);
  const [first, ...rest] = annsSteps();
  recorder.record(first as NonNullable<typeof first>);
  await turn();
  assert.is(readRun(folder).records.length, 1);
  for (const step of rest) recorder.record(step);
  writer.flush();
  const growing = readRun(folder);
  assert.is(growing.records.length, 4);
  assert.is(growing.result.complete, false);
  for (const link of growing.records.flatMap(linksOf)) assert.ok(growing.octets(link));
  writer.close(RESULT);
  assert.is(readRun(folder).result.complete, true);
});

s('a disk that refuses is reported once', ({ folder }) => {
  const errors: Error[] = [];
  const writer = openRun(folder, RESULT, (error) => errors.push(error));
  const recorder = traceRecorder({ sink: writer });
  rmSync(join(folder, 'bytes'), { recursive: true });
  for (let i = 0; i < 3; i++) {
    for (const step of annsSteps()) recorder.record(step);
    writer.flush();
  }
  assert.is(errors.length, 1);
  assert.match(errors[0]?.message ?? '', /ENOENT/);
  writer.close(RESULT);
});

s('latest leads to the run that was marked last', ({ folder }) => {
  const runs = join(folder, 'runs');
  const recorder = traceRecorder();
  for (const step of annsSteps()) recorder.record(step);
  for (const seed of [1, 2]) {
    const result = { ...RESULT, seed };
    writeRun(join(runs, 'toy', String(seed)), recorder, result);
    markLatest(runs, join(runs, 'toy', String(seed)));
  }
  assert.is(runFolderOf('latest', runs), join(runs, 'toy', '2'));
  assert.is(runFolderOf('elsewhere', runs), 'elsewhere');
  assert.is(readRun(runFolderOf('latest', runs)).result.seed, 2);
});

s.run();
