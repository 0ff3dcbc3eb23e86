import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timers } from '../../../src/drivers/timers.ts';
import { pause } from './driving.ts';

const s = suite('timers');

s('once each; again replaces; cancelled never', async () => {
  const fired: string[] = [];
  const own = timers();
  own.set('a', 1, () => fired.push('first'));
  own.set('a', 20, () => fired.push('second'));
  own.set('b', 5, () => fired.push('b'));
  own.set('c', 5, () => fired.push('c'));
  own.cancel('c');
  own.cancel('never set');
  await pause(60);
  assert.equal(fired, ['b', 'second']);
  own.set('d', 1, () => fired.push('d'));
  own.cancelAll();
  await pause(20);
  assert.is(fired.length, 2);
});

s('a time longer than the system’s timers can wait does not fire at once', async () => {
  const own = timers();
  let fired = false;
  own.set('renewal', 30 * 86_400_000, () => {
    fired = true;
  });
  await pause(30);
  assert.not(fired);
  own.cancelAll();
});

s.run();
