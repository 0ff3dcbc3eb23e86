import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runBench } from '../../bench/bench.ts';
import { measure } from '../../bench/measure.ts';
import { table } from '../../bench/report.ts';

const s = suite('bench');

const printed: string[] = [];
const print = (text: string) => void printed.push(text);
s.before.each(() => void printed.splice(0));

s('a subject that does not exist is the caller’s fault', async () => {
  assert.is(await runBench({ subjects: ['sing'] }, print), 2);
  assert.match(printed[0] ?? '', /no suite is called sing: there are der, etypes, sign/);
});

s('a smoke run writes what it measured', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-bench-'));
  const json = join(folder, 'out.json');
  assert.is(await runBench({ subjects: ['etypes'], smoke: true, json }, print), 0);
  assert.match(printed[0] ?? '', /^etypes: \d+ rows ran$/);
  const { suites, node } = JSON.parse(readFileSync(json, 'utf8'));
  assert.is(node, process.version);
  assert.ok(suites.etypes.length > 50);
  for (const row of suites.etypes) assert.ok(row.itemsPerSecond > 0, row.row);
  rmSync(folder, { recursive: true });
});

s('throughput counts items, ratios refer to the yardstick', async () => {
  const wait = (ms: number) => () => {
    for (const end = performance.now() + ms; performance.now() < end; );
  };
  const module = {
    name: 'toy',
    suite: (bench: Parameters<Parameters<typeof measure>[0]['suite']>[0]) => {
      bench.add('batch of ten', wait(0.4), { items: 10 });
      bench.add('one', wait(0.4), { yardstick: true });
    },
  };
  const [batch, one] = await measure(module, 40, false);
  assert.is(one?.ratio, 1);
  assert.ok(batch !== undefined && batch.ratio > 5 && batch.ratio < 20, `${batch?.ratio}`);
  assert.ok((one?.itemsPerSecond ?? 0) <= 2500);
  const lines = table('toy', batch && one ? [batch, one] : []).split('\n');
  assert.is(lines.length, 3);
  assert.is(new Set(lines.map((line) => line.length)).size, 1, 'columns stand under each other');
});

s('a row that throws fails the run, and a suite may close what it opened', async () => {
  const broken = {
    name: 'broken',
    suite: (bench: { add(row: string, run: () => unknown): void }) => {
      bench.add('wrong', () => {
        throw new Error('a signature does not verify');
      });
    },
  };
  let message = '';
  await measure(broken, 1, true).catch((error: Error) => {
    message = error.message;
  });
  assert.match(message, /does not verify/);
  let closed = 0;
  const opened = {
    name: 'opened',
    suite: (bench: { add(row: string, run: () => unknown): void }) => {
      bench.add('fine', () => 1);
      return () => closed++;
    },
  };
  await measure(opened, 1, true);
  assert.is(closed, 1);
});

s.run();
