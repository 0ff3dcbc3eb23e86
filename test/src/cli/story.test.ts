import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shortened, storyOf } from '../../../src/cli/story.ts';
import { ASKS, file, play } from '../scenario/toy.ts';

const story = suite('story');

story('tells who did, sent and became what, and what the network did', async () => {
  const { recorder } = await play(
    file(`${ASKS}faults: [ { link: [ann, bob], down: 500ms } ]\nexpect: { within: 5s }\n`),
  );
  const lines = storyOf(recorder.records()).map(
    ({ at, actor, text, kind }) => `${at} ${actor}: ${text} (${kind})`,
  );
  assert.equal(lines, [
    '0ms net: ann - bob: no line of sight (trouble)',
    '0ms ann: asks bob, secretly (secret) (act)',
    '0ms ann: QUESTION → bob (message)',
    '0ms ann: is expectAnswer (state)',
    '0ms net: lost: QUESTION from ann to bob (no line of sight from ann to bob) (trouble)',
    '500ms net: ann - bob: in sight again (trouble)',
    '1.000s ann: QUESTION → bob (message)',
    '1.002s bob: ANSWER → ann (message)',
    '1.004s ann: the answer was yes (cause)',
    '1.004s ann: is answered (state)',
  ]);
});

story('a long story keeps its beginning and its end', () => {
  const lines = Array.from({ length: 100 }, (_, i) => String(i));
  const short = shortened(lines, 10, (count) => `${count} left out`);
  assert.equal(short, ['0', '1', '2', '3', '4', '5', '6', '91 left out', '98', '99']);
  assert.is(shortened(lines, 100, String), lines);
});

story('of the middle of a long story what matters is kept, and no more than fits', () => {
  const lines = Array.from({ length: 400 }, (_, i) => String(i));
  const left = (count: number) => `${count} left out`;
  const short = shortened(lines, 10, left, (line) => ['40', '42', '99'].includes(line));
  const middle = ['33 left out', '40', '41', '42', '56 left out', '99', '298 left out'];
  assert.equal(short, ['0', '1', '2', '3', '4', '5', '6', ...middle, '398', '399']);
  const all = shortened(lines, 10, left, () => true);
  assert.equal(all.slice(30), ['30', '367 left out', '398', '399']);
});

story.run();
