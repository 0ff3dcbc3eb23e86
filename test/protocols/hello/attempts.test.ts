import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  afterStart,
  demandOf,
  type Failures,
  faded,
  failed,
  lockedUntil,
  NO_FAILURES,
  NO_WRONG_PINS,
} from '../../../protocols/hello/attempts.ts';
import { WINDOWS_LIMITS } from '../../../protocols/hello/policy.ts';

const attempts = suite('attempts');

const NOW = Date.UTC(2026, 2, 2, 8);
const MINUTE = 60_000;

function failing(times: number, from: Failures = NO_FAILURES, every = 0): Failures {
  let failures = from;
  for (let i = 0; i < times; i++) failures = failed(failures, WINDOWS_LIMITS, NOW + i * every);
  return failures;
}

attempts('a TPM locks after 32 failures and is open again ten minutes later, for one more', () => {
  assert.is(lockedUntil(failing(31), WINDOWS_LIMITS, NOW), undefined);
  const full = failing(32);
  assert.is(lockedUntil(full, WINDOWS_LIMITS, NOW), NOW + 10 * MINUTE);
  assert.is(lockedUntil(full, WINDOWS_LIMITS, NOW + 10 * MINUTE - 1), NOW + 10 * MINUTE);
  assert.is(lockedUntil(full, WINDOWS_LIMITS, NOW + 10 * MINUTE), undefined);
  assert.is(faded(full, WINDOWS_LIMITS, NOW + 10 * MINUTE).count, 31);
  const again = failed(full, WINDOWS_LIMITS, NOW + 10 * MINUTE);
  assert.is(lockedUntil(again, WINDOWS_LIMITS, NOW + 10 * MINUTE), NOW + 20 * MINUTE);
});

attempts('a failure is forgotten every ten minutes, and none by a clock that goes back', () => {
  const three = failing(3);
  for (const [after, count] of [
    [-60, 3],
    [0, 3],
    [9.99, 3],
    [10, 2],
    [25, 1],
    [30, 0],
    [100_000, 0],
  ] as const) {
    assert.is(faded(three, WINDOWS_LIMITS, NOW + after * MINUTE).count, count, `${after} minutes`);
  }
  // What is left goes on from where the last one was forgotten.
  const later = faded(three, WINDOWS_LIMITS, NOW + 15 * MINUTE);
  assert.is(faded(later, WINDOWS_LIMITS, NOW + 20 * MINUTE).count, 1);
});

attempts('slow guesses never lock it', () => {
  assert.is(failing(500, NO_FAILURES, 10 * MINUTE).count, 1);
});

attempts('the screen wants the phrase, then a restart', () => {
  const demand = (wrong: number) =>
    demandOf({ ...NO_WRONG_PINS, wrong }, WINDOWS_LIMITS, NOW)?.kind;
  assert.equal([0, 3, 4, 5, 6].map(demand), [
    undefined,
    undefined,
    'challenge',
    'restart',
    'restart',
  ]);
});

attempts('restarts that wrong PINs made necessary cost longer and longer', () => {
  let count = NO_WRONG_PINS;
  const waits = [1, 2, 3, 4, 5, 6].map(() => {
    count = afterStart({ ...count, wrong: 5 }, WINDOWS_LIMITS, NOW);
    const demand = demandOf(count, WINDOWS_LIMITS, NOW);
    return demand?.kind === 'wait' ? (demand.until - NOW) / MINUTE : undefined;
  });
  assert.equal(waits, [1, 1, 1, 2, 10, 10]);
  assert.is(demandOf(count, WINDOWS_LIMITS, NOW + 10 * MINUTE), undefined);
});

attempts('a restart that nobody demanded gives no tries back', () => {
  const count = afterStart({ ...NO_WRONG_PINS, wrong: 4 }, WINDOWS_LIMITS, NOW);
  assert.equal(count, { wrong: 4, restarts: 0, started: NOW });
  assert.is(demandOf(count, WINDOWS_LIMITS, NOW)?.kind, 'challenge');
});

attempts.run();
