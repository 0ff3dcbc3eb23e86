import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatDuration,
  type Read,
  readDuration,
  readPercentage,
  readSkew,
  readTime,
} from '../../../src/schema/units.ts';

const units = suite('units');

function value<T>(read: Read<T>): T | string {
  return read.ok ? read.value : read.reason;
}

units('durations are whole milliseconds with a unit', () => {
  const table: readonly (readonly [string, number | string])[] = [
    ['40ms', 40],
    ['3s', 3_000],
    ['0.5s', 500],
    ['30m', 1_800_000],
    ['10h', 36_000_000],
    ['7d', 604_800_000],
    ['0ms', 0],
    ['3 s', 3_000],
    ['3', 'the unit is missing (ms, s, m, h, d)'],
    ['40mss', 'unknown unit "mss", nearest is "ms"'],
    ['3 weeks', 'unknown unit "weeks", known units: ms, s, m, h, d'],
    ['s', 'expected a number and its unit'],
    ['-3s', 'expected a number and its unit'],
    ['1e3s', 'expected a number and its unit'],
    ['0.0005s', 'finer than a millisecond'],
    ['999999999d', 'longer than a hundred years'],
  ];
  for (const [text, expected] of table) assert.is(value(readDuration(text)), expected, text);
});

units('shifts of clocks have a sign', () => {
  assert.is(value(readSkew('+10m')), 600_000);
  assert.is(value(readSkew('-90s')), -90_000);
  assert.is(value(readSkew('-0s')), 0);
  assert.is(value(readSkew('10m')), 'the sign is missing (+ or -)');
  assert.is(value(readSkew('+10x')), 'unknown unit "x", known units: ms, s, m, h, d');
});

units('percentages are shares', () => {
  assert.is(value(readPercentage('10%')), 0.1);
  assert.is(value(readPercentage('100 %')), 1);
  assert.is(value(readPercentage('101%')), 'more than 100%');
  assert.is(value(readPercentage('0.1')), 'expected a number and %');
});

units('times are RFC 3339', () => {
  assert.is(value(readTime('2026-03-02T08:00:00Z')), Date.UTC(2026, 2, 2, 8));
  assert.is(value(readTime('2026-03-02t08:00:00.250+01:00')), Date.UTC(2026, 2, 2, 7, 0, 0, 250));
  assert.is(value(readTime('2028-02-29T00:00:00Z')), Date.UTC(2028, 1, 29));
  assert.is(value(readTime('2026-02-29T00:00:00Z')), 'there is no such day');
  assert.is(value(readTime('2026-13-01T00:00:00Z')), 'there is no such day');
  assert.is(value(readTime('2026-03-02T24:00:00Z')), 'there is no such time of day');
  assert.is(value(readTime('2026-03-02')), 'expected date, T, time of day and zone (Z)');
});

units('durations print with the largest unit that fits', () => {
  for (const text of ['0s', '40ms', '3s', '90s', '30m', '10h', '7d', '1500ms']) {
    const read = readDuration(text);
    assert.ok(read.ok);
    assert.is(formatDuration(read.value), text);
  }
  assert.is(formatDuration(-600_000), '-10m');
});

units.run();
