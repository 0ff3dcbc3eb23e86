import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { causeLine } from '../../../src/scenario/run.ts';
import { WorldError } from '../../../src/sim/world-error.ts';
import { lineOf } from '../../../src/trace/wire.ts';
import { ASKS, file, play } from './toy.ts';

const run = suite('run');

/** `line: text` of every failure, after the seconds that a run takes at most. */
async function failures(sections: string, chanceFaults = false): Promise<string[]> {
  const { outcome } = await play(file(sections), 1, chanceFaults);
  assert.is(outcome.held, outcome.failures.length === 0);
  return outcome.failures.map(
    ({ line, seq, text }) => `${line}${seq === undefined ? '' : `#${seq}`}: ${text}`,
  );
}

run('holds when everything expected happens in its order', async () => {
  const { outcome, recorder } = await play(
    file(`${ASKS}  - when: { actor: ann, state: answered }
    after: 1s
    do: { actor: ann, asks: bob }
  - after: 2s
    do: { actor: ann, asks: bob }
expect:
  within: 1m
  trace:
    - { actor: ann, sent: QUESTION, with: { word: please, to.name: bob } }
    - { actor: bob, received: QUESTION }
    - { sent: ANSWER, with: { numbers: [1, 2] } }
    - { actor: ann, received: ANSWER, state: answered }
    - { actor: ann, says: answer was yes }
    - { actor: ann, state: expectAnswer }
    - { actor: ann, state: answered }
    - { actor: ann, state: expectAnswer }
  never: [ { rejected: true }, { sent: QUESTION, with: { tries: 2 } }, { says: was no } ]
  end: { ann: answered, ann.answer: yes, bob: { numbers: [2] } }
`),
  );
  assert.equal(outcome.failures, []);
  assert.is(outcome.held, true);
  assert.is(outcome.end, 'idle');
  // The last answer stopped the timer, but its time still comes before the world is quiet.
  assert.is(outcome.endedAt, 4_004);
  assert.equal(outcome.causes.map(causeLine), [
    '4ms ann: the answer was yes',
    '1.008s ann: the answer was yes',
    '3.008s ann: the answer was yes',
  ]);
  const lines = recorder.records().map(lineOf).join('\n');
  assert.not.match(lines, /xyzzy/);
  assert.match(lines, /"secretFrom":"script\[0\]\.secretly"/);
});

run('the same file and seed give the same trace, another seed another', async () => {
  const text = file(`${ASKS}expect: { end: { ann: answered } }\n`);
  const lines = async (seed: number) =>
    (await play(text, seed, true)).recorder.records().map(lineOf).join('\n');
  assert.is(await lines(7), await lines(7));
  assert.is.not(await lines(7), await lines(8));
});

run('says which step came nearest, and what was different there', async () => {
  assert.equal(
    await failures(
      `${ASKS}expect: { trace: [ { actor: bob, sent: ANSWER, with: { answer: no, numbers: [2] } } ] }\n`,
    ),
    [
      '12#3: bob sends ANSWER with answer no, numbers [2]: it did not; nearest is step 3 (2ms, bob), where answer is yes, expected no',
    ],
  );
  assert.equal(await failures(`${ASKS}expect: { trace: [ { actor: ann, sent: ANSWER } ] }\n`), [
    '12#3: ann sends ANSWER: it did not; bob did, in step 3 (2ms, bob)',
  ]);
  assert.equal(await failures('expect: { trace: [ { sent: ANSWER } ] }\n'), [
    '9: an actor sends ANSWER: it never did',
  ]);
  assert.equal(
    await failures(
      `${ASKS}expect:\n  trace:\n    - { actor: ann, state: answered }\n    - { actor: bob, received: QUESTION }\n`,
    ),
    [
      '15#3: bob receives QUESTION: it did only in step 3 (2ms, bob), and not again after step 4 (4ms, ann)',
    ],
  );
  assert.equal(
    await failures(`${ASKS}expect: { trace: [ { actor: ann, received: ANSWER, state: idle } ] }\n`),
    [
      '12#4: ann receives ANSWER and ends in idle: it did not; in step 4 (4ms, ann), which ends in answered',
    ],
  );
});

run('says what should not have happened, how actors ended, and what was never done', async () => {
  assert.equal(
    await failures(`${ASKS}  - { when: { actor: ann, state: answered, nth: 3 }, do: { actor: ann, asks: bob } }
  - { at: 2m, do: { actor: ann, asks: bob } }
expect:
  within: 1m
  never: [ { received: ANSWER } ]
  end: { ann: idle, bob: { numbers: [3] }, bob.number: 1 }
`),
    [
      '12: ann never asks: ann did not become answered 3 times, or too late',
      '13: ann never asks: its time lies after the end of the run',
      '16#4: never: an actor receives ANSWER: it did in step 4 (4ms, ann)',
      '17#4: ann ends in answered, expected idle',
      '17#3: bob ends otherwise: numbers is [1,2], expected it to contain [3]',
      '17#3: bob.number ends otherwise: number is absent (no "number", nearest is "numbers"), expected 1',
    ],
  );
});

run('what comes out of turn is said with both halves', async () => {
  assert.equal(
    await failures(`${ASKS}faults: [ { link: [ann, bob], at: 0s, for: 10s, latency: 1500ms } ]
expect: { within: 30s, never: [ { actor: ann, rejected: true } ] }
`),
    [
      '13#10: never: ann rejects what came: it did in step 10 (4.000s, ann): in state answered came received, expected commanded or received',
    ],
  );
});

run('actors that do not come to rest are a failure, by the limit on steps', async () => {
  const { outcome } = await play(file(`${ASKS}faults: [ { link: [ann, bob], loss: 100% } ]\n`));
  assert.is(outcome.end, 'steps');
  assert.is(outcome.held, false);
  assert.match(
    outcome.failures[0]?.text ?? '',
    /^the actors did not come to rest in \d+ steps: add "within"/,
  );
});

run('under the faults of chance only never is judged', async () => {
  const sections = `${ASKS}expect: { within: 1s, trace: [ { sent: ANSWER, with: { answer: no } } ], never: [ { state: answered } ] }\n`;
  const { outcome } = await play(file(sections), 3, true);
  assert.is(outcome.judged, 'never');
  assert.ok(outcome.failures.every(({ text }) => text.startsWith('never:')));
});

run('a machine that throws ends the run, and the error says what repeats it', async () => {
  try {
    await play(file('script: [ { at: 0s, do: { actor: ann, breaks: it } } ]\n'), 42);
    assert.unreachable('it should have thrown');
  } catch (error) {
    assert.instance(error, WorldError);
    assert.match((error as Error).message, /seed 42, seq 2, ann: broken on purpose/);
  }
});

run.run();
