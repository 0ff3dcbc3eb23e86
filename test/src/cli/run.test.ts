import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../root.ts';
import { inFolder, kerblab } from './called.ts';

const run = suite('run');

/** A small story of our own, so that these tests do not change with the packed ones. */
const STORY = `scenario: 1
title: A user signs in & out
about: Alice signs in.
actors:
  dc1: { role: domain-controller, realm: CORP.EXAMPLE, netbios: CORP, host: dc1.corp.example }
  alice: { role: user, realm: CORP.EXAMPLE, password: "Passw0rd!" }
  laptop: { role: device, realm: CORP.EXAMPLE, join: domain }
links:
  - { between: [laptop, dc1], latency: 2ms }
script:
  - { at: 0s, do: { actor: alice, enters: password, value: "Passw0rd!", on: laptop } }
expect:
  within: 5s
  trace: [ { actor: dc1, sent: AS-REP }, { actor: laptop, state: signedIn } ]
  end: { laptop: signedIn }
`;

/** Writes the story, with a change, as `story.yaml` into a new folder. */
async function withStory(
  change: (text: string) => string,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const text = change(STORY);
    assert.is.not(change === same ? '' : text, STORY, 'the change changes nothing');
    writeFileSync(join(folder, 'story.yaml'), text);
    await body(folder);
  });
}

const same = (text: string): string => text;

run('tells the story, keeps it and ends with 0', () =>
  withStory(same, async (folder) => {
    const called = await kerblab(['run', 'story.yaml'], folder);
    assert.is(called.stderr, '');
    assert.is(called.status, 0);
    assert.match(called.stdout, /^✔ A user signs in & out\n {2}story\.yaml, seed 1\n/);
    assert.match(called.stdout, /alice +enters password, on laptop, value \(secret\)/);
    assert.match(called.stdout, /dc1 +AS-REP → laptop/);
    assert.match(called.stdout, /laptop +is signedIn/);
    assert.match(called.stdout, /npx kerblab view runs\/story\/1\n/);
    assert.match(called.stdout, /1 story: 1 held, 0 did not\n$/);
    assert.not.match(called.stdout, /Passw0rd/);
    for (const file of ['trace.jsonl', 'result.json', 'bytes']) {
      assert.ok(existsSync(join(folder, 'runs', 'story', '1', file)), file);
    }
    const trace = readFileSync(join(folder, 'runs', 'latest', 'trace.jsonl'), 'utf8');
    assert.not.match(trace, /Passw0rd/);
    const replayed = await kerblab(['replay', 'latest'], folder);
    assert.is(replayed.status, 0, replayed.stdout);
    await kerblab(['run', 'story.yaml', '--out', 'again'], folder);
    assert.is(readFileSync(join(folder, 'again', 'story', '1', 'trace.jsonl'), 'utf8'), trace);
  }),
);

run('what did not hold is said with its line, and ends with 1', () =>
  withStory(
    (text) => text.replace('value: "Passw0rd!"', 'value: "wrong"'),
    async (folder) => {
      const called = await kerblab(['run', 'story.yaml'], folder);
      assert.is(called.status, 1);
      assert.match(called.stdout, /^✘ A user signs in/);
      assert.match(
        called.stdout,
        /✘ story\.yaml:15:\d+: laptop ends in \w+, expected signedIn \[seq \d+\]/,
      );
      assert.match(called.stdout, /why, in the order of time:\n +\d+ms dc1: .*KDC_ERR_/);
      assert.match(called.stdout, /again: {2}npx kerblab run story\.yaml --seed 1\n/);
      assert.match(called.stdout, /1 story: 0 held, 1 did not\n$/);
    },
  ),
);

const WRONG: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  [
    'a misspelt role',
    (text) => text.replace('domain-controller', 'domain-controler'),
    /^story\.yaml:5:16: unknown role "domain-controler", nearest is "domain-controller"$/m,
  ],
  [
    'an unknown field',
    (text) => text.replace('netbios: CORP', 'netbois: CORP'),
    /^story\.yaml:5:56: unknown field "netbois", nearest is "netbios"$/m,
  ],
  [
    'a wrong unit',
    (text) => text.replace('2ms', '40mss'),
    /^story\.yaml:9:40: latency: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got "40mss": unknown unit "mss", nearest is "ms"$/m,
  ],
  [
    'bad YAML',
    (text) => text.replace('within: 5s', 'within: "5s'),
    /^story\.yaml:\d+:\d+: bad YAML: missing closing .*\(a bracket, quote or comma is missing/m,
  ],
  [
    'a misspelt message',
    (text) => text.replace('AS-REP', 'AS-RPE'),
    /^story\.yaml:14:32: unknown message "AS-RPE", nearest is "AS-REP"/m,
  ],
];

for (const [name, change, message] of WRONG) {
  run(`${name} is exit 2 with its place`, () =>
    withStory(change, async (folder) => {
      const called = await kerblab(['run', 'story.yaml'], folder);
      assert.is(called.status, 2);
      assert.match(called.stderr, message);
      assert.is(called.stdout, '');
      assert.not.ok(existsSync(join(folder, 'runs')), 'nothing is run');
    }),
  );
}

run('wrong paths are exit 2, and all wrong files are reported', () =>
  inFolder(async (folder) => {
    const nowhere = await kerblab(['run', 'nope'], folder);
    assert.is(nowhere.status, 2);
    assert.match(nowhere.stderr, /nope: there is no such file or folder/);
    mkdirSync(join(folder, 'two'));
    const empty = await kerblab(['run', 'two'], folder);
    assert.match(empty.stderr, /two: there is no \.yaml file in this folder/);
    writeFileSync(join(folder, 'two', 'a.yaml'), 'a');
    writeFileSync(join(folder, 'two', 'b.yaml'), '[');
    const both = await kerblab(['run', 'two'], folder);
    assert.is(both.status, 2);
    assert.match(
      both.stderr,
      /two\/a\.yaml:1:1: expected a scenario[\s\S]*two\/b\.yaml:\d+:\d+: bad YAML/,
    );
  }),
);

run('--reporter jsonl has nothing but objects on stdout', () =>
  withStory(same, async (folder) => {
    const called = await kerblab(
      ['run', 'story.yaml', '--seeds', '1..3', '--reporter', 'jsonl'],
      folder,
    );
    assert.is(called.status, 0);
    const lines = called.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(
      lines.map(({ kind, seed, result }) => [kind, seed, result]),
      [
        ['run', 1, 'held'],
        ['run', 2, 'held'],
        ['run', 3, 'held'],
        ['summary', undefined, undefined],
      ],
    );
    assert.is(lines[3].exit, 0);
    assert.is(lines[3].held, 3);
  }),
);

run('--reporter junit is XML that says what failed', () =>
  withStory(
    (text) => text.replace('laptop: signedIn', 'laptop: locked'),
    async (folder) => {
      const called = await kerblab(['run', 'story.yaml', '--reporter', 'junit'], folder);
      assert.is(called.status, 1);
      assert.match(
        called.stdout,
        /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="kerblab" tests="1" failures="1"/,
      );
      assert.match(called.stdout, /name="A user signs in &amp; out, seed 1"/);
      assert.match(called.stdout, /<failure message="laptop ends in signedIn, expected locked">/);
    },
  ),
);

run('--seeds with --faults sweeps, and judges never', () =>
  withStory(same, async (folder) => {
    const called = await kerblab(['run', 'story.yaml', '--seeds', '1..5', '--faults'], folder);
    assert.is(called.status, 0, called.stdout);
    assert.match(called.stdout, /^1 story, 5 runs: 5 held, 0 did not\nUnder --faults only "never"/);
  }),
);

run('--update accepts a golden trace, --golden compares with it', () =>
  withStory(same, async (folder) => {
    const outside = await kerblab(['run', 'story.yaml', '--update'], folder);
    assert.is(outside.status, 2);
    assert.match(outside.stderr, /elsewhere name a folder with --golden DIR/);
    const none = await kerblab(['run', 'story.yaml', '--golden', 'golden'], folder);
    assert.is(none.status, 1);
    assert.match(none.stderr, /there is no golden trace/);
    const update = await kerblab(['run', 'story.yaml', '--golden', 'golden', '--update'], folder);
    assert.is(update.status, 0, update.stderr);
    const held = await kerblab(['run', 'story.yaml', '--golden', 'golden'], folder);
    assert.is(held.status, 0, held.stderr);
    const other = await kerblab(['run', 'story.yaml', '--golden', 'golden', '--seed', '2'], folder);
    assert.is(other.status, 1);
    assert.match(other.stderr, /story\.jsonl:\d+: the run differs from its golden trace/);
  }),
);

run('without a path the packed scenarios are played', () =>
  inFolder(async (folder) => {
    const called = await kerblab(['run', '--reporter', 'jsonl'], folder);
    const lines = called.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const names = lines.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario]));
    assert.ok(names.includes('password-sign-in'));
    assert.ok(existsSync(root('scenarios', `${names[0]}.yaml`)));
  }),
);

run.run();
