import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { queue } from '../../../src/sim/queue.ts';

const s = suite('queue');

s('gives back by time, and what is of one time in the order of planning', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }), (times) => {
      const plans = queue<readonly [number, number]>();
      for (const [i, at] of times.entries()) plans.push(at, [at, i]);
      const sorted = times
        .map((at, i): readonly [number, number] => [at, i])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      const popped = times.map(() => plans.pop());
      assert.equal(popped, sorted);
      assert.is(plans.pop(), undefined);
      assert.is(plans.size, 0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

s('may be filled while it is emptied', () => {
  const plans = queue<string>();
  plans.push(2, 'b');
  plans.push(1, 'a');
  assert.is(plans.nextAt(), 1);
  assert.is(plans.pop(), 'a');
  plans.push(2, 'c');
  plans.push(1, 'late');
  assert.equal([plans.pop(), plans.pop(), plans.pop(), plans.pop()], ['late', 'b', 'c', undefined]);
  assert.is(plans.nextAt(), undefined);
});

s.run();
