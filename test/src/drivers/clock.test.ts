import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wallClock } from '../../../src/drivers/clock.ts';

const s = suite('wall clock');

s('runs with the wall, moves when told, and says how far it is ahead', () => {
  let wall = 1_000_000;
  const clock = wallClock(() => wall);
  assert.equal([clock.start, clock.at(), clock.now(), clock.offset], [1_000_000, 0, 1_000_000, 0]);
  wall += 500;
  clock.advance(60_000);
  assert.equal([clock.at(), clock.now(), clock.offset], [500, 1_060_500, 60_000]);
  clock.advance(-120_000);
  assert.is(clock.now(), 940_500);
  clock.set(5_000_000);
  wall += 7;
  assert.equal([clock.now(), clock.at(), clock.offset], [5_000_007, 507, 3_999_500]);
});

s.run();
