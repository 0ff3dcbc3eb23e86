import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chance, stepRandom } from '../../../src/sim/chance.ts';

const s = suite('chance');

s('is even, in [0, 1), and the same for the same label', () => {
  const draw = chance(1, 'a');
  const again = chance(1, 'a');
  const other = chance(1, 'b');
  let sum = 0;
  let same = 0;
  for (let i = 0; i < 10_000; i++) {
    const drawn = draw();
    assert.ok(drawn >= 0 && drawn < 1);
    assert.is(again(), drawn);
    if (other() === drawn) same++;
    sum += drawn;
  }
  assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02);
  assert.ok(same < 3);
});

s('of a step goes on where the last draw ended', () => {
  const at = (size: number, rest: number): number[] => {
    const random = stepRandom(1, 'dc1', 3);
    return [...random(size), ...random(rest)];
  };
  assert.equal(at(3, 9), at(7, 5));
});

s.run();
