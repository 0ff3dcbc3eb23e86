import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('kerblab replay');
const run = finishedRun();
s.after(run.remove);

/** Changes a file of a copy of the run; the answer is the copy. */
function spoiled(file: string, change: (text: string) => string): string {
  const folder = run.copy();
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return folder;
}

s('a run comes out the same, by its path and as the latest', () => {
  for (const args of [[run.folder], ['latest', '--runs', run.runs]]) {
    const { status, stdout, stderr } = kerblab('replay', ...args);
    assert.is(status, 0, stderr);
    assert.match(stdout, /: \d+ steps came out the same\n$/);
  }
});

s('another seed comes out differently, and the first difference is named', () => {
  const folder = spoiled('result.json', (text) => text.replace('"seed": 1', '"seed": 2'));
  const { status, stdout } = kerblab('replay', folder);
  assert.is(status, 1);
  assert.match(
    stdout,
    /step \d+, \w+ at \S+, comes out differently\n {2}effects\[\d+\]\.\w+\n {4}recorded .*\n {4}replayed /,
  );
});

s('another password comes out differently', () => {
  const folder = spoiled('result.json', (text) =>
    text.replaceAll('value: \\"Passw0rd!\\"', 'value: \\"Passw0rd?\\"'),
  );
  const { status, stdout } = kerblab('replay', folder);
  assert.is(status, 1, stdout);
  assert.match(stdout, 'laptop');
});

s('another version is mentioned when its steps come out differently', () => {
  const folder = spoiled('result.json', (text) =>
    text.replace('"seed": 1', '"seed": 2').replace(/"kerblab": "[^"]*"/, '"kerblab": "0.0.1"'),
  );
  assert.match(kerblab('replay', folder).stdout, 'kerblab 0.0.1 recorded it');
});

s("damage is the input's fault: a line, octets, the scenario", () => {
  const line = kerblab(
    'replay',
    spoiled('trace.jsonl', (text) => text.replace('"seq":3', '"seq":4')),
  );
  assert.is(line.status, 2);
  assert.match(line.stderr, /trace\.jsonl:4: expected seq 3, got 4/);
  const folder = run.copy();
  for (const link of readdirSync(join(folder, 'bytes')))
    writeFileSync(join(folder, 'bytes', link), '');
  const octets = kerblab('replay', folder);
  assert.is(octets.status, 2);
  assert.match(
    octets.stderr,
    /bytes\/[0-9a-f]{16}: these octets have link e3b0c44298fc1c14: the file was changed/,
  );
  const scenario = kerblab(
    'replay',
    spoiled('result.json', (text) =>
      text.replace('role: domain-controller', 'role: domain-controler'),
    ),
  );
  assert.is(scenario.status, 2);
  assert.match(scenario.stderr, 'domain-controller');
});

s('what is no run folder', () => {
  const { status, stderr } = kerblab('replay', join(run.runs, 'nothing'));
  assert.is(status, 2);
  assert.match(stderr, 'is not a run folder');
});

s.run();
